"""Persons placed around the mean of their group's model, and groups that differ in it alone."""

import numpy as np
import pytest
from scipy.special import softmax

from mfp_stats.quantities.overlap import (
    PEOPLE,
    normalised,
    overlap_matrix,
    overlap_of_shifts,
    representatives,
)
from mfp_stats.quantities.told_values import ToldValues
from mfp_stats.quantities.values import Placed, group_means

SIZES = (25, 40)
GROUP = np.repeat([0, 1], SIZES)
ALIKE = np.ones(len(GROUP))


def centred(rng: np.random.Generator, draws: int, people: int) -> np.ndarray:
    v = rng.normal(size=(draws, people, 4))
    return v - v.mean(axis=2, keepdims=True)


def test_persons_keep_their_distances_and_get_the_groups_mean() -> None:
    rng = np.random.default_rng(1)
    v, mu = centred(rng, 6, len(GROUP)), centred(rng, 6, 2)
    placed = Placed.of(v, GROUP, mu, ALIKE, rng.exponential(size=v.shape[:2]), None)
    np.testing.assert_array_equal(placed.mean, mu)
    np.testing.assert_allclose(group_means(placed.around, np.ones((6, 65)), GROUP, 2), 0, atol=1e-9)
    first = GROUP == 0
    # Of m people alike, Σ p² is 1 / m.
    moved_out = np.sqrt(25 / 24) * np.diff(v[:, first], axis=1)
    np.testing.assert_allclose(np.diff(placed.around[:, first], axis=1), moved_out)
    shares = placed.shares(GROUP)[2, 30]
    np.testing.assert_allclose(shares, softmax(mu[2, 1] + placed.around[2, 30]))


def test_a_group_of_which_nobody_answered_keeps_its_mean() -> None:
    rng = np.random.default_rng(2)
    v, mu = centred(rng, 3, 5), centred(rng, 3, 4)
    group, weight = np.array([3, 1, 1, 3, 1]), np.array([1.0, 2, 3, 4, 5])
    told = ToldValues.of([(v, mu)], group)
    placed = Placed.of(v, group, mu, weight, np.ones(v.shape[:2]), told)
    np.testing.assert_array_equal(placed.mean[:, [0, 2]], mu[:, [0, 2]])


def test_persons_are_placed_around_the_mean_that_weights_make() -> None:
    rng = np.random.default_rng(4)
    v, mu = centred(rng, 4, len(GROUP)), centred(rng, 4, 2)
    weight, bootstrap = rng.exponential(size=65), rng.exponential(size=(4, 65))
    told = ToldValues.of([(v, mu)], GROUP)
    placed = Placed.of(v, GROUP, mu, weight, bootstrap, told)
    np.testing.assert_array_equal(placed.mean, told.moved(mu, weight, bootstrap))
    assert np.abs(placed.mean - mu).max() > 0.01
    same = np.broadcast_to(weight, (4, 65))
    np.testing.assert_allclose(group_means(placed.around, same, GROUP, 2), 0, atol=1e-9)


def test_a_group_in_which_nobody_counts_spoils_no_other() -> None:
    rng = np.random.default_rng(5)
    v, mu = centred(rng, 4, len(GROUP)), centred(rng, 4, 2)
    weight = np.repeat([0.0, 1.0], SIZES)
    told = ToldValues.of([(v, mu)], GROUP)
    placed = Placed.of(v, GROUP, mu, weight, np.ones((4, 65)), told)
    shares = group_means(placed.shares(GROUP), np.broadcast_to(weight, (4, 65)), GROUP, 2)
    assert np.isfinite(shares).all()
    alike = Placed.of(v, GROUP, mu, ALIKE, np.ones((4, 65)), None)
    wanted = group_means(alike.shares(GROUP), np.ones((4, 65)), GROUP, 2)
    np.testing.assert_allclose(shares[:, 1], wanted[:, 1])


def test_overlap_of_shifts_follows_its_definition() -> None:
    rng = np.random.default_rng(5)
    mean, around, weight = centred(rng, 2, 3), centred(rng, 2, 7), rng.exponential(size=7)
    found = overlap_of_shifts(mean, around, weight)
    w = softmax(mean[:, :, None] + around[:, None], axis=3)
    pairs = np.outer(weight, weight)
    np.fill_diagonal(pairs, 0)
    for g, h in np.ndindex(3, 3):
        each = 1 - np.abs(w[1, g, :, None] - w[1, h, None]).sum(axis=2) / 2
        assert found[1, g, h] == pytest.approx((each * pairs).sum() / pairs.sum())


def test_chance_differences_of_samples_count_nothing() -> None:
    """Two samples of one population: known to have one mean, they overlap as insiders do."""
    rng = np.random.default_rng(3)
    v = centred(rng, 300, len(GROUP))
    bootstrap = rng.exponential(size=v.shape[:2])
    placed = Placed.of(v, GROUP, np.zeros((300, 2, 4)), ALIKE, bootstrap, None)
    alike = normalised(overlap_of_shifts(placed.mean, placed.around, ALIKE))
    np.testing.assert_allclose(alike, 1)
    as_sampled = normalised(overlap_matrix(softmax(v, axis=2), bootstrap, GROUP, 2))[:, 0, 1]
    assert as_sampled.std() > 0.01
    apart = np.zeros((300, 2, 4))
    apart[:, 1, :2] = [0.7, -0.7]
    differ = normalised(overlap_of_shifts(apart, placed.around, ALIKE))[:, 0, 1]
    assert 0.85 < differ.min() < differ.max() < 1


def test_many_people_are_stood_for_by_some_of_all_groups() -> None:
    few, weight = representatives(np.arange(100.0))
    np.testing.assert_array_equal(few, np.arange(100))
    np.testing.assert_array_equal(weight, np.arange(100.0))
    some, _ = representatives(np.ones(5000))
    assert len(some) == len(set(some)) == PEOPLE
    assert (some[0], some[-1]) == (0, 4999)
