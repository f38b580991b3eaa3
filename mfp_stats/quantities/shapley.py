"""Which of values, models, signals and residual carries a gap in acceptance (method, section 4).

People of one group are moved, cause by cause, to the distribution of another group, by
rank-preserving transport of each column; the 16 counterfactuals are divided by Shapley's rule.
Leading axes, e.g. posterior draws, are carried through everywhere.
"""

from dataclasses import dataclass
from itertools import product
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

Floats = NDArray[np.float64]

#: The players. Subset S of them is number Σ_p 2^p over p in S: 0 is nobody moved, 15 all.
CAUSES: Final = ("values", "models", "signals", "residual")
SUBSETS: Final = 2 ** len(CAUSES)


@dataclass(frozen=True, slots=True, eq=False)
class Latents:
    """What M people of one group hold about one intervention.

    The people stand for the group: where it has weights or another number of respondents,
    resample it to M first, once for all columns.
    """

    values: Floats  #: (..., M, K) v, logit scale
    consequences: Floats  #: (..., M, K) m_x
    signals: Floats  #: (..., M, Q) s_x


def rank_transport(source: Floats, target: Floats) -> Floats:
    """Move each column of one group to the other's distribution, keeping everybody's rank.

    Parameters
    ----------
    source, target
        (..., M, columns) with equally many people M and equal leading axes.

    Returns
    -------
    numpy.ndarray
        (..., M, columns): the person with the r-th smallest source value gets the r-th smallest
        target value. People who tie keep the order in which they stand.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    if source.shape != target.shape:
        what = f"source {source.shape} and target {target.shape} differ; resample to one size"
        raise ValueError(what)
    return at_places(places_of(source), np.sort(target, axis=-2))


def places_of(source: Floats) -> NDArray[np.intp]:
    """Return who stands at each rank of each column, (..., M, columns), least first."""
    return source.argsort(axis=-2, kind="stable")


def at_places(places: NDArray[np.intp], ordered: Floats) -> Floats:
    """Give each person what stands at their rank.

    Parameters
    ----------
    places
        (..., M, columns) of :func:`places_of`.
    ordered
        (..., M, columns) each column sorted, least first.
    """
    moved = np.empty_like(ordered)
    np.put_along_axis(moved, places, ordered, axis=-2)
    return moved


def expected_values(values: Floats, consequences: Floats) -> Floats:
    """Return the expectancy–value index K · Σ_k softmax(v)_k m_k, shape (..., M)."""
    columns = values.shape[-1]
    if columns == 0:
        return np.zeros(values.shape[:-1])
    weights = softmax(values, axis=-1)
    return np.asarray(columns * np.einsum("...k,...k->...", weights, consequences))


def acceptance_of_subsets(
    own: Latents,
    other: Latents,
    *,
    consequence_weight: Floats | float,
    signal_weights: Floats,
    residuals: tuple[Floats | float, Floats | float],
    rest: Floats,
) -> Floats:
    """Return the acceptance of one group's people after each set of causes is moved.

    Parameters
    ----------
    own, other
        The people whose acceptance it is, and those of the group that they are moved to.
    consequence_weight
        β, a number or shape (...).
    signal_weights
        γ, shape (..., Q).
    residuals
        τ of the own and of the other group, numbers or shape (...).
    rest
        (..., M): what else is in a person's support, α + u_i, minus the cut point from which an
        answer counts as accepting.

    Returns
    -------
    numpy.ndarray
        F, shape (..., 16): mean probability of accepting, by subset (see :data:`CAUSES`).
    """
    values = (own.values, rank_transport(own.values, other.values))
    models = (own.consequences, rank_transport(own.consequences, other.consequences))
    signals = (own.signals, rank_transport(own.signals, other.signals))
    weight = np.asarray(consequence_weight)[..., None]
    index = {(v, m): weight * expected_values(values[v], models[m]) for v, m in _SWITCHES}
    told = [np.einsum("...mq,...q->...m", s, signal_weights) for s in signals]
    return subset_means(index, told, residuals, rest)


def subset_means(
    index: dict[tuple[int, int], Floats],
    told: list[Floats],
    residuals: tuple[Floats | float, Floats | float],
    rest: Floats,
) -> Floats:
    """Return F of every subset from the parts of support, shape (..., 16).

    Parameters
    ----------
    index
        The part of values and models, (..., M), by (values moved, models moved), each 0 or 1:
        β·K·Σ_k w m, or whatever stands for it in a reduced form.
    told
        The part of signals, (..., M): not moved, moved.
    residuals
        τ not moved, moved: numbers or (...).
    rest
        (..., M), see :func:`acceptance_of_subsets`.
    """
    tau = [np.asarray(one)[..., None] for one in residuals]
    means = []
    for subset in range(SUBSETS):
        v, m, s, r = ((subset >> player) & 1 for player in range(len(CAUSES)))
        means.append(expit(index[v, m] + told[s] + tau[r] + rest).mean(axis=-1))
    return np.stack(means, axis=-1)


def shapley(acceptance: Floats) -> tuple[Floats, Floats, Floats]:
    """Divide F(all) − F(none) among the causes.

    Parameters
    ----------
    acceptance
        F, shape (..., 16), by subset.

    Returns
    -------
    phi, order_low, order_high : numpy.ndarray
        (..., 4) each: the Shapley value of every cause, which sum to F(all) − F(none), and the
        least and greatest that it contributes over all orders in which causes can be moved.

    Notes
    -----
    Weights |S|! (3 − |S|)! / 4! over the 8 sets S without the cause (Shorrocks 2013). Every S
    comes before the cause in some order, so the range over S is the range over the 24 orders.
    """
    players = len(CAUSES)
    phi, low, high = [], [], []
    for player in range(players):
        without = [s for s in range(SUBSETS) if not (s >> player) & 1]
        before = np.array([s.bit_count() for s in without])
        shares = np.array([factorial(b) * factorial(players - 1 - b) for b in before])
        moved = acceptance[..., [s | (1 << player) for s in without]]
        added = moved - acceptance[..., without]
        phi.append(added @ (shares / factorial(players)))
        low.append(added.min(axis=-1))
        high.append(added.max(axis=-1))
    return np.stack(phi, axis=-1), np.stack(low, axis=-1), np.stack(high, axis=-1)


_SWITCHES: Final = tuple(product((0, 1), repeat=2))
