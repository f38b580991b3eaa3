"""What people hold important: one vector of values per person, pooled within stakeholder groups.

``v_i ~ Normal(μ_g(i), Σ)`` with ``Σ_k v_ik = 0``. All of it is built in the K − 1 coordinates of
an orthonormal contrast basis; the priors do not change when these coordinates are rotated, so no
value is privileged and permuting values permutes results.

Evidence, whichever the survey has: best–worst tasks and rankings (logit stages), pick-k (the set
of an exploded logit's first k), importance ratings (ordered logit with common thresholds, each
person's response style, and loadings that are about the same in every group). Where a single
pick-k answer is all that a person gave, people are summed out over fixed nodes; otherwise each
person's values are sampled.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.fitting import Prior, model
from mfp_stats.likelihoods.choice import choice_stages, pick_sets, picked_sets, stages
from mfp_stats.likelihoods.ordinal import ordered_logit, rating_grid
from mfp_stats.likelihoods.population import answers_once, contrasts, normal_nodes, pick_patterns

PRIORS: Final = {
    "mean_sd": Prior(1.5, "overall importance of a value against the others, sd in logits"),
    "group_sd": Prior(0.5, "groups' deviations from it: half-normal scale, in logits"),
    "spread_median": Prior(1.0, "typical sd between people of a group, in logits ..."),
    "spread_log_sd": Prior(0.5, "... and its uncertainty on the log scale"),
    "spread_freedom": Prior(3.0, "how even the spread is over values; larger is more even"),
    "threshold_sd": Prior(3.0, "thresholds of the rating scale, sd in logits"),
    "loading_sd": Prior(0.3, "how differently ratings follow the values, sd of log loadings"),
    "invariance_sd": Prior(0.2, "the same between groups: half-normal scale of log loadings"),
    "style_sd": Prior(1.0, "how high people rate everything: sd between and within groups, logits"),
}

#: Nodes that people are summed out over where each gave a single answer.
NODES: Final = 256


@model(title="Values", needs=("tradeoffs or ratings",), priors=PRIORS)
def values(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the model for the trade-offs, the ratings or both that ``data`` holds.

    Deterministics: ``mu`` (groups, values), the groups' means; ``spread`` (values, contrasts), a
    root of Σ, so that Σ = spread spreadᵀ; ``v`` (respondents, values) where people are sampled.
    """
    basis = contrasts(len(data.values))  # (K, K-1)
    coords = {
        "respondents": data.respondents,
        "groups": data.groups,
        "values": data.values,
        "contrasts": np.arange(1, basis.shape[1] + 1),
    }
    with pm.Model(coords=coords) as built:
        scale = pm.LogNormal("scale", np.log(priors["spread_median"]), priors["spread_log_sd"])
        root = _spread(basis.shape[1], scale, priors["spread_freedom"])  # (K-1, K-1)
        mu = _group_means(data, scale, priors)  # (K-1, G)
        pm.Deterministic("mu", pt.dot(basis, mu).T, dims=("groups", "values"))
        pm.Deterministic("spread", pt.dot(basis, root), dims=("values", "contrasts"))
        if answers_once(data):
            _single_picks(data, pt.dot(basis, mu), pt.dot(basis, root))
        else:
            v = _people(data, basis, mu, root)  # (K, N)
            _tradeoffs(data, v)
            _ratings(data, v, priors)
    return built


def _spread(contrasts: int, scale: TensorVariable, freedom: float) -> TensorVariable:
    """Return a root of Σ: ``scale² × Wishart / freedom``, by Bartlett's decomposition."""
    freedom = contrasts + freedom
    squared = pm.ChiSquared("root_diagonal", freedom - np.arange(contrasts), dims="contrasts")
    root = pt.diag(pt.sqrt(squared))
    if contrasts > 1:
        below = pm.Normal("root_below", 0, 1, shape=contrasts * (contrasts - 1) // 2)
        root = pt.set_subtensor(root[np.tril_indices(contrasts, -1)], below)
    return scale / np.sqrt(freedom) * root


def _group_means(
    data: ModelData, scale: TensorVariable, priors: Mapping[str, float]
) -> TensorVariable:
    """Return the groups' means, (K-1, G): overall plus deviations that sum to zero over groups.

    Choices tell a mean relative to the spread between people, so that both are sampled on the
    scale of choices; 0.6 ≈ 6 / π² is the squared ratio of a logistic's to a normal's unit.
    """
    unit = pt.sqrt(1 + 0.6 * scale**2)
    mean = pm.Normal("mean", 0, priors["mean_sd"], dims="contrasts")[:, None]
    if len(data.groups) == 1:
        return unit * mean
    between = pm.HalfNormal("between_groups", priors["group_sd"])
    apart = pm.ZeroSumNormal("apart", 1, dims=("contrasts", "groups"))
    return unit * (mean + between * apart)


def _single_picks(data: ModelData, mu: TensorVariable, spread: TensorVariable) -> None:
    """Add the likelihood of single pick-k answers, people summed out."""
    patterns = pick_patterns(data)
    nodes = normal_nodes(len(data.values) - 1, NODES)  # (K-1, Q)
    # (K, P, Q), people last as the likelihood wants them
    u = mu[:, patterns.group][:, :, None] + pt.dot(spread, nodes)[:, None, :]
    cells = len(patterns.group) * NODES
    given = pick_sets(
        u.reshape((len(data.values), cells)),
        pt.as_tensor(np.repeat(patterns.chosen, NODES, axis=2)[:, None]),
        pt.as_tensor(np.repeat(patterns.unchosen, NODES, axis=1)[None]),
        pt.as_tensor(np.repeat(patterns.size, NODES, axis=1)[:, None]),
        largest=len(patterns.size),
    )
    each = pt.logsumexp(given.reshape((len(patterns.group), NODES)), axis=1) - np.log(NODES)
    pm.Potential("picks", (each * patterns.people).sum())


def _people(
    data: ModelData, basis: np.ndarray, mu: TensorVariable, root: TensorVariable
) -> TensorVariable:
    """Return everybody's values, (K, N)."""
    member = (np.arange(len(data.groups))[:, None] == data.group).astype(float)  # (G, N)
    of_group = pm.Data("member", member, dims=("groups", "respondents"))
    own = pm.Normal("own", 0, 1, dims=("contrasts", "respondents"))
    v = pt.dot(basis, pt.dot(mu, of_group) + pt.dot(root, own))
    pm.Deterministic("v", v.T, dims=("respondents", "values"))
    return v


def _tradeoffs(data: ModelData, v: TensorVariable) -> None:
    """Add the likelihoods of best–worst tasks, rankings and picks."""
    people, count = len(data.respondents), len(data.values)
    chosen = stages(data.best_worst, data.rankings, persons=people, values=count)
    if chosen is not None:
        net = pm.Data("net", chosen.net)
        best, worst = pm.Data("best_sets", chosen.best_sets), pm.Data("worst", chosen.worst_sets)
        pm.Potential("stages", choice_stages(v, net, best, worst).sum())
    if data.picks is not None:
        sets = picked_sets(data.picks, persons=people)
        masks = (pm.Data("chosen", sets.chosen), pm.Data("unchosen", sets.unchosen))
        size = pm.Data("size", sets.size)
        pm.Potential("picks", pick_sets(v, *masks, size, largest=len(sets.size)).sum())


def _ratings(data: ModelData, v: TensorVariable, priors: Mapping[str, float]) -> None:
    """Add the likelihood of importance ratings: η = λ_gk v_ik + δ_i."""
    if data.ratings is None:
        return
    people, groups = len(data.respondents), len(data.groups)
    grid = rating_grid(data.ratings, persons=people, values=len(data.values))
    cuts = len(data.ratings.levels) - 1
    thresholds = pm.Normal(
        "thresholds",
        0,
        priors["threshold_sd"],
        shape=cuts,
        transform=pm.distributions.transforms.ordered,
        initval=np.linspace(-2, 2, cuts) if cuts > 1 else np.zeros(1),
    )
    log_loading = pm.ZeroSumNormal("log_loading", priors["loading_sd"], dims="values")
    loading = pt.exp(log_loading)[:, None]  # (K, 1)
    within = pm.HalfNormal("style_within", priors["style_sd"])
    style = within * pm.Normal("own_style", 0, 1, dims="respondents")  # (N,)
    if groups > 1:
        apart = pm.ZeroSumNormal("loading_apart", 1, dims=("values", "groups"), n_zerosum_axes=2)
        invariance = pm.HalfNormal("sigma_invariance", priors["invariance_sd"])
        loading = pt.exp(log_loading[:, None] + invariance * apart)[:, data.group]
        style = (
            style + pm.ZeroSumNormal("group_style", priors["style_sd"], dims="groups")[data.group]
        )
    eta = loading * v + style  # (K, N)
    at_level, counts = pm.Data("at_level", grid.at_level), pm.Data("counts", grid.counts)
    pm.Potential("ratings", ordered_logit(eta, thresholds, at_level, counts))
