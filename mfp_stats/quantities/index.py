"""The index that a response rests on: its moments for each person, from what was measured.

For independent importance shares w and positions m, with K values, ``e = K Σ_k w_k m_k`` has
variance ``K² (m' Cov(w) m + Σ_k (w_k² + Var w_k) Var m_k)``; deviations are independent over cells.
With ``m = (p + ρ t) / √(1 − ρ)`` (:mod:`mfp_stats.quantities.expected`) the moments are
polynomials in the share ρ of deviations, apart from the square root: they are handed on as
coefficients, so that the response model can draw ρ.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from mfp_stats.design.data import Expectations, Floats, Index, Ints
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.expected import PersonExpectations

_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ImportanceMoments:
    """Mean and covariance of each person's values over posterior draws. K values."""

    importance: Floats  #: (N, K) of w
    importance_covariance: Floats  #: (N, K, K)
    value: Floats  #: (N, K) of v
    value_covariance: Floats  #: (N, K, K)

    @classmethod
    def of(cls, v: Floats) -> "ImportanceMoments":
        """Work them out from draws of v, (S, N, K)."""
        v = v.astype(np.float64)
        w = softmax(v, axis=2) if v.shape[2] else v
        return cls(w.mean(axis=0), _covariance(w), v.mean(axis=0), _covariance(v))


def _covariance(draws: Floats) -> Floats:
    centred = draws - draws.mean(axis=0)
    return np.asarray(np.einsum("snk,snl->nkl", centred, centred, optimize=True) / len(draws))


def index_of(
    people: PersonExpectations | Floats,
    values: ImportanceMoments,
    layout: "IndexLayout",
) -> Index:
    """Return everybody's index under one draw.

    Parameters
    ----------
    people
        Expectations under one draw; where nothing was rated, the membership probabilities (N, C).
    values
        Moments of the same people's values.
    layout
        Which cell is which outcome or signal of which intervention.

    """
    if not isinstance(people, PersonExpectations):
        return layout.empty(people, values)
    persons, classes, _ = people.place.shape
    shape = (persons, layout.interventions, classes)
    expected, uncertain = np.zeros((*shape, 2)), np.zeros((*shape, 3))
    for x, (cells, which) in enumerate(layout.outcomes):
        if len(cells):
            expected[:, x], uncertain[:, x] = _expected_value(people, cells, values, which)
    signal = np.zeros((*shape, layout.signals, 2))
    doubt = np.zeros_like(signal)
    for x, (cells, which) in enumerate(layout.told):
        signal[:, x][:, :, which, 0] = people.place[:, :, cells]
        signal[:, x][:, :, which, 1] = people.told[:, :, cells]
        doubt[:, x][:, :, which, 0] = NOISE
        doubt[:, x][:, :, which, 1] = people.spread[:, :, cells] - NOISE
    return Index(
        log_membership=np.log(np.maximum(people.membership, _TINY)),
        expected=expected,
        expected_variance=uncertain,
        signal=signal,
        signal_variance=doubt,
        value=values.value,
        value_covariance=values.value_covariance,
        reduced=layout.reduced,
    )


def _expected_value(
    people: PersonExpectations, cells: Ints, values: ImportanceMoments, which: Ints
) -> tuple[Floats, Floats]:
    """Return the coefficients of one intervention's mean (N, C, 2) and variance (N, C, 3)."""
    k_values = values.importance.shape[1]
    w = values.importance[:, None, which]  # (N, 1, k)
    own = np.diagonal(values.importance_covariance, axis1=1, axis2=2)[:, None, which]
    squares = w**2 + own
    covariance = values.importance_covariance[:, which][:, :, which]
    place, told = people.place[:, :, cells], people.told[:, :, cells]  # (N, C, k)
    over_place, over_told = place @ covariance, told @ covariance
    mean = [(w * part).sum(axis=2) for part in (place, told)]
    less = (squares * (people.spread[:, :, cells] - NOISE)).sum(axis=2)
    variance = [
        (over_place * place).sum(axis=2),
        2 * (over_place * told).sum(axis=2) + NOISE * squares.sum(axis=2),
        (over_told * told).sum(axis=2) + less,
    ]
    return k_values * np.stack(mean, axis=-1), k_values**2 * np.stack(variance, axis=-1)


Cells = tuple[tuple[Ints, Ints], ...]


@dataclass(frozen=True, slots=True, eq=False)
class IndexLayout:
    """Cells of each intervention that has a response."""

    interventions: int  #: X
    signals: int  #: Q
    outcomes: Cells  #: for each intervention its cells and which values they are about
    told: Cells  #: for each intervention its cells and which signals they are
    reduced: bool

    @classmethod
    def of(
        cls,
        interventions: tuple[str, ...],
        rated: Expectations | None,
        *,
        has_values: bool = True,
    ) -> "IndexLayout":
        """Find the cells.

        Without outcomes for every intervention, or values to weigh them by, the form is the
        reduced one.
        """
        none: Cells = tuple((_NONE, _NONE) for _ in interventions)
        if rated is None:
            return cls(len(interventions), 0, none, none, reduced=True)
        outcomes = tuple(_cells_of(rated, name, rated.value) for name in interventions)
        told = tuple(_cells_of(rated, name, rated.signal) for name in interventions)
        reduced = not has_values or not all(len(cells) for cells, _ in outcomes)
        any_told = any(len(cells) for cells, _ in told)
        return cls(
            len(interventions),
            len(rated.signals) if any_told else 0,
            none if reduced else outcomes,
            told,
            reduced,
        )

    def empty(self, membership: Floats, values: ImportanceMoments) -> Index:
        """Return the index where nothing was rated."""
        shape = (*membership.shape[:1], self.interventions, membership.shape[1])
        return Index(
            log_membership=np.log(np.maximum(membership, _TINY)),
            expected=np.zeros((*shape, 2)),
            expected_variance=np.zeros((*shape, 3)),
            signal=np.zeros((*shape, 0, 2)),
            signal_variance=np.zeros((*shape, 0, 2)),
            value=values.value,
            value_covariance=values.value_covariance,
            reduced=True,
        )


_NONE: Final = np.zeros(0, dtype=np.int64)


def _cells_of(rated: Expectations, intervention: str, about: Ints) -> tuple[Ints, Ints]:
    if intervention not in rated.interventions:
        return _NONE, _NONE
    x = rated.interventions.index(intervention)
    cells = np.flatnonzero((rated.intervention == x) & (about >= 0))
    return cells, about[cells]
