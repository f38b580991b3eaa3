"""The rival of the worldviews: people differ by degree along one dimension, not by kind.

Person i of group g stands at ``θ_i ~ Normal(μ_g, 1)``, the mean over everyone 0, and answers
every belief item independently given θ: unordered answers with ``p ∝ p₀ exp(λ_k θ)`` (nominal
response model, Bock 1972), ordered ones with ``logit P(Y > y) = logit P₀(Y > y) + λ θ`` (graded
response model, Samejima 1969; two-parameter logistic where there are two categories). θ is
summed over fixed nodes, whose weights move with the group's mean.

Flipping the sign of θ changes nothing that is reported: only predictions of this model are used.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.categories import Categories, zero_sum_basis
from mfp_stats.likelihoods.condensed import condense
from mfp_stats.likelihoods.mixture import (
    Contrasts,
    answer_log_probabilities,
    person_log_likelihood,
)
from mfp_stats.likelihoods.pooling import partly_centred, typical_size

#: Equally spaced: where answers say much about a person, θ given them is narrower than the gaps
#: between as many Gauss–Hermite nodes.
NODES: Final = np.linspace(-4, 4, 17)


@model(
    title="Worldview continuum: people differ by degree along one dimension",
    needs=("beliefs",),
    priors={
        "centre_sd": Prior(1.5, "sd of the central answers, in logits"),
        "spread_median": Prior(0.8, "median of the loadings' sd, in logits per sd of the factor"),
        "spread_log_sd": Prior(0.5, "sd of the logarithm of that sd, which keeps it off zero"),
        "group_sd": Prior(
            0.5, "scale of the sd of group means, in sds of the factor (half-normal)"
        ),
    },
)
def worldview_continuum(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the one-factor model of the same answers.

    Parameters
    ----------
    data
        Must hold beliefs. N persons, G groups, T answers (categories of all indicators).
    priors
        The numbers declared above.

    Returns
    -------
    pm.Model
        Deterministics: ``group_mean`` (groups), ``person_log_likelihood`` (respondents).
    """
    assert data.beliefs is not None
    categories = Categories.of(data.beliefs)
    contrasts, condensed = Contrasts.of(categories), condense(categories)
    coords = {"respondents": data.respondents, "groups": data.groups}
    with pm.Model(coords=coords) as built:
        given = pm.Data("given", condensed.given)
        member = pm.Data("member", np.eye(len(data.groups))[:, data.group])

        centre = pm.Normal("centre", 0, priors["centre_sd"], shape=contrasts.centre.shape[1])
        spread = pm.LogNormal("spread", np.log(priors["spread_median"]), priors["spread_log_sd"])
        loading = pm.Normal("loading", 0, spread, shape=contrasts.shift.shape[1])
        unordered = contrasts.unordered
        shift = loading[:, None] * NODES  # (D, nodes)
        tilt = centre[:unordered, None] + shift[:unordered]
        log_answers = answer_log_probabilities(contrasts, centre, tilt, shift[unordered:])

        mean = pt.zeros(len(data.groups))
        if len(data.groups) > 1:
            scale = pm.HalfNormal("group_scale", priors["group_sd"])
            # As if people's places were known: their sd is 1.
            sd, factor = partly_centred(scale, 1 / np.sqrt(typical_size(data.group_sizes)))
            contrast = pm.Normal("group_contrast", 0, sd, shape=len(data.groups) - 1)
            mean = factor * (zero_sum_basis(len(data.groups)) @ contrast)
            # The people asked, not the groups, are centred: otherwise all answers would move.
            mean -= (data.group_sizes / len(data.group)) @ mean
        pm.Deterministic("group_mean", mean, dims="groups")
        density = -0.5 * (NODES - mean[:, None]) ** 2
        log_weights = pt.special.log_softmax(density, axis=1)  # (G, nodes)

        log_given = condensed.table[:, contrasts.rows] @ log_answers
        person = person_log_likelihood(given, member, log_given, log_weights)
        pm.Potential("answers_given", person.sum())
        pm.Deterministic("person_log_likelihood", person, dims="respondents")
    return built
