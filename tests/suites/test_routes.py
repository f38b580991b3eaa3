"""Every route of the comparison ends in a split, with the samplers' draws made up."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from mfp_stats.design import build_model_data
from mfp_stats.design.data import Index
from mfp_stats.quantities.expected import Expected
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.memberships import bounded_log
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import simulate_survey
from mfp_stats.simulate.truths import named_truth
from tests.suites import routes
from tests.suites.joint import JointDraws

DRAWS, PEOPLE, CLASSES = 16, 200, 2


@pytest.fixture(scope="module")
def instrument(checkout) -> Questionnaire:
    return load(checkout / "tests" / "acceptance")


@pytest.fixture
def survey(instrument: Questionnaire, monkeypatch: pytest.MonkeyPatch) -> routes._Survey:
    measured = made_up(instrument)
    monkeypatch.setattr(routes, "EACH", 4)

    def sampled(
        _: routes._Survey, index: Index, draws: int, priors: Mapping[str, float]
    ) -> tuple[Any, xr.Dataset]:
        assert np.isfinite(index.expected).all() and np.isfinite(index.log_membership).all()
        return None, parameters(measured, draws)

    monkeypatch.setattr(routes._Survey, "_sampled", sampled)
    monkeypatch.setattr(routes, "condition_draws", lambda _, drawn, moments: drawn)
    monkeypatch.setattr(routes, "sample_joint", lambda measured, seed: joint(measured))
    return routes._Survey(measured, instrument, 7, 0.5)


def made_up(instrument: Questionnaire) -> Measured:
    truth = named_truth(instrument, "models", seed=3)
    simulated = simulate_survey(instrument, truth, n=PEOPLE, seed=5)
    data = build_model_data(simulated.sheet, instrument)
    rated, rng = data.expectations, np.random.default_rng(1)
    # Another share of the first worldview in every draw, so that draws can be told apart.
    share = np.linspace(0.1, 0.9, DRAWS)[:, None]
    membership = np.stack(np.broadcast_arrays(share, 1 - share), axis=-1)
    expected = Expected(
        rated,
        data.group,
        bounded_log(np.broadcast_to(membership, (DRAWS, PEOPLE, CLASSES))),
        rng.normal(size=(DRAWS, CLASSES, len(data.groups), len(rated.value))),
        np.tile(np.concatenate([np.linspace(-2, 2, n - 1) for n in rated.levels]), (DRAWS, 1)),
    )
    v = rng.normal(size=(DRAWS, PEOPLE, len(data.values)))
    return Measured(
        replace(data, weight=None),
        v,
        expected.log_membership,
        expected,
        IndexLayout.of(data.responses.interventions, rated),
        ImportanceMoments.of(v),
        7,
    )


def parameters(measured: Measured, draws: int) -> xr.Dataset:
    """Return draws of the response model: one effect of expectations, nothing else."""
    given = measured.data.responses
    x, groups = len(given.interventions), len(measured.data.groups)
    cuts = np.linspace(-1.5, 1.5, len(given.levels) - 1)

    def all_of(value: Any, *dims: str) -> tuple[tuple[str, ...], np.ndarray]:
        array = np.broadcast_to(value, (4, draws, *np.shape(value)))
        return ("chain", "draw", *dims), array

    return xr.Dataset(
        {
            "intercept": all_of(np.zeros(2 * x), "offers"),
            "residual": all_of(np.zeros((groups, 2 * x)), "groups", "offers"),
            "cutpoints": all_of(np.tile(cuts, (groups, x, 1)), "groups", "interventions", "cuts"),
            "person_sd": all_of(0.5),
            "expected_weight": all_of(0.6),
            "signal_weight": all_of(np.zeros(measured.layout.signals), "signals"),
        }
    )


def joint(measured: Measured) -> JointDraws:
    rng, rated = np.random.default_rng(2), measured.expected.rated
    people, cells = rated.answers.shape
    return JointDraws(
        parameters(measured, DRAWS // 4),
        measured.v,
        rng.normal(size=(DRAWS, CLASSES, cells, people)),
        rng.normal(size=(DRAWS, CLASSES, people)),
        tuple(np.tile(np.linspace(-2, 2, n - 1), (DRAWS, 1)) for n in rated.levels),
        rated,
        1.0,
    )


@pytest.mark.parametrize("route", routes.ROUTES)
def test_every_route_ends_in_a_split(survey: routes._Survey, route: str) -> None:
    found = getattr(survey, route)()
    assert found["weight"] == pytest.approx(0.6)
    assert np.isfinite(found["parts"]).all()
    # The parts of a gap are all of it.
    assert sum(found["parts"]) == pytest.approx(found["gap"], abs=1e-6)


def test_raw_ratings_suppose_as_many_levels_as_people_were_told(survey: routes._Survey) -> None:
    cells, _ = survey._numbers()
    measured = survey.measured
    numbers = replace(measured, expected=routes._Numbers(cells, measured.expected.rated))
    told = measured.data.responses.supposed
    supposed = numbers.supposed(0, 0.0)
    by_value = {value: told.get(value, 0.0) for value in measured.data.values}
    for x, (_, which) in enumerate(measured.layout.outcomes):
        asked = [by_value[measured.data.values[int(k)]] for k in which]
        np.testing.assert_allclose(supposed[x, which], asked)


def test_plausible_values_take_memberships_of_their_own_draw(
    survey: routes._Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    split: list[Measured] = []
    monkeypatch.setattr(
        routes._Survey, "_split", lambda self, measured, *_, **__: split.append(measured)
    )
    survey.plausible()
    (measured,) = split
    # Ten draws from the first to the last, in each of four chains.
    which = np.tile(np.linspace(0, DRAWS - 1, routes.PLAUSIBLE).astype(int), 4)
    for held in (measured.log_membership, measured.expected.log_membership):
        np.testing.assert_array_equal(held, survey.measured.log_membership[which])
    np.testing.assert_array_equal(measured.v, survey.measured.v[which])
