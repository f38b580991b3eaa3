"""Run a check: workers that fit what is missing, how far they are, and what they leave."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from mfp_stats.errors import DesignCheckStopped, Fault, ProjectError
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import (
    Job,
    JobStatus,
    cancel_job,
    job_status,
    require_done,
    start_job,
)
from mfp_stats.fitting.worker_process import EXIT_FILE, SCRATCH_FOLDER
from mfp_stats.project import MARGINS_FILE, QUESTIONNAIRE_FILE, Project, require_writable
from mfp_stats.questionnaire import load
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.store.ownership import Ownership
from mfp_stats.weights import Margins, load_margins
from mfp_stats.workflow.prefield.plan import DesignPlan, SurveyTask, evidence
from mfp_stats.workflow.prefield.rows import (
    JOBS_FOLDER,
    MODELS,
    PLAN_FILE,
    ROWS_FOLDER,
    Read,
    Rows,
    comparable,
)
from mfp_stats.workflow.prefield.tables import DesignCheck

WORKER: Final = "mfp_stats.workflow.prefield.worker"
LOCK_FILE: Final = "lock"
#: Seconds between two looks at the workers.
LOOK: Final = 0.3
#: Seconds that the end of a worker which has ended may take to be noted.
NOTED: Final = 5.0
#: What a survey takes before any was fitted, seconds of one core: what every survey takes, and
#: for each person and question asked. A guess from a questionnaire of about 40 questions, of which
#: 300 people took 70 seconds; the first survey of a check corrects it.
_EACH: Final = 60.0
_ANSWER: Final = 0.001


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a check is."""

    done: int  #: surveys fitted, earlier runs included
    planned: int
    seconds_left: float  #: about
    step: str = ""  #: what a worker is at
    guessed: bool = False  #: whether no survey was timed yet


type OnStanding = Callable[[Standing], None]


def design_file(project: Project, survey: str) -> Path:
    """Return the questionnaire's file of a survey, given by name or as a file or folder.

    Raises
    ------
    ProjectError
        There is no survey of that name.
    """
    path = Path(survey)
    folder = path if path.exists() else project.survey_folder(survey)
    return folder / QUESTIONNAIRE_FILE if folder.is_dir() else folder


def design_margins(project: Project, survey: str, questionnaire: Questionnaire) -> Margins | None:
    """Return the margins that a fit of a survey would rake to; None where there are none.

    Of a survey given as a file or folder those beside the questionnaire count.

    Raises
    ------
    MarginsError
        With every fault of the file.
    """
    path = Path(survey)
    if path.exists():
        file: Path | None = (path if path.is_dir() else path.parent) / MARGINS_FILE
    else:
        file = project.margins_file(survey)
    return load_margins(file, questionnaire) if file is not None and file.is_file() else None


def standing(
    project: Project, questionnaire: Questionnaire, plan: DesignPlan, *, processes: int = 1
) -> Standing:
    """Return how far a check is, and about how long the rest takes, without starting anything."""
    read = Rows.of(project, questionnaire, plan).read(plan)
    return _standing(read, questionnaire, plan, processes)


def check_design(
    project: Project,
    file: Path,
    plan: DesignPlan,
    *,
    processes: int = 1,
    on_standing: OnStanding | None = None,
    worker: str = WORKER,
) -> DesignCheck:
    """Simulate and fit what a check lacks, each survey in a worker process, and sum it up.

    What an earlier run has fitted is not fitted again. Ctrl-C stops the workers; what was fitted
    by then is kept.

    Parameters
    ----------
    project
        Where models are and results are kept.
    file
        The questionnaire.
    plan
        Of :func:`mfp_stats.workflow.prefield.plan.plan_design`, for this questionnaire.
    processes
        Workers at the same time.
    on_standing
        Told how far it is, a few times a second.
    worker
        The module that a worker runs.

    Raises
    ------
    DesignCheckStopped
        It was stopped by Ctrl-C.
    FitFailed
        A worker died; what it had fitted is kept.
    StoreLocked
        The same check is under way in another process.
    ProjectError
        Nothing can be written below the project's ``data``, or something is in a result's place.
    """
    questionnaire = load(file)
    rows = Rows.of(project, questionnaire, plan)
    require_writable(rows.folder, rows.folder / ROWS_FOLDER, rows.folder / JOBS_FOLDER)
    lock = Ownership(rows.folder / LOCK_FILE)
    try:
        _stop_earlier(rows.folder)
        before = rows.read(plan)
        _require_files(before)
        todo = before.missing(plan)
        if todo:
            shutil.copyfile(file, rows.folder / QUESTIONNAIRE_FILE)
            write_json(rows.folder / PLAN_FILE, comparable(project, questionnaire, plan))
            run = _Run(project, questionnaire, plan, rows, worker)
            run.fit(todo, max(1, min(processes, len(todo))), on_standing)
        read = rows.read(plan)
    finally:
        lock.release()
    return DesignCheck(questionnaire, plan, read.rows, before.damaged)


def _stop_earlier(folder: Path) -> None:
    """End workers whose starter was killed, and remove what they left."""
    for job in (folder / JOBS_FOLDER).glob("*"):
        if (job / "spec.json").is_file():
            cancel_job(job)
        shutil.rmtree(job)


def _require_files(read: Read) -> None:
    """Refuse what can be neither read as a row nor written anew."""
    faults = [
        Fault(str(path), "is a folder, where a result is kept", fix="Move it to another place.")
        for path in read.damaged
        if path.is_dir()
    ]
    if faults:
        raise ProjectError(faults)


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of :func:`check_design` that has something to fit."""

    project: Project
    questionnaire: Questionnaire
    plan: DesignPlan
    rows: Rows
    worker: str

    def fit(
        self, todo: Sequence[SurveyTask], processes: int, on_standing: OnStanding | None
    ) -> None:
        """Fit what is missing; all workers have ended when this returns, however it does."""
        jobs = [self._start(k, todo[k::processes], processes) for k in range(processes)]
        stopped = False
        try:
            while self._goes_on(found := [job_status(job.folder) for job in jobs]):
                if on_standing is not None:
                    on_standing(self._now(processes, found))
                time.sleep(LOOK)
        except KeyboardInterrupt:
            stopped = True
        finally:
            _end(jobs)
        if stopped:
            raise DesignCheckStopped(self._kept())

    def _start(self, number: int, tasks: Sequence[SurveyTask], processes: int) -> Job:
        spec: dict[str, Any] = {
            "folder": str(self.rows.folder),
            "digest": self.rows.digest,
            "questionnaire": self.questionnaire.hash,
            "plan": self.plan.to_dict(),
            "models": {name: str(self.project.model_file(name)) for name in MODELS},
            "tasks": [asdict(task) for task in tasks],
            "cores": max(1, min(4, (os.cpu_count() or 1) // processes)),
            "starter": os.getpid(),
        }
        folder = self.rows.folder / JOBS_FOLDER / str(number + 1)
        # Code compiled for a simulated survey is of no use to any other.
        cache = {"MFP_CACHE_DIR": str(folder / SCRATCH_FOLDER / "jax")}
        return start_job(folder, spec, module=self.worker, environment=cache)

    def _goes_on(self, found: Sequence[JobStatus]) -> bool:
        """Whether any worker is still at it; raises what the first that ended badly ended with."""
        for status in found:
            if status.state.final:
                require_done(status, self.questionnaire.survey)
        return not all(status.state.final for status in found)

    def _now(self, processes: int, found: Sequence[JobStatus]) -> Standing:
        step = next((s.step for s in found if s.step and not s.state.final), "")
        read = self.rows.read(self.plan)
        return _standing(read, self.questionnaire, self.plan, processes, step)

    def _kept(self) -> Fault:
        plan = self.plan
        kept, planned = len(self.rows.read(plan).rows), len(plan.tasks())
        what = f"{kept} of {planned} simulated surveys are fitted and kept"
        return Fault(
            self.questionnaire.survey, what, fix="Give the same command again to go on from there."
        )


def _end(jobs: Sequence[Job]) -> None:
    """Stop jobs that have not ended, and remove their folders once their end is noted there."""
    for job in jobs:
        cancel_job(job.folder)
    deadline = time.monotonic() + NOTED
    for job in jobs:
        while not (job.folder / EXIT_FILE).is_file() and time.monotonic() < deadline:
            time.sleep(0.02)
        shutil.rmtree(job.folder)


def _standing(
    read: Read,
    questionnaire: Questionnaire,
    plan: DesignPlan,
    processes: int,
    step: str = "",
) -> Standing:
    planned, left = len(plan.tasks()), len(read.missing(plan))
    timed = [row["seconds"] for row in read.rows.values()]
    each = sum(timed) / len(timed) if timed else guessed_seconds(questionnaire, plan.n)
    workers = max(1, min(processes, left))
    return Standing(planned - left, planned, each * left / workers, step, not timed)


def guessed_seconds(questionnaire: Questionnaire, n: int) -> float:
    """Return about how long the fit of one survey takes, before any was fitted."""
    questions = 0.0
    for block in evidence(questionnaire):
        items = [questionnaire.item(name) for name in block.items]
        about = len({item.intervention for item in items if item.intervention})
        part = min(block.interventions_per_person or about, about) / about if about else 1.0
        questions += part * len(items)
    return _EACH + _ANSWER * n * questions
