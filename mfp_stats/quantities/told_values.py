"""How far persons' values lie from their group's mean by their answers, and how weights move it.

Persons drawn given their answers stand nearer to their group's mean in the model, which knows of
no weights, than they are, by as much as their answers leave open. The mean of those who count for
more is thus moved by only part of what separates them from the rest: single picks of four values,
raked from 50 to 20 % of a younger half, moved a share of 0.38 to 0.33 where weighted picks said
0.21. A group's mean ``μ + δ`` agrees with weighted answers where the weighted mean of
``E[v − μ − δ | y, μ + δ]`` is 0, as the unweighted one is at ``μ``. For normal values an
expectation given answers moves by ``V Σ⁻¹ δ`` with ``V`` the variance that answers leave, so that
::

    δ = A⁻¹ (weighted − unweighted mean of E[v − μ | y, μ]),    A = (Σ − V̄) Σ⁻¹,

the difference estimator (Särndal, Swensson & Wretman 1992, ch. 6) divided by the reliability of
what is averaged, as in :mod:`mfp_stats.quantities.group_expectations`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.contrasts import contrast_basis

#: Where answers tell less than this share of how persons vary, weights move nothing.
_LEAST_TOLD: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class ToldValues:
    """What answers tell of n persons' values, beside their groups' means. K values."""

    group: Ints  #: (n,) index into the G groups
    expected: Floats  #: (n, K) expected distance from the group's mean, in logits
    gain: Floats  #: (K, K) symmetric in units of Σ: what a mean of ``expected`` is multiplied by

    @classmethod
    def of(cls, batches: Iterable[tuple[Floats, Floats]], group: Ints) -> Self:
        """Work it out from all draws.

        Parameters
        ----------
        batches
            Values of the persons (draw, n, K) in logits, each with the means (draw, G, K) of the
            groups in the same draws.
        group
            (n,) index into the G groups.
        """
        draws, total, square = 0, np.zeros(()), np.zeros(())
        for v, mu in batches:
            apart = v - mu[:, group]
            draws += len(apart)
            total = total + apart.sum(axis=0)
            square = square + np.einsum("sik,sil->kl", apart, apart, optimize=True)
        expected = np.asarray(total / draws)
        whole = np.asarray(square / (draws * len(group)))
        told = expected.T @ expected / len(group)
        # Means of a few draws vary by more than what they are means of.
        told -= (whole - told) / max(1, draws - 1)
        return cls(group, expected, _gain(told, whole))

    def moved(self, mu: Floats, weight: Floats, bootstrap: Floats) -> Floats:
        """Return the groups' means with what weights add to them, (draw, G, K) in logits.

        Parameters
        ----------
        mu
            (draw, G, K) the model's means. That of a group in which nobody counts stays.
        weight
            (n,) design weights, on any scale.
        bootstrap
            (draw, n) weights of a Bayesian bootstrap, which says what the sample leaves open.
        """
        member = np.equal.outer(np.arange(mu.shape[1]), self.group).astype(np.float64)  # (G, n)
        alike = _means(bootstrap[:, None] * member, self.expected)
        weighted = _means((bootstrap * weight)[:, None] * member, self.expected)
        counted = (member @ weight > 0)[:, None]
        return np.asarray(mu + np.where(counted, weighted - alike, 0.0) @ self.gain.T)


def _means(part: Floats, values: Floats) -> Floats:
    """Return weighted means (draw, G, K); 0 where nobody counts."""
    total = part.sum(axis=2, keepdims=True)
    return np.asarray((part @ values) / np.where(total > 0, total, 1.0))


def _gain(told: Floats, whole: Floats) -> Floats:
    """Return A⁻¹ of what is told (K, K) and the whole covariance (K, K), both of sum zero.

    In the coordinates in which the whole is the identity, A is symmetric, with eigenvalues from 0
    to 1: a share told in each direction.
    """
    basis = contrast_basis(len(whole))
    spread, axes = np.linalg.eigh(basis.T @ whole @ basis)
    root = np.sqrt(np.maximum(spread, 0.0))
    known = root > 0
    to, back = axes[:, known] / root[known], axes[:, known] * root[known]
    share, turn = np.linalg.eigh(to.T @ (basis.T @ told @ basis) @ to)
    more = np.where(share >= _LEAST_TOLD, 1 / np.maximum(share, _LEAST_TOLD), 0.0)
    return np.asarray(basis @ back @ (turn * more) @ turn.T @ to.T @ basis.T)
