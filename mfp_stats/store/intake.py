"""Take submissions: first into the journal, then into the database, then the receipt."""

from dataclasses import dataclass

from mfp_stats.errors import Fault, StoreError, SubmissionRejected
from mfp_stats.responses import Submission
from mfp_stats.store.database import Database, one_row
from mfp_stats.store.erasures import (
    Tombstone,
    erase_rows,
    instance_digest,
    refuse_erased,
    tombstones,
)
from mfp_stats.store.journal import Journal, Record
from mfp_stats.store.layout import Layout
from mfp_stats.store.received import Received
from mfp_stats.store.records import SubmissionReceipt
from mfp_stats.store.submissions import (
    check_submission,
    insert_submission,
    refuse_imported,
    stored_receipt,
)
from mfp_stats.store.versions import (
    Cursor,
    layout_from_json,
    layout_to_json,
    publish_layout,
    stored_document,
    stored_layout,
    version_key,
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a comparison of journal and database found; the fields are those of OpenReport.

    ``imported`` holds the hash of every file that either knows an import of, withdrawn or not.
    """

    restored: tuple[str, ...]
    lost_imports: tuple[str, ...]
    not_journaled: int
    imported: frozenset[str]


class Intake:
    """The way of every submission into the store.

    Parameters
    ----------
    database, journal
        Both open; call :meth:`replay` before the first :meth:`accept`.
    """

    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self._journal = journal
        self._versions: dict[str, tuple[int, Layout]] = {}
        self._journaled_versions: set[str] = set()
        #: Journaled, but the database failed before it had them.
        self._pending: list[Received] = []

    def accept(self, submission: Submission) -> SubmissionReceipt:
        """Store a submission once and return its receipt; see :meth:`Store.append_submission`."""
        with self._database.alone():
            self.drain()
            with self._database.reading() as cursor:
                version, layout = self._version(cursor, submission)
                check_submission(submission, layout)
                refuse_erased(cursor, submission)
                if (receipt := stored_receipt(cursor, submission)) is not None:
                    return receipt
                refuse_imported(cursor, submission)
                self._journal_version(cursor, version, layout)
            received = Received.now(submission)
            self._journal.append(received.to_json())
            self._pending.append(received)
            self.drain()
            return received.receipt

    def drain(self) -> None:
        """Commit what is in the journal and, after a fault of the database, not yet in it."""
        with self._database.alone():
            while self._pending:
                received = self._pending[0]
                with self._database.writing() as cursor:
                    # The commit whose fault was reported may have gone through all the same.
                    if stored_receipt(cursor, received.submission) is None:
                        self._insert(cursor, received)
                del self._pending[0]

    def erase(self, stone: Tombstone, instance_id: str) -> None:
        """Delete a stored submission from the journal and then from the database.

        Raises
        ------
        StoreError
            The disk or the database failed. Where the journal has lost it already, the next
            :meth:`replay`, or the same call again, goes on.
        """
        with self._database.alone():
            self.drain()
            self._journal.forget_torn(instance_id)
            self._journal.replace(stone.replaces, stone.to_json())
            with self._database.writing() as cursor:
                erase_rows(cursor, stone, instance_id)
            self._database.checkpoint()

    def replay(self) -> Replayed:
        """Give the database every submission of the journal that it lacks, and every erasure.

        What the database knows to be erased is not restored, and taken out of the journal again:
        a backup of the journal may have brought it back.

        Raises
        ------
        StoreError
            Journal and database hold different answers under one instance id, or a line of
            the journal is damaged.
        """
        with self._database.writing() as cursor:
            rows = cursor.execute("SELECT instance_id, digest FROM submissions").fetchall()
            stored: dict[str, str] = dict(rows)
            erased = tombstones(cursor)
            back: set[str] = set()
            imports = cursor.execute("SELECT sha256 FROM imports").fetchall()
            imported: set[str] = {sha256 for (sha256,) in imports}
            journaled: set[str] = set()
            restored, lost = [], []
            for record in self._journal.records():
                match record["kind"]:
                    case "questionnaire":
                        self._republish(cursor, record)
                    case "import":
                        lost += self._lost_import(cursor, record)
                        imported.add(record["sha256"])
                    case "erasure" if record["instance"] not in erased:
                        stone = Tombstone.from_json(record)
                        erased[stone.instance] = stone
                        self._erase_again(cursor, stone, stored)
                    case "submission" if (one := _digest(record)) in erased:
                        back.add(one)
                    case "submission":
                        instance = record["submission"]["instance_id"]
                        journaled.add(instance)
                        if self._restore(cursor, record, stored):
                            restored.append(instance)
        for one in back:
            self._journal.replace(erased[one].replaces, erased[one].to_json())
        not_journaled = len(stored.keys() - journaled)
        return Replayed(tuple(restored), tuple(lost), not_journaled, frozenset(imported))

    def _restore(self, cursor: Cursor, record: Record, stored: dict[str, str]) -> bool:
        """Insert a submission that the database lacks; whether it did."""
        instance = record["submission"]["instance_id"]
        if instance not in stored:
            self._insert(cursor, Received.from_json(record))
            stored[instance] = record["digest"]
            return True
        if stored[instance] != record["digest"]:
            what = "the journal and the database hold different answers"
            raise StoreError(Fault(f"instance {instance}", what))
        return False

    def _erase_again(self, cursor: Cursor, stone: Tombstone, stored: dict[str, str]) -> None:
        """Go on with an erasure that ended after the journal, or that an old database lacks."""
        found = next((name for name in stored if instance_digest(name) == stone.instance), None)
        erase_rows(cursor, stone, found)
        if found is not None:
            del stored[found]

    def _republish(self, cursor: Cursor, record: Record) -> None:
        layout = layout_from_json(record["layout"])
        publish_layout(cursor, layout, record["document"])
        self._journaled_versions.add(layout.hash)

    def _lost_import(self, cursor: Cursor, record: Record) -> list[str]:
        found = one_row(
            cursor,
            "SELECT 1 FROM imports JOIN surveys ON surveys.id = imports.survey"
            " WHERE surveys.name = ? AND sha256 = ?",
            [record["survey"], record["sha256"]],
        )
        return [] if found else [f"{record['file']} ({record['sha256'][:12]})"]

    def _version(self, cursor: Cursor, submission: Submission) -> tuple[int, Layout]:
        """Return a published version; kept, since it never changes."""
        hash_ = submission.questionnaire
        if hash_ not in self._versions:
            key = version_key(cursor, hash_)
            if key is None:
                what = f"survey {submission.survey!r} has no published version {hash_!r}"
                raise SubmissionRejected(Fault("questionnaire", what))
            self._versions[hash_] = key, stored_layout(cursor, key)
        return self._versions[hash_]

    def _journal_version(self, cursor: Cursor, version: int, layout: Layout) -> None:
        """Journal a version ahead of the first submission that answers it."""
        if layout.hash in self._journaled_versions:
            return
        document = stored_document(cursor, version)
        record = {"layout": layout_to_json(layout), "document": document}
        self._journal.append({"kind": "questionnaire", **record})
        self._journaled_versions.add(layout.hash)

    def _insert(self, cursor: Cursor, received: Received) -> None:
        version, layout = self._version(cursor, received.submission)
        insert_submission(cursor, received, version, layout)


def _digest(record: Record) -> str:
    """Return the digest that the instance of a journaled submission would be erased under."""
    return instance_digest(record["submission"]["instance_id"])
