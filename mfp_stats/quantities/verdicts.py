"""What carries a gap, in one word, or "cannot tell" (method, section 4).

A cause is named only where the posterior probability that it carries more of the gap than every
other part by more than ``EPSILON`` is above ``SURE``, and the gap itself is credibly larger than
``EPSILON``. A part that works against the gap carries none of it.

Where the survey randomised, models are named only if they lead in the same way once the check's
word is taken for the split's: what the split foretells that supposing the same consequences closes,
and what that does not close in the arm, is taken from models and given to the residual. That the
arm does not contradict is not enough: where few were asked, a check that is silent is what beliefs
that follow support leave too, and they were taken for models in two simulated surveys of five of
300 people.
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

_MODELS: Final = CAUSES.index("models")
_RESIDUAL: Final = CAUSES.index("residual")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict with the probability behind it."""

    verdict: str  #: one of the four causes, ``no_gap`` or ``cannot_tell``
    probability: float
    leading: str  #: the cause that most probably carries most
    credible: bool  #: whether the gap is credibly larger than ``EPSILON``
    #: probability that models lead by the randomised check too; None without one
    checked: float | None = None


def judge(
    gap: Floats, parts: Floats, *, complete: bool = True, unclosed: Floats | None = None
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
    unclosed
        (S,) draws of how much less of the gap the randomised check closes than the split foretells,
        signed as the gap is; None without a check.
    """
    each = None if unclosed is None else unclosed[None]
    return judge_each(gap[None], parts[None], complete=complete, unclosed=each)[0]


def judge_each(
    gaps: Floats, parts: Floats, *, complete: bool = True, unclosed: Floats | None = None
) -> list[Verdict]:
    """Say of each of several gaps what carries it, as :func:`judge` does of one.

    Parameters
    ----------
    gaps
        (N, S) draws of each gap.
    parts
        (N, S, 5) draws of what carries it.
    complete, unclosed
        See :func:`judge`; the latter (N, S).
    """
    toward = np.sign(gaps)[..., None]
    leads = _leads(parts * toward)
    none = (np.abs(gaps) < NO_GAP).mean(axis=-1)
    checked: list[float | None] = [None] * len(gaps)
    if unclosed is not None:
        checked = _leads(_by_the_check(parts, unclosed) * toward)[:, _MODELS].tolist()
    rows = zip(leads, none, _credibly_apart(gaps), checked, strict=True)
    return [_verdict(lead, float(no), bool(sure), complete, by) for lead, no, sure, by in rows]


def _verdict(
    leads: Floats, none: float, credible: bool, complete: bool, checked: float | None
) -> Verdict:
    best = int(np.argmax(leads))
    cause, probability = CAUSES[best], float(leads[best])
    if none > SURE:
        return Verdict("no_gap", none, cause, credible, checked)
    nameable = complete if cause == "residual" else cause != "models" or bears_out(checked)
    if credible and nameable and probability > SURE:
        return Verdict(cause, probability, cause, credible, checked)
    return Verdict("cannot_tell", probability, cause, credible, checked)


def bears_out(checked: float | None) -> bool:
    """Whether models may be named, given how probably they lead by a randomised check."""
    return checked is None or checked > SURE


def _by_the_check(parts: Floats, unclosed: Floats) -> Floats:
    """Return the parts (N, S, 5) if models carry no more than supposing the same takes away."""
    found = parts.copy()
    found[..., _MODELS] -= unclosed
    found[..., _RESIDUAL] += unclosed
    return found


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
