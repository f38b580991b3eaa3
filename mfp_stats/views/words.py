"""Estimates and lists as plain words, one way for pages, reports and the command line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mfp_stats.quantities.in_words import chance, number, percent, span

__all__ = [
    "GROUPS",
    "WAVES",
    "Compared",
    "capital",
    "chance",
    "count",
    "duration",
    "inside",
    "interval",
    "listed",
    "number",
    "percent",
    "points",
    "quoted",
    "span",
]

_SMALL: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared, one of them and several, as it stands within a sentence."""

    one: str
    many: str


GROUPS: Final = Compared("group", "groups")
WAVES: Final = Compared("wave", "waves")


def interval(mean: float, low: float, high: float) -> str:
    """Return ``0.94 (0.90–0.97)``: the posterior mean and its 90 % interval."""
    return f"{number(mean, 2)} ({span(low, high, 2)})"


def points(mean: float, low: float, high: float) -> str:
    """Return ``24 points (18–30)``: a difference of shares in percentage points."""
    return f"{_in_points(mean)} ({span(100 * low, 100 * high)})"


def points_inside(mean: float, low: float, high: float) -> str:
    """Return ``24 points, 18–30``: the same for within a bracket."""
    return f"{_in_points(mean)}, {span(100 * low, 100 * high)}"


def _in_points(mean: float) -> str:
    size = number(100 * mean)
    return f"{size} {points_after(size)}"


def points_after(size: str) -> str:
    """Return ``point`` or ``points``, as it stands after a written number."""
    return "point" if size in {"1", "−1"} else "points"


def unsaid(sentences: Iterable[str], said: set[str]) -> list[str]:
    """Return the sentences that a page has not said yet; ``said`` holds those it has, and grows."""
    new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in said]
    said.update(new)
    return new


def listed(things: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    if len(things) <= 1:
        return "".join(things)
    return f"{', '.join(things[:-1])} and {things[-1]}"


def quoted(label: str) -> str:
    """Return a label in quotation marks, so that a sentence can hold it as it was written."""
    return f"“{label}”"


def of_pairs(some: int, total: int, groups: str) -> str:
    """Return ``two of three pairs of groups``, ``all three …``, or ``the one …`` that there is."""
    return some_of(some, total, f"pair of {groups}", f"pairs of {groups}")


def some_of(some: int, total: int, one: str, many: str) -> str:
    """Return ``two of three cruxes``, ``both cruxes``, ``all three …``, or ``the one crux``."""
    if total == 1:
        return f"the one {one}"
    if some == total:
        return f"{'both' if total == 2 else f'all {count(total)}'} {many}"
    return f"{count(some)} of {count(total)} {many}"


def first_of(told: Sequence[str], most: int) -> str:
    """Return the first of several texts, and how many more there are."""
    more = len(told) - most
    return listed([*told[:most], f"{count(more)} more"] if more > 0 else told)


def count(things: int) -> str:
    """Return a number below ten as a word."""
    return _SMALL[things] if things < len(_SMALL) else f"{things:,}"


def inside(sentence: str) -> str:
    """Return a sentence, or its beginning, as it stands within another one."""
    return sentence[:1].lower() + sentence[1:]


def capital(sentence: str) -> str:
    """Return a sentence with its first letter made a capital."""
    return sentence[:1].upper() + sentence[1:]


def duration(seconds: float) -> str:
    """Return ``45 seconds``, ``3 minutes`` or ``2 hours``, rounded."""
    whole = round(seconds)
    size, unit = (1, "second") if whole < 60 else (60, "minute")
    if whole >= 2 * 3600:
        size, unit = 3600, "hour"
    times = round(whole / size)
    return f"{times} {unit}{'' if times == 1 else 's'}"
