"""Which cruxes carry a disagreement about an outcome: by happening, by their effect, or not at all.

Forecasters of two groups state how probable an outcome is, how probable an event (the crux) is, and
how probable the outcome would be if the event happened. Their answers are averaged within a group
(the linear opinion pool), so that ``P(U) = P(c) P(U | c) + (1 − P(c)) P(U | not c)`` holds for the
group too. The gap in P(U) between two groups is divided by Shapley's rule between three causes:
whether the crux will happen, P(c); how much that would change, P(U | c) − P(U | not c); and what
they expect without it, P(U | not c). The first two are what the crux carries. The last is a
disagreement that it has no part in, and that would be there if it were settled.

The value of information of a crux to a person is the expected size of their change of mind,
``P(c) |P(U | c) − P(U)| + (1 − P(c)) |P(U | not c) − P(U)|``. Intervals are those of the Bayesian
bootstrap over people (Rubin 1981): nothing is assumed of how answers are distributed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.quantities.conditional_forecasts import (
    PROBABILITIES,
    TINY,
    check_forecasts,
    otherwise,
    sound,
)
from mfp_stats.quantities.verdicts import SURE

DRAWS: Final = 2000
CAUSES: Final = ("event", "effect", "without")
#: What carries a gap, or that this is open.
VERDICTS: Final = (*CAUSES, "cannot_tell")
#: Groups of so many people or fewer are left out, unless another floor is chosen.
FLOOR: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Cruxes:
    """What is told of cruxes; both tables may be empty.

    ``people``: a row a crux and group, with ``n``, lower medians over people of ``probability``,
    ``happens`` and ``fails`` (the outcome's probability where the crux happens or does not; the
    latter null where all take it for certain) and
    ``information``, each with ``_q05`` and ``_q95``. ``split``: a row a crux, first which carries
    most: ``gap`` in the outcome's probability (second group minus first); ``event`` (whether it
    will happen), ``effect`` (what it would change) and ``without`` (what is expected without it),
    which sum to the gap; ``carried``, by the crux: event and effect; and ``gap_happens``, the gap
    if it happened, as ``without`` is the gap if it did not. Each has mean and interval. ``verdict``
    is one of :data:`VERDICTS`, with the ``verdict_probability`` that this cause carries more of the
    gap than either other (of ``cannot_tell``: of the likeliest).
    """

    groups: tuple[str, str]
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
        Columns :data:`mfp_stats.quantities.conditional_forecasts.COLUMNS`, a row a person and
        crux: the outcome's probability as stated beside that crux, the crux's, and the outcome's
        if the crux happens. Rows with a probability missing, or whose answers contradict each
        other (no probability of the outcome without the crux would give them together), are left
        out with a note.
    groups
        The two that are compared.
    floor
        Cruxes on which so many people or fewer of a group answered are left out; 5 or more.
    seed
        Of the bootstrap.

    Raises
    ------
    CruxesRejected
        Columns are missing, probabilities lie outside 0 to 1, a person answered twice about a crux
        or is in two groups, a group is not there, or the floor is too low; every fault.
    """
    check_forecasts(forecasts, groups, floor)
    rows, notes = sound(forecasts)
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
        pl.DataFrame(split).sort(
            pl.col("carried_mean") * pl.col("gap_mean").sign(), descending=True
        )
        if split
        else pl.DataFrame()
    )
    told = pl.DataFrame(people, infer_schema_length=None)
    return Cruxes(groups, told, ordered, tuple(notes))


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
        outcome, event, happens = (rows[name].to_numpy() for name in PROBABILITIES)
        weights = rng.standard_exponential((DRAWS, len(rows)))
        weights /= weights.sum(axis=1, keepdims=True)
        return cls(outcome, event, happens, otherwise(outcome, event, happens), weights)

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
        return bool((self.event >= 1 - TINY).all())

    @property
    def pooled(self) -> tuple[Floats, Floats, Floats]:
        """P(c), P(U | c) and P(U | not c) of the group's opinion pool, (S,) each."""
        event, both = self.weights @ self.event, self.weights @ (self.event * self.happens)
        # Nobody thinks the event possible: what they say it would mean counts alike.
        happens = both / event if event.min() > TINY else self.weights @ self.happens
        return event, happens, otherwise(self.weights @ self.outcome, event, happens)


def _split(one: _Pool, other: _Pool) -> dict[str, Any]:
    """Divide the gap between two pools by Shapley's rule.

    With ``P(U) = P(U | not c) + P(c) · effect``, a sum and a product of two, Shapley values are the
    differences, each times the mean of what it is multiplied with.
    """
    (p, a, b), (q, c, d) = one.pooled, other.pooled
    event = (q - p) * ((a - b) + (c - d)) / 2
    effect = ((c - d) - (a - b)) * (p + q) / 2
    parts = {"event": event, "effect": effect, "without": d - b}
    gap = event + effect + parts["without"]
    told = {"gap": gap, "carried": event + effect, **parts, "gap_happens": c - a}
    row: dict[str, Any] = {}
    for name, draws in told.items():
        row |= _interval(name, draws)
    return row | _verdict(gap, parts)


def _verdict(gap: Floats, parts: Mapping[str, Floats]) -> dict[str, Any]:
    """Name the cause that carries most, where the gap has a direction; all (S,) draws.

    A part that works against the gap carries none of it, as in :mod:`.verdicts`. How large a gap
    must be to matter is not asked: a point in a hundred may be much of a rare outcome.
    """
    side = np.sign(gap)
    leads: dict[str, float] = {}
    for name, part in parts.items():
        others = [np.abs(other) for rest, other in parts.items() if rest != name]
        leads[name] = float((part * side > np.max(others, axis=0)).mean())
    first = max(leads, key=lambda part: leads[part])
    apart = max((gap > 0).mean(), (gap < 0).mean()) > SURE
    named = first if apart and leads[first] > SURE else "cannot_tell"
    return {"verdict": named, "verdict_probability": leads[first]}


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
    half = line[:, -1:] / 2 - TINY
    return np.asarray(values[order][(line < half).sum(axis=1)])


def _interval(name: str, draws: Floats) -> dict[str, float]:
    low, high = np.quantile(draws, [0.05, 0.95])
    return {
        f"{name}_mean": float(draws.mean()),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }
