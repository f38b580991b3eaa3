"""What was fitted, which jobs ran, what was imported: records, only ever added to."""

import json
from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.audit import note
from mfp_stats.store.clock import utc_now
from mfp_stats.store.database import one_row
from mfp_stats.store.journal import canonical
from mfp_stats.store.versions import next_key

Cursor = duckdb.DuckDBPyConnection


def record_fit(cursor: Cursor, manifest: Mapping[str, Any]) -> None:
    """Add a fit within the caller's transaction; see :meth:`Store.record_fit`."""
    missing = [name for name in ("id", "survey") if not isinstance(manifest.get(name), str)]
    if missing:
        raise StoreError([Fault(f"manifest.{name}", "is not a text") for name in missing])
    fit, text = manifest["id"], canonical(dict(manifest))
    stored = one_row(cursor, "SELECT manifest FROM fits WHERE id = ?", [fit])
    if stored is None:
        row = [fit, manifest["survey"], text, utc_now()]
        cursor.execute("INSERT INTO fits VALUES (?, ?, ?, ?)", row)
        note(cursor, "fit", {"fit": fit, "survey": manifest["survey"]})
    elif stored[0] != text:
        raise StoreError(Fault(f"fit {fit}", "is recorded already with another manifest"))


def read_fits(cursor: Cursor, survey: str) -> tuple[dict[str, Any], ...]:
    """Read the manifests of a survey's fits, newest first."""
    rows = cursor.execute(
        "SELECT manifest FROM fits WHERE survey = ? ORDER BY recorded DESC, id DESC", [survey]
    ).fetchall()
    return tuple(json.loads(text) for (text,) in rows)


def record_job(cursor: Cursor, job: str, status: str, detail: Mapping[str, Any]) -> None:
    """Add an event of a job within the caller's transaction; see :meth:`Store.record_job`."""
    row = [next_key(cursor, "job_events"), job, status, canonical(dict(detail)), utc_now()]
    cursor.execute("INSERT INTO job_events VALUES (?, ?, ?, ?, ?)", row)


def read_jobs(cursor: Cursor) -> pl.DataFrame:
    """Read each job's newest event, newest job first."""
    found = cursor.sql(
        "SELECT job, arg_max(status, id) AS status, arg_max(detail, id) AS detail,"
        " min(recorded) AS started, max(recorded) AS changed"
        " FROM job_events GROUP BY job ORDER BY min(id) DESC"
    )
    jobs: pl.DataFrame = found.pl()
    return jobs.with_columns(pl.col("started", "changed").dt.replace_time_zone("UTC"))


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
