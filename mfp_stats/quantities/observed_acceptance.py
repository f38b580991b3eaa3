"""Acceptance among those who were asked, by no model: what a model has to be near to."""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Bools, Floats, ModelData
from mfp_stats.weights import effective_n


@dataclass(frozen=True, slots=True, eq=False)
class ObservedAcceptance:
    """Shares of those asked who accept, (W, G, X), and their standard errors."""

    share: Floats
    error: Floats

    @classmethod
    def of(
        cls, data: ModelData, weightings: tuple[str, ...], groups: np.ndarray
    ) -> "ObservedAcceptance":
        """Work them out; NaN where nobody of the group was asked."""
        given = data.responses
        assert given is not None
        head = (len(weightings), len(groups), len(given.interventions))
        share, error = np.full(head, np.nan), np.full(head, np.nan)
        for w, weighting in enumerate(weightings):
            weight = np.ones(len(data.group))
            if weighting != "unweighted" and data.weight is not None:
                weight = data.weight
            for g, group in enumerate(groups):
                for x in range(head[2]):
                    asked = (data.group == group) & (given.answers[:, x] >= 0)
                    accepts = given.answers[asked, x] >= given.accept
                    if weight[asked].sum() > 0:
                        share[w, g, x], error[w, g, x] = weighted_share(accepts, weight[asked])
        return cls(share, error)

    def gap(self, w: int, pair: tuple[int, int]) -> tuple[Floats, Floats]:
        """Return the second group's share minus the first's and its standard error, (X,)."""
        a, b = pair
        error = np.hypot(self.error[w, a], self.error[w, b])
        return self.share[w, b] - self.share[w, a], error


def weighted_share(accepts: Bools, weight: Floats) -> tuple[float, float]:
    """Return a weighted share and its standard error, which is not 0 where all are of one mind."""
    share, n = float(accepts @ weight / weight.sum()), effective_n(weight)
    near = (share * n + 0.5) / (n + 1)
    return share, float(np.sqrt(near * (1 - near) / n))
