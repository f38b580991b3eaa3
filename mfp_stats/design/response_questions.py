"""Which response questions are analysed: one a proposal, all on one answer scale.

A person's support for a proposal and whether they could live with it are two things, also where
both are asked on one scale: to put the one in the other's place would mix what is compared. So the
first question asked about a proposal counts and the others are named. Only wordings that arms give
to different people, drawn at random, are one question.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, short_label

_SCALE: Final = "the answers are on another scale than those that are analysed"
_ACCEPT: Final = "another answer is there the first that counts as acceptance"
_SECOND: Final = "another question about the same proposal comes before"
_NO_ORDER: Final = "the answers have no order, or nothing says from which one on people accept"


@dataclass(frozen=True, slots=True)
class Question:
    """A response item read as ordered levels, least accepting first."""

    item: Item
    levels: tuple[str, ...]
    accept: int

    @property
    def proposal(self) -> str:
        """Name of the proposal that it asks about."""
        assert self.item.intervention is not None
        return self.item.intervention

    def is_like(self, levels: tuple[str, ...], accept: int) -> bool:
        """Whether it has these answers and acceptance begins at the same one."""
        return (self.levels, self.accept) == (levels, accept)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The questions that are analysed, in the order asked, and what is to be said of others."""

    natural: tuple[Question, ...]
    stipulated: tuple[Question, ...]
    notes: tuple[str, ...]


def question_of(item: Item) -> Question | None:
    """Read an item as ordered levels; None where it has none or does not say what accepting is."""
    names = item.option_names
    binary = item.type is ItemType.SELECT_ONE and len(names) == 2
    if not (item.is_ordinal or binary) or item.intervention is None:
        return None
    if item.accept_from not in names:
        return None
    turned = item.reverse
    if not item.is_ordinal:
        turned = item.reverse != (item.accept_from == names[0])
    levels = names[::-1] if turned else names
    accept = levels.index(item.accept_from)
    return Question(item, levels, accept) if accept > 0 else None


def choose_questions(
    questionnaire: Questionnaire, items: Sequence[Item], first: Question
) -> Chosen:
    """Return the questions that are analysed along with the first one.

    Parameters
    ----------
    questionnaire
        Whose blocks say which arm is asked what.
    items
        Response items that somebody answered, in the order asked.
    first
        Whose answer scale is analysed.
    """
    left: dict[str, list[Item]] = {}
    taken: dict[tuple[str, bool], list[Question]] = {}
    # Of several questions about a proposal the one that is asked about others too comes first.
    for item in sorted(items, key=lambda item: _strangeness(item, first.item)):
        question = question_of(item)
        if question is None or not question.is_like(first.levels, first.accept):
            left.setdefault(_unlike(question, first), []).append(item)
            continue
        before = taken.setdefault((question.proposal, item.stipulated), [])
        if all(apart(questionnaire, item, other.item) for other in before):
            before.append(question)
        else:
            left.setdefault(_SECOND, []).append(item)
    kept = [question for questions in taken.values() for question in questions]
    kept.sort(key=lambda question: items.index(question.item))
    return Chosen(
        natural=tuple(q for q in kept if not q.item.stipulated),
        stipulated=tuple(q for q in kept if q.item.stipulated),
        notes=(
            *_wordings(taken.values()),
            *_left_out(left, first.item),
            *_nothing_of(questionnaire, items, kept),
        ),
    )


def nominal_notes(items: Sequence[Item], used: Item) -> tuple[str, ...]:
    """Return what is to be said of the questions beside the one whose options are proposals."""
    others = [item for item in items if item is not used]
    why = f"{used.name} comes before, and its answers are proposals of their own"
    return tuple(_left_out({why: others} if others else {}, used))


def apart(questionnaire: Questionnaire, one: Item, other: Item) -> bool:
    """Whether two questions are for different levels of an arm: nobody is asked both."""
    blocks = {block.name: block for block in questionnaire.blocks}
    a, b = (blocks[item.block].arms if item.block in blocks else {} for item in (one, other))
    return any(not set(a[arm]) & set(b[arm]) for arm in a.keys() & b.keys())


def _strangeness(item: Item, first: Item) -> tuple[bool, bool]:
    """Sort key that puts what is asked like the first question before what is not."""
    return item.scale != first.scale, item.block != first.block


def _unlike(question: Question | None, first: Question) -> str:
    if question is None:
        return _NO_ORDER
    return _ACCEPT if question.levels == first.levels else _SCALE


def _wordings(taken: Iterable[Sequence[Question]]) -> Iterator[str]:
    """Yield a note on wordings that count as one question."""
    several = [[q.item.block for q in questions] for questions in taken if len(questions) > 1]
    for blocks in dict.fromkeys(" and ".join(sorted(names)) for names in several):
        yield (
            f"What {blocks} ask about a proposal counts as one question: each was asked of other "
            "people, drawn at random."
        )


def _left_out(left: dict[str, list[Item]], first: Item) -> Iterator[str]:
    """Yield a note for each reason why questions are not analysed."""
    for why, items in left.items():
        names = list(dict.fromkeys(_called(item, first) for item in items))
        yield f"Responses to {', '.join(names)} are not analysed: {why}."


def _nothing_of(
    questionnaire: Questionnaire, items: Sequence[Item], kept: Sequence[Question]
) -> Iterator[str]:
    """Yield a note on proposals whose answers are not analysed, and on those without an answer."""
    answered = {item.intervention for item in items if not item.stipulated}
    asked = {i.intervention for i in questionnaire.with_role(Role.RESPONSE) if not i.stipulated}
    if names := _proposals(questionnaire, answered - {q.proposal for q in kept if _is_natural(q)}):
        yield f"So nothing is told of who accepts {names}."
    if names := _proposals(questionnaire, asked - answered):
        yield f"Nobody answered about {names}, so that nothing is told of who accepts that."


def _is_natural(question: Question) -> bool:
    return not question.item.stipulated


def _proposals(questionnaire: Questionnaire, names: Collection[str | None]) -> str:
    """Return the labels of proposals with commas between them; "" of none."""
    proposals = [one for name, one in questionnaire.interventions.items() if name in names]
    return ", ".join(f"“{short_label(one)}”" for one in proposals)


def _called(item: Item, first: Item) -> str:
    """Return what questions are called: by their scale where it tells them apart."""
    return item.scale if item.scale and item.scale != first.scale else item.name
