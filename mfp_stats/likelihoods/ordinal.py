"""Ordered logit: log-likelihoods of ordinal answers, in pytensor and in numpy.

``P(Y >= y | η) = σ(η − c_y)`` with cutpoints ``c_1 < … < c_{L−1}`` for levels 0..L−1
(McCullagh 1980); with a slope a, ``η = a θ`` and item cutpoints it is the graded response model
(Samejima 1969).
"""

from dataclasses import dataclass

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable
from scipy.special import logsumexp

from mfp_stats.design.data import Floats, Ints, Ratings
from mfp_stats.likelihoods.choice import slots


@dataclass(frozen=True, slots=True, eq=False)
class RatingGrid:
    """Ratings laid out as value × person. R = most ratings of one value by one person."""

    at_level: Floats  #: (L, R, K, N) 1 where the rating has that level; all 0 where missing
    counts: Floats  #: (L,) ratings at each level


def rating_grid(ratings: Ratings, *, persons: int, values: int) -> RatingGrid:
    """Lay the ratings out as masks by level.

    Parameters
    ----------
    ratings
        Of :class:`mfp_stats.design.data.ModelData`.
    persons, values
        N and K.
    """
    levels = len(ratings.levels)
    slot = slots(ratings.person * values + ratings.value)
    at_level = np.zeros((levels, slot.max(initial=-1) + 1, values, persons))
    at_level[ratings.level, slot, ratings.value, ratings.person] = 1
    return RatingGrid(at_level, np.bincount(ratings.level, minlength=levels).astype(np.float64))


def ordered_logit(
    eta: TensorVariable, cutpoints: TensorVariable, at_level: TensorVariable, counts: TensorVariable
) -> TensorVariable:
    """Log-likelihood of all ratings, a scalar.

    ``P(y) = σ(c_{y+1} − η) σ(η − c_y) (1 − e^{−(c_{y+1} − c_y)})``, so that one exponential and
    one logarithm an answer are enough and the last factor needs only counts.

    Parameters
    ----------
    eta
        (K, N) linear predictor.
    cutpoints
        (L − 1,) increasing.
    at_level, counts
        The arrays of :class:`RatingGrid`.
    """
    above = pt.tensordot(pt.exp(-cutpoints), at_level[:-1], axes=1)  # (R, K, N), 0 at the top
    below = pt.tensordot(pt.exp(cutpoints), at_level[1:], axes=1)  # (R, K, N), 0 at the bottom
    size = pt.exp(eta)
    cells = pt.log((1 + above * size) * (1 + below / size))
    return (counts[1:-1] * pt.log1mexp(-pt.diff(cutpoints))).sum() - cells.sum()


def level_log_probabilities(
    eta: TensorVariable, spread: TensorVariable, cutpoints: TensorVariable, *, nodes: int = 9
) -> TensorVariable:
    """Log-probability of each level with a normal deviation of the answer summed out.

    Parameters
    ----------
    eta
        (...) linear predictor without the deviation.
    spread
        sd of the deviation, broadcast against ``eta``.
    cutpoints
        (L − 1,) increasing.
    nodes
        Gauss–Hermite nodes for the deviation.

    Returns
    -------
    (..., L); exponentials sum to 1 over the last axis.
    """
    points, log_weights = standard_normal_nodes(nodes)
    end = np.zeros(1)
    above = pt.concatenate([pt.exp(-cutpoints), end])  # (L,)
    below = pt.concatenate([end, pt.exp(cutpoints)])
    gap = pt.concatenate([end, pt.log1mexp(-pt.diff(cutpoints)), end])
    size = pt.exp(eta[..., None] + spread[..., None] * points)[..., None]  # (..., nodes, 1)
    given = np.exp(log_weights)[:, None] / ((1 + above * size) * (1 + below / size))
    return pt.log(given.sum(axis=-2)) + gap


def category_log_probabilities(eta: Floats, cutpoints: Floats) -> Floats:
    """Log-probability of each level, in numpy.

    Parameters
    ----------
    eta
        (...) linear predictor.
    cutpoints
        (..., L − 1) increasing along the last axis.

    Returns
    -------
    (..., L); exponentials sum to 1 over the last axis.
    """
    eta = np.asarray(eta)[..., None]
    below = -np.logaddexp(0, cutpoints - eta)
    above = -np.logaddexp(0, eta - cutpoints)
    gap = np.log(-np.expm1(-np.diff(cutpoints, axis=-1)))
    middle = below[..., :-1] + above[..., 1:] + gap
    return np.concatenate([above[..., :1], middle, below[..., -1:]], axis=-1)


def standard_normal_nodes(n: int) -> tuple[Floats, Floats]:
    """Gauss–Hermite nodes and log weights for the expectation over a standard normal."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return nodes, np.log(weights / weights.sum())


def graded_response(
    slopes: Floats,
    cutpoints: list[Floats],
    answers: Ints,
    *,
    frequency: Floats | None = None,
    nodes: int = 61,
) -> float:
    """Marginal log-likelihood of the one-factor graded response model.

    Parameters
    ----------
    slopes
        (H,) discriminations a_h; the trait is standard normal.
    cutpoints
        For each item (L_h − 1,) increasing; ``P(Y_h >= y) = σ(a_h θ − c_hy)``.
    answers
        (persons, H) 0-based levels, −1 where missing.
    frequency
        (persons,) how often each answer pattern occurs; 1 if None.
    nodes
        Gauss–Hermite nodes.
    """
    trait, log_weight = standard_normal_nodes(nodes)
    given = np.zeros((len(answers), nodes))
    for slope, cuts, answer in zip(slopes, cutpoints, answers.T, strict=True):
        table = category_log_probabilities(slope * trait, cuts)  # (nodes, L)
        known = answer >= 0
        given[known] += table[:, answer[known]].T
    marginal = logsumexp(given + log_weight, axis=1)
    return float(marginal.sum() if frequency is None else frequency @ marginal)


def anchored_cutpoints(gaps: TensorVariable, neutral: float) -> TensorVariable:
    """Cut points (…, L − 1) from the L − 2 distances between them, with 0 at the neutral level.

    Parameters
    ----------
    gaps
        (…, L − 2) positive.
    neutral
        Level in whose middle 0 lies, 0..L − 1; a half lies at the cut point between two levels.
        At an end of the scale, which has no middle, 0 is at that end's cut point.
    """
    first = pt.zeros((*gaps.shape[:-1], 1))
    cuts = pt.concatenate([first, pt.cumsum(gaps, axis=-1)], axis=-1)
    weights = neutral_weights(neutral, gaps.type.shape[-1] + 1)
    return cuts - (cuts * weights).sum(axis=-1, keepdims=True)


def neutral_weights(neutral: float, cuts: int) -> Floats:
    """Weights (cuts,) whose product with the cut points is where the neutral level lies."""
    weights = np.zeros(cuts)
    # Level l lies between cut points l - 1 and l.
    for edge in (np.ceil(neutral) - 1, np.floor(neutral)):
        weights[int(np.clip(edge, 0, cuts - 1))] += 0.5
    return weights


def log_levels(eta: TensorVariable, cutpoints: TensorVariable) -> TensorVariable:
    """Log-probability of each level, (..., L), of an ordered logit on ``eta`` (...).

    Parameters
    ----------
    eta
        (...) linear predictor.
    cutpoints
        (L − 1,) increasing.
    """
    eta = eta[..., None]
    below = -pt.softplus(eta - cutpoints)  # log P(Y under the cut)
    above = -pt.softplus(cutpoints - eta)  # log P(Y over it)
    middle = below[..., 1:] + above[..., :-1] + pt.log1mexp(-pt.diff(cutpoints))
    return pt.concatenate([below[..., :1], middle, above[..., -1:]], axis=-1)
