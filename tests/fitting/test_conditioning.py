"""Draws of a second model follow every draw of what the first one measured."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr

from mfp_stats.errors import FitFailed
from mfp_stats.fitting.conditioning import condition_draws

N, CHAINS, DRAWS = 60, 2, 150
#: Distance from a centre within which a posterior is curved.
SHARP = 0.5
#: Sd of a prior that keeps a slowly falling tail in bounds.
WIDE = 10.0


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


def peaked(centre: np.ndarray) -> pm.Model:
    """Posteriors with long tails around what was measured, much more curved there than afar."""
    with pm.Model() as model:
        place = pm.Flat("place", shape=len(centre))
        measured = pm.Data("measured", centre)
        pm.Potential("fit", -(pt.sqrt(SHARP**2 + (place - measured) ** 2)).sum())
    return model


def peaked_draws(rng: np.random.Generator) -> xr.Dataset:
    grid = np.linspace(-12, 12, 4001)
    weight = np.exp(-np.sqrt(SHARP**2 + grid**2))
    drawn = rng.choice(grid, (CHAINS, DRAWS, 3), p=weight / weight.sum())
    return xr.Dataset({"place": (("chain", "draw", "d"), drawn)})


def test_posteriors_more_curved_at_their_centre_move_too() -> None:
    """Newton steps with the draws' covariance swing to and fro over this one."""
    rng = np.random.default_rng(1)
    before, shifts = peaked_draws(rng), rng.normal(0, 1, (CHAINS * DRAWS, 3))
    found = condition_draws(peaked(np.zeros(3)), before, ({"measured": s} for s in shifts))
    moved = (found["place"] - before["place"]).values.reshape(-1, 3)
    off = (moved - shifts) / before["place"].values.std()
    assert np.sqrt((off**2).mean()) < 0.3
    assert np.abs(off.mean(axis=0)).max() < 0.05


def heavy_tailed(centre: np.ndarray) -> pm.Model:
    """Posteriors whose tails fall so slowly that a tilt has a maximum far out in them."""
    with pm.Model() as model:
        place = pm.Normal("place", 0, WIDE, shape=len(centre))
        measured = pm.Data("measured", centre)
        pm.Potential("fit", -1.5 * pt.log1p((place - measured) ** 2 / 2).sum())
    return model


def heavy_tailed_draws(rng: np.random.Generator, dims: int) -> xr.Dataset:
    grid = np.linspace(-6 * WIDE, 6 * WIDE, 200_001)
    weight = np.exp(-1.5 * np.log1p(grid**2 / 2) - 0.5 * (grid / WIDE) ** 2)
    drawn = rng.choice(grid, (CHAINS, DRAWS, dims), p=weight / weight.sum())
    return xr.Dataset({"place": (("chain", "draw", "d"), drawn)})


def test_no_draw_goes_astray_in_a_tail_that_falls_slowly() -> None:
    """By the word of one set of draws, 2 of these 300 would move by 57 sd."""
    rng = np.random.default_rng(1)
    before, shifts = heavy_tailed_draws(rng, 12), rng.normal(0, 1, (CHAINS * DRAWS, 12))
    found = condition_draws(heavy_tailed(np.zeros(12)), before, ({"measured": s} for s in shifts))
    moved = (found["place"] - before["place"]).values.reshape(-1, 12)
    spread = before["place"].values.reshape(-1, 12).std(axis=0)
    assert np.abs(moved / spread).max() < 4
    assert np.sqrt((((moved - shifts) / spread) ** 2).mean()) < 0.3


def around(centre: np.ndarray) -> pm.Model:
    """Normal posteriors around what was measured."""
    with pm.Model() as model:
        place = pm.Flat("place", shape=len(centre))
        pm.Potential("fit", -0.5 * ((place - pm.Data("measured", centre)) ** 2).sum())
    return model


def test_a_draw_that_has_to_move_far_does() -> None:
    rng = np.random.default_rng(2)
    before = xr.Dataset({"place": (("chain", "draw", "d"), rng.normal(size=(CHAINS, DRAWS, 3)))})
    shifts = np.repeat([[15.0, -20.0, 0.0]], CHAINS * DRAWS, axis=0)
    found = condition_draws(around(np.zeros(3)), before, ({"measured": s} for s in shifts))
    moved = (found["place"] - before["place"]).values.reshape(-1, 3)
    np.testing.assert_allclose(moved, shifts, atol=0.3)


def test_a_draw_that_every_set_sends_elsewhere_is_refused(monkeypatch) -> None:
    before = peaked_draws(np.random.default_rng(1))

    def elsewhere(_, data, chosen: int) -> np.ndarray:
        return np.full(3, 12.0 + 8 * chosen) * before["place"].values.std()

    monkeypatch.setattr("mfp_stats.fitting.conditioning._Mover._search", elsewhere)
    with pytest.raises(FitFailed, match="could not be conditioned"):
        condition_draws(
            peaked(np.zeros(3)), before, ({"measured": np.ones(3)} for _ in range(CHAINS * DRAWS))
        )


WEIGHT, LOG_SCALE = np.meshgrid(np.linspace(-4, 4, 401), np.linspace(-5, 4, 451), indexing="ij")


def ridge(told: np.ndarray, y: np.ndarray) -> pm.Model:
    """Regression that tells the product of a weight and a scale: a bent posterior."""
    with pm.Model() as model:
        weight, log_scale = pm.Normal("weight"), pm.Normal("log_scale")
        measured = pm.Data("told", told)
        pm.Potential("fit", -0.5 * ((y - weight * pt.exp(log_scale) * measured) ** 2).sum())
    return model


def on_grid(told: np.ndarray, y: np.ndarray) -> np.ndarray:
    slope = WEIGHT * np.exp(LOG_SCALE)
    log = -0.5 * (WEIGHT**2 + LOG_SCALE**2) + slope * (y @ told) - 0.5 * slope**2 * (told @ told)
    found = np.exp(log - log.max())
    return found / found.sum()


@pytest.mark.parametrize("times", [0.6, 1.5])
def test_a_bent_posterior_moves_to_where_it_is(times: float) -> None:
    rng = np.random.default_rng(4)
    told = rng.normal(size=12)
    y = 2 * told + rng.normal(size=12)
    at, under = on_grid(told, y), on_grid(times * told, y)
    drawn = rng.choice(at.size, (CHAINS, DRAWS), p=at.ravel())
    before = xr.Dataset(
        {
            "weight": (("chain", "draw"), WEIGHT.ravel()[drawn]),
            "log_scale": (("chain", "draw"), LOG_SCALE.ravel()[drawn]),
        }
    )
    found = condition_draws(
        ridge(told, y), before, ({"told": times * told} for _ in range(CHAINS * DRAWS))
    )
    for name, grid in (("weight", WEIGHT), ("log_scale", LOG_SCALE)):
        off = found[name].mean() - before[name].mean() - ((under - at) * grid).sum()
        # It changes its shape too, which is not followed.
        assert abs(off) < 0.25 * before[name].std()


def test_a_measurement_under_which_nothing_is_likely_is_refused(survey) -> None:
    x, y = survey
    broken = [{"measured": x}, *({"measured": np.full(N, np.nan)} for _ in range(9))]
    with pytest.raises(FitFailed, match="could not be conditioned"):
        condition_draws(regression(x, y), posterior(survey), broken)
