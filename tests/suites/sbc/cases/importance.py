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
#: From draws and a number of nodes to values of people who stand for each group's population, the
#: same nodes in each group, (draw, G, node, K).
type Population = Callable[[xr.Dataset, int], Floats]

KINDS: Final = ("share of a value", "difference of groups' shares", "overlap, raw", "overlap")
SHOWN: Final = ("share of a value", "overlap")
RANKED: Final = (
    *(f"{kind} among respondents" for kind in KINDS),
    *(f"{kind} in the population" for kind in KINDS),
    *(f"{kind} as displayed" for kind in SHOWN),
)
#: People who stand for a group's population in every draw, and for the truth of what is displayed.
NODES: Final = 256
MANY_NODES: Final = 2048


def ranked(population: Population) -> dict[str, Any]:
    """Return the fields of a case that say what is ranked, for one law of the population."""
    return {
        "ranked": RANKED,
        "drawn": partial(_drawn, population=population),
        "true": partial(_true, population=population),
    }


def normal_population(draws: xr.Dataset, nodes: int) -> Floats:
    """Draw people from Normal(μ_g, Σ)."""
    factor = flat(draws, "factor")
    spread = _nodes(factor.shape[2], nodes) @ factor.transpose(0, 2, 1)
    return np.asarray(flat(draws, "mu")[:, :, None] + spread[:, None])


def rated_population(draws: xr.Dataset, nodes: int) -> Floats:
    """Draw people whose deviations are independent over values before they are centred."""
    loading = flat(draws, "loading")[:, :, None]  # (draw, G, 1, K)
    there = flat(draws, "position")[:, :, None] / loading
    own = flat(draws, "deviation")[:, None, None] * _nodes(loading.shape[3], nodes)
    return centred(there + own, loading)


def centred(v: Floats, loading: Floats) -> Floats:
    """Take out of values what a common shift of a person's ratings puts in, (..., K)."""
    shift = v.sum(axis=-1, keepdims=True) / (1 / loading).sum(axis=-1, keepdims=True)
    return np.asarray(v - shift / loading)


def _nodes(dimensions: int, nodes: int) -> Floats:
    """Points of a standard normal, always the same, (nodes, dimensions)."""
    sobol = qmc.Sobol(dimensions, rng=np.random.default_rng(7))
    return np.asarray(ndtri(sobol.random(nodes)))


def _quantities(w: Floats, group: Ints, raw: Floats, whose: str) -> dict[str, Floats]:
    """Return quantities of people with shares ``w`` (draw, person, K) and overlap ``raw``."""
    means = group_means(w, np.ones(w.shape[:2]), group, 2)
    found = (
        means[:, 0, 0],
        means[:, 1, 1] - means[:, 0, 1],
        raw[:, 0, 1],
        normalised(raw)[:, 0, 1],
    )
    return {f"{kind} {whose}": x for kind, x in zip(KINDS, found, strict=True)}


def _among_respondents(draws: xr.Dataset, data: ModelData) -> dict[str, Floats]:
    v = np.concatenate([part for _, part in person_values(draws, data, seed=1)])
    w = softmax(v, axis=2)
    raw = overlap_matrix(w, np.ones(w.shape[:2]), data.group, 2)
    return _quantities(w, data.group, raw, "among respondents")


def _in_population(people: Floats) -> dict[str, Floats]:
    """Return quantities of groups' populations; ``people`` (draw, G, node, K) are values."""
    w = softmax(people, axis=3)
    draws, _, nodes, values = w.shape
    everyone, group = w.reshape(draws, -1, values), np.repeat(np.arange(2), nodes)
    raw = overlap_matrix(everyone, np.ones(everyone.shape[:2]), group, 2)
    # Nobody of one group is somebody of the other: a node meets the other group's others.
    same = np.abs(w[:, 0] - w[:, 1]).sum(axis=2).mean(axis=1) / 2
    raw[:, 0, 1] = raw[:, 1, 0] = 1 - (nodes * (1 - raw[:, 0, 1]) - same) / (nodes - 1)
    return _quantities(everyone, group, raw, "in the population")


def _drawn(
    posterior: xr.Dataset, data: ModelData, *, population: Population
) -> Mapping[str, Floats]:
    shown = summarise_values(posterior, data, version="sbc", floor=0, seed=1).draws
    share, overlap = shown["share"], shown["overlap_normalised"]
    return {
        **_among_respondents(posterior, data),
        **_in_population(population(posterior, NODES)),
        "share of a value as displayed": share[:, :, 0, 0, 0].values.ravel(),
        "overlap as displayed": overlap[:, :, 0, 0].values.ravel(),
    }


def _true(truth: xr.Dataset, data: ModelData, *, population: Population) -> Mapping[str, Floats]:
    exact = _in_population(population(truth, MANY_NODES))
    return {
        **_among_respondents(truth, data),
        **_in_population(population(truth, NODES)),
        **{f"{kind} as displayed": exact[f"{kind} in the population"] for kind in SHOWN},
    }
