"""What groups expect on average: means of populations, and what weights add."""

import numpy as np
import pytest
from scipy.special import expit

from mfp_stats.design.data import Expectations
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.expected import Expected, PersonExpectations
from mfp_stats.quantities.group_expectations import mean_expectations

CUTS = np.array([-1.5, -0.5, 0.5, 1.5])
SIGMA = 0.9
#: Own deviation and slip together, in units of which means are.
SCALE = np.sqrt(1 + SIGMA**2 / NOISE)
RNG = np.random.default_rng(8)


def expected(answers: np.ndarray, place: float) -> PersonExpectations:
    """Return the expectations of people who rated one cell, all of one group and worldview."""
    people = len(answers)
    one = np.zeros(1, dtype=np.int64)
    rated = Expectations(
        interventions=("x",),
        signals=("s",),
        signal_labels=("S",),
        intervention=one,
        value=one - 1,
        signal=one,
        scale=one,
        levels=np.array([5]),
        neutral=np.array([2.0]),
        answers=answers[:, None],
    )
    found = Expected(
        rated,
        np.zeros(people, dtype=np.int64),
        np.zeros((1, people, 1)),
        np.full((1, 1, 1, 1), place),
        CUTS[None],
    )
    return found.at(0)


def answers_at(latent: np.ndarray) -> np.ndarray:
    return (latent[:, None] + RNG.logistic(size=(len(latent), 1)) > CUTS).sum(axis=1)


def mean(answers, place, *, weight=None) -> float:
    held, alike = expected(answers, place), np.ones((len(answers), 1))
    counted = None if weight is None else alike * weight[:, None]
    return float(mean_expectations(held, answers[:, None] >= 0, alike, counted)[0])


def test_a_mean_is_that_of_the_population_whoever_answered() -> None:
    low, high = np.zeros(50, dtype=np.int64), np.full(50, 4)
    assert mean(low, 0.7) == mean(high, 0.7) == pytest.approx(0.7)


def test_intervals_of_a_mean_hold_what_is_true_of_a_population() -> None:
    """The posterior of a single mean, by the curvature of its likelihood, over 400 surveys."""
    people, true = 300, 0.6
    grid = np.linspace(-0.5, 1.5, 401)
    edges = expit(np.concatenate([[-np.inf], CUTS, [np.inf]]) - grid[:, None])
    log_p = np.log(np.diff(edges, axis=1))
    held = 0
    for _ in range(400):
        answers = answers_at(true + SIGMA * RNG.standard_normal(people))
        log_density = log_p @ np.bincount(answers, minlength=5)
        density = np.exp(log_density - log_density.max())
        line = np.cumsum(density) / density.sum()
        places = np.interp([0.05, 0.95], line, grid)
        low, high = (mean(answers, place) for place in places)
        held += low <= true / SCALE <= high
    assert 0.85 <= held / 400 <= 0.95


def test_weights_that_go_with_ratings_reach_means() -> None:
    people, apart = 40_000, 0.5
    heavy = np.arange(people) % 2 == 0
    answers = answers_at(np.where(heavy, apart, -apart) + SIGMA * RNG.standard_normal(people))
    weight = np.where(heavy, 3.0, 1.0)
    assert mean(answers, 0.0) == 0
    assert mean(answers, 0.0, weight=weight) == pytest.approx(apart / 2 / SCALE, abs=0.03)
    assert mean(answers, 0.0, weight=np.full(people, 2.0)) == pytest.approx(0, abs=1e-9)


def test_who_did_not_rate_adds_nothing() -> None:
    answers = np.where(np.arange(200) < 100, answers_at(np.zeros(200)), -1)
    weight = np.where(answers >= 0, 1.0, 5.0)
    assert mean(answers, 0.3, weight=weight) == pytest.approx(mean(answers, 0.3))
    nobody = np.full(200, -1)
    assert mean(nobody, 0.3, weight=weight) == pytest.approx(mean(nobody, 0.3))


def test_nobody_who_counts_has_no_mean() -> None:
    assert mean(np.zeros(5, dtype=np.int64), 0.3, weight=np.zeros(5)) == 0
