"""Add an answer sheet: all of it with its provenance, or nothing."""

from datetime import datetime

import duckdb
import polars as pl

from mfp_stats.errors import Fault, ImportRejected, first_names
from mfp_stats.store.audit import note
from mfp_stats.store.check import check_sheet
from mfp_stats.store.clock import from_stored, program, utc_now
from mfp_stats.store.database import one_row
from mfp_stats.store.layout import Column, Layout
from mfp_stats.store.ledger import people_stored
from mfp_stats.store.records import ImportReceipt, ImportSource
from mfp_stats.store.versions import next_key, publish_layout, survey_key

Cursor = duckdb.DuckDBPyConnection


def append_sheet(
    cursor: Cursor, sheet: pl.DataFrame, layout: Layout, document: str, source: ImportSource
) -> ImportReceipt:
    """Add a sheet within the caller's transaction; see :meth:`Store.append_sheet`."""
    checked = check_append(cursor, sheet, layout, document, source)
    if isinstance(checked, ImportReceipt):
        return checked
    present, version = checked
    number, now = next_key(cursor, "imports"), utc_now()
    answers = len(present) * sheet.height
    survey = survey_key(cursor, layout.survey)
    assert survey is not None
    row = [number, survey, version, source.file, source.sha256, source.mapping, sheet.height,
           answers, now, source.by, program()]  # fmt: skip
    cursor.execute("INSERT INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    _insert_sheet(cursor, sheet, present, (survey, version, number))
    counts = {"import": number, "respondents": sheet.height, "answers": answers}
    note(cursor, "import", {"survey": layout.survey, "sha256": source.sha256, **counts})
    return _receipt(layout.survey, (number, sheet.height, answers, now), added=True)


def check_append(
    cursor: Cursor, sheet: pl.DataFrame, layout: Layout, document: str, source: ImportSource
) -> ImportReceipt | tuple[tuple[Column, ...], int]:
    """Refuse what may not be added; return what it would be added as.

    Returns
    -------
    ImportReceipt or tuple
        The import that holds the file already; or the sheet's columns and the version's key. The
        version is published, for the caller's transaction to keep or to take back.
    """
    if (earlier := _earlier_import(cursor, layout, source)) is not None:
        return earlier
    present = check_sheet(sheet, layout, file=source.file)
    version = publish_layout(cursor, layout, document)
    _refuse_stored(cursor, sheet, layout.survey, source)
    return present, version


def _earlier_import(cursor: Cursor, layout: Layout, source: ImportSource) -> ImportReceipt | None:
    """Return the receipt of the import that stored this very file, if one stands.

    Raises
    ------
    ImportRejected
        The file is stored, but another mapping was used: adding it would double its answers.
    """
    row = one_row(
        cursor,
        "SELECT imports.id, respondents, answers, imported, mapping FROM imports"
        " JOIN surveys ON surveys.id = imports.survey"
        " WHERE surveys.name = ? AND sha256 = ?"
        " AND imports.id NOT IN (SELECT import FROM withdrawals)",
        [layout.survey, source.sha256],
    )
    if row is None:
        return None
    if row[4] != source.mapping:
        what = f"this file is import {row[0]} of {row[3]:%Y-%m-%d %H:%M} UTC, by another mapping"
        fix = f"To import it differently, first: mfp withdraw {layout.survey} {row[0]} --why TEXT"
        raise ImportRejected(Fault(source.file, what, fix=fix))
    return _receipt(layout.survey, row[:4], added=False)


def _receipt(survey: str, row: tuple[int, int, int, datetime], *, added: bool) -> ImportReceipt:
    number, respondents, answers, imported = row
    if added:
        message = f"stored {respondents} respondents and {answers} answers as import {number}"
    else:
        message = f"nothing added: this file is already import {number} of survey {survey!r}"
    return ImportReceipt(
        number, survey, added, respondents, answers, from_stored(imported), message
    )


def _refuse_stored(cursor: Cursor, sheet: pl.DataFrame, survey: str, source: ImportSource) -> None:
    """Refuse a sheet with a respondent × wave that the survey already holds."""
    cursor.register("incoming", sheet.select("respondent", "wave"))
    stored = cursor.execute(
        "SELECT DISTINCT people.respondent FROM standing_respondents AS people"
        " JOIN surveys ON surveys.id = people.survey AND surveys.name = ?"
        " JOIN incoming ON incoming.respondent = people.respondent AND incoming.wave = people.wave"
        " ORDER BY people.respondent",
        [survey],
    ).fetchall()
    if stored:
        ids = first_names([name for (name,) in stored])
        what = f"{len(stored)} respondents are stored already for the same wave: {ids}"
        raise ImportRejected(Fault(f"{source.file}, column respondent", what))


def _insert_sheet(
    cursor: Cursor, sheet: pl.DataFrame, present: tuple[Column, ...], owner: tuple[int, int, int]
) -> None:
    """Insert a checked sheet's rows; ``owner`` is the keys of survey, version and import.

    One statement a column: DuckDB then stores runs of equal positions and ascending keys, so
    that 60 million answers take two seconds and half a byte each.
    """
    first = people_stored(cursor) + 1
    keys = (pl.int_range(pl.len(), dtype=pl.Int32) + first).alias("key")
    _insert_respondents(cursor, sheet.with_columns(keys), owner)
    answers = sheet.select(
        keys,
        *(pl.col(c.code_name).alias(f"code{c.position}") for c in present),
        *(pl.col(c.name).alias(f"answer{c.position}") for c in present if c.kind != "code"),
    )
    cursor.register("answers", answers)
    for column in present:
        _insert_column(cursor, column)


def _insert_respondents(cursor: Cursor, sheet: pl.DataFrame, owner: tuple[int, int, int]) -> None:
    submitted = pl.col("submitted").dt.replace_time_zone(None)
    head = ["key", "respondent", "wave", "weight", "arms", "shown"]
    cursor.register("people", sheet.select(*head, submitted))
    cursor.execute(
        "INSERT INTO respondents SELECT key, ?, ?, ?, respondent, wave, weight, arms, shown,"
        " submitted FROM people",
        list(owner),
    )


def _insert_column(cursor: Cursor, column: Column) -> None:
    # Only numbers of our own are put into the statements, never a name from outside.
    k = column.position
    codes = f"INSERT INTO responses SELECT key, {k}, code{k} FROM answers"  # noqa: S608
    cursor.execute(codes)
    if column.kind != "code":
        table = {"number": "numbers", "text": "texts"}[column.kind]
        found = f"SELECT key, {k}, answer{k} FROM answers WHERE answer{k} IS NOT NULL"  # noqa: S608
        cursor.execute(f"INSERT INTO {table} {found}")
