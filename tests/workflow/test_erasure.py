"""A respondent asks for their answers to be removed, with the receipt code that they were shown."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from mfp_stats.collect import Draft, Drafts, receipt_code
from mfp_stats.collect.drafts import DRAFTS_FOLDER
from mfp_stats.collect.tokens import new_instance_id
from mfp_stats.errors import ErasureRefused, StoreError
from mfp_stats.fitting.worker_process import PROCESS_FILE
from mfp_stats.project import Project
from mfp_stats.responses import Submission
from mfp_stats.workflow.api import Workspace
from mfp_stats.workflow.erasure import handed_in
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.since import changes_since
from mfp_stats.workflow.spec import SHEET_FILE
from mfp_stats.workflow.start import JOBS_FOLDER

SURVEY = "starter"
#: Of the form of :func:`new_instance_id`, the same in every run: tests are named by them.
IDS = [letter * 32 for letter in "abc"]
GONE = IDS[1]
CODE = receipt_code(GONE)


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Project:
    (tmp_path / "surveys").mkdir()
    return Project(tmp_path, checkout)


def submit(workspace: Workspace, instance_id: str) -> None:
    now = datetime.now(UTC)
    hash_ = workspace.project.questionnaire(SURVEY).hash
    sent = Submission(instance_id, SURVEY, hash_, "1", {}, {}, {}, {}, now, now)
    workspace.store.append_submission(sent)


@pytest.fixture
def workspace(project: Project):
    """Three submissions, copies of them for two fits, and the draft of the one that goes."""
    questionnaire = project.questionnaire(SURVEY)
    with Workspace(project) as opened:
        opened.store.publish(questionnaire)
        submit(opened, IDS[0])
        opened.store.snapshot(questionnaire, project.data / JOBS_FOLDER / "before")
        for name in IDS[1:]:
            submit(opened, name)
        opened.store.snapshot(questionnaire, project.data / JOBS_FOLDER / "with")
        draft = Draft(GONE, SURVEY, questionnaire.hash, "en", started=datetime.now(UTC))
        Drafts(project.data / DRAFTS_FOLDER).save(replace(draft, receipt=CODE))
        yield opened


def people(workspace: Workspace) -> list[str]:
    return workspace.store.respondents(SURVEY)["respondent"].to_list()


def left(project: Project) -> list[str]:
    files = [file for file in project.data.rglob("*") if file.is_file()]
    return [file.name for file in files if GONE.encode() in file.read_bytes()]


def jobs_with_answers(project: Project) -> list[str]:
    return [sheet.parent.name for sheet in project.data.glob(f"{JOBS_FOLDER}/*/{SHEET_FILE}*")]


@pytest.mark.parametrize("written", [CODE, CODE.lower().replace("-", " "), f" {CODE} "])
def test_nothing_is_left_of_who_asks(project, workspace, written) -> None:
    assert len(left(project)) > 2
    erasure = workspace.erase(SURVEY, written)
    assert erasure.receipt == CODE
    assert people(workspace) == [IDS[0], IDS[2]]
    assert jobs_with_answers(project) == ["before"]
    assert Drafts(project.data / DRAFTS_FOLDER).load(GONE) is None
    workspace.store.close()
    assert left(project) == []


def test_again_changes_nothing(project, workspace) -> None:
    erasure = workspace.erase(SURVEY, CODE)
    assert workspace.erase(SURVEY, CODE) == erasure
    assert people(workspace) == [IDS[0], IDS[2]]


@pytest.mark.parametrize(
    ("survey", "code", "why"),
    [
        (SURVEY, "ABCD", "is no receipt code"),
        (SURVEY, "ABCD-EFGH-JK0I", "is no receipt code"),
        (SURVEY, receipt_code("nobody"), "is of no answers to starter that are stored here"),
        ("village", CODE, "has no answers here; known: starter"),
    ],
)
def test_a_code_of_nobody_is_refused_in_plain_words(project, workspace, survey, code, why) -> None:
    with pytest.raises(ErasureRefused, match=why):
        workspace.erase(survey, code)
    assert people(workspace) == IDS and len(jobs_with_answers(project)) == 2


def test_a_code_of_another_survey_is_said_to_be_of_that(workspace) -> None:
    questionnaire = workspace.project.questionnaire(SURVEY)
    workspace.store.publish(replace(questionnaire, survey="village", hash="0" * 64))
    with pytest.raises(ErasureRefused, match="is of answers to another survey, starter"):
        workspace.erase("village", CODE)


def test_answers_can_be_found_by_their_code(workspace) -> None:
    found = handed_in(workspace.store, SURVEY, CODE)
    assert (found.receipt, found.respondent, found.wave) == (CODE, GONE, "1")


def test_a_fit_that_runs_on_them_is_waited_for(project, workspace) -> None:
    process = {"pid": os.getpid(), "started": psutil.Process().create_time()}
    running = project.data / JOBS_FOLDER / "with" / PROCESS_FILE
    running.write_text(json.dumps(process))
    with pytest.raises(ErasureRefused, match="fit with: is running and holds these answers"):
        workspace.erase(SURVEY, CODE)
    assert people(workspace) == IDS and len(jobs_with_answers(project)) == 2
    running.write_text(json.dumps({**process, "started": 0.0}))
    workspace.erase(SURVEY, CODE)
    assert jobs_with_answers(project) == ["before"]


def test_a_copy_that_was_cut_off_goes_too(project, workspace) -> None:
    whole = project.data / JOBS_FOLDER / "with" / SHEET_FILE
    whole.with_name(f"{SHEET_FILE}.part").write_bytes(whole.read_bytes()[:-20])
    workspace.erase(SURVEY, CODE)
    assert jobs_with_answers(project) == ["before"]


def test_what_failed_on_the_way_is_finished_by_saying_it_again(project, workspace) -> None:
    blocked = project.data / "store.duckdb.new"
    blocked.mkdir()
    for _ in range(2):
        with pytest.raises(StoreError, match="could not be written anew"):
            workspace.erase(SURVEY, CODE)
    blocked.rmdir()
    workspace.erase(SURVEY, CODE)
    assert people(workspace) == [IDS[0], IDS[2]]
    workspace.store.close()
    assert left(project) == []


def test_a_fit_says_that_answers_it_may_hold_were_erased(workspace) -> None:
    about = {"id": "1", "survey": SURVEY, "sources": {"web": 3}}
    fit = FitResults(Path("1"), {**about, "started": datetime.now(UTC).isoformat()})
    assert changes_since(workspace.store, fit) == ""
    workspace.erase(SURVEY, CODE)
    erased = "1 answer sheet was erased on request, which it may still hold"
    fit_again = f"To have them counted: mfp fit {SURVEY}"
    assert changes_since(workspace.store, fit) == f"Since this fit {erased}. {fit_again}"
    submit(workspace, new_instance_id())
    came = "1 answer sheet came in"
    assert changes_since(workspace.store, fit) == f"Since this fit {came} and {erased}. {fit_again}"
    later = FitResults(Path("1"), {**about, "started": datetime.now(UTC).isoformat()})
    assert changes_since(workspace.store, later) == ""
