"""A logit model of choices between two profiles, level effects pooled within their attribute.

``P(first is chosen) = σ(Σ_a e_a,first − Σ_a e_a,second)`` (McFadden 1974), the effects of an
attribute's levels zero-sum normal with an sd of their own. People are taken to differ only by
chance, as the plain estimator's effects do not tell them apart either.

The product's own model (``mfp_stats/likelihoods/part_worths.py``) has groups; this one, of
everybody together and with a way to leave pooling out, is compared with published estimates.
"""

from typing import Final

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.categories import one_hot
from mfp_stats.likelihoods.part_worths import zero_sum_by_attribute

#: Median of the sd of an attribute's level effects, in logits, and sd of its log.
SPREAD: Final = 0.3
SPREAD_LOG_SD: Final = 0.7
#: The same sd without pooling.
WIDE: Final = 3.0


def pairs(profiles: ConjointProfiles) -> Ints:
    """Return the row of the profile that each was shown beside, (P,): pairs stand together."""
    return np.arange(len(profiles.chosen)) ^ 1


def conjoint_choices(profiles: ConjointProfiles, *, pooled: bool = True) -> pm.Model:
    """Build the model. ``utility`` (levels of all attributes) is what a level adds, in logits.

    Without pooling, levels have a prior so wide that it says nothing: the plain estimator's view.
    """
    basis = zero_sum_by_attribute(profiles.sizes)
    x = _won_minus_lost(profiles) @ basis  # (tasks, T − A)
    # Revenue follows from rates, so that effects are strongly correlated given the choices: they
    # are sampled in coordinates in which the information of the choices, at even odds, is the unit.
    whiten = np.linalg.inv(np.linalg.cholesky(x.T @ x / 4)).T
    free = profiles.sizes - 1
    with pm.Model(coords={"attributes": list(profiles.attributes)}) as built:
        spread = WIDE
        if pooled:
            log_spread = pm.Normal("log_spread", np.log(SPREAD), SPREAD_LOG_SD, dims="attributes")
            spread = pt.exp(log_spread)[np.repeat(np.arange(len(free)), free)]
        contrast = pt.dot(whiten, pm.Flat("white", shape=int(free.sum())))
        pm.Potential("pooling", pm.logp(pm.Normal.dist(0, spread), contrast).sum())
        pm.Deterministic("utility", pt.dot(basis, contrast))
        margin = pt.dot(pm.Data("difference", x), contrast)
        pm.Potential("choices", -pt.softplus(-margin).sum())
    return built


def _won_minus_lost(profiles: ConjointProfiles) -> Floats:
    """Return the levels of the profile chosen minus those of the other, (tasks, T)."""
    won = np.flatnonzero(profiles.chosen == 1)
    lost = pairs(profiles)[won]
    assert (profiles.chosen[lost] == 0).all()
    assert (profiles.respondent[won] == profiles.respondent[lost]).all()
    indicators = one_hot(profiles.level, profiles.sizes)
    return indicators[won] - indicators[lost]
