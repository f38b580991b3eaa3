"""Turn a sheet into the canonical long form."""

from collections.abc import Sequence

import polars as pl

from mfp_stats.responses import MISSING_CODES, RESPONSE_SCHEMA, Status
from mfp_stats.store.layout import Column

_STATUS = {code: status.value for status, code in MISSING_CODES.items()} | {
    0: Status.ANSWERED.value
}


def long_form(sheet: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Return one row per respondent × wave × column (``responses.RESPONSE_SCHEMA``)."""
    pieces = [_column_long(sheet, column) for column in columns]
    return pl.concat([pl.DataFrame(schema=RESPONSE_SCHEMA), *pieces])


def _column_long(sheet: pl.DataFrame, column: Column) -> pl.DataFrame:
    codes, answer = pl.col(column.code_name), pl.col(column.name)
    answered = codes >= 0
    wanted = {"code": pl.when(answered).then(codes), "number": answer, "text": answer}
    answers = {
        kind: wanted[kind] if kind == column.kind else pl.lit(None, dtype=RESPONSE_SCHEMA[kind])
        for kind in wanted
    }
    status = pl.min_horizontal(codes, 0).replace_strict(
        _STATUS, return_dtype=RESPONSE_SCHEMA["status"]
    )
    return sheet.select(
        "respondent",
        "wave",
        item=pl.lit(column.item),
        part=pl.lit(column.part),
        **answers,
        status=status,
    )
