"""Whether people accept interventions: expectancy–value with signals and a group residual.

``η_ix = α_x + β e_ix + Σ_q γ_q s_ixq + τ_gx + u_i``, an ordered logit, where
``e_ix = K Σ_k w_ik m_ixk`` is the value that person i expects of intervention x. Where outcomes
were not asked, the reduced form puts ``a_cx + Σ_k b_kx v_ik`` in the place of ``β e_ix``. Under
consequences that everybody was told to suppose it is ``α'_x + Σ_q γ_q s_ixq + τ'_gx + u_i``: of
what a proposal signals nobody was told otherwise. α' and τ', with a spread of their own, leave open
how far groups lie apart there; what signals do within groups tells γ as it does elsewhere.

e and s are latent: the values, worldviews and expectations models give each person's mean and
variance of them within each worldview, without a look at responses (:class:`Index`). The noise in
what was measured is integrated out: a logistic answer to a normal index of variance V is a
logistic answer to its mean, shrunk by ``√(1 + κ² V)`` (MacKay 1992). Worldviews, which a person
holds for all interventions alike, and the person's own part u are summed out over a person's
answers together. Plausible values in place of this would attenuate β (method, section 3).

How much of what a rating deviates from the person's worldview and group is the person and how much
the answer's noise, single ratings do not tell. The share ρ is a parameter here: support follows
ratings within worldviews and groups ρ times as steeply as it follows worldviews and groups.

Distances between thresholds vary between interventions around common ones, and between groups:
where some divide people more than others, or one group keeps to the middle of a scale more than
another, common thresholds would misstate how many accept.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Index, ModelData, Responses
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.likelihoods.logistic import NOISE, SHRINKAGE
from mfp_stats.likelihoods.ordinal import anchored_cutpoints, standard_normal_nodes
from mfp_stats.likelihoods.pooling import partly_centred
from mfp_stats.likelihoods.response_slots import ResponseSlots, response_slots

PRIORS: Final = {
    "intercept": Prior(1.5, "sd of interventions' intercepts, in logits"),
    "expected": Prior(0.7, "sd of the weight β of the expected value"),
    "signal": Prior(0.7, "sd of the weights γ of signals"),
    "deviation": Prior(1.0, "median of the sd σ of a person's own expectations, in logits"),
    "deviation_log_sd": Prior(0.7, "sd of the log of that sd"),
    "class": Prior(0.5, "reduced form: median of the sd of worldviews' effects, in logits"),
    "value": Prior(0.3, "reduced form: median of the sd of the values' effects"),
    "effect_log_sd": Prior(0.7, "reduced form: sd of the logs of those sds"),
    "residual": Prior(0.3, "median of the sd of group residuals τ, in logits"),
    "residual_log_sd": Prior(0.7, "sd of the log of that sd"),
    "person": Prior(0.7, "median of the sd of persons' own part u, in logits"),
    "person_log_sd": Prior(0.5, "sd of the log of that sd"),
    "gap": Prior(1.0, "median distance of neighbouring thresholds, in logits"),
    "gap_log_sd": Prior(0.7, "sd of the log of that distance"),
    "gap_apart": Prior(0.2, "median of the sd of its log between interventions"),
    "gap_apart_log_sd": Prior(0.7, "sd of the log of that sd, and of the next"),
    "gap_group": Prior(0.1, "median of the sd of its log between groups"),
}

#: Quadrature nodes for a person's own part.
PERSON_NODES: Final = 5
#: Cells, of each at most about e^50 in a chain gone astray, that a number has room to multiply.
TOGETHER: Final = 8
#: How far one answer leaves a logit open, as an sd 1 / √(p (1 − p)), where one in eight accepts.
LOGIT_SD: Final = 3.0
#: Values that hardly differ between people are taken to differ by this much.
LEAST_APART: Final = 0.1


@model(title="Responses to interventions", needs=("responses", "index"), priors=PRIORS)
def responses(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the response model. Free variables are normal, on the whole line.

    Named results: ``intercept`` (offers), ``residual`` (groups, offers), ``cutpoints`` (groups,
    interventions, levels − 1), ``person_sd``; in the full form ``expected_weight``; in the reduced
    form ``class_effect`` (classes, offers) and ``value_effect`` (values, offers); ``signal_weight``
    (signals); where ratings count ``deviation_share``, ρ.
    Offers are the interventions, then the same under stipulated consequences where asked.
    """
    given, index = data.responses, data.index
    assert given is not None and index is not None
    slots = response_slots(given)
    offers = len(slots.offer)
    with pm.Model(coords={"groups": data.groups, "offers": np.arange(offers)}) as built:
        moments = {name: pm.Data(name, array) for name, array in slots.moments(index).items()}
        mean, variance, at_average = pt.zeros(()), pt.zeros(()), pt.zeros(offers)
        if index.reduced:
            mean, variance, at_average = _reduced(index, slots, moments, priors)  # (C, A, N)
        # Sampled at the average person, where it does not depend on the effects.
        intercept = pm.Normal("centred_intercept", at_average, priors["intercept"], dims="offers")
        intercept -= at_average
        if not index.reduced or index.signal.shape[3]:
            rated_mean, rated_variance, at_centre = _rated(index, slots, moments, priors)
            mean, variance = mean + rated_mean, variance + rated_variance
            intercept = intercept - at_centre
        intercept = pm.Deterministic("intercept", intercept, dims="offers")
        fixed = intercept + _residuals(data, offers, priors)  # (G, offers)
        member = pm.Data("member", np.eye(len(data.groups))[:, data.group])
        place = _at_slots(slots, pt.dot(fixed.T, member))  # (A, N)
        nodes, log_weights = standard_normal_nodes(PERSON_NODES if _repeats(given, slots) else 1)
        own = _person_sd(given, slots, priors) * nodes[len(nodes) // 2 + 1 :]
        cuts = pt.tensordot(_cutpoints(data, slots, priors), member, axes=[[0], [0]])
        terms = _answers(slots, place + mean, variance, own, cuts)
        person = terms + moments["log_membership"] + log_weights[:, None, None]  # (node, C, N)
        pm.Potential("responses", pt.logsumexp(person, axis=(0, 1)).sum())
    return built


def _residuals(data: ModelData, offers: int, priors: Mapping[str, float]) -> TensorVariable:
    """Build group residuals τ (groups, offers), which sum to zero over groups."""
    assert data.responses is not None
    groups = len(data.groups)
    residual = pt.zeros((groups, offers))
    if groups > 1:
        sd = _residual_sd("log_residual_sd", priors) * np.ones(offers)
        if (natural := len(data.responses.interventions)) < offers:
            supposed = _residual_sd("log_stipulated_residual_sd", priors)
            sd = pt.set_subtensor(sd[natural:], supposed)
        contrast = pm.Normal("residual_contrast", shape=(groups - 1, offers))
        residual = sd * pt.dot(zero_sum_basis(groups), contrast)
    return pm.Deterministic("residual", residual, dims=("groups", "offers"))


def _residual_sd(name: str, priors: Mapping[str, float]) -> TensorVariable:
    """Build the sd of residuals; that of the stipulated arm is its own.

    In common, an arm that contradicts the split would be drawn towards it wherever the split leaves
    little to residuals: just there it has to be free.
    """
    return pt.exp(pm.Normal(name, np.log(priors["residual"]), priors["residual_log_sd"]))


def _at_slots(slots: ResponseSlots, by_offer: TensorVariable) -> TensorVariable:
    """Take what a person has for each offer, (offers, N), at the offers answered, (A, N)."""
    return (slots.offer * by_offer[:, None, :]).sum(axis=0)


def _rated(
    index: Index,
    slots: ResponseSlots,
    moments: Mapping[str, TensorVariable],
    priors: Mapping[str, float],
) -> tuple[TensorVariable, TensorVariable, TensorVariable]:
    """Build mean and variance of ``β e + Σ_q γ_q s_q``, (C, A, N); β e in the full form alone.

    Third its value (offers,) for the average of those who answered about an offer: intercepts are
    sampled there, where they do not depend on the weights.
    """
    log_deviation = pm.Normal(
        "log_deviation", np.log(priors["deviation"]), priors["deviation_log_sd"]
    )
    share = pm.Deterministic("deviation_share", pt.sigmoid(2 * log_deviation - np.log(NOISE)))
    mean, variance, at_centre = pt.zeros(()), pt.zeros(()), pt.zeros(())
    if not index.reduced:
        weight = pm.Normal("expected_weight", 0, priors["expected"])
        at_centre += weight * slots.average(index, index.expected[..., 0], stipulated=False)
        mean += weight * _in_powers(share, moments["expected"], 2)
        variance += weight**2 * _in_powers(share, moments["expected_variance"], 3)
    if signals := index.signal.shape[3]:
        weight = pm.Normal("signal_weight", 0, priors["signal"], shape=signals)
        told = _in_powers(share, moments["signal"], 2)  # (Q, C, A, N)
        of_share = _in_powers(share, moments["signal_variance"], 2)
        for q in range(signals):
            mean += weight[q] * told[q]
            variance += weight[q] ** 2 * share * of_share[q]
            average = slots.average(index, index.signal[..., q, 0], stipulated=True)
            at_centre += weight[q] * average
    root = pt.sqrt(1 - share)
    return mean / root, variance / (1 - share), at_centre / root


def _in_powers(share: TensorVariable, coefficients: TensorVariable, n: int) -> TensorVariable:
    """Sum ``n`` coefficients of ρ⁰, ρ¹, … over the first axis."""
    return sum((coefficients[k] * share**k for k in range(1, n)), coefficients[0])


def _reduced(
    index: Index,
    slots: ResponseSlots,
    moments: Mapping[str, TensorVariable],
    priors: Mapping[str, float],
) -> tuple[TensorVariable, TensorVariable, TensorVariable]:
    """Build mean (C, A, N) and variance (1, A, N) of ``a_cx + Σ_k b_kx v_ik``.

    Third its value (offers,) for the average person: 0 under stipulated consequences.
    """
    classes, values = index.log_membership.shape[1], index.value.shape[1]
    natural = slots.offer[: slots.interventions]  # (X, A, N)
    mean = pt.zeros((classes, *natural.shape[1:]))
    variance = pt.zeros((1, *natural.shape[1:]))  # the same in every worldview
    average = pt.zeros(slots.interventions)
    if classes > 1:
        # As if people's worldviews were known and equally frequent.
        effect = _effects("class", classes, np.sqrt(classes), slots, priors)
        mean += pt.tensordot(effect, natural, axes=1)
        average += np.exp(index.log_membership).mean(axis=0) @ effect
    if values > 1:
        apart = np.sqrt(index.value.var(axis=0).mean())
        effect = _effects("value", values, 1 / max(apart, LEAST_APART), slots, priors)
        per_person = pt.dot(effect.T, moments["value"])  # (X, N)
        rows, columns = np.triu_indices(values)
        spread = pt.dot((effect[rows] * effect[columns]).T, moments["value_covariance"])
        mean += (natural * per_person[:, None, :]).sum(axis=0)
        variance = (natural * spread[:, None, :]).sum(axis=0)[None]
        average += index.value.mean(axis=0) @ effect
    supposed = pt.zeros(len(slots.offer) - slots.interventions)
    return mean, variance, pt.concatenate([average, supposed])


def _effects(
    name: str, rows: int, noise: float, slots: ResponseSlots, priors: Mapping[str, float]
) -> TensorVariable:
    """Build effects (rows, interventions) that sum to zero over worldviews, or over values.

    ``noise`` is about how far one answer, known to an sd of 1, would leave an effect open.
    """
    log_sd = pm.Normal(f"log_{name}_effect_sd", np.log(priors[name]), priors["effect_log_sd"])
    answers = max(slots.filled.sum() / slots.interventions, 1.0)
    sd, factor = partly_centred(pt.exp(log_sd), LOGIT_SD * noise / np.sqrt(answers))
    contrast = pm.Normal(f"{name}_contrast", 0, sd, shape=(rows - 1, slots.interventions))
    effect = factor * pt.dot(zero_sum_basis(rows), contrast)
    return pm.Deterministic(f"{name}_effect", effect)


def _repeats(given: Responses, slots: ResponseSlots) -> bool:
    """Whether some people answered about several interventions, each in its own right."""
    return not given.exclusive and bool(slots.filled.sum(axis=0).max() > 1)


def _person_sd(
    given: Responses, slots: ResponseSlots, priors: Mapping[str, float]
) -> TensorVariable:
    """Build the sd of a person's own part; 0 where one answer a person cannot tell it."""
    if not _repeats(given, slots):
        return pm.Deterministic("person_sd", pt.zeros(()))
    log_sd = pm.Normal("log_person_sd", np.log(priors["person"]), priors["person_log_sd"])
    return pm.Deterministic("person_sd", pt.exp(log_sd))


def _cutpoints(
    data: ModelData, slots: ResponseSlots, priors: Mapping[str, float]
) -> TensorVariable:
    """Build cut points around 0, (groups, interventions, levels − 1)."""
    assert data.responses is not None
    groups, levels = len(data.groups), len(data.responses.levels)
    shape = (groups, slots.interventions, levels - 2)
    if levels == 2:
        return pm.Deterministic("cutpoints", pt.zeros((*shape[:2], 1)))
    log_gaps = pm.Normal("log_gaps", np.log(priors["gap"]), priors["gap_log_sd"], shape=shape[2])
    answers = slots.filled.sum() / levels
    if shape[1] > 1:
        sd, factor = _apart("gap", "gap_apart", answers / shape[1], priors)
        log_gaps = log_gaps + factor * pm.Normal("gap_apart", 0, sd, shape=shape[1:])
    log_gaps = pt.broadcast_to(log_gaps, shape)
    if groups > 1:
        sd, factor = _apart("gap_group", "gap_group", answers / groups, priors)
        contrast = pm.Normal("gap_group", 0, sd, shape=(groups - 1, shape[2]))
        log_gaps = log_gaps + (factor * pt.dot(zero_sum_basis(groups), contrast))[:, None, :]
    cuts = anchored_cutpoints(pt.exp(log_gaps), (levels - 1) / 2)
    return pm.Deterministic("cutpoints", cuts)


def _apart(
    name: str, prior: str, in_a_gap: float, priors: Mapping[str, float]
) -> tuple[TensorVariable, TensorVariable]:
    """Return the coordinates of deviations of log distances, which so many answers tell each."""
    log_sd = pm.Normal(f"log_{name}_sd", np.log(priors[prior]), priors["gap_apart_log_sd"])
    return partly_centred(pt.exp(log_sd), 1 / np.sqrt(max(in_a_gap, 1.0)))


def _answers(
    slots: ResponseSlots,
    mean: TensorVariable,
    variance: TensorVariable,
    own: TensorVariable,
    cuts: TensorVariable,
) -> TensorVariable:
    """Log-probability of a person's answers given own part and worldview, (nodes, C, N).

    ``own`` are the nodes of the person's own part above 0; as many lie below, and one at 0.
    ``cuts`` (interventions, levels − 1, N) are those of the person's group.

    ``P = σ(u − η) σ(η − l) (1 − e^{l − u})`` between cut points l and u: one exponential and one
    logarithm a cell, of which there are persons × answers × worldviews × nodes, would be enough.
    Nodes lie on both sides of 0 alike, and answers are multiplied before their logarithm is
    taken, so that it is two exponentials in five and one logarithm in ``TOGETHER``.
    """
    shrink = 1 / pt.sqrt(1 + SHRINKAGE * variance)  # (C, A, N) or (1, A, N)
    has_above, has_below = slots.under.sum(axis=0), slots.over.sum(axis=0)  # (A, N)
    at_slots = (slots.asked[:, None] * cuts[:, :, None, :]).sum(axis=0)  # (L − 1, A, N)
    above = (slots.under * at_slots).sum(axis=0)
    below = (slots.over * at_slots).sum(axis=0)
    upper = has_above * pt.exp(-above * shrink)
    lower = has_below * pt.exp(below * shrink)
    size = pt.exp(shrink * mean)  # (C, A, N)
    away = [pt.exp(shrink * own[k]) for k in range(own.type.shape[0] or 0)]
    sizes = [*(size / step for step in reversed(away)), size, *(size * step for step in away)]
    cells = [(1 + upper * each) * (1 + lower / each) for each in sizes]
    logs = pt.stack([_log_product(each, len(slots.filled)) for each in cells])
    both = has_above * has_below
    # A gap of 1 stands in where there is none, and is masked.
    gap = pt.where(both > 0, above - below, 1.0) * shrink
    return (both * pt.log1mexp(-gap)).sum(axis=1) - logs


def _log_product(cells: TensorVariable, slots: int) -> TensorVariable:
    """Sum the logarithms of cells (C, A, N) over slots."""
    found = pt.zeros(())
    for first in range(0, slots, TOGETHER):
        product = cells[:, first]
        for a in range(first + 1, min(first + TOGETHER, slots)):
            product *= cells[:, a]
        found += pt.log(product)
    return found
