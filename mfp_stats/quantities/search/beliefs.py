"""Which one belief, were it another's, would raise the acceptance of a design most.

A belief is what a group expects of one outcome, or is told by one signal. It is moved, for everyone
in the group alike, by as much as brings the group's mean to that of another group of the coalition,
or to "no difference"; all else stays as it is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.quantities.search.acceptance import SHRINKAGE, DesignModel, Singles
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
        for cell, toward, moved in held.moves(group):
            share = np.clip(accepts[:, group] + moved, 0, 1)
            worst = np.minimum(share, least)
            joint = float((worst >= np.float32(scores.threshold)).mean())
            gain = worst - accepts.min(axis=1)
            value = (round(joint - float(now), 2), float(gain.mean()))
            if value > best:
                best = value
                outcome = cell if cell < held.outcomes else None
                signal = None if outcome is not None else cell - held.outcomes
                found = Change(group, outcome, signal, toward, joint, joint - float(now), gain)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """What groups believe of one design."""

    model: DesignModel
    outcomes: int  #: how many outcomes there are beliefs about
    mean: Singles  #: (S, G, C) of the index
    spread: Singles  #: (S, G, C, R)
    belief: Floats  #: (S, G, cells) group means of outcomes, then of signals

    @classmethod
    def of(cls, model: DesignModel, code: Singles) -> "_Held":
        outcome = model.outcome @ code  # (S, G, C, K)
        if model.importance is None:  # effects of values are no beliefs about outcomes
            outcome = outcome[..., :0]
        cells = np.concatenate([outcome, model.signal @ code], axis=3)
        belief = np.einsum("sgc,sgck->sgk", model.share, cells)
        return cls(model, outcome.shape[3], model.mean @ code, model.spread @ code, belief)

    def moves(self, group: int) -> list[tuple[int, int, Singles]]:
        """Return (cell, toward, change in the group's share (S,)) of every move of its beliefs."""
        found = []
        for cell in range(self.belief.shape[2]):
            now = self.belief[:, group, cell]
            for toward in (NEUTRAL, *range(len(self.model.groups))):
                if toward != group:
                    goal = 0.0 if toward == NEUTRAL else self.belief[:, toward, cell]
                    found.append((cell, toward, self._moved(group, cell, goal - now)))
        return found

    def _moved(self, group: int, cell: int, by: Floats) -> Singles:
        """Return what moving a cell by (S,) does to the group's share, (S,)."""
        model, step = self.model, by.astype(np.float32)[:, None]  # (S, 1): over worldviews
        spread: Singles | Floats = self.spread[:, group]
        if cell < self.outcomes:
            mean = self.mean[:, group] + model.weight[:, group, :, cell] * step
            spread = spread + model.factor[:, group, :, cell] * step[:, :, None]
        else:
            mean = self.mean[:, group] + model.signal_weight[:, [cell - self.outcomes]] * step
        before = self._share(group, self.mean[:, group], self.spread[:, group])
        return self._share(group, mean, spread) - before

    def _share(self, group: int, mean: Singles | Floats, spread: Singles | Floats) -> Singles:
        variance = self.model.variance[:, group] + (spread**2).sum(axis=2)
        index = mean / np.sqrt(1 + np.float32(SHRINKAGE) * variance)
        share = self.model.share[:, group] / (1 + np.exp(-index))
        return np.asarray(share.sum(axis=1), dtype=np.float32)
