"""What each group was asked, so that no difference is told of what one of two groups was not."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from mfp_stats.design.data import Bools, ModelData


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What somebody of each group answered. G groups, K values, H indicators, J cells.

    Of a group that was never asked, models know what they know of the others: their estimates of
    it are no finding.
    """

    values: Bools  #: (G, K) whether a value was offered to anybody who weighed some
    beliefs: Bools  #: (G, H) whether an indicator of worldviews was answered
    cells: Bools  #: (G, J) whether an outcome or a signal of a proposal was rated

    @classmethod
    def of(cls, data: ModelData) -> Self:
        """Look it up."""
        groups = len(data.groups)
        beliefs = np.zeros((groups, 0), dtype=np.bool_)
        if data.beliefs is not None:
            beliefs = _answered(data, data.beliefs.answers >= 0)
        cells = np.zeros((groups, 0), dtype=np.bool_)
        if data.expectations is not None:
            cells = _answered(data, data.expectations.answers >= 0)
        return cls(values_offered(data), beliefs, cells)

    def same_values(self, *groups: int) -> bool:
        """Whether all groups were offered every value that anybody was."""
        there = self.values.any(axis=0)
        return bool(self.values[list(groups)][:, there].all())

    def common_beliefs(self, *groups: int) -> bool:
        """Whether there is a question on worldviews that all groups answered."""
        return bool(self.beliefs[list(groups)].all(axis=0).any())


def values_offered(data: ModelData) -> Bools:
    """Return which values somebody of each group could choose, rank or rate, (G, K).

    Trade-offs count where there are any: claims are not put in their place.
    """
    found = np.zeros((len(data.groups), len(data.values)), dtype=np.bool_)
    if data.best_worst is not None:
        task, place = np.nonzero(data.best_worst.shown >= 0)
        shown = data.best_worst.shown[task, place]
        found[data.group[data.best_worst.person[task]], shown] = True
    for part in (data.picks, data.rankings):
        if part is not None:
            task, value = np.nonzero(part.offered)
            found[data.group[part.person[task]], value] = True
    if data.ratings is not None and not data.has_tradeoffs:
        found[data.group[data.ratings.person], data.ratings.value] = True
    return found


def _answered(data: ModelData, there: Bools) -> Bools:
    """Return whether anybody of each group answered each column, (G, columns)."""
    inside = [there[data.group == g].any(axis=0) for g in range(len(data.groups))]
    return np.stack(inside)
