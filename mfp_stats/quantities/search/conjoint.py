"""Designs of a conjoint experiment: what groups accept, from what levels are worth to them.

Where people chose between two profiles, accepting one is preferring it to a profile of the
experiment taken at random. Rivals are of a few kinds by what they are worth to the person; within
a kind their worth is taken for normal. As a whole it is not: one strong attribute of two levels
makes two heaps of it.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Bools, Floats
from mfp_stats.quantities.search.acceptance import DesignModel
from mfp_stats.quantities.search.space import DesignSpace

#: Kinds of rival: levels of one strong attribute fall apart where it has two, three or six.
KINDS: Final = 6


def conjoint_space(profiles: ConjointProfiles, possible: Bools | None = None) -> DesignSpace:
    """Return the designs of an experiment; every distinct profile shown is one fielded.

    Parameters
    ----------
    profiles
        Of the experiment.
    possible
        (all designs,) in the order of :meth:`DesignSpace.designs`, which of them can be; None: all.
    """
    levels = np.unique(profiles.level, axis=0)
    names = {f"profile {k + 1}": row for k, row in enumerate(levels)}
    every = list(profiles.attributes.items())
    described = {
        name: {a: texts[at] for (a, texts), at in zip(every, row, strict=True)}
        for name, row in names.items()
    }
    space = DesignSpace.of(described, dict.fromkeys(described, ""))
    said = tuple(space.say([int(k) for k in row]) for row in space.fielded)
    return replace(space, labels=said, possible=possible)


def conjoint_model(
    utility: Floats,
    intercept: Floats,
    profiles: ConjointProfiles,
    space: DesignSpace,
    share: Floats | None = None,
) -> DesignModel:
    """Return the model of designs from draws of what levels are worth.

    Parameters
    ----------
    utility
        (S, G, C, T) worth of the levels, in the order of ``profiles.attributes``.
    intercept
        (S, G)
    profiles, space
        The experiment and its designs.
    share
        (S, G, C) of each group that holds each worldview; None: there is one.
    """
    held = np.ones(utility.shape[:3]) if share is None else share
    rivals = _rivals(utility, profiles)
    # People who meet one kind of rival are to the search as if they held a worldview.
    head = (*held.shape[:2], held.shape[2] * rivals.mean.shape[3])
    rest = np.zeros((*rivals.mean.shape, space.code(space.fielded[:1]).shape[1] + 1))
    rest[..., 0] = intercept[:, :, None, None] - rivals.mean
    names, column = list(profiles.attributes), 1
    for attribute, table in zip(space.attributes, space.coding, strict=True):
        start = int(profiles.starts[names.index(attribute.name)])
        known = profiles.attributes[attribute.name]
        places = [start + known.index(str(level)) for level in attribute.fielded]
        # Each level has a column of its own: its worth over the code of the level.
        worth = utility[..., None, places] / table.max()
        rest[..., column : column + len(places)] = worth
        column += len(places)
    empty = np.zeros((*head, 0, rest.shape[-1]), dtype=np.float32)
    return DesignModel(
        groups=profiles.groups,
        labels=profiles.groups,
        share=(held[..., None] * rivals.share).reshape(head).astype(np.float32),
        variance=rivals.variance.reshape(head).astype(np.float32),
        weight=np.zeros((*head, 0), dtype=np.float32),
        factor=np.zeros((*head, 0, 0), dtype=np.float32),
        outcome=empty,
        signal=empty,
        rest=rest.reshape(*head, -1).astype(np.float32),
        signal_weight=np.zeros((head[0], 0), dtype=np.float32),
        own=np.zeros((*head, 0), dtype=np.float32),
        fielded=np.zeros((*head[:2], 0), dtype=np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rivals:
    """Kinds of rival, by what they are worth: from the least to the most. R kinds."""

    share: Floats  #: (S, G, C, R) how often each is met
    mean: Floats  #: (S, G, C, R) what it is worth
    variance: Floats  #: (S, G, C, R) of that


def _rivals(utility: Floats, profiles: ConjointProfiles) -> _Rivals:
    """Sort rivals into kinds; where there is no rival, one that is worth nothing."""
    head = utility.shape[:3]
    if profiles.rival is None:
        nothing = np.zeros((*head, 1))
        return _Rivals(nothing + 1, nothing, nothing)
    shown, times = np.unique(profiles.level, axis=0, return_counts=True)
    flat = utility.reshape(-1, utility.shape[-1])
    worth = np.empty((len(flat), len(shown)))
    for d, places in enumerate(shown + profiles.starts):
        worth[:, d] = flat[:, places].sum(axis=1)
    order = worth.argsort(axis=1)
    worth = np.take_along_axis(worth, order, axis=1)
    often = (times / times.sum())[order]
    kinds = min(KINDS, len(shown))
    kind = (kinds * (often.cumsum(axis=1) - often / 2)).astype(np.int64)
    parts = [_moments(worth, np.where(kind == k, often, 0.0)) for k in range(kinds)]
    share, mean, variance = (
        np.stack(part, axis=1).reshape(*head, -1) for part in zip(*parts, strict=True)
    )
    return _Rivals(share, mean, variance)


def _moments(worth: Floats, often: Floats) -> tuple[Floats, Floats, Floats]:
    """Return total, mean and variance by weights, each over the last axis; 0 where none counts."""
    total = often.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    mean = (often * worth).sum(axis=1) / safe
    return total, mean, (often * (worth - mean[:, None]) ** 2).sum(axis=1) / safe
