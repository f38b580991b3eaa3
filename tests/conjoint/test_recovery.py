"""From a simulated survey to what levels are worth, by a real fit."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.part_worths import part_worths
from mfp_stats.simulate import simulate_survey
from mfp_stats.workflow.basis import ChosenWorldviews
from mfp_stats.workflow.part_worths import fit_part_worths
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.worldviews import fit_worldviews
from tests.conjoint.experiment import survey
from tests.conjoint.questionnaire import plans, truth_of
from tests.suites.acceptance import Quiet

SETTINGS = FitSettings(draws=300, tune=300, seed=1)
MODELS = ("worldviews", "worldview_continuum", "part_worths")


@pytest.fixture(scope="module")
def fitted(checkout):
    """Return the parts of the fit with worldviews and without, and the true worths (G, T)."""
    questionnaire = plans()
    truth = truth_of(questionnaire)
    sheet = simulate_survey(questionnaire, truth, n=400, seed=4).sheet
    task = Task(
        data=build_model_data(sheet, questionnaire),
        questionnaire=questionnaire,
        settings=SETTINGS,
        models={name: load_model(checkout / "models" / f"{name}.py") for name in MODELS},
        priors={},
        report=Quiet(),
    )
    worldviews = fit_worldviews(task, only=2)
    assert isinstance(worldviews.basis, ChosenWorldviews)
    parts = [fit_part_worths(task, held) for held in (worldviews, Part())]
    return parts, truth.part_worths["plans"]


def worths(part: Part) -> np.ndarray:
    """Return draws of each group's worths, over its worldviews, (S, G, T)."""
    draws = next(t.frame for t in part.tables if t.name == "conjoint_draws-plans")
    shape = (draws["draw"].n_unique(), 2, draws["worldview"].n_unique())
    utility = np.array(draws["utility"].to_list()).reshape(*shape, -1)
    return (utility * draws["share"].to_numpy().reshape(*shape, 1)).sum(axis=2)


def test_worths_come_back_within_their_intervals(fitted):
    parts, truth = fitted
    for part in parts:
        assert part.failed == ()
        found = worths(part)
        error = (found.mean(axis=0) - truth) / found.std(axis=0)
        assert np.abs(error).max() < 3
        assert np.sqrt((error**2).mean()) < 1.6
        assert found.std(axis=0).max() < 0.25


def test_tables_rest_on_the_worldviews_where_these_tell_people_apart(fitted):
    (with_worldviews, alone), _ = fitted
    for table in with_worldviews.tables:
        held, own = table.steps
        assert held.startswith("worldviews") and own == "conjoint-plans"
    assert {t.steps for t in alone.tables} == {("conjoint-plans",)}
    by_worldview = {t.name: t.frame for t in with_worldviews.tables}["conjoint_worldviews-plans"]
    assert by_worldview["worldview"].unique().to_list() == [1, 2]
    assert {t.name: t.frame for t in alone.tables}["conjoint_worldviews-plans"].is_empty()


def test_worldviews_that_choose_alike_are_not_told_apart(fitted):
    (part, _), _ = fitted
    rows = {t.name: t.frame for t in part.tables}["conjoint_worldviews-plans"]
    first, second = (rows.filter(worldview=c) for c in (1, 2))
    overlap = (first["prefers_q05"] < second["prefers_q95"]) & (
        second["prefers_q05"] < first["prefers_q95"]
    )
    assert overlap.all()


def test_people_who_take_whichever_comes_first_prefer_no_level():
    data = survey((60, 60))
    profiles = data.conjoint.profiles
    rng = np.random.default_rng(8)
    first = rng.random(len(profiles.chosen) // 2) < 0.75
    chosen = np.column_stack([first, ~first]).astype(np.float64).ravel()
    drawn = sample(part_worths(replace(profiles, chosen=chosen)), SETTINGS)["posterior"]
    assert drawn["position"].mean().item() == pytest.approx(np.log(3), abs=0.3)
    assert np.abs(drawn["utility"].mean(("chain", "draw"))).max() < 0.2
