"""Draws of a second model follow every draw of what the first one measured."""

import numpy as np
import pymc as pm
import pytest
import xarray as xr

from mfp_stats.errors import FitFailed
from mfp_stats.fitting.conditioning import condition_draws

N, CHAINS, DRAWS = 60, 2, 150


def regression(x: np.ndarray, y: np.ndarray) -> pm.Model:
    """Regression on a measured x with a flat enough prior: its posterior is known."""
    with pm.Model() as model:
        intercept = pm.Normal("zz_intercept", 0, 100)
        slope = pm.Normal("a_slope", 0, 100, shape=1)
        measured = pm.Data("measured", x)
        outcome = pm.Data("outcome", y)
        pm.Potential("fit", -0.5 * ((outcome - intercept - slope[0] * measured) ** 2).sum())
        pm.Deterministic("double", 2 * slope)
    return model


def exact(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    design = np.column_stack([np.ones(N), x])
    covariance = np.linalg.inv(design.T @ design)
    return covariance @ design.T @ y, covariance


@pytest.fixture(scope="module")
def survey():
    rng = np.random.default_rng(2)
    x = rng.normal(size=N)
    return x, 0.5 + 1.5 * x + rng.normal(size=N)


def posterior(survey) -> xr.Dataset:
    mean, covariance = exact(*survey)
    drawn = np.random.default_rng(3).multivariate_normal(mean, covariance, (CHAINS, DRAWS))
    return xr.Dataset(
        {
            "zz_intercept": (("chain", "draw"), drawn[..., 0]),
            "a_slope": (("chain", "draw", "d"), drawn[..., 1:]),
        }
    )


def test_draws_move_to_the_posterior_under_each_measurement(survey) -> None:
    x, y = survey
    before = posterior(survey)
    scales = np.repeat([0.9, 1.15], CHAINS * DRAWS // 2)
    found = condition_draws(regression(x, y), before, ({"measured": s * x} for s in scales))
    moved = found["a_slope"].values.reshape(-1) - before["a_slope"].values.reshape(-1)
    for scale in (0.9, 1.15):
        shift = exact(scale * x, y)[0][1] - exact(x, y)[0][1]
        np.testing.assert_allclose(moved[scales == scale], shift, atol=0.03)
    np.testing.assert_allclose(found["double"], 2 * found["a_slope"])


def test_the_same_measurement_moves_nothing(survey) -> None:
    x, y = survey
    before = posterior(survey)
    found = condition_draws(
        regression(x, y), before, ({"measured": x} for _ in range(CHAINS * DRAWS))
    )
    for name in ("a_slope", "zz_intercept"):
        np.testing.assert_allclose(found[name], before[name], atol=1e-10)


def test_too_few_measurements_are_refused(survey) -> None:
    x, y = survey
    with pytest.raises(FitFailed, match="could not be conditioned"):
        condition_draws(regression(x, y), posterior(survey), [{"measured": x}])
