"""The division of a gap keeps Shapley's axioms, and transport keeps ranks."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit

from mfp_stats.quantities.shapley import (
    CAUSES,
    Latents,
    acceptance_of_subsets,
    expected_values,
    rank_transport,
    shapley,
)

GAMES = arrays(np.float64, (3, 16), elements=st.floats(0, 1))


def people(seed: int, *lead: int, shift: float = 0.0, m: int = 400) -> Latents:
    rng = np.random.default_rng(seed)
    return Latents(
        values=rng.normal(size=(*lead, m, 5)) + shift * np.arange(5),
        consequences=rng.normal(size=(*lead, m, 5)) + np.linspace(-1, 1, 5) + shift,
        signals=rng.normal(size=(*lead, m, 2)) + shift,
    )


def split(own: Latents, other: Latents, residuals: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    return acceptance_of_subsets(
        own,
        other,
        consequence_weight=0.3,
        signal_weights=np.array([0.5, 0.5]),
        residuals=residuals,
        rest=np.zeros(own.values.shape[:-1]),
    )


def by_hand(f: np.ndarray) -> np.ndarray:
    """Marginal contributions (order, cause) over all 24 orders of moving."""
    rows = []
    for order in permutations(range(4)):
        added, moved = np.zeros(4), 0
        for player in order:
            added[player] = f[moved | 1 << player] - f[moved]
            moved |= 1 << player
        rows.append(added)
    return np.array(rows)


@settings(max_examples=50)
@given(GAMES)
def test_it_is_the_mean_and_the_range_over_all_orders(games):
    phi, low, high = shapley(games)
    for k, game in enumerate(games):
        added = by_hand(game)
        assert phi[k] == pytest.approx(added.mean(axis=0), abs=1e-12)
        assert low[k] == pytest.approx(added.min(axis=0), abs=1e-12)
        assert high[k] == pytest.approx(added.max(axis=0), abs=1e-12)


@settings(max_examples=50)
@given(GAMES)
def test_the_parts_sum_to_the_whole(games):
    phi, _, _ = shapley(games)
    assert phi.sum(axis=1) == pytest.approx(games[:, 15] - games[:, 0], abs=1e-12)


def test_equal_players_get_equal_parts_and_a_dummy_nothing():
    """F depends on whether 0 and 1 are moved in the same way, on 3 additively, on 2 not at all."""
    subsets = np.arange(16)
    bit = [(subsets >> p) & 1 for p in range(4)]
    phi, low, high = shapley(bit[0] * bit[1] * 0.6 + bit[3] * 0.1)
    assert phi == pytest.approx([0.3, 0.3, 0.0, 0.1])
    assert low == pytest.approx([0.0, 0.0, 0.0, 0.1])
    assert high == pytest.approx([0.6, 0.6, 0.0, 0.1])


def test_swapping_two_players_swaps_their_parts():
    f = np.random.default_rng(1).random(16)
    renamed = [(s & 0b1100) | ((s & 1) << 1) | ((s >> 1) & 1) for s in range(16)]
    phi, _, _ = shapley(f)
    assert shapley(f[renamed])[0] == pytest.approx(phi[[1, 0, 2, 3]])


def test_transport_gives_the_others_distribution_in_ones_own_order():
    a, b = people(1, 3), people(2, 3, shift=0.5)
    moved = rank_transport(a.values, b.values)
    assert np.sort(moved, axis=1) == pytest.approx(np.sort(b.values, axis=1))
    assert (moved.argsort(axis=1) == a.values.argsort(axis=1)).all()


def test_people_who_tie_keep_their_order():
    source = np.array([[1.0], [0.0], [1.0], [1.0]])
    target = np.array([[4.0], [1.0], [3.0], [2.0]])
    assert rank_transport(source, target)[:, 0].tolist() == [2.0, 1.0, 3.0, 4.0]


@settings(max_examples=30)
@given(arrays(np.float64, (2, 7, 3), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0])))
def test_transport_to_oneself_changes_nothing(values):
    assert (rank_transport(values, values) == values).all()


def test_groups_of_other_sizes_are_refused():
    with pytest.raises(ValueError, match="resample to one size"):
        rank_transport(np.zeros((3, 1)), np.zeros((4, 1)))


def test_moving_to_oneself_leaves_acceptance_where_it_was():
    a = people(1)
    baseline = expit(0.3 * expected_values(a.values, a.consequences) + a.signals.sum(axis=1) / 2)
    assert split(a, a) == pytest.approx(np.full(16, baseline.mean()))


@pytest.mark.parametrize("cause", CAUSES)
def test_a_single_cause_gets_all_and_the_others_nothing(cause):
    a, b = people(1), people(2, shift=0.4)
    changed = {
        "values": Latents(b.values, a.consequences, a.signals),
        "models": Latents(a.values, b.consequences, a.signals),
        "signals": Latents(a.values, a.consequences, b.signals),
        "residual": a,
    }[cause]
    f = split(a, changed, (0.2, 0.9 if cause == "residual" else 0.2))
    phi, low, high = shapley(f)
    place = CAUSES.index(cause)
    others = np.arange(4) != place
    assert abs(f[15] - f[0]) > 0.01
    assert phi[place] == pytest.approx(f[15] - f[0])
    assert np.stack([phi, low, high])[:, others] == pytest.approx(np.zeros((3, 3)), abs=1e-12)


def test_leading_axes_are_draws():
    a, b = people(1, 4), people(2, 4, shift=0.3)
    tau = np.linspace(0, 1, 4)
    together = acceptance_of_subsets(
        a,
        b,
        consequence_weight=np.linspace(0.1, 0.4, 4),
        signal_weights=np.linspace(0, 1, 8).reshape(4, 2),
        residuals=(np.zeros(4), tau),
        rest=np.full((4, 400), 0.1),
    )
    assert together.shape == (4, 16)
    for d in range(4):
        one = acceptance_of_subsets(
            Latents(a.values[d], a.consequences[d], a.signals[d]),
            Latents(b.values[d], b.consequences[d], b.signals[d]),
            consequence_weight=np.linspace(0.1, 0.4, 4)[d],
            signal_weights=np.linspace(0, 1, 8).reshape(4, 2)[d],
            residuals=(0.0, tau[d]),
            rest=np.full(400, 0.1),
        )
        assert together[d] == pytest.approx(one)


def test_without_values_consequences_count_nothing():
    assert (expected_values(np.zeros((3, 0)), np.zeros((3, 0))) == 0).all()
