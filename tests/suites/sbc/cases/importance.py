"""What is ranked of the values model: importance shares and overlap, of three kinds.

*Among respondents* they are functions of the persons' values, *in the population* of means and
covariance: both are calibrated if model, code and sampler are right. *As displayed* they are the
product's own, which rest on a Bayesian bootstrap of the respondents in the place of the model's
normal distribution, and are held to the truth in the population.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import ndtri, softmax
from scipy.stats import qmc

from mfp_stats.design.data import ModelData
from mfp_stats.quantities.overlap import normalised, overlap_matrix
from mfp_stats.quantities.persons import person_values
from mfp_stats.quantities.values import group_means, summarise_values
from tests.suites.sbc.reading import flat

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]
#: From draws to values of people who stand for each group's population, (draw, G, node, K).
type Population = Callable[[xr.Dataset], Floats]

KINDS: Final = ("share of a value", "difference of groups' shares", "overlap, raw", "overlap")
SHOWN: Final = ("share of a value", "overlap")
RANKED: Final = (
    *(f"{kind} among respondents" for kind in KINDS),
    *(f"{kind} in the population" for kind in KINDS),
    *(f"{kind} as displayed" for kind in SHOWN),
)
#: People who stand for a group's population, 2 to this power.
LOG2_NODES: Final = 8


def ranked(population: Population) -> dict[str, Any]:
    """Return the fields of a case that say what is ranked, for one law of the population."""
    return {
        "ranked": RANKED,
        "drawn": partial(_drawn, population=population),
        "true": partial(_true, population=population),
    }


def normal_population(draws: xr.Dataset) -> Floats:
    """Draw people from Normal(μ_g, Σ), by nodes that are always the same."""
    factor = flat(draws, "factor")
    spread = _nodes(factor.shape[2]) @ factor.transpose(0, 2, 1)
    return np.asarray(flat(draws, "mu")[:, :, None] + spread[:, None])


def rated_population(draws: xr.Dataset) -> Floats:
    """Draw people whose deviations are independent over values before they are centred."""
    loading = flat(draws, "loading")[:, :, None]  # (draw, G, 1, K)
    there = flat(draws, "position")[:, :, None] / loading
    own = flat(draws, "deviation")[:, None, None] * _nodes(loading.shape[3])
    return centred(there + own, loading)


def centred(v: Floats, loading: Floats) -> Floats:
    """Take out of values what a common shift of a person's ratings puts in, (..., K)."""
    shift = v.sum(axis=-1, keepdims=True) / (1 / loading).sum(axis=-1, keepdims=True)
    return np.asarray(v - shift / loading)


def _nodes(dimensions: int) -> Floats:
    """Points of a standard normal, always the same, (nodes, dimensions)."""
    sobol = qmc.Sobol(dimensions, rng=np.random.default_rng(7))
    return np.asarray(ndtri(sobol.random_base2(LOG2_NODES)))


def _of_persons(v: Floats, group: Ints, whose: str) -> dict[str, Floats]:
    """Return quantities of the people with values ``v`` (draw, person, K)."""
    w, alike = softmax(v, axis=2), np.ones(v.shape[:2])
    means = group_means(w, alike, group, 2)
    raw = overlap_matrix(w, alike, group, 2)
    found = (
        means[:, 0, 0],
        means[:, 1, 1] - means[:, 0, 1],
        raw[:, 0, 1],
        normalised(raw)[:, 0, 1],
    )
    return {f"{kind} {whose}": x for kind, x in zip(KINDS, found, strict=True)}


def _exact(draws: xr.Dataset, data: ModelData, population: Population) -> dict[str, Floats]:
    v = np.concatenate([part for _, part in person_values(draws, data, seed=1)])
    people = population(draws)
    stand_ins = people.reshape(len(people), -1, people.shape[3])
    group = np.repeat(np.arange(2), people.shape[2])
    return {
        **_of_persons(v, data.group, "among respondents"),
        **_of_persons(stand_ins, group, "in the population"),
    }


def _drawn(
    posterior: xr.Dataset, data: ModelData, *, population: Population
) -> Mapping[str, Floats]:
    shown = summarise_values(posterior, data, version="sbc", floor=0, seed=1).draws
    share, overlap = shown["share"], shown["overlap_normalised"]
    return {
        **_exact(posterior, data, population),
        "share of a value as displayed": share[:, :, 0, 0, 0].values.ravel(),
        "overlap as displayed": overlap[:, :, 0, 0].values.ravel(),
    }


def _true(truth: xr.Dataset, data: ModelData, *, population: Population) -> Mapping[str, Floats]:
    exact = _exact(truth, data, population)
    shown = {f"{kind} as displayed": exact[f"{kind} in the population"] for kind in SHOWN}
    return {**exact, **shown}
