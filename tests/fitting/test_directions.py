"""A second try in stretched coordinates draws from the same posterior, with more to show for it."""

from dataclasses import replace

import arviz as az
import numpy as np
import pymc as pm
import pytest
import xarray as xr

from mfp_stats.fitting.directions import long_directions
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings

SETTINGS = FitSettings(draws=400, tune=300, seed=5)
#: More of the second, so that a variance off by a fifth is no chance (at most 0.09 in eight seeds).
AGAIN = replace(SETTINGS, draws=1_500)
PARAMETERS = 20
#: Variance of the common part; a parameter's own is 1, so that their mean is a long direction.
COMMON = 400.0
COVARIANCE = np.eye(PARAMETERS) + COMMON


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MFP_CACHE_DIR", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture(scope="module")
def together() -> pm.Model:
    with pm.Model() as model:
        pm.HalfNormal("apart", 1.0)
        pm.MvNormal("together", np.arange(PARAMETERS), COVARIANCE)
    return model


@pytest.fixture(scope="module")
def tries(together) -> tuple[xr.Dataset, xr.Dataset]:
    first = sample(together, SETTINGS)["posterior"].to_dataset()
    directions = long_directions(together, first)
    return first, sample(together, AGAIN, directions=directions)["posterior"].to_dataset()


def fewest(draws: xr.Dataset) -> float:
    return float(az.ess(draws)["together"].min())


def test_the_long_direction_is_found(together) -> None:
    # Of independent draws: how long the first try's chains show it to be is chance, by a third.
    rng = np.random.default_rng(0)
    draws = rng.multivariate_normal(np.arange(PARAMETERS), COVARIANCE, size=(4, 400))
    apart = np.abs(rng.normal(size=(4, 400)))
    posterior = xr.Dataset(
        {"together": (("chain", "draw", "at"), draws), "apart": (("chain", "draw"), apart)}
    )
    directions = long_directions(together, posterior)
    assert directions is not None
    assert set(directions.scale) == {"together"}  # the other is sampled on another scale
    (length,) = directions.length
    assert length == pytest.approx(np.sqrt(1 + PARAMETERS * COMMON), rel=0.1)
    along = np.abs(directions.along["together"][:, 0])
    np.testing.assert_allclose(along, 1 / np.sqrt(PARAMETERS), rtol=0.02)


def test_the_second_try_tells_several_times_as_much(tries) -> None:
    first, second = tries
    assert fewest(second) / AGAIN.draws > 3 * fewest(first) / SETTINGS.draws


def test_the_second_try_draws_from_the_same_posterior(tries) -> None:
    flat = tries[1]["together"].values.reshape(-1, PARAMETERS)
    error = np.sqrt(COMMON + 1) / np.sqrt(fewest(tries[1]))
    np.testing.assert_allclose(flat.mean(axis=0), np.arange(PARAMETERS), atol=4 * error)
    np.testing.assert_allclose(flat.var(axis=0), COMMON + 1, rtol=0.2)
    own = flat - flat.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(own.var(axis=0), 1 - 1 / PARAMETERS, rtol=0.2)
    apart = tries[1]["apart"].values
    assert (apart > 0).all()
    assert apart.mean() == pytest.approx(np.sqrt(2 / np.pi), abs=0.1)


def test_none_is_found_where_none_is_long() -> None:
    with pm.Model() as model:
        pm.Normal("alone", shape=30)
    draws = np.random.default_rng(0).normal(size=(4, 200, 30))
    posterior = xr.Dataset({"alone": (("chain", "draw", "at"), draws)})
    assert long_directions(model, posterior) is None


def test_none_is_taken_from_a_parameter_that_is_stuck() -> None:
    with pm.Model() as model:
        pm.Normal("alone", shape=2)
    draws = np.random.default_rng(0).normal(size=(4, 200, 2)) * [1.0, 0.0]
    posterior = xr.Dataset({"alone": (("chain", "draw", "at"), draws)})
    assert long_directions(model, posterior) is None
