"""Plain-language findings on what interventions tell groups, and where two read the opposite."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import SURE, Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, Compared, count, listed, quoted

#: Opposite readings that a list of findings names.
READINGS_NAMED: Final = 3
SCALE: Final = (
    "0 is the neutral answer. Distances are on the scale of the model, not of the questionnaire; "
    "points are posterior means, lines 90 % intervals."
)


def describe_signals(
    signals: pl.DataFrame, pairs: pl.DataFrame, compared: Compared = GROUPS
) -> list[str]:
    """Return sentences on which pairs of groups read a proposal in opposite ways.

    Parameters
    ----------
    signals, pairs
        The tables ``signals`` and ``signal_pairs``; of several weightings the preferred is told.
    compared
        What the groups are.
    """
    if signals.is_empty():
        return ["Nobody was asked what the proposals tell them."]
    frame = preferred(signals)
    note = weighting_note(frame["weighting"][0])
    if pairs.is_empty():
        alone = f"There are not two {compared.many} large enough to compare."
        return [alone, *_sure(frame, compared), note]
    held = preferred(pairs) if "weighting" in pairs.columns else pairs
    rows = held.sort("probability_opposite", descending=True, maintain_order=True).to_dicts()
    opposite = [row for row in rows if row["probability_opposite"] >= SURE]
    return [
        _summary(len(opposite), len(rows), compared),
        *_opposite(opposite),
        *_sure(frame, compared),
        note,
    ]


def _summary(opposite: int, total: int, compared: Compared) -> str:
    if not opposite:
        many = compared.many
        return f"The survey does not show that any two {many} read a proposal in opposite ways."
    verb = "is" if opposite == 1 else "are"
    comparisons = "comparison" if total == 1 else "comparisons"
    return (
        f"Of {count(total)} {comparisons} (a proposal, a signal and two {compared.many}), "
        f"{count(opposite)} {verb} very probably opposite: above the neutral answer for one "
        f"{compared.one}, below it for the other."
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


def _sure(signals: pl.DataFrame, compared: Compared) -> Iterator[str]:
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
            yield f"To all {compared.many} {side} neutral: {listed([*named, *rest])}."
