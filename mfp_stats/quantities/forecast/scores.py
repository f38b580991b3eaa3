"""How well draws of a share predicted the share observed among n people: proper scores.

Gneiting, T. & Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and estimation,
Journal of the American Statistical Association 102, 359–378; for counts Czado, C., Gneiting, T. &
Held, L. (2009), Predictive model assessment for count data, Biometrics 65, 1254–1261.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import gammaln, stdtr

from mfp_stats.design.data import Floats

#: No draw of a share is nearer to none or all than this, so that no count is impossible.
LEAST: Final = 1e-9
#: Probabilities inside the intervals that are looked at.
LEVELS: Final = (0.5, 0.9)
#: Cells of the table draws × counts that are held at once.
_CELLS: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Score:
    """One prediction beside what was observed.

    ``low`` and ``high`` are the ends of the central 90 % interval of the observed share;
    ``covered_50`` and ``covered_90`` say whether it lies within such intervals, ends included.
    """

    mean: float
    low: float
    high: float
    log_score: float  #: log-probability of the observed count; higher is better
    crps: float  #: continuous ranked probability score of the share; 0 is perfect
    pit: float  #: randomised probability integral transform, uniform where predictions hold
    covered_50: bool
    covered_90: bool


def predictive(shares: Floats, n: int) -> Floats:
    """Return the probability of each count 0..n of accepting people, (n + 1,).

    Parameters
    ----------
    shares
        (S,) draws of the share that accepts, 0 to 1.
    n
        People asked, at least 1.
    """
    p = np.clip(shares, LEAST, 1 - LEAST)
    counts = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    total = np.zeros(n + 1)
    for part in np.array_split(p, max(1, len(p) * (n + 1) // _CELLS)):
        yes, no = np.log(part)[:, None], np.log1p(-part)[:, None]
        total += np.exp(ways + counts * yes + (n - counts) * no).sum(axis=0)
    return np.asarray(total / total.sum())


def interval(probability: Floats, level: float) -> tuple[float, float]:
    """Return the ends of the central interval of the observed share, both shares themselves.

    Parameters
    ----------
    probability
        (n + 1,) of each count.
    level
        At least this probability lies within.
    """
    below = np.cumsum(probability)
    tail = (1 - level) / 2
    low, high = (int(np.searchsorted(below, q - 1e-12)) for q in (tail, 1 - tail))
    n = len(probability) - 1
    return low / n, min(high, n) / n


def score(shares: Floats, n: int, count: int, uniform: float) -> Score:
    """Hold a prediction against a count.

    Parameters
    ----------
    shares
        (S,) draws of the share that accepts.
    n, count
        People asked, and how many of them accept.
    uniform
        A number from 0 to 1, drawn without a look at the count, that makes the PIT uniform.
    """
    probability = predictive(shares, n)
    below = np.cumsum(probability)
    reached = np.arange(n) >= count
    observed = count / n
    ends = {level: interval(probability, level) for level in LEVELS}
    inside = [low <= observed <= high for low, high in ends.values()]
    before = float(below[count - 1]) if count else 0.0
    return Score(
        mean=float(probability @ np.arange(n + 1)) / n,
        low=ends[0.9][0],
        high=ends[0.9][1],
        log_score=float(np.log(max(probability[count], np.finfo(np.float64).tiny))),
        crps=float(((below[:n] - reached) ** 2).sum() / n),
        pit=min(1.0, before + uniform * float(probability[count])),
        covered_50=inside[0],
        covered_90=inside[1],
    )


@dataclass(frozen=True, slots=True)
class Paired:
    """How two predictions compare: the mean difference of their scores.

    ``error`` is its standard error and ``above`` the probability that the difference is above 0,
    from Student's t with as many degrees of freedom as there are clusters, less one; both are None
    where there is one cluster.
    """

    mean: float
    error: float | None
    above: float | None


def paired(differences: Floats, clusters: Sequence[str]) -> Paired:
    """Return the mean of paired differences and how sure it is.

    What is drawn anew in another comparison are interventions, and what groups say of one
    intervention goes together: cells of one intervention count as a cluster.

    Parameters
    ----------
    differences
        (cells,) of two predictions' scores.
    clusters
        The intervention of each cell.
    """
    mean = float(differences.mean())
    names, which = np.unique(np.array(clusters), return_inverse=True)
    if len(names) < 2:
        return Paired(mean, None, None)
    sums = np.bincount(which, differences - mean)
    spread = len(names) / (len(names) - 1) * float((sums**2).sum())
    error = float(np.sqrt(spread)) / len(differences)
    if error == 0:
        return Paired(mean, error, float(np.sign(mean) + 1) / 2)
    return Paired(mean, error, float(stdtr(len(names) - 1, mean / error)))
