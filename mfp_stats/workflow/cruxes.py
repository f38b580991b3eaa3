"""A file of conditional forecasts to what each crux carries of the gap between two groups."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.errors import CruxesRejected, Fault
from mfp_stats.importers import RawTable, read_file
from mfp_stats.quantities.conditional_forecasts import COLUMNS, NAMES, PROBABILITIES
from mfp_stats.quantities.cruxes import FLOOR, Cruxes, cruxes

#: Faults of one column that are told each by itself.
_TOLD: Final = 10


def cruxes_in(
    file: Path | str,
    *,
    groups: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    floor: int = FLOOR,
) -> Cruxes:
    """Return what every crux carries of the gap between two groups of forecasters.

    Parameters
    ----------
    file
        A row a person and crux: CSV, Parquet, Excel, SPSS or Stata.
    groups
        The two that are compared; none: the two that there are.
    columns
        One of :data:`mfp_stats.quantities.conditional_forecasts.COLUMNS` to the file's column of
        it; those left out are called so in the file.
    missing
        What else than an empty cell says that a probability is missing, as ``NA``.
    floor
        Cruxes on which so many people or fewer of a group answered are left out; 5 or more.

    Raises
    ------
    ImportRejected
        The file cannot be read.
    CruxesRejected
        A column is not there, a probability is no number, a row does not say of whom or of what it
        is, there are not two groups to compare, or what
        :func:`mfp_stats.quantities.cruxes.cruxes` refuses; every fault.
    """
    table = read_file(file)
    forecasts = _forecasts(table, columns or {}, missing)
    return cruxes(forecasts, _two(groups, forecasts), floor=floor)


def _forecasts(table: RawTable, columns: Mapping[str, str], missing: Sequence[str]) -> pl.DataFrame:
    """Return the file's forecasts under the names of :data:`COLUMNS`."""
    taken = {name: columns.get(name, name) for name in COLUMNS}
    faults = [
        Fault(name, "is none of the columns that forecasts have", known=COLUMNS)
        for name in columns
        if name not in COLUMNS
    ]
    faults += [
        Fault(name, f"the file has no column {column!r}", table.columns, _named_so(name))
        for name, column in taken.items()
        if column not in table.columns
    ]
    if faults:
        raise CruxesRejected(faults, about=table.file)
    texts = table.frame.select(
        pl.col(column).str.strip_chars().replace("", None).alias(name)
        for name, column in taken.items()
    ).with_columns(
        pl.when(pl.col(name).is_in(list(missing))).then(None).otherwise(pl.col(name)).alias(name)
        for name in PROBABILITIES
    )
    read = texts.with_columns(pl.col(*PROBABILITIES).cast(pl.Float64, strict=False))
    wrong = [*_unnamed(table, read), *_no_numbers(table, texts, read)]
    if wrong:
        raise CruxesRejected(wrong, about=table.file)
    return read


def _named_so(name: str) -> str:
    return f"Name the column that has it: --column {name}=COLUMN."


def _unnamed(table: RawTable, read: pl.DataFrame) -> Iterator[Fault]:
    for name in NAMES:
        rows = read[name].is_null().arg_true().to_list()
        for row in rows[:_TOLD]:
            yield Fault(f"{table.unit} {table.line(row)}", f"names no {name}")
        yield from _more(rows, f"name no {name}", table)


def _no_numbers(table: RawTable, texts: pl.DataFrame, read: pl.DataFrame) -> Iterator[Fault]:
    for name in PROBABILITIES:
        lost = texts[name].is_not_null() & (read[name].is_null() | ~read[name].is_finite())
        rows = lost.arg_true().to_list()
        for row in rows[:_TOLD]:
            yield Fault(
                f"{table.unit} {table.line(row)}, {name}",
                f"{texts[name][row]!r} is no probability",
                fix="Give numbers from 0 to 1; for a code that stands for no answer: --missing.",
            )
        yield from _more(rows, f"have no probability for {name}", table)


def _more(rows: Sequence[int], what: str, table: RawTable) -> Iterator[Fault]:
    if len(rows) > _TOLD:
        yield Fault("", f"{len(rows) - _TOLD} more {table.unit}s {what}")


def _two(groups: Sequence[str], forecasts: pl.DataFrame) -> tuple[str, str]:
    """Return the two groups to compare."""
    there = [str(group) for group in forecasts["group"].unique(maintain_order=True)]
    chosen = list(groups) or there
    if len(chosen) != 2:
        raise CruxesRejected(
            Fault("groups", "a gap is between two", tuple(there), "Choose two: --groups A,B.")
        )
    return chosen[0], chosen[1]
