"""A logit model of profiles of a conjoint: what each attribute's levels are worth to each group.

A choice between two profiles is ``P(first) = σ(Σ_a e_a,first − Σ_a e_a,second)`` (McFadden 1974); a
profile judged by itself is accepted with probability ``σ(e_0 + Σ_a e_a)``. Effects of an
attribute's levels sum to zero. They are normal around nothing with an sd of their own for each
attribute, and groups around what all have in common with another, so that groups of which few
answered lean on the others. People of a group are taken to differ by chance alone.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.categories import one_hot, zero_sum_basis

PRIORS: Final[Mapping[str, float]] = {
    "common": 0.4,  # median of the sd of an attribute's level effects, in logits
    "common_log_sd": 0.7,  # sd of the log of that sd
    "group": 0.2,  # median of the sd of groups around the common effects, in logits
    "group_log_sd": 0.7,  # sd of the log of that sd
    "level": 1.5,  # sd of a group's intercept, where profiles were judged by themselves
}


def part_worths(
    profiles: ConjointProfiles, *, priors: Mapping[str, float] | None = None
) -> pm.Model:
    """Build the model.

    Named results: ``utility`` (groups, levels of all attributes), in logits; ``intercept``
    (groups), 0 in a choice between two.

    Parameters
    ----------
    profiles
        With groups.
    priors
        Overrides of :data:`PRIORS`.
    """
    assert profiles.group is not None
    values = {**PRIORS, **(priors or {})}
    basis = zero_sum_by_attribute(profiles.sizes)
    free = profiles.sizes - 1
    attribute = np.repeat(np.arange(len(free)), free)
    groups = len(profiles.groups)
    coords = {"groups": profiles.groups, "attributes": list(profiles.attributes)}
    parts = [_evidence(profiles, g, basis) for g in range(groups)]
    with pm.Model(coords=coords) as built:
        # Effects are sampled in coordinates in which what a group's answers tell is the unit.
        turned = [
            pt.dot(_whitened(x, len(attribute)), pm.Flat(f"white_{g}", shape=len(attribute)))
            for g, (x, _) in enumerate(parts)
        ]
        contrast = pt.stack(turned)  # (G, T − A)
        common = contrast.mean(axis=0)
        spread = _spread("common", values)[attribute]
        pm.Potential("pooling", pm.logp(pm.Normal.dist(0, spread), common).sum())
        if groups > 1:
            apart = pt.dot(zero_sum_basis(groups).T, contrast)  # (G − 1, T − A)
            between = _spread("group", values)[attribute]
            pm.Potential("group_pooling", pm.logp(pm.Normal.dist(0, between), apart).sum())
        pm.Deterministic("utility", pt.dot(contrast, basis.T))
        level = pt.zeros(groups)
        if profiles.rival is None:
            level = pm.Normal("level", 0, values["level"], shape=groups)
        pm.Deterministic("intercept", level, dims="groups")
        for g, (x, sign) in enumerate(parts):
            margin = sign * (pt.dot(pm.Data(f"shown_{g}", x), contrast[g]) + level[g])
            pm.Potential(f"answers_{g}", -pt.softplus(-margin).sum())
    return built


def _spread(name: str, values: Mapping[str, float]) -> pt.TensorVariable:
    """Build the sd of effects by attribute."""
    log = pm.Normal(
        f"log_{name}_sd", np.log(values[name]), values[f"{name}_log_sd"], dims="attributes"
    )
    return pt.exp(log)


def _evidence(profiles: ConjointProfiles, group: int, basis: Floats) -> tuple[Floats, Floats]:
    """Return what a group's answers compare, (answers, T − A), and 1 or −1 for yes and no.

    In choices between two, the profile chosen minus the other, so that all are yes.
    """
    assert profiles.group is not None
    rows = np.flatnonzero(profiles.group == group)
    indicators = one_hot(profiles.level, profiles.sizes)
    if profiles.rival is None:
        return indicators[rows] @ basis, 2 * profiles.chosen[rows] - 1
    won = rows[profiles.chosen[rows] == 1]
    x = (indicators[won] - indicators[profiles.rival[won]]) @ basis
    return x, np.ones(len(won))


def _whitened(x: Floats, columns: int) -> Floats:
    """Return the square root of the inverse information at even odds, with a little of its own."""
    information = x.T @ x / 4 + np.eye(columns)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(information)).T)


def zero_sum_by_attribute(sizes: Ints) -> Floats:
    """Return the basis of effects that sum to zero within attributes, (T, T − A)."""
    found = np.zeros((int(sizes.sum()), int((sizes - 1).sum())))
    row = column = 0
    for size in sizes:
        found[row : row + size, column : column + size - 1] = zero_sum_basis(int(size))
        row, column = row + int(size), column + int(size) - 1
    return found
