"""Estimates and lists as plain words, one way for pages, reports and the command line."""

from collections.abc import Sequence
from typing import Final

_SMALL: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def interval(mean: float, low: float, high: float) -> str:
    """Return ``0.94 (0.90–0.97)``: the posterior mean and its 90 % interval."""
    return f"{mean:.2f} ({low:.2f}–{high:.2f})"


def percent(mean: float, low: float, high: float) -> str:
    """Return ``71 % (52–88)``: a share between 0 and 1 as a percentage with its 90 % interval."""
    return f"{100 * mean:.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def listed(things: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    if len(things) <= 1:
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def quoted(label: str) -> str:
    """Return a label in quotation marks, so that a sentence can hold it as it was written."""
    return f"“{label}”"


def count(number: int) -> str:
    """Return a number below ten as a word."""
    return _SMALL[number] if number < len(_SMALL) else f"{number:,}"


def duration(seconds: float) -> str:
    """Return ``45 seconds``, ``3 minutes`` or ``2 hours``, rounded."""
    whole = round(seconds)
    size, unit = (1, "second") if whole < 60 else (60, "minute")
    if whole >= 2 * 3600:
        size, unit = 3600, "hour"
    number = round(whole / size)
    return f"{number} {unit}{'' if number == 1 else 's'}"
