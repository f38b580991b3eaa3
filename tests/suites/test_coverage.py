"""Intervals are counted apart by whether there is a true difference, with the size of errors."""

from typing import Any

import numpy as np
import pytest

from tests.suites.acceptance import pooled_coverage
from tests.suites.coverage import KINDS, coverage_figures, tally
from tests.suites.rows import Row

NONE, SOME = KINDS[True], KINDS[False]


def row(mean: float, half: float) -> dict[str, float]:
    return {"gap_mean": mean, "gap_q05": mean - half, "gap_q95": mean + half}


def test_intervals_are_counted_with_their_errors() -> None:
    counts = tally(
        [(row(0.1, 0.1), "gap", 0.2), (row(0.1, 0.1), "gap", 0.3), (row(0, 1), "gap", 0)]
    )
    assert counts[SOME][:2] == [1, 2] and counts[NONE][:2] == [1, 1]
    one = 3.29 * 0.1 / 0.2
    assert counts[SOME][2] == pytest.approx(one**2 + (2 * one) ** 2, abs=0.01)
    assert counts[NONE][2] == 0


def test_what_says_no_difference_may_be_elsewhere_or_nowhere() -> None:
    assert list(tally([(row(1, 0.1), "gap", 1.0)], around=1.0)) == [NONE]
    assert list(tally([(row(0, 0.1), "gap", 0.0)], around=None)) == [SOME]


def test_no_interval_holds_what_does_not_exist() -> None:
    assert tally([(row(0.1, 5.0), "gap", np.nan)]) == {NONE: [0, 1, 0.0]}


@pytest.mark.parametrize(
    ("held", "of", "passed"),
    [(900, 1000, True), (990, 1000, False), (700, 1000, False), (10, 10, None), (9, 12, None)],
)
def test_a_count_passes_fails_or_cannot_tell(held: int, of: int, passed: bool | None) -> None:
    figures = coverage_figures([{"covered": {"gap": {SOME: [held, of, float(of)]}}}])
    figure = next(f for f in figures if f.name.endswith("gap, a true difference"))
    assert figure.passed is passed
    assert "errors 1.00 sd" in figure.value


def pooled(truth: str, off: float) -> list[dict[str, Any]]:
    """Return the counts of one survey whose values are so many sds above what is true."""
    split, sd = [0.2, 0.0, 0.0, 0.0, 0.0], 0.01
    mean = [0.2 + off * sd, 0.0, 0.0, 0.0, 0.0]
    pair = {"mean": mean, "covariance": (sd**2 * np.eye(5)).tolist()}
    result = {"check": {"split": split, "pairs": [pair]}}
    return pooled_coverage(
        [Row("acceptance", f"truth={truth} n=900", 0, 0, "0", True, 1.0, result)]
    )


def test_intervals_of_all_proposals_together_are_counted() -> None:
    (near,) = pooled("values", 1.0)
    told, rest = near["covered"]["cause, all proposals"].values()
    assert (told, rest) == ([1, 1, pytest.approx(1.0, abs=0.01)], [4, 4, 0.0])
    # Five independent parts have together an sd of the root of five.
    assert list(near["covered"]["gap, all proposals"].values()) == [[1, 1, pytest.approx(0.2)]]
    (far,) = pooled("values", 2.0)
    assert far["covered"]["cause, all proposals"]["a true difference"][:2] == [0, 1]
    assert pooled("none", 0.0) == pooled("style", 0.0) == []
