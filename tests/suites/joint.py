"""Everything about a person and their responses in one fit, to hold the product's route against.

Persons' values, expectations of every cell, own part and worldview are all in it; worldviews are
summed out, and what beliefs alone say of them is taken over from the mixture. Some ten thousand
parameters for 400 people: too slow for a product, and a check of a few surveys.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Expectations, Floats, ModelData
from mfp_stats.fitting.convergence import split_rhat
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.likelihoods.choice import choice_stages, stages
from mfp_stats.likelihoods.contrasts import contrast_basis
from mfp_stats.likelihoods.ordinal import anchored_cutpoints, log_levels
from mfp_stats.quantities.expected import PersonExpectations
from mfp_stats.quantities.memberships import mean_of_log
from mfp_stats.quantities.response_draws import Measured

DRAWS: Final = 150
TUNE: Final = 400
CHAINS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class JointDraws:
    """Draws of persons and of the response parameters. S draws."""

    posterior: xr.Dataset
    v: Floats  #: (S, N, K)
    place: Floats  #: (S, C, J, N) positions
    log_worldview: Floats  #: (S, C, N) log density of what a person answered, by worldview
    cutpoints: tuple[Floats, ...]  #: of each scale that was rated (S, L − 1)
    rated: Expectations
    r_hat: float  #: the worst over the response parameters

    @property
    def membership(self) -> Floats:
        """Probabilities of the worldviews (S, N, C)."""
        return np.asarray(_shares(self.log_worldview).transpose(0, 2, 1))

    def at(self, draw: int) -> PersonExpectations:
        """Return everybody's expectations in one draw, exactly."""
        place = self.place[draw].transpose(2, 0, 1)
        nothing = np.zeros_like(place)
        return PersonExpectations(_shares(self.log_worldview[draw]).T, place, nothing, nothing)

    def cuts(self, draw: int) -> list[Floats]:
        """Return the cut points of every scale that was rated in one draw."""
        return [cuts[draw] for cuts in self.cutpoints]


def _shares(log_density: Floats) -> Floats:
    top = np.exp(log_density - log_density.max(axis=-2, keepdims=True))
    return np.asarray(top / top.sum(axis=-2, keepdims=True))


def sample_joint(measured: Measured, *, seed: int) -> JointDraws:
    """Fit the people of one survey."""
    assert measured.expected is not None
    names = ("intercept", "residual", "cutpoints", "person_sd", "expected_weight", "signal_weight")
    settings = FitSettings(draws=DRAWS, tune=TUNE, chains=CHAINS, seed=seed, cores=1)
    scales = [f"rated_cutpoints_{k}" for k in range(len(measured.expected.rated.levels))]
    keep = (*names, "v", "place", "log_worldview", *scales)
    drawn = sample(joint_model(measured), settings, keep=keep)["posterior"].to_dataset()
    flat = {n: drawn[n].values.reshape(-1, *drawn[n].shape[2:]) for n in keep[len(names) :]}
    judged = [drawn[n].values.reshape(CHAINS, DRAWS, -1) for n in names]
    worst = float(np.nanmax(split_rhat(np.concatenate(judged, axis=2))))
    return JointDraws(
        drawn[list(names)],
        flat["v"].transpose(0, 2, 1),
        flat["place"],
        flat["log_worldview"],
        tuple(flat[name] for name in scales),
        measured.expected.rated,
        worst,
    )


def joint_model(measured: Measured) -> pm.Model:
    """Build the model; persons are the last axis."""
    data, layout = measured.data, measured.layout
    given = data.responses
    assert given is not None and measured.expected is not None
    rated = measured.expected.rated
    with pm.Model() as built:
        v = pm.Deterministic("v", _values(data))  # (K, N)
        place, by_rating = _expectations(data, rated, measured.worldviews)
        pm.Deterministic("place", place)  # (C, J, N)
        told = pm.Normal("signal_weight", 0, 0.7, shape=layout.signals)
        weight = pm.Normal("expected_weight", 0, 0.7)
        importance = pt.special.softmax(v, axis=0)
        index, signalled = [], []
        for (cells, which), (signals, kinds) in zip(layout.outcomes, layout.told, strict=True):
            held = (importance[which] * place[:, cells]).sum(axis=1) * len(data.values)
            said = (told[kinds][:, None] * place[:, signals]).sum(axis=1)
            index.append(weight * held + said)
            signalled.append(said)
        by_answer = _responses(data, pt.stack(index, axis=1), pt.stack(signalled, axis=1))
        log_member = mean_of_log(measured.log_membership).T
        whole = pm.Deterministic("log_worldview", log_member + by_rating + by_answer)
        pm.Potential("answers", pt.logsumexp(whole, axis=0).sum())
    return built


def _values(data: ModelData) -> TensorVariable:
    """Values of persons, and the likelihood of their best–worst choices."""
    persons, values, groups = len(data.respondents), len(data.values), len(data.groups)
    basis = contrast_basis(values)
    mean = pm.Normal("value_mean", 0, 1, shape=(values - 1, 1))
    apart = pm.HalfNormal("value_group_sd", 0.5) * pm.Normal(
        "value_group", shape=(values - 1, groups - 1)
    )
    factor, _, _ = pm.LKJCholeskyCov(
        "value_spread", n=values - 1, eta=2, sd_dist=pm.LogNormal.dist(0, 0.5), compute_corr=True
    )
    z = pm.Normal("z", shape=(values - 1, persons))
    by_group = mean + pt.dot(apart, zero_sum_basis(groups).T)
    v = pt.dot(basis, by_group[:, data.group] + pt.dot(factor, z))
    scale = pt.exp(pm.HalfNormal("consistency_sd", 0.3) * pm.Normal("consistency", shape=persons))
    found = stages(data.best_worst, None, persons=persons, values=values)
    assert found is not None
    arrays = [pt.constant(array) for array in found.arrays().values()]
    pm.Potential("choices", choice_stages(v * scale, *arrays).sum())
    return v


def _expectations(
    data: ModelData, rated: Expectations, classes: int
) -> tuple[TensorVariable, TensorVariable]:
    """Positions (C, J, N) and the log density of ratings by worldview (C, N)."""
    cells, persons, groups = len(rated.value), len(data.respondents), len(data.groups)
    centre = pm.Normal("centre", 0, 1.5, shape=cells)
    of_class = pm.Normal("class_contrast", 0, 1, shape=(classes - 1, cells))
    of_group = pm.HalfNormal("group_sd", 0.5) * pm.Normal(
        "group_contrast", shape=(groups - 1, cells)
    )
    by_class = pt.dot(zero_sum_basis(classes), of_class)  # (C, J)
    by_group = pt.dot(zero_sum_basis(groups), of_group)  # (G, J)
    deviation = pt.exp(pm.Normal("log_deviation", 0, 0.7))
    own = deviation * pm.Normal("own", shape=(cells, persons))
    place = centre[:, None] + by_class[:, :, None] + (by_group[data.group].T + own)
    density: Any = pt.zeros((classes, persons))
    for k, levels in enumerate(rated.levels):
        inside = np.flatnonzero(rated.scale == k)
        gaps = pm.Normal(f"log_gaps_{k}", 0, 0.7, shape=int(levels) - 2)
        cuts = pm.Deterministic(
            f"rated_cutpoints_{k}", anchored_cutpoints(pt.exp(gaps), float(rated.neutral[k]))
        )
        chosen = rated.answers[:, inside].T[..., None] == np.arange(levels)
        density += (log_levels(place[:, inside], cuts) * chosen).sum(axis=(1, 3))
    return place, density


def _responses(data: ModelData, index: TensorVariable, signalled: TensorVariable) -> TensorVariable:
    """Log density of responses by worldview (C, N); ``index``, and signals alone, (C, X, N)."""
    given = data.responses
    assert given is not None
    answers = [given.answers.T]
    if given.stipulated is not None:
        answers.append(given.stipulated.T)
    offers, groups = sum(len(a) for a in answers), len(data.groups)
    intercept = pm.Normal("intercept", 0, 1.5, shape=offers)
    each = pt.exp(pm.Normal("log_residual_sd", np.log(0.3), 0.7, shape=len(answers)))
    spread = pt.repeat(each, offers // len(answers))
    contrast = pm.Normal("residual_contrast", shape=(groups - 1, offers))
    residual = pm.Deterministic("residual", spread * pt.dot(zero_sum_basis(groups), contrast))
    person_sd = pm.Deterministic("person_sd", pt.exp(pm.Normal("log_person_sd", np.log(0.7), 0.5)))
    own = person_sd * pm.Normal("person", shape=len(data.respondents))
    levels = len(given.levels)
    x = len(given.interventions)
    gaps = pm.Normal("log_gaps", 0, 0.7, shape=levels - 2)
    gap_sd = pt.exp(pm.Normal("log_gap_sd", np.log(0.2), 0.7))
    gaps = gaps + gap_sd * pm.Normal("gap_apart", shape=(x, levels - 2))
    cuts = anchored_cutpoints(pt.exp(gaps), (levels - 1) / 2)
    pm.Deterministic("cutpoints", pt.stack([cuts] * groups))
    fixed = intercept[:, None] + residual[data.group].T + own  # (offers, N)
    density: Any = 0.0
    for k, answer in enumerate(answers):
        place = fixed[k * x : (k + 1) * x] + (index if k == 0 else signalled)
        chosen = answer[..., None] == np.arange(levels)
        density += (log_levels(place, cuts[:, None]) * chosen).sum(axis=(1, 3))
    return density
