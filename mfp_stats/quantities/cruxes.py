"""Which cruxes carry a disagreement about an outcome, and how much of it they have no part in.

Forecasters of two groups state how probable an outcome is, how probable an event (the crux) is, and
how probable the outcome would be if the event happened. To each of them
``P(U) = P(U | not c) + P(c) · effect`` with ``effect = P(U | c) − P(U | not c)``, so that the gap
between the groups' mean P(U) is the gap in P(U | not c), which is there without the crux, plus the
gap in ``P(c) · effect``, which the crux carries. The latter is divided by Shapley's rule between
whether the event will happen, P(c), and what it would change; what is left of it, ``dependence``,
is how the two go together within groups: those who think it likely may think that it changes much.

All are means over what people said themselves. The mean conditional probability of a group is not
that of an opinion pool, which weights it by each person's P(c) and so takes differences between
people for effects that none of them expects.

The value of information of a crux to a person is the expected size of their change of mind,
``P(c) |P(U | c) − P(U)| + (1 − P(c)) |P(U | not c) − P(U)|``.

Intervals are those of a Bayesian bootstrap over people (Rubin 1981), so that they lean the way the
answers do; of means, with the spread and the tails that a mean of so few has (Student's t), which a
bootstrap of few people falls short of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.quantities.conditional_forecasts import (
    FAILS,
    NEARLY_CERTAIN,
    PROBABILITIES,
    check_forecasts,
    sound,
)
from mfp_stats.quantities.summaries import HIGH, LOW
from mfp_stats.quantities.verdicts import SURE

DRAWS: Final = 4000
#: What carries more of a gap, the crux or what is there without it; or that this is open.
VERDICTS: Final = ("crux", "without", "cannot_tell")
#: The parts of a gap, which sum to it; all but the last are what the crux carries.
PARTS: Final = ("event", "effect", "dependence", "without")
#: Groups of so many people or fewer are left out, unless another floor is chosen.
FLOOR: Final = 10
#: Share of a group that may take a crux for all but certain where the rest stand for the group.
UNSAID: Final = 0.25
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Cruxes:
    """What is told of cruxes; both tables may be empty.

    ``people``: a row a crux and group, with ``n``, lower medians over people of ``outcome``,
    ``probability``, ``happens`` and ``fails`` (the outcome's probability where the crux happens or
    does not; the latter null where too few said) and ``information``, each with ``_q05`` and
    ``_q95``.

    ``split``: a row a crux, with ``n_a`` and ``n_b``, the people of each group who do not take it
    for all but certain. ``gap`` is the difference in the outcome's mean probability (second group
    minus first), the sum of :data:`PARTS`: ``event`` (whether it will happen), ``effect`` (what it
    would change), ``dependence`` and ``without`` (what is expected without it, the gap if it did
    not happen); ``carried`` is the sum of the first three, and ``gap_happens`` the gap if it
    happened. Each has mean and interval. ``verdict`` is one of :data:`VERDICTS`, with the
    ``verdict_probability`` that this carries more of the gap than the other (of ``cannot_tell``:
    of the likelier). ``clear`` says whether the sign of ``carried`` is sure although so many cruxes
    are looked at (Bonferroni's rule at 90 %, which a few people's skewed answers keep less well).
    Those that carry most of a gap come first.
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
        other by more than rounding (no probability of the outcome without the crux would give them
        together), are left out with a note. Other groups' rows are not looked at.
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
    rows, notes = sound(forecasts.filter(pl.col("group").is_in(list(groups))))
    people: list[dict[str, Any]] = []
    split: list[dict[str, Any]] = []
    few, unsaid, without_some = [], [], []
    for crux in rows["crux"].unique(maintain_order=True):
        parts = [rows.filter(crux=crux, group=group) for group in groups]
        if min(len(part) for part in parts) <= floor:
            few.append(str(crux))
            continue
        keys = [(seed, crc32(f"{crux}\n{group}".encode())) for group in groups]
        people += [_told(part, floor, key) for part, key in zip(parts, keys, strict=True)]
        told = [part.filter(pl.col("probability") <= NEARLY_CERTAIN) for part in parts]
        if not all(_stand_for(one, of, floor) for one, of in zip(told, parts, strict=True)):
            unsaid.append(str(crux))
            continue
        if lost := sum(map(len, parts)) - sum(map(len, told)):
            without_some.append(f"{lost} beside {crux}")
        split.append({"crux": crux, **_split(*map(_Means.of, told, keys))})
    if few:
        notes.append(f"Left out, as {floor} people or fewer of a group answered: {', '.join(few)}.")
    if unsaid:
        notes.append(
            "Not divided, as too few of a group said what would be without it, the others taking "
            f"it for all but certain: {', '.join(unsaid)}."
        )
    if without_some:
        notes.append(
            "Who takes a crux for all but certain is not among those whose gap is divided: "
            f"{', '.join(without_some)}."
        )
    told_people = pl.DataFrame(people, infer_schema_length=None)
    return Cruxes(groups, told_people, _ordered(split), tuple(notes))


def _stand_for(told: pl.DataFrame, part: pl.DataFrame, floor: int) -> bool:
    """Whether those who said what would be without a crux are enough, and most, of a group."""
    return len(told) > floor and len(told) >= (1 - UNSAID) * len(part)


@dataclass(frozen=True, slots=True, eq=False)
class _Means:
    """Means over the n people of a group, (1,) of the answers and (S,) draws of each."""

    n: int
    mean: Mapping[str, Floats]
    draws: Mapping[str, Floats]

    @classmethod
    def of(cls, rows: pl.DataFrame, key: tuple[int, ...]) -> "_Means":
        outcome, event, happens = (rows[name].to_numpy() for name in PROBABILITIES)
        fails, n = rows[FAILS].to_numpy(), len(rows)
        answers = {"outcome": outcome, "event": event, "happens": happens, "fails": fails}
        rng = np.random.default_rng(key)
        weights = _weights(rng, n)
        # A bootstrap's variance is (n − 1)/(n + 1) of a mean's, and its tails are a normal's.
        wider = np.sqrt((n + 1) / rng.chisquare(n - 1, DRAWS))
        means = {name: answer.mean(keepdims=True) for name, answer in answers.items()}
        draws = {
            name: np.clip(means[name] + wider * (weights @ answer - means[name]), 0, 1)
            for name, answer in answers.items()
        }
        return cls(n, means, draws)


def _weights(rng: np.random.Generator, n: int) -> Floats:
    """Return weights of n people in every draw, (S, n), whose rows sum to 1."""
    weights = rng.standard_exponential((DRAWS, n))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _split(one: _Means, other: _Means) -> dict[str, Any]:
    """Divide the gap between two groups, in their means and in every draw."""
    means, draws = _parts(one.mean, other.mean), _parts(one.draws, other.draws)
    row: dict[str, Any] = {"n_a": one.n, "n_b": other.n}
    for name, drawn in draws.items():
        low, high = np.quantile(drawn, [LOW, HIGH])
        row[f"{name}_mean"] = float(means[name][0])
        row |= {f"{name}_q05": float(low), f"{name}_q95": float(high)}
    positive = float((draws["carried"] > 0).mean())
    row["sign_probability"] = max(positive, float((draws["carried"] < 0).mean()))
    apart = row["gap_q05"] > 0 or row["gap_q95"] < 0
    return row | _verdict(draws["gap"], draws["carried"], draws["without"], apart=apart)


def _parts(one: Mapping[str, Floats], other: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the gap and its parts.

    Of a product of two, Shapley values are the differences, each times the mean of what it is
    multiplied with.
    """
    apart = {name: other[name] - one[name] for name in one}
    changes = [group["happens"] - group["fails"] for group in (one, other)]
    event = apart["event"] * (changes[0] + changes[1]) / 2
    effect = (changes[1] - changes[0]) * (one["event"] + other["event"]) / 2
    carried = apart["outcome"] - apart["fails"]
    parts = {
        "gap": apart["outcome"],
        "carried": carried,
        "event": event,
        "effect": effect,
        "dependence": carried - event - effect,
        "without": apart["fails"],
        "gap_happens": apart["happens"],
    }
    # What the computer's arithmetic leaves of nothing would have a sign.
    return {name: np.where(np.abs(part) < _TINY, 0, part) for name, part in parts.items()}


def _verdict(gap: Floats, carried: Floats, without: Floats, *, apart: bool) -> dict[str, Any]:
    """Say whether the crux carries more of the gap, where groups are ``apart``; all (S,) draws.

    What works against the gap carries none of it, as in :mod:`.verdicts`. How large a gap must be
    to matter is not asked: a point in a hundred may be much of a rare outcome.
    """
    side = np.sign(gap)
    leads = {
        "crux": float((carried * side > np.abs(without) + _TINY).mean()),
        "without": float((without * side > np.abs(carried) + _TINY).mean()),
    }
    first = max(leads, key=lambda part: leads[part])
    named = first if apart and leads[first] > SURE else "cannot_tell"
    return {"verdict": named, "verdict_probability": leads[first]}


def _ordered(split: list[dict[str, Any]]) -> pl.DataFrame:
    """Return the table, with whether a crux's part is clear among so many."""
    if not split:
        return pl.DataFrame()
    apart = (pl.col("gap_q05") > 0) | (pl.col("gap_q95") < 0)
    of_gap = pl.col("carried_mean") * pl.col("gap_mean").sign()
    clear = pl.col("sign_probability") > 1 - (1 - (HIGH - LOW)) / 2 / len(split)
    frame = pl.DataFrame(split).with_columns(clear=clear).drop("sign_probability")
    return frame.sort(apart, of_gap, descending=True)


def _told(rows: pl.DataFrame, floor: int, key: tuple[int, ...]) -> dict[str, Any]:
    outcome, event, happens = (rows[name].to_numpy() for name in PROBABILITIES)
    fails = rows[FAILS].to_numpy()
    moved = event * np.abs(happens - outcome) + (1 - event) * np.abs(fails - outcome)
    medians = {
        "outcome": outcome,
        "probability": event,
        "happens": happens,
        # To whom it is certain it tells nothing.
        "information": np.where(np.isnan(fails), 0, moved),
        "fails": rows[FAILS].drop_nulls().to_numpy(),
    }
    sizes = {len(values) for values in medians.values()}
    weights = {n: _weights(np.random.default_rng(key), n) for n in sizes if n > floor}
    row: dict[str, Any] = {"crux": rows["crux"][0], "group": rows["group"][0], "n": len(rows)}
    for name, values in medians.items():
        if len(values) <= floor:  # too few said what would be without it
            row |= dict.fromkeys((name, f"{name}_q05", f"{name}_q95"))
            continue
        row[name] = float(_lower_median(values, np.ones((1, len(values))))[0])
        low, high = np.quantile(_lower_median(values, weights[len(values)]), [LOW, HIGH])
        row |= {f"{name}_q05": float(low), f"{name}_q95": float(high)}
    return row


def _lower_median(values: Floats, weights: Floats) -> Floats:
    """Return the least value with half the weight at or below it, for each row of weights."""
    order = np.argsort(values, kind="stable")
    line = np.cumsum(weights[:, order], axis=1)
    half = line[:, -1:] / 2 - _TINY
    return np.asarray(values[order][(line < half).sum(axis=1)])
