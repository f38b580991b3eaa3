"""Whether displayed intervals hold what is true, and how wide they are beside their errors.

Partially pooled estimates lean towards no difference. Where there is none, their errors are
smaller than their intervals, by design; where there is one, the two have to go together. So both
kinds are counted apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from tests.suites.intervals import binomial_interval, share_words
from tests.suites.suite import Figure

#: True differences smaller than half a point in a hundred are none.
NONE: Final = 0.005
#: Width of a normal 90 % interval in standard deviations.
WIDTH: Final = 3.29
#: What 90 % intervals have to hold.
LEAST, MOST = 0.85, 0.95
KINDS: Final = {True: "no true difference", False: "a true difference"}

#: Held, of, and the sum of squared standardised errors.
type Tally = list[float]


def tally(
    rows: Iterable[tuple[Mapping[str, Any], str, float]], *, around: float | None = 0.0
) -> dict[str, Tally]:
    """Count intervals that hold the truth, apart by whether there is a true difference.

    Parameters
    ----------
    rows
        A row of a table, the name of a quantity with columns ``_mean``, ``_q05`` and ``_q95``,
        and its true value; NaN where what is shown does not exist, which no interval holds.
    around
        The value that says "no difference"; None where none does.

    Returns
    -------
    dict
        For each of :data:`KINDS` that occurs: intervals that hold, all of them, and the sum of
        squared errors in standard deviations of the posterior.
    """
    counts: dict[str, Tally] = {}
    for row, name, value in rows:
        low, high = row[f"{name}_q05"], row[f"{name}_q95"]
        exists = not np.isnan(value)
        kind = KINDS[not exists or (around is not None and abs(value - around) < NONE)]
        held, of, squares = counts.get(kind, [0, 0, 0.0])
        off = row[f"{name}_mean"] - value if exists else 0.0
        error = off * WIDTH / max(high - low, 1e-9)
        counts[kind] = [held + bool(low <= value <= high), of + 1, round(squares + error**2, 3)]
    return counts


def coverage_figures(results: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """Set the counts of all replicates against 85–95 %.

    Parameters
    ----------
    results
        With ``covered``: kinds of quantities to what :func:`tally` returned.
    """
    total: dict[tuple[str, str], np.ndarray] = {}
    for result in results:
        for quantity, counts in result["covered"].items():
            for kind, numbers in counts.items():
                at = (quantity, kind)
                total[at] = total.get(at, np.zeros(3)) + np.array(numbers)
    whole = {
        "all displayed": _sum(total, lambda at: True),
        **{f"all, {kind}": _sum(total, lambda at, k=kind: at[1] == k) for kind in KINDS.values()},
    }
    each = {f"{quantity}, {kind}": numbers for (quantity, kind), numbers in sorted(total.items())}
    return [_figure(name, numbers) for name, numbers in (whole | each).items() if numbers[1]]


def _sum(total: Mapping[tuple[str, str], np.ndarray], of: Any) -> np.ndarray:
    return sum((n for at, n in total.items() if of(at)), np.zeros(3))


def _figure(name: str, numbers: np.ndarray) -> Figure:
    held, of, squares = numbers
    low, high = binomial_interval(int(held), int(of))
    # So few that the count cannot tell are no failure.
    passed = True if LEAST <= held / of <= MOST else False if low > MOST or high < LEAST else None
    value = f"{share_words(int(held), int(of))}; errors {np.sqrt(squares / of):.2f} sd"
    return Figure(f"90 % intervals that hold the truth: {name}", value, "85–95 %", passed)
