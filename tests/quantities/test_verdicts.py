"""Verdicts on made-up draws of a split and of a randomised check."""

import numpy as np
import pytest

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.verdicts import judge, lead_by_the_check

DRAWS = 4000
#: Mean split of a gap of 20 points that one cause carries, and what each draw adds.
SD = 0.02


def split(cause: str, sign: float = 1.0) -> np.ndarray:
    parts = np.random.default_rng(1).normal(0, SD, (DRAWS, 5))
    parts[:, CAUSES.index(cause)] += 0.2
    return sign * parts


def left_unclosed(mean: float, sd: float) -> np.ndarray:
    return np.random.default_rng(2).normal(mean, sd, DRAWS)


def by_the_check(parts: np.ndarray, unclosed: np.ndarray) -> float:
    gaps = parts.sum(axis=1)[None]
    return float(lead_by_the_check(gaps, parts[None], unclosed[None])[0])


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    ("mean", "sd", "verdict"),
    [
        (0.0, 0.02, "models"),  # it closes what it should
        (0.2, 0.02, "cannot_tell"),  # it closes nothing
        (0.0, 0.15, "cannot_tell"),  # too few answered to say
        (0.05, 0.02, "models"),  # most of it is closed
        (-0.05, 0.02, "models"),  # more than all of it
    ],
)
def test_models_are_named_if_they_lead_by_the_check_too(sign, mean, sd, verdict) -> None:
    parts = split("models", sign)
    checked = by_the_check(parts, sign * left_unclosed(mean, sd))
    found = judge(parts.sum(axis=1), parts, checked=checked)
    assert found.verdict == verdict
    assert found.leading == "models" and found.probability > 0.9
    assert (checked > 0.9) == (verdict == "models")


def test_without_a_check_the_split_alone_counts() -> None:
    parts = split("models")
    assert judge(parts.sum(axis=1), parts).verdict == "models"


@pytest.mark.parametrize("cause", ["values", "signals", "residual"])
def test_a_vague_check_unnames_no_other_cause(cause: str) -> None:
    parts = split(cause)
    checked = by_the_check(parts, left_unclosed(0.0, 0.15))
    assert checked < 0.5
    assert judge(parts.sum(axis=1), parts, checked=checked).verdict == cause


def test_a_check_of_no_gap_leaves_it_none() -> None:
    parts = np.random.default_rng(3).normal(0, 0.005, (DRAWS, 5))
    checked = by_the_check(parts, left_unclosed(0.0, 0.3))
    assert judge(parts.sum(axis=1), parts, checked=checked).verdict == "no_gap"
