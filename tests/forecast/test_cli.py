"""``mfp forecast freeze`` and ``score``, and what ``mfp show SURVEY forecast`` then tells."""

import json

import pytest

from mfp_stats.store import Store
from tests.cli.conftest import mfp  # noqa: F401 - a fixture
from tests.forecast.conftest import FIT, SURVEY, Town


@pytest.fixture
def shut(town):
    """The town, its store closed as between two commands."""
    town.store.close()
    return town


def arrive(town, wave):
    """Store a wave while no command runs."""
    with Store.open(town.project.data) as store:
        Town(town.project, store, town.questionnaire).answer(wave)


def test_from_freezing_to_scores(mfp, shut):  # noqa: F811
    before = mfp("show", SURVEY, "forecast")
    assert before.code == 0 and "No forecast of this survey has been frozen" in before.out
    ended = mfp("forecast", "freeze", SURVEY)
    assert (ended.code, ended.err) == (0, "")
    assert "24 predictions, untested" in ended.out and f"forecast {FIT}" in ended.out
    again = mfp("forecast", "freeze", SURVEY)
    assert again.code == 0 and "nothing was added" in again.out
    untested = mfp("show", SURVEY, "forecast")
    assert "is untested: nothing has scored it yet." in untested.out
    records = mfp("show", SURVEY, "forecast", "--json").records
    assert len(records) == 24 and {r["state"] for r in records} == {"untested"}
    assert all(len(r["sha256"]) == 64 and r["observed"] is None for r in records)
    arrive(shut, "2")
    scored = mfp("forecast", "score", SURVEY, "--wave", "2")
    assert (scored.code, scored.err) == (0, "")
    assert "hindsight" not in scored.out
    assert "was held against wave 2" in scored.out
    assert "observed shares lay within the 90 % intervals" in scored.out
    assert "the group's own mean" in scored.out and "the demographic model" in scored.out
    assert "nan" not in scored.out.lower()
    assert {r["state"] for r in mfp("show", SURVEY, "forecast", "--json").records} == {"scored"}
    frozen = mfp("forecast", "freeze", SURVEY)
    assert "nothing was added" in frozen.out and "was held against wave 2" in frozen.out
    assert "untested until" not in frozen.out and "Then: mfp forecast score" in frozen.out
    assert {r["state"] for r in mfp("forecast", "freeze", SURVEY, "--json").records} == {"scored"}
    flat = mfp("forecast", "score", SURVEY, FIT, "--wave", "2", "--json").records
    shown = mfp("show", SURVEY, "forecast", "--json").records
    assert [r | {"kind": "forecast"} for r in flat] == shown
    for record in flat:
        for peer in ("model", "group_mean", "demographic"):
            assert record[f"{peer}_log_score"] < 0 <= record[f"{peer}_crps"]
            assert 0 <= record[f"{peer}_pit"] <= 1


def test_a_wave_that_is_not_there_is_to_be_imported_first(mfp, shut):  # noqa: F811
    mfp("forecast", "freeze", SURVEY)
    ended = mfp("forecast", "score", SURVEY, "--wave", "2")
    assert ended.code == 2 and not ended.out
    assert f"Import or field it first: mfp import {SURVEY} FILE --wave NAME" in ended.err
    again = mfp("forecast", "score", SURVEY, "--import", "9")
    assert again.code == 2 and "Imports are numbered on the Data page" in again.err


def test_what_cannot_be_scored_any_more_is_not_recommended(mfp, shut):  # noqa: F811
    mfp("forecast", "freeze", SURVEY)
    with Store.open(shut.project.data) as store:
        store.withdraw(SURVEY, 1, "the wrong mapping")
    ended = mfp("forecast", "freeze", SURVEY)
    assert "It was made from import 1, which was withdrawn since" in ended.out
    assert "predictions, untested." in ended.out and "forecast score" not in ended.out


def test_a_fit_that_was_named_is_named_again(mfp, shut):  # noqa: F811
    ended = mfp("forecast", "freeze", SURVEY, "--fit", FIT)
    assert f"Then: mfp forecast score {SURVEY} {FIT} --wave NAME" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("score", SURVEY, "--wave", "2"), "has no forecast yet"),
        (("score", SURVEY), "--wave 2, or --import 3"),
        (("score", SURVEY, "--wave", "2", "--import", "2"), "held against one thing"),
        (("freeze", "nowhere"), "there is no 'nowhere'"),
        (("freeze", SURVEY, "--fit", "x"), f"has no fit 'x'; known: {FIT}"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(mfp, shut, words, said):  # noqa: F811
    ended = mfp("forecast", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err and "Traceback" not in ended.err


def test_what_was_stored_before_is_scored_in_hindsight(mfp, shut):  # noqa: F811
    arrive(shut, "2")
    ended = mfp("forecast", "freeze", SURVEY)
    assert "note: Stored already when this was frozen, though not fitted: wave 2" in ended.out
    scored = mfp("forecast", "score", SURVEY, "--wave", "2")
    assert scored.code == 0 and "in hindsight and is no test" in " ".join(scored.out.split())
    records = mfp("show", SURVEY, "forecast", "--json").records
    assert {record["state"] for record in records} == {"in hindsight"}


def test_a_wave_that_was_fitted_is_refused(mfp, shut):  # noqa: F811
    mfp("forecast", "freeze", SURVEY)
    arrive(shut, "2")
    ended = mfp("forecast", "score", SURVEY, "--wave", "1")
    assert (ended.code, ended.out) == (2, "")
    assert "wave 1: was fitted itself" in ended.err and "known: 2" in ended.err


def test_a_changed_forecast_is_refused_wherever_it_would_be_shown(mfp, shut):  # noqa: F811
    mfp("forecast", "freeze", SURVEY)
    file = shut.project.data / "forecasts" / FIT / "forecast.json"
    written = json.loads(file.read_text())
    written["content"]["frozen"] = "2020-01-01T00:00:00+00:00"
    file.write_text(json.dumps(written))
    for words in (("show", SURVEY, "forecast"), ("forecast", "score", SURVEY, "--wave", "2")):
        ended = mfp(*words)
        assert (ended.code, ended.out) == (2, "")
        assert "was changed after it was written" in ended.err
