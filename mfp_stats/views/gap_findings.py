"""Plain-language findings on gaps in support: how wide they are and what carries them.

A cause is named only where the stored verdict names it. The split is called descriptive, for it
rests on what people said; where a randomised arm contradicts it, that is said first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from mfp_stats.views.findings import (
    Row,
    preferred,
)
from mfp_stats.views.gap_pair_findings import (
    CAUSES,
    describe_pair,
    inside_sentence,
    main_row,
    misfits,
    pooled_sentence,
    some_of,
    warning_text,
)
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import (
    GROUPS,
    WAVES,
    Compared,
    count,
    listed,
    quoted,
)

#: Groups of fewer people than this are named as small beside what is said of them.
SMALL_GROUP: Final = 50
#: What each cause means, for captions.
CAUSES_MEAN: Final = (
    "Values: what people hold important. Models: what they expect a proposal to do. Signals: what "
    "it tells them. Unmeasured: what is left between the groups. Together: what only moving all "
    "of them at once, or none, explains."
)
DESCRIPTIVE: Final = (
    "This split is descriptive: it rests on what people said they value and expect, not on an "
    "experiment, and does not show what would change their support."
)
_REDUCED: Final = (
    "What every proposal would do, and what people value, is not known both, so models here are "
    "only what distinct worldviews add to support."
)
NO_PAIR: Final = "There are not two groups large enough to compare: there is no gap to split."
#: What has to be kept in mind where waves are compared.
CHANGE: Final = (
    "A difference between waves is a change only if the same kind of people answered in each."
)


def describe_gap(
    gap: pl.DataFrame,
    overlap: pl.DataFrame,
    divergence: pl.DataFrame,
    compared: Compared = GROUPS,
) -> list[str]:
    """Return sentences on every pair of groups: one pair in full, of several each one's verdict.

    Parameters
    ----------
    gap
        The table ``gap``, any weightings; of several the preferred one is told.
    overlap, divergence
        The tables of these names, which may be empty.
    compared
        What the groups are.
    """
    if gap.is_empty():
        return [NO_PAIR.replace(GROUPS.many, compared.many)]
    frame = preferred(gap)
    pairs = [part for _, part in frame.group_by("group_a", "group_b", maintain_order=True)]
    if len(pairs) == 1:
        told = describe_pair(frame, overlap, divergence, compared)
        return [*told, *_notes(frame, compared)]
    pooled = [main_row(part.to_dicts()) for part in pairs]
    told = [_summary(pooled, compared.many), *_pair_by_pair(pooled)]
    told += misfits(frame.to_dicts())
    warned = frame.filter(~pl.col("warning").is_in(["", "misfit"]))
    if len(warned):
        named = warned["intervention_label"].unique(maintain_order=True).to_list()
        told.append(
            f"Warning: the randomised check contradicts the split on {some_of(named)}. "
            f"{warning_text(warned['warning'][0])}"
        )
    return [*told, *_notes(frame, compared)]


def _notes(gap: pl.DataFrame, compared: Compared) -> Iterator[str]:
    """Yield what has to be kept in mind beside every split."""
    if compared is WAVES:
        yield CHANGE
        yield from _not_compared(gap)
    yield DESCRIPTIVE
    shares = gap.select(pl.max_horizontal(f"{cause}_share_mean" for cause in CAUSES).max()).item()
    if shares is not None and shares > 1:
        yield "More than 100 % means that other parts pull the other way."
    if gap.filter(pl.col("split_form") == "reduced")["models_mean"].count():
        yield _REDUCED
    sizes = {row["group_a_label"]: row["n_a"] for row in gap.to_dicts()}
    sizes |= {row["group_b_label"]: row["n_b"] for row in gap.to_dicts()}
    few = [f"{quoted(label)} ({n} people)" for label, n in sizes.items() if n < SMALL_GROUP]
    if few:
        yield f"Small {compared.many}, whose estimates are rough: {listed(few)}."
    yield weighting_note(gap["weighting"][0])


def _not_compared(gap: pl.DataFrame) -> Iterator[str]:
    """Yield which causes were not asked about in all waves."""
    lacking = [cause for cause in CAUSES if gap[f"{cause}_mean"].null_count()]
    if lacking:
        yield (
            f"Waves that were not both asked about it are not compared by {listed(lacking)}: what "
            "that carries is part of what the survey did not measure."
        )


def _summary(pooled: Sequence[Row], groups: str) -> str:
    """Return the sentence that counts the pairs of groups by verdict."""
    verdicts = [row["verdict"] for row in pooled]
    named = [cause for cause in CAUSES if cause in verdicts]
    told = []
    for cause in named:
        subject, verb = CAUSES[cause]
        pairs = count(verdicts.count(cause))
        told.append(f"{inside_sentence(subject)} {verb} the gap in support for {pairs}")
    if "no_gap" in verdicts:
        told.append(f"there is hardly a gap for {count(verdicts.count('no_gap'))}")
    if "cannot_tell" in verdicts:
        told.append(f"the survey cannot tell for {count(verdicts.count('cannot_tell'))}")
    return f"Of {count(len(pooled))} pairs of {groups}, {listed(told)}."


def _pair_by_pair(pooled: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence a pair, those with a named cause first."""
    order = [*CAUSES, "cannot_tell", "no_gap"]
    ranked = sorted(pooled, key=lambda r: (order.index(r["verdict"]), -abs(r["gap_mean"])))
    for row in ranked:
        pair = f"{quoted(row['group_a_label'])} and {quoted(row['group_b_label'])}"
        yield f"{pair}: {pooled_sentence(row)}"


def verdict_words(row: Mapping[str, Any]) -> str:
    """Return a verdict in a few words, for tables and the labels of charts."""
    words = {
        "values": "values carry it",
        "models": "models carry it",
        "signals": "signals carry it",
        "residual": "unmeasured",
        "no_gap": "hardly a gap",
        "cannot_tell": "cannot tell",
    }
    return words[str(row["verdict"])]
