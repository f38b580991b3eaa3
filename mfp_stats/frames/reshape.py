"""From the wide answer sheet to long responses and back, without loss."""

from typing import Final

import polars as pl

from mfp_stats.frames.columns import PLAIN, columns_of, sheet_schema, status_column, status_of
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES, RESPONSE_SCHEMA, SHEET_HEAD, Status

_PERSON: Final = ("respondent", "wave")
_CODE_OF_STATUS: Final = {
    Status.ANSWERED.value: 0,
    **{status.value: code for status, code in MISSING_CODES.items()},
}


def long_from_sheet(sheet: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Return every answer on its own row.

    Parameters
    ----------
    sheet
        An answer sheet of the questionnaire (:data:`mfp_stats.responses.SHEET_HEAD` and the
        columns of its items).
    questionnaire
        The version that the sheet's codes refer to.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`mfp_stats.responses.RESPONSE_SCHEMA`; persons in the sheet's order and
        items in the questionnaire's.
    """
    rows = sheet.select(_PERSON[0], _PERSON[1], pl.int_range(pl.len()).alias("row"))
    parts = _parts(questionnaire)
    pieces = [_coded(sheet, parts)]
    plain = {item.name: item for item in questionnaire.items if item.type in PLAIN}
    pieces += [
        _plain(sheet, plain[name], place)
        for place, name in parts.filter("plain").select("place", "item").iter_rows()
    ]
    return (
        pl.concat(pieces)
        .join(rows, on="row", maintain_order="left")
        .sort("row", "place")
        .select(pl.col(name).cast(dtype) for name, dtype in RESPONSE_SCHEMA.items())
    )


def sheet_from_long(
    long: pl.DataFrame, questionnaire: Questionnaire, *, head: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return the answer sheet of long responses; the inverse of :func:`long_from_sheet`.

    Parameters
    ----------
    long
        Columns of :data:`mfp_stats.responses.RESPONSE_SCHEMA`; answers without a row were not
        asked.
    questionnaire
        The version that the codes refer to.
    head
        The sheet's leading columns, which long responses do not hold; one row a person and wave.
        Without it, weight, arms, shown and submitted are null and persons stand in the order of
        their first answer.
    """
    head = _head(long) if head is None else head.select(*SHEET_HEAD)
    parts = _parts(questionnaire)
    placed = long.join(parts.select("item", "part", "column"), on=["item", "part"])
    status = pl.col("status").cast(pl.String).replace_strict(_CODE_OF_STATUS)
    placed = placed.with_columns(status.cast(pl.Int16).alias("missing"))
    plain = [item for item in questionnaire.items if item.type in PLAIN]
    is_plain = pl.col("item").is_in([item.name for item in plain])
    coded = placed.filter(~is_plain)
    sheet = head.join(
        _wide(coded, pl.coalesce("code", "missing")), on=_PERSON, how="left", maintain_order="left"
    )
    for item in plain:
        field = "text" if item.type is ItemType.TEXT else "number"
        answers = placed.filter(pl.col("item") == item.name).select(
            *_PERSON,
            pl.col(field).alias(item.name),
            pl.col("missing").alias(status_column(item)),
        )
        sheet = sheet.join(answers, on=_PERSON, how="left", maintain_order="left")
    return _complete(sheet, questionnaire)


def _parts(questionnaire: Questionnaire) -> pl.DataFrame:
    """One row a part: item, part, sheet column, place in the questionnaire."""
    named = [(i, part, column) for i in questionnaire.items
             for part, column in zip(i.parts, columns_of(i), strict=True)]  # fmt: skip
    rows = [(i.name, i.type in PLAIN, part, column) for i, part, column in named]
    schema = {"item": pl.String, "plain": pl.Boolean, "part": pl.String, "column": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("place")


def _coded(sheet: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    coded = parts.filter(~pl.col("plain"))
    value = pl.col("value")
    return (
        sheet.select(pl.int_range(pl.len()).alias("row"), *coded["column"])
        .unpivot(coded["column"].to_list(), index="row", variable_name="column")
        .join(coded, on="column")
        .select(
            "row",
            "place",
            "item",
            "part",
            code=pl.when(value >= 0).then(value).cast(pl.Int16),
            number=pl.lit(None, pl.Float64),
            text=pl.lit(None, pl.String),
            status=status_of(value),
        )
    )


def _plain(sheet: pl.DataFrame, item: Item, place: int) -> pl.DataFrame:
    is_text = item.type is ItemType.TEXT
    return sheet.select(
        row=pl.int_range(pl.len()),
        place=pl.lit(place, pl.UInt32),
        item=pl.lit(item.name),
        part=pl.lit(""),
        code=pl.lit(None, pl.Int16),
        number=pl.lit(None, pl.Float64) if is_text else pl.col(item.name),
        text=pl.col(item.name) if is_text else pl.lit(None, pl.String),
        status=status_of(pl.col(status_column(item))),
    )


def _head(long: pl.DataFrame) -> pl.DataFrame:
    persons = long.select(_PERSON).unique(maintain_order=True)
    empty = {n: t for n, t in SHEET_HEAD.items() if n not in _PERSON}
    return persons.with_columns(pl.lit(None, t).alias(n) for n, t in empty.items())


def _wide(coded: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    answers = coded.select(*_PERSON, "column", value.alias("value"))
    return answers.pivot("column", index=_PERSON, values="value")


def _complete(sheet: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Columns without any row and persons without an answer were not asked."""
    schema = sheet_schema(questionnaire)
    absent = {n: t for n, t in schema.items() if n not in sheet.columns}
    coded = [n for n, t in schema.items() if t == pl.Int16()]
    return (
        sheet.with_columns(pl.lit(None, t).alias(n) for n, t in absent.items())
        .with_columns(pl.col(coded).fill_null(MISSING_CODES[Status.NOT_ASKED]))
        .select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    )
