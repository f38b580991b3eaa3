"""An answer as the form keeps it, and how it is written into a submission."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from mfp_stats.questionnaire.model import Item, ItemType, Role
from mfp_stats.responses import MISSING_CODES, Status, sheet_column

#: What a coded answer may be: a code, a number or a text.
Code = int | float | str

#: Roles that the organiser fills in; a respondent is never asked for them.
BOOKKEEPING: Final = frozenset({Role.WEIGHT, Role.ARM, Role.WAVE})


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person answered to one item, by option name.

    ``value`` holds an option's name (select_one), names (select_multiple; rank, first first),
    the pair best, worst with "" for one not given (best_worst), a number or a text; None unless
    ``status`` is "answered".
    """

    status: Status
    value: str | float | tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads."""
        return {"status": self.status.value, "value": self.value}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Return the answer that :meth:`to_json` wrote."""
        value = record["value"]
        return cls(Status(record["status"]), tuple(value) if isinstance(value, list) else value)

    @property
    def names(self) -> tuple[str, ...]:
        """The options named in the answer, in its order; () where it names none."""
        if isinstance(self.value, tuple):
            return self.value
        return (self.value,) if isinstance(self.value, str) else ()

    @property
    def in_relevant(self) -> str | float | tuple[str, ...] | None:
        """What a ``relevant`` expression sees: a way not to answer is its status' name."""
        not_given = (Status.ANSWERED, Status.SKIPPED)
        return self.value if self.status in not_given else self.status.value


SKIPPED: Final = Answer(Status.SKIPPED)


def answered(value: str | float | tuple[str, ...]) -> Answer:
    """Return a substantive answer."""
    return Answer(Status.ANSWERED, value)


def codes(item: Item, answer: Answer) -> dict[str, Code]:
    """Return the answer sheet's cells for one item.

    Parameters
    ----------
    item
        The item; a note has no cells.
    answer
        The answer, by option name.

    Returns
    -------
    dict
        One entry a part. Codes and missing codes are int, numbers float, texts str, so that
        the number -3.0 and the missing code -3 stay apart.
    """
    if answer.status is not Status.ANSWERED:
        return {sheet_column(item.name, p): MISSING_CODES[answer.status] for p in item.parts}
    coded = _CODERS.get(item.type, _plain)(item, answer)
    return {sheet_column(item.name, part): code for part, code in coded.items()}


def _index(item: Item, name: str) -> int:
    return item.option_names.index(name) if name else MISSING_CODES[Status.SKIPPED]


def _one(item: Item, answer: Answer) -> dict[str, Code]:
    return {"": _index(item, answer.names[0])}


def _multiple(item: Item, answer: Answer) -> dict[str, Code]:
    return {name: int(name in answer.names) for name in item.option_names}


def _rank(item: Item, answer: Answer) -> dict[str, Code]:
    """Code 1 = first; an option left out of a partial ranking was skipped."""
    places = {name: place for place, name in enumerate(answer.names, start=1)}
    return {name: places.get(name, MISSING_CODES[Status.SKIPPED]) for name in item.option_names}


def _best_worst(item: Item, answer: Answer) -> dict[str, Code]:
    best, worst = answer.names
    return {"best": _index(item, best), "worst": _index(item, worst)}


def _plain(_item: Item, answer: Answer) -> dict[str, Code]:
    assert isinstance(answer.value, str | float)
    return {"": answer.value}


_CODERS: Final[Mapping[ItemType, Callable[[Item, Answer], dict[str, Code]]]] = {
    ItemType.SELECT_ONE: _one,
    ItemType.SELECT_MULTIPLE: _multiple,
    ItemType.RANK: _rank,
    ItemType.BEST_WORST: _best_worst,
}
