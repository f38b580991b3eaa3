"""What a survey cannot tell, why, and which question would let it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from mfp_stats.frames.columns import item_code
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A quantity that cannot be computed from a survey.

    ``quantity`` is its name in plain words, ``why`` what is missing, ``add`` the question
    blocks (or steps) that would allow it.
    """

    quantity: str
    why: str
    add: str


@dataclass(frozen=True, slots=True)
class _Need:
    """What a quantity needs: answers of one of the roles, or something else of the survey."""

    what: str
    add: str
    roles: tuple[Role, ...] = ()
    other: Callable[[Questionnaire, pl.DataFrame], bool] | None = None
    #: What the survey has that may be taken for it; "" where there is nothing.
    unlike: Callable[[Questionnaire], str] | None = None


def unavailable(
    questionnaire: Questionnaire, sheet: pl.DataFrame, *, weighted: bool = False
) -> list[Unavailable]:
    """Return the project's quantities that these answers cannot give.

    Parameters
    ----------
    questionnaire, sheet
        A questionnaire version and its answer sheet, which may be empty.
    weighted
        Whether there are weights that the sheet does not hold: raked to margins.

    Returns
    -------
    list of Unavailable
        In the order in which the quantities build on one another; empty if the survey has all.
    """
    answered = _answered_roles(questionnaire, sheet)
    found = []
    for quantity, needs in _QUANTITIES.items():
        unmet = [n for n in needs if not _is_met(n, questionnaire, sheet, answered)]
        if quantity == _WEIGHTED and weighted:
            continue
        if unmet:
            why = "; ".join(_why(n, questionnaire) for n in unmet)
            found.append(Unavailable(quantity, why, "; ".join(n.add for n in unmet)))
    return found


def _answered_roles(questionnaire: Questionnaire, sheet: pl.DataFrame) -> frozenset[Role]:
    """Return the roles of what was answered; a response to what people suppose is none to it."""
    items = [i for i in questionnaire.items if i.type is not ItemType.NOTE and not i.stipulated]
    return frozenset(item.role for item in _answered(items, sheet))


def _answered(items: Sequence[Item], sheet: pl.DataFrame) -> list[Item]:
    """Return the items that anybody answered."""
    if not items:
        return []
    given = sheet.select((item_code(i) >= 0).any().alias(i.name) for i in items).row(0, named=True)
    return [item for item in items if given[item.name]]


def _is_met(
    need: _Need, questionnaire: Questionnaire, sheet: pl.DataFrame, answered: frozenset[Role]
) -> bool:
    if need.other is not None:
        return need.other(questionnaire, sheet)
    return any(role in answered for role in need.roles)


def _why(need: _Need, questionnaire: Questionnaire) -> str:
    if need.roles and questionnaire.with_role(*need.roles):
        return f"nobody has answered the questions on {need.what} yet"
    unlike = need.unlike(questionnaire) if need.unlike else ""
    return f"the survey has no {need.what}{unlike}"


def _has_weights(_questionnaire: Questionnaire, sheet: pl.DataFrame) -> bool:
    return sheet["weight"].count() > 0


def _has_guesses(questionnaire: Questionnaire, sheet: pl.DataFrame) -> bool:
    """Whether anybody guessed what a group values, not what it would say to a proposal."""
    items = [i for i in questionnaire.with_role(Role.PERCEPTION) if i.intervention is None]
    return bool(_answered(items, sheet))


def _has_repeats(questionnaire: Questionnaire, _sheet: pl.DataFrame) -> bool:
    """Whether a best–worst set is shown twice."""
    tasks = [i for i in questionnaire.items if i.type is ItemType.BEST_WORST]
    return len({frozenset(i.option_names) for i in tasks}) < len(tasks)


def _has_attributes(questionnaire: Questionnaire, _sheet: pl.DataFrame) -> bool:
    return any(x.attributes for x in questionnaire.interventions.values())


def _has_links(questionnaire: Questionnaire, sheet: pl.DataFrame) -> bool:
    """Whether anybody said how one concept acts on another."""
    items = [i for i in questionnaire.with_role(Role.BELIEF) if i.cause and i.effect]
    return bool(_answered(items, sheet))


def _has_moves(questionnaire: Questionnaire, _sheet: pl.DataFrame) -> bool:
    return any(x.moves for x in questionnaire.interventions.values())


def _has_information(questionnaire: Questionnaire, _sheet: pl.DataFrame) -> bool:
    return bool(questionnaire.information)


def _has_stipulation(questionnaire: Questionnaire, _sheet: pl.DataFrame) -> bool:
    """Whether people drawn at random are asked to suppose the same consequences."""
    supposing = {i.block for i in questionnaire.with_role(Role.RESPONSE) if i.stipulated}
    return any(block.name in supposing and block.arms for block in questionnaire.blocks)


def _has_enough_supposing(questionnaire: Questionnaire, sheet: pl.DataFrame) -> bool:
    """Whether enough people answered in an arm that stipulates; of a survey that has one."""
    supposing = [i for i in questionnaire.with_role(Role.RESPONSE) if i.stipulated]
    if not _has_stipulation(questionnaire, sheet):
        return True
    people = sheet.select(pl.any_horizontal(item_code(i) >= 0 for i in supposing).sum()).item()
    return int(people) > questionnaire.floor


def _other_arms(questionnaire: Questionnaire) -> str:
    """Say that an order of blocks, though drawn at random, tells nothing of the split."""
    arms = " and ".join(questionnaire.order_arms)
    return f" (the order of blocks that {arms} draws is not used for it)" if arms else ""


_TRADEOFFS: Final = _Need(
    "trade-offs between values",
    "a block with role value_tradeoff (type best_worst, select_multiple or rank): which of the "
    "values matter most and least",
    (Role.VALUE_TRADEOFF,),
)
_RATINGS: Final = _Need(
    "importance ratings of values",
    "a block with role value_rating on an ordinal scale: how important each value is",
    (Role.VALUE_RATING,),
)
_ANY_VALUES: Final = _Need(
    "questions on values", _TRADEOFFS.add, (Role.VALUE_TRADEOFF, Role.VALUE_RATING)
)
_BELIEFS: Final = _Need(
    "beliefs about how things work",
    "a block with role belief: statements about how the world works that people can judge",
    (Role.BELIEF, Role.CONSEQUENCE),
)
_CONSEQUENCES: Final = _Need(
    "expected consequences of interventions",
    "a block with role consequence: what each intervention would do to each value",
    (Role.CONSEQUENCE,),
)
_SIGNALS: Final = _Need(
    "signals",
    "a list of signals and a block with role signal: what each intervention would tell people, "
    "such as whose interest it serves",
    (Role.SIGNAL,),
)
_RESPONSES: Final = _Need(
    "responses to interventions",
    "a block with role response: whether people support each intervention or could live with it",
    (Role.RESPONSE,),
)

_ANY_CAUSE: Final = _Need(
    "questions on values, beliefs, consequences or signals",
    _SIGNALS.add,
    (*_ANY_VALUES.roles, *_BELIEFS.roles, *_SIGNALS.roles),
)

_LINKS: Final = _Need(
    "answered questions on what leads to what",
    "a list of concepts, and items of role belief with cause: and effect:, answered from much less "
    "to much more",
    other=_has_links,
)

_WEIGHTED: Final = "weighted estimates"

_QUANTITIES: Final[Mapping[str, tuple[_Need, ...]]] = {
    "revealed priorities and overlap": (_TRADEOFFS,),
    "claimed priorities and overlap": (_RATINGS,),
    "claimed minus revealed overlap": (_TRADEOFFS, _RATINGS),
    "perceived overlap": (
        _TRADEOFFS,
        _Need(
            "guesses about what other groups value",
            "a block with role perception: what most people of each group would choose",
            other=_has_guesses,
        ),
    ),
    "steadiness of choices": (
        _Need(
            "repeated trade-off",
            "repeat: 1 in a best_worst block, which shows one set a second time",
            other=_has_repeats,
        ),
    ),
    "worldviews": (_BELIEFS,),
    "how experience goes with worldviews": (
        _BELIEFS,
        _Need(
            "questions on experience",
            "a block with role experience: the record that people reason from, such as promises "
            "kept",
            (Role.EXPERIENCE,),
        ),
    ),
    "causal map": (_LINKS,),
    "what causal maps imply of proposals": (
        _LINKS,
        _Need(
            "intervention that says what it moves",
            "moves: of each intervention, the concepts that it pushes by itself",
            other=_has_moves,
        ),
    ),
    # What is expected of proposals, and told by them, is worked out of those responded to.
    "divergence of expected consequences": (_RESPONSES, _CONSEQUENCES, _ANY_VALUES),
    "signal profile": (_RESPONSES, _SIGNALS),
    "values, models or signals as the cause of a gap": (_RESPONSES, _ANY_CAUSE),
    "what values carry of a gap": (_RESPONSES, _ANY_VALUES),
    "what models carry of a gap": (_RESPONSES, _BELIEFS),
    "what signals carry of a gap": (_RESPONSES, _SIGNALS),
    "randomised check of the cause of a gap": (
        _RESPONSES,
        _Need(
            "arm with stipulated consequences",
            "an arm, and for one of its levels a block with role response and stipulates: what "
            "people are told to suppose that each proposal would do",
            other=_has_stipulation,
            unlike=_other_arms,
        ),
        _Need(
            "answers of enough people in the arm with stipulated consequences",
            "answers of more people, drawn at random, who are told what to suppose",
            other=_has_enough_supposing,
        ),
    ),
    "coordination surface": (_RESPONSES,),
    "search for better interventions": (
        _RESPONSES,
        _Need(
            "intervention described by attributes",
            "attributes of each intervention, such as years or shares",
            other=_has_attributes,
        ),
    ),
    "worth of attributes": (
        _Need(
            "choices between made-up proposals",
            "a block with role conjoint: pairs of proposals that differ in several attributes",
            (Role.CONJOINT,),
        ),
    ),
    "response to information": (
        _BELIEFS,
        _Need(
            "information that part of the people are told",
            "information: with the arm in which people are told it, and the beliefs it speaks for",
            other=_has_information,
        ),
    ),
    _WEIGHTED: (
        _Need(
            "weights",
            "a weight column in the import's mapping, and weight: in the questionnaire; or shares "
            "of the population in margins.yaml beside the questionnaire",
            other=_has_weights,
        ),
    ),
}
