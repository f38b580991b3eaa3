"""What a column of a raw table looks like, for suggestions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from mfp_stats.importers.answers import trimmed
from mfp_stats.readers.table import RawTable

#: More distinct texts than this are no scale.
MOST_TEXTS = 60


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column.

    Parameters
    ----------
    name, label
        Its name, and its wording where the format has one.
    texts
        Its distinct texts, most frequent first; empty where there are more than
        ``MOST_TEXTS``.
    has_empty
        Whether some of its cells are empty.
    identifies
        Whether no cell is empty and no text stands twice.
    positive_numbers
        Whether every cell is a number of 0 or more.
    value_labels
        Code -> label, where the format has them.
    declared_missing
        Codes that the file declares missing.
    """

    name: str
    label: str
    texts: tuple[str, ...]
    has_empty: bool
    identifies: bool
    positive_numbers: bool
    value_labels: Mapping[str, str] = field(default_factory=dict)
    declared_missing: tuple[str, ...] = ()

    def meaning(self, text: str) -> str:
        """Return a text's label, else the text."""
        return self.value_labels.get(text, text)


def column_facts(raw: RawTable) -> list[ColumnFacts]:
    """Return the facts of every column, in order."""
    return [_facts(raw, name) for name in raw.columns]


def _facts(raw: RawTable, name: str) -> ColumnFacts:
    cells = raw.frame.select(trimmed(pl.col(name))).to_series()
    filled = cells.drop_nulls()
    counts = filled.value_counts(sort=True) if len(filled) else None
    few = counts is not None and counts.height <= MOST_TEXTS
    numbers = filled.cast(pl.Float64, strict=False)
    return ColumnFacts(
        name=name,
        label=raw.column_labels.get(name, ""),
        texts=tuple(counts[name].to_list()) if few and counts is not None else (),
        has_empty=cells.null_count() > 0,
        identifies=counts is not None and counts.height == len(cells),
        positive_numbers=len(filled) == len(cells)
        and numbers.null_count() == 0
        and bool((numbers >= 0).all()),
        value_labels=raw.value_labels.get(name, {}),
        declared_missing=raw.declared_missing.get(name, ()),
    )
