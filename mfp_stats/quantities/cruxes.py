"""Which cruxes carry a disagreement about an outcome: what will happen, or what it would mean.

Forecasters of two groups state how probable an outcome is, how probable an event (the crux) is, and
how probable the outcome would be if the event happened. Their answers are averaged within a group
(the linear opinion pool), so that ``P(U) = P(c) P(U | c) + (1 − P(c)) P(U | not c)`` holds for the
group too, and the gap in P(U) between two groups is divided by Shapley's rule between two causes:
what they think will happen, P(c), and what they think it would mean, P(U | c) and P(U | not c).

The value of information of a crux to a person is the expected size of their change of mind,
``P(c) |P(U | c) − P(U)| + (1 − P(c)) |P(U | not c) − P(U)|``. Intervals are those of the Bayesian
bootstrap over people (Rubin 1981): nothing is assumed of how answers are distributed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.errors import DesignError, Fault

#: Columns of the forecasts, all probabilities from 0 to 1.
COLUMNS: Final = ("person", "group", "crux", "outcome", "probability", "conditional")
_PROBABILITIES: Final = COLUMNS[3:]
DRAWS: Final = 2000
#: Groups of so many people or fewer are left out; the least that may be chosen.
FLOOR, LEAST_FLOOR = 10, 5
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Cruxes:
    """What is told of cruxes; both tables may be empty.

    ``people``: a row a crux and group, with ``n``, lower medians over people of ``probability``,
    ``happens`` and ``fails`` (the outcome's probability where the crux happens or does not; the
    latter null where all take it for certain) and
    ``information``, each with ``_q05`` and ``_q95``. ``split``: a row a crux, the largest ``event``
    first: ``gap`` in the outcome's probability (second group minus first), ``event`` (what they
    think will happen) and ``meaning`` (what it would mean), which sum to it, each with mean and
    interval; ``event_larger_probability`` that ``event`` carries more.
    """

    people: pl.DataFrame
    split: pl.DataFrame
    notes: tuple[str, ...]


def cruxes(
    forecasts: pl.DataFrame, groups: tuple[str, str], *, floor: int = FLOOR, seed: int = 0
) -> Cruxes:
    """Return what every crux carries of the gap between two groups of forecasters.

    Parameters
    ----------
    forecasts
        Columns :data:`COLUMNS`, a row a person and crux: the outcome's probability as stated beside
        that crux, the crux's, and the outcome's if the crux happens. Rows with a probability
        missing, or whose answers contradict each other (no probability of the outcome without the
        crux would give them together), are left out with a note.
    groups
        The two that are compared.
    floor
        Cruxes on which so many people or fewer of a group answered are left out; 5 or more.
    seed
        Of the bootstrap.

    Raises
    ------
    DesignError
        Columns are missing, probabilities lie outside 0 to 1, a person answered twice about a crux
        or is in two groups, a group is not there, or the floor is too low; every fault.
    """
    _check(forecasts, groups, floor)
    rows, notes = _sound(forecasts)
    rng = np.random.default_rng(seed)
    people: list[dict[str, Any]] = []
    split: list[dict[str, Any]] = []
    too_few, certain = [], []
    for crux in rows["crux"].unique(maintain_order=True):
        parts = [rows.filter(crux=crux, group=group) for group in groups]
        if min(len(part) for part in parts) <= floor:
            too_few.append(str(crux))
            continue
        pools = [_Pool.of(part, rng) for part in parts]
        people += [_told(crux, g, pool) for g, pool in zip(groups, pools, strict=True)]
        if any(pool.certain for pool in pools):
            certain.append(str(crux))
            continue
        split.append({"crux": crux, **_split(*pools)})
    if too_few:
        notes.append(
            f"Left out, as {floor} people or fewer of a group answered: {', '.join(too_few)}."
        )
    if certain:
        notes.append(
            "Not split, as everybody of a group takes it for certain, and so nobody said what "
            f"would be without it: {', '.join(certain)}."
        )
    ordered = (
        pl.DataFrame(split).sort(pl.col("event_mean").abs(), descending=True)
        if split
        else (pl.DataFrame())
    )
    return Cruxes(pl.DataFrame(people, infer_schema_length=None), ordered, tuple(notes))


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Answers of n people of one group about one crux, and S bootstrap weights."""

    outcome: Floats  #: (n,)
    event: Floats  #: (n,)
    happens: Floats  #: (n,)
    fails: Floats  #: (n,)
    weights: Floats  #: (S, n) rows sum to 1

    @classmethod
    def of(cls, rows: pl.DataFrame, rng: np.random.Generator) -> "_Pool":
        outcome, event, happens = (rows[name].to_numpy() for name in _PROBABILITIES)
        weights = rng.standard_exponential((DRAWS, len(rows)))
        weights /= weights.sum(axis=1, keepdims=True)
        return cls(outcome, event, happens, _without(outcome, event, happens), weights)

    @property
    def information(self) -> Floats:
        """Value of information to each person, (n,)."""
        return np.asarray(
            self.event * np.abs(self.happens - self.outcome)
            + (1 - self.event) * np.abs(self.fails - self.outcome)
        )

    @property
    def certain(self) -> bool:
        """Whether all take the event for certain: nobody said what would be without it."""
        return bool((self.event >= 1 - _TINY).all())

    @property
    def pooled(self) -> tuple[Floats, Floats, Floats]:
        """P(c), P(U | c) and P(U | not c) of the group's opinion pool, (S,) each."""
        event, both = self.weights @ self.event, self.weights @ (self.event * self.happens)
        # Nobody thinks the event possible: what they say it would mean counts alike.
        happens = both / event if event.min() > _TINY else self.weights @ self.happens
        return event, happens, _without(self.weights @ self.outcome, event, happens)


def _without(outcome: Floats, event: Floats, happens: Floats) -> Floats:
    """Return the outcome's probability without the event; of a certain event, the outcome's."""
    left = 1 - event
    rest = (outcome - event * happens) / np.maximum(left, _TINY)
    return np.asarray(np.where(left < _TINY, outcome, rest))


def _split(one: _Pool, other: _Pool) -> dict[str, float]:
    """Divide the gap between two pools by Shapley's rule."""
    (p, a, b), (q, c, d) = one.pooled, other.pooled

    def outcome(event: Floats, happens: Floats, fails: Floats) -> Floats:
        return event * happens + (1 - event) * fails

    here, there = outcome(p, a, b), outcome(q, c, d)
    moved_event, moved_meaning = outcome(q, a, b), outcome(p, c, d)
    event = ((moved_event - here) + (there - moved_meaning)) / 2
    gap = there - here
    meaning = gap - event
    return {
        **_interval("gap", gap),
        **_interval("event", event),
        **_interval("meaning", meaning),
        "event_larger_probability": float((np.abs(event) > np.abs(meaning)).mean()),
    }


def _told(crux: str, group: str, pool: _Pool) -> dict[str, Any]:
    medians = {
        "probability": pool.event,
        "happens": pool.happens,
        "fails": pool.fails,
        "information": pool.information,
    }
    row: dict[str, Any] = {"crux": crux, "group": group, "n": len(pool.event)}
    for name, values in medians.items():
        if name == "fails" and pool.certain:  # nobody said
            row |= dict.fromkeys(("fails", "fails_q05", "fails_q95"))
            continue
        row[name] = float(_lower_median(values, np.ones((1, len(values))))[0])
        low, high = np.quantile(_lower_median(values, pool.weights), [0.05, 0.95])
        row |= {f"{name}_q05": float(low), f"{name}_q95": float(high)}
    return row


def _lower_median(values: Floats, weights: Floats) -> Floats:
    """Return the least value with half the weight at or below it, for each row of weights."""
    order = np.argsort(values, kind="stable")
    line = np.cumsum(weights[:, order], axis=1)
    half = line[:, -1:] / 2 - _TINY
    return np.asarray(values[order][(line < half).sum(axis=1)])


def _interval(name: str, draws: Floats) -> dict[str, float]:
    low, high = np.quantile(draws, [0.05, 0.95])
    return {
        f"{name}_mean": float(draws.mean()),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }


def _sound(forecasts: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Leave out rows that lack a probability or contradict themselves, with notes."""
    notes = []
    whole = forecasts.drop_nulls(list(_PROBABILITIES))
    if lost := len(forecasts) - len(whole):
        notes.append(f"{lost} answers left out: a probability is missing.")
    outcome, event, happens = (whole[name].to_numpy() for name in _PROBABILITIES)
    fails = _without(outcome, event, happens)
    sound = (fails >= -_TINY) & (fails <= 1 + _TINY)
    if lost := int((~sound).sum()):
        notes.append(
            f"{lost} answers left out: together they give the outcome no probability from 0 to 1 "
            "where the crux does not happen."
        )
    return whole.filter(pl.Series(sound)), notes


def _check(forecasts: pl.DataFrame, groups: Sequence[str], floor: int) -> None:
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
        raise DesignError(faults, about="cruxes")


def _faults_of(forecasts: pl.DataFrame, groups: Sequence[str]) -> Iterator[Fault]:
    there = tuple(forecasts["group"].unique(maintain_order=True))
    if len(set(groups)) < 2:
        yield Fault("groups", "name one group twice; a gap is between two", known=there)
    for group in groups:
        if group not in there:
            yield Fault("groups", f"nobody is in {group!r}", known=there)
    for name in _PROBABILITIES:
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
