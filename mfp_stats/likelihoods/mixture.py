"""Answers that shift from class to class, or along a continuum: pytensor expressions.

Both rivals have one form. Every indicator has central answer probabilities p₀, the same for
everyone, and each support point c (a class, or a quadrature node of a continuous factor) tilts
them by a shift s_c: multinomial logits for unordered categories, ``p_c ∝ p₀ exp(s_c)``, and
proportional odds for ordered ones, ``logit P_c(Y > y) = logit P₀(Y > y) + s_c``.

Indicators of one kind with as many categories are worked on together, as a block (category,
indicator, support point): sums over categories are then products with matrices as small as one
indicator, whatever the width of the survey.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.categories import Categories, Index, zero_sum_basis

#: Shift of the cumulative logits of an ordinal indicator per unit of its direction, so that two
#: categories mean the same whether they are called ordered or not.
ORDERED_STEP = float(np.sqrt(2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Indicators of one kind with K categories each. J = indicators in it."""

    size: int  #: K
    ordinal: bool
    indicators: Ints  #: (J,) positions among all indicators


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Bases in which answers are parametrised. T = categories of H indicators.

    Parameters follow the blocks, unordered ones first: within a block contrast by contrast, and
    within a contrast indicator by indicator. Rows of ``centre`` and ``ordered`` are the columns
    of :class:`Categories`.
    """

    blocks: tuple[Block, ...]
    centre: Floats  #: (T, B) sums to zero within each indicator; B = T - H
    ordered: Floats  #: (T, O) one column per ordinal indicator, constant within it
    rows: Index  #: (T,) category that each row of the blocks, one after the other, stands for

    @classmethod
    def of(cls, categories: Categories) -> "Contrasts":
        """Return the bases of one layout."""
        blocks = tuple(_blocks(categories))
        cells = [
            categories.starts[block.indicators] + np.arange(block.size)[:, None] for block in blocks
        ]  # (K, J) each
        centre = [_spread_out(cell, len(categories.names)) for cell in cells]
        steps = np.equal.outer(
            categories.indicator,
            np.concatenate([[], *(b.indicators for b in blocks if b.ordinal)]),
        )
        return cls(
            blocks=blocks,
            centre=np.hstack(centre),
            ordered=ORDERED_STEP * steps,
            rows=np.concatenate([cell.ravel() for cell in cells]),
        )

    @property
    def unordered(self) -> int:
        """How many columns of ``centre``, the first ones, belong to unordered indicators."""
        return sum((b.size - 1) * len(b.indicators) for b in self.blocks if not b.ordinal)

    @property
    def shift(self) -> Floats:
        """Every direction in which answers can move, shape (T, D): unordered, then ordered."""
        return np.hstack([self.centre[:, : self.unordered], self.ordered])

    def in_order(self, by_block: TensorVariable) -> TensorVariable:
        """Put the rows (T, ...) of the blocks into the order of the categories."""
        return by_block[np.argsort(self.rows)]


def answer_log_probabilities(
    contrasts: Contrasts, centre: TensorVariable, tilt: TensorVariable, place: TensorVariable
) -> TensorVariable:
    """Log-probability of every answer at every support point.

    Parameters
    ----------
    contrasts
        The layout. U = its unordered columns, O = ordinal indicators.
    centre
        (B,) coordinates of the logits of the central answer probabilities.
    tilt
        (U, C) coordinates of the logits of unordered answers at each support point.
    place
        (O, C) shift of each ordinal indicator at each support point, in steps.

    Returns
    -------
    (T, C) in the order of the blocks; exponentials sum to 1 within each indicator and support
    point.
    """
    parts, at, ordinal_at = [], 0, 0
    for block in contrasts.blocks:
        indicators = len(block.indicators)
        end = at + (block.size - 1) * indicators
        if block.ordinal:
            last = ordinal_at + indicators
            parts.append(_proportional_odds(block, centre[at:end], place[ordinal_at:last]))
            ordinal_at = last
        else:
            parts.append(_multinomial(block, tilt[at:end]))
        at = end
    return pt.concatenate(parts, axis=0)


def person_log_likelihood(
    given: TensorVariable,
    member: TensorVariable,
    log_given: TensorVariable,
    log_weights: TensorVariable,
) -> TensorVariable:
    """Log-likelihood of each person, membership summed out.

    Parameters
    ----------
    given
        (R, N) the answers, persons along the last axis: ``given`` of
        :class:`~mfp_stats.likelihoods.condensed.Condensed`.
    member
        (G, N) 1 where a person is in a group.
    log_given
        (R, C) what each row of ``given`` adds to the log-probability of a person's answers at
        each support point: ``table`` times the log-probabilities of the answers.
    log_weights
        (G, C) log-probabilities of the support points in each group.

    Returns
    -------
    (N,)
    """
    # Persons last: products with a few support points are then twice as fast.
    return pt.logsumexp(log_given.T @ given + log_weights.T @ member, axis=0)


def _blocks(categories: Categories) -> Iterator[Block]:
    for ordinal in (False, True):
        for size in np.unique(categories.sizes[categories.ordinal == ordinal]):
            alike = (categories.sizes == size) & (categories.ordinal == ordinal)
            yield Block(int(size), ordinal, np.flatnonzero(alike))


def _spread_out(cells: Index, categories: int) -> Floats:
    """Return the zero-sum basis of a block's indicators, (T, (K − 1) J); ``cells`` is (K, J)."""
    size, indicators = cells.shape
    basis = np.zeros((categories, size - 1, indicators))
    for column, cell in enumerate(cells.T):
        basis[cell, :, column] = zero_sum_basis(size)
    return basis.reshape(categories, -1)


def _multinomial(block: Block, logits: TensorVariable) -> TensorVariable:
    """Log-probabilities of a block of unordered indicators, (K J, C)."""
    cells = _cells(block, logits)  # (K, J C)
    log_p = cells - pt.logsumexp(cells, axis=0, keepdims=True)
    return log_p.reshape((block.size * len(block.indicators), -1))


def _proportional_odds(
    block: Block, centre: TensorVariable, place: TensorVariable
) -> TensorVariable:
    """Log-probabilities of a block of ordered indicators, (K J, C).

    With the cutpoints t_y = logit P₀(Y > y) the probability of y is ``σ(t_{y-1} + s)``
    ``σ(-t_y - s) (1 - e^{t_y - t_{y-1}})``; the last factor does not depend on s, so only the two
    sigmoids change from their values at s = 0.
    """
    indicators = len(block.indicators)
    cells = _cells(block, centre)  # (K, J)
    log_p0 = cells - pt.logsumexp(cells, axis=0, keepdims=True)
    p0 = pt.exp(log_p0)
    up_to = np.tril(np.ones((block.size - 1, block.size)))  # sums an answer and those below it
    log_below, log_above = pt.log(up_to @ p0), pt.log((1.0 - up_to) @ p0)  # (K - 1, J)
    shift = ORDERED_STEP * place  # (J, C)
    cut = (log_above - log_below)[:, :, None] + shift
    # What a shift adds to log P(Y <= y); it adds s more to log P(Y > y).
    gain = -log_below[:, :, None] - pt.softplus(cut)  # (K - 1, J, C)
    edge = pt.zeros((1, indicators, shift.shape[1]))
    log_p = (
        log_p0[:, :, None]
        + pt.concatenate([gain, edge], axis=0)
        + pt.concatenate([edge, gain + shift], axis=0)
    )
    return log_p.reshape((block.size * indicators, -1))


def _cells(block: Block, coordinates: TensorVariable) -> TensorVariable:
    """Turn contrasts ((K − 1) J, ...) into categories (K, J ...) that sum to zero."""
    return zero_sum_basis(block.size) @ coordinates.reshape((block.size - 1, -1))
