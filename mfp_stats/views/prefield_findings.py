"""Plain-language findings of a check before fieldwork: what this design can tell, and what not.

Everything said of surveys that were not fitted is called approximate, and goes with an interval for
how few were.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import polars as pl

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Questionnaire, Role, say
from mfp_stats.views.findings import Row
from mfp_stats.views.weighting import WEIGHTINGS
from mfp_stats.views.words import capital, count, listed, number, quoted, span
from mfp_stats.workflow.prefield.margins import unmet
from mfp_stats.workflow.prefield.plan import MODERATE, NONE
from mfp_stats.workflow.prefield.rows import CLASSES, PROPOSAL
from mfp_stats.workflow.prefield.tables import DesignCheck, unrelated_blocks

#: Share of surveys from which a design is said to tell a cause, and below which it hardly does.
GOOD: Final = 0.8
POOR: Final = 0.5
#: Share of surveys below which wrong verdicts are rare.
RARE: Final = 0.1
#: Said wherever power is: the number of worldviews is not found out in this check.
WORLDVIEWS_KNOWN: Final = (
    f"That there are {count(CLASSES)} worldviews is taken as known in this check; a real survey "
    "has to find out how many there are, which makes it less sure."
)
#: Share of surveys above which "nearly all" of them would say something, or "hardly any".
_NEARLY: Final = 0.97
#: Blocks that take fewer minutes are not worth a word.
SHORT: Final = 0.25
POOLED: Final = "pooled"

_CARRY: Final = {
    "values": "that values carry",
    "models": "that models carry",
    "signals": "that signals carry",
    "residual": "that something not asked about carries",
}
_CAUSE: Final = {"residual": "something not asked about"}
#: What of overlap a block may be needed for.
_SHARED: Final = {"revealed": "in trade-offs", "claimed": "in importance ratings"}
_KIND: Final = {NONE: "without a gap", MODERATE: "of groups that differ moderately"}
_TOLD: Final = {
    "values": "put down to values",
    "models": "put down to models",
    "signals": "put down to signals",
    "residual": "named as unexplained",
}
#: What the intervals of a block's worth are of.
_OF: Final = {
    "gap": "a gap",
    "values": "what values carry",
    "models": "what models carry",
    "signals": "what signals carry",
    "residual": "what is left unexplained",
    "acceptance": "a group's acceptance",
    "overlap": "overlap",
}
_WHAT: Final = {
    "values": "Whether values carry a gap cannot be checked",
    "models": "Whether models carry a gap cannot be checked",
    "signals": "Whether signals carry a gap cannot be checked",
    "residual": "A gap that is left unexplained cannot be named as that",
}


def describe_design(check: DesignCheck) -> list[str]:
    """Return sentences on what a design can tell, the answer to the main question first."""
    power = check.power
    return [
        *_verdict(check, power),
        *(s for truth in CAUSES for s in _power(check, power, truth)),
        *_none(power),
        *_approximate(check, power),
        *_widths(check.widths),
        *_weighted(check),
        *_minutes(check),
        *_blocks(check),
        *_restrictions(check),
        *_fits(check),
    ]


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
    gap = f"a gap of {number(100 * row['effect'])} points {_CARRY[truth]}"
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


def _widths(widths: pl.DataFrame) -> Iterator[str]:
    if widths.is_empty():
        return
    told = []
    whole = POOLED if POOLED in widths["what"].to_list() else PROPOSAL
    together = " in all proposals together" if whole == POOLED else ""
    gap = widths.filter(quantity="gap")
    if len(gap):
        one = f" ({_points(gap.filter(what=PROPOSAL))} for one proposal's)" if together else ""
        told.append(f"{_points(gap.filter(what=whole))} for a gap{together}{one}")
        told += list(_own_causes(widths.filter(what=whole)))
    if len(acceptance := widths.filter(quantity="acceptance")):
        told.append(f"{_points(acceptance)} for a group's acceptance of a proposal")
    if len(overlap := widths.filter(quantity="overlap")):
        told.append(_of_overlap(overlap))
    yield f"Expect 90 % intervals that are about this wide: {listed(told)}."


def _of_overlap(widths: pl.DataFrame) -> str:
    """Return the width for overlap, which is known best where groups have the same values."""
    is_apart = pl.col("truth").is_in(["values", MODERATE])
    apart, alike = ([*widths.filter(kind)["width"]] for kind in (is_apart, ~is_apart))
    if not apart:
        return f"up to {number(max(alike), 2)} for overlap where groups have the same values"
    most = f"up to {number(max(apart), 2)} for overlap"
    if MODERATE not in widths["truth"].to_list():
        return most
    less = f", and up to {number(max(alike), 2)} where they are alike" if alike else ""
    return f"{most} where groups differ moderately{less}"


def _weighted(check: DesignCheck) -> Iterator[str]:
    """Yield whose estimates are promised, and what weighting costs them."""
    for row in check.weights.to_dicts():
        yield (
            f"Verdicts and intervals are of estimates {WEIGHTINGS[row['weighting']]}, which a fit "
            f"tells first: {row['n']:,.0f} simulated people tell as much as "
            f"{row['effective_n']:,.0f} who count alike. How unlike the population those who "
            "answer will be is not known: these are weights of simulated people."
        )
    if without := unmet(check.questionnaire, check.plan.margins):
        verb = "is" if len(without) == 1 else "are"
        yield (
            f"Simulated answers are not raked to {listed([quoted(name) for name in without])}, "
            f"which {verb} filled in by the organiser: weighting will cost more than is said here."
        )


def _own_causes(widths: pl.DataFrame) -> Iterator[str]:
    """Yield the width of what a cause carries, in surveys in which it does."""
    own = widths.filter(pl.col("truth") == pl.col("quantity"))
    each = {
        cause: own.filter(quantity=cause)["width"].mean()
        for cause in CAUSES
        if len(own.filter(quantity=cause))
    }
    if each:
        named = [f"{number(100 * float(str(w)))} for {cause}" for cause, w in each.items()]
        yield f"what a cause carries that is the true one ({listed(named)})"


def _points(widths: pl.DataFrame) -> str:
    return f"{number(100 * float(widths['width'].to_numpy().mean()))} points"


def _minutes(check: DesignCheck) -> Iterator[str]:
    if check.minutes is None:
        yield "The survey was somebody else's: how long it took people is not estimated."
        return
    yield f"A respondent needs about {number(check.minutes)} minutes, estimated from the texts."
    other = unrelated_blocks(check.questionnaire, check.plan)
    spent = {name: spent for name, spent in other.items() if spent >= SHORT}
    if spent:
        named = [
            f"{quoted(_title(check.questionnaire, n))} {number(m, 1)}" for n, m in spent.items()
        ]
        what = "No verdict on gaps" if check.plan.causes else "Nothing that is said here"
        yield f"{what} rests on these blocks (minutes): {listed(named)}."


def _blocks(check: DesignCheck) -> Iterator[str]:
    if not check.plan.blocks:
        return
    rows = check.blocks.to_dicts()
    if not rows:
        yield "What blocks are worth is not known: no two fits could be compared."
        return
    for row in rows:
        yield _block(check.questionnaire, row)


def _block(questionnaire: Questionnaire, row: Row) -> str:
    name = quoted(_title(questionnaire, row["block"]))
    saves = f" saves {number(row['minutes'] / 2, 1)} minutes and" if row["minutes"] else ""
    if row["advice"] == "shorten":
        return (
            f"{name} may be shortened: asking half of it{saves} widens no interval by more than "
            f"about {max(1, round(100 * row['growth']))} %. {_left_out(row)}"
        )
    head = f"{name} is the block to lengthen first" if row["advice"] == "lengthen" else name
    grows = f"widens the interval of {_OF[row['most']]} by {number(100 * row['growth'])} %"
    return f"{head}: asking half of it{saves} {grows}{_power_lost(row)}."


def _left_out(row: Row) -> str:
    if not row["lost"]:
        return "Leaving it out was not tried."
    lost = str(row["lost"]).split(", ")
    causes = [_CAUSE.get(name, name) for name in lost if name not in _SHARED]
    whether = [f"whether {listed(causes)} {_carry(causes)} a gap"] if causes else []
    shared = [
        f"how far groups share priorities {_SHARED[name]}" for name in lost if name in _SHARED
    ]
    return f"Without it, the survey could not tell {listed([*whether, *shared])}."


def _carry(causes: Sequence[str]) -> str:
    return "carries" if causes == [_CAUSE["residual"]] else "carry"


def _power_lost(row: Row) -> str:
    if row["power"] is None or row["power_half"] is None:
        return ""
    before, after = (number(100 * row[name]) for name in ("power", "power_half"))
    return f", and brings right verdicts from {before} to {after} of 100 surveys"


def _title(questionnaire: Questionnaire, block: str) -> str:
    title = next(b.title for b in questionnaire.blocks if b.name == block)
    return say(title) or block


def _restrictions(check: DesignCheck) -> Iterator[str]:
    labels = {o.name: say(o.label) for o in check.questionnaire.groups}
    told: dict[tuple[str, str], list[str]] = {}
    for row in check.restrictions.to_dicts():
        told.setdefault((row["why"], row["fix"]), []).append(row["what"])
    for (why, fix), what in told.items():
        if what[0] in labels and what[0] not in _WHAT:
            head = f"Nothing would be shown of {quoted(labels[what[0]])}"
        elif len(what) > 1:
            head = f"Whether {listed(what)} carry a gap cannot be checked"
        else:
            head = _WHAT[what[0]]
        yield f"{head}: {why}. {fix}".rstrip()


def _fits(check: DesignCheck) -> Iterator[str]:
    for row in check.fits.to_dicts():
        lost = row["refused"] + row["failed"]
        if not lost:
            continue
        kind = _KIND.get(row["truth"]) or f"of a gap {_CARRY[row['truth']]}"
        of = capital(f"{count(lost)} of {count(row['planned'])} simulated surveys {kind}")
        yield f"{of} gave no result, and nothing is said from there. Why: {row['why']}."
    if check.damaged:
        named = listed([str(file) for file in check.damaged])
        yield f"Results that could not be read were simulated again: {named}."


def design_records(check: DesignCheck) -> list[dict[str, Any]]:
    """Return all that a check found as flat records, for JSON; ``part`` says what each is."""
    plan = check.plan
    head: dict[str, Any] = {
        "part": "design",
        "survey": check.questionnaire.survey,
        "questionnaire": check.questionnaire.hash,
        "n": plan.n,
        "effect": plan.effect,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "minutes": check.minutes,
        "complete": check.complete,
        **{f"n_{group}": size for group, size in plan.sizes().items()},
    }
    tables = {
        "power": check.power,
        "width": check.widths,
        "weights": check.weights,
        "block": check.blocks,
        "fits": check.fits,
        "restriction": check.restrictions,
    }
    parts = ({"part": part, **row} for part, frame in tables.items() for row in frame.to_dicts())
    found = ({"part": "finding", "text": text} for text in describe_design(check))
    return [head, *found, *parts]
