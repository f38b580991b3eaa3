"""From a fit to a frozen forecast to its scores; what cannot be is refused in words."""

import json
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import ChoiceError, FitRefused, ForecastRefused, ProjectError
from mfp_stats.project import QUESTIONNAIRE_FILE
from mfp_stats.quantities.forecast.peers import beta_draws
from mfp_stats.quantities.forecast.scores import score
from mfp_stats.weights import Margins
from mfp_stats.workflow.forecasts.files import (
    FORECAST_FILE,
    canonical_hash,
    forecasts_of,
    read_forecast,
)
from mfp_stats.workflow.forecasts.freeze import NO_COVARIATES, freeze
from mfp_stats.workflow.forecasts.scoring import Against, forecast_named, score_forecast
from tests.app.synthetic import STEPS
from tests.forecast.conftest import DRAWN, FIT, PEOPLE, SURVEY

WAVE = Against(wave="2")


def frozen(town, **more):
    return freeze(town.project, town.store, SURVEY, **more).forecast


def scored(town, against=WAVE, forecast=None):
    found = forecast or forecast_named(town.project, SURVEY)
    return score_forecast(town.project, town.store, found, against)


def test_a_forecast_holds_all_that_scoring_needs(town):
    forecast = frozen(town)
    content = forecast.content
    assert forecast.id == content["fit"] == FIT and forecast.waves == ["1"]
    assert content["fitted"] == [{"wave": "1", "source": "import 1", "people": PEOPLE}]
    assert content["questionnaire"] == town.questionnaire.hash
    assert content["levels"][content["accept"]] == "support"
    assert content["group"] == town.questionnaire.group
    assert content["covariates"] == ["age", "gender", "education"]
    assert len(content["interventions"]) == 6 and len(content["groups"]) == 4
    drawn = pl.read_parquet(
        town.project.data / "fits" / FIT / "tables" / "acceptance_draws.parquet"
    )
    cells = forecast.cells()
    assert len(cells) == len(drawn) / DRAWN
    for cell, row in cells.items():
        kept = drawn.filter(**cell._asdict()).sort("draw")["accepts"].to_numpy()
        np.testing.assert_allclose(row["model"], kept, atol=1e-6)
        a, b = row["group_mean"]
        assert a + b == pytest.approx(1 + row["n"])
        assert a / (a + b) == pytest.approx(kept.mean(), abs=0.03)
        assert len(row["demographic"]) == 500
    assert town.store.noted_forecasts() == {FIT: forecast.sha256}
    assert town.store.audit_break() is None


def test_freezing_twice_adds_nothing(town):
    first = freeze(town.project, town.store, SURVEY)
    again = freeze(town.project, town.store, SURVEY)
    assert (first.added, again.added) == (True, False)
    assert first.forecast == again.forecast
    assert len(forecasts_of(town.project.data, SURVEY)) == 1


def test_a_crash_before_the_audit_was_written_is_mended_by_freezing_again(town, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(town.store), "note_forecast", crash)
    with pytest.raises(KeyboardInterrupt):
        frozen(town)
    monkeypatch.undo()
    assert town.store.noted_forecasts() == {}
    forecast = frozen(town)
    assert town.store.noted_forecasts() == {FIT: forecast.sha256}


def test_a_crash_while_writing_leaves_no_forecast(town, monkeypatch):
    from mfp_stats.workflow.forecasts import files

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "write_json", crash)
    with pytest.raises(KeyboardInterrupt):
        frozen(town)
    monkeypatch.undo()
    assert forecasts_of(town.project.data, SURVEY) == []
    assert frozen(town).id == FIT


def test_the_newest_fit_that_passed_is_frozen_and_a_failed_one_refused_by_name(town):
    town.fit("20270101T000000Z-ffffff", failed=STEPS[3:])
    assert frozen(town).id == FIT
    with pytest.raises(FitRefused, match="R-hat"):
        frozen(town, fit_id="20270101T000000Z-ffffff")
    with pytest.raises(ProjectError, match="no fit 'x'"):
        frozen(town, fit_id="x")
    shutil.rmtree(town.project.data / "fits" / FIT)
    with pytest.raises(FitRefused):
        frozen(town)


def test_answers_that_are_gone_or_do_not_stand_cannot_be_frozen(town):
    town.store.withdraw(SURVEY, 1, "the wrong mapping")
    with pytest.raises(ForecastRefused, match=f"{PEOPLE} people who were fitted were withdrawn"):
        frozen(town)
    job = town.project.data / "jobs" / FIT
    sheet = pl.read_parquet(job / "sheet.parquet")
    sheet.head(5).write_parquet(job / "sheet.parquet")
    with pytest.raises(ForecastRefused, match="is not what the fit was made of"):
        frozen(town)
    shutil.rmtree(job)
    with pytest.raises(ForecastRefused, match="no longer there"):
        frozen(town)


def test_without_covariates_the_demographic_model_is_absent_and_that_is_said(empty):
    def unknown(sheet):
        return sheet.with_columns(
            pl.lit(-1, dtype=pl.Int16).alias(n) for n in ("age", "gender", "education")
        )

    empty.answer("1", seed=1, change=unknown)
    empty.fit()
    forecast = frozen(empty)
    empty.answer("2")
    assert forecast.content["notes"] == [NO_COVARIATES]
    assert {row["demographic"] for row in forecast.content["cells"]} == {None}
    assert set(scored(empty).summary["prediction"]) == {"model", "group_mean"}


def test_scores_are_those_of_what_was_observed(town):
    forecast = frozen(town)
    town.answer("2")
    scores = scored(town)
    sheet = town.store.sheet(town.questionnaire).filter(wave="2")
    cells = scores.cells
    assert len(cells) == len(forecast.cells()) and scores.of == "wave 2"
    item = next(
        i for i in town.questionnaire.items if i.intervention and i.accept_from == "support"
    )
    group = town.questionnaire.item(town.questionnaire.group)
    for row in cells.filter(weighting="unweighted", intervention=item.intervention).to_dicts():
        code = group.option_names.index(row["group"])
        answers = sheet.filter(pl.col(group.name) == code)[item.name]
        given = answers.filter(answers >= 0)
        accepts = given >= item.option_names.index("support")
        assert (row["asked"], row["effective_n"]) == (len(given), len(given))
        assert row["observed"] == pytest.approx(accepts.mean())
        cell = next(c for c in forecast.cells() if c._asdict().items() <= row.items())
        a, b = forecast.cells()[cell]["group_mean"]
        expected = score(beta_draws(a, b), len(given), int(accepts.sum()), 0.5)
        assert row["group_mean_log_score"] == pytest.approx(expected.log_score)
        assert row["group_mean_crps"] == pytest.approx(expected.crps)
    summary = scores.summary.filter(weighting="unweighted")
    assert summary["prediction"].to_list() == ["model", "group_mean", "demographic"]
    assert summary["log_score_difference_se"].null_count() == 1
    assert summary["covered_90"].to_list()[0] > 0.7


def test_weights_count_by_their_effective_number(town):
    frozen(town)
    town.answer("2", change=lambda s: s.with_columns(weight=pl.Series([0.5, 2.0] * (PEOPLE // 2))))
    scores = scored(town)
    # The wave that was fitted had no weights.
    assert set(scores.cells["weighting"]) == {"unweighted"}


def test_a_weighted_forecast_is_scored_by_weighted_shares(empty):
    def weigh(sheet):
        return sheet.with_columns(weight=pl.Series([0.5, 2.0] * (PEOPLE // 2)))

    empty.answer("1", seed=1, change=weigh)
    empty.fit()
    frozen(empty)
    empty.answer("2", change=weigh)
    weighted = scored(empty).cells.filter(weighting="weighted")
    assert len(weighted) == 24
    # Half the people count four times as much as the others.
    assert 0.6 < weighted["effective_n"].sum() / weighted["asked"].sum() < 0.8
    empty.answer("3", seed=3)
    without = scored(empty, Against(wave="3"))
    assert set(without.cells["weighting"]) == {"unweighted"}
    assert any(
        "no weights for what was forecast as weighted" in n for n in without.content["notes"]
    )


def test_scoring_twice_adds_nothing_and_new_answers_add_scores(town):
    forecast = frozen(town)
    town.answer("2")
    first = scored(town)
    assert scored(town) == first and forecast.scores() == [first]
    town.answer("2", 60, seed=9)
    assert len(forecast.scores()) == 1
    second = scored(town)
    assert second.content["people"] == PEOPLE + 60
    assert len(forecast.scores()) == 2


def test_a_shifted_forecast_is_caught(empty):
    empty.answer("1", 900, seed=1)
    empty.fit(shift=0.15)
    frozen(empty)
    empty.answer("2", 900)
    summary = scored(empty).summary.filter(weighting="unweighted")
    of = {row["prediction"]: row for row in summary.to_dicts()}
    assert of["model"]["covered_90"] < 0.7 < of["group_mean"]["covered_90"]
    apart = of["group_mean"]
    assert apart["log_score_difference"] + 2 * apart["log_score_difference_se"] < 0
    assert apart["crps_difference"] - 2 * apart["crps_difference_se"] > 0


def test_one_import_can_be_scored_and_one_that_was_fitted_cannot(town):
    number = town.answer("1", seed=7)
    frozen_before = frozen(town)
    # The fit saw both imports only if it was made after the second: it was not.
    assert [s["source"] for s in frozen_before.content["fitted"]] == ["import 1"]
    scores = scored(town, Against(number=number))
    assert scores.of == f"import {number}" and scores.content["people"] == PEOPLE
    for wrong in (Against(number=1), Against(wave="1")):
        with pytest.raises(ForecastRefused, match="was fitted itself"):
            scored(town, wrong)


def test_a_wave_that_nobody_answered_is_named_with_those_there_are(town):
    frozen(town)
    town.answer("2")
    with pytest.raises(ForecastRefused, match=r"wave 7: nobody's answers .* known: 2"):
        scored(town, Against(wave="7"))


def test_a_wave_with_one_person_is_scored_by_no_number(town):
    forecast = frozen(town)
    town.answer("2", 1)
    with pytest.raises(ForecastRefused, match="scored by the answers of 1 person"):
        scored(town)
    town.answer("2", 40, seed=5)
    with pytest.raises(ForecastRefused, match="too few to be shown"):
        scored(town)
    assert forecast.scores() == []


def test_a_group_that_is_absent_and_a_proposal_not_asked_about_are_named(town):
    group = town.questionnaire.item(town.questionnaire.group)
    names = list(town.questionnaire.interventions)
    responses = [i.name for i in town.questionnaire.items if i.intervention == names[0]]
    kept = [n for n in responses if town.questionnaire.item(n).role == "response"]

    def change(sheet):
        first = pl.col(group.name) == 0
        gone = [pl.lit(-1, dtype=pl.Int16).alias(name) for name in kept]
        return sheet.with_columns(
            pl.when(first).then(1).otherwise(group.name).cast(pl.Int16).alias(group.name), *gone
        )

    frozen(town)
    town.answer("2", change=change)
    scores = scored(town)
    assert names[0] not in set(scores.cells["intervention"])
    assert group.option_names[0] not in set(scores.cells["group"])
    notes = " ".join(scores.content["notes"])
    assert f"Nobody was asked about “{names[0].title()}” in: " in notes
    assert f"in: {group.option_names[0].title()}." in notes


@pytest.mark.parametrize("answered", ["before", "after"])
def test_a_changed_questionnaire_is_scored_where_both_ask(town, answered):
    """Whether the wave was fielded with it, or with the old one and it was changed since."""
    frozen(town)
    if answered == "before":
        town.answer("2")
    names = list(town.questionnaire.interventions)
    own = town.project.root / "surveys" / SURVEY
    shutil.copytree(town.project.survey_folder(SURVEY), own)
    file = own / QUESTIONNAIRE_FILE
    text = file.read_text(encoding="utf-8")
    start = text.index(f"  {names[0]}:")
    renamed = f"  {names[0]}_new:" + text[start + len(f"  {names[0]}:") :]
    file.write_text(text[:start] + renamed, encoding="utf-8")
    if answered == "after":
        replace(town, questionnaire=town.project.questionnaire(SURVEY)).answer("2")
    scores = scored(town)
    notes = " ".join(scores.content["notes"])
    assert "The questionnaire was changed since the forecast was frozen" in notes
    assert names[0] not in set(scores.cells["intervention"])
    assert f"Nobody was asked about “{names[0].title()}”" in notes


def test_the_same_people_again_are_said(empty):
    empty.answer("1", seed=1)
    empty.fit()
    frozen(empty)
    empty.answer("2", seed=1)
    # The simulation of the same seed is of the same people, who answer alike.
    notes = " ".join(scored(empty).content["notes"])
    assert f"{PEOPLE} of the {PEOPLE} people were asked in the wave that was fitted too" in notes


def test_a_forecast_that_was_changed_is_refused_in_words(town):
    forecast = frozen(town)
    town.answer("2")
    file = forecast.folder / FORECAST_FILE
    written = json.loads(file.read_text())
    written["content"]["cells"][0]["model"][0] = 0.5
    file.write_text(json.dumps(written))
    for use in (
        lambda: forecasts_of(town.project.data, SURVEY),
        lambda: read_forecast(forecast.folder),
    ):
        with pytest.raises(ForecastRefused, match="was changed after it was written"):
            use()
    # With its hash made anew it is a whole file, and not the one that the audit vouches for.
    written["sha256"] = canonical_hash(written["content"])
    file.write_text(json.dumps(written))
    with pytest.raises(ForecastRefused, match="is not the forecast that was noted"):
        scored(town)
    file.write_text("{")
    with pytest.raises(ForecastRefused, match="cannot be read"):
        scored(town)
    file.write_text("[]")
    with pytest.raises(ForecastRefused, match="is no forecast"):
        scored(town)


def test_scores_that_were_changed_are_refused(town):
    forecast = frozen(town)
    town.answer("2")
    scored(town)
    file = next((forecast.folder / "scores").glob("*.json"))
    written = json.loads(file.read_text())
    written["content"]["summary"][0]["crps"] = 0.0
    file.write_text(json.dumps(written))
    with pytest.raises(ForecastRefused, match="was changed"):
        forecast.scores()
    written["content"]["forecast"] = "0" * 64
    file.write_text(json.dumps(written | {"sha256": canonical_hash(written["content"])}))
    with pytest.raises(ForecastRefused, match="scores of another forecast"):
        forecast.scores()


def test_a_forecast_of_answers_withdrawn_since_is_refused_with_the_reason(town):
    frozen(town)
    town.answer("2")
    town.store.withdraw(SURVEY, 1, "sent twice")
    with pytest.raises(ForecastRefused, match="import 1, which was withdrawn since: sent twice"):
        scored(town)


def test_a_forecast_outlives_its_fit_and_says_so(town):
    frozen(town)
    town.answer("2")
    shutil.rmtree(town.project.data / "fits" / FIT)
    scores = scored(town)
    assert len(scores.cells) == 24
    assert any("no longer there" in note for note in scores.content["notes"])


def test_a_survey_without_answers_or_forecasts_has_nothing_to_score(town):
    with pytest.raises(ForecastRefused, match=f"mfp forecast freeze {SURVEY}"):
        forecast_named(town.project, SURVEY)
    forecast = frozen(town)
    with pytest.raises(ForecastRefused, match=f"no forecast 'x'; known: {FIT}"):
        forecast_named(town.project, SURVEY, "x")
    with pytest.raises(ProjectError):
        forecast_named(town.project, "nowhere")
    town.store.withdraw(SURVEY, 1, "all were tests")
    with pytest.raises(ForecastRefused):
        scored(town, forecast=forecast)


def test_from_python_the_same(town):
    from mfp_stats.workflow.api import Workspace

    town.answer("2")
    town.store.close()
    with Workspace(town.project) as workspace:
        forecast = workspace.freeze_forecast(SURVEY)
        scores = workspace.score_forecast(SURVEY, wave="2")
        assert forecast.scores() == [scores]
        assert workspace.score_forecast(SURVEY, forecast.id, number=2).of == "import 2"
        with pytest.raises(ChoiceError, match="Name one"):
            workspace.score_forecast(SURVEY)


def test_a_raked_forecast_is_scored_by_weights_raked_to_the_same_shares(empty):
    margins = empty.project.root / "surveys" / SURVEY / "margins.yaml"
    shutil.copytree(empty.project.survey_folder(SURVEY), margins.parent)
    margins.write_text("gender: {woman: 0.7, man: 0.25, other: 0.05}\n")
    empty.answer("1", seed=1)
    empty.fit(margins=margins)
    forecast = frozen(empty)
    assert {cell.weighting for cell in forecast.cells()} == {"unweighted", "raked"}
    assert forecast.content["margins"]["gender"]["woman"] == pytest.approx(0.7)
    # Margins that change later are not those that were forecast.
    margins.write_text("gender: {woman: 0.1, man: 0.85, other: 0.05}\n")
    empty.answer("2")
    raked = scored(empty).cells.filter(weighting="raked")
    sheet = empty.store.sheet(empty.questionnaire).filter(wave="2")
    again = build_model_data(
        sheet, empty.questionnaire, margins=Margins(forecast.content["margins"])
    )
    given = again.responses
    for row in raked.to_dicts():
        x = given.interventions.index(row["intervention"])
        rows = (again.group == again.groups.index(row["group"])) & (given.answers[:, x] >= 0)
        share = np.average(given.answers[rows, x] >= given.accept, weights=again.weight[rows])
        assert row["observed"] == pytest.approx(share)


def test_a_model_that_misses_what_it_was_fitted_to_says_so_when_frozen(empty):
    empty.answer("1", 900, seed=1)
    empty.fit(shift=0.2)
    note = frozen(empty).content["notes"][-1]
    assert note.startswith("The model misses what was observed in the very answers")
    empty.fit("20270101T000000Z-ffffff")
    assert frozen(empty, fit_id="20270101T000000Z-ffffff").content["notes"] == []


def test_a_forecast_whose_survey_was_erased_is_no_number(town):
    from mfp_stats.store import Store

    forecast = frozen(town)
    town.erase()
    with Store.open(town.project.data) as store:
        with pytest.raises(ForecastRefused, match=r"no answers are stored \(any more\)"):
            score_forecast(town.project, store, forecast, WAVE)
        with pytest.raises(ForecastRefused, match="were withdrawn or erased since"):
            (forecast.folder / FORECAST_FILE).unlink()
            freeze(town.project, store, SURVEY)
