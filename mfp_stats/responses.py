"""The canonical form of survey answers, shared by importers, web form, store, simulator, frames."""

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
