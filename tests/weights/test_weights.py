"""Design weights: Kish's quantities and every kind of bad weight."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.errors import DesignError
from mfp_stats.weights import count_zeros, design_effect, effective_n, normalise, weight_faults

usable = st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30)


@given(usable)
def test_normalised_weights_have_mean_one_and_keep_ratios(weights: list[float]) -> None:
    w = normalise(weights)
    assert w.mean() == pytest.approx(1)
    assert w / w[0] == pytest.approx(np.array(weights) / weights[0])


@given(usable)
def test_effective_n_lies_between_one_and_n(weights: list[float]) -> None:
    assert 1 - 1e-9 <= effective_n(weights) <= len(weights) + 1e-9
    assert effective_n(weights) * design_effect(weights) == pytest.approx(len(weights))


@given(usable, st.floats(1e-6, 1e6))
def test_the_unit_of_weights_does_not_matter(weights: list[float], unit: float) -> None:
    assert effective_n(np.array(weights) * unit) == pytest.approx(effective_n(weights))


def test_equal_weights_cost_nothing() -> None:
    assert design_effect([2.0] * 7) == pytest.approx(1)
    assert effective_n([2.0] * 7) == pytest.approx(7)


def test_kish_by_hand() -> None:
    # n Σw² / (Σw)² = 2 · (1 + 9) / 16
    assert design_effect([1, 3]) == pytest.approx(20 / 16)


def test_design_effect_is_the_variance_ratio_of_a_weighted_mean() -> None:
    rng = np.random.default_rng(1)
    w = rng.lognormal(0, 0.7, 60)
    means = (rng.standard_normal((40_000, 60)) * w).sum(axis=1) / w.sum()
    assert means.var() * 60 == pytest.approx(design_effect(w), rel=0.03)


def test_zeros_count_and_are_no_respondents() -> None:
    assert count_zeros([0, 1, 0.0]) == 2
    assert design_effect([0, 1, 1]) == pytest.approx(1)
    assert effective_n([0, 1, 1]) == pytest.approx(2)


def test_huge_weights_stay_finite() -> None:
    assert effective_n([1e300, 1e300, 1e300]) == pytest.approx(3)


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, -math.inf])
def test_each_bad_weight_is_named(bad: float) -> None:
    with pytest.raises(DesignError) as caught:
        normalise([1.0, bad, 2.0, bad], ["ann", "ben", "cyd", "dov"])
    assert [f.where for f in caught.value.faults] == ["ben, weight", "dov, weight"]


def test_no_weight_above_zero_is_a_fault() -> None:
    assert len(weight_faults([0.0, 0.0])) == 1
    assert weight_faults([0.0, 0.1]) == []
