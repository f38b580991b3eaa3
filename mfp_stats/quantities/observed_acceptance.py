"""Acceptance among those who were asked, by no model: what a model has to be near to."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.weights import effective_n, enough_weighted

#: Standard errors of what was observed from which a model's estimate is not near it. Both are of
#: the same people: the model draws small groups together, by less.
FAR: Final = 2.5


@dataclass(frozen=True, slots=True)
class ObservedShare:
    """The share that accepts among those of a group who were asked."""

    share: float
    asked: int
    n: float  #: Kish's effective number of people

    @classmethod
    def of(cls, accepts: Ints, inside: Bools, weight: Floats | None) -> "ObservedShare | None":
        """Work it out; None where nobody was asked, or nobody who counts.

        Parameters
        ----------
        accepts
            (N,) 1 accepts, 0 does not, −1 gave no answer.
        inside
            (N,) who is in the group.
        weight
            (N,) how much people count; None: all alike.
        """
        rows = inside & (accepts >= 0)
        counted = np.ones(int(rows.sum())) if weight is None else weight[rows]
        if counted.sum() <= 0:
            return None
        share = float(counted @ accepts[rows] / counted.sum())
        return cls(share, len(counted), effective_n(counted))

    @property
    def error(self) -> float:
        """Its standard error, which is not 0 where all are of one mind."""
        near = (self.share * self.n + 0.5) / (self.n + 1)
        return float(np.sqrt(near * (1 - near) / self.n))


def resampled_shares(accepts: Ints, weights: Floats, rng: np.random.Generator) -> Floats:
    """Return one draw of the shares (X,) that accept, by a Bayesian bootstrap alone.

    No model and no prior draws groups, or arms, together. One more person who accepts everything
    and one who accepts nothing keep what few people say off certainty (Agresti & Caffo 2000).

    Parameters
    ----------
    accepts
        (n, X) answers of a group's people: 1 accepts, 0 does not, −1 gave none.
    weights
        (n,) how much each counts in this draw.
    rng
        Source of the weights of the two.
    """
    for_it, against = rng.exponential(weights.mean(), 2)
    counted = weights[:, None] * (accepts >= 0)
    yes = (counted * (accepts == 1)).sum(axis=0) + for_it
    return np.asarray(yes / (counted.sum(axis=0) + for_it + against))


@dataclass(frozen=True, slots=True, eq=False)
class ObservedAcceptance:
    """Shares of those asked who accept; W weightings, G groups, X interventions."""

    cells: tuple[tuple[tuple[ObservedShare | None, ...], ...], ...]  #: [W][G][X]

    @classmethod
    def of(
        cls, data: ModelData, weightings: tuple[str, ...], groups: np.ndarray, floor: int
    ) -> "ObservedAcceptance":
        """Work them out; None where nobody of the group was asked.

        None too of weighted shares beside which the unweighted ones would tell what ``floor`` or
        fewer people of weight zero said.
        """
        assert data.responses is not None
        accepts = data.responses.accepts

        def share(x: int, inside: Bools, weight: Floats | None) -> ObservedShare | None:
            asked = inside & (accepts[:, x] >= 0)
            if weight is not None and not enough_weighted(weight, asked, floor, observed=True):
                return None
            return ObservedShare.of(accepts[:, x], inside, weight)

        weights = [None if name == "unweighted" else data.weight for name in weightings]
        return cls(
            tuple(
                tuple(
                    tuple(share(x, data.group == group, weight) for x in range(accepts.shape[1]))
                    for group in groups
                )
                for weight in weights
            )
        )

    def gap(self, w: int, pair: tuple[int, int]) -> tuple[Floats, Floats]:
        """Return the second group's share minus the first's and its standard error, (X,).

        NaN where that of one of them is not known.
        """
        (share_a, error_a), (share_b, error_b) = (self._arrays(w, g) for g in pair)
        return share_b - share_a, np.hypot(error_a, error_b)

    def _arrays(self, w: int, g: int) -> tuple[Floats, Floats]:
        seen = [(np.nan, np.nan) if o is None else (o.share, o.error) for o in self.cells[w][g]]
        share, error = np.array(seen, dtype=np.float64).reshape(-1, 2).T
        return share, error
