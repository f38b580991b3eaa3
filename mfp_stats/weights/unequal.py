"""Design weights: their faults, their normalisation and what they cost in precision.

Kish, L. (1992), Weighting for unequal P_i, Journal of Official Statistics 8(2), 183–200: unequal
weights multiply the variance of a mean by n Σw² / (Σw)², as if there were (Σw)² / Σw² people.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mfp_stats.errors import DesignError, Fault

Floats = NDArray[np.float64]


def weight_faults(weights: ArrayLike, names: Sequence[str] | None = None) -> list[Fault]:
    """Return what makes weights unusable, one fault a row, none where they can be used.

    Parameters
    ----------
    weights
        (n,) weights; zeros are allowed, as long as one is positive.
    names
        (n,) how a user finds each row, e.g. respondent ids. Default "row 1", "row 2", …
    """
    w = np.asarray(weights, dtype=np.float64)
    names = [f"row {k}" for k in range(1, len(w) + 1)] if names is None else names
    wrong = np.flatnonzero(~(np.isfinite(w) & (w >= 0))).tolist()
    faults = [Fault(f"{names[k]}, weight", f"is {_say(w[k])}", fix=_FIX) for k in wrong]
    if not faults and not (w > 0).any():
        faults.append(Fault("weight", "no weight is above zero", fix=_FIX))
    return faults


def normalise(weights: ArrayLike, names: Sequence[str] | None = None) -> Floats:
    """Return weights with mean 1 over all rows, zeros included.

    Raises
    ------
    DesignError
        Negative, missing or infinite weights (each is named), or none above zero.
    """
    w = np.asarray(weights, dtype=np.float64)
    if faults := weight_faults(w, names):
        raise DesignError(faults, about="weights")
    scaled = w / w.max()  # so that the sum of huge weights stays finite
    return np.asarray(scaled / scaled.mean(), dtype=np.float64)


def count_zeros(weights: ArrayLike) -> int:
    """Return how many rows have weight zero and so count for nothing in weighted estimates."""
    return int((np.asarray(weights) == 0).sum())


def design_effect(weights: ArrayLike) -> float:
    """Return Kish's design effect of weighting, n Σw² / (Σw)², at least 1.

    Rows of weight zero are no respondents of the weighted sample and do not count in n.
    """
    w = normalise(weights)
    n = int((w > 0).sum())
    return n / effective_n(w)


def effective_n(weights: ArrayLike) -> float:
    """Return Kish's effective sample size, (Σw)² / Σw²."""
    w = normalise(weights)
    return float(w.sum() ** 2 / (w**2).sum())


_FIX = "Weights are finite numbers of at least 0; correct the file or leave the weights out."


def _say(weight: float) -> str:
    return "missing" if np.isnan(weight) else f"{weight:g}"
