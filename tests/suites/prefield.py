"""The check before fieldwork: what two fits of a kind predict, and what others give.

Surveys of the acceptance suite are those of a check, which leaves out ratings and takes two
worldviews for known too; each keeps what a check keeps of one. Each two successive ones of a truth
and size are taken for a check, and what these predict (widths of intervals, power) is held against
the surveys that are left, which have other seeds: their widths, and the verdicts that they reached
themselves. Power on average over checks is set beside the verdicts of all surveys: each is left out
of what one check is held against, so that this is also the mean of what checks are held against.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.simulate.truths import DEFAULT_EFFECT
from mfp_stats.workflow.prefield.plan import NONE, REPLICATES, SurveyTask
from mfp_stats.workflow.prefield.power import Learnt, power_records, right_verdict
from tests.suites.intervals import share_words
from tests.suites.rows import Row
from tests.suites.suite import Figure

#: Surveys of each truth, by people: of 2,700 there are too few to predict any of the others.
SIZES: Final = {300: 6, 900: 12}
TRUTHS: Final = (*CAUSES, NONE)
#: What the issue asks for: widths within a fifth, power within ten points.
WIDTH, POWER = 0.20, 0.10
#: How often counts are drawn, to know how far chance alone sets them apart from power.
_CHANCES: Final = 4000

type Result = Mapping[str, Any]


def results(rows: Sequence[Row], truth: str, n: int) -> list[Result]:
    """Return what surveys of a cell left, in the order of their replicates."""
    found = sorted((r for r in rows if r.cell == f"truth={truth} n={n}"), key=lambda r: r.replicate)
    told = [r.result["check"] for r in found if r.result is not None and "check" in r.result]
    # Rows of earlier code do not hold what the randomised check left unclosed.
    old = {"check": None}
    return [{**one, "pairs": [old | pair for pair in one["pairs"]]} for one in told]


def checks(found: Sequence[Result]) -> Iterator[tuple[Sequence[Result], Sequence[Result]]]:
    """Yield what a check would have fitted, and the other surveys of its kind."""
    for start in range(0, len(found) - REPLICATES + 1, REPLICATES):
        inside = slice(start, start + REPLICATES)
        others = [*found[:start], *found[start + REPLICATES :]]
        if others:
            yield found[inside], others


def mean_widths(found: Sequence[Result]) -> dict[tuple[str, str], float]:
    """Return the mean width of each kind of interval, by quantity and what it is of."""
    widths: dict[tuple[str, str], list[float]] = {}
    for width in (w for result in found for w in result["widths"]):
        widths.setdefault((width["quantity"], width["what"]), []).append(width["width"])
    return {kind: float(np.mean(numbers)) for kind, numbers in widths.items()}


def width_errors(rows: Sequence[Row]) -> dict[str, list[float]]:
    """Return by how much predicted widths are off, as shares of what others gave, by quantity."""
    errors: dict[str, list[float]] = {}
    for truth in TRUTHS:
        for n in SIZES:
            for fitted, others in checks(results(rows, truth, n)):
                predicted, given = mean_widths(fitted), mean_widths(others)
                for kind in sorted(predicted.keys() & given.keys()):
                    errors.setdefault(kind[0], []).append(predicted[kind] / given[kind] - 1)
    return errors


def drawn_power(rows: Sequence[Row], n: int) -> list[dict[str, dict[str, Any]]]:
    """Return what every check of so many people says of each truth."""
    cells = {truth: results(rows, truth, n) for truth in TRUTHS}
    most = max(len(found) for found in cells.values())
    said = []
    for start in range(0, most - REPLICATES + 1, REPLICATES):
        tasks = [
            (SurveyTask(truth, k), result)
            for truth, found in cells.items()
            for k, result in enumerate(found[start : start + REPLICATES])
        ]
        learnt = Learnt.of(tasks, DEFAULT_EFFECT)
        said.append({record["truth"]: record for record in power_records(tasks, learnt)})
    return said


def counted_power(found: Sequence[Result], truth: str) -> tuple[int, int]:
    """Return how many surveys reached the right verdict themselves, and of how many."""
    found = [result for result in found if result["pairs"]]
    right = sum(result["pairs"][0]["verdict"] == right_verdict(truth) for result in found)
    return right, len(found)


def prefield_figures(rows: Sequence[Row]) -> list[Figure]:
    """Set what checks would have predicted against what the issue asks for."""
    return [*_widths(rows), *_power(rows)]


def _widths(rows: Sequence[Row]) -> Iterator[Figure]:
    enough = all(_whole(rows, n) for n in SIZES)
    for quantity, errors in width_errors(rows).items():
        inside = sum(abs(error) <= WIDTH for error in errors)
        mean = float(np.mean(errors))
        name = f"before fieldwork: predicted widths within 20 %: {quantity}"
        value = f"{share_words(inside, len(errors))}, off by {100 * mean:+.0f} % on average"
        reached = inside >= 0.9 * len(errors)
        # That it is missed is told at once; that it holds, of all surveys.
        yield Figure(name, value, "≥ 90 %", None if reached and not enough else reached)


def _power(rows: Sequence[Row]) -> Iterator[Figure]:
    for n in SIZES:
        said = drawn_power(rows, n)
        drawn = {t: [one[t] for one in said if t in one] for t in TRUTHS}
        cells = {t: results(rows, t, n) for t in TRUTHS if drawn[t]}
        counted = {t: counted_power(cells[t], t) for t in cells}
        if not counted:
            continue
        held = of = 0
        expected = {t: float(np.mean([record["right"] for record in drawn[t]])) for t in counted}
        for truth, (right, surveys) in counted.items():
            share = right / surveys
            value = (
                f"{expected[truth]:.2f} drawn, {share_words(right, surveys)} counted: "
                f"{100 * (expected[truth] - share):+.0f} points"
            )
            yield Figure(f"before fieldwork: power, n = {n}: {truth}", value, "", None)
            for record, (_, others) in zip(drawn[truth], checks(cells[truth]), strict=False):
                fresh, among = counted_power(others, truth)
                held += record["right_low"] <= fresh / among <= record["right_high"]
                of += 1
        yield from power_errors(expected, counted, n, enough=_whole(rows, n))
        name = f"before fieldwork: power, n = {n}: intervals that hold what others counted"
        yield Figure(name, share_words(held, of), "", None)


def _whole(rows: Sequence[Row], n: int) -> bool:
    """Whether all surveys of a size were run."""
    run = [sum(row.cell == f"truth={truth} n={n}" for row in rows) for truth in TRUTHS]
    return min(run) >= SIZES[n]


def power_errors(
    expected: Mapping[str, float], counted: Mapping[str, tuple[int, int]], n: int, *, enough: bool
) -> Iterator[Figure]:
    """Yield how far drawn power is from counted, whichever way: over all truths, and at most.

    Few surveys are counted, so that counts are off by chance, 19 times out of 20 by no more than
    counts around the drawn power itself would be. An error above that and above ``POWER`` fails.
    Where chance alone may set them further apart than ``POWER``, no smaller error tells whether
    power is within it: then nothing is said to hold.
    """
    surveys = np.array([of for _, of in counted.values()])
    power = np.array([expected[truth] for truth in counted])
    errors = np.abs(power - np.array([right for right, _ in counted.values()]) / surveys)
    chance = np.random.default_rng(n).binomial(surveys, power, (_CHANCES, len(power))) / surveys
    off = np.abs(chance - power)
    worst = list(counted)[int(errors.argmax())]
    for what, found, by_chance in (
        ("on average", errors.mean(), off.mean(axis=1)),
        ("at most", errors.max(), off.max(axis=1)),
    ):
        explained = float(np.quantile(by_chance, 0.95))
        passed = _within(float(found), explained)
        name = f"before fieldwork: power, n = {n}: drawn and counted apart, {what}"
        value = f"{100 * found:.0f} points; most in {worst}; chance explains {100 * explained:.0f}"
        untold = ": cannot tell with so few" if passed is None else ""
        yield Figure(name, f"{value}{untold}", "≤ 10 points", passed if enough else None)


def _within(error: float, explained: float) -> bool | None:
    """Whether power is within ``POWER``; None where chance may be what keeps it so, or not."""
    if error > max(POWER, explained):
        return False
    return None if explained > POWER else True
