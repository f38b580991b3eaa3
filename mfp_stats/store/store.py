"""The store: the only place where answers are kept, and the only one that speaks SQL."""

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import polars as pl

from mfp_stats.errors import ErasureRefused, Fault, StoreError
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.responses import RESPONDENT_SCHEMA, Submission
from mfp_stats.store import append, audit, ledger, sheets
from mfp_stats.store.check import check_sheet
from mfp_stats.store.database import Database
from mfp_stats.store.erasures import Tombstone, note_scrubbed, owes_scrubbing, tombstones
from mfp_stats.store.intake import Intake
from mfp_stats.store.journal import Journal
from mfp_stats.store.layout import Layout
from mfp_stats.store.long import long_form
from mfp_stats.store.migrate import known_migrations, migrate
from mfp_stats.store.ownership import Ownership
from mfp_stats.store.records import (
    Erasure,
    ImportReceipt,
    ImportSource,
    OpenReport,
    SubmissionReceipt,
)
from mfp_stats.store.uploads import delete_unreferenced, save_upload
from mfp_stats.store.versions import (
    document_of,
    publish_layout,
    questionnaire_from,
    stored_document,
    stored_layout,
    survey_key,
    version_key,
    versions_of,
)

_DATABASE: Final = "store.duckdb"
_UPLOADS: Final = "uploads"


class Store:
    """An open store: the folder ``data`` with database, journal and uploads.

    One process owns a store, with as many threads as it likes: they may call every method at
    any time. Open it with :meth:`open` and use it as a context manager.
    """

    def __init__(self, data: Path, database: Database, intake: Intake, journal: Journal) -> None:
        self._data = data
        self._database = database
        self._intake = intake
        self._journal = journal
        self._held = ExitStack()
        #: What was found and done at opening; show its ``messages`` to the user.
        self.opened = OpenReport()

    @staticmethod
    def is_in(data: Path) -> bool:
        """Whether a data folder holds a store; opening one makes it."""
        return (data / _DATABASE).is_file()

    @classmethod
    def open(cls, data: Path) -> Self:
        """Open the store of a project's data folder, making or migrating it where needed.

        The journal is compared with the database, and what the database lacks is restored. Files
        in ``uploads/`` that no import of either refers to are deleted.

        Raises
        ------
        StoreLocked
            Another process, or another open store of this one, owns it; names it.
        StoreError
            It was written by a later release, or the database or the journal is damaged.
        """
        with ExitStack() as held:
            ownership = Ownership(data / "store.lock")
            held.callback(ownership.release)
            database = Database(data / _DATABASE)
            held.callback(database.close)
            migrations = migrate(database, known_migrations())
            journal = Journal(data / "journal")
            held.callback(journal.close)
            torn = journal.recover()
            intake = Intake(database, journal)
            found = intake.replay()
            store = cls(data, database, intake, journal)
            store.opened = OpenReport(
                migrations=migrations,
                replayed=found.restored,
                torn="" if torn is None else str(torn),
                lost_imports=found.lost_imports,
                not_journaled=found.not_journaled,
                unreferenced=delete_unreferenced(data / _UPLOADS, found.imported),
            )
            try:
                store.scrub()
            except StoreError as error:
                # A full disk must not keep the answers that come in from being stored.
                store.opened = replace(store.opened, not_scrubbed=str(error.faults[0]))
            store._held = held.pop_all()
        return store

    def close(self) -> None:
        """Write everything out and let the next process in."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def publish(self, questionnaire: Questionnaire) -> None:
        """Store a questionnaire version, so that it can be answered; again changes nothing.

        Raises
        ------
        StoreError
            Its columns cannot be stored, or another one is published under its hash.
        """
        layout, document = Layout.of(questionnaire), document_of(questionnaire)
        with self._database.writing() as cursor:
            if version_key(cursor, layout.hash) is None:
                audit.note(cursor, "publish", {"survey": layout.survey, "hash": layout.hash})
            publish_layout(cursor, layout, document)
        self._database.checkpoint()

    def append_sheet(
        self,
        sheet: pl.DataFrame,
        questionnaire: Questionnaire,
        *,
        source: ImportSource,
        original: Path | None = None,
    ) -> ImportReceipt:
        """Store an answer sheet with its provenance: all of it, or nothing.

        The questionnaire is published with it. An item that the sheet leaves out is stored as
        not asked.

        Parameters
        ----------
        sheet
            One row per respondent × wave: ``responses.SHEET_HEAD`` and the questionnaire's
            columns.
        questionnaire
            The version whose codes the sheet holds.
        source
            The file and the mapping that it was made from. A file that the survey holds
            already, under the same mapping, adds nothing; the receipt says so.
        original
            That file, of which a copy is kept in ``uploads/``: on the disk before the rows are,
            and only if they are taken. None keeps nothing.

        Raises
        ------
        ImportRejected
            The sheet does not keep to the questionnaire, a respondent × wave is stored already,
            or the file is, by another mapping, or it is not what ``source`` says any more.
        StoreError
            The disk or the database failed.
        """
        layout, document = Layout.of(questionnaire), document_of(questionnaire)
        with self._database.alone():
            self._intake.drain()
            with self._database.writing() as cursor:
                receipt = append.append_sheet(cursor, sheet, layout, document, source)
                if receipt.added and original is not None:
                    save_upload(self._data / _UPLOADS, original, source.sha256)
            if receipt.added:
                self._database.checkpoint()
                record = {"kind": "import", "survey": layout.survey, "file": source.file}
                self._journal.append({**record, "sha256": source.sha256})
        return receipt

    def rehearse_sheet(
        self, sheet: pl.DataFrame, questionnaire: Questionnaire, *, source: ImportSource
    ) -> ImportReceipt | None:
        """Check all that :meth:`append_sheet` would refuse, and store nothing.

        Returns
        -------
        ImportReceipt or None
            The earlier receipt where the file is stored already and would add nothing, else None.

        Raises
        ------
        ImportRejected, StoreError
            As :meth:`append_sheet`.
        """
        layout, document = Layout.of(questionnaire), document_of(questionnaire)
        with self._database.alone():
            self._intake.drain()
            # What is done while only reading is taken back at the end.
            with self._database.reading() as cursor:
                checked = append.check_append(cursor, sheet, layout, document, source)
        return checked if isinstance(checked, ImportReceipt) else None

    @staticmethod
    def check_sheet(sheet: pl.DataFrame, questionnaire: Questionnaire, *, file: str) -> None:
        """Check a sheet against its questionnaire alone, as where there is no store yet.

        Raises
        ------
        ImportRejected
            The sheet does not keep to the questionnaire: every fault.
        """
        check_sheet(sheet, Layout.of(questionnaire), file=file)

    def withdraw(self, survey: str, number: int, reason: str) -> None:
        """Leave an import out from now on, as if it had not been made; its rows stay on disk.

        Afterwards the same file may be imported again, for instance by a corrected mapping.

        Raises
        ------
        WithdrawalRefused
            The survey has no such import, it is withdrawn already, or the reason is empty.
        """
        with self._database.writing() as cursor:
            ledger.withdraw(cursor, survey, number, reason)
        self._database.checkpoint()

    def erase(self, survey: str, instance_id: str, *, receipt: str) -> Erasure:
        """Delete a submission for good: from the journal, the database and the bytes of both.

        What is kept is a digest of the instance id, so that the same submission is refused when it
        comes again, the receipt code and the time. Whatever ends the program, the answers are whole
        afterwards, or the next opening goes on with the erasure.

        Parameters
        ----------
        survey, instance_id
            A submission that is stored, see :meth:`respondents`.
        receipt
            The code by which it was asked for.

        Raises
        ------
        ErasureRefused
            The survey holds no such submission.
        StoreError
            The disk or the database failed. Call it again, or open the store again.
        """
        stone = Tombstone.now(survey, instance_id, receipt)
        with self._database.alone():
            if not self._holds(survey, instance_id):
                what = "holds no submission of that instance"
                raise ErasureRefused(Fault(f"survey {survey}", what))
            self._intake.erase(stone, instance_id)
            self.scrub()
        return stone.erasure

    def erasures(self, survey: str) -> tuple[Erasure, ...]:
        """Return what was erased of a survey, oldest first."""
        with self._database.reading() as cursor:
            found = [stone.erasure for stone in tombstones(cursor).values()]
        return tuple(erasure for erasure in found if erasure.survey == survey)

    def _holds(self, survey: str, instance_id: str) -> bool:
        web = self.respondents(survey).filter(source="web", respondent=instance_id)
        return not web.is_empty()

    def scrub(self) -> None:
        """Write the database anew where erased answers may be left in the bytes of its file.

        An erasure does so itself, and the next opening where that failed.

        Raises
        ------
        StoreError
            The copy could not be made, as on a full disk; all is as before.
        """
        with self._database.reading() as cursor:
            owed = owes_scrubbing(cursor)
        if owed:
            self._database.rewrite(note_scrubbed)

    def append_submission(self, submission: Submission) -> SubmissionReceipt:
        """Store one respondent's answers; on return they are on the disk, twice.

        The same answers sent again under the same instance id give the same receipt and are
        stored once; times and paradata are those of the first. An integer of −1 to −5 is a
        missing code: give a number that happens to be −1 as the float −1.0.

        Raises
        ------
        SubmissionRejected
            The answers break the questionnaire's rules.
        SubmissionConflict
            Other answers are stored under the instance id; the first are kept. SubmissionErased,
            one of these, where they were erased.
        StoreError
            The disk or the database failed. Do not acknowledge: sent again, they are stored once.
        """
        return self._intake.accept(submission)

    def sheet(self, questionnaire: Questionnaire) -> pl.DataFrame:
        """Read all stored answers of a survey as a sheet in the given version's codes.

        Answers to other versions are matched by the names of items, parts and options (see
        ``reexpress``). Rows are in the order in which they were stored; a survey that the store
        does not know has none.

        Raises
        ------
        StoreError
            Someone gave an answer that the given version cannot express.
        """
        with self._database.reading() as cursor:
            return sheets.read_sheet(cursor, Layout.of(questionnaire))

    def responses(self, survey: str) -> pl.DataFrame:
        """Read all stored answers of a survey in long form (``responses.RESPONSE_SCHEMA``).

        Codes are those of the version published last. An item that was left out of an import
        or that an earlier version lacked is there as not asked.

        Raises
        ------
        StoreError
            Someone gave an answer that the last version cannot express.
        """
        with self._database.reading() as cursor:
            key = survey_key(cursor, survey)
            if key is None:
                return long_form(pl.DataFrame(), ())
            layout = stored_layout(cursor, versions_of(cursor, key)[-1])
            return long_form(sheets.read_sheet(cursor, layout), layout.columns)

    def respondents(self, survey: str) -> pl.DataFrame:
        """Read who answered (``responses.RESPONDENT_SCHEMA``), in the order stored.

        ``source`` is ``import N`` or ``web``; ``questionnaire`` the hash of the version answered.
        """
        with self._database.reading() as cursor:
            found = cursor.sql(
                "SELECT respondent, wave, weight, arms, versions.hash AS questionnaire,"
                " CASE WHEN import IS NULL THEN 'web' ELSE 'import ' || import END AS source"
                " FROM standing_respondents AS people"
                " JOIN surveys ON surveys.id = people.survey AND surveys.name = ?"
                " JOIN questionnaire_versions AS versions ON versions.id = people.version"
                " ORDER BY people.id",
                params=[survey],
            )
            return pl.DataFrame(found.pl(), schema=RESPONDENT_SCHEMA)

    def sources(self, survey: str) -> dict[str, int]:
        """Count a survey's answer sheets by where they came from: ``import N`` or ``web``.

        Only those that stand: a withdrawn import is not there.
        """
        with self._database.reading() as cursor:
            return ledger.read_sources(cursor, survey)

    def people_stored(self) -> int:
        """Return how many people × waves were ever stored, of all surveys, withdrawn ones too.

        Rows are only added, and who was erased is counted on, so that the number tells later what
        was there already; see :meth:`stored_among`.
        """
        with self._database.reading() as cursor:
            return ledger.people_stored(cursor)

    def stored_among(self, survey: str, people: int) -> pl.DataFrame:
        """Read whose answers were stored when there were so many: ``respondent``, ``wave``.

        Withdrawn ones too: what was seen once stays seen, whatever import it comes by again.
        """
        with self._database.reading() as cursor:
            return ledger.stored_among(cursor, survey, people)

    def snapshot(self, questionnaire: Questionnaire, folder: Path) -> Path:
        """Write :meth:`sheet` to ``folder/sheet.parquet``, for a process that may not open us."""
        folder.mkdir(parents=True, exist_ok=True)
        path, unfinished = folder / "sheet.parquet", folder / "sheet.parquet.part"
        self.sheet(questionnaire).write_parquet(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        return unfinished.replace(path)

    def surveys(self) -> tuple[str, ...]:
        """Return the names of the surveys that the store holds, sorted."""
        with self._database.reading() as cursor:
            rows = cursor.execute("SELECT name FROM surveys ORDER BY name").fetchall()
        return tuple(name for (name,) in rows)

    def answered(self) -> tuple[str, ...]:
        """Return the names of the surveys that have answers that stand, sorted."""
        with self._database.reading() as cursor:
            return ledger.read_answered(cursor)

    def versions(self, survey: str) -> tuple[str, ...]:
        """Return the hashes of a survey's published versions, the oldest first."""
        with self._database.reading() as cursor:
            key = survey_key(cursor, survey)
            found = () if key is None else versions_of(cursor, key)
            return tuple(stored_layout(cursor, version).hash for version in found)

    def questionnaire(self, hash_: str) -> Questionnaire:
        """Return a published version, for answers begun under it before a later one came.

        Raises
        ------
        StoreError
            No version of that hash is published, or this release cannot read it.
        """
        with self._database.reading() as cursor:
            version = version_key(cursor, hash_)
            if version is None:
                raise StoreError(Fault(f"version {hash_}", "is not published in this store"))
            return questionnaire_from(stored_document(cursor, version))

    def imports(self, survey: str) -> pl.DataFrame:
        """Read a survey's imports, oldest first: file, hash, mapping, counts, time, by whom.

        ``withdrawn_because`` is null where the import stands.
        """
        with self._database.reading() as cursor:
            return ledger.read_imports(cursor, survey)

    def prove(self) -> None:
        """Write to the disk and read it back, for whoever asks whether the service is well.

        Submissions that a fault of the database left in the journal are stored first.

        Raises
        ------
        StoreError
            The disk or the database fails.
        """
        self._intake.drain()
        with self._database.writing() as cursor:
            ledger.beat(cursor)

    def note_forecast(self, forecast: str, sha256: str) -> None:
        """Write a forecast's hash into the audit, whose chain vouches for it; again adds nothing.

        Raises
        ------
        StoreError
            Another hash is noted under its id, or the database fails.
        """
        with self._database.writing() as cursor:
            noted = audit.forecast_hashes(cursor).get(forecast)
            if noted not in (None, sha256):
                what = f"another forecast of that id is noted in the audit ({noted})"
                raise StoreError(Fault(f"forecast {forecast}", what))
            if noted is None:
                audit.note(cursor, audit.FORECAST, {"forecast": forecast, "sha256": sha256})
        self._database.checkpoint()

    def noted_forecasts(self) -> dict[str, str]:
        """Return the hash of every forecast that was frozen here, by its id."""
        with self._database.reading() as cursor:
            return audit.forecast_hashes(cursor)

    def audit_break(self) -> int | None:
        """Return the first line of the audit that was tampered with, None where it is whole."""
        with self._database.reading() as cursor:
            return audit.broken_link(cursor)
