"""The demographic model: right where it holds, silent where covariates tell nothing."""

import numpy as np
import pytest
from scipy.special import expit

from mfp_stats.quantities.forecast.demographic import demographic_draws


def survey(rng, n, slope):
    columns = np.column_stack([rng.normal(50, 15, n), rng.integers(0, 2, n), np.ones(n)])
    group = rng.integers(0, 2, n)
    columns[:, 0] += 20 * group
    accepts = (rng.random(n) < expit(slope * (columns[:, 0] - 60) / 15)).astype(np.int64)
    return columns, group, accepts[:, None]


def test_groups_that_differ_in_age_accept_as_their_ages_do():
    rng = np.random.default_rng(1)
    columns, group, accepts = survey(rng, 3000, 1.0)
    found = demographic_draws(columns, accepts, group, {"unweighted": None}, 2, seed=1)
    assert found.shape == (500, 1, 2, 1)
    for g in (0, 1):
        true = expit((columns[group == g, 0] - 60) / 15).mean()
        drawn = found[:, 0, g, 0]
        assert abs(drawn.mean() - true) < 3 * drawn.std() and drawn.std() < 0.03


def test_intervals_cover_what_the_population_does():
    held = []
    for seed in range(60):
        rng = np.random.default_rng((2, seed))
        columns, group, accepts = survey(rng, 200, 0.7)
        found = demographic_draws(columns, accepts, group, {"unweighted": None}, 2, seed=seed)
        for g in (0, 1):
            age = rng.normal(50 + 20 * g, 15, 4000)
            low, high = np.quantile(found[:, 0, g, 0], [0.05, 0.95])
            held.append(low <= expit(0.7 * (age - 60) / 15).mean() <= high)
    assert 0.82 <= np.mean(held) <= 0.97


def test_covariates_that_tell_nothing_leave_all_groups_alike():
    rng = np.random.default_rng(3)
    columns, group, accepts = survey(rng, 1000, 0.0)
    found = demographic_draws(columns, accepts, group, {"unweighted": None}, 2, seed=1)
    asked = accepts[:, 0].mean()
    np.testing.assert_allclose(found[:, 0, :, 0].mean(axis=0), asked, atol=0.03)


def test_weights_count_and_absent_groups_have_no_number():
    rng = np.random.default_rng(4)
    columns, group, accepts = survey(rng, 1000, 1.5)
    old = np.where(columns[:, 0] > 60, 5.0, 0.2)
    weightings = {"unweighted": None, "weighted": old}
    found = demographic_draws(columns, accepts, group, weightings, 3, seed=1)
    assert (found[:, 1, :2].mean(axis=0) > found[:, 0, :2].mean(axis=0) + 0.1).all()
    assert np.isnan(found[:, :, 2]).all()


@pytest.mark.parametrize("same", [0, 1])
def test_all_of_one_mind_and_nobody_asked_stay_finite(same):
    rng = np.random.default_rng(5)
    columns, group, accepts = survey(rng, 40, 1.0)
    accepts[:] = same
    accepts = np.column_stack([accepts, np.full(40, -1)])
    found = demographic_draws(columns, accepts, group, {"unweighted": None}, 2, seed=1)
    assert np.isfinite(found).all()
    assert abs(found[:, 0, :, 0].mean() - same) < 0.1
    # Nobody was asked about the second: nothing is known of it.
    assert found[:, 0, 0, 1].std() > 0.2
