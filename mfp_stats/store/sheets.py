"""Read stored answers back as an answer sheet, in the codes of any one version."""

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mfp_stats.responses import MISSING_CODES, SHEET_HEAD, Status
from mfp_stats.store.layout import Column, Layout
from mfp_stats.store.reexpress import Recoding, recoding
from mfp_stats.store.versions import stored_layout, survey_key, versions_of

Cursor = duckdb.DuckDBPyConnection
Codes = NDArray[np.int16]
Keys = NDArray[np.int32]

NOT_ASKED = MISSING_CODES[Status.NOT_ASKED]
_ROWS_AT_ONCE = 1 << 20
#: Beside the sheet's own columns while versions are put together; no item can be called that.
_KEY = "|key"


@dataclass(frozen=True, slots=True)
class Stored:
    """The answers given under one version: codes (its columns × respondents) and their keys."""

    version: int
    layout: Layout
    keys: Keys
    codes: Codes


def read_sheet(cursor: Cursor, layout: Layout) -> pl.DataFrame:
    """Read all standing answers of a survey within the caller's transaction.

    See :meth:`Store.sheet`.
    """
    survey = survey_key(cursor, layout.survey)
    versions = () if survey is None else versions_of(cursor, survey)
    sheets = [_version_sheet(cursor, version, layout) for version in versions]
    sheet = pl.concat([_empty(layout), *sheets])
    return sheet.sort(_KEY).drop(_KEY)


def _version_sheet(cursor: Cursor, version: int, target: Layout) -> pl.DataFrame:
    people = _people(cursor, version)
    if people.is_empty():
        return _empty(target)
    stored = _read_codes(cursor, version, people["key"].to_numpy())
    recode = recoding(stored.layout, stored.codes, target)
    columns = {_KEY: people["key"]} | {name: people[name] for name in SHEET_HEAD}
    for column in target.columns:
        columns |= _column(cursor, stored, recode, column)
    return pl.DataFrame(columns)


def _people(cursor: Cursor, version: int) -> pl.DataFrame:
    found = cursor.sql(
        "SELECT id AS key, respondent, wave, weight, arms, shown, submitted"
        " FROM standing_respondents WHERE version = ? ORDER BY id",
        params=[version],
    )
    people: pl.DataFrame = found.pl()
    return people.with_columns(pl.col("submitted").dt.replace_time_zone("UTC"))


def _read_codes(cursor: Cursor, version: int, keys: Keys) -> Stored:
    """Scatter the version's responses into a matrix.

    Each batch is one assignment, whatever the order of the rows: no sorting, no pivot.
    """
    layout = stored_layout(cursor, version)
    codes = np.full((len(layout.columns), len(keys)), NOT_ASKED, dtype=np.int16)
    first, last = int(keys[0]), int(keys[-1])
    row_of = np.full(last - first + 1, -1, dtype=np.int32)
    row_of[keys - first] = np.arange(len(keys), dtype=np.int32)
    found = cursor.sql(
        "SELECT respondent, position, code FROM responses WHERE respondent BETWEEN ? AND ?",
        params=[first, last],
    )
    for batch in found.to_arrow_reader(_ROWS_AT_ONCE):
        key, position, code = (column.to_numpy() for column in batch.columns)
        row = row_of[key - first]
        ours = row >= 0
        if not ours.all():
            position, row, code = position[ours], row[ours], code[ours]
        codes[position, row] = code
    return Stored(version, layout, keys, codes)


def _column(
    cursor: Cursor, stored: Stored, recode: Recoding, column: Column
) -> dict[str, pl.Series]:
    codes = pl.Series(column.code_name, recode.codes(column), dtype=pl.Int16)
    if column.kind == "code":
        return {column.name: codes}
    source = recode.source(column)
    answers = _answers(cursor, stored, source, column.kind)
    return {column.name: answers.alias(column.name), column.code_name: codes}


def _answers(cursor: Cursor, stored: Stored, source: Column | None, kind: str) -> pl.Series:
    """Return the numbers or texts of one column, null where there is none."""
    dtype = pl.Float64() if kind == "number" else pl.String()
    if source is None:
        return pl.Series([None] * len(stored.keys), dtype=dtype)
    query = {
        "number": "SELECT respondent AS key, number AS answer FROM numbers",
        "text": "SELECT respondent AS key, text AS answer FROM texts",
    }[kind]
    between = [source.position, int(stored.keys[0]), int(stored.keys[-1])]
    found = cursor.sql(f"{query} WHERE position = ? AND respondent BETWEEN ? AND ?", params=between)
    keys = pl.DataFrame({"key": stored.keys})
    joined = keys.join(found.pl(), on="key", how="left", maintain_order="left")
    return joined["answer"].cast(dtype)


def _empty(layout: Layout) -> pl.DataFrame:
    dtypes = {"code": pl.Int16(), "number": pl.Float64(), "text": pl.String()}
    schema: dict[str, pl.DataType] = {_KEY: pl.Int32(), **SHEET_HEAD}
    for column in layout.columns:
        schema[column.name] = dtypes[column.kind]
        schema[column.code_name] = pl.Int16()
    return pl.DataFrame(schema=schema)
