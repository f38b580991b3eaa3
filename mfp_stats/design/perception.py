"""What people think that most of a group would choose or answer."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from mfp_stats.design.data import Guesses, Ints, ModelData, Picks, Responses, SupportGuesses
from mfp_stats.design.guessed_questions import guessed_questions
from mfp_stats.design.report import Report
from mfp_stats.design.tradeoffs import pick_item, values_of
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role

_PICKS = (ItemType.SELECT_ONE, ItemType.SELECT_MULTIPLE)


def guesses(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    groups: Sequence[str],
    report: Report,
    *,
    grouped_by: str,
) -> Guesses | None:
    """Return what people think matters most to most of a group; None where nobody was asked.

    Parameters
    ----------
    sheet
        One row a person.
    groups
        The groups that people of the fit are in.
    grouped_by
        The item that forms them; guesses are about the questionnaire's own groups.
    """
    items = [i for i in _items(questionnaire) if i.intervention is None]
    if not items or not _same_groups(questionnaire, grouped_by, report):
        return None
    values = tuple(questionnaire.values)
    found = []
    for item in items:
        if item.type not in _PICKS or (values_of(item, values) >= 0).sum() < 2:
            report.note(f"{item.name} is left out: a guess is one or several values picked.")
        elif (about := _position(item, groups, report)) is not None:
            picked = pick_item(sheet, item, values, report)
            found.append((*picked, np.full(len(picked[0]), about)))
    if not any(len(part[0]) for part in found):
        return None
    person, offered, chosen, guessed = (np.concatenate(part) for part in zip(*found, strict=True))
    return Guesses(Picks(person, offered.astype(np.bool_), chosen.astype(np.bool_)), guessed)


def support_guesses(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    groups: Sequence[str],
    responses: Responses | None,
    report: Report,
    *,
    grouped_by: str,
) -> tuple[SupportGuesses, ...]:
    """Return what people think that most of a group would answer to each proposal.

    Guesses of other answers than those in ``responses`` are left out with a note
    (:mod:`mfp_stats.design.guessed_questions`).
    """
    items = [i for i in _items(questionnaire) if i.intervention is not None]
    if not items or not _same_groups(questionnaire, grouped_by, report):
        return ()
    usable = guessed_questions(sheet, questionnaire, items, responses, report)
    if responses is None:
        return ()
    found = []
    for x, intervention in enumerate(responses.interventions):
        of_it = [item for item in usable if item.intervention == intervention]
        parts = [
            part for item in of_it if (part := _guessed(sheet, item, groups, responses, report))
        ]
        if not any(len(part[0]) for part in parts):
            continue
        person, guessed, level = (np.concatenate(part) for part in zip(*parts, strict=True))
        asked = np.flatnonzero(responses.answers[:, x] >= 0)
        found.append(
            SupportGuesses(
                intervention=intervention,
                label=responses.intervention_labels[x],
                person=person,
                guessed=guessed,
                accepts=level >= responses.accept,
                asked=asked,
                accepted=responses.answers[asked, x] >= responses.accept,
            )
        )
    return tuple(found)


def guesses_as_people(data: ModelData) -> ModelData:
    """Return who guessed about a group as a person of the group "g about h", with these guesses.

    The guesses of one respondent are then persons of different groups: within one group nobody
    counts twice, however often they were asked about it. What is worked out over several groups
    has to weight the guesses of a respondent together, as
    :func:`mfp_stats.quantities.perception.summarise_perception` does.
    """
    assert data.guesses is not None
    person, guessed, row = guessed_about(data.guesses)
    pairs, pair = np.unique(
        np.column_stack([data.group[person], guessed]), axis=0, return_inverse=True
    )
    return ModelData(
        survey=data.survey,
        questionnaire=data.questionnaire,
        respondents=tuple(f"{data.respondents[i]}, guess {k}" for k, i in enumerate(person)),
        groups=tuple(f"{data.groups[g]} about {data.groups[h]}" for g, h in pairs),
        group_labels=tuple(
            f"{data.group_labels[g]} about {data.group_labels[h]}" for g, h in pairs
        ),
        group=pair.astype(np.int64),
        weight=None if data.weight is None else data.weight[person],
        weighting=data.weighting,
        values=data.values,
        value_labels=data.value_labels,
        picks=Picks(row, data.guesses.picks.offered, data.guesses.picks.chosen),
    )


def guessed_about(guesses: Guesses) -> tuple[Ints, Ints, Ints]:
    """Return who guessed about which group, once each, in the order in which they first did.

    Returns
    -------
    person, guessed
        (B,) rows and groups of ``ModelData``.
    row
        (guess,) which of these each guess is one of.
    """
    pairs, first, row = np.unique(
        np.column_stack([guesses.picks.person, guesses.guessed]),
        axis=0,
        return_index=True,
        return_inverse=True,
    )
    order = np.argsort(first)
    person, guessed = pairs[order].T
    return person, guessed, np.argsort(order)[row.ravel()]


def _items(questionnaire: Questionnaire) -> list[Item]:
    return [i for i in questionnaire.with_role(Role.PERCEPTION) if i.type is not ItemType.NOTE]


def _same_groups(questionnaire: Questionnaire, grouped_by: str, report: Report) -> bool:
    if grouped_by == questionnaire.group:
        return True
    note = (
        f"Guesses about other groups are left out: they are about the groups of "
        f"{questionnaire.group}, and people are compared by {grouped_by}."
    )
    if note not in report.notes:
        report.note(note)
    return False


def _position(item: Item, groups: Sequence[str], report: Report) -> int | None:
    if item.group_of in groups:
        return groups.index(item.group_of or "")
    report.note(f"{item.name} is left out: nobody who answered is in the group it asks about.")
    return None


def _guessed(
    sheet: pl.DataFrame, item: Item, groups: Sequence[str], responses: Responses, report: Report
) -> tuple[Ints, Ints, Ints] | None:
    """Return person, guessed group and level, each (guess,)."""
    about = _position(item, groups, report)
    if about is None:
        return None
    codes = sheet[item.name].to_numpy().astype(np.int64)
    person = np.flatnonzero(codes >= 0)
    turned = responses.levels != item.option_names
    level = codes[person]
    level = len(responses.levels) - 1 - level if turned else level
    return person, np.full(len(person), about), level
