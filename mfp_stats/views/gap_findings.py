"""Plain-language findings on gaps in support: how wide they are and what carries them.

A cause is named only where the stored verdict names it. The split is called descriptive, for it
rests on what people said. Where a randomised arm contradicts it, that is said first, and before
the sentence of the pair that it is about.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row, preferred
from mfp_stats.views.gap_pair_findings import (
    CAUSES,
    POOLED,
    describe_pair,
    is_apart,
    is_single,
    is_split,
    main_row,
    pooled_sentence,
    sized,
)
from mfp_stats.views.gap_warnings import MISFIT, all_warned, pair_briefly_warned
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, WAVES, Compared, count, first_of, inside, listed, quoted

#: Groups of fewer people than this are named as small beside what is said of them.
SMALL_GROUP: Final = 50
#: Each verdict in a few words, for tables.
VERDICT_WORDS: Final[Mapping[str, str]] = {
    "values": "values carry it",
    "models": "models carry it",
    "signals": "signals carry it",
    "residual": "unmeasured",
    "no_gap": "hardly a gap",
    "cannot_tell": "cannot tell",
}
DESCRIPTIVE: Final = (
    "This split is descriptive: it rests on what people said they value and expect, not on an "
    "experiment, and does not show what would change their support."
)
_REDUCED: Final = (
    "What every proposal would do, and what people value, is not known both, so models here are "
    "only what distinct worldviews add to support."
)
#: What each cause is measured by, as the subject of a sentence.
_ASKED: Final[Mapping[str, str]] = {
    "values": "What people value",
    "models": "How the world works, or what proposals would do,",
    "signals": "What proposals signal",
}
#: Proposals that are named beside what is said of all of them together.
EXCEPTIONS_NAMED: Final = 3
DIRECTION: Final = (
    "In the table a gap is the share of the second that accepts minus that of the first, below 0 "
    "where the first accepts more; for all proposals together each gap is turned to be above 0."
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
    *,
    singly: bool = True,
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
    singly
        Whether the proposals on which a pair of several differs otherwise than on all together
        are named, as they are to be where no matrix shows them.
    """
    if gap.is_empty():
        return [NO_PAIR.replace(GROUPS.many, compared.many)]
    frame = preferred(gap)
    pairs = [part for _, part in frame.group_by("group_a", "group_b", maintain_order=True)]
    if len(pairs) == 1:
        told = describe_pair(frame, overlap, divergence, compared)
        return [*told, *_notes(frame, compared)]
    several = [part.to_dicts() for part in pairs]
    return [
        *all_warned(several, compared.many),
        _summary([main_row(rows) for rows in several], compared.many),
        *_pair_by_pair(several, singly=singly),
        *_notes(frame, compared),
    ]


def _notes(gap: pl.DataFrame, compared: Compared) -> Iterator[str]:
    """Yield what has to be kept in mind beside every split."""
    if compared is WAVES:
        yield CHANGE
    yield from _not_compared(gap, compared)
    yield DESCRIPTIVE
    if _turned(gap):
        yield DIRECTION
    if _over_the_whole(gap):
        yield "More than 100 % means that other parts pull the other way."
    if gap.filter(pl.col("split_form") == "reduced")["models_mean"].count():
        yield _REDUCED
    sizes = {row["group_a_label"]: row["n_a"] for row in gap.to_dicts()}
    sizes |= {row["group_b_label"]: row["n_b"] for row in gap.to_dicts()}
    small = {label: n for label, n in sizes.items() if n is not None and n < SMALL_GROUP}
    few = [f"{quoted(label)} ({n} people)" for label, n in small.items()]
    if few:
        yield f"Small {compared.many}, whose estimates are rough: {listed(few)}."
    yield weighting_note(gap["weighting"][0])


def _turned(gap: pl.DataFrame) -> bool:
    """Whether some gaps lie one way in their own rows and the other way in what is pooled."""
    single = gap.filter(pl.col("intervention") != POOLED)
    return len(single) < len(gap) and bool((single["gap_mean"] < 0).any())


def _over_the_whole(gap: pl.DataFrame) -> bool:
    """Whether a cause carries more than the gap; without any that was asked none can."""
    shares = (
        row[f"{cause}_share_mean"] for row in gap.to_dicts() if is_split(row) for cause in CAUSES
    )
    return any(share is not None and share > 1 for share in shares)


def _not_compared(gap: pl.DataFrame, compared: Compared) -> Iterator[str]:
    """Yield which causes could not show, as not all who are compared were asked about them."""
    for cause, asked in _ASKED.items():
        missing = gap[f"{cause}_mean"].null_count()
        if not missing:
            continue
        some = "of any" if missing == len(gap) else "about every proposal of every"
        yield (
            f"{asked} was not asked {some} two {compared.many}: there it could not show what "
            f"{cause} carry. That may stand under what was not measured, or under another cause "
            "that goes with it."
        )


def _summary(pooled: Sequence[Row], groups: str) -> str:
    """Return the sentence that counts the pairs of groups by verdict."""
    verdicts = [row["verdict"] for row in pooled]
    named = [cause for cause in CAUSES if cause in verdicts]
    told = []
    for cause in named:
        subject, verb = CAUSES[cause]
        pairs = count(verdicts.count(cause))
        told.append(f"{inside(subject)} {verb} the gap in support for {pairs}")
    if "no_gap" in verdicts:
        told.append(f"there is hardly a gap for {count(verdicts.count('no_gap'))}")
    told += _unsure([row for row in pooled if row["verdict"] == "cannot_tell"])
    return f"Of {count(len(pooled))} pairs of {groups}, {listed(told)}."


def _unsure(rows: Sequence[Row]) -> Iterator[str]:
    """Yield how many gaps have an open cause, are missed by the model, or may be none."""
    missed = sum(row["warning"] == MISFIT for row in rows)
    apart = sum(is_apart(row) for row in rows if row["warning"] != MISFIT)
    if apart:
        yield f"there is a gap whose cause is open for {count(apart)}"
    if missed:
        yield f"the model misses the gap for {count(missed)}"
    if open_ := len(rows) - apart - missed:
        yield f"the survey cannot tell whether there is a gap for {count(open_)}"


def _pair_by_pair(pairs: Sequence[Sequence[Row]], *, singly: bool) -> Iterator[str]:
    """Yield a sentence a pair after the warnings on it, pairs with a named cause first."""
    order = [*CAUSES, "cannot_tell", "no_gap"]

    def place(rows: Sequence[Row]) -> tuple[int, float]:
        row = main_row(rows)
        return order.index(row["verdict"]), -abs(row["gap_mean"])

    for rows in sorted(pairs, key=place):
        yield from pair_briefly_warned(rows)
        row = main_row(rows)
        pair = f"{quoted(row['group_a_label'])} and {quoted(row['group_b_label'])}"
        yield f"{pair}: {pooled_sentence(row)}{_exceptions(row, rows) if singly else ''}"


def _exceptions(row: Row, rows: Sequence[Row]) -> str:
    """Return the proposals of which something else holds than of all together, if there are any."""
    apart = [one for one in rows if is_single(one) and is_apart(one)]
    off = [
        one
        for one in sorted(apart, key=lambda one: -abs(one["gap_mean"]))
        if row["verdict"] == "no_gap"
        or (one["verdict"] in CAUSES and one["verdict"] != row["verdict"])
    ]
    told = [f"{sized(one)}; {VERDICT_WORDS[one['verdict']]})" for one in off]
    return f" By themselves: {first_of(told, EXCEPTIONS_NAMED)}." if told else ""
