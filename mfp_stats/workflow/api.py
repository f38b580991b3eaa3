"""The Python API: a project and its store, opened together."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import polars as pl

from mfp_stats.fitting.jobs import require_done, wait_for_job
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project
from mfp_stats.simulate.truths import DEFAULT_EFFECT
from mfp_stats.store import Erasure, ImportReceipt, Store
from mfp_stats.workflow.erasure import erase
from mfp_stats.workflow.forecasts.files import Forecast, Scores
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import Against, forecast_named, score_forecast
from mfp_stats.workflow.forecasts.withdrawn import note_withdrawals
from mfp_stats.workflow.imports import Rehearsal, import_file, rehearse
from mfp_stats.workflow.prefield.plan import REPLICATES, plan_design
from mfp_stats.workflow.prefield.run import check_design, design_file, design_margins
from mfp_stats.workflow.prefield.tables import DesignCheck
from mfp_stats.workflow.results import FitResults, fit_of, fits_of
from mfp_stats.workflow.simulated import Simulation, simulate_into, simulate_to_file
from mfp_stats.workflow.start import start_fit

if TYPE_CHECKING:
    import xarray as xr


class Workspace:
    """A project whose store this process owns. Use it as a context manager.

    Parameters
    ----------
    project
        The project.

    Raises
    ------
    StoreLocked
        Another process owns the store; names it.

    Examples
    --------
    >>> import mfp_stats
    >>> with mfp_stats.open_project() as project:  # doctest: +SKIP
    ...     project.import_file("bc_ai", Path("survey.csv"))
    ...     fit = project.fit("bc_ai")
    ...     fit.table("overlap")
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._held = ExitStack()
        self.store = self._held.enter_context(Store.open(project.data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def rehearse(
        self, survey: str, file: Path, *, mapping: Path | None = None, wave: str = "1"
    ) -> Rehearsal:
        """Read a file through a mapping and say what would be stored; nothing is.

        Raises
        ------
        ImportRejected, MappingError, QuestionnaireError, ProjectError
            What :meth:`import_file` would refuse.
        """
        return rehearse(self.project, survey, file, mapping=mapping, wave=wave, store=self.store)

    def import_file(
        self, survey: str, file: Path, *, mapping: Path | None = None, wave: str = "1"
    ) -> ImportReceipt:
        """Store a file's answers, all of them or nothing; the same file twice adds nothing."""
        receipt, _ = import_file(self.project, self.store, survey, file, mapping=mapping, wave=wave)
        return receipt

    def withdraw(self, survey: str, number: int, *, why: str) -> None:
        """Leave an import out of every later reading and fit; its rows stay on disk.

        Parameters
        ----------
        survey, number
            The survey and its import, as the receipt numbered it.
        why
            A reason, kept with the import.

        Raises
        ------
        WithdrawalRefused
            The survey has no such import, it is withdrawn already, or the reason is empty.
        """
        self.store.withdraw(survey, number, why)
        note_withdrawals(self.project.data, self.store)

    def erase(self, survey: str, code: str) -> Erasure:
        """Delete what a respondent handed in by the web form, for good; again changes nothing.

        It goes from the store, its journal and every copy that a fit was made from; the same
        answers sent again are refused. Fits stay, and say that answers they may hold were erased.
        Backups of the project are yours to deal with.

        Parameters
        ----------
        survey, code
            The survey and the receipt code that the respondent was shown.

        Raises
        ------
        ErasureRefused
            No stored answers have that code, or a fit that is running holds them.
        StoreError
            The disk or the database failed. Call it again; what had begun goes on.
        """
        return erase(self.project, self.store, survey, code)

    def simulate(
        self,
        survey: str,
        *,
        n: int,
        seed: int,
        truth: str | None = None,
        effect: float | None = None,
    ) -> ImportReceipt:
        """Store the answers of n simulated people, labelled as simulated.

        Parameters
        ----------
        survey, n, seed
            The same survey, number and seed give the same answers.
        truth
            Why groups differ, one of :data:`mfp_stats.simulate.NAMES`; None: moderately in all.
        effect
            Size of the truth's gap in acceptance, above 0 and below 1; default 0.2.

        Raises
        ------
        DesignError
            That cannot be simulated with this questionnaire; says what is missing.
        ImportRejected
            Real people's answers are stored there.
        """
        simulation = Simulation(n, seed, truth, effect)
        return simulate_into(self.project, self.store, survey, simulation)

    def simulate_file(
        self,
        survey: str,
        file: Path,
        *,
        n: int,
        seed: int,
        truth: str | None = None,
        effect: float | None = None,
    ) -> Path:
        """Write the answers of n simulated people to a .csv or .parquet file; store nothing.

        Parameters are those of :meth:`simulate`. Returns the mapping, written beside the file,
        with which :meth:`import_file` stores them.

        Raises
        ------
        DesignError
            That cannot be simulated with this questionnaire; says what is missing.
        ProjectError
            The file is of another kind, or cannot be written.
        """
        return simulate_to_file(self.project, survey, Simulation(n, seed, truth, effect), file)

    def check_design(
        self,
        survey: str,
        *,
        n: int,
        groups: Mapping[str, float] | None = None,
        effect: float = DEFAULT_EFFECT,
        replicates: int = REPLICATES,
        blocks: bool = False,
        processes: int = 1,
        seed: int = 1,
    ) -> DesignCheck:
        """Find out before fieldwork what a questionnaire and n people can tell.

        Takes minutes to hours; what was fitted before, of the same questionnaire and numbers, is
        not fitted again. Simulated answers are raked to the survey's margins, as a fit's are.

        Parameters
        ----------
        survey, n
            The survey, and how many people will answer.
        groups, effect, replicates, blocks, seed
            As of :func:`mfp_stats.workflow.prefield.plan.plan_design`.
        processes
            Surveys fitted at the same time.

        Returns
        -------
        DesignCheck
            With the tables ``power``, ``widths``, ``blocks``, ``fits`` and ``restrictions``.

        Raises
        ------
        DesignCheckRefused
            The numbers do not fit the questionnaire; all faults.
        MarginsError
            The survey's margins have faults.
        DesignCheckStopped, FitFailed
            As of :func:`mfp_stats.workflow.prefield.run.check_design`.
        """
        questionnaire = self.project.questionnaire(survey)
        plan = plan_design(
            questionnaire,
            n=n,
            groups=groups,
            effect=effect,
            replicates=replicates,
            blocks=blocks,
            seed=seed,
            margins=design_margins(self.project, survey, questionnaire),
        )
        return check_design(
            self.project, design_file(self.project, survey), plan, processes=processes
        )

    def sheet(self, survey: str) -> pl.DataFrame:
        """Return all answers of a survey, one row per respondent and wave."""
        return self.store.sheet(self.project.questionnaire(survey))

    def responses(self, survey: str) -> pl.DataFrame:
        """Return all answers of a survey in long form (``responses.RESPONSE_SCHEMA``)."""
        return self.store.responses(survey)

    def fit(
        self,
        survey: str,
        *,
        group: str | None = None,
        within: str | None = None,
        margins: Path | None = None,
        settings: FitSettings | None = None,
        priors: Mapping[str, Mapping[str, float]] | None = None,
        timeout: float = 24 * 3600,
    ) -> FitResults:
        """Fit a survey in a process of its own and wait for it.

        Parameters
        ----------
        survey, group, within, margins, settings, priors
            As of :func:`mfp_stats.workflow.start.start_fit`; ``group="wave"`` compares waves.
        timeout
            Seconds to wait.

        Raises
        ------
        DesignError
            The answers allow no such fit: every reason.
        FitFailed, FitImpossible, FitCancelled
            It ended without a result; with the reason.
        """
        job = start_fit(
            self.project,
            self.store,
            survey,
            group=group,
            within=within,
            margins=margins,
            settings=settings,
            priors=priors,
        )
        status = wait_for_job(job.job.folder, timeout=timeout, interval=0.3)
        require_done(status, survey)
        return fit_of(self.project, survey, job.fit_id)

    def fits(self, survey: str) -> list[FitResults]:
        """Return the finished fits of a survey, newest first."""
        return fits_of(self.project, survey)

    def freeze_forecast(self, survey: str, fit_id: str | None = None) -> Forecast:
        """Freeze what a fit predicts of a coming wave; the same fit twice adds nothing.

        Parameters
        ----------
        survey, fit_id
            The survey and its fit; None: the newest that passed its checks.

        Raises
        ------
        FitRefused, ForecastRefused
            As :func:`mfp_stats.workflow.forecasts.freeze.freeze`.
        """
        return freeze(self.project, self.store, survey, fit_id).forecast

    def score_forecast(
        self,
        survey: str,
        forecast: str | None = None,
        *,
        wave: str | None = None,
        number: int | None = None,
    ) -> Scores:
        """Hold a frozen forecast against a wave, or against the import of that number.

        Parameters
        ----------
        survey, forecast
            The survey and its forecast's id; None: the newest.
        wave, number
            One of the two.

        Raises
        ------
        ChoiceError
            Both were given, or neither.
        ForecastRefused
            As :func:`mfp_stats.workflow.forecasts.scoring.score_forecast`.
        """
        found = forecast_named(self.project, survey, forecast)
        return score_forecast(self.project, self.store, found, Against.one_of(wave, number))

    def draws(self, fit: FitResults, step: str) -> "xr.DataTree":
        """Return the posterior draws of one step as ArviZ reads them.

        Raises
        ------
        FitRefused
            The step failed its checks.
        """
        from mfp_stats.fitting.saved import read_draws  # noqa: PLC0415 (imports PyMC)

        return read_draws(fit.folder, step)


def open_project(start: Path | None = None) -> Workspace:
    """Open the project that ``start`` (default: the working directory) lies in.

    Raises
    ------
    ProjectError
        There is none; make one with :func:`mfp_stats.project.init_project`.
    StoreLocked
        Another process owns its store.
    """
    return Workspace(Project.open(start))
