"""The worker's side of a job: say how far it is, notice a cancellation, leave a last word."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mfp_stats.errors import Fault, FitCancelled, MfpError
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import CANCEL_FILE, SAVING_FILE, STATUS_FILE, JobState
from mfp_stats.fitting.progress import Progress


class WorkerReport:
    """Writes a job's ``status.json``; to be used as a context manager around all of the work.

    Leaving the block writes the last word: done where :meth:`done` was called, cancelled after
    ``FitCancelled``, failed after any other exception (which goes on) or without a result.

    Parameters
    ----------
    folder
        The job's folder.
    steps
        Names of the steps to come.

    Examples
    --------
    >>> with WorkerReport(folder, ["values"]) as report:  # doctest: +SKIP
    ...     report.begin("values")
    ...     sample(model, settings, on_progress=report.progress, cancelled=report.cancelled)
    ...     report.done({"fit": "f1"})
    """

    def __init__(self, folder: Path, steps: Sequence[str] = ()) -> None:
        self._folder = folder
        self._steps = tuple(steps)
        self._step = ""
        self._number = 0
        self._chains: Progress | None = None
        self._result: Mapping[str, Any] | None = None

    def __enter__(self) -> Self:
        self._write(JobState.RUNNING)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, FitCancelled):
            self._write(JobState.CANCELLED, "it was stopped on request")
        elif isinstance(error, MfpError):
            self._write(JobState.FAILED, str(error), correctable=error.exit_code == 2)
        elif error is not None:
            self._write(JobState.FAILED, f"{type(error).__name__}: {error}")
        elif self._result is None:
            self._write(JobState.FAILED, "the worker ended without a result")
        else:
            self._write(JobState.DONE)

    def plan(self, steps: Sequence[str]) -> None:
        """Say which steps are to come, where that was not known at the start."""
        self._steps = tuple(steps)
        self._write(JobState.RUNNING)

    def begin(self, step: str) -> None:
        """Say that a step begins.

        Raises
        ------
        FitCancelled
            The job is to stop.
        """
        self.check_cancelled()
        self._step, self._chains = step, None
        self._number += 1
        self._write(JobState.RUNNING)

    def progress(self, chains: Progress) -> None:
        """Say how far the chains of this step are."""
        self._chains = chains
        self._write(JobState.RUNNING)

    def cancelled(self) -> bool:
        """Whether the job is to stop."""
        return (self._folder / CANCEL_FILE).exists()

    def check_cancelled(self) -> None:
        """Stop here if the job is to stop; to be called between pieces of long work.

        Raises
        ------
        FitCancelled
            The job is to stop.
        """
        if self.cancelled():
            raise FitCancelled(Fault("job", "was stopped on request"))

    def saving(self, folder: Path, result: Mapping[str, Any]) -> None:
        """Say that a folder is about to appear, whole, and with it the result, plain values.

        Whoever finds the folder there knows that the job is done, should the last word be missing.

        Raises
        ------
        FitCancelled
            The job is to stop.
        """
        self.check_cancelled()
        write_json(self._folder / SAVING_FILE, {"folder": str(folder), "result": dict(result)})

    def done(self, result: Mapping[str, Any]) -> None:
        """Keep the result, plain values; it is written when the block is left."""
        self._result = result

    def _write(self, state: JobState, reason: str = "", *, correctable: bool = False) -> None:
        status = {
            "state": state,
            "step": self._step,
            "number": self._number,
            "steps": max(len(self._steps), self._number),
            "progress": self._chains.to_dict() if self._chains else None,
            "reason": reason,
            "correctable": correctable,
            "result": self._result if state is JobState.DONE else None,
            "updated": time.time(),
        }
        write_json(self._folder / STATUS_FILE, status)
