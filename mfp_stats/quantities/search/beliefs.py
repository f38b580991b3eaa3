"""Which one belief, were it another's, would raise the acceptance of a design most.

A belief is what a group expects of one outcome, or is told by one signal. It is moved, for everyone
in the group alike, by as much as brings the group's mean to that of another group of the coalition,
or to "no difference"; all else stays as it is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.likelihoods.logistic import SHRINKAGE
from mfp_stats.quantities.search.acceptance import DesignModel, Singles
from mfp_stats.quantities.search.sweep import Scores, full_code

#: Stands for "no difference" among the groups that a belief is moved to.
NEUTRAL: Final = -1
#: Least gain in the worst group's share that is called one where joint acceptance gains nothing.
GAIN: Final = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """The belief whose change helps most, and what then is accepted. S draws."""

    group: int  #: whose belief it is, a place among the coalition's groups
    outcome: int | None  #: its place; None: it is a signal
    signal: int | None
    toward: int  #: the group whose belief it is moved to; ``NEUTRAL``
    joint: float  #: probability that every group then reaches the threshold
    gain: float  #: by how much that is more
    worst_gain: Floats  #: (S,) by how much the worst group then accepts more


def best_change(scores: Scores, place: int) -> Change | None:
    """Return the change that raises joint acceptance most; None where no change raises it.

    Of changes that raise it alike, to two digits, the one that raises the worst group's share most.

    Parameters
    ----------
    scores
        Of designs.
    place
        The design's place among them.
    """
    model, which = scores.model, np.array([place])
    code = full_code(model, scores.space, scores.levels[which], scores.proposal[which])[0]
    held = _Held.of(model, code.astype(np.float32))
    accepts = scores.accepts(which)[0]  # (S, G)
    now = (accepts.min(axis=1) >= np.float32(scores.threshold)).mean()
    best = (0.0, GAIN)
    found: Change | None = None
    for group in range(len(model.groups)):
        others = np.delete(accepts, group, axis=1)
        least = others.min(axis=1) if others.shape[1] else np.ones(len(accepts))
        if (least <= accepts[:, group]).all():
            continue  # another group always accepts less: nothing changes with this one's beliefs
        moves, moved = held.moves(group)
        worst = np.minimum(np.clip(accepts[:, group] + moved, 0, 1), least)  # (moves, S)
        joint = (worst >= np.float32(scores.threshold)).mean(axis=1)
        gain = worst - accepts.min(axis=1)
        for at, (cell, toward) in enumerate(moves):
            value = (round(float(joint[at] - now), 2), float(gain[at].mean()))
            if value > best:
                best = value
                outcome = cell if cell < held.outcomes else None
                signal = None if outcome is not None else cell - held.outcomes
                more = float(joint[at] - now)
                found = Change(group, outcome, signal, toward, float(joint[at]), more, gain[at])
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """What groups believe of one design."""

    model: DesignModel
    outcomes: int  #: how many outcomes there are beliefs about
    mean: Singles  #: (S, G, C) of the index
    spread: Singles  #: (S, G, C, R)
    belief: Singles  #: (S, G, cells) group means of outcomes, then of signals

    @classmethod
    def of(cls, model: DesignModel, code: Singles) -> "_Held":
        outcome = (model.outcome @ code)[..., : model.outcomes]  # (S, G, C, K)
        cells = np.concatenate([outcome, model.signal @ code], axis=3)
        belief = np.einsum("sgc,sgck->sgk", model.share, cells)
        return cls(model, outcome.shape[3], model.mean @ code, model.spread @ code, belief)

    def moves(self, group: int) -> tuple[list[tuple[int, int]], Singles]:
        """Return (cell, toward) of every move of a group's beliefs, and what each does, (n, S).

        What it does is the change in the group's share that accepts.
        """
        groups = [g for g in range(len(self.model.groups)) if g != group]
        cells = self.belief.shape[2]
        moves = [(cell, toward) for cell in range(cells) for toward in (NEUTRAL, *groups)]
        goals = [
            np.zeros((len(self.mean), cells), dtype=np.float32),
            *(self.belief[:, g] for g in groups),
        ]
        steps = np.stack(goals, axis=2) - self.belief[:, group][:, :, None]  # (S, cells, toward)
        slope, cross, square = self._terms(group)  # (S, C, cells)
        step = steps.transpose(1, 2, 0)[..., None]  # (cells, toward, S, 1)
        slope, cross, square = (
            term.transpose(2, 0, 1)[:, None] for term in (slope, cross, square)
        )  # (cells, 1, S, C)
        mean = np.asarray(self.mean[:, group] + step * slope, dtype=np.float32)
        added = np.asarray(step * (2 * cross + step * square), dtype=np.float32)
        variance = self._variance(group) + added
        moved = self._share(group, mean, variance) - self._share(
            group, self.mean[:, group], self._variance(group)
        )
        return moves, moved.reshape(len(moves), len(self.mean))

    def _terms(self, group: int) -> tuple[Singles, Singles, Singles]:
        """Return what a step of a belief does to the mean of the index, and to its variance.

        (S, C, cells) each: slopes of the mean, and halves of the linear and the whole of the
        quadratic term of the variance ``Σ_r (spread_r + factor_r · step)²``.
        """
        model, kept = self.model, self.outcomes
        factor = model.factor[:, group, :, :kept]  # (S, C, K, R)
        cross = np.einsum("sckr,scr->sck", factor, self.spread[:, group])
        square = (factor**2).sum(axis=3)
        weight = model.weight[:, group, :, :kept]
        told = np.broadcast_to(
            model.signal_weight[:, None], (*weight.shape[:2], model.signal_weight.shape[1])
        )
        none = np.zeros_like(told)
        slope = np.concatenate([weight, told], axis=2)
        return slope, np.concatenate([cross, none], axis=2), np.concatenate([square, none], axis=2)

    def _variance(self, group: int) -> Singles:
        squares = np.square(self.spread[:, group]).sum(axis=2)
        return np.asarray(self.model.variance[:, group] + squares, dtype=np.float32)

    def _share(self, group: int, mean: Singles, variance: Singles) -> Singles:
        index = mean / np.sqrt(1 + np.float32(SHRINKAGE) * variance)
        share = self.model.share[:, group] / (1 + np.exp(-index))
        return np.asarray(share.sum(axis=-1), dtype=np.float32)
