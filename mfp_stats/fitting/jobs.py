"""Fits as processes of their own: start, watch, cancel. No PyMC here; CLI and web process use it.

A job's folder::

    spec.json      what to do, for the worker
    process.json   the worker's process, written when it starts
    status.json    how far it is, written by the worker (see mfp_stats.fitting.report)
    exit.json      how the process ended, written by the process that started it
    cancel         there when the job is to stop
    saving.json    what is about to be saved and where, which appears whole or not at all
    stderr.log, stdout.log

A worker that dies without a word (killed, out of memory, crashed) is found out by its process
being gone.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from mfp_stats.errors import Fault, FitCancelled, FitFailed, FitImpossible
from mfp_stats.fitting.files import read_json, write_json
from mfp_stats.fitting.progress import Progress
from mfp_stats.fitting.worker_process import (
    SCRATCH_FOLDER,
    ends_within,
    error_tail,
    exit_words,
    find_process,
    kill,
    launch,
    was_launched,
)

SPEC_FILE: Final = "spec.json"
STATUS_FILE: Final = "status.json"
CANCEL_FILE: Final = "cancel"
SAVING_FILE: Final = "saving.json"

#: The module that a worker process runs, with the job's folder as its one argument.
WORKER: Final = "mfp_stats.workflow.worker"


class JobState(StrEnum):
    """Where a job stands. Done, failed and cancelled are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """A started job: its folder and its worker's process id."""

    folder: Path
    pid: int


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job stands.

    Parameters
    ----------
    state
        See :class:`JobState`.
    step
        Name of the step under way, or of the last one; empty before the first.
    number, steps
        Its 1-based number and how many there are; 0 before the worker has said so.
    progress
        The chains of this step; None while it is not sampling.
    reason
        Why it failed or was cancelled.
    correctable
        Whether it failed for something that the user gave and can put right.
    result
        What the worker returned; None unless done.
    updated
        Seconds since the epoch of the worker's last word; None before the first.
    """

    state: JobState
    step: str = ""
    number: int = 0
    steps: int = 0
    progress: Progress | None = None
    reason: str = ""
    correctable: bool = False
    result: Mapping[str, Any] | None = None
    updated: float | None = None

    @property
    def divergences(self) -> int:
        """Diverging draws in this step so far, those during adaptation included."""
        return self.progress.divergences if self.progress else 0

    @property
    def eta(self) -> float | None:
        """Seconds until the end of this step's sampling; None while that cannot be said."""
        return self.progress.eta if self.progress and not self.state.final else None


def start_job(
    folder: Path,
    spec: Mapping[str, Any] | None = None,
    *,
    module: str = WORKER,
    environment: Mapping[str, str] | None = None,
) -> Job:
    """Start a worker process for a job and return at once.

    The worker outlives this process and is not reached by its Ctrl-C; use :func:`cancel_job`.

    Parameters
    ----------
    folder
        The job's folder; made where it does not exist.
    spec
        What to do, plain values; None where the folder holds ``spec.json`` already.
    module
        The module to run.
    environment
        Variables of the worker's environment beside this process's and ``WORKER_ENVIRONMENT``.

    Raises
    ------
    FitFailed
        A job was started in this folder before, or there is no spec.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if spec is not None:
        write_json(folder / SPEC_FILE, spec)
    _require_new(folder)
    return Job(folder, launch(folder, module, environment or {}))


def job_status(folder: Path) -> JobStatus:
    """Read how a job stands, from any process.

    Raises
    ------
    FitFailed
        The folder holds no job.
    """
    if not (folder / SPEC_FILE).is_file():
        raise FitFailed(Fault(str(folder), "holds no job"))
    # The process is looked at first: a worker may end between the two looks, and its last word
    # must win over its absence.
    alive = not was_launched(folder) or find_process(folder) is not None
    status = _reported(folder)
    if status.state.final or alive:
        return status
    return _died(folder, status)


def cancel_job(folder: Path, *, grace: float = 5.0) -> JobStatus:
    """Stop a job; without effect on one that has ended.

    The worker is asked first. Sampling stops within a second or so; a worker that is busy with
    something else for longer than ``grace`` seconds is killed.

    Parameters
    ----------
    folder
        The job's folder.
    grace
        Seconds to wait before killing.

    Raises
    ------
    FitFailed
        The folder holds no job.
    """
    if job_status(folder).state.final:
        return job_status(folder)
    (folder / CANCEL_FILE).touch()
    process = find_process(folder)
    if process and not ends_within(process, grace):
        kill(process)
        ends_within(process, grace)
    tidy_job(folder)
    return job_status(folder)


def tidy_job(folder: Path) -> None:
    """Remove what a worker that was killed left half done; without effect while it runs."""
    if not was_launched(folder) or find_process(folder) is not None:
        return
    rmtree(folder / SCRATCH_FOLDER, ignore_errors=True)
    if (file := folder / SAVING_FILE).is_file():
        target = Path(read_json(file)["folder"])
        for unfinished in target.parent.glob(f".{target.name}.*"):
            rmtree(unfinished, ignore_errors=True)


def wait_for_job(folder: Path, *, timeout: float, interval: float = 0.1) -> JobStatus:
    """Wait until a job has ended, at most ``timeout`` seconds, and return how it stands."""
    deadline = time.monotonic() + timeout
    status = job_status(folder)
    while not status.state.final and time.monotonic() < deadline:
        time.sleep(interval)
        status = job_status(folder)
    return status


def require_done(status: JobStatus, survey: str) -> None:
    """Raise what a job that ended without a result ended with.

    Raises
    ------
    FitCancelled, FitImpossible, FitFailed
        It was stopped; something of the user's is to be put right; it failed, or has not ended.
    """
    fault = Fault(survey, status.reason or "it did not end in time")
    match status.state:
        case JobState.DONE:
            return
        case JobState.CANCELLED:
            raise FitCancelled(fault)
        case _:
            raise FitImpossible(fault) if status.correctable else FitFailed(fault)


def _require_new(folder: Path) -> None:
    faults = []
    if not (folder / SPEC_FILE).is_file():
        faults.append(Fault(str(folder), "holds no spec.json"))
    if was_launched(folder):
        faults.append(Fault(str(folder), "a job was started here before"))
    if faults:
        raise FitFailed(faults)


def _reported(folder: Path) -> JobStatus:
    """Return the worker's last word; queued before its first."""
    file = folder / STATUS_FILE
    if not file.is_file():
        return JobStatus(JobState.QUEUED)
    entry = read_json(file)
    progress = entry.pop("progress")
    return JobStatus(
        state=JobState(entry.pop("state")),
        progress=Progress.from_dict(progress) if progress else None,
        **entry,
    )


def _died(folder: Path, last: JobStatus) -> JobStatus:
    """Return the status of a job whose worker is gone without a last word."""
    if (result := _saved(folder)) is not None:
        return replace(_ended(last, JobState.DONE, ""), result=result)
    if (folder / CANCEL_FILE).exists():
        return _ended(last, JobState.CANCELLED, "it was stopped on request")
    where = f" during {last.step}" if last.step else ""
    reason = f"The worker process ended{where} without a result: {exit_words(folder)}."
    tail = error_tail(folder)
    return _ended(last, JobState.FAILED, f"{reason}\n{tail}" if tail else reason)


def _saved(folder: Path) -> Mapping[str, Any] | None:
    """Return the result of a worker that ended after it had saved it, else None."""
    file = folder / SAVING_FILE
    if not file.is_file():
        return None
    entry = read_json(file)
    result: Mapping[str, Any] = entry["result"]
    return result if Path(entry["folder"]).is_dir() else None


def _ended(last: JobStatus, state: JobState, reason: str) -> JobStatus:
    return JobStatus(
        state, last.step, last.number, last.steps, last.progress, reason, updated=last.updated
    )
