"""What each person expects of interventions and is told by them, given their own answers.

Given worldview c, group g and a rating y of cell j, the person's position is
``m_ij = s (E_cgj + ξ_ij)``. The model of expectations sees only the sum of the person's deviation
ξ and the noise of one answer, which is logistic with variance π²/3. A deviation of sd σ, on the
scale on which that noise is standard logistic, takes the share ``ρ = σ² / (σ² + π²/3)`` of it, and
``s = 1 / √(1 − ρ)`` brings positions to that scale. What a rating tells of the deviation is the
linear regression on the noise that would have led to it:
``E[ξ | y] = ρ E[ε | y]``, ``Var[ξ | y] = ρ (1 − ρ) π²/3 + ρ² Var[ε | y]``.

Single ratings do not tell σ. It is an assumption with its own uncertainty, drawn anew for every
posterior draw.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import xarray as xr
from scipy.special import expit, logit, logsumexp, softmax

from mfp_stats.design.data import Expectations, Floats, Index, Ints
from mfp_stats.quantities.drawn import flat_draws

#: Median of σ, the sd of a person's own deviation, in logits of one answer; sd of its log.
DEVIATION: Final = 0.5
DEVIATION_LOG_SD: Final = 0.3
#: Variance of a standard logistic answer.
NOISE: Final = np.pi**2 / 3
#: Slices of equal probability that stand for the noise within one level.
_SLICES: Final = 24
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class PersonExpectations:
    """Everybody's expectations under one posterior draw. N persons, C worldviews, J cells."""

    membership: Floats  #: (N, C) probabilities of the worldviews given beliefs and ratings
    mean: Floats  #: (N, C, J)
    variance: Floats  #: (N, C, J)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Draws of the expectations model, ready to be applied to the people who answered.

    S draws, C worldviews, G groups, J cells.
    """

    rated: Expectations
    group: Ints  #: (N,)
    log_membership: Floats  #: (N, C) given beliefs alone
    expectation: Floats  #: (S, C, G, J)
    cutpoints: Floats  #: (S, all scales' cut points)
    deviation: Floats  #: (S,) σ

    @classmethod
    def of(
        cls,
        posterior: xr.Dataset,
        rated: Expectations,
        group: Ints,
        log_membership: Floats,
        *,
        seed: int,
        deviation: float = DEVIATION,
    ) -> "Expected":
        """Collect the draws of ``models/expectations.py``, chains one after the other.

        ``deviation`` is the median of σ: more where a rating is the sum of several questions, and
        so tells more of the person than one question does.
        """
        rows = np.arange(posterior.sizes["chain"] * posterior.sizes["draw"])
        rng = np.random.default_rng((seed, 1))
        spread = np.exp(rng.normal(np.log(deviation), DEVIATION_LOG_SD, len(rows)))
        return cls(
            rated,
            group,
            log_membership,
            flat_draws(posterior["expectation"], rows),
            flat_draws(posterior["cutpoints"], rows),
            spread,
        )

    def only(self, kept: Ints) -> "Expected":
        """Return the same for some of the people."""
        rated = replace(self.rated, answers=self.rated.answers[kept])
        return replace(
            self, rated=rated, group=self.group[kept], log_membership=self.log_membership[kept]
        )

    def at(self, draw: int) -> PersonExpectations:
        """Return everybody's expectations under one draw."""
        share = self.deviation[draw] ** 2 / (self.deviation[draw] ** 2 + NOISE)
        place = self.expectation[draw]  # (C, G, J)
        cells = np.arange(place.shape[2])
        log_given = np.zeros((len(self.group), place.shape[0], place.shape[2]))
        mean = place[:, self.group].transpose(1, 0, 2).copy()  # (N, C, J)
        variance = np.full_like(mean, share * NOISE)
        for cell_slice, cuts in self._scales(draw):
            log_level, noise, spread = _levels(place[:, :, cell_slice], cuts)
            answers = self.rated.answers[:, cell_slice]  # (N, cells)
            person, cell = np.nonzero(answers >= 0)
            level, g = answers[person, cell], self.group[person]
            at = cells[cell_slice][cell]
            log_given[person, :, at] = log_level[:, g, cell, level].T
            mean[person, :, at] += share * noise[:, g, cell, level].T
            told = share * (1 - share) * NOISE + share**2 * spread[:, g, cell, level].T
            variance[person, :, at] = told
        joint = self.log_membership + log_given.sum(axis=2)
        joint -= logsumexp(joint, axis=1, keepdims=True)
        scale = 1 / (1 - share)
        return PersonExpectations(np.exp(joint), mean * np.sqrt(scale), variance * scale)

    def _scales(self, draw: int) -> list[tuple[slice, Floats]]:
        """Return the cells and cut points of every scale."""
        found, cut = [], 0
        for k, levels in enumerate(self.rated.levels):
            inside = np.flatnonzero(self.rated.scale == k)
            cuts = self.cutpoints[draw, cut : cut + int(levels) - 1]
            found.append((slice(int(inside[0]), int(inside[-1]) + 1), cuts))
            cut += int(levels) - 1
        return found


def _levels(place: Floats, cuts: Floats) -> tuple[Floats, Floats, Floats]:
    """Return log-probability, and mean and variance of the noise, by level (C, G, cells, L)."""
    edges = expit(cuts - place[..., None])
    edges = np.concatenate(
        [np.zeros((*place.shape, 1)), edges, np.ones((*place.shape, 1))], axis=-1
    )
    width = np.diff(edges, axis=-1)
    middle = (np.arange(_SLICES) + 0.5) / _SLICES
    points = edges[..., :-1, None] + width[..., None] * middle
    noise = logit(np.clip(points, _TINY, 1 - _TINY))
    return np.log(np.maximum(width, _TINY)), noise.mean(axis=-1), noise.var(axis=-1)


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

    Notes
    -----
    For independent w and m, with K values, ``e = K Σ_k w_k m_k`` has variance
    ``K² (m' Cov(w) m + Σ_k (w_k² + Var w_k) Var m_k)``; the deviations of m are independent.
    """
    if not isinstance(people, PersonExpectations):
        return layout.empty(people, values)
    persons, classes, _ = people.mean.shape
    shape = (persons, layout.interventions, classes)
    expected, uncertain = np.zeros(shape), np.zeros(shape)
    k_values = values.importance.shape[1]
    squares = values.importance**2 + np.diagonal(values.importance_covariance, axis1=1, axis2=2)
    for x, (cells, which) in enumerate(layout.outcomes):
        m, spread = people.mean[:, :, cells], people.variance[:, :, cells]
        expected[:, x] = k_values * np.einsum("nk,nck->nc", values.importance[:, which], m)
        covariance = values.importance_covariance[:, which][:, :, which]
        from_w = np.einsum("nck,nkl,ncl->nc", m, covariance, m, optimize=True)
        from_m = np.einsum("nk,nck->nc", squares[:, which], spread)
        uncertain[:, x] = k_values**2 * (from_w + from_m)
    signal = np.zeros((*shape, layout.signals))
    doubt = np.zeros_like(signal)
    for x, (cells, which) in enumerate(layout.told):
        signal[:, x][:, :, which] = people.mean[:, :, cells]
        doubt[:, x][:, :, which] = people.variance[:, :, cells]
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
            expected=np.zeros(shape),
            expected_variance=np.zeros(shape),
            signal=np.zeros((*shape, 0)),
            signal_variance=np.zeros((*shape, 0)),
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
