"""The canonical form of survey answers, shared by importers, web form, store, simulator, frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

import polars as pl


class Status(StrEnum):
    """Whether an answer is there and, where it is not, which of five reasons applies."""

    ANSWERED = "answered"
    NOT_ASKED = "not_asked"
    SKIPPED = "skipped"
    DONT_KNOW = "dont_know"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"


STATUS: Final = pl.Enum([s.value for s in Status])

#: Columns of a canonical response frame: one row per respondent × wave × item × part.
#:
#: ``part``    "" for a single answer; the option's name for select_multiple and rank;
#:             "best" / "worst" for best_worst.
#: ``code``    select_one, best_worst: 0-based index into ``item.options``;
#:             select_multiple: 1 chosen, 0 offered and not chosen; rank: 1 = first.
#:             Null unless status is "answered".
#: ``number``  integer and decimal items. ``text`` text items.
#: For select_multiple and rank a missing answer is one row a part, all with the same status.
#: An explicit "not sure" is status "dont_know": an answer to be modelled, not a hole.
RESPONSE_SCHEMA: Final[dict[str, pl.DataType]] = {
    "respondent": pl.String(),
    "wave": pl.String(),
    "item": pl.String(),
    "part": pl.String(),
    "code": pl.Int16(),
    "number": pl.Float64(),
    "text": pl.String(),
    "status": STATUS,
}

#: Columns of a canonical respondent frame: one row per respondent × wave.
#: ``group`` is the stakeholder group's option name, null where unknown;
#: ``weight`` a design weight > 0 or null; ``arms`` a JSON object {arm: level}.
RESPONDENT_SCHEMA: Final[dict[str, pl.DataType]] = {
    "respondent": pl.String(),
    "wave": pl.String(),
    "weight": pl.Float64(),
    "arms": pl.String(),
    "questionnaire": pl.String(),
    "source": pl.String(),
}

#: How a missing answer is written in an answer sheet's code columns (answers are >= 0).
MISSING_CODES: Final[dict[Status, int]] = {
    Status.NOT_ASKED: -1,
    Status.SKIPPED: -2,
    Status.DONT_KNOW: -3,
    Status.REFUSED: -4,
    Status.NOT_APPLICABLE: -5,
}

#: Leading columns of an *answer sheet*, the wide form: one row per respondent × wave.
#:
#: After them comes one column per item part, named by :func:`sheet_column`. Coded parts
#: (select_one, select_multiple, rank, best_worst) are Int16 and never null: a code as in
#: ``RESPONSE_SCHEMA`` or a negative ``MISSING_CODES`` value. Numbers are Float64 and texts String,
#: null where missing, each with a companion Int16 column ``item|status`` (0 or a missing code).
#: ``shown`` is a JSON object of what was shown and in which order; null for imported files.
SHEET_HEAD: Final[dict[str, pl.DataType]] = {
    "respondent": pl.String(),
    "wave": pl.String(),
    "weight": pl.Float64(),
    "arms": pl.String(),
    "shown": pl.String(),
    "submitted": pl.Datetime("us", "UTC"),
}


def sheet_column(item: str, part: str = "") -> str:
    """Return the answer sheet's column for one part of an item: ``item`` or ``item|part``."""
    return f"{item}|{part}" if part else item


@dataclass(frozen=True, slots=True)
class Submission:
    """One respondent's finished questionnaire as the web form hands it on.

    ``answers`` is keyed by :func:`sheet_column` and holds a code, a number or a text; a missing
    answer is its negative ``MISSING_CODES`` value. ``shown`` is what was shown in which order.
    """

    instance_id: str
    survey: str
    questionnaire: str
    wave: str
    answers: Mapping[str, int | float | str]
    arms: Mapping[str, str]
    shown: Mapping[str, Sequence[str]]
    consent: Mapping[str, str]
    started: datetime
    submitted: datetime
    paradata: Mapping[str, str | float] = field(default_factory=dict)
