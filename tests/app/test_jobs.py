"""Fits as the page shows them: started, watched, cancelled, failed."""

import json

import pytest

from mfp_stats.fitting.jobs import JobState, JobStatus
from mfp_stats.fitting.progress import ChainProgress, Progress
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.views import jobs
from mfp_stats.workflow.simulated import Simulation, simulate_into
from tests.app.conftest import texts

FIT = "20260405T060708Z-abcdef"


@pytest.fixture
def answered(fresh):
    simulate_into(fresh.project, fresh.store, "starter", Simulation(30, 1))
    return fresh


def job(context, **status):
    """Leave a job of the starter survey in the project as a worker would."""
    folder = context.project.data / "jobs" / FIT
    folder.mkdir(parents=True)
    spec = {"fit_id": FIT, "survey": "starter", "fits": "", "models": {}}
    (folder / "spec.json").write_text(json.dumps(spec))
    usual = {"step": "values", "number": 1, "steps": 3, "reason": "", "result": None}
    report = usual | {"progress": None, "updated": 1.0} | status
    (folder / "status.json").write_text(json.dumps(report))
    return folder


PROGRESS = Progress(
    tuple(ChainProgress(k, 400 + k, 1000, k == 3, k, 0.2) for k in range(4)), elapsed=40.0
)


def test_a_running_fit_is_shown_with_its_draws_and_no_second_can_be_started(answered, open_page):
    job(answered, state="running", progress=PROGRESS.to_dict())
    test = open_page(answered, "fits.py", "starter")
    assert not test.exception
    said = texts(test)
    assert "Step 1 of 3: values." in said
    assert "About 1 minute left in this step." in said
    assert "Divergences so far, adaptation included: 6." in said
    assert test.dataframe[0].value["Draws"].to_list()[0] == "400 of 1,000"
    assert [b.label for b in test.button] == ["Cancel the fit"]


def test_cancelling_asks_the_worker_to_stop(answered, open_page):
    folder = job(answered, state="running")
    test = open_page(answered, "fits.py", "starter")
    test.button[0].click().run()
    assert (folder / "cancel").exists()


def test_a_failed_fit_says_why_and_may_be_started_again(answered, open_page):
    job(answered, state="failed", reason="The worker process ended: <b>killed</b>.")
    test = open_page(answered, "fits.py", "starter")
    assert [e.value for e in test.error] == ["The last fit failed."]
    assert test.code[0].value == "The worker process ended: <b>killed</b>."
    assert [b.label for b in test.button] == ["Fit the answers of 30 people"]
    assert test.dataframe[0].value["State"].to_list() == ["failed"]


def test_a_cancelled_fit_is_said_to_be_gone(answered, open_page):
    job(answered, state="cancelled")
    assert "nothing of it was kept" in texts(open_page(answered, "fits.py", "starter"))


def test_the_form_starts_a_fit_with_what_was_chosen(answered, open_page, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start_fit", lambda *args, **options: started.append(options))
    test = open_page(answered, "fits.py", "starter")
    test.number_input[0].set_value(700)
    test.number_input[2].set_value(9)
    test.button[0].click().run()
    settings = FitSettings(draws=700, seed=9)
    assert started == [{"group": None, "within": None, "settings": settings}]


def test_a_fit_that_was_started_meanwhile_is_not_started_twice(answered, open_page, monkeypatch):
    test = open_page(answered, "fits.py", "starter")
    states = iter([[], [(None, JobStatus(JobState.RUNNING))]])
    monkeypatch.setattr(jobs, "jobs_of", lambda *_: next(states))
    monkeypatch.setattr(jobs, "start_fit", lambda *_, **__: pytest.fail("started twice"))
    test.button[0].click().run()
    assert "only one runs at a time" in texts(test)


def test_people_may_be_compared_by_what_sorts_them(stored):
    items = jobs.grouping_items(stored.questionnaire("ai_datacentres"))
    assert next(iter(items)) == "relation"
    assert "age" in items and "lasting_jobs" not in items


def test_a_survey_without_answers_cannot_be_fitted(fresh, open_page):
    test = open_page(fresh, "fits.py", "starter")
    assert "Nobody has answered this survey yet" in texts(test)
    assert not test.button
