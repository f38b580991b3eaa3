"""Estimates as words, for reasons that quantities give and for the sentences of views alike.

Here rather than among views, which may import it while quantities may not import them: the reason
for a zone and the sentence around it must write a number the same way.
"""

from collections.abc import Mapping
from typing import Final

from mfp_stats.design.data import MIDDLE, NEUTRAL

#: What 0 is on the scale of a rating (:mod:`mfp_stats.design.data`).
ZEROS: Final[Mapping[str, str]] = {
    NEUTRAL: "the neutral answer",
    MIDDLE: "the middle of the scale",
}
#: What is rounded to 0.00, and short of 1 to 1.00.
_LEAST_CHANCE: Final = 0.005


def percent(mean: float, low: float, high: float) -> str:
    """Return ``71 % (52–88)``: a share between 0 and 1 as a percentage with its 90 % interval."""
    return f"{number(100 * mean)} % ({span(100 * low, 100 * high)})"


def chance(probability: float) -> str:
    """Return a posterior probability to two decimals; draws are too few to say 0 or 1 of any."""
    if probability < _LEAST_CHANCE:
        return "below 0.01"
    return "above 0.99" if probability > 1 - _LEAST_CHANCE else number(probability, 2)


def span(low: float, high: float, decimals: int = 0) -> str:
    """Return ``52–88``; with a number below 0 ``−3 to 7``, since a dash would hide its sign."""
    ends = number(low, decimals), number(high, decimals)
    return (" to " if any(end.startswith("−") for end in ends) else "–").join(ends)


def number(value: float, decimals: int = 0) -> str:
    """Return a rounded number with a minus sign that is one; nothing is rounded to ``−0``."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if not float(text) else text.replace("-", "−")
