"""Who comes to hold which worldview: a record of experience as a predictor of membership.

``log π_ic = α_c + γ_gc + x_i' β_c``, up to a constant, for a person of group g with the record x_i;
all sums over worldviews are zero. Which worldview a person holds is not known but through beliefs,
whose likelihood in each worldview the mixture gives: it is summed out, so that worldviews are not
taken for known and effects not drawn towards zero (stepwise latent class analysis: Vermunt 2010;
Bakk & Kuha 2018). Beliefs form the worldviews, the record does not.
"""

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.likelihoods.predictors import ExperienceCode


@model(
    title="Experience and worldviews",
    needs=("experience", "log_evidence"),
    priors={
        "share_sd": Prior(1.5, "sd of the worldviews' log-odds over everyone"),
        "group": Prior(0.3, "median of the sd of groups' log-odds around them"),
        "effect": Prior(0.5, "median of the sd of a predictor's coefficients, in logits"),
        "log_sd": Prior(0.7, "sd of the logs of those sds"),
    },
)
def experience(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the regression. Free variables are normal, on the whole line.

    Named results: ``share`` (classes,), ``group`` (groups, classes) and ``effect`` (columns of
    :class:`~mfp_stats.likelihoods.predictors.ExperienceCode`, classes), in logits.
    """
    assert data.experience is not None and data.log_evidence is not None
    code = ExperienceCode.of(data.experience)
    classes, groups = data.log_evidence.shape[1], len(data.groups)
    basis = zero_sum_basis(classes)  # (C, C - 1)
    with pm.Model(coords={"groups": data.groups, "classes": np.arange(1, classes + 1)}) as built:
        evidence = pm.Data("log_evidence", data.log_evidence)  # (N, C)
        columns = pm.Data("columns", code.columns)
        share = pm.Normal("share_contrast", 0, priors["share_sd"], shape=classes - 1)
        share = pm.Deterministic("share", pt.dot(basis, share), dims="classes")
        apart = pt.zeros((groups, classes))
        if groups > 1:
            log_sd = pm.Normal("log_group_sd", np.log(priors["group"]), priors["log_sd"])
            contrast = pm.Normal("group_contrast", shape=(groups - 1, classes - 1))
            apart = pt.exp(log_sd) * pt.dot(pt.dot(zero_sum_basis(groups), contrast), basis.T)
        apart = pm.Deterministic("group", apart, dims=("groups", "classes"))
        predictors = len(code.codes)
        log_sds = pm.Normal(
            "log_effect_sd", np.log(priors["effect"]), priors["log_sd"], shape=predictors
        )
        contrast = pm.Normal("effect_contrast", shape=(len(code.predictor), classes - 1))
        effect = pt.exp(log_sds)[code.predictor][:, None] * pt.dot(contrast, basis.T)
        effect = pm.Deterministic("effect", effect)
        log_odds = share + apart[data.group] + pt.dot(columns, effect)
        log_shares = pt.special.log_softmax(log_odds, axis=1)
        pm.Potential("beliefs", pt.logsumexp(log_shares + evidence, axis=1).sum())
    return built
