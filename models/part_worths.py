"""What attributes of proposals are worth to stakeholder groups, by the worldview that people hold.

People chose between two made-up proposals that differ in several attributes at once; see
:mod:`mfp_stats.likelihoods.part_worths`, which also serves tables of profiles from elsewhere.
"""

from collections.abc import Mapping
from typing import Final

import pymc as pm

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.registry import Prior, model
from mfp_stats.likelihoods import part_worths as worths

_ABOUT: Final = {
    "common": "median of the sd of an attribute's level effects, in logits",
    "common_log_sd": "sd of the log of that sd",
    "group": "median of the sd of groups around the common effects, in logits",
    "group_log_sd": "sd of the log of that sd",
    "class": "median of the sd of worldviews around them, in logits",
    "class_log_sd": "sd of the log of that sd",
    "position": "sd of what being shown first adds, in logits",
    "level": "sd of a group's intercept, where profiles were judged by themselves",
}
PRIORS: Final = {name: Prior(worths.PRIORS[name], about) for name, about in _ABOUT.items()}


@model(title="Worth of attributes", needs=("conjoint", "log_membership"), priors=PRIORS)
def part_worths(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    """Build the model; ``log_membership`` has a row for each respondent of ``conjoint``.

    Named results: ``utility`` (groups, classes, levels of all attributes), in logits.
    """
    assert data.conjoint is not None and data.log_membership is not None
    return worths.part_worths(
        data.conjoint.profiles, log_membership=data.log_membership, priors=priors
    )
