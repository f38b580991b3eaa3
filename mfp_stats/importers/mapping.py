"""The mapping file: which column answers which item, and what every text in it means."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mfp_stats.readers.table import ReadOptions
from mfp_stats.responses import Status

#: Why there is no answer.
Missing = Literal["not_asked", "skipped", "dont_know", "refused", "not_applicable"]
#: How a mapping file writes each of them.
MISSING_WORDS: Final[Mapping[Status, Missing]] = {
    Status.NOT_ASKED: "not_asked",
    Status.SKIPPED: "skipped",
    Status.DONT_KNOW: "dont_know",
    Status.REFUSED: "refused",
    Status.NOT_APPLICABLE: "not_applicable",
}
#: What to do where an answer is ticked together with one that excludes it.
Conflict = Literal["reject", "keep_choices", "keep_exclusive"]


def _column(value: object) -> object:
    """Return the long form of what a plain text may stand for, the column's name."""
    return {"column": value} if isinstance(value, str) else value


class Part(BaseModel):
    """Base of every part of the file: frozen, and without unknown keys."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True
    )


class Pick(Part):
    """The column that says whether one option was ticked; short form: its name."""

    column: str
    chosen: list[str] = []
    """Texts that mean "ticked". Default: the item's."""


class Binding(Part):
    """Where an item's answers stand; short form: the name of its column.

    Texts are compared without the spaces around them; the empty text is an empty cell.
    """

    column: str | None = None
    """One column: select_one, integer, decimal, text; with ``separator`` also the others."""
    codes: dict[str, str] | None = None
    """Text in the file -> option. Default: the file holds the options' names."""
    missing: dict[str, Missing] = {}
    """Text in the file -> why there is no answer; goes before the mapping's own ``missing``."""
    separator: str | None = Field(default=None, min_length=1)
    """Between the options of one cell; for a ranking the first is the most important."""
    columns: dict[str, Annotated[Pick, BeforeValidator(_column)]] | None = None
    """Option -> its column: ticked or not; for a ranking the rank, 1 = first."""
    missing_columns: dict[Missing, Annotated[Pick, BeforeValidator(_column)]] = {}
    """A column that was ticked instead of an answer, e.g. "not sure"."""
    chosen: list[str] = []
    """Texts that mean "ticked" in every one of ``columns`` that does not say its own."""
    not_chosen: list[str] = []
    """Texts that mean "not ticked", beside the empty cell."""
    nothing_chosen: Missing | Literal["answered"] | None = None
    """What it means that nothing is ticked; ``answered``: that none applies."""
    conflict: Conflict = "reject"
    """Choices beside a tick that excludes them: reject the file, or which of the two to keep."""
    best: str | None = None
    """Best–worst: the column of what matters most."""
    worst: str | None = None
    """Best–worst: the column of what matters least."""

    def used(self) -> Iterator[str]:
        """Yield the names of the columns."""
        yield from (name for name in (self.column, self.best, self.worst) if name is not None)
        yield from (pick.column for pick in (self.columns or {}).values())
        yield from (pick.column for pick in self.missing_columns.values())


class RespondentFrom(Part):
    """Where a respondent's id comes from; short form: the name of its column."""

    column: str | None = None
    row_number: bool = False
    """The file has no ids: number the rows from 1. It must then hold everyone just once."""


class ArmFrom(Part):
    """The column of a randomised arm; short form: its name."""

    column: str
    codes: dict[str, str] | None = None
    """Text in the file -> level. Default: the file holds the levels' names."""


class ImportMapping(Part):
    """How the columns of a file become answers to a questionnaire."""

    survey: str
    """The survey that the mapping belongs to."""
    confirmed: bool = True
    """``false`` in a suggestion: nothing is imported until somebody has read it through."""
    simulated: bool = False
    """The file holds no real people: it is stored, and called, simulated."""
    file: ReadOptions = ReadOptions()
    """How the file is to be read, where it does not say so itself."""
    respondent: Annotated[RespondentFrom, BeforeValidator(_column)]
    wave: str | None = None
    """Column of the wave. Default: the wave given at import."""
    weight: str | None = None
    """Column of the design weights."""
    arms: dict[str, Annotated[ArmFrom, BeforeValidator(_column)]] = {}
    """Randomised arm of the questionnaire -> its column."""
    missing: dict[str, Missing] = {}
    """Text in the file -> why there is no answer, for all items."""
    items: dict[str, Annotated[Binding, BeforeValidator(_column)]]
    """Item -> where its answers stand."""
    not_in_file: list[str] = []
    """Items of the questionnaire that the file has no answers to: not asked."""

    def columns(self) -> frozenset[str]:
        """Return the names of all columns that the mapping uses."""
        head = (self.respondent.column, self.wave, self.weight)
        named = {name for name in head if name is not None}
        named.update(arm.column for arm in self.arms.values())
        return frozenset(named.union(*(binding.used() for binding in self.items.values())))

    def missing_of(self, binding: Binding) -> Mapping[str, Status]:
        """Return the missing texts that hold for an item."""
        codes = {text.strip() for text in binding.codes or {}}
        general = {t.strip(): s for t, s in self.missing.items() if t.strip() not in codes}
        own = {t.strip(): s for t, s in binding.missing.items()}
        return {text: Status(status) for text, status in (general | own).items()}

    def document(self) -> dict[str, Any]:
        """Return the mapping as plain lists, mappings and texts, without what is default."""
        document = self.model_dump(exclude_defaults=True, mode="json")
        document["respondent"] = _short(document["respondent"])
        document["items"] = {
            name: _short(_with_short_picks(part)) for name, part in document["items"].items()
        }
        if "arms" in document:
            document["arms"] = {name: _short(part) for name, part in document["arms"].items()}
        return document


def _short(part: dict[str, Any]) -> object:
    """Return the short form of a part that only names its column."""
    return part["column"] if set(part) == {"column"} else part


def _with_short_picks(binding: dict[str, Any]) -> dict[str, Any]:
    picks = ("columns", "missing_columns")
    return {
        key: {name: _short(pick) for name, pick in part.items()} if key in picks else part
        for key, part in binding.items()
    }
