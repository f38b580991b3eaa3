"""Plain-language findings on one pair of groups: what carries their gap, proposal by proposal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from mfp_stats.quantities.verdicts import EPSILON
from mfp_stats.quantities.zones import EVEN
from mfp_stats.views.divergence_findings import describe_expectations
from mfp_stats.views.findings import SURE, Row, overlap_kind, preferred, turned
from mfp_stats.views.gap_warnings import MISFIT, pair_warned
from mfp_stats.views.words import (
    GROUPS,
    WAVES,
    Compared,
    chance,
    count,
    inside,
    listed,
    number,
    percent,
    points,
    points_inside,
    quoted,
    span,
)

#: What stands for all interventions together in the table.
POOLED: Final = "pooled"
#: Each cause as the subject of a sentence, and its verb.
CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "values": ("Values", "carry"),
    "models": ("Models", "carry"),
    "signals": ("Signals", "carry"),
    "residual": ("Something that the survey did not measure", "carries"),
}
#: The causes that a survey can ask about, within a sentence.
_ASKABLE: Final = ("values", "models", "signals")
#: A gap that is credibly no larger has no cause worth naming.
_NOTHING: Final = f"{number(100 * EPSILON)} points"
#: What a randomised check does to a split. It bears out the models that are named, if they lead by
#: it too, and does not bear out those that lead by what people said alone; any other split it may
#: not contradict, and where too few were told the same it says nothing of it.
_BEARS_OUT: Final = "bears out"
_DOES_NOT_BEAR_OUT: Final = "does not bear out"
_DOES_NOT_CONTRADICT: Final = "does not contradict"
_SAYS_NOTHING: Final = "neither bears out nor contradicts"
_ALIKE: Final[Mapping[str, str]] = {
    "alike": "put nearly the same weights on what matters",
    "at_most": "put at most somewhat different weights on what matters",
    "at_least": "put at least somewhat different weights on what matters",
    "between": "put somewhat different weights on what matters",
    "apart": "put clearly different weights on what matters",
}


def describe_pair(
    gap: pl.DataFrame,
    overlap: pl.DataFrame,
    divergence: pl.DataFrame,
    compared: Compared = GROUPS,
) -> list[str]:
    """Return sentences on one pair of groups; without the notes on all.

    Warnings stand first, then the main finding.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one pair and weighting, pooled and by intervention.
    overlap, divergence
        As in :func:`describe_gap`; rows of other pairs are passed over.
    compared
        What the groups are.
    """
    rows = gap.to_dicts()
    single = [row for row in rows if is_single(row)]
    first = rows[0]
    who = f"{quoted(first['group_a_label'])} and {quoted(first['group_b_label'])}"
    headline = [
        _weights_sentence(first, overlap) or f"{who}:",
        describe_expectations(_same_pair(divergence, first)),
        pooled_sentence(main_row(rows)),
    ]
    return [
        *pair_warned(rows),
        " ".join(sentence for sentence in headline if sentence),
        *(_moved(single) if compared is WAVES else ()),
        *_singly(single, compared),
        *_checked(rows),
    ]


def is_single(row: Row) -> bool:
    """Whether a row is of one intervention, not of all together."""
    return bool(row["intervention"] != POOLED)


def main_row(rows: Sequence[Row]) -> Row:
    """Return a pair's row on all interventions together; of one intervention there is no such."""
    return next((row for row in rows if row["intervention"] == POOLED), rows[0])


def direction_note(row: Row, compared: Compared = GROUPS) -> str:
    """Return the sentence on what the two sides of 0 mean in a chart of gaps."""
    if not is_single(row):
        return "Before the average every proposal's gap is turned so that it is positive."
    if compared is WAVES:
        return (
            f"Right of 0 more accept in {quoted(row['group_b_label'])}, or the part makes them; "
            f"left of 0 in {quoted(row['group_a_label'])}."
        )
    return (
        f"Right of 0 {quoted(row['group_b_label'])} accept more, or the part makes them; left of 0 "
        f"{quoted(row['group_a_label'])}."
    )


def _same_pair(table: pl.DataFrame, row: Row) -> pl.DataFrame:
    """Return the rows of a table on the pair of a row, of the same weighting where it is there."""
    if table.is_empty():
        return table
    pair = {row["group_a"], row["group_b"]}
    both = table.filter(pl.col("group_a").is_in(pair), pl.col("group_b").is_in(pair))
    same = both.filter(pl.col("weighting") == row["weighting"])
    return same if len(same) else preferred(both)


def _weights_sentence(row: Row, overlap: pl.DataFrame) -> str:
    """Return the sentence on how alike the priorities of a pair are; empty where not asked."""
    who = f"{quoted(row['group_a_label'])} and {quoted(row['group_b_label'])}"
    found = _same_pair(overlap, row)
    if not len(found):
        return ""
    version = "revealed" if "revealed" in set(found["version"]) else "claimed"
    rows = found.filter(pl.col("version") == version).to_dicts()
    if not rows:
        return ""
    mean, low, high = (rows[0][f"normalised_{k}"] for k in ("mean", "q05", "q95"))
    numbers = f"(overlap {number(mean, 2)}, {span(low, high, 2)})"
    kind = overlap_kind(rows[0])
    if kind in _ALIKE:
        return f"{who} {_ALIKE[kind]} {numbers}."
    return f"The survey cannot tell how alike the priorities of {who} are {numbers}."


def pooled_sentence(row: Row) -> str:
    """Return the sentence on all interventions together."""
    gap = points(*_forward(row))
    where = "on average" if row["intervention"] == POOLED else "in all"
    if row["verdict"] in CAUSES:
        return f"{_carries(row)} of the gap in support, {where} {gap}."
    if row["verdict"] == "no_gap":
        return f"They hardly differ in support: {where} {gap}."
    if row["warning"] == MISFIT:
        return (
            f"The survey cannot tell what carries their gap in support: {where} {gap} in the "
            "model, which misses what those asked said."
        )
    if not is_apart(row):
        return (
            f"The survey cannot tell whether they differ in support by more than {_NOTHING}: "
            f"{where} {gap}."
        )
    return (
        f"They lie {gap} apart in support, but the survey cannot tell what carries that: "
        f"{_likeliest(row)}."
    )


def _forward(row: Row) -> tuple[float, float, float]:
    """Return the gap and its interval, turned so that the gap is positive."""
    return turned(row, "gap", by="gap")


def _carries(row: Row) -> str:
    """Return how much of the gap the cause of the verdict carries, without its full stop."""
    subject, verb = CAUSES[row["verdict"]]
    share = f"{row['verdict']}_share"
    if row[f"{share}_mean"] is None:
        return f"{subject} {verb} most"
    return f"{subject} {verb} {percent(*(row[f'{share}_{k}'] for k in ('mean', 'q05', 'q95')))}"


def is_apart(row: Row) -> bool:
    """Whether a gap is credibly larger than what counts for nothing, as its verdict has it.

    Only of such a gap, of a model that fits, the table holds shares.
    """
    return row["dependence_share_mean"] is not None


def _unasked(row: Mapping[str, Any]) -> list[str]:
    """Return the causes that the survey cannot give, since not both groups were asked."""
    return [cause for cause in _ASKABLE if row[f"{cause}_mean"] is None]


def is_split(row: Mapping[str, Any]) -> bool:
    """Whether anything was asked that could carry a gap: else all is unmeasured by construction."""
    return len(_unasked(row)) < len(_ASKABLE)


def _likeliest(row: Row) -> str:
    if not is_split(row):
        about = "" if is_single(row) else " about every proposal"
        return f"nothing that could carry it was asked{about}"
    if row["warning"]:
        return "the randomised check contradicts the split"
    if row["pooled_warning"]:
        return "the randomised check contradicts the split of all proposals together"
    if row["verdict_probability"] < EVEN:
        return "no cause is likely to carry most of it"
    subject, _ = CAUSES[row["leading"]]
    cause = inside(subject)
    if row["leading"] == "residual" and (unasked := _unasked(row)):
        cause = f"{cause}, {' or '.join(unasked)} among it"
    ahead = f"ahead of the rest with probability {chance(row['verdict_probability'])}"
    if _only_said(row):
        checked = row["checked_probability"]
        ahead += " by what people said" + (
            "; too few were told the same consequences to check it"
            if checked is None
            else f", and {chance(checked)} by the randomised check"
        )
    return f"the likeliest is {cause}, {ahead}"


def _singly(rows: Sequence[Row], compared: Compared) -> Iterator[str]:
    """Yield a sentence on each intervention whose gap has a cause, then on the others together."""
    for row in rows:
        if row["verdict"] in CAUSES:
            more = quoted(_more(row))
            who = f"more accept it in {more}" if compared is WAVES else f"{more} accept it more"
            yield (
                f"{quoted(row['intervention_label'])}: {who}, by {points(*_forward(row))}. "
                f"{_carries(row)} of that."
            )
    yield from _open(rows)
    alike = [row["intervention_label"] for row in rows if row["verdict"] == "no_gap"]
    if alike:
        yield f"No gap worth splitting on {_all(alike)}."


def _open(rows: Sequence[Row]) -> Iterator[str]:
    """Yield on which interventions no cause is named: with none known, or no gap known."""
    unsure = [row for row in rows if row["verdict"] == "cannot_tell"]
    missed = [row["intervention_label"] for row in unsure if row["warning"] == MISFIT]
    if missed:
        yield (
            f"The survey cannot tell what carries their gap on {_all(missed)}: the model misses "
            "what those asked said."
        )
    unsure = [row for row in unsure if row["warning"] != MISFIT]
    apart = [f"{sized(row)}; {_likeliest(row)})" for row in unsure if is_apart(row)]
    if apart:
        yield f"They differ, but the survey cannot tell what carries it, on {listed(apart)}."
    open_ = [f"{sized(row)})" for row in unsure if not is_apart(row)]
    if open_:
        yield (
            f"The survey cannot tell whether they differ by more than {_NOTHING} on "
            f"{listed(open_)}."
        )


def sized(row: Row) -> str:
    """Return an intervention with its gap in a bracket that is left open: who accepts it more."""
    more = f"more in {quoted(_more(row))} by {points_inside(*_forward(row))}"
    return f"{quoted(row['intervention_label'])} ({more}"


def _more(row: Row) -> str:
    """Return the label of the group that accepts an intervention more, by the mean."""
    return str(row["group_b_label"] if row["gap_mean"] > 0 else row["group_a_label"])


def _moved(rows: Sequence[Row]) -> Iterator[str]:
    """Yield on how many of several interventions support rose and fell between two waves."""
    if len(rows) < 2:  # of one its own sentence says it
        return
    total = count(len(rows))
    known = [row for row in rows if row["warning"] != MISFIT]
    rose = sum(row["gap_q05"] > 0 for row in known)
    fell = sum(row["gap_q95"] < 0 for row in known)
    told = [f"{verb} on {count(n)}" for verb, n in (("rose", rose), ("fell", fell)) if n]
    if not told:
        yield f"On none of {total} proposals can the survey tell whether support rose or fell."
        return
    open_ = len(rows) - rose - fell
    rest = f"; of {count(open_)} the survey cannot tell" if open_ else ""
    first, later = quoted(rows[0]["group_a_label"]), quoted(rows[0]["group_b_label"])
    yield f"From {first} to {later} support {listed(told)} of {total} proposals{rest}."


def _checked(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what the randomised check says where it raised no warning, all together first."""
    together = [row for row in rows if not is_single(row)]
    rows = [*together, *(row for row in rows if is_single(row))]
    unwarned = [r for r in rows if not r["warning"] and not r["pooled_warning"]]
    shown = [r for r in unwarned if r["randomised_mean"] is not None]
    fine = [r for r in shown if r["disagreement_probability"] is not None]
    by_word: dict[str, list[str]] = {}
    for row in fine:
        by_word.setdefault(_word(row), []).append(_label(row))
    for word in (_BEARS_OUT, _DOES_NOT_BEAR_OUT, _DOES_NOT_CONTRADICT, _SAYS_NOTHING):
        if labels := by_word.get(word):
            yield f"The randomised check {word} the split on {listed(labels)}."
    if open_ := [_label(r) for r in shown if r["disagreement_probability"] is None]:
        yield (
            f"What telling people the same consequences closed on {listed(open_)} cannot be held "
            "against the split, which does not say how much it should have been."
        )


def _only_said(row: Row) -> bool:
    """Whether models lead by what people said, so that they are named unless a check is in the way.

    Of a gap that is credibly there, as all are that this is asked of.
    """
    return bool(row["leading"] == "models" and row["verdict_probability"] > SURE)


def _label(row: Row) -> str:
    return quoted(row["intervention_label"]) if is_single(row) else "all proposals together"


def _word(row: Row) -> str:
    """Return what a randomised check that raised no warning does to the split."""
    borne_out = row["checked_probability"] > SURE
    if row["verdict"] == "models" and borne_out:
        return _BEARS_OUT
    if row["verdict"] == "cannot_tell" and _only_said(row) and not borne_out:
        return _DOES_NOT_BEAR_OUT
    agrees = row["disagreement_probability"] <= 1 - SURE
    return _DOES_NOT_CONTRADICT if agrees else _SAYS_NOTHING


def _all(labels: Sequence[str]) -> str:
    return listed([quoted(label) for label in labels])
