"""Draws from a model's own prior, and its posterior without compiling it anew."""

import numpy as np
import pymc as pm
import pytest
from pymc.distributions.transforms import ordered

from mfp_stats.fitting.settings import FitSettings
from tests.suites.sbc.prior import Prior
from tests.suites.sbc.reuse import Reusable, arrays


def model(given):
    with pm.Model(coords={"groups": ("g", "h", "i")}) as built:
        x = pm.Data("x", given)
        scale = pm.LogNormal("scale", 0.0, 0.5)
        effect = pm.ZeroSumNormal("effect", dims="groups")
        cuts = pm.Normal("cuts", 0.0, 2.0, shape=3, transform=ordered, initval=[-1.0, 0.0, 1.0])
        mean = pm.Deterministic("mean", scale * effect, dims="groups")
        pm.Potential("answers", -0.5 * (((x - mean) ** 2).sum() + (cuts[2] - x[0]) ** 2))
    return built


@pytest.fixture(scope="module")
def reusable():
    return Reusable.of(model(np.zeros(3)))


def test_what_is_kept_in_order_is_drawn_in_order(reusable):
    draws = [reusable.prior.draw(seed) for seed in range(400)]
    cuts = np.array([draw["cuts"] for draw in draws])
    assert (np.diff(cuts, axis=1) > 0).all()
    # The largest of three standard normals is 0.846 on average, with sd 0.748.
    assert cuts[:, 2].mean() == pytest.approx(2 * 0.846, abs=4 * 2 * 0.748 / np.sqrt(400))
    assert [draw["effect"].sum() for draw in draws] == pytest.approx(np.zeros(400), abs=1e-9)


def test_the_same_seed_draws_the_same(reusable):
    first, second, other = (reusable.prior.draw(seed) for seed in (3, 3, 4))
    assert first["scale"] == second["scale"] != other["scale"]


def test_the_truth_has_the_form_of_a_posterior(reusable):
    values = reusable.prior.draw(1)
    truth = reusable.prior.everything(values)
    assert truth["mean"].dims == ("chain", "draw", "groups")
    assert truth["groups"].values.tolist() == ["g", "h", "i"]
    np.testing.assert_allclose(truth["mean"].values[0, 0], values["scale"] * values["effect"])


def test_new_data_move_the_posterior_and_draws_have_the_density_of_the_sampler(reusable):
    data = arrays(model(np.array([4.0, 0.0, -4.0])))
    drawn = reusable.sample(data, FitSettings(draws=100, tune=100, cores=1))
    posterior = drawn["posterior"].to_dataset()
    assert float(posterior["mean"].sel(groups="g").mean()) > 1
    free = {name: posterior[name].values[0, 0] for name in ("scale", "effect", "cuts")}
    stored = float(drawn["sample_stats"]["logp"][0, 0])
    assert reusable.log_density(free, data) == pytest.approx(stored)


def test_chains_start_where_they_are_told(reusable):
    cuts = np.array([0.5, 1.0, 4.0])
    starts = reusable._starts({"cuts": cuts})
    flat = reusable.prior.unconstrained(reusable.prior.draw(0) | {"cuts": cuts})
    at = 0
    for name in reusable.order:
        size = flat[name].size
        found = np.array([starts(seed)[at : at + size] for seed in range(5)])
        at += size
        if name == "cuts":
            assert np.abs(found - flat[name]).max() <= 0.1
        assert np.ptp(found, axis=0).min() > 0  # each chain elsewhere


def test_what_depends_on_something_in_order_is_refused():
    with pm.Model() as built:
        cuts = pm.Normal("cuts", shape=2, transform=ordered, initval=[0.0, 1.0])
        pm.Normal("child", cuts[0])
    with pytest.raises(NotImplementedError, match="child depends on"):
        Prior(built)
