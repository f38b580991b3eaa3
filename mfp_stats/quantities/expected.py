"""What each person expects of interventions and is told by them, given their own answers.

Given worldview c, group g and a rating y of cell j, the person's position is
``m_ij = s (E_cgj + ξ_ij)``. The model of expectations sees only the sum of the person's deviation
ξ and the noise of one answer, which is logistic with variance π²/3. A deviation of sd σ, on the
scale on which that noise is standard logistic, takes the share ``ρ = σ² / (σ² + π²/3)`` of it, and
``s = 1 / √(1 − ρ)`` brings positions to that scale. What a rating tells of the deviation is the
linear regression on the noise that would have led to it:
``E[ξ | y] = ρ E[ε | y]``, ``Var[ξ | y] = ρ (1 − ρ) π²/3 + ρ² Var[ε | y]``.

Single ratings do not tell σ, nor ρ. How much more people support what they rated better than
others of their worldview and group did, beside how support follows worldviews and groups, tells
something: ρ is a parameter of ``models/responses.py``, and what is worked out here is given as
``place + ρ told``.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import xarray as xr
from scipy.special import expit, logit, logsumexp

from mfp_stats.design.data import Expectations, Floats, Ints
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.drawn import flat_draws

#: Slices of equal probability that stand for the noise within one level.
_SLICES: Final = 24
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class PersonExpectations:
    """Everybody's expectations under one posterior draw. N persons, C worldviews, J cells."""

    membership: Floats  #: (N, C) probabilities of the worldviews given beliefs and ratings
    place: Floats  #: (N, C, J) E of the person's group and worldview
    told: Floats  #: (N, C, J) E[ε | y]; 0 where nothing was rated
    spread: Floats  #: (N, C, J) Var[ε | y]; π²/3 where nothing was rated

    def moments(self, who: Ints, worldview: Ints, share: float) -> tuple[Floats, Floats]:
        """Return mean and variance of the positions m of people in one worldview each, (M, J).

        Parameters
        ----------
        who
            (M,) rows of the people.
        worldview
            (M,) indices of their worldviews.
        share
            ρ.
        """
        mean = self.place[who, worldview] + share * self.told[who, worldview]
        left = share * (1 - share) * NOISE + share**2 * self.spread[who, worldview]
        return mean / np.sqrt(1 - share), left / (1 - share)

    def only(self, rows: Ints, worldview: int | None = None) -> "PersonExpectations":
        """Return the same for some of the people, as holders of one worldview or of any."""
        c = slice(None) if worldview is None else slice(worldview, worldview + 1)
        return PersonExpectations(
            self.membership[rows, c],
            self.place[rows, c],
            self.told[rows, c],
            self.spread[rows, c],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Draws of the expectations model, ready to be applied to the people who answered.

    S draws, C worldviews, G groups, J cells.
    """

    rated: Expectations
    group: Ints  #: (N,)
    log_membership: Floats  #: (S, N, C) given beliefs alone
    expectation: Floats  #: (S, C, G, J)
    cutpoints: Floats  #: (S, all scales' cut points)

    @classmethod
    def of(
        cls,
        posterior: xr.Dataset,
        rated: Expectations,
        group: Ints,
        log_membership: Floats,
    ) -> "Expected":
        """Collect the draws of ``models/expectations.py``, chains one after the other."""
        rows = np.arange(posterior.sizes["chain"] * posterior.sizes["draw"])
        return cls(
            rated,
            group,
            log_membership,
            flat_draws(posterior["expectation"], rows),
            flat_draws(posterior["cutpoints"], rows),
        )

    def only(self, kept: Ints) -> "Expected":
        """Return the same for some of the people."""
        rated = replace(self.rated, answers=self.rated.answers[kept])
        return replace(
            self, rated=rated, group=self.group[kept], log_membership=self.log_membership[:, kept]
        )

    def at(self, draw: int) -> PersonExpectations:
        """Return everybody's expectations under one draw."""
        place = self.expectation[draw]  # (C, G, J)
        cells = np.arange(place.shape[2])
        log_given = np.zeros((len(self.group), place.shape[0], place.shape[2]))
        of_group = place[:, self.group].transpose(1, 0, 2)  # (N, C, J)
        told, spread = np.zeros_like(of_group), np.full_like(of_group, NOISE)
        for cell_slice, cuts in self._scales(draw):
            log_level, mean, variance = _levels(place[:, :, cell_slice], cuts)
            answers = self.rated.answers[:, cell_slice]  # (N, cells)
            person, cell = np.nonzero(answers >= 0)
            level, g = answers[person, cell], self.group[person]
            at = cells[cell_slice][cell]
            log_given[person, :, at] = log_level[:, g, cell, level].T
            told[person, :, at] = mean[:, g, cell, level].T
            spread[person, :, at] = variance[:, g, cell, level].T
        joint = self.log_membership[draw] + log_given.sum(axis=2)
        joint -= logsumexp(joint, axis=1, keepdims=True)
        return PersonExpectations(np.exp(joint), of_group, told, spread)

    def cuts(self, draw: int) -> list[Floats]:
        """Return the cut points of every scale under one draw."""
        ends = np.cumsum(self.rated.levels - 1)
        return np.split(self.cutpoints[draw], ends[:-1])

    def _scales(self, draw: int) -> list[tuple[slice, Floats]]:
        """Return the cells and cut points of every scale."""
        found = []
        for k, cuts in enumerate(self.cuts(draw)):
            inside = np.flatnonzero(self.rated.scale == k)
            found.append((slice(int(inside[0]), int(inside[-1]) + 1), cuts))
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
