"""What people expect of interventions and are told by them, by worldview and stakeholder group.

Person i of worldview c and group g rates cell j (an intervention with an outcome or a signal) by
an ordered logit (McCullagh 1980) on ``m_cgj = centre_j + M_cj + D_gj``, with thresholds common to
all cells of one answer scale. 0 is the answer that says "no difference". Deviations of worldviews
M and of groups D each sum to zero; both are needed: without D, real differences between groups
would be shrunk away and handed to whatever else tells groups apart.

Worldviews are not formed here. Each person enters with the probabilities that their beliefs give
to the worldviews (two-step estimation, Bakk & Kuha 2018), and membership is summed out. Persons'
own deviations ξ are part of the answer's noise, as single ratings cannot tell the two apart: how
large they are is an assumption of :mod:`mfp_stats.quantities.expected`.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Expectations, Floats, ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.categories import one_hot, zero_sum_basis
from mfp_stats.likelihoods.ordinal import anchored_cutpoints, log_levels

PRIORS: Final = {
    "centre": Prior(1.0, "sd of a cell's mean over worldviews, in units of one answer's logit"),
    "class": Prior(0.6, "median of the sd of worldviews around it, in logits"),
    "class_log_sd": Prior(0.5, "sd of the log of that sd"),
    "group": Prior(0.2, "median of the sd of groups around their worldviews, in logits"),
    "group_log_sd": Prior(0.7, "sd of the log of that sd"),
    "gap": Prior(0.6, "median distance of neighbouring thresholds, in logits"),
    "gap_log_sd": Prior(0.7, "sd of the log of that distance"),
}


@model(
    title="Expectations: consequences and signals of interventions",
    needs=("expectations", "log_membership"),
    priors=PRIORS,
)
def expectations(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the model of all consequence and signal ratings.

    Named results: ``expectation`` (classes, groups, cells) and ``cutpoints`` (all scales' cut
    points one after the other).
    """
    rated, weights = data.expectations, data.log_membership
    assert rated is not None and weights is not None
    cells, classes, groups = len(rated.value), weights.shape[1], len(data.groups)
    coords = {
        "classes": np.arange(1, classes + 1),
        "groups": data.groups,
        "cells": np.arange(cells),
    }
    with pm.Model(coords=coords) as built:
        centre = pm.Normal("centre", 0, priors["centre"], dims="cells")
        mean = centre + pt.zeros((classes, groups, cells))
        if classes > 1:
            # Centred: hundreds of ratings inform each worldview's mean.
            spread = _spread("class", rated, priors)
            contrast = pm.Normal("class_contrast", 0, spread, shape=(classes - 1, cells))
            mean += (zero_sum_basis(classes) @ contrast)[:, None, :]
        if groups > 1:
            contrast = pm.Normal("group_contrast", shape=(groups - 1, cells))
            mean += (zero_sum_basis(groups) @ contrast) * _spread("group", rated, priors)
        pm.Deterministic("expectation", mean, dims=("classes", "groups", "cells"))
        cutpoints = _cutpoints(rated, priors)
        pm.Deterministic("cutpoints", pt.concatenate(cutpoints))
        table = _table(mean, cutpoints, rated)  # (groups, T, classes)
        chosen = one_hot(rated.answers, rated.levels[rated.scale])
        for g in range(groups):
            members = data.group == g
            given = pm.Data(f"given_{g}", chosen[members])
            log_weights = pm.Data(f"log_membership_{g}", weights[members])
            person = pt.logsumexp(given @ table[g] + log_weights, axis=1)
            pm.Potential(f"ratings_{g}", person.sum())
    return built


def _spread(name: str, rated: Expectations, priors: Mapping[str, float]) -> TensorVariable | Floats:
    """Sd of deviations for each cell, (cells,): one for outcomes, one for signals."""
    kind = (rated.value < 0).astype(np.int64)
    kinds = np.unique(kind)
    log_sd = pm.Normal(
        f"log_{name}_sd", np.log(priors[name]), priors[f"{name}_log_sd"], shape=len(kinds)
    )
    return pt.dot(np.equal.outer(kind, kinds).astype(float), pt.exp(log_sd))


def _cutpoints(rated: Expectations, priors: Mapping[str, float]) -> list[TensorVariable]:
    """Cut points of every scale, 0 at its neutral answer."""
    found = []
    for k, (levels, neutral) in enumerate(zip(rated.levels, rated.neutral, strict=True)):
        log_gaps = pm.Normal(
            f"log_gaps_{k}", np.log(priors["gap"]), priors["gap_log_sd"], shape=int(levels) - 2
        )
        found.append(anchored_cutpoints(pt.exp(log_gaps), float(neutral)))
    return found


def _table(
    mean: TensorVariable, cutpoints: list[TensorVariable], rated: Expectations
) -> TensorVariable:
    """Log-probability of every answer, (groups, T, classes), in the order of ``one_hot``."""
    parts = []
    for k, cuts in enumerate(cutpoints):
        inside = np.flatnonzero(rated.scale == k)
        levels = log_levels(mean[:, :, inside[0] : inside[-1] + 1], cuts)  # (C, G, cells, L)
        flat = levels.reshape((mean.shape[0], mean.shape[1], len(inside) * int(rated.levels[k])))
        parts.append(flat.transpose(1, 2, 0))
    return pt.concatenate(parts, axis=1)
