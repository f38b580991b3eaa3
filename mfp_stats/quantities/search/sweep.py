"""Look at designs: all of them where that can be done, else those that exchange comes upon."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.search.acceptance import (
    DesignModel,
    Singles,
    joint,
    proposal_of,
    worst_group,
)
from mfp_stats.quantities.search.links import design_code
from mfp_stats.quantities.search.own import signs_of
from mfp_stats.quantities.search.space import DesignSpace

#: Most designs that are all looked at; of more, exchange looks at the promising ones.
ENUMERATED: Final = 100_000
#: Designs × draws × groups × worldviews that a search may cost; more are cut down in draws.
BUDGET: Final = 300_000_000
#: Fewest draws that a search is made with, where there are as many.
LEAST_DRAWS: Final = 200
#: Threads that a search works with.
THREADS: Final = 2
#: Numbers that are worked on at once: as many as fit a processor's own memory.
_AT_ONCE: Final = 150_000


@dataclass(frozen=True, eq=False)
class Scores:
    """What is known of N designs, for one coalition and threshold, in S draws.

    What is said of a design by itself (``joint``, ``worst``, ``effect``) rests on one draw of ε
    that stands for any design, so that chance in drawing it ranks none before another. Which is the
    best of a draw, and by how much, is told with an ε of each design's own.
    """

    model: DesignModel  #: of the coalition's groups, with the draws that were used
    space: DesignSpace
    threshold: float
    levels: Ints  #: (N, A)
    proposal: Ints  #: (N,) which one was fielded; −1: none
    joint: Floats  #: (N,) probability that every group reaches the threshold; NaN: not known
    worst: Floats  #: (N,) mean share of the group that accepts least; NaN: not known
    effect: Floats  #: (N, C) mean expected effect under each worldview's model
    best_worst: Floats  #: (S,) the greatest share of the worst group that any design has, as
    #: they are compared
    best: Ints  #: (S,) place of a design that has it
    complete: bool  #: whether these are all designs

    def worst_draws(self, which: Ints) -> Singles:
        """Return the share of the worst group, of some designs, (n, S)."""
        return joint(self.accepts(which), self.threshold)[1]

    def accepts(self, which: Ints) -> Singles:
        """Return who accepts some designs, (n, S, G); fielded ones as they were measured."""
        return accepts_of(self.model, self.space, self.levels[which], self.proposal[which])

    def fielded_worst(self) -> Singles:
        """Return the share of the worst group in every proposal fielded, (X, S); NaN: not known.

        Also of proposals with levels that are not searched.
        """
        if self.model.proposals:
            accepts = self.model.fielded.transpose(2, 0, 1)
            return joint(accepts, self.threshold)[1]
        # Of a conjoint, what was fielded is known by its attributes alone; it may be thousands.
        code = self.space.fielded_code
        code = np.column_stack([np.ones(len(code)), code])
        size = max(1, _AT_ONCE // self.model.share.size)
        parts = [code[first : first + size] for first in range(0, len(code), size)]
        with ThreadPoolExecutor(THREADS) as threads:
            accepted = threads.map(self.model.unseen.accepts, parts)
            return np.concatenate([joint(one, self.threshold)[1] for one in accepted])

    def compared(self, which: Ints) -> Singles:
        """Return the share of the worst group where each design has its own ε, (n, S)."""
        levels, proposal = self.levels[which], self.proposal[which]
        return worst_group(accepts_twice(self.model, self.space, levels, proposal)[1])


def accepts_of(model: DesignModel, space: DesignSpace, levels: Ints, proposal: Ints) -> Singles:
    """Return who accepts designs (N, A), (N, S, G); fielded ones as they were measured."""
    return _as_measured(model, model.unseen.accepts(space.code(levels)), proposal)


def accepts_twice(
    model: DesignModel, space: DesignSpace, levels: Ints, proposal: Ints
) -> tuple[Singles, Singles]:
    """Return who accepts designs, and the same where each has its own ε, (N, S, G) each."""
    found, apart = model.unseen.accepts_twice(space.code(levels), signs_of(space, levels))
    return _as_measured(model, found, proposal), _as_measured(model, apart, proposal)


def _as_measured(model: DesignModel, accepts: Singles, proposal: Ints) -> Singles:
    """Put what was measured of fielded designs in the place of what attributes say."""
    if model.proposals:  # of a conjoint, what was fielded is known by its attributes alone
        seen = np.flatnonzero(proposal >= 0)
        accepts[seen] = model.fielded[:, :, proposal[seen]].transpose(2, 0, 1)
    return accepts


def fielded_as(model: DesignModel, space: DesignSpace, levels: Ints) -> Ints:
    """Return which proposal fielded each design (N, A) is, (N,); −1: none."""
    known = np.ones(len(space.proposals), dtype=np.bool_)  # of a conjoint: by attributes alone
    estimated = model.estimated if model.proposals else known
    return proposal_of(levels, space.proposal_levels, estimated)


def draws_for(model: DesignModel, designs: int) -> int:
    """Return how many draws a search of so many designs is made with."""
    cells = model.share.shape[1] * model.share.shape[2]
    affordable = int(BUDGET // max(1, designs * cells))
    return min(model.draws, max(LEAST_DRAWS, affordable))


def enumerate_designs(model: DesignModel, space: DesignSpace, threshold: float) -> Scores:
    """Look at every design there is.

    Parameters
    ----------
    model
        Of the coalition's groups.
    space
        Of at most ``ENUMERATED`` designs, or as many as one has the time for.
    threshold
        Share that has to accept in each group.
    """
    thin = model.thinned(draws_for(model, space.size))
    return score_designs(thin, space, space.designs(), threshold, complete=True)


def score_designs(
    model: DesignModel, space: DesignSpace, levels: Ints, threshold: float, *, complete: bool
) -> Scores:
    """Look at the designs given, (N, A), with every draw of the model."""
    proposal = fielded_as(model, space, levels)
    reach, worst = np.empty(len(levels)), np.empty(len(levels))
    best_worst = np.full(model.draws, -np.inf)
    best = np.zeros(model.draws, dtype=np.int64)
    size = max(1, _AT_ONCE // model.share.size)
    parts = [slice(first, first + size) for first in range(0, len(levels), size)]
    accepts_of(model, space, levels[:1], proposal[:1])  # what all parts share is worked out once

    def look(part: slice) -> tuple[Floats, Singles, NDArray[np.intp], Singles]:
        accepts, apart = accepts_twice(model, space, levels[part], proposal[part])
        reached, drawn = joint(accepts, threshold)
        compared = worst_group(apart)
        known = np.where(np.isnan(compared), np.float32(-np.inf), compared)
        top = known.argmax(axis=0)
        return reached, drawn.mean(axis=1), top, known[top, np.arange(model.draws)]

    # numpy lets other threads work while it computes.
    with ThreadPoolExecutor(THREADS) as threads:
        for part, (reached, mean, top, value) in zip(parts, threads.map(look, parts), strict=True):
            reach[part], worst[part] = reached, mean
            better = value > best_worst
            best_worst[better], best[better] = value[better], part.start + top[better]
    reach[np.isnan(worst)] = np.nan
    return Scores(
        model=model,
        space=space,
        threshold=threshold,
        levels=levels,
        proposal=proposal,
        joint=reach,
        worst=worst,
        effect=_effects(model, space, levels, proposal),
        best_worst=best_worst,
        best=best,
        complete=complete,
    )


def _effects(model: DesignModel, space: DesignSpace, levels: Ints, proposal: Ints) -> Floats:
    effect = space.code(levels) @ model.unseen_effect.T.astype(np.float64)
    seen = np.flatnonzero(proposal >= 0) if model.proposals else np.zeros(0, dtype=np.int64)
    code = full_code(model, space, levels[seen], proposal[seen])
    effect[seen] = code @ model.effect.mean(axis=0).T.astype(np.float64)
    return np.asarray(effect)


def full_code(model: DesignModel, space: DesignSpace, levels: Ints, proposal: Ints) -> Floats:
    """Return the code of designs with the columns of what proposals have of their own, (N, P)."""
    own = proposal if model.proposals else np.full_like(proposal, -1)
    return design_code(space.code(levels), own, model.proposals)
