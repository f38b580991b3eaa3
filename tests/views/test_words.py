"""Estimates as words."""

import pytest

from mfp_stats.views.words import chance


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "below 0.01"),
        (0.004, "below 0.01"),
        (0.006, "0.01"),
        (0.5, "0.50"),
        (0.994, "0.99"),
        (0.996, "above 0.99"),
        (1.0, "above 0.99"),
    ],
)
def test_no_chance_is_told_as_certain(probability: float, words: str) -> None:
    assert chance(probability) == words
