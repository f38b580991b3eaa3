"""Margins of the population in a check: simulated answers are raked to them, as real ones are.

Who of the population will answer is not known before fieldwork. Each answer to an item of the
margins is as common among simulated people as in the population, times the root of how common the
simulator would make it otherwise: off by a third, give or take. A sample somewhat unlike its
population costs something; how much is a guess, and named as one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Questionnaire, Role
from mfp_stats.simulate import Truth
from mfp_stats.simulate.truth import NumberProfile, Profile
from mfp_stats.weights import Margins

#: Filled in by the organiser: simulated people have no such answer.
_ORGANISER = frozenset({Role.WEIGHT, Role.ARM, Role.WAVE})

type Shares = Mapping[str, Mapping[str, float]]


def group_share_faults(
    questionnaire: Questionnaire, margins: Shares, groups: Mapping[str, float]
) -> Iterator[Fault]:
    """Yield a fault for each group that is to be asked and has no share of the population."""
    known = margins.get(questionnaire.group)
    for name in groups if known is not None else ():
        if known is not None and known.get(name, 0.0) == 0:
            what = "is to be asked, but its share of the population is 0 or missing"
            fix = "Give it a share: without one these people would count for nothing."
            yield Fault(f"margins, {questionnaire.group}.{name}", what, fix=fix)


def unmet(questionnaire: Questionnaire, margins: Shares) -> list[str]:
    """Return the items of the margins that simulated people have no answer to."""
    return [name for name in margins if questionnaire.item(name).role in _ORGANISER]


def met(questionnaire: Questionnaire, margins: Shares) -> Margins | None:
    """Return the margins that simulated answers are raked to; None: there are none."""
    without = unmet(questionnaire, margins)
    kept = {name: shares for name, shares in margins.items() if name not in without}
    return Margins(kept) if kept else None


def like_the_population(truth: Truth, questionnaire: Questionnaire, margins: Shares) -> Truth:
    """Return a truth in which answers to the margins' items are about as common as they say.

    Nobody gives an answer that has no share of the population: they could not be weighted to it,
    and a fit refuses such answers.
    """
    common = {
        name: np.array([shares.get(o, 0.0) for o in questionnaire.item(name).option_names])
        for name, shares in margins.items()
    }
    return replace(
        truth,
        class_profiles={n: _tilted(p, common.get(n)) for n, p in truth.class_profiles.items()},
        group_profiles={n: _tilted(p, common.get(n)) for n, p in truth.group_profiles.items()},
    )


def _tilted(profile: Profile | NumberProfile, common: Floats | None) -> Profile | NumberProfile:
    if common is None or isinstance(profile, NumberProfile):
        return profile
    tilted = np.sqrt(profile.probabilities) * common
    return replace(profile, probabilities=tilted / tilted.sum(axis=1, keepdims=True))
