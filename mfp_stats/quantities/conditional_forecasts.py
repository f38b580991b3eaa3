"""Conditional forecasts as a table: what a row holds, what is refused, and what contradicts itself.

A row is one person and one event (the crux): how probable an outcome is to them, how probable the
event, and how probable the outcome would be if the event happened. By
``P(U) = P(c) P(U | c) + (1 − P(c)) P(U | not c)`` it follows how probable the outcome would be if
the event did not happen, unless that is certain.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from mfp_stats.errors import CruxesRejected, Fault, first_faults

#: Columns of the forecasts; probabilities lie from 0 to 1.
NAMES: Final = ("person", "group", "crux")
PROBABILITIES: Final = ("outcome", "probability", "conditional")
COLUMNS: Final = (*NAMES, *PROBABILITIES)
#: Added to them: the outcome's probability if the event does not happen.
FAILS: Final = "fails"
#: No floor of people may be lower.
LEAST_FLOOR: Final = 5
#: Of an event more probable than this nobody knows what they expect without it: half a point by
#: which they round another answer moves it by ten points.
NEARLY_CERTAIN: Final = 0.95
#: An event is certain when no more than this is left.
_TINY: Final = 1e-12
#: People round: an answer contradicts the others only where it is off by more than this share.
_ROUNDING: Final = 0.2


def sound(forecasts: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows that hold together, with what follows from them, and notes on the others.

    Parameters
    ----------
    forecasts
        Columns :data:`COLUMNS`.

    Returns
    -------
    polars.DataFrame
        With the column :data:`FAILS`, null where the event is certain to somebody: they did not
        say what would be without it. Where it would lie outside 0 to 1 by what was rounded, it is
        0 or 1, and ``conditional`` what then follows from the other two.
    list of str
        How many answers were left out and why, by group.
    """
    whole = forecasts.drop_nulls(list(PROBABILITIES))
    u, p, a = (pl.col(name) for name in PROBABILITIES)
    with_it, against_it = p * a, p * (1 - a)
    kept = 1 - _ROUNDING
    possible = whole.filter(u >= kept * with_it, 1 - u >= kept * against_it)
    notes = [
        *_left_out(forecasts, whole, "a probability is missing"),
        *_left_out(
            whole,
            possible,
            "together they give the outcome no probability from 0 to 1 where the crux does not "
            "happen",
        ),
    ]
    follows = ((u - with_it) / (1 - p)).clip(0, 1)
    fails = pl.when(1 - p > _TINY).then(follows)
    rounded = (u < with_it) | (1 - u < against_it)
    agreeing = (u - (1 - p) * pl.col(FAILS)) / p
    return (
        possible.with_columns(fails.alias(FAILS)).with_columns(
            conditional=pl.when(rounded & (p < 1)).then(agreeing).otherwise(a)
        ),
        notes,
    )


def _left_out(before: pl.DataFrame, after: pl.DataFrame, why: str) -> Iterator[str]:
    lost = before.join(after, on=["person", "crux"], how="anti")
    counts = lost.group_by("group", maintain_order=True).len()
    if len(counts):
        told = " and ".join(f"{n} of “{group}”" for group, n in counts.rows())
        yield f"Answers left out: {told}; {why}."


def check_forecasts(forecasts: pl.DataFrame, groups: Sequence[str], floor: int) -> None:
    """Refuse what cannot be compared between two groups.

    Raises
    ------
    CruxesRejected
        Every fault found.
    """
    faults = [
        Fault("forecasts", f"the column {name!r} is missing", known=tuple(forecasts.columns))
        for name in COLUMNS
        if name not in forecasts.columns
    ]
    faults += [
        Fault(name, "is not a number everywhere", fix="Give numbers from 0 to 1.")
        for name in PROBABILITIES
        if name in forecasts.columns and not forecasts[name].dtype.is_numeric()
    ]
    if floor < LEAST_FLOOR:
        faults.append(Fault("floor", f"is {floor}; it may be no lower than {LEAST_FLOOR}"))
    if not faults:
        faults = list(_faults_of(forecasts, groups))
    if faults:
        raise CruxesRejected(faults)


def _faults_of(forecasts: pl.DataFrame, groups: Sequence[str]) -> Iterator[Fault]:
    there = tuple(map(str, forecasts["group"].unique(maintain_order=True)))
    if len(set(groups)) < 2:
        yield Fault("groups", "are one and the same; a gap is between two", known=there)
    for group in groups:
        if group not in there:
            yield Fault("groups", f"nobody is in {group!r}", known=there)
    for name in NAMES:
        if unnamed := forecasts[name].null_count():
            yield Fault(name, f"is missing in {unnamed} rows")
    compared = forecasts.filter(pl.col("group").is_in(list(groups)))
    for name in PROBABILITIES:
        column = compared[name].drop_nulls()
        if len(column) and not column.is_between(0, 1).all():
            yield Fault(name, "lies outside 0 to 1", fix="Give probabilities, not percentages.")
    twice = compared.group_by("person", "crux").len().filter(pl.col("len") > 1)
    pairs = twice.sort("person", "crux").select("person", "crux").rows()
    yield from first_faults(
        (
            Fault(f"person {person}, crux {crux}", "answered more than once")
            for person, crux in pairs
        ),
        len(pairs),
        "answers",
    )
    camps = compared.group_by("person").agg(pl.col("group").n_unique().alias("of"))
    both = camps.filter(pl.col("of") > 1)["person"].sort()
    yield from first_faults(
        (Fault(f"person {person}", "is in more than one group") for person in both),
        len(both),
        "people",
    )
