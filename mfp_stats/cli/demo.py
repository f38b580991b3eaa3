"""``mfp demo``: the whole flow on a simulated survey."""

from pathlib import Path

from mfp_stats.cli import output
from mfp_stats.cli.fit import report_fit, watch_fit
from mfp_stats.cli.show import everything_found
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project, require_writable
from mfp_stats.simulate import DEFAULT_EFFECT
from mfp_stats.store import Store
from mfp_stats.workflow.simulated import Simulation, simulate_into
from mfp_stats.workflow.start import start_fit

SURVEY = "data_centre"
SEED = 2026
#: Groups that value the same and expect different things: what the project is for.
TRUTH = "models"
TRUE = (
    "What is true of them: both groups value the same, are told the same by every proposal, and "
    f"lie {100 * DEFAULT_EFFECT:.0f} points apart in support, for they expect different things of "
    "it."
)


def run_demo(
    folder: Path, *, people: int, json_file: Path | None, serve_after: bool, port: int
) -> None:
    """Simulate, fit, print the findings and, unless told otherwise, serve the app."""
    require_writable(folder.resolve() / "surveys")
    if json_file is not None:
        output.require_file(json_file)
    project = Project.open(folder)
    output.say(f"Project: {project.root}")
    with Store.open(project.data) as store:
        receipt = simulate_into(project, store, SURVEY, Simulation(people, SEED, TRUTH))
        output.say(f"{receipt.message}. No real person gave these answers.")
        output.say(TRUE)
        job = start_fit(project, store, SURVEY, settings=FitSettings(seed=SEED))
    watch_fit(job)
    report_fit(project, job)
    found = everything_found(project, SURVEY, job.fit_id)
    for heading, sentences in found["findings"].items():
        output.heading(heading)
        output.findings(sentences)
    if json_file is not None:
        output.json_to(json_file, found)
        output.say(f"Wrote {json_file}")
    if serve_after:
        from mfp_stats.serve import run  # noqa: PLC0415 (Streamlit takes a second to import)

        run(project, port=port)
