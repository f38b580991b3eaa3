"""Excel workbooks: values as texts; formulas, links and macros are never run."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import fastexcel
import polars as pl

from mfp_stats.errors import Fault, ImportRejected, first_faults
from mfp_stats.readers.table import Format, Limits, Parsed, ReadOptions, numbered

#: Sheets pack to a tenth or so; a bomb to a thousandth.
_TIGHTEST: Final = 300
_FIX: Final = "It may have been cut off or be protected by a password. Export it again, or as CSV."


def read_workbook(path: Path, options: ReadOptions, limits: Limits) -> Parsed:
    """Read one sheet of a workbook; its first filled row names the columns.

    Row numbers count from the first filled row.

    Raises
    ------
    ImportRejected
        The workbook is damaged, unpacks to too much, describes a form (XLSForm) instead of
        answers, or has several filled sheets and no option says which.
    """
    _refuse_bomb(path, limits)
    try:
        book = fastexcel.read_excel(path)
        sheet = _sheet(book, options.sheet)
    except fastexcel.FastExcelError as error:
        said = str(error).split("\n", 1)[0]
        raise ImportRejected(Fault("", f"is no readable workbook: {said}", fix=_FIX)) from None
    names = [name or "" for name in sheet.row(0)]
    if sheet.height < 2:
        raise ImportRejected(Fault("", "has a header and no answers below it"))
    frame = numbered(sheet.slice(1))
    lines = pl.int_range(2, frame.height + 2, eager=True, dtype=pl.Int64).alias("line")
    return Parsed(Format.EXCEL, names, frame, lines, "row")


def _refuse_bomb(path: Path, limits: Limits) -> None:
    """Add up what the archive says it unpacks to, before anything is unpacked."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        packed = sum(entry.compress_size for entry in archive.infolist())
    if unpacked > limits.unpacked or (
        unpacked > limits.unpacked // 16 and unpacked > _TIGHTEST * packed
    ):
        what = f"unpacks from {packed:,} to {unpacked:,} bytes; it was not unpacked"
        raise ImportRejected(Fault("", what, fix="Export the answers as CSV or Parquet."))


def _sheet(book: fastexcel.ExcelReader, wanted: str | None) -> pl.DataFrame:
    names = book.sheet_names
    if {"survey", "choices"} <= {name.lower() for name in names} and wanted is None:
        what = "describes a form (XLSForm: sheets 'survey' and 'choices'), it holds no answers"
        fix = "Give the file of answers; or name a sheet {sheet}."
        raise ImportRejected(Fault("", what, fix=fix))
    if wanted is not None and wanted not in names:
        what = f"there is no sheet {wanted!r}"
        raise ImportRejected(Fault("{sheet}", what, known=tuple(names)))
    chosen = [wanted] if wanted is not None else names
    sheets = {name: _load(book, name) for name in chosen}
    filled = {name: sheet for name, sheet in sheets.items() if sheet.height}
    if not filled:
        raise ImportRejected(Fault("", "is empty: no sheet holds anything"))
    if len(filled) > 1:
        fix = "Name the one with the answers {sheet}."
        what = f"{len(filled)} sheets hold something"
        raise ImportRejected(Fault("", what, known=tuple(filled), fix=fix))
    return next(iter(filled.values()))


def _load(book: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    sheet = book.load_sheet(name, header_row=None, dtypes="string")
    if sheet.height == 0:
        return pl.DataFrame()
    cells, errors = sheet.to_arrow_with_errors()
    if errors is not None and errors.errors:
        raise ImportRejected(_error_cells(name, errors.errors))
    frame = pl.from_arrow(cells)
    assert isinstance(frame, pl.DataFrame)
    return numbered(frame.cast(pl.String))


def _error_cells(sheet: str, errors: Sequence[fastexcel.CellError]) -> list[Fault]:
    """Return a fault for each cell whose formula failed (#DIV/0!, #N/A, …); the rest counted."""

    def empty(error: fastexcel.CellError) -> Fault:
        row, column = error.offset_position
        return Fault(
            f"sheet {sheet}, row {row + 1}, column {column + 1}",
            f"the cell holds no value: {error.detail.rpartition(' ')[2]}",
            fix="Correct the formula, or clear the cell.",
        )

    return first_faults(map(empty, errors), len(errors), "cells", f"sheet {sheet}")
