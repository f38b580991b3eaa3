import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import psutil
import pytest

from mfp_stats.errors import Fault, FitCancelled, FitFailed, ModelError
from mfp_stats.fitting.files import new_folder, read_json, write_json
from mfp_stats.fitting.jobs import (
    JobState,
    cancel_job,
    job_status,
    start_job,
    tidy_job,
    wait_for_job,
)
from mfp_stats.fitting.progress import ChainProgress, Progress
from mfp_stats.fitting.report import WorkerReport

HALFWAY = Progress(
    (ChainProgress(0, 50, 100, True, 1, 0.2), ChainProgress(1, 50, 100, True, 2, 0.3)), 10.0
)

WORKER = """
import json, os, sys, time
from pathlib import Path
from mfp_stats.errors import Fault, ModelError
from mfp_stats.fitting.files import new_folder
from mfp_stats.fitting.progress import ChainProgress, Progress
from mfp_stats.fitting.report import WorkerReport

folder = Path(sys.argv[1])
spec = json.loads((folder / "spec.json").read_text())
with WorkerReport(folder, ["values", "worldviews"]) as report:
    report.begin("values")
    report.progress(Progress((ChainProgress(0, 30, 100, True, 1, 0.5),), 3.0))
    match spec["do"]:
        case "finish":
            report.begin("worldviews")
            report.done({"fit": "f1", "threads": os.environ["OMP_NUM_THREADS"]})
        case "wait":
            while True:
                report.check_cancelled()
                time.sleep(0.02)
        case "ignore":
            time.sleep(600)
        case "fault":
            raise ModelError(Fault("prior", "is negative"))
        case "crash":
            {}["absent"]
        case "exit":
            print("last words", file=sys.stderr)
            sys.stderr.flush()
            os._exit(7)
        case "nothing":
            pass
        case "die after saving" | "die while saving":
            target = Path(spec["fits"]) / "f1"
            report.saving(target, {"fit": "f1"})
            with new_folder(target) as beside:
                (beside / "manifest.json").write_text("{}")
                if spec["do"] == "die while saving":
                    (folder / "halfway").touch()
                    time.sleep(600)
            (folder / "halfway").touch()
            time.sleep(600)
"""


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    """A worker module on the path, which the real one stands in for."""
    folder = tmp_path_factory.mktemp("worker")
    (folder / "toy_worker.py").write_text(dedent(WORKER))
    return {
        "module": "toy_worker",
        "environment": {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path])},
    }


def ended(folder: Path):
    return wait_for_job(folder, timeout=60)


def running(folder: Path):
    deadline = time.monotonic() + 60
    while (status := job_status(folder)).progress is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert status.state is JobState.RUNNING
    return status


def test_a_job_runs_and_returns_its_result(tmp_path, worker):
    job = start_job(tmp_path / "job", {"do": "finish"}, **worker)
    assert job_status(job.folder).state in (JobState.QUEUED, JobState.RUNNING, JobState.DONE)
    status = ended(job.folder)
    assert status.state is JobState.DONE
    assert status.result == {"fit": "f1", "threads": "1"}
    assert (status.step, status.number, status.steps) == ("worldviews", 2, 2)
    assert status.updated == pytest.approx(time.time(), abs=60)
    assert cancel_job(job.folder).state is JobState.DONE


def test_progress_can_be_watched_and_the_job_cancelled(tmp_path, worker):
    job = start_job(tmp_path, {"do": "wait"}, **worker)
    status = running(tmp_path)
    assert (status.step, status.number, status.steps) == ("values", 1, 2)
    assert status.divergences == 1
    assert status.eta == pytest.approx(7.0)
    asked = time.monotonic()
    status = cancel_job(tmp_path)
    assert status.state is JobState.CANCELLED
    assert time.monotonic() - asked < 3
    assert status.eta is None
    assert not _alive(job.pid)


def test_a_worker_that_does_not_listen_is_killed(tmp_path, worker):
    job = start_job(tmp_path, {"do": "ignore"}, **worker)
    running(tmp_path)
    assert cancel_job(tmp_path, grace=0.3).state is JobState.CANCELLED
    assert not _alive(job.pid)


def halfway(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while not (folder / "halfway").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (folder / "halfway").exists()


def test_what_was_saved_before_the_worker_was_killed_is_done(tmp_path, worker):
    """The pages show it as the newest fit, so that it cannot have been cancelled."""
    fits = tmp_path / "fits"
    folder = tmp_path / "job"
    start_job(folder, {"do": "die after saving", "fits": str(fits)}, **worker)
    halfway(folder)
    status = cancel_job(folder, grace=0.3)
    assert (status.state, status.result) == (JobState.DONE, {"fit": "f1"})
    assert [file.name for file in fits.iterdir()] == ["f1"]


def test_what_a_killed_worker_left_half_done_is_removed(tmp_path, worker):
    fits = tmp_path / "fits"
    folder = tmp_path / "job"
    start_job(folder, {"do": "die while saving", "fits": str(fits)}, **worker)
    halfway(folder)
    (folder / "scratch" / "compiled").mkdir()
    assert len(list(fits.iterdir())) == 1
    tidy_job(folder)  # without effect while it runs
    assert len(list(fits.iterdir())) == 1 and (folder / "scratch").exists()
    assert cancel_job(folder, grace=0.3).state is JobState.CANCELLED
    assert list(fits.iterdir()) == []
    assert not (folder / "scratch").exists()


def test_a_job_that_is_to_stop_saves_nothing(tmp_path):
    (tmp_path / "cancel").touch()
    with pytest.raises(FitCancelled), WorkerReport(tmp_path) as report:
        report.saving(tmp_path / "fits" / "f1", {"fit": "f1"})
    assert not (tmp_path / "saving.json").exists()


def test_a_killed_worker_is_found_out(tmp_path, worker):
    job = start_job(tmp_path, {"do": "ignore"}, **worker)
    running(tmp_path)
    os.kill(job.pid, signal.SIGKILL)
    status = _with_exit(tmp_path)
    assert status.state is JobState.FAILED
    assert "during values" in status.reason
    assert "killed by SIGKILL; the machine may have run out of memory" in status.reason


def test_a_crashed_worker_leaves_code_and_log(tmp_path, worker):
    start_job(tmp_path, {"do": "exit"}, **worker)
    status = _with_exit(tmp_path)
    assert status.state is JobState.FAILED
    assert "exit code 7" in status.reason
    assert status.reason.endswith("last words")


def test_a_worker_that_cannot_start_is_found_out(tmp_path):
    start_job(tmp_path, {}, module="no_such_worker")
    status = _with_exit(tmp_path)
    assert status.state is JobState.FAILED
    assert "no_such_worker" in status.reason


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        ("fault", "prior: is negative"),
        ("crash", "KeyError: 'absent'"),
        ("nothing", "without a result"),
    ],
)
def test_failures_say_why(tmp_path, worker, do, reason):
    start_job(tmp_path, {"do": do}, **worker)
    status = ended(tmp_path)
    assert status.state is JobState.FAILED
    assert reason in status.reason
    assert status.result is None


def test_another_process_sees_the_same_without_a_sampler(tmp_path, worker):
    start_job(tmp_path, {"do": "finish"}, **worker)
    ended(tmp_path)
    code = (
        "import sys; from pathlib import Path; from mfp_stats.fitting.jobs import job_status;"
        "import mfp_stats.fitting.tables;"
        "print(job_status(Path(sys.argv[1])).state);"
        "assert not {'pymc', 'arviz', 'jax', 'xarray', 'nutpie'} & set(sys.modules)"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True
    )
    assert seen.stdout.strip() == "done"


def test_a_reused_process_number_is_not_mistaken_for_the_worker(tmp_path):
    write_json(tmp_path / "spec.json", {})
    write_json(tmp_path / "process.json", {"pid": os.getpid(), "started": 1.0})
    assert job_status(tmp_path).state is JobState.FAILED
    assert "how is not known" in job_status(tmp_path).reason


def test_a_job_that_waits_to_start_is_queued(tmp_path):
    write_json(tmp_path / "spec.json", {})
    assert job_status(tmp_path).state is JobState.QUEUED


def test_folders_that_hold_no_job_are_named(tmp_path, worker):
    with pytest.raises(FitFailed, match="holds no job"):
        job_status(tmp_path / "absent")
    with pytest.raises(FitFailed, match=r"holds no spec\.json"):
        start_job(tmp_path, **worker)


def test_a_job_starts_once(tmp_path, worker):
    start_job(tmp_path, {"do": "finish"}, **worker)
    with pytest.raises(FitFailed, match="started here before"):
        start_job(tmp_path, {"do": "finish"}, **worker)
    ended(tmp_path)


def test_a_report_counts_its_steps_and_stops_when_asked(tmp_path):
    write_json(tmp_path / "spec.json", {})
    with pytest.raises(FitCancelled), WorkerReport(tmp_path) as report:
        report.plan(["one", "two"])
        report.begin("one")
        report.progress(HALFWAY)
        assert job_status(tmp_path).progress == HALFWAY
        assert not report.cancelled()
        (tmp_path / "cancel").touch()
        report.begin("two")
    status = job_status(tmp_path)
    assert (status.state, status.step, status.steps) == (JobState.CANCELLED, "one", 2)


def test_a_failing_report_keeps_every_fault(tmp_path):
    write_json(tmp_path / "spec.json", {})
    with pytest.raises(ModelError), WorkerReport(tmp_path):
        raise ModelError([Fault("a", "one"), Fault("b", "two")])
    assert "- a: one\n- b: two" in job_status(tmp_path).reason


def test_progress_adds_up():
    assert HALFWAY.fraction == 0.5
    assert HALFWAY.eta == pytest.approx(10.0)
    assert HALFWAY.divergences == 3
    assert Progress((), 1.0).eta is None
    assert Progress.from_dict(HALFWAY.to_dict()) == HALFWAY


def test_json_is_replaced_whole_and_never_holds_nan(tmp_path):
    file = tmp_path / "a.json"
    write_json(file, {"a": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(file, {"a": float("nan")})
    assert read_json(file) == {"a": 1}
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "fit") as beside:
        (beside / "half").touch()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with new_folder(tmp_path / "fit") as beside:
        (beside / "whole").touch()
        assert not (tmp_path / "fit").exists()
    assert (tmp_path / "fit" / "whole").exists()
    with pytest.raises(FileExistsError), new_folder(tmp_path / "fit"):
        pass


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _with_exit(folder: Path):
    """The status once the starting process has noted how the worker ended."""
    deadline = time.monotonic() + 60
    while not (folder / "exit.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return job_status(folder)
