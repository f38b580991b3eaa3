"""``mfp fit``: start a job, show how far it is, and cancel it on Ctrl-C."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mfp_stats.cli import output
from mfp_stats.fitting.jobs import JobStatus, cancel_job, require_done
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.start import FitJob, start_fit


def run_fit(
    survey: str,
    *,
    group: str | None,
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
        output.findings(results.failed_steps)
        output.say(
            f"None of its numbers that rest on them is shown. See: mfp show {job.survey} fit"
        )
        return
    output.say(f"Fit {job.fit_id} passed all its checks.")
    output.say(f"See: mfp show {job.survey} overlap, values, worldviews or fit; or mfp serve")


def watch_fit(job: FitJob) -> None:
    """Show a fit's progress until it has ended.

    Raises
    ------
    FitFailed, FitImpossible, FitCancelled
        It ended without a result; with the reason.
    """
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[detail]}"),
        TimeElapsedColumn(),
        console=console,
    )
    with bars:
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
