"""How wide intervals will be, of whose estimates, in sentences."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.views.weighting import WEIGHTINGS
from mfp_stats.views.words import listed, number, quoted
from mfp_stats.workflow.prefield.margins import unmet
from mfp_stats.workflow.prefield.plan import MODERATE
from mfp_stats.workflow.prefield.rows import PROPOSAL
from mfp_stats.workflow.prefield.tables import DesignCheck

POOLED: Final = "pooled"


def describe_widths(check: DesignCheck) -> Iterator[str]:
    """Yield how wide intervals will be, and what weighting costs them."""
    yield from _widths(check.widths)
    yield from _weighted(check)


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
