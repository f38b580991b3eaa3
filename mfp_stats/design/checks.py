"""Whether a sheet is one of the questionnaire: its columns and its codes."""

import polars as pl

from mfp_stats.design.report import Report
from mfp_stats.errors import Fault
from mfp_stats.frames import sheet_schema
from mfp_stats.frames.columns import PLAIN, columns_of, status_column
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES

_LOWEST = min(MISSING_CODES.values())
_AGAIN = "Import the file again under this questionnaire version."


def check_sheet(sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report) -> bool:
    """Report columns that the sheet lacks and codes off the scale; return whether it is sound."""
    absent = [name for name in sheet_schema(questionnaire) if name not in sheet.columns]
    for name in absent:
        report.fault(Fault(name, "this column is not in the answer sheet", fix=_AGAIN))
    highest = {
        column: top
        for item in questionnaire.items
        for column, top in _highest(item).items()
        if column not in absent
    }
    off = sheet.select(
        (~pl.col(column).is_between(_LOWEST, top).fill_null(value=False)).sum().alias(column)
        for column, top in highest.items()
    )
    wrong = {column: n for column, n in off.row(0, named=True).items() if n} if highest else {}
    for column, n in wrong.items():
        what = f"{n} rows hold a code that is not one of 0 to {highest[column]} or a missing code"
        report.fault(Fault(column, what, fix=_AGAIN))
    return not absent and not wrong


def _highest(item: Item) -> dict[str, int]:
    """Return the highest code of each code column of an item."""
    match item.type:
        case ItemType.SELECT_MULTIPLE:
            top = 1
        case ItemType.RANK:
            top = len(item.options)
        case _:
            top = len(item.options) - 1
    if item.type in PLAIN:
        return {status_column(item): 0}
    return dict.fromkeys(columns_of(item), top)
