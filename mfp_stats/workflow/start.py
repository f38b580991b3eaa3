"""Start a fit: a snapshot of the answers, a spec, and a worker process."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

import polars as pl

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.compared import BY_WAVE, wave_label, wave_order
from mfp_stats.errors import DesignError, Fault
from mfp_stats.fitting.jobs import Job, JobStatus, job_status, start_job, tidy_job
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import MARGINS_FILE, QUESTIONNAIRE_FILE, Project, require_writable
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.questionnaire.reserved import NEUTRAL
from mfp_stats.store import Store
from mfp_stats.weights import load_margins
from mfp_stats.workflow.context import is_simulated
from mfp_stats.workflow.enough import leave_out_too_few
from mfp_stats.workflow.results import FITS_FOLDER
from mfp_stats.workflow.spec import FitSpec

JOBS_FOLDER: Final = "jobs"
#: The model files that a fit uses.
MODELS: Final = (
    *("values", "worldviews", "worldview_continuum", "experience"),
    *("updating", "part_worths", "expectations", "responses"),
)
NOT_RAKED: Final = (
    "{file} beside the questionnaire holds shares of the whole population and is not used, as only "
    "one group of it is in this fit. Shares within that group can be given with --margins."
)
EARLIER: Final = (
    "Answered under another version of the questionnaire, in whole or in part: {waves}. Questions "
    "and options of the same name count as the same, however they were worded, and an option that "
    "a version lacked counts as not chosen where one answer of several was asked for."
)


@dataclass(frozen=True, slots=True)
class FitJob:
    """A started fit."""

    job: Job
    fit_id: str
    survey: str

    @property
    def status(self) -> JobStatus:
        """How it stands."""
        return job_status(self.job.folder)


def start_fit(
    project: Project,
    store: Store,
    survey: str,
    *,
    group: str | None = None,
    within: str | None = None,
    margins: Path | None = None,
    settings: FitSettings | None = None,
    priors: Mapping[str, Mapping[str, float]] | None = None,
) -> FitJob:
    """Take a snapshot of a survey's answers and fit it in a process of its own.

    Parameters
    ----------
    project, store
        The project and its open store. The store may be closed once this returns.
    survey
        Name of the survey.
    group
        Item to compare people by; None: the questionnaire's own. ``wave`` compares the waves that
        people answered in, every answer in its own.
    within
        Only people of this group of the questionnaire's own item; only beside another ``group``.
    margins
        File of population shares to rake weights to; None: the survey's own, if it has one and
        everybody is in the fit.
    settings
        How to sample.
    priors
        Model name to overridden priors.

    Raises
    ------
    DesignError
        Nobody has answered the survey, or its answers allow no model: every reason.
    MarginsError
        The margins have faults.
    ProjectError, QuestionnaireError
        There is no such survey, its questionnaire has faults, or a folder cannot be written.
    """
    questionnaire = project.questionnaire(survey)
    # Before the answers are read: what comes in meanwhile is said to have come in since.
    sources = store.sources(survey)
    if not sources:
        fix = f"Run: mfp import {survey} FILE, or field it with: mfp serve"
        raise DesignError(Fault(survey, "nobody has answered it yet", fix=fix))
    notes = _versions(store, questionnaire) if group == BY_WAVE else []
    if margins is None and (margins := project.margins_file(survey)) and within is not None:
        # Shares of the whole population are not those of one group in it.
        notes.append(NOT_RAKED.format(file=margins.name))
        margins = None
    shares = None if margins is None else load_margins(margins, questionnaire)
    data = build_model_data(
        store.sheet(questionnaire), questionnaire, group=group, within=within, margins=shares
    )
    _require_names(data, group or questionnaire.group)
    leave_out_too_few(data, questionnaire.floor)
    require_writable(project.data / JOBS_FOLDER, project.data / FITS_FOLDER)
    for earlier in (project.data / JOBS_FOLDER).glob("*"):
        tidy_job(earlier)
    fit_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{token_hex(3)}"
    folder = project.data / JOBS_FOLDER / fit_id
    store.snapshot(questionnaire, folder)
    shutil.copyfile(project.survey_folder(survey) / QUESTIONNAIRE_FILE, folder / QUESTIONNAIRE_FILE)
    if margins is not None:
        shutil.copyfile(margins, folder / MARGINS_FILE)
    spec = FitSpec(
        fit_id=fit_id,
        survey=survey,
        fits=str(project.data / FITS_FOLDER),
        models={name: str(project.model_file(name)) for name in MODELS},
        group=group,
        within=within,
        simulated=is_simulated(store.imports(survey)),
        settings=(settings or FitSettings()).to_dict(),
        priors=dict(priors or {}),
        sources=sources,
        notes=notes,
    )
    return FitJob(start_job(folder, spec.to_dict()), fit_id, survey)


def _versions(store: Store, questionnaire: Questionnaire) -> list[str]:
    """Say which waves were answered under another version than the one that is fitted."""
    answered = store.respondents(questionnaire.survey)
    other = answered.filter(pl.col("questionnaire") != questionnaire.hash)
    waves = sorted(other["wave"].unique(), key=wave_order)
    if not waves:
        return []
    return [EARLIER.format(waves=", ".join(wave_label(wave) for wave in waves))]


def _require_names(data: ModelData, item: str) -> None:
    """Refuse groups, of any item that people are compared by, whose name has another meaning."""
    if NEUTRAL in data.groups:
        what = f"{NEUTRAL!r} stands for no group at all in results"
        if item == BY_WAVE:
            fix = "Import that wave under another name: mfp import SURVEY FILE --wave NAME"
            raise DesignError(Fault(f"wave {NEUTRAL!r}", what, fix=fix))
        fix = "Name that option otherwise, or compare people by another item: --group ITEM"
        raise DesignError(Fault(f"options of {item}", what, fix=fix))


def jobs_of(project: Project, survey: str) -> Sequence[tuple[Path, JobStatus]]:
    """Return the jobs of a survey with how they stand, newest first."""
    folders = sorted((project.data / JOBS_FOLDER).glob("*"), reverse=True)
    return [
        (folder, job_status(folder))
        for folder in folders
        if (folder / "spec.json").is_file() and FitSpec.read(folder).survey == survey
    ]
