"""Plain-language findings of a check before fieldwork: what this design can tell, and what not."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from mfp_stats.questionnaire.model import say
from mfp_stats.views.prefield_blocks import describe_blocks
from mfp_stats.views.prefield_power import CARRY, describe_power
from mfp_stats.views.prefield_widths import describe_widths
from mfp_stats.views.words import capital, count, listed, quoted
from mfp_stats.workflow.prefield.plan import MODERATE, NONE
from mfp_stats.workflow.prefield.tables import DesignCheck

_KIND: Final = {NONE: "without a gap", MODERATE: "of groups that differ moderately"}
_WHAT: Final = {
    "values": "Whether values carry a gap cannot be checked",
    "models": "Whether models carry a gap cannot be checked",
    "signals": "Whether signals carry a gap cannot be checked",
    "residual": "A gap that is left unexplained cannot be named as that",
}


def describe_design(check: DesignCheck) -> list[str]:
    """Return sentences on what a design can tell, the answer to the main question first."""
    return [
        *describe_power(check),
        *describe_widths(check),
        *describe_blocks(check),
        *_restrictions(check),
        *_fits(check),
    ]


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
        kind = _KIND.get(row["truth"]) or f"of a gap {CARRY[row['truth']]}"
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
        "block": _flat(check.blocks),
        "fits": check.fits,
        "restriction": check.restrictions,
    }
    parts = ({"part": part, **row} for part, frame in tables.items() for row in frame.to_dicts())
    found = ({"part": "finding", "text": text} for text in describe_design(check))
    return [head, *found, *parts]


def _flat(blocks: pl.DataFrame) -> pl.DataFrame:
    """Return blocks with the names of what is lost in one text."""
    return blocks if blocks.is_empty() else blocks.with_columns(pl.col("lost").list.join(", "))
