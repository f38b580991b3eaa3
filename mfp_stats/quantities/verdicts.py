"""What carries a gap, in one word, or "cannot tell" (method, section 4).

A cause is named only where the posterior probability that it carries more of the gap than every
other part by more than ``EPSILON`` is above ``SURE``, and the gap itself is credibly larger than
``EPSILON``. A part that works against the gap carries none of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.quantities.shapley import CAUSES

#: Differences in acceptance that count for nothing: three people in a hundred.
EPSILON: Final = 0.03
#: A gap smaller than this is none: five people in a hundred.
NO_GAP: Final = 0.05
#: Posterior probability that a statement needs.
SURE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict with the probability behind it."""

    verdict: str  #: one of the four causes, ``no_gap`` or ``cannot_tell``
    probability: float
    leading: str  #: the cause that most probably carries most
    credible: bool  #: whether the gap is credibly larger than ``EPSILON``


def judge(gap: Floats, parts: Floats, *, complete: bool = True) -> Verdict:
    """Say what carries a gap.

    Parameters
    ----------
    gap
        (S,) draws of the difference in acceptance.
    parts
        (S, 5) draws of the four causes' φ and of the dependence remainder.
    complete
        Whether values, models and signals were all measured. Where one was not, a residual may be
        nothing but that one, and is not named.
    """
    carried = parts * np.sign(gap)[:, None]
    leads = [_leads(carried, c) for c in range(len(CAUSES))]
    best = int(np.argmax(leads))
    none = float((np.abs(gap) < NO_GAP).mean())
    credible = credibly_apart(gap)
    if none > SURE:
        return Verdict("no_gap", none, CAUSES[best], credible)
    nameable = complete or CAUSES[best] != "residual"
    if credible and nameable and leads[best] > SURE:
        return Verdict(CAUSES[best], leads[best], CAUSES[best], credible)
    return Verdict("cannot_tell", leads[best], CAUSES[best], credible)


def credibly_apart(gap: Floats) -> bool:
    """Whether one direction of the gap beyond ``EPSILON`` has a probability above ``SURE``."""
    return bool(max((gap > EPSILON).mean(), (gap < -EPSILON).mean()) > SURE)


def _leads(carried: Floats, cause: int) -> float:
    """Return the probability that a cause carries more than every other part by ``EPSILON``."""
    others = np.abs(np.delete(carried, cause, axis=1)).max(axis=1)
    return float((carried[:, cause] - others > EPSILON).mean())
