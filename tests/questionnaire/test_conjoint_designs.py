"""Pairs of profiles are balanced, tell every level apart, and are the same everywhere."""

from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.questionnaire.conjoint_designs import (
    PairBalance,
    Pairs,
    information,
    pair_balance,
    possible_pairs,
    profile_pairs,
)


def balance_of(design: Pairs, levels: tuple[int, ...]) -> PairBalance:
    names = {f"a{k}": [str(level) for level in range(n)] for k, n in enumerate(levels)}
    return pair_balance([tuple([str(v) for v in side] for side in pair) for pair in design], names)


def efficiency(design: Pairs, levels: tuple[int, ...]) -> float:
    """D-efficiency up to a constant."""
    return information(design, levels) ** (1 / (sum(levels) - len(levels)))


def different(design: Pairs) -> bool:
    return len({frozenset(pair) for pair in design}) == len(design) and all(
        first != second for first, second in design
    )


@pytest.mark.parametrize(
    "levels", [(3, 2), (2, 2, 2, 2, 2), (3, 3, 3), (2, 3, 4, 5), (4, 4, 4, 4), (5, 3, 2), (3,) * 8]
)
def test_levels_and_sides_are_even(levels):
    found = balance_of(profile_pairs(levels, min(24, possible_pairs(levels))), levels)
    assert found.even
    assert all(most - least <= 1 for least, most in found.levels.values())
    assert max(found.sides.values()) <= 1


@pytest.mark.parametrize(("levels", "pairs"), [((3, 3, 3), 24), ((2,) * 6, 24), ((4, 3, 2), 24)])
def test_profiles_differ_in_every_attribute_where_that_can_be(levels, pairs):
    assert set(balance_of(profile_pairs(levels, pairs), levels).alike.values()) == {0}


def test_overlap_is_no_more_than_there_must_be():
    """Of four attributes with two levels, eight pairs differ in all and others are alike in one."""
    design = profile_pairs((2, 2, 2, 2), 24)
    alike = [sum(a == b for a, b in zip(*pair, strict=True)) for pair in design]
    assert (alike.count(0), alike.count(1), sum(alike)) == (8, 16, 16)
    assert set(balance_of(design, (2, 2, 2, 2)).alike.values()) == {4}


def test_two_attributes_are_not_tied_together():
    """With even levels and no overlap, the best there is: no cross-products between attributes."""
    assert efficiency(profile_pairs((2,) * 6, 24), (2,) * 6) == pytest.approx(4 * 24)
    assert efficiency(profile_pairs((2,) * 4, 8), (2,) * 4) == pytest.approx(4 * 8)


@pytest.mark.parametrize(
    ("levels", "pairs"),
    [((3, 2), 12), ((2, 2, 2), 18), ((3, 3, 2), 12), ((2, 4), 18), ((4, 3, 2), 24), ((3,) * 5, 18)],
)
def test_hardly_any_random_design_is_better(levels, pairs):
    found = efficiency(profile_pairs(levels, pairs), levels)
    random = Random(4)
    profiles = list(product(*(range(n) for n in levels)))
    every = [(a, b) for i, a in enumerate(profiles) for b in profiles[:i]]
    best = max(efficiency(tuple(random.sample(every, pairs)), levels) for _ in range(500))
    assert found >= 0.9 * best


@settings(max_examples=60)
@given(st.data())
def test_every_design_is_sound(data):
    levels = tuple(data.draw(st.lists(st.integers(2, 6), min_size=1, max_size=5)))
    needed = sum(levels) - len(levels)
    most = min(40, possible_pairs(levels))
    pairs = data.draw(st.integers(min(needed + 1, most), most))
    design = profile_pairs(levels, pairs)
    assert len(design) == pairs and different(design)
    assert all(0 <= level < n for pair in design for side in pair
               for level, n in zip(side, levels, strict=True))  # fmt: skip
    if pairs > needed:
        assert information(design, levels) > 0
    found = balance_of(design, levels)
    # Where nearly all pairs that differ throughout are wanted, nothing is left to even out with.
    if 2 * pairs <= prod(n * (n - 1) for n in levels) // 2:
        assert found.even
        assert set(found.alike.values()) == {0}


def test_all_pairs_that_there_are_can_be_asked():
    for levels in ((2, 2), (3, 2), (4,), (2, 2, 2), (3, 3)):
        design = profile_pairs(levels, possible_pairs(levels))
        assert different(design) and information(design, levels) > 0


def test_a_design_does_not_change():
    """Stored answers are sides of these pairs: another design is another questionnaire."""
    first = profile_pairs((3, 2, 2), 6)
    profile_pairs.cache_clear()
    assert profile_pairs((3, 2, 2), 6) == first == SIX


SIX: Pairs = (
    ((1, 1, 0), (2, 0, 1)),
    ((0, 1, 1), (2, 0, 0)),
    ((2, 1, 0), (1, 0, 1)),
    ((0, 0, 0), (1, 1, 1)),
    ((1, 0, 1), (0, 1, 0)),
    ((2, 0, 1), (0, 1, 0)),
)


def test_impossible_designs_are_refused():
    for levels, pairs in (((2,), 2), ((2, 2), 7), ((), 1), ((1, 3), 2), ((3, 3), 0)):
        with pytest.raises(ValueError, match="no design"):
            profile_pairs(levels, pairs)


def test_information_is_that_of_zero_sum_coding():
    """One attribute of two levels, shown once each way: differences are 2 and −2."""
    assert information((((0,), (1,)), ((1,), (0,))), (2,)) == 8
    alike = (((0, 0), (1, 1)), ((1, 1), (0, 0)))
    assert information(alike, (2, 2)) == 0
