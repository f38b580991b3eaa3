"""Texts to codes, whole columns at a time; texts that mean nothing are counted, never guessed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from mfp_stats.errors import MOST_ALIKE, Fault, first_names
from mfp_stats.readers.table import RawTable, short
from mfp_stats.responses import MISSING_CODES, Status

_MOST_TEXTS: Final = 8


@dataclass(slots=True)
class Rejects:
    """Gathers the faults of a table's cells."""

    raw: RawTable
    found: list[Fault] = field(default_factory=list)

    def rows(self, column: str, rows: pl.Series, what: str, *, fix: str = "") -> None:
        """Add one fault for a set of rows.

        Parameters
        ----------
        column
            The column in the file, or several as one text.
        rows
            0-based row numbers; nothing is added where there are none.
        what
            What is wrong with them.
        """
        if len(rows):
            where = f"{_several('column', column)}, {self._places(rows)}"
            self.found.append(Fault(where, what, fix=fix))

    def texts(
        self, column: str, unknown: pl.Series, item: str, known: Iterable[str], fix: str
    ) -> None:
        """Add one fault for each text that means nothing, the most frequent first.

        Parameters
        ----------
        column
            The column in the file.
        unknown
            True on the rows at fault, shape (row,).
        item
            The item that the column answers.
        known
            The texts that would have been understood.
        fix
            What to do.
        """
        rows = unknown.arg_true()
        cells = pl.DataFrame({"row": rows, "text": self.raw.frame[column].gather(rows)})
        by_text = (
            cells.group_by("text", maintain_order=True)
            .agg("row", n=pl.len())
            .sort("n", descending=True, maintain_order=True)
        )
        for text, found in by_text.head(_MOST_TEXTS).select("text", "row").iter_rows():
            where = f"column {column}, {self._places(found)}"
            shown = "the cell is empty" if text is None else f"{short(text)!r} is off the scale"
            what = f"{shown} (item {item})"
            self.found.append(Fault(where, what, known=tuple(map(repr, known)), fix=fix))
        if by_text.height > _MOST_TEXTS:
            rest = by_text.slice(_MOST_TEXTS)
            what = f"{rest.height:,} more texts in {int(rest['n'].sum()):,} rows are off the scale"
            self.found.append(Fault(f"column {column}", what))

    def _places(self, rows: pl.Series | Sequence[int]) -> str:
        lines = [str(self.raw.line(int(row))) for row in rows[:MOST_ALIKE]]
        return _several(self.raw.unit, first_names(lines, len(rows)))


def _several(word: str, listed: str) -> str:
    return f"{word}s {listed}" if ", " in listed else f"{word} {listed}"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the texts of one column mean: text (without spaces around it) -> code.

    ``empty`` is the code of an empty cell; None where that is a fault.
    """

    codes: Mapping[str, int]
    empty: int | None

    @classmethod
    def of(cls, answers: Mapping[str, int], missing: Mapping[str, Status]) -> "Lookup":
        """Join the codes of answers and of missing texts; the empty text is the empty cell."""
        absent = {text: MISSING_CODES[status] for text, status in missing.items()}
        codes = {text.strip(): code for text, code in {**absent, **answers}.items()}
        empty = codes.pop("", None)
        return cls(codes, empty)

    def expression(self, column: pl.Expr) -> pl.Expr:
        """Return a column's codes (Int16); null where a text means nothing."""
        filled = pl.lit(self.empty, dtype=pl.Int16)
        return pl.when(column.is_null()).then(filled).otherwise(self._codes(column))

    def _codes(self, column: pl.Expr) -> pl.Expr:
        if not self.codes:
            return pl.lit(None, dtype=pl.Int16)
        texts, codes = list(self.codes), list(self.codes.values())
        return column.replace_strict(texts, codes, default=None, return_dtype=pl.Int16)


def trimmed(column: pl.Expr) -> pl.Expr:
    """Return a column without the spaces around its texts; nothing but spaces is null."""
    stripped = column.str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def look_up(frame: pl.DataFrame, lookups: Mapping[str, tuple[str, Lookup]]) -> pl.DataFrame:
    """Return codes for many columns at once.

    Parameters
    ----------
    frame
        String columns, shape (row, column).
    lookups
        Name of the result -> (column, what its texts mean).

    Returns
    -------
    polars.DataFrame
        Int16, one column a lookup; null where a text means nothing.
    """
    codes = frame.select(
        lookup.expression(pl.col(column)).alias(name) for name, (column, lookup) in lookups.items()
    )
    # Most files have no spaces around their texts, so that these are looked at only where needed.
    unsure = [name for name, n in codes.null_count().row(0, named=True).items() if n]
    if not unsure:
        return codes
    again = frame.select(
        lookups[name][1].expression(trimmed(pl.col(lookups[name][0]))).alias(name)
        for name in unsure
    )
    return codes.with_columns(again)
