"""Persons moved to the mean of their group's model."""

import numpy as np
import pytest
from scipy.special import softmax

from mfp_stats.quantities.overlap import normalised, overlap_matrix
from mfp_stats.quantities.values import at_group_means, group_means

SIZES = (25, 40)
GROUP = np.repeat([0, 1], SIZES)
ALIKE = np.ones(len(GROUP))


def centred(rng: np.random.Generator, draws: int, people: int) -> np.ndarray:
    v = rng.normal(size=(draws, people, 4))
    return v - v.mean(axis=2, keepdims=True)


def test_persons_keep_their_distances_and_get_the_groups_mean() -> None:
    rng = np.random.default_rng(1)
    v, mu = centred(rng, 6, len(GROUP)), centred(rng, 6, 2)
    weights = rng.exponential(size=v.shape[:2])
    moved, stretch = at_group_means(v, GROUP, mu, ALIKE, weights)
    np.testing.assert_allclose(group_means(moved, np.ones(v.shape[:2]), GROUP, 2), mu)
    np.testing.assert_allclose(moved.sum(axis=2), 0, atol=1e-12)
    first = GROUP == 0
    apart = np.diff(moved[:, first], axis=1) / stretch[:, :1, None]
    np.testing.assert_allclose(apart, np.diff(v[:, first], axis=1))


def test_a_group_of_which_nobody_answered_is_nobodys_business() -> None:
    rng = np.random.default_rng(2)
    v, mu = centred(rng, 3, 5), centred(rng, 3, 4)
    group = np.array([3, 1, 1, 3, 1])
    moved, stretch = at_group_means(v, group, mu, np.ones(5), np.ones(v.shape[:2]))
    np.testing.assert_allclose(moved[:, group == 3].mean(axis=1), mu[:, 3])
    # Of m people alike, Σ p² is 1 / m.
    np.testing.assert_allclose(stretch, np.sqrt([[1, 3 / 2, 1, 2 / 1]] * 3))


def test_chance_differences_of_samples_count_nothing() -> None:
    """Two samples of one population: known to have one mean, they overlap as insiders do."""
    rng = np.random.default_rng(3)
    v = centred(rng, 300, len(GROUP))
    weights = rng.exponential(size=v.shape[:2])
    overlaps = []
    moved = at_group_means(v, GROUP, np.zeros((300, 2, 4)), ALIKE, weights)
    for (values, stretch), given in (((v, None), weights), (moved, np.ones(v.shape[:2]))):
        raw = overlap_matrix(softmax(values, axis=2), given, GROUP, 2, stretch=stretch)
        overlaps.append(normalised(raw)[:, 0, 1])
    as_sampled, at_the_mean = (float(o.std()) for o in overlaps)
    assert at_the_mean < as_sampled / 1.5
    assert float(overlaps[1].mean()) == pytest.approx(1, abs=0.01)


def test_weights_shift_means_as_they_shift_those_of_the_persons() -> None:
    rng = np.random.default_rng(4)
    v, mu = centred(rng, 400, len(GROUP)), centred(rng, 1, 2).repeat(400, axis=0)
    v[:, ::2, 0] += 1  # every other person holds the first value dearer, and counts twice
    weight = np.where(np.arange(len(GROUP)) % 2, 1.0, 2.0)
    moved, stretch = at_group_means(v, GROUP, mu, weight, rng.exponential(size=v.shape[:2]))
    by_weight = np.broadcast_to(weight, v.shape[:2])
    shift = (group_means(moved, by_weight, GROUP, 2) - mu)[:, :, 0]
    # Shares of 2/3 and 1/2 of people in whom it is 1 higher.
    assert shift.mean(axis=0) == pytest.approx([1 / 6, 1 / 6], abs=0.04)
    assert (shift.std(axis=0) > 0.02).all()
    np.testing.assert_allclose(stretch[0], 1 / np.sqrt(1 - 10 / 9 / np.array(SIZES)), rtol=2e-3)
