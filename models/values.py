"""What people hold important: one vector of values a person, pooled within stakeholder groups.

``v_i ~ Normal(μ_g(i), Σ)`` with ``Σ_k v_ik = 0``. Means and covariance live in the K − 1
coordinates of an orthonormal contrast basis, under priors that no rotation changes: no value is
privileged, and permuting values or groups permutes results.

Trade-offs are logit choices on ``s_i v_i``; ratings are ordered logits on
``λ_gk v_ik + δ_i`` with thresholds common to all values.

Persons are sampled where they answered several trade-offs. Where one pick, or one rating of each
value, is all that they gave, they are integrated out, and drawn afterwards by
:func:`mfp_stats.quantities.persons.person_values`. Single ratings cannot tell the covariance of
values from response style and slips: with nothing but ratings, deviations from the group are
independent over values before they are centred. Persons drawn given their answers still show
the correlation that is in the answers.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.answer_patterns import group_patterns
from mfp_stats.likelihoods.choice import choice_stages, has_repeats, pick_sets, picked_sets, stages
from mfp_stats.likelihoods.contrasts import contrast_basis
from mfp_stats.likelihoods.ordinal import (
    level_log_probabilities,
    ordered_logit,
    rating_grid,
    standard_normal_nodes,
)
from mfp_stats.likelihoods.subsets import is_integrable, normal_nodes, offers, set_probabilities

PRIORS: Final = {
    "mean": Prior(1.0, "sd of the overall mean of a value contrast, in units of one answer"),
    "group": Prior(0.5, "scale of the half-normal sd of group deviations, in units of one answer"),
    "person": Prior(1.0, "median of the spread of persons in a group, in logits"),
    "person_log_sd": Prior(0.5, "sd of the log of that spread"),
    "person_values": Prior(0.2, "sd over values of its log, in a survey of ratings alone"),
    "shape_df": Prior(4.0, "degrees of freedom beyond K that pull Σ towards equal spread"),
    "consistency": Prior(0.3, "scale of the half-normal sd of log choice consistency"),
    "slope": Prior(0.5, "sd of the log of the ratings' overall slope, where trade-offs set v"),
    "loading": Prior(0.3, "sd of log loadings over values"),
    "invariance": Prior(0.2, "scale of the half-normal sd of a group's log loadings around them"),
    "stretch": Prior(0.3, "sd over groups of the log of how far they use the ends of the scale"),
    "style": Prior(1.0, "scale of response style, over groups and persons, in units of one answer"),
    "threshold": Prior(2.0, "sd of the rating scale's thresholds, in units of one answer"),
}

#: Variance of a standard normal deviation of a person in units of the logit noise of an answer:
#: a choice compares two values with a Gumbel noise each, a rating has one logistic noise.
CHOICE_UNIT: Final = 6 / np.pi**2
RATING_UNIT: Final = 3 / np.pi**2

#: Quadrature nodes for a person's response style.
STYLE_NODES: Final = 21


@model(title="Values", needs=("tradeoffs or ratings",), priors=PRIORS)
def values(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the values model with whichever of trade-offs and ratings the survey has.

    Named results: ``mu`` (groups, values) group means; ``v`` (respondents, values) where persons
    are sampled; ``factor`` (values, contrasts) with ``Σ = factor factorᵀ``. With ratings:
    ``loading`` (groups, values), ``thresholds``, ``group_style``, ``style_spread``; with ratings
    alone also ``position`` (groups, values), mean positions on the rating scale, and
    ``deviation`` (values), sds of persons' deviations.
    """
    with pm.Model(coords=_coords(data)) as built:
        spread = pm.LogNormal("person_spread", np.log(priors["person"]), priors["person_log_sd"])
        # Answers fix means, thresholds and styles only relative to the sd of an answer, persons'
        # spread and logit noise together: in that unit they hardly correlate with the spread.
        unit = pt.sqrt(1 + (CHOICE_UNIT if data.has_tradeoffs else RATING_UNIT) * spread**2)
        if not data.has_tradeoffs:
            _integrated_ratings(data, spread, unit, priors)
            return built
        mu = _group_means(data, unit, priors)
        pm.Deterministic("mu", mu.T, dims=("groups", "values"))
        factor = _covariance_factor(data, spread, priors)
        if is_integrable(data):
            _integrated_picks(data, mu, factor)
            return built
        member = pm.Data("member", _membership(data), dims=("groups", "respondents"))
        z = pm.Normal("z", dims=("contrasts", "respondents"))
        v = pt.dot(mu, member) + pt.dot(factor, z)  # (K, N)
        pm.Deterministic("v", v.T, dims=("respondents", "values"))
        _tradeoffs(data, v, priors)
        if data.ratings is not None:
            _ratings(data, v, member, unit, priors)
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


def _group_means(
    data: ModelData, unit: TensorVariable, priors: Mapping[str, float]
) -> TensorVariable:
    """Build group means (values, groups); deviations of groups sum to zero."""
    mean = pm.Normal("mean", 0, priors["mean"], dims="contrasts")
    mu = mean[:, None] * np.ones(len(data.groups))
    if len(data.groups) > 1:
        group_spread = pm.HalfNormal("group_spread", priors["group"])
        offset = pm.ZeroSumNormal("group_offset", dims=("contrasts", "groups"))
        mu += group_spread * offset
    return pt.dot(contrast_basis(len(data.values)), unit * mu)


def _covariance_factor(
    data: ModelData, spread: TensorVariable, priors: Mapping[str, float]
) -> TensorVariable:
    """Build a factor (values, contrasts) of Σ = spread² × Wishart of mean I (Bartlett 1933)."""
    contrasts = len(data.values) - 1
    df = contrasts + 1 + priors["shape_df"]
    square = pm.ChiSquared("shape_diagonal", df - np.arange(contrasts), dims="contrasts")
    below = pm.Normal("shape_below", shape=contrasts * (contrasts - 1) // 2)
    triangle = pt.diag(pt.sqrt(square))[np.tril_indices(contrasts, -1)].set(below)
    factor = pt.dot(contrast_basis(contrasts + 1), spread / np.sqrt(df) * triangle)
    return pm.Deterministic("factor", factor, dims=("values", "contrasts"))


def _integrated_picks(data: ModelData, mu: TensorVariable, factor: TensorVariable) -> None:
    """Single picks, persons integrated out over fixed nodes."""
    groups, contrasts = len(data.groups), len(data.values) - 1
    nodes = pt.dot(factor, normal_nodes(contrasts))  # (K, M)
    v = (mu[:, :, None] + nodes[:, None, :]).reshape((contrasts + 1, -1))  # (K, groups × M)
    w = pt.exp(v)
    for number, offer in enumerate(offers(data)):
        sets = pt.concatenate(set_probabilities(w, offer))
        share = sets.reshape((offer.outcomes, groups, -1)).mean(axis=2)
        counts = pm.Data(f"picks_{number}", offer.counts(data.group, groups))
        pm.Potential(f"offer_{number}", (counts * pt.log(share)).sum())


def _integrated_ratings(
    data: ModelData, spread: TensorVariable, unit: TensorVariable, priors: Mapping[str, float]
) -> None:
    """Ratings, persons' deviations and response styles integrated out by quadrature.

    The mean positions ``λ_gk μ_gk`` on the rating scale are sampled, as the data fix them; ``μ``
    follows from them and the loadings.
    """
    log_loading, uneven = _loadings_and_unevenness(priors)
    deviation = pm.Deterministic("deviation", spread * pt.exp(uneven), dims="values")
    pm.Deterministic(
        "factor", _centred_factor(deviation, len(data.values)), dims=("values", "contrasts")
    )
    loading, style, style_spread = _rating_groups(data, log_loading, unit, priors)
    position = _group_means(data, unit, priors)  # (K, G)
    centre = (position / loading).sum(axis=0) / (1 / loading).sum(axis=0)
    pm.Deterministic("mu", ((position - centre) / loading).T, dims=("groups", "values"))
    styles = style[:, None] + style_spread * standard_normal_nodes(STYLE_NODES)[0]  # (G, Q)
    table = level_log_probabilities(
        position[:, :, None] + styles,
        (loading * deviation[:, None])[:, :, None],
        _thresholds(data, unit, priors),
    )
    pm.Deterministic("position", position.T, dims=("groups", "values"))
    _rated_patterns(data, table)


def _centred_factor(deviation: TensorVariable, values: int) -> TensorVariable:
    """Factor (values, contrasts) of Σ of independent deviations after centring over values."""
    basis = contrast_basis(values)
    half = basis * deviation[:, None]  # (K, K - 1)
    return pt.dot(basis, pt.linalg.cholesky(pt.dot(half.T, half)))


def _loadings_and_unevenness(
    priors: Mapping[str, float],
) -> tuple[TensorVariable, TensorVariable]:
    """Build log loadings and log uneven spread over values, (K,) each, independent a priori.

    Without trade-offs ratings tell little but their sum, so the sum is what is sampled.
    """
    loading, uneven = priors["loading"], priors["person_values"]
    total = np.hypot(loading, uneven)
    both = pm.ZeroSumNormal("log_rated_spread", total, dims="values")
    rest = pm.ZeroSumNormal("log_loading_rest", loading * uneven / total, dims="values")
    log_loading = (loading / total) ** 2 * both + rest
    return log_loading, both - log_loading


def _rated_patterns(data: ModelData, table: TensorVariable) -> None:
    """Likelihood of the answer patterns; ``table`` (K, G, Q, L) holds log-probabilities."""
    log_weights = standard_normal_nodes(STYLE_NODES)[1]
    for g, patterns in enumerate(group_patterns(data)):
        cells = table[:, g].transpose((0, 2, 1)).reshape((-1, STYLE_NODES))  # (K × L, Q)
        given = pt.dot(pm.Data(f"given_{g}", patterns.given), cells)  # (P, Q)
        persons = pm.Data(f"persons_{g}", patterns.persons)
        marginal = pt.logsumexp(given + log_weights, axis=1)
        pm.Potential(f"ratings_{g}", (persons * marginal).sum())


def _tradeoffs(data: ModelData, v: TensorVariable, priors: Mapping[str, float]) -> None:
    """Best–worst, rankings and picks on s_i v_i; s_i = 1 unless a repeated task tells it."""
    persons = len(data.respondents)
    if data.best_worst is not None and has_repeats(data.best_worst):
        sd = pm.HalfNormal("consistency_sd", priors["consistency"])
        v = v * pt.exp(sd * pm.Normal("log_consistency", dims="respondents"))
    single = stages(data.best_worst, data.rankings, persons=persons, values=len(data.values))
    if single is not None:
        arrays = [pm.Data(name, array) for name, array in single.arrays().items()]
        pm.Potential("choices", choice_stages(v, *arrays).sum())
    if data.picks is not None:
        sets = picked_sets(data.picks, persons=persons)
        arrays = [pm.Data(n, getattr(sets, n)) for n in ("chosen", "unchosen", "size")]
        pm.Potential("picks", pick_sets(v, *arrays, largest=len(sets.size)).sum())


def _ratings(
    data: ModelData,
    v: TensorVariable,
    member: TensorVariable,
    unit: TensorVariable,
    priors: Mapping[str, float],
) -> None:
    """Ratings of sampled persons: ordered logit on λ_gk v_ik + δ_i."""
    assert data.ratings is not None
    grid = rating_grid(data.ratings, persons=len(data.respondents), values=len(data.values))
    log_loading = pm.ZeroSumNormal("log_loading", priors["loading"], dims="values")
    log_loading += pm.Normal("log_slope", 0, priors["slope"])
    loading, style, style_spread = _rating_groups(data, log_loading, unit, priors)
    person_style = pt.dot(style, member) + style_spread * pm.Normal("style", dims="respondents")
    eta = pt.dot(loading, member) * v + person_style
    arrays = [pm.Data(n, getattr(grid, n)) for n in ("at_level", "counts")]
    pm.Potential("ratings", ordered_logit(eta, _thresholds(data, unit, priors), *arrays))


def _thresholds(
    data: ModelData, unit: TensorVariable, priors: Mapping[str, float]
) -> TensorVariable:
    assert data.ratings is not None
    cuts = len(data.ratings.levels) - 1
    scaled = pm.Normal(
        "scaled_thresholds",
        0,
        priors["threshold"],
        shape=cuts,
        transform=pm.distributions.transforms.ordered,
        initval=np.arange(cuts) - (cuts - 1) / 2,
    )
    return pm.Deterministic("thresholds", unit * scaled)


def _rating_groups(
    data: ModelData,
    log_loading: TensorVariable,
    unit: TensorVariable,
    priors: Mapping[str, float],
) -> tuple[TensorVariable, TensorVariable, TensorVariable]:
    """Build loadings (values, groups), groups' mean styles (groups,) and persons' style sd."""
    groups = len(data.groups)
    log_loading = log_loading[:, None] + np.zeros(groups)
    style = pt.zeros(groups)
    if groups > 1:
        departure_sd = pm.HalfNormal("invariance_sd", priors["invariance"])
        departure = pm.ZeroSumNormal("departure", dims=("values", "groups"), n_zerosum_axes=2)
        stretch = pm.ZeroSumNormal("stretch", priors["stretch"], dims="groups")
        log_loading += departure_sd * departure + stretch
        style = unit * pm.ZeroSumNormal("style_offset", priors["style"], dims="groups")
    loading = pt.exp(log_loading)
    pm.Deterministic("loading", loading.T, dims=("groups", "values"))
    pm.Deterministic("group_style", style, dims="groups")
    style_spread = unit * pm.HalfNormal("scaled_style_spread", priors["style"])
    return loading, style, pm.Deterministic("style_spread", style_spread)
