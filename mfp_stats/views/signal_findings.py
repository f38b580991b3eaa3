"""Plain-language findings on what interventions tell groups, and where two read the opposite."""

from collections.abc import Iterator
from itertools import product
from typing import Final

import polars as pl

from mfp_stats.design.data import MIDDLE
from mfp_stats.views.findings import SURE, Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import (
    GROUPS,
    Compared,
    chance,
    count,
    first_of,
    interval,
    quoted,
)
from mfp_stats.views.zero import is_neutral, zero_sentence, zero_words, zeros_in

#: Opposite readings that a list of findings names.
READINGS_NAMED: Final = 3
_SCALE: Final = (
    "Distances are on the scale of the model, not of the questionnaire; points are posterior "
    "means, lines 90 % intervals."
)


def scale_note(signals: pl.DataFrame) -> str:
    """Return what stands below a chart of signals: what 0 is, and on which scale."""
    return f"{zero_sentence(zeros_in(signals))} {_SCALE}"


def describe_signals(
    signals: pl.DataFrame,
    pairs: pl.DataFrame,
    compared: Compared = GROUPS,
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
        _summary(opposite, len(rows), compared),
        *_opposite(opposite, frame),
        *_sure(frame, compared),
        note,
    ]


def _summary(opposite: list[Row], total: int, compared: Compared) -> str:
    if not opposite:
        many = compared.many
        return f"The survey does not show that any two {many} read a proposal in opposite ways."
    verb = "is" if len(opposite) == 1 else "are"
    zero = zero_words(str(row["zero"]) for row in opposite)
    comparisons = "comparison" if total == 1 else "comparisons"
    return (
        f"Of {count(total)} {comparisons} (a proposal, a signal and two {compared.many}), "
        f"{count(len(opposite))} {verb} very probably opposite: above {zero} for one "
        f"{compared.one}, below it for the other."
    )


def _side(row: Row, *, above: bool) -> str:
    """Return on which side of 0 a reading lies, by the answer at its end."""
    return f"towards {quoted(row['high_label' if above else 'low_label'])}"


def _briefly(row: Row) -> str:
    return "neutral" if is_neutral(row) else zero_words([MIDDLE])


def _opposite(rows: list[Row], signals: pl.DataFrame) -> Iterator[str]:
    """Yield the pairs that read the opposite, with what each reads."""
    reads = {(r["intervention"], r["signal"], r["group"]): r for r in signals.to_dicts()}
    for row in rows[:READINGS_NAMED]:
        up, down = "a", "b"
        if row["difference_mean"] > 0:
            up, down = down, up
        sides = [
            f"{_side(row, above=above)} for {quoted(row[f'group_{who}_label'])}"
            f"{_told(reads.get((row['intervention'], row['signal'], row[f'group_{who}'])))}"
            for who, above in ((up, True), (down, False))
        ]
        yield (
            f"{quoted(row['intervention_label'])} ({row['signal_label']}): {'; '.join(sides)} "
            f"(probability of opposite readings {chance(row['probability_opposite'])})."
        )
    more = len(rows) - READINGS_NAMED
    if more > 0:
        yield f"And {count(more)} more; the table has all of them."


def _told(reading: Row | None) -> str:
    if reading is None:
        return ""
    return f", {interval(*(reading[f'tells_{end}'] for end in ('mean', 'q05', 'q95')))}"


def _sure(signals: pl.DataFrame, compared: Compared) -> Iterator[str]:
    """Yield the proposals that tell every group the same, on the same side of 0."""
    groups = signals["group"].n_unique()
    for zero, above in product(zeros_in(signals), (True, False)):
        found = _alike(signals.filter(zero=zero), groups, above=above)
        if found:
            named = [
                f"{quoted(r['intervention_label'])} ({r['signal_label']}; "
                f"{_side(r, above=above)}; least probability {chance(r['least'])})"
                for r in found
            ]
            side = "above" if above else "below"
            yield (
                f"To all {compared.many} {side} {_briefly({'zero': zero})}: "
                f"{first_of(named, READINGS_NAMED)}."
            )


def _alike(signals: pl.DataFrame, groups: int, *, above: bool) -> list[Row]:
    """Return the proposals and signals that very probably lie on one side of 0 in every group.

    Nothing is said of what some group was not asked about.
    """
    positive = pl.col("probability_positive")
    least = (positive if above else 1 - positive).min()
    keys = ("intervention_label", "signal_label", "signal", "low_label", "high_label")
    told = signals.group_by(keys, maintain_order=True).agg(least=least, asked=pl.len())
    return told.filter(pl.col("least") >= SURE, pl.col("asked") == groups).to_dicts()
