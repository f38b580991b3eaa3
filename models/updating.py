"""Whether information reaches beliefs, by worldview and by trust in its source.

Person i of worldview c, group g and trust s answers question j by an ordered logit (McCullagh 1980)
on ``θ_jcgs + u_i``, and on ``θ_jcgs + d_j (κ_cs + ε_j) + u_i`` where they were told something that
speaks for more (d_j = 1) or less (d_j = −1) of what j measures. κ, the response to the information
in logits, is pooled partially over worldviews and apart by trust; ε_j, by which single questions
respond more or less, sums to zero. Support of proposals responds by a κ of its own, and what was
answered in a later wave by yet another one, so that nothing is assumed of whether a response to
information carries into support or lasts.

Which worldview a person holds is known through beliefs that the information does not speak for, and
is summed out: people who were told are compared with people of the same mind who were not. How
common a worldview is may differ between people who trust the source and people who do not.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import ModelData, Told
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods.categories import one_hot, zero_sum_basis
from mfp_stats.likelihoods.ordinal import anchored_cutpoints, log_levels, standard_normal_nodes

PRIORS: Final = {
    "response": Prior(0.5, "sd of the mean response κ to information, in logits"),
    "trust": Prior(0.5, "sd of the difference that trust in the source makes to it"),
    "share": Prior(0.7, "sd of what trust does to the log-odds of worldviews"),
    "apart": Prior(0.4, "median of the sd of worldviews' κ around it: nearly as much as it"),
    "question": Prior(0.2, "sd of single questions around it"),
    "centre": Prior(1.0, "sd of a question's mean, in logits"),
    "class": Prior(0.6, "median of the sd of worldviews, and people by trust, around it"),
    "group": Prior(0.3, "sd of groups around that"),
    "later": Prior(0.3, "sd of a question's change by the next wave, information aside"),
    "person": Prior(0.6, "median of the sd of persons' own part u"),
    "gap": Prior(0.9, "median distance of neighbouring thresholds"),
    "log_sd": Prior(0.7, "sd of the logs of those sds and distances"),
}

#: Quadrature nodes for a person's own part.
NODES: Final = 7


@model(
    title="Response to information",
    needs=("told", "log_membership", "log_evidence"),
    priors=PRIORS,
)
def updating(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the model. Free variables are normal, on the whole line.

    ``log_membership`` and ``log_evidence`` of the data have a row (P,) of ``told`` each.

    Named results: ``response`` κ (kinds, occasions, strata, classes); ``place`` θ (questions,
    occasions, strata, groups, classes); ``apart`` ε (questions,); ``person_sd`` (kinds,);
    ``cutpoints``, all questions' one after the other; and ``share_apart`` (strata, classes), how
    far the log-odds of worldviews lie from those that the group alone tells.
    """
    told, weights, known = data.told, data.log_membership, data.log_evidence
    assert told is not None and weights is not None and known is not None
    with pm.Model(coords={"groups": data.groups, "classes": np.arange(weights.shape[1])}) as built:
        evidence = pm.Data("log_evidence", known)  # (P, C)
        share = pm.Data("log_membership", weights) - evidence
        apart_by_trust = pm.Deterministic("share_apart", _share_apart(told, weights, priors))
        share = pt.special.log_softmax(share + apart_by_trust[told.stratum], axis=1)
        membership = share + evidence
        response = pm.Deterministic("response", _response(told, weights.shape[1], priors))
        apart = pm.Deterministic("apart", _apart(told, priors))
        place = pm.Deterministic("place", _place(data, told, weights.shape[1], priors))
        cutpoints = _cutpoints(told, priors)
        pm.Deterministic("cutpoints", pt.concatenate(cutpoints))
        log_sd = pm.Normal(
            "log_person_sd", np.log(priors["person"]), priors["log_sd"], shape=len(told.kinds)
        )
        person_sd = pm.Deterministic("person_sd", pt.exp(log_sd) * _repeats(told))
        alike = _alike(data, told)  # (A, n)
        person = membership[np.maximum(alike, 0)]  # (A, n, C)
        for k in range(len(told.kinds)):
            table = _table(told, k, place, response, apart, cutpoints, person_sd)
            given = pm.Data(f"given_{told.kinds[k]}", _given(told, alike, k))
            person += _answers(given, table, alike.shape)
        pm.Potential("answers", (pt.logsumexp(person, axis=2) * (alike >= 0)).sum())
    return built


def _response(told: Told, classes: int, priors: Mapping[str, float]) -> TensorVariable:
    """Build κ (kinds, occasions, strata, classes)."""
    kinds, occasions, strata = len(told.kinds), len(told.occasions), len(told.strata)
    shape = (kinds, occasions, strata, classes)
    mean = pm.Normal("mean_response", 0, priors["response"], shape=(kinds, occasions))
    response = mean[:, :, None, None] + pt.zeros(shape)
    if strata > 1:
        trust = pm.Normal("trust_response", 0, priors["trust"], shape=(kinds, occasions))
        response += trust[:, :, None, None] * np.linspace(-0.5, 0.5, strata)[:, None]
    if classes > 1:
        log_sd = pm.Normal("log_apart_sd", np.log(priors["apart"]), priors["log_sd"])
        contrast = pm.Normal("apart_contrast", shape=(*shape[:-1], classes - 1))
        response += pt.exp(log_sd) * pt.dot(contrast, zero_sum_basis(classes).T)
    return response


def _share_apart(told: Told, weights: np.ndarray, priors: Mapping[str, float]) -> TensorVariable:
    """Build how far worldviews are more common among people of a stratum, (strata, classes)."""
    strata, classes = len(told.strata), weights.shape[1]
    if strata == 1 or classes == 1:
        return pt.zeros((strata, classes))
    contrast = pm.Normal("share_contrast", 0, priors["share"], shape=(classes - 1, strata - 1))
    return pt.dot(zero_sum_basis(strata), pt.dot(zero_sum_basis(classes), contrast).T)


def _apart(told: Told, priors: Mapping[str, float]) -> TensorVariable:
    """Build ε (questions,), which sums to zero over the questions of a kind."""
    parts = []
    for k, kind in enumerate(told.kinds):
        questions = int((told.kind == k).sum())
        part = pt.zeros(questions)
        if questions > 1:
            # Two or three questions do not tell how far questions are apart.
            contrast = pm.Normal(f"{kind}_contrast", 0, priors["question"], shape=questions - 1)
            part = pt.dot(zero_sum_basis(questions), contrast)
        parts.append(part)
    return pt.concatenate(parts)


def _place(
    data: ModelData, told: Told, classes: int, priors: Mapping[str, float]
) -> TensorVariable:
    """Build θ (questions, occasions, strata, groups, classes)."""
    questions, occasions = len(told.cells), len(told.occasions)
    strata, groups = len(told.strata), len(data.groups)
    place = pm.Normal("centre", 0, priors["centre"], shape=questions)[:, None, None, None, None]
    place = place + pt.zeros((questions, occasions, strata, groups, classes))
    if strata * classes > 1:
        log_sd = pm.Normal("log_class_sd", np.log(priors["class"]), priors["log_sd"])
        contrast = pm.Normal("class_contrast", shape=(questions, strata * classes - 1))
        apart = pt.exp(log_sd) * pt.dot(contrast, zero_sum_basis(strata * classes).T)
        place += apart.reshape((questions, 1, strata, 1, classes))
    if groups > 1:
        contrast = pm.Normal("group_contrast", 0, priors["group"], shape=(questions, groups - 1))
        place += pt.dot(contrast, zero_sum_basis(groups).T)[:, None, None, :, None]
    if occasions > 1:
        change = pm.Normal("change", 0, priors["later"], shape=questions)
        place += (change[:, None] * np.array([0.0, 1.0]))[:, :, None, None, None]
    return place


def _cutpoints(told: Told, priors: Mapping[str, float]) -> list[TensorVariable]:
    """Cut points of every question, 0 in the middle of its scale."""
    found = []
    for j, cell in enumerate(told.cells):
        levels = len(cell.levels)
        if levels == 2:
            found.append(pt.zeros(1))
            continue
        log_gaps = pm.Normal(
            f"log_gaps_{j}", np.log(priors["gap"]), priors["log_sd"], shape=levels - 2
        )
        found.append(anchored_cutpoints(pt.exp(log_gaps), (levels - 1) / 2))
    return found


def _repeats(told: Told) -> np.ndarray:
    """Say of each kind (kinds,) whether anybody answered two questions of it at once: 1 or 0."""
    given = told.answers >= 0  # (P, O, J)
    most = [given[:, :, told.kind == k].sum(axis=2).max() for k in range(len(told.kinds))]
    return (np.array(most) > 1).astype(np.float64)


def _alike(data: ModelData, told: Told) -> np.ndarray:
    """Return the rows of people alike in whether they were told, trust and group, (A, n).

    Filled up with −1 to the size of the largest: one product of matrices serves all.
    """
    group = data.group[told.person]
    found = [
        np.flatnonzero((told.told == heard) & (told.stratum == s) & (group == g))
        for heard, s, g in np.ndindex(2, len(told.strata), len(data.groups))
    ]
    alike = np.full((len(found), max(len(rows) for rows in found)), -1, dtype=np.int64)
    for a, rows in enumerate(found):
        alike[a, : len(rows)] = rows
    return alike


def _given(told: Told, alike: np.ndarray, kind: int) -> np.ndarray:
    """Spread the answers of one kind over a column a level, (occasions, A, n, T)."""
    columns = np.flatnonzero(told.kind == kind)
    sizes = np.array([len(told.cells[j].levels) for j in columns], dtype=np.int64)
    answers = np.where((alike >= 0)[..., None, None], told.answers[np.maximum(alike, 0)], -1)
    by_occasion = [answers[:, :, o][..., columns] for o in range(len(told.occasions))]
    return np.stack(
        [
            one_hot(one.reshape(-1, len(columns)), sizes).reshape((*alike.shape, -1))
            for one in by_occasion
        ]
    )


def _table(
    told: Told,
    kind: int,
    place: TensorVariable,
    response: TensorVariable,
    apart: TensorVariable,
    cutpoints: list[TensorVariable],
    person_sd: TensorVariable,
) -> TensorVariable:
    """Log-probability of every answer of a kind, (occasions, 2, S, G, T, nodes, classes)."""
    nodes, _ = standard_normal_nodes(NODES)
    heard = np.array([0.0, 1.0])[:, None, None, None, None]
    parts = []
    for j in np.flatnonzero(told.kind == kind):
        moved = told.cells[j].direction * (response[kind] + apart[j])  # (O, S, C)
        at = place[j] + heard * moved[:, :, None, :]  # (2, O, S, G, C)
        own = at[..., None, :] + person_sd[kind] * nodes[:, None]  # (2, O, S, G, nodes, C)
        levels = log_levels(own, cutpoints[j])  # (…, L)
        parts.append(levels.transpose(1, 0, 2, 3, 6, 4, 5))  # (O, 2, S, G, L, nodes, C)
    return pt.concatenate(parts, axis=4)


def _answers(
    given: TensorVariable, table: TensorVariable, alike: tuple[int, ...]
) -> TensorVariable:
    """Log-likelihood of the answers of one kind in each worldview, (A, n, classes)."""
    occasions, levels = table.shape[0], table.shape[4]
    _, log_weights = standard_normal_nodes(NODES)
    each = pt.matmul(
        given, table.reshape((occasions, alike[0], levels, -1))
    )  # (O, A, n, nodes × C)
    each = each.reshape((occasions, *alike, NODES, -1))
    return pt.logsumexp(each + log_weights[:, None], axis=3).sum(axis=0)
