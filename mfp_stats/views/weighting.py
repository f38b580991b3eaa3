"""What weighting is, and what it costs, in words."""

from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from mfp_stats.views.words import capital, listed, quoted

#: How estimates are weighted, in words; unweighted ones are said otherwise.
WEIGHTINGS: Final = {
    "weighted": "weighted by the weights that came with the answers",
    "raked": "weighted so that shares of the population hold (raked to margins)",
}
#: Columns of the table ``weights``, and what they are called.
WEIGHTS: Final = {
    "weighting": "Weighting",
    "group_label": "Group",
    "n": "People",
    "effective_n": "Effective number of people",
    "design_effect": "Design effect",
}
#: A group is named where weighting multiplies the variance of its estimates by at least this.
_COSTLY: Final = 1.5


def describe_weights(weights: pl.DataFrame) -> list[str]:
    """Return sentences on how people are weighted and how much precision that costs.

    Parameters
    ----------
    weights
        The table ``weights`` of a fit; empty where the fit has none.
    """
    if weights.is_empty():
        return []
    kinds = [
        kind for kind in weights["weighting"].unique(maintain_order=True) if kind in WEIGHTINGS
    ]
    if not kinds:
        return ["Estimates are unweighted: everybody who answered counts alike."]
    rows = weights.filter(pl.col("weighting") == kinds[0])
    _, *groups = rows.to_dicts()
    said = [f"Beside unweighted estimates there are some {WEIGHTINGS[kinds[0]]}."]
    said += weighting_cost(weights)
    if costly := [g for g in groups if g["design_effect"] >= _COSTLY]:
        told = listed([f"{quoted(g['group_label'])}, where {_cost(g)}" for g in costly])
        said.append(f"Weighting costs most among {told}.")
    return said


def weighting_cost(weights: pl.DataFrame) -> list[str]:
    """Return the sentence on how many people weighted estimates are worth; of none, nothing.

    It stands beside estimates, whatever their weighting.
    """
    if weights.is_empty():
        return []
    everyone = weights.filter(pl.col("weighting").is_in(list(WEIGHTINGS)), group="").to_dicts()
    return [
        f"Where estimates are weighted, {_cost(row)} (design effect {row['design_effect']:.2f})."
        for row in everyone[:1]
    ]


def weighting_note(weighting: str) -> str:
    """Return the sentence on whom estimates of a weighting speak of, for the end of findings."""
    if weighting in WEIGHTINGS:
        return f"{capital(WEIGHTINGS[weighting])}."
    return "Unweighted: the numbers speak of the people who answered."


def weighting_notes(sentences: Iterable[str]) -> list[str]:
    """Return those of some findings that say how they are weighted."""
    notes = {weighting_note(weighting) for weighting in (*WEIGHTINGS, "unweighted")}
    return [sentence for sentence in sentences if sentence in notes]


def _cost(row: dict[str, Any]) -> str:
    if row["n"] is None:
        return f"means vary {row['design_effect']:.1f} times as much as if all counted alike"
    return f"{row['n']:,} people tell as much as {row['effective_n']:,.0f} who count alike"
