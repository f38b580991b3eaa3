"""What was imported and what of it was withdrawn: records, only ever added to."""

import duckdb
import polars as pl

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.audit import note
from mfp_stats.store.clock import utc_now
from mfp_stats.store.database import one_row

Cursor = duckdb.DuckDBPyConnection


def read_imports(cursor: Cursor, survey: str) -> pl.DataFrame:
    """Read a survey's imports, oldest first."""
    found = cursor.sql(
        "SELECT imports.id AS number, versions.hash AS questionnaire, file, sha256, mapping,"
        " respondents, answers, imported, imported_by, program, reason AS withdrawn_because"
        " FROM imports JOIN surveys ON surveys.id = imports.survey AND surveys.name = ?"
        " JOIN questionnaire_versions AS versions ON versions.id = imports.version"
        " LEFT JOIN withdrawals ON withdrawals.import = imports.id ORDER BY imports.id",
        params=[survey],
    )
    imports: pl.DataFrame = found.pl()
    return imports.with_columns(pl.col("imported").dt.replace_time_zone("UTC"))


def withdraw(cursor: Cursor, number: int, reason: str) -> None:
    """Take an import out of every later reading; see :meth:`Store.withdraw`."""
    standing = one_row(
        cursor,
        "SELECT 1 FROM imports WHERE id = ? AND id NOT IN (SELECT import FROM withdrawals)",
        [number],
    )
    if standing is None:
        raise StoreError(Fault(f"import {number}", "does not exist or is withdrawn already"))
    cursor.execute("INSERT INTO withdrawals VALUES (?, ?, ?)", [number, reason, utc_now()])
    note(cursor, "withdraw", {"import": number})


def beat(cursor: Cursor) -> None:
    """Replace the one row of the heartbeat and read it back."""
    now = utc_now()
    cursor.execute("DELETE FROM heartbeat")
    cursor.execute("INSERT INTO heartbeat VALUES (?)", [now])
    if cursor.execute("SELECT beaten FROM heartbeat").fetchall() != [(now,)]:
        raise StoreError(Fault("heartbeat", "does not read as it was written"))
