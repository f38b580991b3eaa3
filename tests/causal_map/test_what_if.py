"""What follows from a push: sums over ways of links, loops that have no end, and their names."""

import numpy as np
import pytest

from mfp_stats.quantities.causal_map.what_if import (
    link_matrix,
    reachable,
    reached,
    settles,
    spectral_radius,
    strongest_loop,
    total_effects,
)

CHAIN = np.array([[0, 1], [1, 2], [0, 2]])
LOOP = np.array([[0, 1], [1, 0], [1, 2]])


def test_the_total_is_the_sum_over_all_ways():
    rng = np.random.default_rng(1)
    strength = rng.uniform(-1, 1, (5, 3))
    total = total_effects(link_matrix(strength, CHAIN, 3))
    np.testing.assert_allclose(total[:, 0, 2], strength[:, 2] + strength[:, 0] * strength[:, 1])
    np.testing.assert_allclose(total[:, 0, 1], strength[:, 0])
    np.testing.assert_allclose(total[:, 1, 0], 0)
    np.testing.assert_allclose(np.diagonal(total, axis1=1, axis2=2), 1)


def test_a_loop_that_settles_adds_up_what_goes_round():
    a, b, c = 0.5, 0.8, -0.4
    total = total_effects(link_matrix(np.array([a, b, c]), LOOP, 3))
    rounds = sum((a * b) ** n for n in range(200))
    assert total[0, 0] == pytest.approx(rounds)
    assert total[0, 2] == pytest.approx(a * c * rounds)


def test_without_a_loop_the_radius_is_exactly_zero():
    strong = link_matrix(np.full((4, 3), 1.0), CHAIN, 3)
    assert (spectral_radius(strong, CHAIN) == 0).all()
    loop = link_matrix(np.array([0.5, 0.8, 1.0]), LOOP, 3)
    assert spectral_radius(loop, LOOP) == pytest.approx(np.sqrt(0.4))


@pytest.mark.parametrize(
    ("radius", "settled"),
    [
        (np.full(1000, 0.94), True),
        (np.r_[np.full(990, 0.5), np.full(10, 0.97)], True),
        (np.r_[np.full(989, 0.5), np.full(11, 0.97)], False),
        (np.r_[np.full(999, 0.5), 1.0], False),
    ],
)
def test_nothing_is_worked_out_where_too_many_draws_grow_without_end(radius, settled):
    assert settles(radius) is settled


def test_the_strongest_loop_is_named_in_order():
    matrix = np.zeros((5, 5))
    matrix[0, 1] = matrix[1, 0] = 0.5
    matrix[2, 3], matrix[3, 4], matrix[4, 2] = 0.9, -0.8, 0.7
    loop, product = strongest_loop(matrix)
    at = loop.index(2)
    assert [*loop[at:], *loop[:at]] == [2, 3, 4]
    assert product == pytest.approx(-0.9 * 0.8 * 0.7)
    matrix[0, 1] = matrix[1, 0] = 0.9
    assert sorted(strongest_loop(matrix)[0]) == [0, 1]


def test_the_strongest_loop_is_that_of_all_loops_by_hand():
    rng = np.random.default_rng(5)
    for _ in range(30):
        matrix = np.where(rng.random((5, 5)) < 0.5, rng.uniform(-1, 1, (5, 5)), 0.0)
        np.fill_diagonal(matrix, 0)
        loop, product = strongest_loop(matrix)
        every = dict(_loops(matrix))
        assert bool(loop) == bool(every)
        if loop:
            best = max(abs(p) ** (1 / len(c)) for c, p in every.items())
            assert len(set(loop)) == len(loop)
            assert abs(product) ** (1 / len(loop)) == pytest.approx(best)


def _loops(matrix, path=None):
    """Yield every loop with its product, by trying all ways."""
    for first in range(len(matrix)) if path is None else ():
        yield from _loops(matrix, (first,))
    if path is None:
        return
    for after in np.flatnonzero(matrix[path[-1]]):
        if after == path[0]:
            yield (
                path,
                np.prod([matrix[i, j] for i, j in zip(path, (*path[1:], path[0]), strict=True)]),
            )
        elif after > path[0] and after not in path:
            yield from _loops(matrix, (*path, int(after)))


def test_a_concept_without_links_reaches_nothing():
    ways = reachable(CHAIN, 4)
    assert not ways[3].any() and not ways[:, 3].any()
    moves = np.array([[0, 0, 0, 1.0], [0.5, 0, -0.5, 0], [0, 0, 1.0, 0]])
    np.testing.assert_array_equal(
        reached(moves, ways), [[False] * 4, [False, True, True, False], [False] * 4]
    )
    assert not spectral_radius(np.zeros((2, 4, 4)), np.zeros((0, 2), dtype=int)).any()
