"""Seven truths: one cause of a gap in acceptance each, all else equal (method, section 7).

All truths of a seed share one population; only what the truth is named after differs between
its groups. Values, worldviews and signals are independent of each other within a group.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from mfp_stats.errors import DesignError, Fault
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate.acceptance import accept_cuts, acceptance, draw_group
from mfp_stats.simulate.base import Base, base_population
from mfp_stats.simulate.needs import what_is_missing
from mfp_stats.simulate.truth import Floats, Truth

NAMES: Final = ("values", "models", "signals", "residual", "style", "rationalised", "none")
#: Difference in acceptance between the two most different groups, averaged over interventions.
#: 20 percentage points: 60 of 100 people in one group accept where 40 do in the other, a majority
#: on either side of the question, which somebody who has to decide would call moderate; as an
#: effect size h = 2 asin √0.6 − 2 asin √0.4 = 0.40, between Cohen's small (0.2) and medium (0.5).
DEFAULT_EFFECT: Final = 0.20

#: Style of the two most different groups, with opposite signs: how lenient their ratings are (1 is
#: about one answer of five), and the logarithm of how much of the scale they use.
_LENIENCY: Final = 1.0
_USE: Final = 0.25
#: How far beliefs are rationalised: who took stated consequences for causes of support would put
#: about two thirds of the gap down to models.
_RATIONALISATION: Final = 1.25
_PEOPLE: Final = 10_000
_STRONGEST: Final = 64.0


def named_truth(
    questionnaire: Questionnaire,
    name: str,
    *,
    seed: int,
    effect: float = DEFAULT_EFFECT,
    classes: int = 2,
) -> Truth:
    """Return a truth in which a gap in acceptance has one known cause, or there is no gap.

    Parameters
    ----------
    questionnaire
        With two groups or more, and the questions that the truth is about.
    name
        ``values``: groups differ in what matters to them. ``models``: in how common each
        worldview is, and worldviews in the consequences that they expect. ``signals``: in what an
        intervention tells them. ``residual``: in acceptance itself. ``style``: in how they use
        rating scales, with no gap in anything else. ``rationalised``: as residual, but people
        move the consequences that they state toward what they support. ``none``: in nothing.
    seed
        Truths of one seed share all that they are not named after.
    effect
        Size of the gap, above 0 and below 1: absolute difference in the share who accept between
        the two most different groups, averaged over interventions, on the first response scale.
        Without effect on ``style`` and ``none``.
    classes
        Number of worldviews C.

    Returns
    -------
    Truth
        The gap has the same sign for every intervention. Its cause is scaled until the gap of a
        large population is ``effect``, within half a percentage point.

    Raises
    ------
    DesignError
        The name is none of :data:`NAMES`; the questionnaire lacks what the truth needs, with each
        part named; or the gap cannot be made so large.
    """
    _check(questionnaire, name, effect, classes)
    base = base_population(questionnaire, seed=seed, classes=classes)
    if name == "none":
        return base.truth
    if name == "style":
        return _style(base)
    made = _scaled(questionnaire, base, name, effect)
    return replace(made, rationalisation=_RATIONALISATION) if name == "rationalised" else made


def _check(questionnaire: Questionnaire, name: str, effect: float, classes: int) -> None:
    faults: list[Fault] = []
    if name not in NAMES:
        faults.append(Fault("truth", f"there is no truth {name!r}", known=NAMES))
    if not 0 < effect < 1:
        faults.append(Fault("effect", f"is {effect:g}, but must be above 0 and below 1"))
    least = 2 if name == "models" else 1
    if classes < least:
        faults.append(Fault("classes", f"is {classes}, but must be {least} or more"))
    if len(questionnaire.groups) < 2:
        faults.append(Fault(questionnaire.group, "has one group; a gap is between two or more"))
    if not faults:
        faults += what_is_missing(questionnaire, name)
    if faults:
        raise DesignError(faults, about=f"truth {name!r} of {questionnaire.survey!r}")


def _values(base: Base, scale: float) -> Truth:
    """Lean groups to, or from, what the interventions are expected to do well."""
    return replace(
        base.truth,
        value_means=base.truth.value_means + scale * np.outer(base.positions, base.pattern),
    )


def _models(base: Base, scale: float) -> Truth:
    logits = scale * np.outer(base.positions, base.optimism)
    return replace(base.truth, class_shares=softmax(logits, axis=1))


def _signals(base: Base, scale: float) -> Truth:
    deviations = scale * base.positions[:, None, None] * base.signal_strengths
    return replace(base.truth, signal_deviations=deviations)


def _residual(base: Base, scale: float) -> Truth:
    return replace(base.truth, residuals=scale * np.outer(base.positions, base.residual_strengths))


_CAUSES: Final[Mapping[str, Callable[[Base, float], Truth]]] = {
    "values": _values,
    "models": _models,
    "signals": _signals,
    "residual": _residual,
    "rationalised": _residual,
}


def _style(base: Base) -> Truth:
    loadings = np.exp(_USE * base.positions)[:, None] * base.truth.rating_loadings
    return replace(base.truth, style_means=_LENIENCY * base.positions, rating_loadings=loadings)


def _scaled(questionnaire: Questionnaire, base: Base, name: str, effect: float) -> Truth:
    """Return the truth whose cause is as strong as the effect needs."""
    cause = _CAUSES[name]
    cuts = accept_cuts(questionnaire, base.truth)
    ends = (int(base.positions.argmin()), int(base.positions.argmax()))

    def lacking(scale: float) -> float:
        return true_gap(cause(base, scale), cuts, *ends) - effect

    strongest = 0.25
    while lacking(strongest) < 0:
        if strongest >= _STRONGEST:
            most = lacking(strongest) + effect
            what = f"{effect:g} cannot be reached: {name} alone make a gap of at most {most:.2f}"
            raise DesignError(Fault("effect", what), about=f"truth {name!r}")
        strongest *= 2
    scale = brentq(lacking, 0.0, strongest, xtol=1e-4, rtol=1e-4)
    return cause(base, float(scale))


def true_gap(
    truth: Truth, cuts: Floats, first: int, second: int, *, people: int = _PEOPLE
) -> float:
    """Return the absolute difference of two groups' acceptance, averaged over interventions.

    Parameters
    ----------
    truth
        The parameters.
    cuts
        Where accepting begins, of :func:`accept_cuts`; NaN leaves an intervention out.
    first, second
        Numbers of the groups.
    people
        People drawn of each.
    """
    shares = [
        acceptance(draw_group(truth, group, people=people, seed=0), cuts)
        for group in (first, second)
    ]
    return float(np.nanmean(np.abs(shares[0] - shares[1])))
