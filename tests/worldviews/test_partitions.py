"""Distances and summaries of partitions do not depend on labels."""

import numpy as np
import pytest

from mfp_stats.quantities.partitions import (
    co_membership,
    credible_ball,
    variation_of_information,
)


def test_distance_ignores_labels():
    one = np.array([0, 0, 1, 1, 2, 2])
    np.testing.assert_allclose(
        variation_of_information(np.array([one, (one + 1) % 3])), 0, atol=1e-12
    )


def test_known_distances():
    whole, halves, crossed = np.zeros(4, int), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    distance = variation_of_information(np.array([whole, halves, crossed]))
    np.testing.assert_allclose(distance, [[0, 1, 1], [1, 0, 2], [1, 2, 0]], atol=1e-12)


@pytest.fixture
def sampled() -> np.ndarray:
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 40)
    flips = rng.random((150, 120)) < 0.05
    return np.where(flips, rng.integers(0, 3, size=flips.shape), truth)


def test_the_ball_holds_its_mass_and_ignores_labels(sampled):
    ball = credible_ball(sampled)
    distance = variation_of_information(np.vstack([ball.centre, sampled]))[0, 1:]
    assert 0.9 <= np.mean(distance <= ball.radius + 1e-9) <= 0.92
    permuted = np.random.default_rng(1).permuted(np.tile(np.arange(3), (150, 1)), axis=1)
    again = credible_ball(np.take_along_axis(permuted, sampled, axis=1))
    assert again.radius == pytest.approx(ball.radius)
    np.testing.assert_allclose(
        variation_of_information(np.array([again.centre, ball.centre]))[0, 1], 0, atol=1e-9
    )


def test_the_edge_of_the_ball(sampled):
    ball = credible_ball(sampled)
    for edge in (ball.farthest, ball.coarsest, ball.finest):
        assert variation_of_information(np.array([ball.centre, edge]))[0, 1] <= ball.radius + 1e-9


def test_certain_partitions_have_no_spread():
    ball = credible_ball(np.tile([0, 1, 1], (20, 1)))
    assert (ball.expected, ball.radius) == (0.0, 0.0)


def test_co_membership():
    shared = co_membership(np.array([[0, 0, 1], [1, 1, 1]]))
    np.testing.assert_allclose(shared, [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]])
