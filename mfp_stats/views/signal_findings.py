"""Plain-language findings on what interventions tell groups, and where two read the opposite."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import SURE, Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import count, listed, quoted

#: Opposite readings that a list of findings names.
READINGS_NAMED: Final = 3
SCALE: Final = (
    "0 is the neutral answer. Distances are on the scale of the model, not of the questionnaire; "
    "points are posterior means, lines 90 % intervals."
)


def describe_signals(signals: pl.DataFrame, pairs: pl.DataFrame) -> list[str]:
    """Return sentences on which pairs of groups read a proposal in opposite ways.

    Parameters
    ----------
    signals, pairs
        The tables ``signals`` and ``signal_pairs``; of several weightings the preferred is told.
    """
    if signals.is_empty():
        return ["Nobody was asked what the proposals tell them."]
    frame = preferred(signals)
    note = weighting_note(frame["weighting"][0])
    if pairs.is_empty():
        return ["There are not two groups large enough to compare.", *_sure(frame), note]
    compared = preferred(pairs) if "weighting" in pairs.columns else pairs
    rows = compared.sort("probability_opposite", descending=True, maintain_order=True).to_dicts()
    opposite = [row for row in rows if row["probability_opposite"] >= SURE]
    return [_summary(len(opposite), len(rows)), *_opposite(opposite), *_sure(frame), note]


def _summary(opposite: int, total: int) -> str:
    if not opposite:
        return "The survey does not show that any two groups read a proposal in opposite ways."
    verb = "is" if opposite == 1 else "are"
    comparisons = "comparison" if total == 1 else "comparisons"
    return (
        f"Of {count(total)} {comparisons} (a proposal, a signal and two groups), {count(opposite)} "
        f"{verb} opposite: above the neutral answer for one group, below it for the other."
    )


def _opposite(rows: list[Row]) -> Iterator[str]:
    for row in rows[:READINGS_NAMED]:
        up, down = row["group_a_label"], row["group_b_label"]
        if row["difference_mean"] > 0:
            up, down = down, up
        yield (
            f"{quoted(row['intervention_label'])} ({row['signal_label']}): above neutral for "
            f"{quoted(up)}, below for {quoted(down)} (probability of opposite readings "
            f"{row['probability_opposite']:.2f})."
        )
    more = len(rows) - READINGS_NAMED
    if more > 0:
        yield f"And {count(more)} more; the table has all of them."


def _sure(signals: pl.DataFrame) -> Iterator[str]:
    """Yield the proposals that tell every group the same, on the same side of neutral."""
    for above, side in ((True, "above"), (False, "below")):
        sure = pl.col("probability_positive")
        told = signals.group_by("intervention_label", "signal_label", maintain_order=True).agg(
            all_sure=((sure >= SURE) if above else (sure <= 1 - SURE)).all()
        )
        found = told.filter("all_sure").select("intervention_label", "signal_label").rows()
        if found:
            named = [f"{quoted(x)} ({q})" for x, q in found[:READINGS_NAMED]]
            more = len(found) - READINGS_NAMED
            rest = [f"{count(more)} more"] if more > 0 else []
            yield f"To all groups {side} neutral: {listed([*named, *rest])}."
