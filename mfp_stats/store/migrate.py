"""Bring a database file to this release's tables, one recorded step at a time."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.clock import program, utc_now
from mfp_stats.store.database import Database

FOLDER: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered SQL file."""

    number: int
    name: str
    sql: str


def known_migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """Read the migrations ``NNNN_name.sql`` of a folder, in order."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_\w+", path.stem)
        assert match, path
        found.append(Migration(int(match[1]), path.stem, path.read_text(encoding="utf-8")))
    return tuple(found)


def migrate(database: Database, migrations: tuple[Migration, ...]) -> tuple[str, ...]:
    """Apply the migrations that the file lacks, each in a transaction that also records it.

    Returns
    -------
    tuple of str
        The names of those applied now.

    Raises
    ------
    StoreError
        The file has seen a migration that this release does not know.
    """
    applied = _applied(database)
    last = migrations[-1].number
    if applied and max(applied) > last:
        newest = max(applied)
        what = (
            f"was last written by version {applied[newest]} (tables of step {newest}); "
            f"this is version {program()} (step {last})"
        )
        fix = f"Install version {applied[newest]} or later. Nothing was changed."
        raise StoreError(Fault(str(database.path), what, fix=fix))
    missing = [m for m in migrations if m.number not in applied]
    for migration in missing:
        with database.writing() as cursor:
            cursor.execute(migration.sql)
            row = [migration.number, migration.name, utc_now(), program()]
            cursor.execute("INSERT INTO schema_migrations VALUES (?, ?, ?, ?)", row)
    return tuple(m.name for m in missing)


def _applied(database: Database) -> dict[int, str]:
    """Return the steps that the file has seen and the version of the program that took each."""
    with database.writing() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations "
            "(number INTEGER, name VARCHAR, applied TIMESTAMP, program VARCHAR)"
        )
        return dict(cursor.execute("SELECT number, program FROM schema_migrations").fetchall())
