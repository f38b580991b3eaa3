"""A file of conditional forecasts to what each crux carries of the gap between two groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.errors import CruxesRejected, Fault, ImportRejected, first_faults
from mfp_stats.quantities.conditional_forecasts import COLUMNS, NAMES, PROBABILITIES
from mfp_stats.quantities.cruxes import FLOOR, Cruxes, cruxes
from mfp_stats.readers import AS_OPTION, Format, RawTable, ReadOptions, read_file

#: What to do about a cell that is no probability.
_NUMBERS: Final = (
    "Give numbers from 0 to 1 with a decimal point and no % sign; for a code that stands for no "
    "answer: --missing."
)


def cruxes_in(
    file: Path | str,
    *,
    groups: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    floor: int = FLOOR,
    options: ReadOptions | None = None,
) -> Cruxes:
    """Return what every crux carries of the gap between two groups of forecasters.

    Parameters
    ----------
    file
        A row a person and crux: CSV, Parquet, Excel, SPSS or Stata. Where the format has labels of
        values, groups and cruxes are called by these.
    groups
        The two that are compared; none: the two that there are.
    columns
        One of :data:`mfp_stats.quantities.conditional_forecasts.COLUMNS` to the file's column of
        it; those left out are called so in the file.
    missing
        What else than an empty cell, or a code that the file declares, says that a probability is
        missing, as ``NA``.
    floor
        Cruxes on which so many people or fewer of a group answered are left out; 5 or more.
    options
        Delimiter, encoding, sheet and new column names, where the file needs them.

    Raises
    ------
    CruxesRejected
        The file cannot be read, or a sheet is named of what is no workbook; a column is not there
        or stands for two, a cell is no probability, a row does not say of whom or of what it is,
        there are not two groups to compare, or what :func:`mfp_stats.quantities.cruxes.cruxes`
        refuses; every fault.
    """
    table = _read(file, options or ReadOptions())
    taken = _columns(table, columns or {})
    forecasts = _forecasts(table, taken, missing)
    found = cruxes(forecasts, _two(groups, forecasts), floor=floor)
    return replace(found, notes=(*table.notes, *found.notes))


def _read(file: Path | str, options: ReadOptions) -> RawTable:
    try:
        table = read_file(file, options=options, naming=AS_OPTION)
    except ImportRejected as error:  # nothing was to be imported
        raise CruxesRejected(error.faults, about=error.about) from error
    if options.sheet is not None and table.format is not Format.EXCEL:
        what = f"{options.sheet!r} is named, but the file is no workbook"
        raise CruxesRejected(Fault("sheet", what, fix="Leave it out."), about=table.file)
    return table


def _columns(table: RawTable, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the file's column of each of :data:`COLUMNS`."""
    taken = {name: columns.get(name, name) for name in COLUMNS}
    faults = [
        Fault(repr(name), "is none of the columns that forecasts have", known=COLUMNS)
        for name in columns
        if name not in COLUMNS
    ]
    for name, column in taken.items():
        if column not in table.columns:
            fix = f"Name the column that has it: --column {name}=COLUMN."
            faults.append(Fault(name, f"the file has no column {column!r}", table.columns, fix))
        elif len(same := [other for other, theirs in taken.items() if theirs == column]) > 1:
            fix = "Each needs a column of its own."
            faults.append(Fault(name, f"{column!r} is given for {' and '.join(same)}", fix=fix))
    if faults:
        raise CruxesRejected(faults, about=table.file)
    return taken


def _forecasts(table: RawTable, taken: Mapping[str, str], missing: Sequence[str]) -> pl.DataFrame:
    """Return the file's forecasts under the names of :data:`COLUMNS`, without its empty rows."""
    texts = pl.DataFrame(
        {name: _texts(table, name, taken[name], missing) for name in COLUMNS}
    ).with_columns(line=table.lines)
    texts = texts.filter(pl.any_horizontal(pl.col(*COLUMNS).is_not_null()))
    read = texts.with_columns(pl.col(*PROBABILITIES).cast(pl.Float64, strict=False))
    faults = [*_unnamed(table, read), *_no_probabilities(table, texts, read)]
    if faults:
        raise CruxesRejected(faults, about=table.file)
    return read.drop("line")


def _texts(table: RawTable, name: str, column: str, missing: Sequence[str]) -> pl.Series:
    """Return the cells of a column: labels of what has a name, null where a number is missing."""
    cells = table.frame[column].str.strip_chars().replace("", None)
    if name in NAMES:
        return cells.replace(dict(table.value_labels.get(column, {})))
    codes = [*missing, *table.declared_missing.get(column, ())]
    return cells.replace(dict.fromkeys(codes))


def _unnamed(table: RawTable, read: pl.DataFrame) -> Iterator[Fault]:
    lost = read.filter(pl.any_horizontal(pl.col(*NAMES).is_null()))

    def nameless(row: Mapping[str, Any]) -> Fault:
        lacking = [f"no {name}" for name in NAMES if row[name] is None]
        return Fault(f"{table.unit} {row['line']}", f"names {' and '.join(lacking)}")

    faults = map(nameless, lost.iter_rows(named=True))
    yield from first_faults(faults, len(lost), f"{table.unit}s")


def _no_probabilities(table: RawTable, texts: pl.DataFrame, read: pl.DataFrame) -> Iterator[Fault]:
    for name in PROBABILITIES:
        wrong = texts[name].is_not_null() & ~read[name].is_between(0, 1).fill_null(value=False)
        lost = texts.filter(wrong)
        faults = (
            Fault(f"{table.unit} {line}, {name}", f"{text!r} is no probability", fix=_NUMBERS)
            for line, text in lost.select("line", name).iter_rows()
        )
        yield from first_faults(faults, len(lost), f"{table.unit}s", name)


def _two(groups: Sequence[str], forecasts: pl.DataFrame) -> tuple[str, str]:
    """Return the two groups to compare."""
    there = tuple(str(group) for group in forecasts["group"].unique(maintain_order=True))
    chosen = list(groups) or list(there)
    if len(chosen) == 2:
        return chosen[0], chosen[1]
    fix = "Name two: --group A --group B." if len(there) > 1 else "The file has but one."
    raise CruxesRejected(Fault("groups", "a gap is between two groups", there, fix))
