"""Answers that a forecast cannot have been made before are scored in hindsight."""

import json
from datetime import UTC, datetime

import polars as pl

from mfp_stats.responses import Submission
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.workflow.forecasts import told
from mfp_stats.workflow.forecasts.files import canonical_hash
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.hindsight import in_hindsight
from mfp_stats.workflow.forecasts.scoring import Against, other_waves, score_forecast
from mfp_stats.workflow.results import fit_of
from tests.forecast.conftest import PEOPLE, SURVEY

KEYS = ("respondent", "wave")


def frozen(town):
    return freeze(town.project, town.store, SURVEY).forecast


def scored(town, forecast, wave="2", number=None):
    against = Against(None if number else wave, number)
    return score_forecast(town.project, town.store, forecast, against)


def hindsight(town, forecast, wave="2"):
    keys = town.store.respondents(SURVEY).filter(wave=wave).select(KEYS)
    return in_hindsight(town.store, forecast, keys)


def stored(known):
    told = f"the answers of {known:,} of the {PEOPLE} people were stored already"
    return f"When it was frozen, {told}."


def submit(town, people, *, wave="2", since=0):
    """Hand in questionnaires as the web form does, of people ``since`` to ``since + people``."""
    truth = default_truth(town.questionnaire, seed=1)
    sheet = simulate_survey(town.questionnaire, truth, n=PEOPLE, seed=2, wave=wave).sheet
    now = datetime(2026, 5, 4, tzinfo=UTC)
    skip = {*sheet.columns[:6], *(name for name in sheet.columns if name.endswith("|status"))}
    for row in sheet.slice(since, people).to_dicts():
        answers = {k: v for k, v in row.items() if k not in skip and v is not None}
        town.store.append_submission(
            Submission(
                instance_id=f"web-{wave}-{row['respondent']}",
                survey=SURVEY,
                questionnaire=town.questionnaire.hash,
                wave=wave,
                answers=answers,
                arms=json.loads(row["arms"] or "{}"),
                shown={},
                started=now,
                submitted=now,
                consent={},
            )
        )


def test_a_wave_that_comes_after_freezing_is_a_test(town):
    forecast = frozen(town)
    assert forecast.stored == PEOPLE
    town.answer("2")
    assert hindsight(town, forecast) == [] == scored(town, forecast).hindsight
    assert other_waves(town.store, forecast) == {"2": False}
    assert told.tested(fit_of(town.project, SURVEY)).of == "wave 2"


def test_a_wave_that_was_stored_when_it_was_frozen_is_none(town):
    number = town.answer("2")
    forecast = frozen(town)
    assert forecast.content["notes"][-1].startswith("Stored already when this was frozen")
    assert scored(town, forecast).hindsight == [stored(PEOPLE)]
    assert scored(town, forecast, number=number).hindsight == [stored(PEOPLE)]
    assert other_waves(town.store, forecast) == {"2": True}
    assert told.tested(fit_of(town.project, SURVEY)) is None


def test_an_earlier_wave_is_none_even_if_it_is_imported_later(empty):
    empty.answer("2", seed=1)
    empty.fit()
    forecast = frozen(empty)
    empty.answer("1")
    empty.answer("10", seed=3)
    assert scored(empty, forecast, "1").hindsight == [
        "Wave 1 is earlier than wave 2, which was fitted."
    ]
    assert scored(empty, forecast, "10").hindsight == []
    # Words do not tell which comes first.
    empty.answer("autumn", seed=4)
    assert scored(empty, forecast, "autumn").hindsight == []


def test_fielded_answers_count_from_when_they_were_handed_in(town):
    submit(town, 3)
    forecast = frozen(town)
    submit(town, 40, since=3)
    (reason,) = hindsight(town, forecast)
    assert reason.startswith("When it was frozen, the answers of 3 of the 43 people")
    submit(town, 5, wave="3")
    assert hindsight(town, forecast, "3") == []


def test_an_import_that_was_withdrawn_and_made_again_is_still_known(town):
    number = town.answer("2")
    forecast = frozen(town)
    town.store.withdraw(SURVEY, number, "the wrong mapping")
    town.answer("2", change=lambda sheet: sheet.with_columns(weight=pl.lit(1.0)))
    assert scored(town, forecast).hindsight == [stored(PEOPLE)]


def test_without_a_line_in_the_audit_nothing_vouches_for_the_time(town, monkeypatch):
    monkeypatch.setattr(type(town.store), "note_forecast", lambda *_: None)
    forecast = frozen(town)
    town.answer("2")
    (reason,) = scored(town, forecast).hindsight
    assert "audit holds no line on this forecast" in reason
    assert told.tested(fit_of(town.project, SURVEY)) is None


def test_forecasts_and_scores_of_an_earlier_release_are_no_test(town):
    forecast = frozen(town)
    town.answer("2")
    first = scored(town, forecast)
    file = next((forecast.folder / "scores").glob("*.json"))
    content = {name: part for name, part in first.content.items() if name != "hindsight"}
    file.unlink()
    file.with_name("old.json").write_text(
        json.dumps({"sha256": canonical_hash(content), "content": content})
    )
    (reason,) = forecast.scores()[0].hindsight
    assert "Score it again" in reason and told.tested(fit_of(town.project, SURVEY)) is None
    assert scored(town, forecast).hindsight == [] and len(forecast.scores()) == 2
    old = type(forecast)(forecast.folder, forecast.sha256, dict(forecast.content))
    del old.content["stored"]
    (reason,) = hindsight(town, old)
    assert "did not note what answers were stored" in reason
