"""Coordinate exchange: better designs one attribute at a time, where there are too many for all.

From several starts, each attribute in turn is set to the level that is best with the others as they
are, until nothing changes (Meyer & Nachtsheim 1995). It may end at a design that only a change of
two attributes at once would better; several starts make that rare.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.logistic import SHRINKAGE
from mfp_stats.quantities.search.acceptance import DesignModel, joint
from mfp_stats.quantities.search.own import SIGNS, signs_of
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import (
    LEAST_DRAWS,
    Scores,
    accepts_of,
    fielded_as,
    score_designs,
)

#: Random starts beside the proposals fielded.
STARTS: Final = 24
#: Starts of the search for the best design in each draw, beside the best found on average: what
#: designs have of their own makes many that only a change of two attributes at once would better.
DRAW_STARTS: Final = 6
#: Rounds over all attributes after which a start that still changes is left as it is.
ROUNDS: Final = 20
#: Draws that exchange looks at.
DRAWS: Final = 2 * LEAST_DRAWS

type Goal = Callable[[Ints], Floats]  #: designs (n, A) to what is to be as large as it can, (n,)


def exchange_designs(
    model: DesignModel, space: DesignSpace, threshold: float, *, seed: int = 0
) -> Scores:
    """Look at the designs that exchange comes upon, and at those that were fielded.

    Parameters are those of :func:`mfp_stats.quantities.search.sweep.enumerate_designs`; the same
    seed gives the same starts.
    """
    rng = np.random.default_rng(seed)
    thin = model.thinned(DRAWS)
    fielded = space.proposal_levels[(space.proposal_levels >= 0).all(axis=1)]
    starts = np.concatenate([_random(space, STARTS, rng), fielded])
    looked = [fielded]
    for goal in _goals(thin, space, threshold):
        _, visited = exchange(space, goal, starts)
        looked.append(visited)
    average = np.concatenate(looked)
    known = score_designs(thin, space, _distinct(space, average), threshold, complete=False)
    found = _best_in_each_draw(thin, space, known, rng)
    return score_designs(
        thin, space, _distinct(space, np.concatenate([average, found])), threshold, complete=False
    )


def exchange(space: DesignSpace, goal: Goal, starts: Ints) -> tuple[Ints, Ints]:
    """Better every start; return where they end (n, A), and every design on the way there.

    Parameters
    ----------
    space
        What designs are made of.
    goal
        What is to be as large as possible.
    starts
        (n, A)
    """
    at = starts.copy()
    value, visited = goal(at), [at.copy()]
    for _ in range(ROUNDS):
        before = value.copy()
        for a, size in enumerate(space.sizes):
            tried = np.repeat(at[:, None], size, axis=1)  # (n, levels, A)
            tried[:, :, a] = np.arange(size)
            found = goal(tried.reshape(-1, at.shape[1])).reshape(len(at), size)
            top = found.argmax(axis=1)
            gain = found[np.arange(len(at)), top]
            better = gain > value
            at[better, a], value[better] = top[better], gain[better]
            visited.append(at.copy())
        if (value <= before).all():
            break
    return at, np.unique(np.concatenate(visited), axis=0)


def _goals(model: DesignModel, space: DesignSpace, threshold: float) -> list[Goal]:
    """Return what is to be large: each end of the front, and what lies between them."""

    def shares(levels: Ints) -> tuple[Floats, Floats]:
        proposal = fielded_as(model, space, levels)
        parts = [
            joint(accepts_of(model, space, levels[at], proposal[at]), threshold)
            for at in np.array_split(np.arange(len(levels)), max(1, len(levels) // 64))
        ]
        worst = np.concatenate([drawn.mean(axis=1) for _, drawn in parts]).astype(np.float64)
        return np.concatenate([reach for reach, _ in parts]), np.nan_to_num(worst, nan=-1.0)

    def accepted(levels: Ints) -> Floats:
        return shares(levels)[1]

    def reached(levels: Ints) -> Floats:
        reach, worst = shares(levels)
        return np.nan_to_num(reach) + 0.01 * worst

    def effect(c: int) -> Goal:
        return lambda levels: np.asarray(
            space.code(levels) @ model.unseen_effect[c].astype(np.float64)
        )

    return [accepted, reached, *(effect(c) for c in range(len(model.unseen_effect)))]


def _best_in_each_draw(
    model: DesignModel, space: DesignSpace, known: Scores, rng: np.random.Generator
) -> Ints:
    """Return the best design that exchange finds for each draw by itself, (n, A).

    It begins at the best of the known designs in that draw, and at random.
    """
    unseen = model.unseen
    draw = np.arange(model.draws)

    def goal(levels: Ints) -> Floats:
        """Value of designs (n · S, A), the draws in turn, each in its own draw."""
        code = space.code(levels).reshape(-1, model.draws, unseen.mean.shape[-1])
        mean = np.einsum("nsp,sgcp->nsgc", code, unseen.mean, optimize=True)
        spread = np.einsum("nsp,sgcrp->nsgcr", code, unseen.spread, optimize=True)
        if unseen.own.shape[-1]:
            signs = signs_of(space, levels).reshape(-1, model.draws, SIGNS)
            mean += np.einsum("nsm,sgcm->nsgc", signs, unseen.own[..., :-1], optimize=True)
            mean += unseen.own[..., -1]
        scale = np.sqrt(1 + SHRINKAGE * (unseen.variance + (spread**2).sum(axis=-1)))
        accepts = (unseen.share / (1 + np.exp(-mean / scale))).sum(axis=-1)
        return np.asarray(accepts.min(axis=2).ravel())

    found = []
    starts = [known.levels[known.best[draw]]]
    starts += [_random(space, model.draws, rng) for _ in range(DRAW_STARTS)]
    for start in starts:
        at = start.copy()
        value = goal(at)
        for _ in range(ROUNDS):
            changed = False
            for a, size in enumerate(space.sizes):
                tried = np.repeat(at[None], size, axis=0)  # (levels, S, A)
                tried[:, :, a] = np.arange(size)[:, None]
                values = goal(tried.reshape(-1, at.shape[1])).reshape(size, model.draws)
                top = values.argmax(axis=0)
                better = values[top, draw] > value
                at[better, a], value[better] = top[better], values[top, draw][better]
                changed |= bool(better.any())
            if not changed:
                break
        found.append(at)
    return np.unique(np.concatenate(found), axis=0)


def _random(space: DesignSpace, number: int, rng: np.random.Generator) -> Ints:
    return np.column_stack([rng.integers(0, size, number) for size in space.sizes])


def _distinct(space: DesignSpace, levels: Ints) -> Ints:
    """Return each design once, by its number, so that order is that of all designs."""
    return np.unique(levels, axis=0) if len(space.sizes) else levels
