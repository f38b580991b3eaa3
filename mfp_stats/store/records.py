"""What the store is told about an import and what it answers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ImportSource:
    """Where an answer sheet comes from.

    Parameters
    ----------
    file
        The file's name as the user knows it.
    sha256
        Hash of its original bytes, its name in ``uploads/``.
    mapping
        The text of the mapping that made the sheet from the file.
    by
        Who imports it; empty where there is one user.
    """

    file: str
    sha256: str
    mapping: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ImportReceipt:
    """What an import did.

    ``added`` is False where the file was in the store already; the counts and the time are
    those of the import that stored it, and ``message`` says so.
    """

    number: int
    survey: str
    added: bool
    respondents: int
    answers: int
    imported: datetime
    message: str


@dataclass(frozen=True, slots=True)
class SubmissionReceipt:
    """Proof that a submission is stored: the same for every time it is sent.

    ``digest`` is the sha256 of what was answered, ``received`` when it first arrived (UTC).
    """

    instance_id: str
    survey: str
    questionnaire: str
    digest: str
    received: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is known of an erased submission: its survey, its receipt code, and when (UTC)."""

    survey: str
    receipt: str
    erased: datetime


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What was found and done when the store was opened.

    Parameters
    ----------
    migrations
        Names of the migrations applied.
    replayed
        Instance ids of submissions that the journal held and the database had lost.
    torn
        File to which an unfinished last line of the journal was moved, if there was one. It
        was never acknowledged to its sender.
    lost_imports
        Imports that the journal knows and the database has lost: ``file (sha256)``. Import
        them again; their original bytes are in ``uploads/``.
    not_journaled
        Submissions in the database that the journal does not hold.
    not_scrubbed
        Why bytes of erased answers may still lie in the database file; "" where none do.
    unreferenced
        Files deleted from ``uploads/`` because no import refers to them: it was broken off.
    """

    migrations: tuple[str, ...] = ()
    replayed: tuple[str, ...] = ()
    torn: str = ""
    lost_imports: tuple[str, ...] = ()
    not_journaled: int = 0
    not_scrubbed: str = ""
    unreferenced: int = 0

    @property
    def messages(self) -> tuple[str, ...]:
        """The report in sentences, empty where there is nothing to tell."""
        lines = []
        if self.replayed:
            lines.append(f"{len(self.replayed)} submissions were restored from the journal")
        if self.torn:
            lines.append(f"an unfinished line of the journal was moved to {self.torn}")
        lines += [f"import it again, the store has lost it: {name}" for name in self.lost_imports]
        if self.not_journaled:
            lines.append(f"{self.not_journaled} stored submissions are missing from the journal")
        if self.not_scrubbed:
            lines.append(
                f"bytes of erased answers may still lie in the database file: {self.not_scrubbed}"
            )
        if self.unreferenced:
            lines.append(f"{self.unreferenced} files that no import refers to were deleted")
        return tuple(lines)
