"""Which columns an answer sheet has, and how their codes read."""

from typing import Final

import polars as pl

from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES, SHEET_HEAD, STATUS, Status, sheet_column

#: Item types whose answer is a number or a text with its status in a column beside it.
PLAIN: Final = {
    ItemType.INTEGER: pl.Float64(),
    ItemType.DECIMAL: pl.Float64(),
    ItemType.TEXT: pl.String(),
}

_STATUS_OF_CODE: Final = {code: status.value for status, code in MISSING_CODES.items()}


def status_column(item: Item) -> str:
    """Return the column of a number's or text's status (0 or a missing code)."""
    return sheet_column(item.name, "status")


def columns_of(item: Item) -> tuple[str, ...]:
    """Return the sheet's columns of an item's parts, in order; () for a note."""
    return tuple(sheet_column(item.name, part) for part in item.parts)


def sheet_schema(questionnaire: Questionnaire) -> dict[str, pl.DataType]:
    """Return the columns and types of a questionnaire's answer sheet, in canonical order."""
    schema: dict[str, pl.DataType] = dict(SHEET_HEAD)
    for item in questionnaire.items:
        if item.type in PLAIN:
            schema |= {item.name: PLAIN[item.type], status_column(item): pl.Int16()}
        else:
            schema |= dict.fromkeys(columns_of(item), pl.Int16())
    return schema


def status_of(code: pl.Expr) -> pl.Expr:
    """Return the status that a sheet's code stands for: "answered" for codes >= 0."""
    missing = code.replace_strict(_STATUS_OF_CODE, default=None, return_dtype=pl.String())
    return pl.when(code >= 0).then(pl.lit(Status.ANSWERED.value)).otherwise(missing).cast(STATUS)


def item_code(item: Item) -> pl.Expr:
    """Return an expression >= 0 where a person answered an item, else its missing code.

    A partial ranking or a best without a worst counts as answered.
    """
    if item.type in PLAIN:
        return pl.col(status_column(item))
    if item.type is ItemType.BEST_WORST:
        return pl.col(sheet_column(item.name, "best"))
    return pl.max_horizontal(columns_of(item))
