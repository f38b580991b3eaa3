"""What people hold important: one vector of values a person, pooled within stakeholder groups.

``v_i ~ Normal(μ_g(i), Σ)`` with ``Σ_k v_ik = 0``. Means and covariance live in the K − 1
coordinates of an orthonormal contrast basis, under priors that no rotation changes: no value is
privileged, and permuting values or groups permutes results.

Trade-offs are logit choices on ``s_i v_i``; ratings are ordered logits on
``λ_gk v_ik + δ_i`` with thresholds common to all values.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.choice import choice_stages, has_repeats, pick_sets, picked_sets, stages
from mfp_stats.likelihoods.contrasts import contrast_basis
from mfp_stats.likelihoods.ordinal import ordered_logit, rating_grid
from mfp_stats.likelihoods.subsets import is_integrable, normal_nodes, offers, set_probabilities

PRIORS: Final = {
    "mean": Prior(1.0, "sd of the overall mean of a value contrast, in total sds of one choice"),
    "group": Prior(0.5, "scale of the half-normal sd of group deviations, in the same unit"),
    "person": Prior(1.0, "median of the spread of persons in a group, in logits"),
    "person_log_sd": Prior(0.5, "sd of the log of that spread"),
    "shape_df": Prior(4.0, "degrees of freedom beyond K that pull Σ towards equal spread"),
    "consistency": Prior(0.3, "scale of the half-normal sd of log choice consistency"),
    "slope": Prior(0.5, "sd of the log of the ratings' overall slope, where trade-offs set v"),
    "loading": Prior(0.3, "sd of log loadings over values"),
    "invariance": Prior(0.2, "scale of the half-normal sd of a group's log loadings around them"),
    "stretch": Prior(0.3, "sd over groups of the log of how far they use the ends of the scale"),
    "style": Prior(1.0, "scale of response style, over groups and over persons, in logits"),
    "threshold": Prior(3.0, "sd of the rating scale's thresholds, in logits"),
}


@model(title="Values", needs=("tradeoffs or ratings",), priors=PRIORS)
def values(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the values model with whichever of trade-offs and ratings the survey has.

    Named results: ``mu`` (groups, values) group means; ``factor`` (values, contrasts) with
    ``Σ = factor factorᵀ``; ``v`` (respondents, values), except where one pick is each person's
    whole evidence: then persons are integrated out, and
    :func:`mfp_stats.quantities.persons.person_values` draws them afterwards.
    """
    with pm.Model(coords=_coords(data)) as built:
        mu, factor = _population(data, priors)
        if is_integrable(data):
            pm.Potential("picks", _integrated_picks(data, mu, factor))
            return built
        member = pm.Data("member", _membership(data), dims=("groups", "respondents"))
        z = pm.Normal("z", dims=("contrasts", "respondents"))
        v = pt.dot(mu, member) + pt.dot(factor, z)  # (K, N)
        pm.Deterministic("v", v.T, dims=("respondents", "values"))
        if data.has_tradeoffs:
            _tradeoffs(data, v, priors)
        if data.ratings is not None:
            _ratings(data, v, member, priors)
    return built


def _coords(data: ModelData) -> dict[str, Sequence[str] | Floats]:
    return {
        "groups": data.groups,
        "values": data.values,
        "respondents": data.respondents,
        "contrasts": np.arange(1.0, len(data.values)),
    }


def _membership(data: ModelData) -> Floats:
    """Return 1 where a person is in a group, (groups, respondents)."""
    return np.equal.outer(np.arange(len(data.groups)), data.group).astype(np.float64)


def _population(
    data: ModelData, priors: Mapping[str, float]
) -> tuple[TensorVariable, TensorVariable]:
    """Build group means (values, groups) and a factor of Σ (values, contrasts)."""
    contrasts = len(data.values) - 1
    spread = pm.LogNormal("person_spread", np.log(priors["person"]), priors["person_log_sd"])
    # Choice shares fix a mean only relative to persons' spread and choice noise together (logit
    # noise has π²/6 the variance of a unit spread): in that unit the two hardly correlate.
    unit = pt.sqrt(1 + 6 / np.pi**2 * spread**2)
    mean = pm.Normal("mean", 0, priors["mean"], dims="contrasts")
    mu = mean[:, None] * np.ones(len(data.groups))
    if len(data.groups) > 1:
        group_spread = pm.HalfNormal("group_spread", priors["group"])
        offset = pm.ZeroSumNormal("group_offset", dims=("contrasts", "groups"))
        mu += group_spread * offset
    basis = contrast_basis(contrasts + 1)
    mu = pt.dot(basis, unit * mu)
    factor = pt.dot(basis, spread * _shape(contrasts, priors["shape_df"]))
    pm.Deterministic("mu", mu.T, dims=("groups", "values"))
    pm.Deterministic("factor", factor, dims=("values", "contrasts"))
    return mu, factor


def _shape(contrasts: int, extra: float) -> TensorVariable:
    """Build the triangular factor of a Wishart matrix with mean I (Bartlett 1933)."""
    df = contrasts + 1 + extra
    square = pm.ChiSquared("shape_diagonal", df - np.arange(contrasts), dims="contrasts")
    below = pm.Normal("shape_below", shape=contrasts * (contrasts - 1) // 2)
    triangle = pt.diag(pt.sqrt(square))
    triangle = triangle[np.tril_indices(contrasts, -1)].set(below)
    return triangle / np.sqrt(df)


def _integrated_picks(
    data: ModelData, mu: TensorVariable, factor: TensorVariable
) -> TensorVariable:
    """Log-likelihood of single picks with persons integrated out over fixed nodes."""
    groups, contrasts = len(data.groups), len(data.values) - 1
    nodes = pt.dot(factor, normal_nodes(contrasts))  # (K, M)
    v = (mu[:, :, None] + nodes[:, None, :]).reshape((contrasts + 1, -1))  # (K, groups × M)
    w = pt.exp(v)
    total = pt.zeros(())
    for offer in offers(data):
        sets = pt.concatenate(set_probabilities(w, offer))
        share = sets.reshape((offer.outcomes, groups, -1)).mean(axis=2)
        total += (offer.counts(data.group, groups) * pt.log(share)).sum()
    return total


def _tradeoffs(data: ModelData, v: TensorVariable, priors: Mapping[str, float]) -> None:
    """Best–worst, rankings and picks on s_i v_i; s_i = 1 unless a repeated task tells it."""
    persons = len(data.respondents)
    if data.best_worst is not None and has_repeats(data.best_worst):
        sd = pm.HalfNormal("consistency_sd", priors["consistency"])
        v = v * pt.exp(sd * pm.Normal("log_consistency", dims="respondents"))
    single = stages(data.best_worst, data.rankings, persons=persons, values=len(data.values))
    if single is not None:
        arrays = [pm.Data(n, getattr(single, n)) for n in ("net", "best_sets", "worst_sets")]
        pm.Potential("choices", choice_stages(v, *arrays).sum())
    if data.picks is not None:
        sets = picked_sets(data.picks, persons=persons)
        arrays = [pm.Data(n, getattr(sets, n)) for n in ("chosen", "unchosen", "size")]
        pm.Potential("picks", pick_sets(v, *arrays, largest=len(sets.size)).sum())


def _ratings(
    data: ModelData, v: TensorVariable, member: TensorVariable, priors: Mapping[str, float]
) -> None:
    """Ordered logit on λ_gk v_ik + δ_i."""
    assert data.ratings is not None
    grid = rating_grid(data.ratings, persons=len(data.respondents), values=len(data.values))
    loading, style = _rating_groups(data, priors)
    style_spread = pm.HalfNormal("style_spread", priors["style"])
    person_style = pt.dot(style, member) + style_spread * pm.Normal("style", dims="respondents")
    cuts = len(data.ratings.levels) - 1
    thresholds = pm.Normal(
        "thresholds",
        0,
        priors["threshold"],
        shape=cuts,
        transform=pm.distributions.transforms.ordered,
        initval=np.arange(cuts) - (cuts - 1) / 2,
    )
    eta = pt.dot(loading, member) * v + person_style
    arrays = [pm.Data(n, getattr(grid, n)) for n in ("at_level", "counts")]
    pm.Potential("ratings", ordered_logit(eta, thresholds, *arrays))


def _rating_groups(
    data: ModelData, priors: Mapping[str, float]
) -> tuple[TensorVariable, TensorVariable]:
    """Build loadings (values, groups) and mean response styles (groups,)."""
    log_loading = pm.ZeroSumNormal("log_loading", priors["loading"], dims="values")[:, None]
    if data.has_tradeoffs:
        log_loading += pm.Normal("log_slope", 0, priors["slope"])
    if len(data.groups) == 1:
        return pt.exp(log_loading), pt.zeros(1)
    departure_sd = pm.HalfNormal("invariance_sd", priors["invariance"])
    departure = pm.ZeroSumNormal("departure", dims=("values", "groups"), n_zerosum_axes=2)
    stretch = pm.ZeroSumNormal("stretch", priors["stretch"], dims="groups")
    style = pm.ZeroSumNormal("group_style", priors["style"], dims="groups")
    loading = pt.exp(log_loading + departure_sd * departure + stretch)
    pm.Deterministic("loading", loading.T, dims=("groups", "values"))
    return loading, style
