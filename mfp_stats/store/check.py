"""Whether an answer sheet keeps to its questionnaire; every fault with its column and row."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.errors import MOST_ALIKE, Fault, ImportRejected, first_names
from mfp_stats.responses import MISSING_CODES, SHEET_HEAD
from mfp_stats.store.layout import Column, Layout

_LOWEST = min(MISSING_CODES.values())
#: What the name of a wave may not hold: in print it would look like another one.
_CONTROL: Final = r"\p{Cc}"
_DTYPES: dict[str, pl.DataType] = {
    "code": pl.Int16(),
    "number": pl.Float64(),
    "text": pl.String(),
}


def check_sheet(sheet: pl.DataFrame, layout: Layout, *, file: str) -> tuple[Column, ...]:
    """Return the questionnaire's columns that the sheet has.

    An item that the sheet leaves out was not asked; an item of which it has only some parts
    is a fault.

    Raises
    ------
    ImportRejected
        With every fault of the sheet's shape; where the shape is right, with every fault of
        its contents.
    """
    present = tuple(c for c in layout.columns if c.name in sheet.columns)
    for found in (_shape_faults(sheet, layout), _content_faults(sheet, layout, present)):
        if faults := list(found):
            raise ImportRejected(faults, about=file)
    return present


def _shape_faults(sheet: pl.DataFrame, layout: Layout) -> Iterator[Fault]:
    expected = dict(SHEET_HEAD)
    for column in layout.columns:
        expected[column.code_name] = pl.Int16()
        expected[column.name] = _DTYPES[column.kind]
    for name in SHEET_HEAD:
        if name not in sheet.columns:
            yield Fault(f"column {name}", "is missing from the answer sheet")
    for name, dtype in sheet.schema.items():
        if name not in expected:
            known = tuple(c.name for c in layout.columns)
            yield Fault(f"column {name}", "is not of the questionnaire", known=known)
        elif dtype != expected[name]:
            yield Fault(f"column {name}", f"is {dtype}; an answer sheet has {expected[name]} here")
    for item, columns in layout.by_item().items():
        names = [n for c in columns for n in dict.fromkeys((c.name, c.code_name))]
        absent = [n for n in names if n not in sheet.columns]
        if 0 < len(absent) < len(names):
            yield Fault(f"item {item}", f"lacks columns of the answer sheet: {', '.join(absent)}")


def _content_faults(
    sheet: pl.DataFrame, layout: Layout, present: tuple[Column, ...]
) -> Iterator[Fault]:
    yield from _head_faults(sheet)
    for column in present:
        yield from _code_faults(sheet, column.code_name, layout.highest(column))
        if column.kind != "code":
            yield from _companion_faults(sheet, column)


def _head_faults(sheet: pl.DataFrame) -> Iterator[Fault]:
    respondent, wave, weight = pl.col("respondent"), pl.col("wave"), pl.col("weight")
    unnamed = respondent.is_null() | (respondent == "")
    yield from _rows(sheet, "respondent", unnamed, "is empty")
    yield from _rows(sheet, "wave", wave.is_null() | (wave == ""), "is empty")
    unprintable = wave.str.contains(_CONTROL).fill_null(value=False)
    yield from _rows(sheet, "wave", unprintable, "holds control characters, such as a line end")
    bad = ~weight.is_finite() | (weight < 0)
    yield from _rows(sheet, "weight", bad, "is not a finite number of 0 or more")
    twice = sheet.select(pl.struct("respondent", "wave").is_duplicated()).to_series()
    if twice.any():
        ids = sheet.filter(twice)["respondent"].unique(maintain_order=True).drop_nulls().to_list()
        what = f"{len(ids)} respondents appear more than once in a wave: {first_names(ids)}"
        yield Fault("column respondent", what)


def _code_faults(sheet: pl.DataFrame, name: str, highest: int) -> Iterator[Fault]:
    codes = pl.col(name)
    low, high = sheet.select(low=codes.min(), high=codes.max()).row(0)
    if sheet[name].null_count():
        yield from _rows(sheet, name, codes.is_null(), "is null; a missing answer has a code")
    if low is not None and (low < _LOWEST or high > highest):
        wrong = (codes < _LOWEST) | (codes > highest)
        span = f"0 to {highest}" if highest >= 0 else "none: the item has no options"
        yield from _rows(sheet, name, wrong, f"is off the scale; codes are {span}, or a missing")


def _companion_faults(sheet: pl.DataFrame, column: Column) -> Iterator[Fault]:
    answer, status = pl.col(column.name), pl.col(column.code_name)
    differs = answer.is_null() != (status != 0)
    yield from _rows(sheet, column.name, differs, f"does not agree with {column.code_name}")
    if column.kind == "number":
        yield from _rows(sheet, column.name, ~answer.is_finite(), "is not a finite number")


def _rows(sheet: pl.DataFrame, name: str, wrong: pl.Expr, what: str) -> Iterator[Fault]:
    rows = sheet.select(wrong.fill_null(value=False).arg_true()).to_series()
    if len(rows):
        cells = [f"{row + 1} ({sheet[name][int(row)]!r})" for row in rows[:MOST_ALIKE]]
        shown = first_names(cells, len(rows))
        yield Fault(f"column {name}, rows {shown}", what)
