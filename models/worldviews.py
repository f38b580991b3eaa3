"""How people think the world works: a mixture of worldviews over their belief answers.

Person i of group g holds worldview c with probability ``softmax(α_g)_c`` and then answers every
belief item independently: unordered answers k with ``p_c ∝ p₀ exp(s_ck)``, ordered ones with
``logit P_c(Y > y) = logit P₀(Y > y) + s_c``. Which worldview a person holds is summed out. Missing
answers contribute nothing.

Everything is a contrast: p₀ sums to zero over the categories of an indicator, shifts sum to zero
over worldviews (and over the categories of an unordered indicator), the groups' log-odds sum to
zero over worldviews and their deviations over groups too. With one class this is the rival that
everyone thinks alike.

Latent class analysis: Lazarsfeld & Henry 1968; with group-dependent class sizes: Clogg & Goodman
1984. Number of classes: compared by leave-one-person-out prediction, never forced.
"""

from collections.abc import Mapping

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


@model(
    title="Worldviews: types of people by how they think the world works",
    needs=("beliefs",),
    priors={
        "centre_sd": Prior(1.5, "sd of the central answers, in logits"),
        "spread_median": Prior(0.8, "median of the sd of worldviews around the centre, in logits"),
        "spread_log_sd": Prior(0.5, "sd of the logarithm of that sd, which keeps it off zero"),
        "share_sd": Prior(1.0, "sd of the worldviews' log-odds over everyone"),
        "group_sd": Prior(0.5, "scale of the sd of groups' log-odds around them (half-normal)"),
    },
)
def worldviews(data: ModelData, *, classes: int, priors: Mapping[str, float]) -> pm.Model:
    """Build the mixture with ``classes`` worldviews.

    Parameters
    ----------
    data
        Must hold beliefs. N persons, G groups, T answers (categories of all indicators).
    classes
        Number of worldviews C >= 1.
    priors
        The numbers declared above.

    Returns
    -------
    pm.Model
        Deterministics: ``answer_probability`` (answers, classes), ``composition``
        (groups, classes), ``person_log_likelihood`` (respondents).
    """
    assert data.beliefs is not None
    categories = Categories.of(data.beliefs)
    contrasts, condensed = Contrasts.of(categories), condense(categories)
    coords = {
        "respondents": data.respondents,
        "groups": data.groups,
        "classes": np.arange(1, classes + 1),
        "answers": categories.names,
    }
    with pm.Model(coords=coords) as built:
        given = pm.Data("given", condensed.given)
        member = pm.Data("member", np.eye(len(data.groups))[:, data.group])

        centre = pm.Normal("centre", 0, priors["centre_sd"], shape=contrasts.centre.shape[1])
        middle = centre[: contrasts.unordered, None]
        tilt = middle + pt.zeros(classes)
        ordered = contrasts.ordered.shape[1]
        place = pt.zeros((ordered, classes))
        if classes > 1:
            spread = pm.LogNormal(
                "spread", np.log(priors["spread_median"]), priors["spread_log_sd"]
            )
        if classes > 1 and contrasts.unordered:
            # Centred, and each worldview on its own: that is how the answers inform them.
            tilt = pm.Normal("tilt", middle, spread, shape=(contrasts.unordered, classes))
        if classes > 1 and ordered:
            contrast = pm.Normal("place_contrast", 0, spread, shape=(ordered, classes - 1))
            place = contrast @ zero_sum_basis(classes).T
        log_answers = answer_log_probabilities(contrasts, centre, tilt, place)  # (T, C)

        log_odds = pt.zeros((len(data.groups), classes))
        if classes > 1:
            contrast = pm.Normal("share_contrast", 0, priors["share_sd"], shape=classes - 1)
            log_odds = log_odds + zero_sum_basis(classes) @ contrast
        if classes > 1 and len(data.groups) > 1:
            scale = pm.HalfNormal("group_scale", priors["group_sd"])
            # As if people's worldviews were known and equally frequent.
            sd, factor = partly_centred(scale, np.sqrt(classes / typical_size(data.group_sizes)))
            shape = (len(data.groups) - 1, classes - 1)
            contrast = pm.Normal("group_contrast", 0, sd, shape=shape)
            apart = zero_sum_basis(len(data.groups)) @ contrast @ zero_sum_basis(classes).T
            log_odds = log_odds + factor * apart
        log_shares = pt.special.log_softmax(log_odds, axis=1)  # (G, C)

        log_given = condensed.table[:, contrasts.rows] @ log_answers
        person = person_log_likelihood(given, member, log_given, log_shares)
        pm.Potential("answers_given", person.sum())
        pm.Deterministic("person_log_likelihood", person, dims="respondents")
        probability = contrasts.in_order(pt.exp(log_answers))
        pm.Deterministic("answer_probability", probability, dims=("answers", "classes"))
        pm.Deterministic("composition", pt.exp(log_shares), dims=("groups", "classes"))
    return built
