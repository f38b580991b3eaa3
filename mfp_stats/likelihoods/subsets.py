"""Probabilities of all picked sets at once, for surveys in which one pick is a person's evidence.

A person's single pick says little about that person. Sampling such a person's values beside the
population's parameters ties the two together so tightly that a sampler hardly moves, so these
persons are integrated out: ``P(set | group) = E[P(set | v)]`` over ``v ~ Normal(μ_g, Σ)``, as a
mean over fixed low-discrepancy nodes. Everything here is written in operators that numpy arrays
and pytensor variables share, and needs numpy alone.
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Final

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from mfp_stats.design.data import Bools, Floats, Ints, ModelData

#: Most different sets of offered values, and sets that can be picked of each, for which the
#: integral is the cheaper way.
MAX_OFFERS: Final = 4
MAX_OUTCOMES: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """All sets of one size s among the offered values, and how they grow from smaller ones."""

    members: Ints  #: (sets, s) value indices
    without: Ints  #: (sets, s) row, among the sets of size s − 1, of the set less that member
    left: Floats  #: (sets, K) 1 where a value is offered and not in the set


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """Picks out of the same offered values."""

    levels: tuple[Level, ...]  #: sizes 0..largest; size 0 has one empty set
    person: Ints  #: (task,)
    outcome: Ints  #: (task,) row of the picked set, counted through sizes 1..largest

    @property
    def outcomes(self) -> int:
        """How many sets of size 1..largest there are."""
        return sum(len(level.members) for level in self.levels[1:])

    def counts(self, group: Ints, groups: int) -> Floats:
        """Return how many persons of each group picked each set, (outcomes, groups)."""
        found = np.zeros((self.outcomes, groups))
        np.add.at(found, (self.outcome, group[self.person]), 1)
        return found


def is_integrable(data: ModelData) -> bool:
    """Whether one pick is all the evidence there is of any person, out of few different offers."""
    if data.picks is None or any(
        part is not None for part in (data.best_worst, data.rankings, data.ratings)
    ):
        return False
    once = len(np.unique(data.picks.person)) == len(data.picks.person)
    offered = np.unique(data.picks.offered, axis=0)
    largest = int(data.picks.chosen.sum(axis=1).max())
    outcomes = max(sum(comb(int(n), k + 1) for k in range(largest)) for n in offered.sum(axis=1))
    return once and len(offered) <= MAX_OFFERS and outcomes <= MAX_OUTCOMES


def offers(data: ModelData) -> tuple[Offer, ...]:
    """Return the picks of a survey, one entry for each different set of offered values."""
    picks = data.picks
    assert picks is not None
    kinds, kind = np.unique(picks.offered, axis=0, return_inverse=True)
    return tuple(
        _offer(offered, picks.chosen[kind == k], picks.person[kind == k])
        for k, offered in enumerate(kinds)
    )


def _offer(offered: Bools, chosen: Bools, person: Ints) -> Offer:
    empty = np.zeros((1, 0), dtype=np.int64)
    levels = [Level(empty, empty, offered[None].astype(np.float64))]
    row: dict[tuple[int, ...], int] = {(): 0}
    outcome: dict[tuple[int, ...], int] = {}
    for size in range(1, int(chosen.sum(axis=1).max()) + 1):
        sets = list(combinations(np.flatnonzero(offered).tolist(), size))
        without = [[row[tuple(m for m in s if m != out)] for out in s] for s in sets]
        row = {s: i for i, s in enumerate(sets)}
        outcome |= {s: len(outcome) + i for s, i in row.items()}
        left = np.tile(offered.astype(np.float64), (len(sets), 1))
        np.put_along_axis(left, np.array(sets), 0.0, axis=1)
        levels.append(Level(np.array(sets), np.array(without), left))
    picked = [outcome[tuple(np.flatnonzero(c).tolist())] for c in chosen]
    return Offer(tuple(levels), person, np.array(picked))


def set_probabilities(w: Any, offer: Offer) -> list[Any]:  # noqa: ANN401 - numpy or pytensor
    """Probability that a person with choice weights ``w`` fills the first ranks with each set.

    ``f(B) = Σ_{a in B} w_a f(B − a) / w(offered less (B − a))``: the exploded logit summed over
    the orders of B, all sets sharing their smaller ones; positive terms only.

    Parameters
    ----------
    w
        (K, nodes) positive weights ``exp(u)``, numpy or pytensor.
    offer
        From :func:`offers`.

    Returns
    -------
    list
        One (sets of that size, nodes) array for each size from 1; each sums to 1 over the sets.
    """
    found = []
    grown = 1.0 / (offer.levels[0].left @ w)
    for level in offer.levels[1:]:
        size = level.members.shape[1]
        first = sum(w[level.members[:, j]] * grown[level.without[:, j]] for j in range(size))
        found.append(first)
        if level is not offer.levels[-1]:
            grown = first / (level.left @ w)
    return found


def uniform_nodes(dimensions: int, *, log2: int) -> Floats:
    """Return scrambled Sobol points of the unit cube, always the same, (2**log2, dimensions)."""
    sobol = qmc.Sobol(dimensions, rng=np.random.default_rng(0))
    return np.asarray(sobol.random_base2(log2))


def normal_nodes(dimensions: int, *, log2: int = 8) -> Floats:
    """Return low-discrepancy points of a standard normal, (dimensions, 2**log2)."""
    return np.ascontiguousarray(ndtri(uniform_nodes(dimensions, log2=log2)).T)
