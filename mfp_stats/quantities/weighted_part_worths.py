"""What weights tell of the worth of attributes beyond who holds which worldview.

To the model people of one group and worldview are alike: it knows nothing of weights, and people
who count for more may well prefer other levels. So the worths of a group are moved until the
weighted mean of "chosen minus what the model says", over the pairs that had each level, is what the
unweighted one is under the worths that the model found (the difference estimator, Särndal, Swensson
& Wretman 1992, ch. 6, of the scores of a logit; Binder 1983). How surely is a Bayesian bootstrap's
to say, and a normal prior on the move keeps few people from moving it far.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from scipy.special import expit

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Floats, Ints
from mfp_stats.weights import effective_n

#: Sd of the prior on how far weights move a level's worth, in logits.
_SPREAD: Final = 1.0
#: Newton steps, and the farthest that one goes, in logits.
_STEPS: Final = 12
_FARTHEST: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Choices:
    """What people of one group chose. R choices, T levels."""

    compared: Floats  #: (R, T) 1 for levels of the first profile, −1 for those of the second
    first: Floats  #: (R,) 1 where the first was chosen
    respondent: Ints  #: (R,)

    @classmethod
    def of(cls, profiles: ConjointProfiles, group: int) -> Self:
        """Take a group's choices out of the profiles that were shown in pairs."""
        assert profiles.rival is not None and profiles.group is not None
        rows = np.arange(len(profiles.level))
        rows = rows[(rows < profiles.rival) & (profiles.group == group)]
        has = np.zeros((len(profiles.level), int(profiles.sizes.sum())))
        np.put_along_axis(has, profiles.level + profiles.starts, 1.0, axis=1)
        return cls(
            has[rows] - has[profiles.rival[rows]], profiles.chosen[rows], profiles.respondent[rows]
        )


def weighted_utility(
    utility: Floats,
    member: Floats,
    profiles: ConjointProfiles,
    weight: Floats,
    bootstrap: Floats,
) -> Floats:
    """Return what levels are worth to groups whose people count by their weights, (S, G, C, T).

    Parameters
    ----------
    utility
        (S, G, C, T) in logits, of the model.
    member
        (P, C) membership probabilities given all but these choices.
    profiles
        Shown in pairs, with groups.
    weight
        (P,) design weights. A group in which nobody counts keeps its worths.
    bootstrap
        (S, P) standard exponentials.
    """
    found = utility.copy()
    for g in range(utility.shape[1]):
        chosen = _Choices.of(profiles, g)
        own = weight[chosen.respondent]
        if not own.sum() > 0:
            continue
        prior = 1 / (effective_n(own) * _SPREAD**2)
        for s, worth in enumerate(utility[:, g]):
            alike = bootstrap[s, chosen.respondent]
            found[s, g] += _move(
                worth, member[chosen.respondent], chosen, alike, alike * own, prior
            )
    return found


def _move(
    worth: Floats, member: Floats, chosen: _Choices, alike: Floats, weighted: Floats, prior: float
) -> Floats:
    """Return by how much (T,) one draw's worths (C, T) move."""
    alike, weighted = alike / alike.sum(), weighted / weighted.sum()
    wanted = chosen.compared.T @ (alike * (chosen.first - _first(worth, member, chosen)[0]))
    move = np.zeros(worth.shape[1])
    for _ in range(_STEPS):
        p, slope = _first(worth + move, member, chosen)
        over = chosen.compared.T @ (weighted * (chosen.first - p)) - wanted - prior * move
        steep = (chosen.compared * (weighted * slope)[:, None]).T @ chosen.compared
        step = np.linalg.solve(steep + prior * np.eye(len(move)), over)
        move += np.clip(step, -_FARTHEST, _FARTHEST)
    return move


def _first(worth: Floats, member: Floats, chosen: _Choices) -> tuple[Floats, Floats]:
    """Return how probably each person chooses the first (R,), and its slope in the margin."""
    each = expit(chosen.compared @ worth.T)  # (R, C)
    return (member * each).sum(axis=1), (member * each * (1 - each)).sum(axis=1)
