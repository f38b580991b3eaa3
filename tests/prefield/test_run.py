"""A run with workers that fit nothing: what is kept, what is run again, and how it ends."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter

import psutil
import pytest

from mfp_stats.errors import DesignCheckStopped, FitFailed, MarginsError, ProjectError, StoreLocked
from mfp_stats.fitting.worker_process import find_process
from mfp_stats.store.ownership import Ownership
from mfp_stats.weights import Margins
from mfp_stats.workflow.prefield.plan import plan_design
from mfp_stats.workflow.prefield.rows import Rows
from mfp_stats.workflow.prefield.run import (
    check_design,
    design_file,
    design_margins,
    guessed_seconds,
    standing,
)


@pytest.fixture
def run(project, stand_in):
    def run_(*, does=None, on_standing=None, processes=1, **options):
        questionnaire = project.questionnaire("acceptance")
        plan = plan_design(questionnaire, **({"n": 300, "replicates": 1} | options))
        return check_design(
            project,
            design_file(project, "acceptance"),
            plan,
            processes=processes,
            on_standing=on_standing,
            worker=stand_in(**(does or {})),
        )

    return run_


def folder_of(project, **options):
    questionnaire = project.questionnaire("acceptance")
    plan = plan_design(questionnaire, **({"n": 300, "replicates": 1} | options))
    return Rows.of(project, questionnaire, plan).folder


def begun(folder):
    return Counter((folder / "begun.log").read_text().split())


def test_every_survey_is_run_once(run, project):
    told = []
    found = run(processes=2, on_standing=told.append)
    assert sorted(found.rows) == sorted(task.name for task in found.plan.tasks())
    assert set(begun(folder_of(project)).values()) == {1}
    assert told and {standing.planned for standing in told} == {5}
    assert not list((folder_of(project) / "jobs").iterdir())
    assert len(found.power) == 5


def test_a_second_call_starts_nothing_and_more_replicates_add_to_it(run, project):
    run()
    again = run(does={"values-1": "die"})
    assert len(again.rows) == 5
    more = run(replicates=2)
    assert len(more.rows) == 10
    assert set(begun(folder_of(project)).values()) == {1}


def test_another_n_or_questionnaire_starts_anew(run, project):
    run()
    first = folder_of(project)
    run(n=301)
    assert folder_of(project, n=301) != first
    file = project.root / "surveys" / "acceptance" / "questionnaire.yaml"
    file.write_text(file.read_text().replace("sets: 5", "sets: 6"))
    assert folder_of(project) not in (first, folder_of(project, n=301))
    assert len(run().rows) == 5
    model = project.root / "models"
    model.mkdir()
    before = folder_of(project)
    (model / "values.py").write_text("# another model")
    assert folder_of(project) != before


def test_other_margins_start_anew(run, project):
    town = {"residents": 0.7, "owners": 0.3}
    group = project.questionnaire("acceptance").group
    first = folder_of(project)
    run(margins=Margins({group: town}))
    raked = folder_of(project, margins=Margins({group: town}))
    other = folder_of(project, margins=Margins({group: {"residents": 0.6, "owners": 0.4}}))
    assert len({first, raked, other}) == 3
    assert json.loads((raked / "plan.json").read_text())["margins"] == {group: town}
    assert not first.exists()


def test_the_margins_of_a_survey_are_those_that_a_fit_would_take(project, tmp_path):
    questionnaire = project.questionnaire("acceptance")
    assert design_margins(project, "acceptance", questionnaire) is None
    shares = f"{questionnaire.group}: {{residents: 0.7, owners: 0.3}}"
    folder = project.root / "surveys" / "acceptance"
    (folder / "margins.yaml").write_text(shares)
    for survey in ("acceptance", str(folder), str(folder / "questionnaire.yaml")):
        found = design_margins(project, survey, questionnaire)
        assert found is not None
        assert found.shares == {questionnaire.group: {"residents": 0.7, "owners": 0.3}}
    (folder / "margins.yaml").write_text("sheep: {black: 1}")
    with pytest.raises(MarginsError, match="unknown item 'sheep'"):
        design_margins(project, "acceptance", questionnaire)


def test_a_worker_that_dies_takes_one_survey_with_it(run, project):
    with pytest.raises(FitFailed, match="acceptance: The worker process ended during signals-1"):
        run(does={"signals-1": "die"})
    kept = {file.stem for file in (folder_of(project) / "rows").glob("*.json")}
    assert kept == {"values-1", "models-1"}
    assert len(run().rows) == 5
    assert begun(folder_of(project)) == Counter(
        {"values-1": 1, "models-1": 1, "signals-1": 2, "residual-1": 1, "none-1": 1}
    )


def test_a_worker_that_fails_ends_the_others(run, project):
    with pytest.raises(FitFailed, match="sampler: ended"):
        run(does={"models-1": "fail", "seconds": 0.3}, processes=2)
    assert not list((folder_of(project) / "jobs").iterdir())


def test_what_gives_no_result_is_kept_and_told(run):
    found = run(does={"models-1": "refuse", "signals-1": "lack"})
    fits = {row["truth"]: row for row in found.fits.to_dicts()}
    assert fits["models"]["refused"] == 1
    assert fits["models"]["why"] == "the fit did not pass its checks in responses"
    assert fits["signals"]["failed"] == 1
    assert "cannot be reached" in fits["signals"]["why"]
    assert set(found.power["truth"]) == {"values", "residual", "none"}


def test_damaged_rows_are_run_again_and_named(run, project):
    run()
    run(n=301)
    folder = folder_of(project) / "rows"
    whole = {file: file.read_text() for file in sorted(folder.glob("*.json"))}
    values = folder / "values-1.json"
    harm = {
        values: whole[values].replace('"verdict": "values"', '"verdict": "models"'),
        folder / "models-1.json": whole[folder / "models-1.json"][:200],
        folder / "signals-1.json": "[]",
        folder / "residual-1.json": "\x00",
        # A row of another check is none of this one.
        folder / "none-1.json": (folder_of(project, n=301) / "rows" / "none-1.json").read_text(),
    }
    for file, text in harm.items():
        assert text != whole[file]
        file.write_text(text)
    found = run()
    assert set(found.damaged) == set(whole)
    assert set(begun(folder_of(project)).values()) == {2}
    assert {file: file.read_text() for file in whole} == whole
    assert run().damaged == ()


def test_a_folder_in_place_of_a_row_or_a_file_in_place_of_the_folder(run, project):
    run()
    file = folder_of(project) / "rows" / "values-1.json"
    content = file.read_text()
    file.unlink()
    file.mkdir()
    with pytest.raises(ProjectError, match="is a folder, where a result is kept"):
        run()
    file.rmdir()
    file.write_text(content)
    assert len(run().rows) == 5
    blocked = folder_of(project, n=400)
    blocked.write_text("in the way")
    with pytest.raises(ProjectError, match="cannot be written"):
        run(n=400)


def test_a_check_under_way_elsewhere_is_named(run, project):
    folder = folder_of(project)
    lock = Ownership(folder / "lock")
    with pytest.raises(StoreLocked, match="held by process"):
        run()
    lock.release()


def test_ctrl_c_keeps_what_is_done(run, project):
    def stop(now):
        if now.done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(DesignCheckStopped, match=r"[2-4] of 5 .* are fitted and kept") as stopped:
        run(does={"seconds": 0.4}, on_standing=stop)
    assert "same command" in str(stopped.value)
    assert not list((folder_of(project) / "jobs").iterdir())
    assert len(run().rows) == 5


CALL = """
import sys
from pathlib import Path
from mfp_stats.project import Project
from mfp_stats.workflow.prefield.plan import plan_design
from mfp_stats.workflow.prefield.run import check_design, design_file
project = Project(Path(sys.argv[1]), Path(sys.argv[2]))
plan = plan_design(project.questionnaire("acceptance"), n=300, replicates=1)
check_design(project, design_file(project, "acceptance"), plan, worker="tests.prefield.stand_in")
"""


def test_a_run_that_is_killed_goes_on(run, project, checkout, stand_in):
    stand_in(seconds=0.5)
    call = [sys.executable, "-c", CALL, str(project.root), str(checkout)]
    process = subprocess.Popen(call)
    folder = folder_of(project)
    deadline = time.monotonic() + 60
    while len(list((folder / "rows").glob("*.json"))) < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    worker = find_process(folder / "jobs" / "1")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert worker is not None
    found = run()
    assert len(found.rows) == 5
    assert not psutil.pid_exists(worker.pid) or worker.status() == psutil.STATUS_ZOMBIE
    assert max(begun(folder).values()) <= 2
    assert sum(begun(folder).values()) <= 6


def test_the_estimate_knows_what_was_timed(run, project, questionnaire):
    plan = plan_design(questionnaire, n=900, replicates=2)
    guess = standing(project, questionnaire, plan)
    assert guess.guessed
    assert guess.seconds_left == pytest.approx(10 * guessed_seconds(questionnaire, 900))
    assert 50 < guessed_seconds(questionnaire, 900) < 150
    assert standing(project, questionnaire, plan, processes=2).seconds_left == pytest.approx(
        guess.seconds_left / 2
    )
    run(n=900, replicates=1)
    now = standing(project, questionnaire, plan)
    assert (now.done, now.planned, now.guessed) == (5, 10, False)
    assert now.seconds_left == pytest.approx(5 * 1.0)


def test_the_plan_is_there_for_a_reader(run, project):
    run()
    written = json.loads((folder_of(project) / "plan.json").read_text())
    assert written["n"] == 300
    assert written["questionnaire"] == project.questionnaire("acceptance").hash
    assert set(written["models"]) == {"values", "worldviews", "expectations", "responses"}
