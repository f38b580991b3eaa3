"""What was imported and what of it was withdrawn: records, only ever added to."""

from typing import Final

import duckdb
import polars as pl

from mfp_stats.errors import Fault, StoreError, WithdrawalRefused
from mfp_stats.store.audit import note
from mfp_stats.store.clock import utc_now

Cursor = duckdb.DuckDBPyConnection

_WHY: Final = "Say it for those who read the results later."


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


def read_sources(cursor: Cursor, survey: str) -> dict[str, int]:
    """Count standing answer sheets by where they came from; see :meth:`Store.sources`."""
    rows = cursor.execute(
        "SELECT CASE WHEN import IS NULL THEN 'web' ELSE 'import ' || import END AS source,"
        " count(*) FROM standing_respondents AS people"
        " JOIN surveys ON surveys.id = people.survey AND surveys.name = ?"
        " GROUP BY source ORDER BY min(people.id)",
        [survey],
    ).fetchall()
    return {str(source): int(count) for source, count in rows}


def read_answered(cursor: Cursor) -> tuple[str, ...]:
    """Read which surveys have answers that stand, sorted."""
    rows = cursor.execute(
        "SELECT name FROM surveys WHERE id IN (SELECT survey FROM standing_respondents)"
        " ORDER BY name"
    ).fetchall()
    return tuple(str(name) for (name,) in rows)


def people_stored(cursor: Cursor) -> int:
    """Return how many people × waves were ever stored, which is the last one's number.

    Those who were erased keep theirs: it is given to nobody else.
    """
    ((last,),) = cursor.execute(
        "SELECT coalesce(max(id), 0) FROM"
        " (SELECT id FROM respondents UNION ALL SELECT respondent FROM erasures)"
    ).fetchall()
    return int(last)


def stored_among(cursor: Cursor, survey: str, people: int) -> pl.DataFrame:
    """Read who of a survey is among the first so many that were ever stored, withdrawn or not."""
    found = cursor.sql(
        "SELECT DISTINCT respondent, wave FROM respondents AS people"
        " JOIN surveys ON surveys.id = people.survey AND surveys.name = ? WHERE people.id <= ?",
        params=[survey, people],
    )
    return pl.DataFrame(found.pl(), schema={"respondent": pl.String(), "wave": pl.String()})


def withdraw(cursor: Cursor, survey: str, number: int, reason: str) -> None:
    """Take an import out of every later reading; see :meth:`Store.withdraw`."""
    faults = [] if reason.strip() else [Fault("why", "is empty", fix=_WHY)]
    if not reason.isprintable():
        faults.append(Fault("why", "holds control characters, such as a line end", fix=_WHY))
    if (fault := _not_standing(cursor, survey, number)) is not None:
        faults.insert(0, fault)
    if faults:
        raise WithdrawalRefused(faults)
    cursor.execute("INSERT INTO withdrawals VALUES (?, ?, ?)", [number, reason, utc_now()])
    note(cursor, "withdraw", {"import": number})


def _not_standing(cursor: Cursor, survey: str, number: int) -> Fault | None:
    """Return why an import cannot be withdrawn, naming those that can be."""
    imports = read_imports(cursor, survey)
    if imports.is_empty():
        named = "SELECT DISTINCT name FROM imports JOIN surveys ON surveys.id = survey ORDER BY 1"
        others = cursor.execute(named).fetchall()
        return Fault(f"survey {survey}", "has no imports", known=tuple(name for (name,) in others))
    standing = imports.filter(pl.col("withdrawn_because").is_null())
    if number in standing["number"]:
        return None
    known = tuple(f"{n} ({file})" for n, file in standing.select("number", "file").iter_rows())
    earlier = imports.filter(number=number)["withdrawn_because"]
    what = f"is withdrawn already: {earlier[0]}" if len(earlier) else f"is not one of {survey}"
    return Fault(f"import {number}", what, known=known)


def beat(cursor: Cursor) -> None:
    """Replace the one row of the heartbeat and read it back."""
    now = utc_now()
    cursor.execute("DELETE FROM heartbeat")
    cursor.execute("INSERT INTO heartbeat VALUES (?)", [now])
    if cursor.execute("SELECT beaten FROM heartbeat").fetchall() != [(now,)]:
        raise StoreError(Fault("heartbeat", "does not read as it was written"))
