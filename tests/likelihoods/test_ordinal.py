"""Ordered logit: internal consistency and published maxima."""

import numpy as np
import polars as pl
import pytensor.tensor as pt
import pytest
from scipy.optimize import minimize

from mfp_stats.design.data import Ratings
from mfp_stats.likelihoods import ordinal

CUTS = np.array([-1.4, -0.2, 1.7])
ETA = np.array([[-3.0, 0.2, 4.0], [0.0, -0.9, 12.0]])


def test_categories_sum_to_one_and_match_differences_of_the_cumulative_curve():
    found = ordinal.category_log_probabilities(ETA, CUTS)
    np.testing.assert_allclose(np.exp(found).sum(axis=-1), 1)
    above = 1 / (1 + np.exp(CUTS - ETA[..., None]))
    cumulative = np.concatenate([np.ones((2, 3, 1)), above, np.zeros((2, 3, 1))], axis=-1)
    np.testing.assert_allclose(np.exp(found), -np.diff(cumulative, axis=-1), atol=1e-12)


def test_pytensor_and_numpy_agree():
    expression = ordinal.level_log_probabilities(
        pt.constant(ETA), pt.zeros_like(ETA), pt.constant(CUTS)
    )
    twin = ordinal.category_log_probabilities(ETA, CUTS)
    np.testing.assert_allclose(expression.eval(mode="FAST_COMPILE"), twin, rtol=1e-6)


def test_two_levels_are_a_logistic_regression():
    found = np.exp(ordinal.category_log_probabilities(ETA, np.array([0.3])))
    np.testing.assert_allclose(found[..., 1], 1 / (1 + np.exp(0.3 - ETA)))


@pytest.mark.parametrize("cuts", [CUTS, np.array([0.4])])
def test_grid_likelihood_is_the_sum_of_category_log_probabilities(cuts):
    levels = len(cuts) + 1
    rng = np.random.default_rng(1)
    # one rating is missing, one is asked twice
    person, value = np.array([0, 1, 2, 0, 2, 2]), np.array([0, 0, 0, 1, 1, 1])
    level = rng.integers(levels, size=6)
    names = tuple(f"l{i}" for i in range(levels))
    grid = ordinal.rating_grid(Ratings(person, value, level, names), persons=3, values=2)
    found = ordinal.ordered_logit(
        pt.constant(ETA), pt.constant(cuts), pt.constant(grid.at_level), pt.constant(grid.counts)
    ).eval(mode="FAST_COMPILE")
    table = ordinal.category_log_probabilities(ETA, cuts)
    assert found == pytest.approx(table[value, person, level].sum())


def maximise(answers, frequency=None):
    """Return the largest marginal log-likelihood over slopes and ordered cutpoints."""
    items = answers.shape[1]
    levels = answers.max(axis=0) + 1
    ends = items + np.cumsum(levels - 1)

    def unpack(x):
        parts = np.split(x[items:], ends[:-1] - items)
        cuts = [np.concatenate([p[:1], p[0] + np.cumsum(np.exp(p[1:]))]) for p in parts]
        return x[:items], cuts

    def loss(x):
        return -ordinal.graded_response(*unpack(x), answers, frequency=frequency, nodes=41)

    start = np.concatenate([np.ones(items), np.full(ends[-1] - items, 0.3)])
    for h in range(items):
        start[ends[h] - levels[h] + 1] = -2.0
    return -minimize(loss, start, method="L-BFGS-B", options={"maxiter": 500}).fun


def test_graded_response_reaches_the_published_maximum_on_science(shared_data):
    answers = pl.read_csv(shared_data / "reference" / "Science.csv").to_numpy() - 1
    assert maximise(answers.astype(np.int64)) == pytest.approx(-1608.87, abs=0.005)


def test_two_parameter_logistic_reaches_the_published_maximum_on_lsat7(shared_data):
    table = pl.read_csv(shared_data / "reference" / "LSAT7.csv").to_numpy()
    found = maximise(table[:, :-1].astype(np.int64), frequency=table[:, -1])
    assert found == pytest.approx(-2658.805, abs=0.001)


def test_missing_answers_are_left_out_of_the_graded_model():
    slopes, cuts = np.array([1.0, 0.5]), [CUTS, np.array([0.0])]
    alone = ordinal.graded_response(slopes[:1], cuts[:1], np.array([[2]]))
    assert ordinal.graded_response(slopes, cuts, np.array([[2, -1]])) == pytest.approx(alone)


def test_a_normal_deviation_is_summed_out_of_level_probabilities():
    eta, spread = np.array([-2.0, 0.3, 4.0]), np.array([0.4, 1.5, 2.5])
    found = ordinal.level_log_probabilities(
        pt.constant(eta), pt.constant(spread), pt.constant(CUTS), nodes=15
    ).eval(mode="FAST_COMPILE")
    z = np.linspace(-9, 9, 4001)
    density = np.exp(-(z**2) / 2)
    given = np.exp(ordinal.category_log_probabilities(eta[:, None] + spread[:, None] * z, CUTS))
    expected = (given * density[:, None]).sum(axis=1) / density.sum()
    np.testing.assert_allclose(np.exp(found), expected, atol=2e-4)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)
