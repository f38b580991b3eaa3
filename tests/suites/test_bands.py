"""The law of rank ECDFs is exact."""

from itertools import product

import numpy as np
import pytest

from tests.suites.sbc.bands import Uniformity


def farthest(law, ranks):
    counts = np.cumsum(np.bincount(ranks, minlength=law.bins))[:-1]
    return law.pointwise()[np.arange(law.bins - 1), counts].min()


@pytest.mark.parametrize(("n", "bins"), [(3, 3), (4, 5), (6, 2)])
def test_p_values_are_those_of_counting_every_outcome(n, bins):
    law = Uniformity(n, bins)
    every = [np.array(ranks) for ranks in product(range(bins), repeat=n)]
    strays = np.array([farthest(law, ranks) for ranks in every])
    for ranks, stray in list(zip(every, strays, strict=True))[:: max(1, len(every) // 40)]:
        assert law.p_value(ranks) == pytest.approx((strays <= stray * (1 + 1e-9)).mean())


def test_uniform_ranks_stay_inside_as_often_as_they_should():
    law, rng = Uniformity(150, 100), np.random.default_rng(1)
    low, high = law.band(0.9)
    ranks = rng.integers(100, size=(2000, 150))
    counts = np.array([np.cumsum(np.bincount(r, minlength=100))[:-1] for r in ranks])
    outside = ((counts < low) | (counts > high)).any(axis=1).mean()
    assert 0.1 - 0.03 < outside <= 0.1 + 0.02


def test_band_and_p_value_say_the_same():
    law, rng = Uniformity(60, 20), np.random.default_rng(2)
    low, high = law.band(0.9)
    for _ in range(60):
        ranks = np.minimum((20 * rng.random(60) ** rng.uniform(0.7, 1.4)).astype(int), 19)
        counts = np.cumsum(np.bincount(ranks, minlength=20))[:-1]
        inside = bool(((low <= counts) & (counts <= high)).all())
        assert inside == (law.p_value(ranks) > 0.1)


@pytest.mark.parametrize("power", [0.6, 1.7])
def test_a_biased_posterior_leaves_the_band(power):
    ranks = (100 * np.random.default_rng(3).random(150) ** power).astype(int)
    assert Uniformity(150, 100).p_value(ranks) < 1e-4


@pytest.mark.parametrize("spread", [0.4, 2.5])
def test_a_posterior_of_the_wrong_width_leaves_the_band(spread):
    rng = np.random.default_rng(4)
    draws = spread * rng.standard_normal((150, 99))
    ranks = (draws < rng.standard_normal((150, 1))).sum(axis=1)
    assert Uniformity(150, 100).p_value(ranks) < 1e-3
