"""What groups, or holders of a worldview, expect on average and are told: means of populations.

In a population people's own deviations cancel: the mean is that of what groups and worldviews
expect, over the worldviews that its people hold. How far the respondents' own deviations happen to
be from 0 is no part of it. Were they drawn given their ratings and averaged, they would take back
what is left open about the mean: where a share ρ = 0.2 of a rating's noise is the person, intervals
of what a proposal tells a group were a sixth too narrow (they held the truth in 84 of 100, not 90).

Units are those of the answers: the logistic noise of one, own deviation and slip together. How much
of that is the person only responses tell (ρ), and no displayed belief is to follow support: where
people bend what they state to what they support, ρ comes out too large, and on the scale of slips
alone even what they rate honestly would look stronger than it is.

Weights may go with ratings beyond group and worldview. What the weighted mean of the residuals has
more than the unweighted one is added (the difference estimator, Särndal, Swensson & Wretman 1992,
ch. 6), on the scale of the ratings' noise: a mean residual E[ε | y] moves by only as much of a
difference as ratings tell of ε, which it is divided by. That is exact for normal noise; for ratings
of five levels it is off by a twentieth, for yes and no by up to a third.
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.expected import PersonExpectations

#: Ratings that tell less of the noise than this, as a share, add nothing by weighting.
_LEAST_TOLD = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class MeanExpectations:
    """Mean expectations under one draw and weighting. N people, J cells, C worldviews."""

    held: PersonExpectations  #: everybody's
    rated: Bools  #: (N, J) who rated which cell
    bootstrap: Floats  #: (N,) how often a person counts in this draw
    weight: Floats | None  #: (N,) None for everyone alike

    def of(self, rows: Ints, worldview: int | None = None) -> Floats:
        """Return the means (J,) of some people, or of holders of a worldview among them."""
        held = self.held.only(rows, worldview)
        alike = self.bootstrap[rows, None] * held.membership
        counted = None if self.weight is None else alike * self.weight[rows, None]
        return mean_expectations(held, self.rated[rows], alike, counted)


def mean_expectations(
    held: PersonExpectations, rated: Bools, alike: Floats, counted: Floats | None
) -> Floats:
    """Return the mean expectations of a population in every cell, (J,), in logits of one answer.

    Parameters
    ----------
    held
        Everybody's expectations under one draw.
    rated
        (N, J) who rated which cell.
    alike
        (N, C) how much people count as holders of each worldview without their weights.
    counted
        (N, C) the same with their weights; None where there are none.

    Notes
    -----
    0 where nobody counts.
    """
    weight = alike if counted is None else counted
    total = weight.sum()
    if not total > 0:
        return np.zeros(held.place.shape[2])
    mean = np.einsum("nc,ncj->j", weight, held.place) / total
    if counted is not None:
        mean = mean + _weighting_shift(held, rated, alike, counted)
    return np.asarray(mean)


def _weighting_shift(
    held: PersonExpectations, rated: Bools, alike: Floats, counted: Floats
) -> Floats:
    """Return by how much the weighted mean residual exceeds the unweighted one, (J,)."""
    asked = rated.astype(np.float64)
    total_alike, total = alike.sum(axis=1) @ asked, counted.sum(axis=1) @ asked
    explained = np.einsum("nc,ncj->j", alike, NOISE - held.spread) / NOISE
    known = (total_alike > 0) & (total > 0)
    known &= explained > _LEAST_TOLD * total_alike
    over = np.einsum("nc,ncj->j", counted, held.told)[known] / total[known]
    over -= np.einsum("nc,ncj->j", alike, held.told)[known] / total_alike[known]
    shift = np.zeros(held.place.shape[2])
    shift[known] = over * total_alike[known] / explained[known]
    return shift
