"""Warnings on splits of gaps in support; each stands before the sentence that it is about."""

from collections.abc import Iterator, Sequence
from typing import Final

from mfp_stats.views.findings import NAMED, Row, turned
from mfp_stats.views.words import first_of, inside, of_pairs, points, quoted

#: The warning of a gap that the model does not reproduce.
MISFIT: Final = "misfit"
#: How a sentence that warns begins.
WARNING: Final = "Warning"
#: What the warnings of a randomised check mean.
_MEANING: Final = {
    "rationalised": "People may have stated consequences that fit what they already supported, so "
    "models are not named as the cause.",
    "understated": "Models may carry more than what people stated says, so that no other cause is "
    "named.",
}


def first_quoted(labels: Sequence[str]) -> str:
    """Return the first of several labels, quoted, and how many more there are."""
    return first_of([quoted(label) for label in labels], NAMED)


def all_warned(pairs: Sequence[Sequence[Row]], groups: str) -> Iterator[str]:
    """Yield that a randomised check contradicts the splits of some of several pairs.

    Parameters
    ----------
    pairs
        The rows of the table ``gap`` of each pair.
    groups
        What is compared, several of them.
    """
    warned = [contradicted for rows in pairs if (contradicted := _contradicted(rows))]
    if warned:
        singly = all(any(row["intervention"] != "pooled" for row in rows) for rows in warned)
        where = "at least one proposal" if singly else "at least one proposal, or on all together"
        meanings = dict.fromkeys(_meaning(row) for rows in warned for row in rows)
        yield (
            f"{WARNING}: the randomised check contradicts the split on {where}, for "
            f"{of_pairs(len(warned), len(pairs), groups)}. {_there(list(meanings))} What is said "
            "of a pair below is of all its proposals together."
        )


def _there(meanings: Sequence[str]) -> str:
    """Return what warnings mean on the proposals that they are about, and on no others."""
    places = ("There", *("On others" for _ in meanings[1:]))
    told = [f"{place}, {inside(m)}" for place, m in zip(places, meanings, strict=True)]
    return " ".join(told)


def pair_briefly_warned(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the warnings on one of several pairs, without the numbers."""
    who = f" on {quoted(rows[0]['group_a_label'])} and {quoted(rows[0]['group_b_label'])}"
    yield from _misfits(rows, who)
    if off := _contradicted(rows):
        yield f"{WARNING}{who}: the randomised check contradicts the split on {_named(off)}."


def pair_warned(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the warnings on the one pair that is told of, with the numbers."""
    yield from _misfits(rows, "")
    for row in _contradicted(rows):
        closed, implied = _estimate(row, "randomised"), _estimate(row, "implied")
        yield (
            f"{WARNING} on {quoted(row['intervention_label'])}: among people who were told the "
            f"same consequences the gap was smaller by {closed}; by the split it should have been "
            f"smaller by {implied}. {_meaning(row)}"
        )


def _misfits(rows: Sequence[Row], who: str) -> Iterator[str]:
    if off := [row for row in rows if row["warning"] == MISFIT]:
        yield (
            f"{WARNING}{who}: the model does not reproduce the gap in support among those asked "
            f"on {_named(off)}. No cause is named there."
        )


def _contradicted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose split a randomised check contradicts, all proposals together first."""
    off = [row for row in rows if row["warning"] not in ("", MISFIT)]
    return sorted(off, key=lambda row: row["intervention"] != "pooled")


def _meaning(row: Row) -> str:
    warning = str(row["warning"])
    return _MEANING.get(warning, f"{warning.rstrip('.')}.")


def _estimate(row: Row, name: str) -> str:
    """Return by how much a gap closes, whichever group accepts more."""
    return points(*turned(row, name, by="gap"))


def _named(rows: Sequence[Row]) -> str:
    return first_quoted([row["intervention_label"] for row in rows])
