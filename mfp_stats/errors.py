"""Every error a caller may see: what is wrong, where, what was available, what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar, Final

#: Faults of one kind that are told one by one, and things of one kind that are named.
MOST_ALIKE: Final = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with something a user gave us.

    Parameters
    ----------
    where
        A path the user can find: ``items[3].scale``, ``answers.csv, row 17, column Q4``.
    what
        What is wrong there, as a sentence without its full stop.
    known
        The alternatives that would have been accepted, where there is a list of them.
    fix
        What to do about it, where that does not follow from ``what`` and ``known``.
    """

    where: str
    what: str
    known: tuple[str, ...] = field(default=())
    fix: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.known:
            text += f"; known: {first_names(self.known)}"
        if self.fix:
            text += f". {self.fix}"
        return text


def first_names(names: Sequence[str], total: int | None = None) -> str:
    """List the first names and how many more there are; ``total`` where ``names`` lacks some."""
    rest = (len(names) if total is None else total) - MOST_ALIKE
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(names[:MOST_ALIKE]) + more


def first_faults(faults: Iterable[Fault], total: int, of: str, where: str = "") -> list[Fault]:
    """Return the first faults of one kind, and one more that counts the rest.

    Parameters
    ----------
    faults
        All of them; no more are made than are told.
    total
        How many there are.
    of
        What they are faults of, in the plural: ``rows``, ``cells``.
    where
        Where the rest are, as far as that is one place.
    """
    rest = total - MOST_ALIKE
    counted = [Fault(where, f"{rest:,} more {of} are like these")] if rest > 0 else []
    return [*islice(faults, MOST_ALIKE), *counted]


class MfpError(Exception):
    """Base of every error that this library raises on purpose.

    Carries all faults found, not only the first; ``str`` lists them one a line.
    """

    summary: ClassVar[str] = "mfp_stats cannot go on"
    #: Exit code of the command line: 2 a user's mistake, 1 a fault of ours.
    exit_code: ClassVar[int] = 2

    def __init__(self, faults: Fault | Iterable[Fault], *, about: str = "") -> None:
        self.faults: Sequence[Fault] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        self.about = about
        super().__init__(self._text())

    def _text(self) -> str:
        head = f"{self.summary}: {self.about}" if self.about else self.summary
        if len(self.faults) == 1:
            return f"{head}\n{self.faults[0]}"
        return "\n".join([f"{head} ({len(self.faults)} faults)", *(f"- {f}" for f in self.faults)])


class ProjectError(MfpError):
    """A project folder, survey or model file is absent or cannot be made."""

    summary = "the project cannot be used"


class QuestionnaireError(MfpError):
    """A questionnaire file breaks its rules."""

    summary = "the questionnaire cannot be used"


class MappingError(MfpError):
    """An import mapping does not fit the file or the questionnaire."""

    summary = "the mapping cannot be used"


class MarginsError(MfpError):
    """A file of population margins cannot be read or does not fit the questionnaire."""

    summary = "the margins cannot be used"


class ImportRejected(MfpError):
    """An uploaded file cannot be read or holds answers off the scale; nothing was stored."""

    summary = "the file was not imported; nothing was stored"


class WithdrawalRefused(MfpError):
    """An import cannot be withdrawn: there is none, it is withdrawn already, or nobody says why."""

    summary = "nothing was withdrawn"


class ErasureRefused(MfpError):
    """Answers cannot be erased: there are none under that code, or a running fit holds them."""

    summary = "nothing was erased"


class StoreError(MfpError):
    """The database cannot be opened, migrated or written."""

    summary = "the store cannot be used"


class StoreLocked(StoreError):
    """Another process owns the store."""

    summary = "the store is in use by another process"


class DesignError(MfpError):
    """The responses cannot be made into the arrays that a model needs."""

    summary = "this survey cannot be used as it is"


class CruxesRejected(MfpError):
    """A table of conditional forecasts cannot be compared between two groups."""

    summary = "these forecasts cannot be compared"


class ModelError(MfpError):
    """A model file cannot be loaded or does not return what it promised."""

    summary = "the model cannot be used"


class FitFailed(MfpError):
    """A fit ended without a posterior."""

    summary = "the fit failed"
    exit_code = 1


class FitImpossible(FitFailed):
    """A fit ended without a posterior for something that the user gave and can put right."""

    exit_code = 2


class FitCancelled(MfpError):
    """A fit was stopped on request; nothing of it was kept."""

    summary = "the fit was cancelled"
    exit_code = 1


class FitRefused(MfpError):
    """A fit ended, but its diagnostics do not allow any number of it to be shown."""

    summary = "the results of this fit may not be shown"
    exit_code = 1


class ChecksFailed(FitRefused):
    """All that stands against showing a part of a fit are the checks that it did not pass."""


class DesignCheckRefused(MfpError):
    """A questionnaire cannot be checked before fieldwork as was asked."""

    summary = "this design cannot be checked so"


class DesignCheckStopped(MfpError):
    """A check before fieldwork was stopped on request; what was simulated is kept."""

    summary = "the check of the design was stopped"
    exit_code = 1


class ForecastRefused(MfpError):
    """A forecast cannot be frozen, is not the one that was frozen, or cannot be scored so."""

    summary = "the forecast cannot be used"


class ChoiceError(MfpError):
    """A group, threshold or weighting was asked for that the results do not have."""

    summary = "that cannot be shown"


class SubmissionRejected(MfpError):
    """A respondent's submission breaks the questionnaire's rules; nothing was stored."""

    summary = "the answers were not stored"


class SubmissionConflict(SubmissionRejected):
    """Other answers are stored under the same instance id; the first are kept."""

    summary = "other answers were received first and are kept"


class SubmissionErased(SubmissionConflict):
    """The answers under this instance id were erased on request; they are not stored again."""

    summary = "these answers were erased on request"
