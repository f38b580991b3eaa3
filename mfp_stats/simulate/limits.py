"""Limits of numeric answers."""

from typing import Final

from mfp_stats.questionnaire.model import Item

_RANGE: Final = 100.0


def limits(item: Item) -> tuple[float, float]:
    """Return the least and greatest number that a simulated answer takes."""
    low = 0.0 if item.minimum is None else item.minimum
    high = low + _RANGE if item.maximum is None else item.maximum
    return low, max(high, low)
