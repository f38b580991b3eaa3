"""The people of a simulated survey: group, worldview, values, expectations, support."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from mfp_stats.simulate.seeds import generator
from mfp_stats.simulate.truth import Floats, Truth

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """What is true of each of N people; nothing of it is seen by an analyst."""

    group: Ints  #: (N,)
    worldview: Ints  #: (N,)
    values: Floats  #: (N, K) v, rows sum to 0
    importance: Floats  #: (N, K) w = softmax(v)
    consistency: Floats  #: (N,) s_i
    style: Floats  #: (N,) δ_i
    consequences: Floats  #: (N, X, K) m
    signals: Floats  #: (N, X, Q) s
    own: Floats  #: (N,) u, a person's leaning to support whatever is proposed
    support: Floats  #: (N, X) η

    def __len__(self) -> int:
        return len(self.group)


def draw_people(truth: Truth, *, n: int, seed: int) -> People:
    """Draw n people from the truth's population."""
    group = _choose(np.tile(truth.group_shares, (n, 1)), seed, "group")
    worldview = _choose(truth.class_shares[group], seed, "worldview")
    values = truth.value_means[group] + draw_zero_sum(
        truth.value_covariance, n, generator(seed, "people", "values")
    )
    importance = softmax(values, axis=1) if truth.values else values
    normal = _Normal(seed, n)
    consequences = (
        truth.consequence_means[worldview]
        + truth.consequence_deviations[group]
        + truth.consequence_sd * normal("consequences", *truth.consequence_means.shape[1:])
    )
    signals = (
        truth.signal_means[worldview]
        + truth.signal_deviations[group]
        + truth.signal_sd * normal("signals", *truth.signal_means.shape[1:])
    )
    own = truth.person_sd * normal("support", 1)
    return People(
        group=group,
        worldview=worldview,
        values=values,
        importance=importance,
        consistency=truth.consistency * np.exp(truth.consistency_sd * normal("consistency")),
        style=truth.style_means[group] + truth.style_sd * normal("style"),
        consequences=consequences,
        signals=signals,
        own=own[:, 0],
        support=_support(truth, group, importance, consequences, signals) + own,
    )


def supposed_support(truth: Truth, people: People, supposed: Floats) -> Floats:
    """Return η under consequences (K,) that everybody is told to suppose, shape (N, X)."""
    consequences = np.broadcast_to(supposed, people.consequences.shape)
    fixed = _support(truth, people.group, people.importance, consequences, people.signals)
    return np.asarray(fixed + people.own[:, None])


def draw_zero_sum(covariance: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Draw n vectors of mean 0 from a covariance whose rows sum to 0, shape (n, K)."""
    # The symmetric root is unique, unlike a factor made of eigenvectors in degenerate spaces.
    variances, axes = np.linalg.eigh(covariance)
    root = (axes * np.sqrt(variances.clip(0))) @ axes.T
    return np.asarray(rng.standard_normal((n, len(covariance))) @ root)


def _support(
    truth: Truth, group: Ints, importance: Floats, consequences: Floats, signals: Floats
) -> Floats:
    """Return η without the person's own part, shape (N, X)."""
    expected = len(truth.values) * np.einsum("ik,ixk->ix", importance, consequences)
    told = signals @ truth.signal_weights
    return np.asarray(
        truth.intercepts + truth.consequence_weight * expected + told + truth.residuals[group]
    )


@dataclass(frozen=True, slots=True)
class _Normal:
    """Standard normal numbers, n rows, that belong to a name."""

    seed: int
    n: int

    def __call__(self, name: str, *shape: int) -> Floats:
        return generator(self.seed, "people", name).standard_normal((self.n, *shape))


def _choose(probabilities: Floats, seed: int, name: str) -> Ints:
    """Draw one category a row, shape (N,)."""
    rng = generator(seed, "people", name)
    return categorical(probabilities, rng)


def categorical(probabilities: Floats, rng: np.random.Generator) -> Ints:
    """Draw one category a row of probabilities (N, J), shape (N,)."""
    edges = probabilities.cumsum(axis=1)
    points = rng.random(len(probabilities)) * edges[:, -1]
    return np.asarray((points[:, None] >= edges[:, :-1]).sum(axis=1), dtype=np.int64)
