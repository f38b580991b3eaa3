"""Sentences, badges and the page: untested until scored, then how it came out."""

import html
import json
from dataclasses import replace

import polars as pl
import pytest

from mfp_stats.errors import ForecastRefused
from mfp_stats.questionnaire.model import Role
from mfp_stats.store import Store
from mfp_stats.views import found as found_words
from mfp_stats.views.forecast_charts import forecast_chart
from mfp_stats.views.forecast_findings import (
    badge,
    describe_forecasts,
    describe_left_out,
    forecast_name,
)
from mfp_stats.views.found import describe
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.forecasts import told
from mfp_stats.workflow.forecasts.files import canonical_hash, forecasts_of
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import Against, score_forecast
from mfp_stats.workflow.needs import NOT_ALONE
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.show import show, topic_tables
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import Open, charts, fresh, open_page, texts  # noqa: F401 - fixtures
from tests.app.synthetic import save_synthetic
from tests.forecast.conftest import SURVEY


def score(town) -> None:
    forecast = freeze(town.project, town.store, SURVEY).forecast
    town.answer("2")
    score_forecast(town.project, town.store, forecast, Against(wave="2"))


def said(town) -> list[str]:
    return describe_forecasts(topic_tables(fit_of(town.project, SURVEY), Topic.FORECAST))


def test_predictions_are_untested_until_a_wave_has_scored_them(town):
    results = fit_of(town.project, SURVEY)
    assert told.tested(results) is None and badge(None).label == "Untested"
    surface = topic_tables(results, Topic.SURFACE)
    note = describe(results, Topic.SURFACE, surface)[-1]
    assert note.startswith("Untested: no later wave has scored what this fit predicts.")
    assert not show(town.project, SURVEY, Topic.SURFACE).records[0]["tested"]
    freeze(town.project, town.store, SURVEY)
    assert told.tested(results) is None
    assert "is untested: nothing has scored it yet." in said(town)[0]
    score(town)
    found = told.tested(results)
    assert found is not None and found.of == "wave 2" and found.cells == 24
    assert badge(found).label == f"Acceptance tested on wave 2: {found.covered_90} of 24 held"
    last = describe(results, Topic.SURFACE, surface)[-1]
    assert last == f"{badge(found).label} within their 90 % intervals."
    assert show(town.project, SURVEY, Topic.SURFACE).records[0]["tested"] is True
    cells = forecasts_of(town.project.data, SURVEY)[0].scores()[0].cells
    assert found.covered_90 == cells["model_covered_90"].sum()
    # A fit of later answers is a new prediction.
    town.fit("20270101T000000Z-ffffff")
    assert told.tested(fit_of(town.project, SURVEY)) is None


def test_what_a_later_wave_did_not_ask_stays_untested(town):
    """A wave that asks of one proposal alone tests that one, not the others nor all together."""
    forecast = freeze(town.project, town.store, SURVEY).forecast

    def only_one(sheet: pl.DataFrame) -> pl.DataFrame:
        items = town.questionnaire.with_role(Role.RESPONSE)
        others = [i.name for i in items if i.intervention != "pause" and i.name in sheet.columns]
        return sheet.with_columns(pl.lit(-1, dtype=pl.Int16).alias(name) for name in others)

    town.answer("2", change=only_one)
    score_forecast(town.project, town.store, forecast, Against(wave="2"))
    results = fit_of(town.project, SURVEY)
    found = told.tested(results)
    assert found is not None and found.cells == 4 and found.predicted == 24
    shown = badge(found)
    assert shown.label.startswith("4 of 24 predictions of acceptance tested on wave 2: ")
    assert "not the other predictions of acceptance" in shown.meaning and shown.color != "blue"
    records = show(town.project, SURVEY, Topic.SURFACE).records
    assert {r["tested"] for r in records if r["intervention"] == "pause"} == {True}
    assert {r["tested"] for r in records if r["intervention"] != "pause"} == {False}


def test_a_wave_that_was_stored_before_is_told_in_hindsight_and_tests_nothing(town, open_page):  # noqa: F811
    town.answer("2")
    forecast = freeze(town.project, town.store, SURVEY).forecast
    test, words = page(town, open_page)
    assert test.selectbox(key="score_wave").options == ["2 (in hindsight)"]
    assert "Stored already when this was frozen, though not fitted: wave 2 (480 people)." in words
    score_forecast(town.project, town.store, forecast, Against(wave="2"))
    assert told.tested(fit_of(town.project, SURVEY)) is None
    line, *others = said(town)
    assert "was held against wave 2: " in line
    assert line.endswith("That was in hindsight and is no test: the forecast stays untested.")
    assert any("480 of the 480 people were stored already" in other for other in others)
    test, words = page(town, open_page)
    assert any("Untested" in mark.value for mark in test.markdown)
    # A wave that comes later is a test beside it.
    town.answer("3", seed=3)
    score_forecast(town.project, town.store, forecast, Against(wave="3"))
    found = told.tested(fit_of(town.project, SURVEY))
    assert found is not None and found.of == "wave 3"
    states = topic_tables(fit_of(town.project, SURVEY), Topic.FORECAST)["forecasts"]
    later, earlier = states.sort("of", descending=True).to_dicts()
    assert (later["state"], earlier["state"]) == ("scored", "in hindsight")
    assert forecast_name(later).endswith(" UTC, held against wave 3")
    assert forecast_name(earlier).endswith(" UTC, held in hindsight against wave 2")


def test_findings_hold_the_numbers_of_the_scores(town):
    score(town)
    words = " ".join(said(town))
    scores = forecasts_of(town.project.data, SURVEY)[0].scores()[0]
    model = scores.summary.filter(prediction="model").row(0, named=True)
    inside = round(24 * model["covered_90"])
    assert f"{inside} of 24 observed shares lay within the 90 % intervals" in words
    cells = scores.cells.with_columns(off=(pl.col("observed") - pl.col("model_mean")).abs())
    worst = cells.sort("off").row(-1, named=True)
    assert f"Farthest off: “{worst['intervention_label']}” among “{worst['group_label']}”" in words
    assert words.removesuffix(f" {NOT_ALONE}").endswith("the people who answered.")


@pytest.mark.parametrize(
    ("held", "color", "judged"),
    [(22, "blue", "about as many as"), (18, "orange", ": fewer than"), (4, "red", "far fewer")],
)
def test_a_badge_is_blue_only_where_what_was_scored_held(held, color, judged):
    shown = badge(told.Tested("wave 2", held, 24, 24, frozenset()))
    assert shown.color == color and judged in shown.meaning
    assert "Nothing else was scored: not how probably groups accept together" in shown.meaning
    assert badge(None).color == "orange"


def summary(
    difference: float, error: float | None, better: float | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    cell = {"weighting": "unweighted", "intervention": "a", "intervention_label": "A"}
    cell |= {"group_label": "G", "observed": 0.5}
    cell |= {f"model_{end}": 0.5 for end in ("mean", "q05", "q95")}
    head = {"weighting": "unweighted", "cells": 10, "covered_50": 0.5, "covered_90": 0.9}
    rows = [
        head | {"prediction": "model"},
        head
        | {"prediction": "group_mean", "log_score_difference": difference}
        | {"log_score_difference_se": error, "better_probability": better},
    ]
    return pl.DataFrame([cell]), pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("difference", "error", "better", "expected"),
    [
        (0.3, 0.1, 0.98, "It predicted better than the group's mean over the other proposals"),
        (-0.3, 0.1, 0.02, "It predicted worse than"),
        (0.15, 0.1, 0.93, "It probably predicted better than"),
        (-0.15, 0.1, 0.07, "It probably predicted worse than"),
        (0.1, 0.1, 0.84, "It cannot be told whether it predicts better than"),
        (0.1, None, None, "Of one proposal it cannot be told"),
    ],
)
def test_better_and_worse_are_said_only_where_they_can_be_told(difference, error, better, expected):
    words = describe_left_out(*summary(difference, error, better))
    assert any(line.startswith(expected) for line in words)
    assert "9 of 10 observed shares lay within the 90 % intervals, 5 within the 50 %" in words[0]
    assert words[1].startswith("This is no test on new answers")
    assert not any("from the others alone" in line for line in words)


def test_why_no_proposal_is_predicted_from_the_others_is_said(town):
    freeze(town.project, town.store, SURVEY)
    tables = topic_tables(fit_of(town.project, SURVEY), Topic.FORECAST)
    without = {**tables, "left_out": pl.DataFrame(), "left_out_summary": pl.DataFrame()}
    untested, *_, last = describe_forecasts(without)
    assert "is untested" in untested
    assert last == (
        "No proposal is predicted from the others: that needs a fit of three proposals or more, "
        "none of them an option of one question, each with questions on what it would do for what "
        "people value."
    )


def test_the_chart_speaks_every_number(town):
    score(town)
    tables = topic_tables(fit_of(town.project, SURVEY), Topic.FORECAST)
    figure = forecast_chart(tables["forecast_cells"])
    for row in tables["forecast_cells"].to_dicts():
        assert f"{row['intervention_label']}, {row['group_label']} predicted" in figure.alt
        assert f"observed {100 * row['observed']:.0f} %" in figure.alt
    assert len(figure.chart.to_dict()["layer"]) == 4
    bare = tables["forecast_cells"].with_columns(observed=pl.lit(None, dtype=pl.Float64))
    assert "observed" not in forecast_chart(bare).alt


def page(town, opened: Open, name: str = "forecasts.py"):
    test = opened(PageContext(town.project, town.store), name, SURVEY)
    assert not test.exception, test.exception
    return test, html.unescape(texts(test))


def test_the_page_from_untested_to_scored(town, open_page):  # noqa: F811
    test, words = page(town, open_page)
    assert "mfp forecast freeze ai_datacentres" in words and not charts(test)
    assert any("Untested" in mark.value for mark in test.markdown)
    forecast = freeze(town.project, town.store, SURVEY).forecast
    test, words = page(town, open_page)
    assert forecast.sha256 in words and "is untested" in words
    assert "predicted" in charts(test)[0].proto.alt
    score(town)
    test, words = page(town, open_page)
    assert "was held against wave 2" in words
    assert any("Acceptance tested on wave 2" in mark.value for mark in test.markdown)
    assert "observed" in charts(test)[0].proto.alt
    assert any("Log score" in frame.value for frame in test.dataframe)


def test_a_changed_forecast_is_no_page_of_numbers(town, open_page):  # noqa: F811
    forecast = freeze(town.project, town.store, SURVEY).forecast
    file = forecast.folder / "forecast.json"
    file.write_text(file.read_text().replace('"accept": 3', '"accept": 2'))
    test, words = page(town, open_page)
    assert "was changed after it was written" in words
    assert not charts(test) and not test.dataframe


def test_the_page_of_a_forecast_whose_survey_was_erased_offers_no_score(town, open_page):  # noqa: F811
    forecast = freeze(town.project, town.store, SURVEY).forecast
    town.answer("2")
    town.erase()
    with Store.open(town.project.data) as store:
        test, words = page(replace(town, store=store), open_page)
    assert forecast.sha256 in words and "is untested" in words
    assert "No answers to this survey are stored (any more)" in words
    assert not [button for button in test.button if button.label.startswith("Hold")]


def test_scores_of_another_forecast_are_no_test(town):
    score(town)
    results = fit_of(town.project, SURVEY)
    (file,) = (town.project.data / "forecasts" / results.fit_id / "scores").glob("*.json")
    content = json.loads(file.read_text())["content"] | {"forecast": "0" * 64}
    file.write_text(json.dumps({"sha256": canonical_hash(content), "content": content}))
    with pytest.raises(ForecastRefused, match="has scores of another forecast"):
        told.tested(results)
    assert "has scores of another forecast" in found_words.tested_note(results)
    assert show(town.project, SURVEY, Topic.SURFACE).records[0]["tested"] is None


@pytest.mark.parametrize("name", ["gap.py", "surface.py"])
def test_scores_that_cannot_be_read_leave_the_page_and_are_named(fresh, open_page, name):  # noqa: F811
    questionnaire = fresh.project.questionnaire(SURVEY)
    folder = save_synthetic(fresh.project.data / "fits", questionnaire)
    scores = fresh.project.data / "forecasts" / folder.name / "scores"
    scores.mkdir(parents=True)
    (scores / "damaged.json").write_text("{")
    test = open_page(fresh, name, SURVEY)
    assert not test.exception, test.exception
    words = html.unescape(texts(test))
    assert any("Forecast cannot be read" in mark.value for mark in test.markdown)
    assert "damaged.json: cannot be read" in words and charts(test)
    assert not any("Untested" in mark.value for mark in test.markdown)


def test_the_page_freezes_and_scores_while_it_holds_the_store(town, open_page):  # noqa: F811
    test, _ = page(town, open_page)
    (freezing,) = (b for b in test.button if b.label.startswith("Freeze"))
    freezing.click().run()
    assert not test.exception
    (forecast,) = forecasts_of(town.project.data, SURVEY)
    assert "No other wave has been answered yet" in html.unescape(texts(test))
    assert not [b for b in test.button if b.label.startswith("Freeze")]
    town.answer("2", 3)
    test, _ = page(town, open_page)
    assert test.selectbox(key="score_wave").options == ["2"]
    (scoring,) = (b for b in test.button if b.label.startswith("Hold"))
    scoring.click().run()
    assert "scored by the answers of 3 people" in html.unescape(texts(test))
    assert forecast.scores() == []
    town.answer("2", seed=8)
    next(b for b in test.button if b.label.startswith("Hold")).click().run()
    assert not test.exception and len(forecast.scores()) == 1
    assert "was held against wave 2" in html.unescape(texts(test))
    # A later fit has predictions of its own to be frozen.
    town.fit("20270101T000000Z-ffffff")
    test, _ = page(town, open_page)
    assert [b for b in test.button if b.label.startswith("Freeze")]
