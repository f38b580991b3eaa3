"""What starting a fit does beside starting it."""

from pathlib import Path

import pytest

from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import SAVING_FILE, Job
from mfp_stats.fitting.worker_process import PROCESS_FILE
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow import start
from mfp_stats.workflow.results import FITS_FOLDER
from mfp_stats.workflow.simulated import Simulation, simulate_into


@pytest.mark.parametrize("runs", [False, True])
def test_what_a_killed_fit_left_is_removed_when_the_next_is_started(
    tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch, runs: bool
) -> None:
    """Of one that was killed by the system, which nobody has cancelled; not of one that runs."""
    (tmp_path / "surveys").mkdir()
    project = Project(tmp_path, checkout)
    job, fits = project.data / start.JOBS_FOLDER / "f1", project.data / FITS_FOLDER
    for folder in (job / "scratch", fits / ".f1.abc", fits / "f0"):
        folder.mkdir(parents=True)
    write_json(job / SAVING_FILE, {"folder": str(fits / "f1"), "result": {"fit": "f1"}})
    if not runs:
        write_json(job / PROCESS_FILE, {"pid": 2**22 + 1, "started": 0.0})
    monkeypatch.setattr(start, "start_job", lambda folder, spec: Job(folder, pid=0))
    with Store.open(project.data) as store:
        simulate_into(project, store, "starter", Simulation(60, 3))
        start.start_fit(project, store, "starter")
    assert (fits / "f0").is_dir()
    assert (fits / ".f1.abc").exists() is runs
    assert (job / "scratch").exists() is runs
