"""The population that the seven truths share: people differ, groups do not."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate.acceptance import accept_cuts, draw_group
from mfp_stats.simulate.defaults import default_truth, zero_sum_covariance
from mfp_stats.simulate.seeds import NamedNormals
from mfp_stats.simulate.truth import Floats, NumberProfile, Profile, Truth

#: β, γ: expected consequences count most, and signals too.
_CONSEQUENCE_WEIGHT: Final = 0.6
_SIGNAL_WEIGHT: Final = 0.5
#: sd of what all expect of all interventions, of what they expect of each, and of how far
#: worldviews are apart in each cell: together about 1 on the logit scale of the ratings.
_COMMON: Final = 0.7
_EACH: Final = 0.4
_APART: Final = 0.5
#: Difference in η between the most hopeful and the gloomiest worldview, on average.
_HOPE: Final = 2.6
_PEOPLE: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A truth without differences between groups, and the directions in which they may differ."""

    truth: Truth
    #: (G,) from −1 to 1, in a drawn order: groups further up accept more.
    positions: Floats
    #: (C,) from 1, the most hopeful worldview, to −1.
    optimism: Floats
    #: (K,) what interventions are expected to do well; sums to 0, mean square 1.
    pattern: Floats
    signal_strengths: Floats  #: (X, Q) about 1, above 0
    residual_strengths: Floats  #: (X,) likewise


def base_population(questionnaire: Questionnaire, *, seed: int, classes: int) -> Base:
    """Return the population of a seed.

    About half of it accepts each intervention. People differ in values, worldview, expected
    consequences, signals and in how readily they support anything.
    """
    draw = NamedNormals(seed)
    start = default_truth(questionnaire, seed=seed, classes=classes)
    groups, values, x = start.groups, start.values, start.interventions
    pattern = _standard(draw.array(1.0, "pattern", values))
    optimism = np.linspace(1, -1, classes) if classes > 1 else np.zeros(1)
    means = _consequence_means(draw, start, pattern, optimism)
    common = draw.array(0.5, "value", values)
    truth = replace(
        start,
        value_means=np.tile(common - common.mean() if values else common, (len(groups), 1)),
        value_covariance=zero_sum_covariance(len(values), sd=0.8),
        class_shares=np.full((len(groups), classes), 1 / classes),
        rating_loadings=np.ones((len(groups), len(values))),
        style_means=np.zeros(len(groups)),
        group_profiles={n: _alike(profile) for n, profile in start.group_profiles.items()},
        consequence_means=means,
        consequence_deviations=np.zeros((len(groups), len(x), len(values))),
        signal_means=np.tile(draw.array(0.5, "signal", x, start.signals), (classes, 1, 1)),
        signal_deviations=np.zeros((len(groups), len(x), len(start.signals))),
        signal_sd=0.8,
        intercepts=np.zeros(len(x)),
        consequence_weight=_CONSEQUENCE_WEIGHT,
        signal_weights=np.full(len(start.signals), _SIGNAL_WEIGHT),
        residuals=np.zeros((len(groups), len(x))),
        part_worths={b: _of_all(worths) for b, worths in start.part_worths.items()},
        information={},  # nobody is moved by what they are told: all differ for one cause
    )
    order = draw.generator("positions").permutation(len(groups))
    return Base(
        truth=replace(truth, intercepts=_intercepts(questionnaire, truth, draw)),
        positions=np.linspace(-1, 1, len(groups))[order],
        optimism=optimism,
        pattern=pattern,
        signal_strengths=np.exp(draw.array(0.25, "signal strength", x, start.signals)),
        residual_strengths=np.exp(draw.array(0.25, "residual strength", x)),
    )


def _consequence_means(
    draw: NamedNormals, start: Truth, pattern: Floats, optimism: Floats
) -> Floats:
    """Return M (C, X, K): what all expect, and the hope and the views of each worldview.

    Worldviews differ in every outcome by a part that cancels over the outcomes, and in the hope
    that they set on interventions, so that the hopeful one supports all of them more.
    """
    x, values = start.interventions, start.values
    if not values:
        return np.zeros((len(optimism), len(x), 0))
    views = draw.array(_APART, "view", x, values)
    views -= views.mean(axis=1, keepdims=True)
    hope = _HOPE / (2 * _CONSEQUENCE_WEIGHT * len(values))
    expected = _COMMON * pattern + draw.array(_EACH, "consequence", x, values)
    return np.asarray(expected + optimism[:, None, None] * (hope + views))


def _standard(numbers: Floats) -> Floats:
    """Return numbers with mean 0 and mean square 1; a single one becomes 0."""
    if len(numbers) < 2:
        return np.zeros_like(numbers)
    centred = numbers - numbers.mean()
    return np.asarray(centred / np.sqrt((centred**2).mean()))


def _alike(profile: Profile | NumberProfile) -> Profile | NumberProfile:
    """Return the profile in which every group answers as the first does."""
    first = np.zeros(len(profile.dont_know), dtype=np.int64)
    unsure = profile.dont_know[first]
    if isinstance(profile, NumberProfile):
        return replace(profile, means=profile.means[first], dont_know=unsure)
    return replace(profile, probabilities=profile.probabilities[first], dont_know=unsure)


def _of_all(worths: Floats) -> Floats:
    """Return worths (G, levels) that are the same in every group: their mean."""
    return np.tile(worths.mean(axis=0), (len(worths), 1))


def _intercepts(questionnaire: Questionnaire, truth: Truth, draw: NamedNormals) -> Floats:
    """Return α (X,) by which support lies about where accepting begins."""
    cuts = np.nan_to_num(accept_cuts(questionnaire, truth))
    without = draw_group(truth, 0, people=_PEOPLE, seed=0).support.mean(axis=0)
    return np.asarray(cuts - without + draw.array(0.3, "intercept", truth.interventions))
