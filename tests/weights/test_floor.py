"""Weighted numbers rest on enough people who weigh something, and give nobody else away."""

import numpy as np
import pytest

from mfp_stats.weights import enough_weighted

FLOOR = 10


def enough(counted: int, uncounted: int, *, observed: bool = False) -> bool:
    """Ask of so many people with a weight and without, among others outside."""
    weight = np.r_[np.full(counted, 0.3), np.zeros(uncounted), np.ones(20)]
    inside = np.arange(len(weight)) < counted + uncounted
    return enough_weighted(weight, inside, FLOOR, observed=observed)


def test_without_weights_everybody_counts() -> None:
    assert enough_weighted(None, np.arange(30) < 11, FLOOR)
    assert not enough_weighted(None, np.arange(30) < 10, FLOOR)


@pytest.mark.parametrize("observed", [False, True])
def test_the_floor_is_of_people_who_weigh_something(observed: bool) -> None:
    assert enough(11, 0, observed=observed)
    assert not enough(10, 0, observed=observed)
    assert not enough(10, 50, observed=observed)
    assert not enough(0, 12, observed=observed)


@pytest.mark.parametrize(("uncounted", "shown"), [(0, True), (1, False), (10, False), (11, True)])
def test_a_few_of_weight_zero_are_not_told_by_difference(uncounted: int, shown: bool) -> None:
    assert enough(12, uncounted, observed=True) is shown
    assert enough(12, uncounted)
