"""The perception part of a fit, from answers to gated tables."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.workflow import perception
from mfp_stats.workflow.enough import leave_out_too_few
from mfp_stats.workflow.perception import fit_perception
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.values import fit_values, values_steps

VALUES = {"fairness": "Fairness", "voice": "A say", "nature": "Nature", "income": "Jobs"}
SUPPORT = {"labels": ["never", "perhaps", "gladly"], "accept_from": "gladly"}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    """Single picks, so that both fits take a second."""
    return parse(
        {
            "survey": "guessing",
            "title": "Guessing",
            "group": "side",
            "values": VALUES,
            "interventions": {"pause": "Pause"},
            "scales": {"support3": SUPPORT},
            "blocks": [
                {"block": "you", "items": [
                    {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                     "options": {"near": "Near", "far": "Far"}}]},
                {"block": "top", "role": "value_tradeoff", "type": "select_multiple",
                 "max_choices": 2},
                {"block": "support", "role": "response", "scale": "support3"},
                {"block": "others", "role": "perception"},
                {"block": "theirs", "role": "perception", "items": [
                    {"name": "far_pause", "group_of": "far", "intervention": "pause",
                     "type": "select_one support3", "label": "What would most say?"}]},
            ],
        },
        where="guessing",
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(questionnaire) -> ModelData:
    truth = default_truth(questionnaire, seed=2)
    return build_model_data(
        simulate_survey(questionnaire, truth, n=240, seed=2).sheet, questionnaire
    )


def task(data: ModelData, questionnaire: Questionnaire, checkout: Path, folder: Path) -> Task:
    return Task(
        data=data,
        questionnaire=questionnaire,
        settings=FitSettings(draws=500, tune=300, seed=1),
        models={"values": load_model(checkout / "models" / "values.py")},
        priors={},
        report=WorkerReport(folder),
    )


@pytest.fixture(scope="module")
def fitted(data, questionnaire, checkout, tmp_path_factory) -> Part:
    return fit_values(task(data, questionnaire, checkout, tmp_path_factory.mktemp("job")))


def frame(part: Part, name: str) -> pl.DataFrame:
    return next(table.frame for table in part.tables if table.name == name)


def test_the_step_is_planned_only_where_it_can_be_fitted(data) -> None:
    assert values_steps(data) == ["values_revealed", "values_perceived"]
    assert values_steps(replace(data, guesses=None)) == ["values_revealed"]


def test_the_guesses_pass_the_gate_like_every_other_step(fitted) -> None:
    assert [step.name for step in fitted.steps] == ["values_revealed", "values_perceived"]
    assert fitted.steps[1].gate.shown, [c.check for c in fitted.steps[1].gate.failed]
    assert "v" not in fitted.steps[1].draws["posterior"]


def test_the_spread_of_people_is_taken_over_from_their_own_picks(fitted) -> None:
    own, guessed = (step.draws["posterior"]["person_spread"] for step in fitted.steps)
    known = np.log(own.values)
    priors = fitted.steps[1].priors
    assert priors["person"] == pytest.approx(np.exp(known.mean()))
    assert priors["person_log_sd"] == pytest.approx(max(0.05, known.std()))
    assert fitted.steps[0].priors["person"] == 1.0
    assert float(np.log(guessed).std()) < 1.2 * known.std()


def test_tables_rest_on_what_they_are_made_of(fitted) -> None:
    rests_on = {table.name: tuple(table.steps) for table in fitted.tables}
    both = ("values_revealed", "values_perceived")
    assert {name: rests_on[name] for name in perception.TABLES} == dict.fromkeys(
        perception.TABLES, both
    )
    assert rests_on["perception"] == ()


def test_perceived_overlap_stands_among_the_others(fitted) -> None:
    overlap = [frame(fitted, f"overlap_{version}") for version in ("revealed", "perceived")]
    joined = pl.concat(overlap)
    assert joined["version"].to_list() == ["revealed", "perceived"]
    difference = frame(fitted, "overlap_differences_perceived").row(0, named=True)
    assert difference["difference"] == "perceived_revealed"
    perceived, revealed = (o["normalised_mean"][0] for o in (overlap[1], overlap[0]))
    # Means over thinned and over all draws differ a little.
    assert difference["mean"] == pytest.approx(perceived - revealed, abs=0.01)


def test_guesses_about_values_and_about_support_make_one_table(fitted) -> None:
    values, support = frame(fitted, "perception_perceived"), frame(fitted, "perception")
    both = pl.concat([values, support])
    assert both.filter(pl.col("value").is_null()).height == support.height == 2
    assert both.filter(pl.col("intervention").is_null()).height == 4 * len(VALUES)


def test_without_revealed_priorities_the_tables_are_refused(
    data, questionnaire, checkout, tmp_path: Path
) -> None:
    part = fit_perception(task(data, questionnaire, checkout, tmp_path), None, ("values_revealed",))
    assert part.steps == ()
    assert {tuple(t.steps) for t in part.tables if t.name in perception.TABLES} == {
        ("values_revealed",)
    }
    assert frame(part, "perception").height == 2


def test_guesses_by_too_few_people_are_left_out_of_a_fit(data) -> None:
    assert leave_out_too_few(data, 10).guesses is data.guesses
    assert data.guesses is not None
    picks = data.guesses.picks
    only = replace(
        data.guesses,
        picks=type(picks)(picks.person[:8], picks.offered[:8], picks.chosen[:8]),
        guessed=data.guesses.guessed[:8],
    )
    left = leave_out_too_few(replace(data, guesses=only), 10)
    assert left.guesses is None
    assert any("what matters most to any one group" in note for note in left.notes)


def test_guesses_that_offered_only_some_values_are_left_out_with_a_note(
    data, questionnaire, checkout, tmp_path: Path
) -> None:
    assert data.guesses is not None
    picks = data.guesses.picks
    keep = picks.chosen[:, 3] == 0
    offered = picks.offered[keep] & [True, True, True, False]
    kept = replace(
        data.guesses,
        picks=type(picks)(picks.person[keep], offered, picks.chosen[keep]),
        guessed=data.guesses.guessed[keep],
    )
    part = fit_values(task(replace(data, guesses=kept), questionnaire, checkout, tmp_path))
    assert [step.name for step in part.steps] == ["values_revealed"]
    assert part.notes == (
        "Guesses of what groups want are not told where people could not pick “Jobs”, which "
        "trade-offs offered: “Near” about “Near”; “Near” about “Far”; “Far” about “Near”; “Far” "
        "about “Far”.",
    )


def test_guesses_of_people_without_weights_are_left_out_with_a_note(data) -> None:
    few = np.where((data.group == 0) & (np.cumsum(data.group == 0) > 10), 0.0, 1.0)
    told = perception.notes_on_guesses(replace(data, weight=few), 10, ["near", "far"])
    assert told == (
        "Guesses of what groups want are not told where 10 or fewer of the people who made them "
        "have a weight above zero: “Near” about “Near”; “Near” about “Far”.",
    )
    assert perception.notes_on_guesses(data, 10, ["near", "far"]) == ()
