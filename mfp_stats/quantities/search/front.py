"""The front: designs that none betters on every count, and those that may be the best.

A design betters another where every group together reaches the threshold at least as probably, the
worst group accepts at least as much, the effect is at least as good under every worldview's model,
and one of these is better by more than its grain: differences below that are none.

Estimates are uncertain, so that the design which is best in truth need not be on the front of the
means. Designs that together are the best with a probability of ``HELD`` are therefore on it too.

The best is that of a draw: the design whose worst group accepts most in it, by attributes and by
what each design has of its own. Of many designs some are lucky, so that the best of ten thousand
is expected to better any one of them, and each is the best only rarely: this is what regret and the
probability of being best say. How designs rank is told by each one itself, in which luck of drawing
has no part.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.quantities.search.acceptance import Singles
from mfp_stats.quantities.search.sweep import Scores

#: Grains of joint acceptance, of the worst group's share, and of an expected effect in logits.
JOINT_GRAIN: Final = 0.01
WORST_GRAIN: Final = 0.002
EFFECT_GRAIN: Final = 0.01
#: Probability, among the draws at hand, with which the best design is on the front. Draws that are
#: not at hand hold it more rarely: with 400 of them about 0.95 of the time where there are tens of
#: designs, and less where so many are about as good that most are the best of no draw at hand.
HELD: Final = 0.98
#: Regret up to which a design is as good as the best that there is: half a percentage point.
AS_GOOD: Final = 0.005
#: Most designs that are told of one by one, beside those fielded.
MOST: Final = 200
#: How many of the top designs are marked for the next wave.
MARKED: Final = 3
#: What a share has to be greater by to be greater, and not the same worked out another way.
_ROUNDING: Final = 1e-6
#: Probability of bettering every proposal fielded from which a design is worth confirming.
BETTER: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """Places of designs among the scores, and what is said of each."""

    scores: Scores
    which: Ints  #: (n,) the best first
    on_front: Bools  #: (n,) whether they are on the front; the other ones were fielded
    undominated: Bools  #: (n,)
    #: (n,) of having the greatest share of the worst group; NaN for designs that tie for the first
    #: place, of which each would have it.
    best_probability: Floats
    regret: Floats  #: (n, S) by how much the best of each draw betters the worst group's share
    fielded: "Fielded"
    betters_fielded: Floats  #: (n,) probability of bettering every fielded one; NaN: none known
    size: int  #: how many designs are on the front; of more than ``MOST`` the first are here
    as_good: int  #: how many of all designs looked at are as good as the best
    tied: int  #: how many share the first place

    @property
    def confirm(self) -> Bools:
        """Return which designs to confirm in the next wave, (n,): nobody saw them, none ties."""
        if self.tied > 1:  # which of those that tie is to be confirmed nobody can say
            return np.zeros(len(self.which), dtype=np.bool_)
        unseen = self.scores.proposal[self.which] < 0
        worth = unseen & (self.betters_fielded > BETTER)  # held against none, none is
        return np.asarray(worth & (worth.cumsum() <= MARKED))


@dataclass(frozen=True, slots=True, eq=False)
class Fielded:
    """The proposals that people were asked about, whatever levels are searched."""

    joint: Floats  #: (X,) probability that every group reaches the threshold; NaN: not known
    worst: Floats  #: (X,) mean share of the worst group; NaN: not known
    best_worst: Singles | None  #: (S,) the greatest share of the worst group; None: none is known

    @classmethod
    def of(cls, scores: Scores) -> "Fielded":
        """Work out what is known of them from what is known of designs."""
        worst = scores.fielded_worst()
        known = ~np.isnan(worst).any(axis=1)
        reach = (worst >= np.float32(scores.threshold)).mean(axis=1)
        return cls(
            joint=np.where(known, reach, np.nan),
            worst=np.where(known, worst.mean(axis=1), np.nan),
            best_worst=worst[known].max(axis=0) if known.any() else None,
        )

    @property
    def best(self) -> int | None:
        """Return which of them comes first; None: nothing is known of any."""
        if self.best_worst is None:
            return None
        return int(_best_first(self.joint, self.worst)[0])

    def bettered(self, worst: Singles) -> Floats:
        """Return the probability that designs (n, S) better every one, (n,); NaN: none known."""
        if self.best_worst is None:
            return np.full(len(worst), np.nan)
        return np.asarray((worst > self.best_worst + np.float32(_ROUNDING)).mean(axis=1))


def front_of(scores: Scores) -> Front:
    """Return the front of designs, and every proposal fielded, best first.

    Best is what all groups reach most probably; then what the worst group accepts most.
    """
    known = np.flatnonzero(~np.isnan(scores.worst))
    undominated = np.zeros(len(scores.worst), dtype=np.bool_)
    undominated[known[_undominated(_grained(scores, known))]] = True
    chance = np.bincount(scores.best, minlength=len(scores.worst)) / scores.model.draws
    held = _held(chance)
    likely = held[:MOST]
    fielded = np.flatnonzero((scores.proposal >= 0) & ~np.isnan(scores.worst))
    others = _in_order(scores, np.setdiff1d(np.flatnonzero(undominated), likely))
    told = np.concatenate([likely, others[: MOST - len(likely)], _in_order(scores, fielded)[:MOST]])
    which = _in_order(scores, np.unique(told)) if len(known) else known
    same = _tied(scores, known, which)
    proposals = Fielded.of(scores)
    on_front = np.union1d(np.union1d(held, np.flatnonzero(undominated)), same)
    everyones = scores.best_worst.mean() - scores.worst[known]
    return Front(
        scores=scores,
        which=which,
        on_front=np.isin(which, on_front),
        undominated=undominated[which],
        best_probability=np.where(np.isin(which, same), np.nan, chance[which]),
        regret=np.maximum(scores.best_worst - scores.compared(which), 0.0),
        fielded=proposals,
        betters_fielded=proposals.bettered(scores.worst_draws(which)),
        size=len(on_front),
        as_good=int((everyones <= everyones.min() + AS_GOOD).sum()) if len(known) else 0,
        tied=max(1, len(same)) if len(which) else 0,
    )


def _in_order(scores: Scores, which: Ints) -> Ints:
    """Sort designs, given by place in order, the best first."""
    return which[_best_first(scores.joint[which], scores.worst[which])]


def _best_first(joint: Floats, worst: Floats) -> Ints:
    """Return the order: what all reach most probably, then what the worst group accepts most.

    Equals stay in the order in which they are given.
    """
    return np.lexsort((-worst, -joint.round(9)))


def _grained(scores: Scores, known: Ints) -> Floats:
    """Return the counts in grains, (known, 2 + C)."""
    head = np.column_stack([scores.joint[known] / JOINT_GRAIN, scores.worst[known] / WORST_GRAIN])
    return np.asarray(np.round(np.column_stack([head, scores.effect[known] / EFFECT_GRAIN])))


def _undominated(counts: Floats) -> Ints:
    """Return the rows that no other row betters, all of several equal ones."""
    if not len(counts):
        return np.zeros(0, dtype=np.int64)
    rows, back = np.unique(counts, axis=0, return_inverse=True)
    left = np.arange(len(rows))
    span = np.maximum(np.ptp(rows, axis=0), 1.0)
    kept = []
    order = (rows / span).sum(axis=1)
    left = left[np.argsort(-order, kind="stable")]
    while len(left):
        first, rest = left[0], left[1:]  # the greatest sum: nothing left betters it
        kept.append(first)
        left = rest[(rows[rest] > rows[first]).any(axis=1)]
    return np.flatnonzero(np.isin(back.ravel(), kept))


def _held(chance: Floats) -> Ints:
    """Return the fewest designs that hold the best with probability ``HELD``."""
    order = np.argsort(-chance, kind="stable")
    enough = int(np.searchsorted(np.cumsum(chance[order]), HELD - 1e-9)) + 1
    return np.asarray(order[:enough][chance[order[:enough]] > 0], dtype=np.int64)


def _tied(scores: Scores, known: Ints, which: Ints) -> Ints:
    """Return the designs that are the first one's equals on every count; none if it is alone."""
    if not len(which):
        return which
    first = which[0]
    same = np.isclose(scores.joint[known], scores.joint[first], atol=1e-9)
    same &= np.isclose(scores.worst[known], scores.worst[first], atol=1e-6)
    same &= np.isclose(scores.effect[known], scores.effect[first], atol=1e-6).all(axis=1)
    return known[same] if same.sum() > 1 else known[:0]
