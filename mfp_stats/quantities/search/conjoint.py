"""Designs of a conjoint experiment: what groups accept, from what levels are worth to them.

Where people chose between two profiles, accepting one is preferring it to a profile of the
experiment taken at random: the rival's worth is normal to a good approximation, with the mean and
variance that it has over the levels as they were shown.
"""

from dataclasses import replace

import numpy as np

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Bools, Floats
from mfp_stats.likelihoods.categories import one_hot
from mfp_stats.quantities.search.acceptance import DesignModel
from mfp_stats.quantities.search.space import DesignSpace


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
    head = utility.shape[:3]
    mean, variance = _rivals(utility, profiles)
    rest = np.zeros((*head, space.code(space.fielded[:1]).shape[1] + 1))
    rest[..., 0] = intercept[:, :, None] - mean
    names, column = list(profiles.attributes), 1
    for attribute, table in zip(space.attributes, space.coding, strict=True):
        start = int(profiles.starts[names.index(attribute.name)])
        known = profiles.attributes[attribute.name]
        places = [start + known.index(str(level)) for level in attribute.fielded]
        # Each level has a column of its own: its worth over the code of the level.
        rest[..., column : column + len(places)] = utility[..., places] / table.max()
        column += len(places)
    empty = np.zeros((*head, 0, rest.shape[-1]), dtype=np.float32)
    return DesignModel(
        groups=profiles.groups,
        labels=profiles.groups,
        share=np.ones(head, np.float32) if share is None else share.astype(np.float32),
        variance=variance.astype(np.float32),
        weight=np.zeros((*head, 0), dtype=np.float32),
        factor=np.zeros((*head, 0, 0), dtype=np.float32),
        outcome=empty,
        signal=empty,
        rest=rest.astype(np.float32),
        signal_weight=np.zeros((head[0], 0), dtype=np.float32),
        fielded=np.zeros((*head[:2], 0), dtype=np.float32),
    )


def _rivals(utility: Floats, profiles: ConjointProfiles) -> tuple[Floats, Floats]:
    """Return mean and variance of a rival's worth, (S, G, C) each; 0 where there is no rival."""
    if profiles.rival is None:
        return np.zeros(utility.shape[:3]), np.zeros(utility.shape[:3])
    shown = one_hot(profiles.level, profiles.sizes)  # (P, T)
    mean = utility @ shown.mean(axis=0)
    centred = shown - shown.mean(axis=0)
    covariance = centred.T @ centred / len(shown)
    return mean, np.einsum("sgct,tu,sgcu->sgc", utility, covariance, utility, optimize=True)
