"""How surely a design tells what carries a gap, in sentences.

Everything said of surveys that were not fitted is called approximate, and goes with an interval for
how few were.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Role
from mfp_stats.views.findings import Row
from mfp_stats.views.words import count, listed, number, quoted, span
from mfp_stats.workflow.prefield.plan import NONE
from mfp_stats.workflow.prefield.rows import CLASSES
from mfp_stats.workflow.prefield.tables import DesignCheck

#: Share of surveys from which a design is said to tell a cause, and below which it hardly does.
GOOD: Final = 0.8
POOR: Final = 0.5
#: Share of surveys below which wrong verdicts are rare.
RARE: Final = 0.1
#: Share of surveys above which "nearly all" of them would say something, or "hardly any".
_NEARLY: Final = 0.97
#: Said wherever power is: the number of worldviews is not found out in this check.
WORLDVIEWS_KNOWN: Final = (
    f"That there are {count(CLASSES)} worldviews is taken as known in this check; a real survey "
    "has to find out how many there are, which makes it less sure."
)

CARRY: Final = {
    "values": "that values carry",
    "models": "that models carry",
    "signals": "that signals carry",
    "residual": "that something not asked about carries",
}
_TOLD: Final = {
    "values": "put down to values",
    "models": "put down to models",
    "signals": "put down to signals",
    "residual": "named as unexplained",
}


def describe_power(check: DesignCheck) -> Iterator[str]:
    """Yield whether values are told from models, how often each cause is, and how sure that is."""
    power = check.power
    yield from _verdict(check, power)
    for truth in CAUSES:
        yield from _power(check, power, truth)
    yield from _none(power)
    yield from _approximate(check, power)


def _of_truth(power: pl.DataFrame, truth: str) -> list[Row]:
    """Return a truth's rows, the pair for which power is least first."""
    if power.is_empty():
        return []
    return power.filter(truth=truth).sort("right").to_dicts()


def _verdict(check: DesignCheck, power: pl.DataFrame) -> Iterator[str]:
    rows = [_of_truth(power, truth) for truth in ("values", "models")]
    if not all(rows):
        yield (
            "Whether this design can tell values from models is not known: "
            f"{_why_not_known(check, power)}."
        )
        return
    least = min(row[0]["right"] for row in rows)
    if least >= GOOD:
        yield _can_tell([row for truth in rows for row in truth])
    elif least >= POOR:
        yield "This design can tell values from models in some surveys, and not in others."
    else:
        yield "This design can hardly tell values from models."


def _can_tell(rows: Sequence[Row]) -> str:
    """Return how surely a design tells that names the cause in most surveys."""
    told = "tell values from models"
    if max(row["wrong"] for row in rows) > RARE:
        return f"This design can probably {told}, but wrong verdicts are not rare."
    low, high = min(row["right_low"] for row in rows), max(row["wrong_high"] for row in rows)
    if low < GOOD or high > RARE:
        return f"This design can probably {told}: too few surveys were fitted to be sure."
    return f"This design can {told}."


def _why_not_known(check: DesignCheck, power: pl.DataFrame) -> str:
    lacking = [t for t in ("values", "models") if t not in check.plan.truths]
    if lacking:
        return f"the questionnaire does not ask enough for a gap that {listed(lacking)} carry"
    if power.is_empty() and not check.widths.is_empty():
        floor = check.questionnaire.floor
        return f"of no proposal would more than {floor} people of two groups be asked"
    return "no survey of both kinds passed its checks"


def _power(check: DesignCheck, power: pl.DataFrame, truth: str) -> Iterator[str]:
    rows = _of_truth(power, truth)
    if not rows or (truth == "residual" and not check.complete):
        return
    row = rows[0]
    gap = f"a gap of {number(100 * row['effect'])} points {CARRY[truth]}"
    right, wrong = _of_ten(row, "right"), _of_ten(row, "wrong")
    yield (
        f"With {check.plan.n:,} people in groups of {_sizes(check)}, {gap}{_between(rows)} would "
        f"be {_TOLD[truth]} in {right}{_other_pairs(rows)}; it would be put down to something "
        f"else, or denied, in {wrong}."
    )


def _sizes(check: DesignCheck) -> str:
    return listed([f"{size:,}" for size in check.plan.sizes().values()])


def _between(rows: list[Row]) -> str:
    if len(rows) == 1:
        return ""
    pair = " and ".join(quoted(rows[0][f"{end}_label"]) for end in ("group_a", "group_b"))
    return f" between {pair}, the hardest pair,"


def _other_pairs(rows: list[Row]) -> str:
    if len(rows) == 1:
        return ""
    return f", and between the easiest pair in {_of_ten(rows[-1], 'right')}"


def _of_ten(row: Row, name: str) -> str:
    """Return ``about 9 of 10 surveys (75–98 %)``."""
    share, low, high = (row[name + end] for end in ("", "_low", "_high"))
    ends = span(100 * low, 100 * high)
    return f"{_surveys(share)} ({ends} %)"


def _surveys(share: float) -> str:
    if share > _NEARLY:
        return "nearly all surveys"
    if share < 1 - _NEARLY:
        return "hardly any survey"
    return f"about {max(1, round(10 * share))} of 10 surveys"


def _none(power: pl.DataFrame) -> Iterator[str]:
    rows = _of_truth(power, NONE)
    if not rows:
        return
    row = max(rows, key=lambda one: one["wrong"])
    yield (
        f"Where there is no gap, a cause would be named all the same in {_of_ten(row, 'wrong')}; "
        f"{_surveys(row['no_gap'])} would say that there is none, and the rest that they cannot "
        "tell."
    )


def _approximate(check: DesignCheck, power: pl.DataFrame) -> Iterator[str]:
    if power.is_empty():
        return
    fits, right, wrong = (
        int(power.filter(~_left_open(check))[n].sum())
        for n in ("verdicts", "verdicts_right", "verdicts_wrong")
    )
    kinds = _of_each_kind(check, power)
    said = {"right": right, "“cannot tell”": fits - right - wrong, "wrong": wrong}
    verdicts = ", ".join(f"{count(times) if times else 'none'} {w}" for w, times in said.items())
    yield (
        f"These figures are approximate: they are drawn from the fits of {kinds}, and the brackets "
        f"(90 %) say what so few leave open. The {count(fits)} verdicts of these fits themselves: "
        f"{verdicts}."
    )
    if check.questionnaire.with_role(Role.BELIEF):
        yield WORLDVIEWS_KNOWN


def _of_each_kind(check: DesignCheck, power: pl.DataFrame) -> str:
    """Return how many surveys of each kind figures are drawn from."""
    drawn = check.fits.filter(pl.col("truth").is_in(power["truth"].to_list()))["fitted"].to_list()
    least, most = min(drawn), max(drawn)
    each = count(most) if least == most else f"{count(least)} to {count(most)}"
    return f"{each} simulated survey{'' if most == 1 else 's'} of each kind"


def _left_open(check: DesignCheck) -> pl.Expr:
    """Return which truths nothing is said of: a residual that cannot be named."""
    named = pl.lit(value=check.complete)
    return (pl.col("truth") == "residual") & ~named
