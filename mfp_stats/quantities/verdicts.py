"""What carries a gap, in one word, or "cannot tell" (method, section 4).

A cause is named only where the posterior probability that it carries more of the gap than every
other part by more than ``EPSILON`` is above ``SURE``, and the gap itself is credibly larger than
``EPSILON``. A part that works against the gap carries none of it.

Where the survey randomised, models are named only if they lead by the check too, with the same
probability: what the split foretells that supposing the same consequences closes, and what that
does not close among those who were told to, is taken from models and given to the residual. That
the check does not contradict is not enough: where few were told, it is silent, and so it is where
beliefs follow support, which were taken for models in two simulated surveys of five of 300 people.
"""

from collections.abc import Sequence
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

_MODELS: Final = CAUSES.index("models")
_RESIDUAL: Final = CAUSES.index("residual")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict with the probability behind it."""

    verdict: str  #: one of the four causes, ``no_gap`` or ``cannot_tell``
    probability: float
    leading: str  #: the cause that most probably carries most
    credible: bool  #: whether the gap is credibly larger than ``EPSILON``


def judge(
    gap: Floats, parts: Floats, *, complete: bool = True, checked: float | None = None
) -> Verdict:
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
    checked
        Probability that models lead by a randomised check (:func:`lead_by_the_check`); None without
        one.
    """
    return judge_each(gap[None], parts[None], complete=complete, checked=[checked])[0]


def judge_each(
    gaps: Floats,
    parts: Floats,
    *,
    complete: bool = True,
    checked: Sequence[float | None] | None = None,
) -> list[Verdict]:
    """Say of each of several gaps what carries it, as :func:`judge` does of one.

    Parameters
    ----------
    gaps
        (N, S) draws of each gap.
    parts
        (N, S, 5) draws of what carries it.
    complete, checked
        See :func:`judge`; the latter of each gap.
    """
    leads = _leads(parts * np.sign(gaps)[..., None])
    none = (np.abs(gaps) < NO_GAP).mean(axis=-1)
    by = [None] * len(gaps) if checked is None else checked
    rows = zip(leads, none, _credibly_apart(gaps), by, strict=True)
    return [_verdict(lead, float(no), bool(sure), complete, by) for lead, no, sure, by in rows]


def lead_by_the_check(gaps: Floats, parts: Floats, unclosed: Floats) -> Floats:
    """Return the probability that models carry most if they carry what a randomised check shows.

    Parameters
    ----------
    gaps
        (N, S) draws of each gap.
    parts
        (N, S, 5) draws of what carries it.
    unclosed
        (N, S) draws of how much less of it the check closes than the split foretells, signed as
        gaps are.

    Returns
    -------
    Floats
        (N,) that they are ahead of every other part, by however little: how far the split says.
    """
    found = parts.copy()
    found[..., _MODELS] -= unclosed
    found[..., _RESIDUAL] += unclosed
    return np.asarray(_leads(found * np.sign(gaps)[..., None], by=0.0)[:, _MODELS])


def _verdict(
    leads: Floats, none: float, credible: bool, complete: bool, checked: float | None
) -> Verdict:
    best = int(np.argmax(leads))
    cause, probability = CAUSES[best], float(leads[best])
    if none > SURE:
        return Verdict("no_gap", none, cause, credible)
    nameable = {"residual": complete, "models": checked is None or checked > SURE}
    if credible and nameable.get(cause, True) and probability > SURE:
        return Verdict(cause, probability, cause, credible)
    return Verdict("cannot_tell", probability, cause, credible)


def _credibly_apart(gap: Floats) -> Bools:
    """Whether one direction of a gap beyond ``EPSILON`` has a probability above ``SURE``.

    ``gap`` (..., S) holds its draws; the answer is (...).
    """
    above, below = (gap > EPSILON).mean(axis=-1), (gap < -EPSILON).mean(axis=-1)
    return np.asarray(np.maximum(above, below) > SURE)


def _leads(carried: Floats, by: float = EPSILON) -> Floats:
    """Return the probability that a cause carries more than every other part, ``by`` so much.

    Of each gap and cause, (N, 4); ``carried`` is (N, S, 5).
    """
    by_part = np.ascontiguousarray(np.moveaxis(carried, -1, 0))
    sizes = np.abs(by_part)
    others = (np.delete(sizes, c, axis=0).max(axis=0) for c in range(len(CAUSES)))
    more = [(by_part[c] - other > by).mean(axis=-1) for c, other in enumerate(others)]
    return np.stack(more, axis=-1)
