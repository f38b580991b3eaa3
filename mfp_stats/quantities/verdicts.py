"""What carries a gap, in one word, or "cannot tell" (method, section 4).

A cause is named only where the posterior probability that it carries more of the gap than every
other part by more than ``EPSILON`` is above ``SURE``, and the gap itself is credibly larger than
``EPSILON``. A part that works against the gap carries none of it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats
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
    return judge_each(gap[None], parts[None], complete=complete)[0]


def judge_each(gaps: Floats, parts: Floats, *, complete: bool = True) -> list[Verdict]:
    """Say of each of several gaps what carries it, as :func:`judge` does of one.

    Parameters
    ----------
    gaps
        (N, S) draws of each gap.
    parts
        (N, S, 5) draws of what carries it.
    complete
        See :func:`judge`.
    """
    leads = _leads(parts * np.sign(gaps)[..., None])
    none = (np.abs(gaps) < NO_GAP).mean(axis=-1)
    rows = zip(leads, none, _credibly_apart(gaps), strict=True)
    return [_verdict(lead, float(no), bool(sure), complete) for lead, no, sure in rows]


def _verdict(leads: Floats, none: float, credible: bool, complete: bool) -> Verdict:
    best = int(np.argmax(leads))
    cause, probability = CAUSES[best], float(leads[best])
    if none > SURE:
        return Verdict("no_gap", none, cause, credible)
    nameable = complete or cause != "residual"
    if credible and nameable and probability > SURE:
        return Verdict(cause, probability, cause, credible)
    return Verdict("cannot_tell", probability, cause, credible)


def _credibly_apart(gap: Floats) -> Bools:
    """Whether one direction of a gap beyond ``EPSILON`` has a probability above ``SURE``.

    ``gap`` (..., S) holds its draws; the answer is (...).
    """
    above, below = (gap > EPSILON).mean(axis=-1), (gap < -EPSILON).mean(axis=-1)
    return np.asarray(np.maximum(above, below) > SURE)


def _leads(carried: Floats) -> Floats:
    """Return the probability that a cause carries more than every other part by ``EPSILON``.

    Of each gap and cause, (N, 4); ``carried`` is (N, S, 5).
    """
    by_part = np.ascontiguousarray(np.moveaxis(carried, -1, 0))
    sizes = np.abs(by_part)
    others = (np.delete(sizes, c, axis=0).max(axis=0) for c in range(len(CAUSES)))
    more = [(by_part[c] - other > EPSILON).mean(axis=-1) for c, other in enumerate(others)]
    return np.stack(more, axis=-1)
