"""Conditional forecasts as a table: what a row holds, what is refused, and what contradicts itself.

A row is one person and one event (the crux): how probable an outcome is to them, how probable the
event, and how probable the outcome would be if the event happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.errors import CruxesRejected, Fault

#: Columns of the forecasts; probabilities lie from 0 to 1.
NAMES: Final = ("person", "group", "crux")
PROBABILITIES: Final = ("outcome", "probability", "conditional")
COLUMNS: Final = (*NAMES, *PROBABILITIES)
#: No floor of people may be lower.
LEAST_FLOOR: Final = 5
#: Probabilities closer than this are the same.
TINY: Final = 1e-12


def otherwise(outcome: Floats, event: Floats, happens: Floats) -> Floats:
    """Return the outcome's probability without the event; of a certain event, the outcome's."""
    left = 1 - event
    rest = (outcome - event * happens) / np.maximum(left, TINY)
    return np.asarray(np.where(left < TINY, outcome, rest))


def sound(forecasts: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows that hold together and have all probabilities, and notes on the others."""
    notes = []
    whole = forecasts.drop_nulls(list(PROBABILITIES))
    if lost := len(forecasts) - len(whole):
        notes.append(f"{_answers(lost)} left out: a probability is missing.")
    outcome, event, happens = (whole[name].to_numpy() for name in PROBABILITIES)
    fails = otherwise(outcome, event, happens)
    possible = (fails >= -TINY) & (fails <= 1 + TINY)
    if lost := int((~possible).sum()):
        notes.append(
            f"{_answers(lost)} left out: together they give the outcome no probability from 0 to 1 "
            "where the crux does not happen."
        )
    return whole.filter(pl.Series(possible)), notes


def _answers(number: int) -> str:
    return f"{number} answer{'' if number == 1 else 's'}"


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
    if floor < LEAST_FLOOR:
        faults.append(Fault("floor", f"is {floor}; it may be no lower than {LEAST_FLOOR}"))
    if not faults:
        faults = list(_faults_of(forecasts, groups))
    if faults:
        raise CruxesRejected(faults)


def _faults_of(forecasts: pl.DataFrame, groups: Sequence[str]) -> Iterator[Fault]:
    there = tuple(forecasts["group"].unique(maintain_order=True))
    if len(set(groups)) < 2:
        yield Fault("groups", "name one group twice; a gap is between two", known=there)
    for group in groups:
        if group not in there:
            yield Fault("groups", f"nobody is in {group!r}", known=there)
    for name in PROBABILITIES:
        column = forecasts[name].drop_nulls()
        if len(column) and not column.is_between(0, 1).all():
            yield Fault(name, "lies outside 0 to 1", fix="Give probabilities, not percentages.")
    twice = forecasts.group_by("person", "crux").len().filter(pl.col("len") > 1)
    yield from _twice(twice.sort("person", "crux").to_dicts(), "answered more than once")
    camps = forecasts.group_by("person").agg(pl.col("group").n_unique().alias("of"))
    for person in camps.filter(pl.col("of") > 1)["person"].sort():
        yield Fault(f"person {person}", "is in more than one group")


def _twice(rows: Sequence[Mapping[str, Any]], what: str) -> Iterator[Fault]:
    for row in rows:
        yield Fault(f"person {row['person']}, crux {row['crux']}", what)
