"""Leave out of a fit what too few people answered for anything of it to be shown."""

from dataclasses import replace
from typing import Any, Final

import numpy as np

from mfp_stats.design import ModelData
from mfp_stats.design.data import Bools, Ints
from mfp_stats.errors import DesignError, Fault
from mfp_stats.quantities.perception import shown_guesses
from mfp_stats.quantities.persons import answered
from mfp_stats.workflow.basis import PeopleDraws

#: Parts of ``ModelData`` that are evidence of one thing, by what people answered.
_TRADEOFFS: Final = ("best_worst", "picks", "rankings")
_FIX: Final = "Correct their weights, or take the role weight from the questionnaire's item."
_NOTE: Final = (
    "No group has more than {floor} people who answered {what}, so that nothing of it could be "
    "shown: left out."
)


def leave_out_too_few(data: ModelData, floor: int) -> ModelData:
    """Return the data without the parts of which nothing could be shown; ``notes`` say which.

    Importance is shown by group, so that one group of more than ``floor`` people with evidence is
    needed; worldviews are shown for everyone too, so that more than ``floor`` people are enough.

    Raises
    ------
    DesignError
        Nothing is left to be fitted; or no more than ``floor`` people of a group to be shown, or of
        those of it who gave one kind of evidence, have a weight above zero.
    """
    without: dict[str, Any] = {}
    notes = []
    if data.has_tradeoffs and _largest_group(data, _TRADEOFFS) <= floor:
        without |= dict.fromkeys(_TRADEOFFS)
        notes.append(_NOTE.format(floor=floor, what="trade-offs"))
    if data.ratings is not None and _largest_group(data, ("ratings",)) <= floor:
        without["ratings"] = None
        notes.append(_NOTE.format(floor=floor, what="importance ratings"))
    if data.beliefs is not None and (data.beliefs.answers >= 0).any(axis=1).sum() <= floor:
        without["beliefs"] = None
        notes.append(f"No more than {floor} people answered the questions on beliefs: left out.")
    if data.guesses is not None and not shown_guesses(data, floor):
        without["guesses"] = None
        notes.append(_NOTE.format(floor=floor, what="what matters most to any one group"))
    if data.responses is not None and _largest_asked(data) <= floor:
        without["responses"] = None
        notes.append(_NOTE.format(floor=floor, what="any one question on responses"))
    few = [c for c in data.conjoints if _largest(data, c.person) <= floor]
    if few:
        without["conjoints"] = tuple(c for c in data.conjoints if c not in few)
        notes += [_NOTE.format(floor=floor, what=f"“{c.label}”") for c in few]
    kept = replace(data, **without, notes=(*data.notes, *notes))
    if faults := _weightless(kept, floor):
        raise DesignError(faults, about="weights")
    if not kept.has_evidence:
        raise DesignError(_nothing_left(data, floor))
    return kept


def _largest_group(data: ModelData, parts: tuple[str, ...]) -> int:
    """Return how many people of the group with most of them gave any of this evidence."""
    found = [getattr(data, part) for part in parts]
    people = np.unique(np.concatenate([part.person for part in found if part is not None]))
    return _largest(data, people)


def _largest(data: ModelData, people: Ints) -> int:
    """Return how many of these people are in the group with most of them."""
    return int(np.bincount(data.group[people]).max())


def _largest_asked(data: ModelData) -> int:
    """Return how many people of one group answered about one intervention, where most did."""
    assert data.responses is not None
    answered = data.responses.answers >= 0
    return max(
        int(answered[data.group == g].sum(axis=0).max(initial=0)) for g in range(len(data.groups))
    )


def _weightless(data: ModelData, floor: int) -> list[Fault]:
    """Return a fault for each group, or kind of evidence in it, in which too few people count.

    Weighted numbers of it would be those of a few people, or of nobody.
    """
    if data.weight is None:
        return []
    faults: dict[str, Fault] = {}
    for what, people in _evidence(data).items():
        sizes, counted = (
            np.bincount(data.group[people & there], minlength=len(data.groups))
            for there in (True, data.weight > 0)
        )
        for g in np.flatnonzero((sizes > floor) & (counted <= floor)):
            label = data.group_labels[g]
            said = f"everyone in it{what} has weight zero, or none"
            if counted[g]:
                said = f"no more than {floor} people in it{what} have a weight above zero"
            faults.setdefault(label, Fault(f"group {label}", said, fix=_FIX))
    return list(faults.values())


def _evidence(data: ModelData) -> dict[str, Bools]:
    """Return who gave each kind of evidence that estimates of a group are weighted by."""
    found = {"": np.ones(len(data.group), dtype=np.bool_)}
    if data.has_tradeoffs:
        found[" who answered trade-offs"] = answered(data.only_tradeoffs())
    if data.ratings is not None:
        found[" who rated what is important"] = answered(data.only_ratings())
    if data.responses is not None and len(found) == 1:
        asked = PeopleDraws.without_values(data, 1).who
        found[" who was asked about proposals"] = np.isin(np.arange(len(data.group)), asked)
    return found


def _nothing_left(data: ModelData, floor: int) -> Fault:
    return Fault(
        data.survey,
        f"groups of {floor} or fewer people are not shown, and no group has more",
        fix="Collect more answers, or compare people by an item with larger groups: --group ITEM",
    )
