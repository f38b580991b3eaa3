"""Whether ranks are uniform: their ECDF against simultaneous bands.

Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32:32. Ranks lie in 0..B − 1. The
number of ranks below b is binomial, and from one b to the next a Markov chain, so that the
probability of staying within any limits at all b together is an exact recursion.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Uniformity:
    """The law of the counts of ``n`` uniform ranks out of ``bins``."""

    n: int
    bins: int

    @property
    def _points(self) -> Floats:
        """P(rank < b) for b = 1..B − 1."""
        return np.asarray(np.arange(1, self.bins) / self.bins)

    def pointwise(self) -> Floats:
        """Two-sided p-value of every count 0..n at every b = 1..B − 1, (B − 1, n + 1)."""
        counts = np.arange(self.n + 1)
        law = stats.binom(self.n, self._points[:, None])
        return np.asarray(np.minimum(1.0, 2 * np.minimum(law.cdf(counts), law.sf(counts - 1))))

    def p_value(self, ranks: Ints) -> float:
        """Probability that uniform ranks stray as far, at the b where they stray farthest.

        The ECDF lies inside the simultaneous band of level 1 − p exactly where this exceeds p.

        Parameters
        ----------
        ranks
            (n,) in 0..B − 1.
        """
        counts = np.cumsum(np.bincount(ranks, minlength=self.bins))[:-1]
        pointwise = self.pointwise()
        farthest = pointwise[np.arange(self.bins - 1), counts].min()
        # As far counts as far enough, whatever the rounding.
        return self._leaves(pointwise > farthest * (1 + 1e-9))

    def band(self, level: float = 0.99) -> tuple[Ints, Ints]:
        """Return lowest and highest count inside the simultaneous band at every b, (B − 1,)."""
        pointwise = self.pointwise()
        low, high = 0.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            strays = self._leaves(pointwise > middle)
            low, high = (middle, high) if strays <= 1 - level else (low, middle)
        inside = pointwise > low
        return inside.argmax(axis=1), self.n - inside[:, ::-1].argmax(axis=1)

    def _leaves(self, inside: NDArray[np.bool_]) -> float:
        """Probability that the counts leave ``inside`` (B − 1, n + 1) at some b."""
        state = np.zeros(self.n + 1)
        state[0] = 1.0
        counts = np.arange(self.n + 1)
        step = counts[None, :] - counts[:, None]  # from, to
        left = self.n - counts[:, None]
        with np.errstate(divide="ignore"):
            log_ways = stats.binom(left, 0.5).logpmf(step) + left * np.log(2)
        for b, allowed in enumerate(inside):
            chance = 1 / (self.bins - b)
            terms = step * np.log(chance) + (left - step) * np.log1p(-chance)
            move = np.exp(np.where(step >= 0, log_ways + terms, -np.inf))
            state = np.where(allowed, state @ move, 0.0)
        return float(1 - state.sum())
