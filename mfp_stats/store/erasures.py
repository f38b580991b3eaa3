"""Submissions that were erased: what is kept of them, and the deletion of all else.

The order is that of :meth:`Store.erase`: the journal first, at once, and then the database. From
the journal's line on an erasure is certain: whatever ends the program, the next opening goes on
with it. Before that line the answers are whole.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Self

import duckdb

from mfp_stats.errors import Fault, SubmissionErased
from mfp_stats.responses import Submission
from mfp_stats.store.audit import note
from mfp_stats.store.clock import as_utc, from_stored
from mfp_stats.store.database import one_row
from mfp_stats.store.journal import Record
from mfp_stats.store.records import Erasure

Cursor = duckdb.DuckDBPyConnection

_KIND: Final = "erasure"
#: Tables that hold something of a person, by the person's number.
_OF_A_PERSON: Final = {
    "responses": "respondent",
    "numbers": "respondent",
    "texts": "respondent",
    "submissions": "respondent",
    "respondents": "id",
}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An erasure with the digest by which an erased instance id is known again."""

    instance: str
    erasure: Erasure

    @classmethod
    def now(cls, survey: str, instance_id: str, receipt: str) -> Self:
        """Erase an instance."""
        return cls(instance_digest(instance_id), Erasure(survey, receipt, datetime.now(UTC)))

    def to_json(self) -> dict[str, str]:
        """Return the journal's record of it."""
        return {
            "kind": _KIND,
            "instance": self.instance,
            "survey": self.erasure.survey,
            "receipt": self.erasure.receipt,
            "erased": self.erasure.erased.isoformat(),
        }

    @classmethod
    def from_json(cls, record: Record) -> Self:
        """Undo :meth:`to_json`."""
        erased = datetime.fromisoformat(record["erased"])
        return cls(record["instance"], Erasure(record["survey"], record["receipt"], erased))

    def replaces(self, record: Record) -> bool:
        """Whether a record of the journal is of the same instance: its answers, or its erasure."""
        match record["kind"]:
            case "submission":
                return instance_digest(record["submission"]["instance_id"]) == self.instance
            case "erasure":
                return bool(record["instance"] == self.instance)
            case _:
                return False


def instance_digest(instance_id: str) -> str:
    """Return what is kept of an erased instance id: it is known again, and cannot be found out."""
    return sha256(b"erased\x1f" + instance_id.encode()).hexdigest()


def tombstones(cursor: Cursor) -> dict[str, Tombstone]:
    """Read all erasures, by the digest of the instance, in the order in which they came."""
    found = cursor.execute(
        "SELECT instance, survey, receipt, erased FROM erasures ORDER BY erased"
    ).fetchall()
    return {
        instance: Tombstone(instance, Erasure(survey, receipt, from_stored(erased)))
        for instance, survey, receipt, erased in found
    }


def refuse_erased(cursor: Cursor, submission: Submission) -> None:
    """Refuse a submission that was erased.

    Raises
    ------
    SubmissionErased
        It was.
    """
    digest = instance_digest(submission.instance_id)
    if one_row(cursor, "SELECT 1 FROM erasures WHERE instance = ?", [digest]):
        what = "was erased on request; it is not stored again"
        raise SubmissionErased(Fault(f"instance {submission.instance_id}", what))


def erase_rows(cursor: Cursor, stone: Tombstone, instance_id: str | None) -> None:
    """Delete all of a submission and keep its tombstone, within the caller's transaction.

    ``instance_id`` is None where the database holds no such submission.
    """
    query = "SELECT respondent FROM submissions WHERE instance_id = ?"
    row = one_row(cursor, query, [instance_id])
    person = None if row is None else int(row[0])
    for table, key in _OF_A_PERSON.items():
        cursor.execute(f"DELETE FROM {table} WHERE {key} = ?", [person])  # noqa: S608
    about = stone.erasure
    cursor.execute(
        "INSERT INTO erasures VALUES (?, ?, ?, ?, ?, ?)",
        [stone.instance, about.survey, about.receipt, as_utc(about.erased), person, person is None],
    )
    note(cursor, "erase", {"survey": about.survey, "receipt": about.receipt})


def owes_scrubbing(cursor: Cursor) -> bool:
    """Whether bytes of erased answers may be left in the database file."""
    return one_row(cursor, "SELECT 1 FROM erasures WHERE NOT scrubbed") is not None


def note_scrubbed(connection: Any) -> None:  # noqa: ANN401 - the copy that is being written
    """Note, in the copy of the database that holds no more of them, that nothing is owed."""
    connection.execute("UPDATE erasures SET scrubbed = true")
