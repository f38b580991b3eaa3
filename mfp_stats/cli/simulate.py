"""What ``mfp simulate`` prints."""

from pathlib import Path

from mfp_stats.cli import output
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.simulated import Simulation, simulate_into, simulate_to_file


def run_simulate(survey: str, simulation: Simulation, *, file: Path | None) -> None:
    """Store simulated answers, or write them to a file."""
    project = Project.open()
    if file is None:
        with Store.open(project.data) as store:
            receipt = simulate_into(project, store, survey, simulation)
        output.say(f"{receipt.message}. No real person gave these answers.")
        return
    mapping = simulate_to_file(project, survey, simulation, file)
    output.say(f"Wrote {simulation.people:,} simulated people to {file}. Nothing was stored.")
    output.say(f"To store them: mfp import {survey} {file} --mapping {mapping}")
