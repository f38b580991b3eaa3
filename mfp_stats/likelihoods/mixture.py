"""Answers that shift from class to class, or along a continuum: pytensor expressions.

Both rivals have one form. Every indicator has central answer probabilities p₀, the same for
everyone, and each support point c (a class, or a quadrature node of a continuous factor) tilts
them by a shift s_c: multinomial logits for unordered categories, ``p_c ∝ p₀ exp(s_c)``, and
proportional odds for ordered ones, ``logit P_c(Y > y) = logit P₀(Y > y) + s_c``.
"""

from dataclasses import dataclass

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.tensor import TensorVariable
from scipy.linalg import block_diag

from mfp_stats.design.data import Floats
from mfp_stats.likelihoods.categories import Categories, zero_sum_basis

#: Shift of the cumulative logits of an ordinal indicator per unit of its direction, so that two
#: categories mean the same whether they are called ordered or not.
ORDERED_STEP = float(np.sqrt(2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Bases in which answers are parametrised. T = categories of H indicators."""

    centre: Floats  #: (T, B) sums to zero within each indicator; B = T - H
    unordered: NDArray[np.bool_]  #: (B,) which columns of ``centre`` belong to unordered indicators
    ordered: Floats  #: (T, O) one column per ordinal indicator, constant within it

    @classmethod
    def of(cls, categories: Categories) -> "Contrasts":
        """Return the bases of one layout."""
        blocks = [zero_sum_basis(int(size)) for size in categories.sizes]
        steps = np.equal.outer(categories.indicator, np.flatnonzero(categories.ordinal))
        return cls(
            centre=np.asarray(block_diag(*blocks)),
            unordered=np.repeat(~categories.ordinal, categories.sizes - 1),
            ordered=ORDERED_STEP * steps,
        )

    @property
    def shift(self) -> Floats:
        """Every direction in which answers can move, shape (T, D): unordered, then ordered."""
        return np.hstack([self.centre[:, self.unordered], self.ordered])


def answer_log_probabilities(
    categories: Categories, centre: TensorVariable, shift: TensorVariable
) -> TensorVariable:
    """Log-probability of every answer at every support point.

    Parameters
    ----------
    categories
        The layout.
    centre
        (T,) logits of the central answer probabilities.
    shift
        (T, C) shift of each category at each support point; constant within an ordinal indicator.

    Returns
    -------
    (T, C); exponentials sum to 1 within each indicator and support point.
    """
    logits = centre[:, None] + shift
    unordered = logits - pt.log(_same_indicator(categories) @ pt.exp(logits))
    if not categories.ordinal.any():
        return unordered
    columns = np.eye(len(categories.names))[:, categories.is_ordinal]  # (T, ordered categories)
    ordered = columns @ _proportional_odds(categories, columns.T @ centre, columns.T @ shift)
    # Constant masks and products: for a compiled gradient they cost less than indices do.
    return ordered + (1.0 - categories.is_ordinal[:, None]) * unordered


def person_log_likelihood(
    chosen: TensorVariable,
    member: TensorVariable,
    log_answers: TensorVariable,
    log_weights: TensorVariable,
) -> TensorVariable:
    """Log-likelihood of each person, membership summed out.

    Parameters
    ----------
    chosen
        (N, T) 1 where a person gave an answer; all 0 within an indicator that is missing.
    member
        (N, G) 1 where a person is in a group.
    log_answers
        (T, C) log-probabilities of the answers at each support point.
    log_weights
        (G, C) log-probabilities of the support points in each group.

    Returns
    -------
    (N,)
    """
    return pt.logsumexp(chosen @ log_answers + member @ log_weights, axis=1)


def _proportional_odds(
    categories: Categories, centre: TensorVariable, shift: TensorVariable
) -> TensorVariable:
    """Log-probabilities of the ordered answers when all cumulative logits of an indicator shift.

    ``P(y) = σ(u - s) σ(s - l) (1 - e^{l - u})`` with the cutpoints u above and l below y; the last
    factor does not depend on s, so only the two sigmoids change from their values at s = 0.
    """
    only = categories.is_ordinal
    within = _same_indicator(categories)[np.ix_(only, only)]
    log_p0 = centre - pt.log(within @ pt.exp(centre))
    p0 = pt.exp(log_p0)[:, None]
    up_to = np.tril(within)  # sums an answer and those below it
    above, before, onward = within - up_to, np.tril(within, -1), np.triu(within)
    last, first = 1.0 - np.sign(above.sum(1)), 1.0 - np.sign(before.sum(1))
    last, first = last[:, None], first[:, None]
    # The top answer has no cutpoint above it and the bottom one none below: masked at the end.
    upper = pt.log(up_to @ p0) - pt.log(above @ p0 + last)
    lower = pt.log(before @ p0 + first) - pt.log(onward @ p0)
    gain_upper = pt.softplus(-upper) - pt.softplus(shift - upper)
    gain_lower = pt.softplus(lower) - pt.softplus(lower - shift)
    return log_p0[:, None] + gain_upper * (1 - last) + gain_lower * (1 - first)


def _same_indicator(categories: Categories) -> Floats:
    return np.equal.outer(categories.indicator, categories.indicator).astype(float)
