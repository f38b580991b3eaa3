"""Log-likelihoods of choices among values: best–worst, rankings, pick-k.

All of them are logit choice models on a person's utilities ``u`` (K values × N persons, persons
last so that the inner loop runs over contiguous memory):

- a *stage* is one choice of one value out of a set, ``P(k) = exp(u_k) / Σ_set exp(u)``;
- best–worst is a best stage, then a worst stage on ``−u`` without the best (Marley &
  Louviere 2005);
- a ranking is one best stage a rank over what is left, the exploded logit (Beggs, Cardell &
  Hausman 1981; Plackett 1975);
- a pick-k answer is the *set* of the first k of a ranking whose order was not asked.

In a stage the chosen utility enters linearly, so over all stages only the net count (times best
minus times worst) of each person × value is needed; the sets matter for the log-sum-exps alone.
Sets are kept as dense 0/1 masks: on a CPU a masked sum over K values costs less than a gather
and the scatter in its gradient. Where a design has few different sets, each is summed once a
person by a matrix product, and counted: 82 instead of 212 µs a gradient for 900 people with six
tasks out of five values.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import BestWorst, Bools, Floats, Ints, Picks, Rankings
from mfp_stats.errors import DesignError, Fault

#: Above this the subset recursion of :func:`pick_sets` would hold too many terms.
MAX_PICKED: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """Single choices out of sets. T = most stages that one person answered."""

    net: Floats  #: (K, N) times chosen as best minus times chosen as worst
    #: 1 = in the set, for choices of the best: (D, K) the D sets that there are, or (T, K, N)
    #: each person's own, whichever are fewer numbers.
    best_sets: Floats
    best_times: Floats  #: (D, N) or (T, N) how often a person chose out of the set
    worst_sets: Floats  #: the same for choices of the worst
    worst_times: Floats

    def arrays(self) -> dict[str, Floats]:
        """Return the arrays by name, in the order in which :func:`choice_stages` takes them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, eq=False)
class PickedSets:
    """Unordered picks. T = most tasks that one person answered, J = most values picked."""

    chosen: Floats  #: (J, T, K, N) 1 where value k is the j-th chosen; the order is arbitrary
    unchosen: Floats  #: (T, K, N) 1 where value k was offered and not chosen
    size: Floats  #: (J, T, N) 1 where exactly j + 1 values were chosen


def stages(
    best_worst: BestWorst | None, rankings: Rankings | None, *, persons: int, values: int
) -> Stages | None:
    """Collect best–worst and ranking tasks as single choices; None where there are none.

    Parameters
    ----------
    best_worst, rankings
        Tasks of :class:`mfp_stats.design.data.ModelData`.
    persons, values
        N and K.
    """
    if best_worst is None and rankings is None:
        return None
    rows: list[tuple[Ints, Bools, Ints, int]] = []
    if best_worst is not None:
        rows += _best_worst_stages(best_worst, values)
    if rankings is not None:
        rows += _ranking_stages(rankings)
    net = np.zeros((values, persons))
    for person, _, choice, sign in rows:
        np.add.at(net, (choice, person), sign)
    no_sets = np.zeros((0, values), dtype=np.bool_)
    possible = no_sets if best_worst is None else _without_one(best_worst, values)
    best = _sets([r for r in rows if r[3] > 0], no_sets, persons)
    worst = _sets([r for r in rows if r[3] < 0], possible, persons)
    return Stages(net, *best, *worst)


def _best_worst_stages(tasks: BestWorst, values: int) -> list[tuple[Ints, Bools, Ints, int]]:
    row = np.arange(len(tasks.person))
    offered = _offered(tasks, values)
    best = tasks.shown[row, tasks.best]
    has_worst = tasks.worst >= 0
    left = offered.copy()
    left[row, best] = False
    worst = tasks.shown[row, tasks.worst]
    return [
        (tasks.person, offered, best, 1),
        (tasks.person[has_worst], left[has_worst], worst[has_worst], -1),
    ]


def _ranking_stages(tasks: Rankings) -> list[tuple[Ints, Bools, Ints, int]]:
    left = tasks.offered.copy()
    found = []
    for choice in tasks.order.T:
        # A choice from a set of one says nothing.
        asked = (choice >= 0) & (left.sum(axis=1) > 1)
        found.append((tasks.person[asked], left[asked], choice[asked], 1))
        ranked = choice >= 0
        left[ranked, choice[ranked]] = False
    return found


def _offered(tasks: BestWorst, values: int) -> Bools:
    """Return which values each task showed, (tasks, K)."""
    offered = np.zeros((len(tasks.shown), values + 1), dtype=np.bool_)
    offered[np.arange(len(offered))[:, None], tasks.shown] = True
    return offered[:, :values]  # padding (-1) was put into the last column


def _without_one(tasks: BestWorst, values: int) -> Bools:
    """Return every set out of which a worst may have been chosen, whatever the best was."""
    shown = np.unique(_offered(tasks, values)[tasks.worst >= 0], axis=0)
    left = shown[:, None, :] & ~np.eye(values, dtype=np.bool_)
    return left[shown]


def _sets(
    rows: list[tuple[Ints, Bools, Ints, int]], possible: Bools, persons: int
) -> tuple[Floats, Floats]:
    """Return sets and how often each person chose out of them.

    The different ones where they are fewer than the numbers of a mask over each person's own;
    ``possible`` ones count as there, so that the shapes depend on the design alone.
    """
    person = np.concatenate([np.zeros(0, dtype=np.int64), *(r[0] for r in rows)])
    faced = np.concatenate([possible[:0], *(r[1] for r in rows)])
    slot = slots(person)
    most = int(slot.max(initial=-1)) + 1
    different, which = np.unique(np.concatenate([faced, possible]), axis=0, return_inverse=True)
    if len(different) <= most * faced.shape[1]:
        times = np.zeros((len(different), persons))
        np.add.at(times, (which[: len(person)], person), 1)
        return different.astype(np.float64), times
    own = np.ones((most, faced.shape[1], persons))
    own[slot, :, person] = faced
    times = np.zeros((most, persons))
    times[slot, person] = 1
    return own, times


def slots(person: Ints) -> Ints:
    """Return for each row its 0-based count among the rows of the same person."""
    order = np.argsort(person, kind="stable")
    first = np.searchsorted(person[order], person[order])
    found = np.empty_like(order)
    found[order] = np.arange(len(order)) - first
    return found


def picked_sets(picks: Picks, *, persons: int) -> PickedSets:
    """Return pick-k tasks as masks.

    Raises
    ------
    DesignError
        More than ``MAX_PICKED`` values were picked in one task.
    """
    values = picks.offered.shape[1]
    count = picks.chosen.sum(axis=1)
    largest = int(count.max())
    if largest > MAX_PICKED:
        what = f"{largest} values were picked in one task, and at most {MAX_PICKED} can be fitted"
        fix = "Ask for a ranking or best–worst tasks instead of so many picks."
        raise DesignError(Fault("trade-offs", what, fix=fix))
    slot = slots(picks.person)
    tasks = int(slot.max()) + 1
    chosen = np.zeros((largest, tasks, values, persons))
    row, value = np.nonzero(picks.chosen)
    chosen[slots(row), slot[row], value, picks.person[row]] = 1
    unchosen = np.zeros((tasks, values, persons))
    unchosen[slot, :, picks.person] = picks.offered & ~picks.chosen
    size = np.zeros((largest, tasks, persons))
    size[count - 1, slot, picks.person] = 1
    return PickedSets(chosen=chosen, unchosen=unchosen, size=size)


def choice_stages(
    u: TensorVariable,
    net: TensorVariable,
    best_sets: TensorVariable,
    best_times: TensorVariable,
    worst_sets: TensorVariable,
    worst_times: TensorVariable,
) -> TensorVariable:
    """Log-likelihood of single choices, shape (N,).

    Parameters
    ----------
    u
        (K, N) utilities.
    net, best_sets, best_times, worst_sets, worst_times
        The arrays of :class:`Stages`.
    """
    best = _log_sums(u, best_sets, best_times)
    worst = _log_sums(-u, worst_sets, worst_times)
    return (net * u).sum(axis=0) - best - worst


def _log_sums(u: TensorVariable, sets: TensorVariable, times: TensorVariable) -> TensorVariable:
    """Sum over stages of log Σ_set exp(u), shape (N,)."""
    top = pt.max(u, axis=0)
    w = pt.exp(u - top)
    inside = pt.dot(sets, w) if sets.ndim == 2 else (sets * w).sum(axis=1)  # (D or T, N)
    return (times * (pt.log(inside) + top)).sum(axis=0)


def pick_sets(
    u: TensorVariable,
    chosen: TensorVariable,
    unchosen: TensorVariable,
    size: TensorVariable,
    *,
    largest: int,
) -> TensorVariable:
    """Log-likelihood of unordered picks under the exploded logit, shape (N,).

    The probability that the chosen set A fills the first |A| ranks sums the exploded logit over
    all orders of A. With f(B) the probability that the first |B| ranks are the set B,
    ``f(B) = Σ_{a in B} f(B − a) w_a / (W − w(B − a))``, W all that was offered: 2^|A| positive
    terms and no cancellation, against |A|! orders.

    Parameters
    ----------
    u
        (K, N) utilities.
    chosen, unchosen, size
        The arrays of :class:`PickedSets`.
    largest
        J, the most values picked in a task.
    """
    w = pt.exp(u - pt.max(u, axis=0))  # (K, N)
    picked = [(chosen[j] * w).sum(axis=1) for j in range(largest)]  # each (T, N)
    used = size.sum(axis=0) > 0
    rest = pt.where(used, (unchosen * w).sum(axis=1), 1.0)
    first = {0: pt.ones_like(rest)}
    for members in range(1, 2**largest):
        inside = [j for j in range(largest) if members >> j & 1]
        outside = [j for j in range(largest) if not members >> j & 1]
        beaten = rest + sum(picked[j] for j in outside)
        first[members] = sum(
            first[members - (1 << j)] * picked[j] / (beaten + picked[j]) for j in inside
        )
    # Slots beyond a task's own picks have weight 0 and are in none of its sets.
    answer = sum(size[j] * first[2 ** (j + 1) - 1] for j in range(largest))
    return pt.log(pt.where(used, answer, 1.0)).sum(axis=0)


def has_repeats(tasks: BestWorst) -> bool:
    """Whether any person was asked the same set twice."""
    asked = np.column_stack([tasks.person, np.sort(tasks.shown, axis=1)])
    return len(np.unique(asked, axis=0)) < len(asked)
