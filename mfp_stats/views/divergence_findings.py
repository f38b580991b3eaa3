"""Plain-language findings on what groups expect of interventions, and on where that matters."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.design.data import MIDDLE
from mfp_stats.views.findings import Row, preferred, turned
from mfp_stats.views.gap_warnings import MISFIT, first_quoted
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, Compared, first_of, inside, points, quoted
from mfp_stats.views.zero import is_neutral, zero_words

#: Expectations that a list of findings names.
CELLS_NAMED: Final = 3
#: Said wherever it is told what would change if people expected something else.
SWAPS_UNTESTED: Final = (
    "What would follow if people expected something else is untested: no later wave and no pilot "
    "has scored it."
)
#: Said where support is analysed without what people expect.
NO_SWAPS: Final = (
    "Not every proposal's consequences were asked about. So support is analysed without these "
    "expectations, and by how much they would move a gap in support is not told."
)


def describe_expectations(divergence: pl.DataFrame, who: str = "They") -> str:
    """Return a sentence on how far two groups expect the same; empty where nobody was asked.

    Parameters
    ----------
    divergence
        Rows of the table ``divergence`` of one pair of groups and weighting.
    who
        The two groups, as the subject of the sentence.
    """
    rows = divergence.sort("rank").to_dicts() if len(divergence) else []
    if not rows:
        return ""
    opposite = [row for row in rows if is_opposite(row)]
    if against := [row for row in opposite if is_neutral(row)]:
        return f"{who} expect opposite things of {_outcomes(against)}."
    if opposite:
        return (
            f"{who} lie on both sides of {zero_words([MIDDLE])} in what they expect of "
            f"{_outcomes(opposite)}; the questionnaire names no neutral answer."
        )
    apart = [row for row in rows if _is_sure(row, "difference")]
    if apart:
        return f"{who} expect different things of {_proposals(apart)}."
    return f"The survey does not show that {inside(who)} expect different things of any proposal."


def describe_divergence(
    divergence: pl.DataFrame, gap: pl.DataFrame, compared: Compared = GROUPS
) -> list[str]:
    """Return sentences on every pair of groups: where they expect most differently.

    Parameters
    ----------
    divergence
        The table ``divergence``, any weightings; of several the preferred one is told.
    gap
        The table ``gap``, which tells whether a change closes a gap; may be empty.
    compared
        What the groups are.
    """
    if divergence.is_empty():
        return [f"No two {compared.many} can be compared by what they expect of the proposals."]
    frame = preferred(divergence)
    told = []
    for _, part in frame.group_by("group_a", "group_b", maintain_order=True):
        of_pair = describe_divergence_of_pair(part, gap)
        one_of_several = " ".join(s for s in of_pair[:2] if s not in (SWAPS_UNTESTED, NO_SWAPS))
        told += [one_of_several] if len(frame) > len(part) else of_pair
    last = [
        SWAPS_UNTESTED if has_swaps(frame) else NO_SWAPS,
        weighting_note(frame["weighting"][0]),
    ]
    return [*(sentence for sentence in told if sentence not in last), *last]


def describe_divergence_of_pair(divergence: pl.DataFrame, gap: pl.DataFrame) -> list[str]:
    """Return sentences on one pair of groups and weighting, the main finding first.

    Parameters
    ----------
    divergence, gap
        As in :func:`describe_divergence`; rows of ``gap`` on other pairs are passed over.
    """
    rows = divergence.sort("rank").to_dicts()
    who = f"{quoted(rows[0]['group_a_label'])} and {quoted(rows[0]['group_b_label'])}"
    return [
        describe_expectations(divergence, who),
        *((*_moving(rows, gap), SWAPS_UNTESTED) if has_swaps(divergence) else (NO_SWAPS,)),
        weighting_note(rows[0]["weighting"]),
    ]


def has_swaps(divergence: pl.DataFrame) -> bool:
    """Whether it is known by how much expectations would move a gap."""
    return divergence["swap_mean"].null_count() < len(divergence)


def swap_note(row: Row) -> str:
    """Return the sentence on what a change of the gap means, for the chart of swaps."""
    one, other = quoted(row["group_a_label"]), quoted(row["group_b_label"])
    return (
        f"By how much the gap in support ({other} minus {one}) would change if one of the two came "
        "to expect of one proposal for one value what the other expects: the mean of both ways. A "
        "change against the gap closes it."
    )


def is_opposite(row: Row) -> bool:
    """Whether two groups' expectations lie on both sides of 0.

    Where 0 is a neutral answer one expects a value to be served and the other to be harmed.
    """
    if not (_is_sure(row, "expects_a") and _is_sure(row, "expects_b")):
        return False
    return bool((row["expects_a_mean"] > 0) != (row["expects_b_mean"] > 0))


def _is_sure(row: Row, name: str) -> bool:
    """Whether the interval of an estimate leaves out 0."""
    return bool(row[f"{name}_q05"] > 0 or row[f"{name}_q95"] < 0)


def _proposals(rows: list[Row]) -> str:
    """Return the interventions of some cells, those first where it would move the gap most."""
    labels = list(dict.fromkeys(row["intervention_label"] for row in rows))
    return first_of([quoted(label) for label in labels], CELLS_NAMED)


def _outcomes(rows: list[Row]) -> str:
    """Return the interventions of some cells, each with the outcomes that these are about."""
    by_label: dict[str, list[str]] = {}
    for row in rows:
        by_label.setdefault(row["intervention_label"], []).append(row["value_label"])
    told = [f"{quoted(label)} (for {first_quoted(values)})" for label, values in by_label.items()]
    return first_of(told, CELLS_NAMED)


def _moving(rows: list[Row], gap: pl.DataFrame) -> Iterator[str]:
    """Yield which expectations would move the gap, as far as the posterior carries it."""
    moving = [row for row in rows if _is_sure(row, "swap")]
    for row in moving[:CELLS_NAMED]:
        yield (
            f"If one of the two came to expect of {quoted(row['intervention_label'])} for "
            f"{quoted(row['value_label'])} what the other expects, {_change(row, gap)}."
        )
    if not moving:
        yield "The survey cannot tell which single expectation would move the gap in support."


def _change(row: Row, gap: pl.DataFrame) -> str:
    """Return what would become of the gap: closed or widened, where its side is known."""
    swap = row["swap_mean"]
    size = points(*turned(row, "swap", by="swap"))
    gains, over = row["group_b_label"], row["group_a_label"]
    if swap < 0:
        gains, over = over, gains
    now = _gap_on(row, gap)
    if now is None or now["warning"] == MISFIT or not _is_sure(now, "gap"):
        return (
            f"support among {quoted(gains)} would gain {size} on that among {quoted(over)}; the "
            "survey cannot tell who supports it more now"
        )
    if (now["gap_mean"] > 0) == (swap > 0):
        return f"the gap in support would widen by {size}"
    turns = abs(swap) > abs(now["gap_mean"])
    return f"the gap in support would close{' and may turn round,' if turns else ''} by {size}"


def _gap_on(row: Row, gap: pl.DataFrame) -> Row | None:
    """Return the gap of the same two groups on the same intervention; None where not known."""
    if gap.is_empty():
        return None
    keys = ("weighting", "group_a", "group_b", "intervention")
    same = gap.filter(*(pl.col(key).eq(pl.lit(row[key])) for key in keys))
    return same.row(0, named=True) if len(same) else None
