"""Estimates and lists as plain words, one way for pages, reports and the command line."""

from collections.abc import Sequence


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
