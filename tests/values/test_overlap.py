"""Overlap of importance shares: exact against brute force, and what it must obey."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from mfp_stats.quantities.overlap import normalised, overlap_matrix, pairs
from mfp_stats.quantities.values import group_means


def people(seed: int, persons: int = 9, values: int = 4) -> np.ndarray:
    """Importance shares of some people in one draw, shape (1, persons, values)."""
    return softmax(np.random.default_rng(seed).normal(0, 1, (1, persons, values)), axis=2)


def brute(shares: np.ndarray, weights: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Overlap over all pairs of different people, as the definition says."""
    found = np.zeros((groups, groups))
    for g, h in product(range(groups), repeat=2):
        total = weight = 0.0
        for i, j in product(np.flatnonzero(group == g), np.flatnonzero(group == h)):
            if i != j:
                together = weights[i] * weights[j]
                total += together * (1 - 0.5 * np.abs(shares[i] - shares[j]).sum())
                weight += together
        found[g, h] = total / weight
    return found


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_the_fast_form_is_the_definition(seed: int) -> None:
    shares = people(seed)
    rng = np.random.default_rng(seed + 1)
    group = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2])
    weights = rng.exponential(size=(1, 9))
    expected = brute(shares[0], weights[0], group, 3)
    np.testing.assert_allclose(overlap_matrix(shares, weights, group, 3)[0], expected, atol=1e-10)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_symmetric_bounded_and_blind_to_order(seed: int) -> None:
    shares, group = people(seed, persons=12), np.arange(12) % 3
    weights = np.ones((1, 12))
    raw = overlap_matrix(shares, weights, group, 3)[0]
    np.testing.assert_allclose(raw, raw.T)
    assert ((raw >= 0) & (raw <= 1)).all()
    np.testing.assert_allclose(np.diag(normalised(raw)), 1.0)
    order = np.random.default_rng(seed).permutation(12)
    again = overlap_matrix(shares[:, order], weights, group[order], 3)[0]
    np.testing.assert_allclose(again, raw)
    values = np.random.default_rng(seed).permutation(4)
    np.testing.assert_allclose(overlap_matrix(shares[:, :, values], weights, group, 3)[0], raw)


def test_two_samples_of_one_population_are_as_alike_as_insiders() -> None:
    shares, group = people(3, persons=4000, values=6), np.arange(4000) % 2
    raw = overlap_matrix(shares, np.ones((1, 4000)), group, 2)
    assert normalised(raw)[0, 0, 1] == pytest.approx(1.0, abs=0.01)


def test_opposite_priorities_hardly_overlap() -> None:
    rng = np.random.default_rng(0)
    centre = np.where(np.arange(200)[:, None] % 2 == 0, [3, 0, 0, -3], [-3, 0, 0, 3])
    shares = softmax(centre + rng.normal(0, 0.3, (1, 200, 4)), axis=2)
    raw = overlap_matrix(shares, np.ones((1, 200)), np.arange(200) % 2, 2)
    assert normalised(raw)[0, 0, 1] < 0.2


def test_a_heavier_person_counts_for_more() -> None:
    shares = np.array([[[0.9, 0.1], [0.1, 0.9], [0.5, 0.5]]])
    even = group_means(shares, np.array([[1.0, 1.0, 1.0]]), np.zeros(3, dtype=int), 1)
    heavy = group_means(shares, np.array([[8.0, 1.0, 1.0]]), np.zeros(3, dtype=int), 1)
    np.testing.assert_allclose(even[0, 0], [0.5, 0.5])
    np.testing.assert_allclose(heavy[0, 0], [0.78, 0.22])


def test_pairs_are_the_cells_above_the_diagonal() -> None:
    matrix = np.arange(9.0).reshape(1, 3, 3)
    np.testing.assert_allclose(pairs(matrix), [[1.0, 2.0, 5.0]])
