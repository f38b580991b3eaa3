"""``mfp fit``: start a job, show how far it is, and cancel it on Ctrl-C."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from mfp_stats.cli import output
from mfp_stats.fitting.checks import step_words
from mfp_stats.fitting.jobs import JobStatus, cancel_job, require_done
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.start import FitJob, start_fit
from mfp_stats.workflow.topics import Topic


def run_fit(
    survey: str,
    *,
    group: str | None,
    within: str | None,
    margins: Path | None,
    priors: Sequence[str],
    settings: FitSettings,
) -> None:
    """Fit a survey and say what came of it."""
    from mfp_stats.workflow.priors import parse_overrides  # noqa: PLC0415 (imports PyMC)

    project = Project.open()
    overrides = parse_overrides(project, priors) if priors else {}
    with Store.open(project.data) as store:
        job = start_fit(
            project,
            store,
            survey,
            group=group,
            within=within,
            margins=margins,
            settings=settings,
            priors=overrides,
        )
    watch_fit(job)
    report_fit(project, job)


def report_fit(project: Project, job: FitJob) -> None:
    """Say whether the results of a finished fit may be shown, and how to see them."""
    results = fit_of(project, job.survey, job.fit_id)
    for note in results.manifest["notes"]:
        output.say(f"note: {note}")
    if results.failed_steps:
        output.say(f"Fit {job.fit_id} is saved, but did not pass its checks in: ")
        output.findings([step_words(step) for step in results.failed_steps])
        output.say(
            f"None of its numbers that rest on them is shown. See: mfp show {job.survey} fit"
        )
        return
    output.say(f"Fit {job.fit_id} passed all its checks.")
    output.say(f"See: mfp show {job.survey} TOPIC ({', '.join(Topic)}); or mfp serve")


class _Elapsed(ProgressColumn):
    """Time since the start. Rich's own column stops for good where a bar is full, here a step's."""

    def render(self, task: Task) -> Text:
        """Return hours, minutes and seconds."""
        seconds = int(task.elapsed or 0)
        return Text(str(timedelta(seconds=seconds)), style="progress.elapsed")


def progress_bars(console: Console, clock: Callable[[], float] | None = None) -> Progress:
    """Return the bars on which a fit's steps are shown, one after the other.

    Parameters
    ----------
    console
        Where they are drawn.
    clock
        Seconds; default: the system's monotonic clock.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[detail]}"),
        _Elapsed(),
        console=console,
        get_time=clock,
    )


def watch_fit(job: FitJob) -> None:
    """Show a fit's progress until it has ended.

    Raises
    ------
    FitFailed, FitImpossible, FitCancelled
        It ended without a result; with the reason.
    """
    with progress_bars(Console(stderr=True)) as bars:
        line = bars.add_task("starting", total=1.0, detail="")
        try:
            status = _follow(job, bars, line)
        except KeyboardInterrupt:
            status = cancel_job(job.job.folder)
    require_done(status, job.survey)


def _follow(job: FitJob, bars: Progress, line: TaskID) -> JobStatus:
    while not (status := job.status).state.final:
        _show(status, bars, line)
        time.sleep(0.3)
    bars.update(line, completed=1.0, description="done", detail="")
    return status


def _show(status: JobStatus, bars: Progress, line: TaskID) -> None:
    step = f"{status.step.replace('_', ' ')} ({status.number} of {status.steps})"
    chains = status.progress
    if chains is None:
        bars.update(line, completed=0, description=step, detail="preparing")
        return
    drawn = sum(chain.draws for chain in chains.chains)
    left = f", about {status.eta:.0f} s left" if status.eta is not None else ""
    detail = f"{drawn:,} draws, {status.divergences} divergences{left}"
    bars.update(line, completed=chains.fraction, description=step, detail=detail)
