"""A logit model of profiles of a conjoint: what each attribute's levels are worth to whom.

A choice between two profiles is ``P(first) = σ(b + Σ_a e_a,first − Σ_a e_a,second)`` (McFadden
1974), where b is what the first place adds; a profile judged by itself is accepted with probability
``σ(e_0 + Σ_a e_a)``. Effects of an attribute's levels sum to zero. Those of a group and worldview
are what all have in common, plus what the group adds, plus what the worldview adds, each normal
with an sd of its own for every attribute: groups of which few answered lean on the others. Which
worldview a person holds is known through other answers and is summed out, so that all choices of a
person are of one mind; within a group and worldview people are taken to differ by chance alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.categories import one_hot, zero_sum_basis
from mfp_stats.likelihoods.choice import slots
from mfp_stats.likelihoods.pooling import partly_centred

PRIORS: Final[Mapping[str, float]] = {
    "common": 0.4,  # median of the sd of an attribute's level effects, in logits
    "common_log_sd": 0.7,  # sd of the log of that sd
    "group": 0.2,  # median of the sd of groups around the common effects, in logits
    "group_log_sd": 0.7,  # sd of the log of that sd
    "class": 0.3,  # median of the sd of worldviews around them, in logits
    "class_log_sd": 0.7,  # sd of the log of that sd
    "position": 0.3,  # sd of what being shown first adds, in logits
    "level": 1.5,  # sd of a group's intercept, where profiles were judged by themselves
}


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """Answers of one group: n people, as many slots for each as the most that anyone answered."""

    who: Ints  #: (n,) respondents
    compared: Floats  #: (slots × n, T − A) slot by slot; 0 where a slot is empty
    sign: Floats  #: (slots × n,) 1 for yes, −1 for no; 0 where a slot is empty
    first: Floats  #: (slots × n,) 1 where the one chosen was shown first, −1 second; else 0


def part_worths(
    profiles: ConjointProfiles,
    *,
    log_membership: Floats | None = None,
    priors: Mapping[str, float] | None = None,
) -> pm.Model:
    """Build the model. Free variables are on the whole line.

    Named results: ``utility`` (groups, classes, levels of all attributes), in logits;
    ``intercept`` (groups), 0 in a choice between two; ``position``, of such choices alone.

    Parameters
    ----------
    profiles
        With groups. Of two that were shown together the one with the lower row came first.
    log_membership
        (respondents, C) log-probabilities of the worldviews; None: one for all.
    priors
        Overrides of :data:`PRIORS`.
    """
    assert profiles.group is not None
    values = {**PRIORS, **(priors or {})}
    basis = zero_sum_by_attribute(profiles.sizes)
    free = profiles.sizes - 1
    attribute = np.repeat(np.arange(len(free)), free)
    groups = len(profiles.groups)
    if log_membership is None:
        log_membership = np.zeros((int(profiles.respondent.max(initial=-1)) + 1, 1))
    coords = {"groups": profiles.groups, "attributes": list(profiles.attributes)}
    parts = [_evidence(profiles, g, basis) for g in range(groups)]
    # The information of all answers at even odds, and a little.
    information = sum((part.compared**2).sum(axis=0) for part in parts) / 4 + 1
    pooled = _Pooled(attribute, np.asarray(information), values)
    with pm.Model(coords=coords) as built:
        common = pooled.build("common", 1)  # (1, T − A)
        by_group = pt.dot(zero_sum_basis(groups), pooled.build("group", groups))
        classes = log_membership.shape[1]
        by_class = pt.dot(zero_sum_basis(classes), pooled.build("class", classes))
        effect = common + by_group[:, None, :] + by_class  # (G, C, T − A)
        pm.Deterministic("utility", pt.dot(effect, basis.T))
        level, position = pt.zeros(groups), pt.zeros(())
        if profiles.rival is not None:
            position = pm.Normal("position", 0, values["position"])
        else:
            level = pm.Normal("level", 0, values["level"], shape=groups)
        pm.Deterministic("intercept", level, dims="groups")
        held = pm.Data("log_membership", log_membership)
        for g, part in enumerate(parts):
            if not len(part.who):
                continue
            compared, sign, first = (
                pm.Data(f"{name}_{g}", getattr(part, name))
                for name in ("compared", "sign", "first")
            )
            margin = sign[:, None] * (pt.dot(compared, effect[g].T) + level[g])
            margin += (first * position)[:, None]
            # An empty slot adds ln ½, always.
            told = -pt.softplus(-margin).reshape((-1, len(part.who), classes)).sum(axis=0)
            person = held[part.who] + told
            pm.Potential(f"answers_{g}", pt.logsumexp(person, axis=1).sum())
    return built


@dataclass(frozen=True, slots=True, eq=False)
class _Pooled:
    """What partially pooled effects are built from."""

    attribute: Ints  #: (T − A,) of each effect
    information: Floats  #: (T − A,) of all answers
    values: Mapping[str, float]

    def build(self, name: str, among: int) -> TensorVariable:
        """Build deviations of ``among`` groups or worldviews, (among − 1 or 1, T − A).

        They are sampled as if who holds which worldview were known, and all were equally many.
        """
        rows = max(among - 1, 1)
        if name != "common" and among == 1:
            return pt.zeros((0, len(self.information)))
        log_sd = pm.Normal(
            f"log_{name}_sd",
            np.log(self.values[name]),
            self.values[f"{name}_log_sd"],
            dims="attributes",
        )
        noise = np.sqrt(among / self.information)
        sd, factor = partly_centred(pt.exp(log_sd)[self.attribute] / noise, 1.0)
        return noise * factor * pm.Normal(name, 0, sd, shape=(rows, len(self.information)))


def _evidence(profiles: ConjointProfiles, group: int, basis: Floats) -> _Evidence:
    """Return what a group's answers compare.

    In choices between two, the profile chosen minus the other, so that all are yes.
    """
    assert profiles.group is not None
    rows = np.flatnonzero(profiles.group == group)
    indicators = one_hot(profiles.level, profiles.sizes)
    if profiles.rival is None:
        x, sign = indicators[rows] @ basis, 2 * profiles.chosen[rows] - 1
        first = np.zeros(len(rows))
    else:
        rows = rows[profiles.chosen[rows] == 1]
        x = (indicators[rows] - indicators[profiles.rival[rows]]) @ basis
        sign, first = np.ones(len(rows)), np.sign(profiles.rival[rows] - rows)
    who, place = np.unique(profiles.respondent[rows], return_inverse=True)
    slot = slots(place)
    cells = len(who) * (int(slot.max(initial=-1)) + 1)
    compared, signs, firsts = np.zeros((cells, basis.shape[1])), np.zeros(cells), np.zeros(cells)
    at = slot * len(who) + place
    compared[at], signs[at], firsts[at] = x, sign, first
    return _Evidence(who, compared, signs, firsts)


def zero_sum_by_attribute(sizes: Ints) -> Floats:
    """Return the basis of effects that sum to zero within attributes, (T, T − A)."""
    found = np.zeros((int(sizes.sum()), int((sizes - 1).sum())))
    row = column = 0
    for size in sizes:
        found[row : row + size, column : column + size - 1] = zero_sum_basis(int(size))
        row, column = row + int(size), column + int(size) - 1
    return found
