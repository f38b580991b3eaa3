"""Consequences that a block tells people to suppose, on the latent scale of expectations."""

from collections.abc import Mapping

import numpy as np

from mfp_stats.quantities.stipulated import level_position
from mfp_stats.questionnaire.model import Item, Questionnaire, Role
from mfp_stats.questionnaire.stipulations import middle_level
from mfp_stats.simulate.truth import Floats


def stipulated_consequences(
    questionnaire: Questionnaire, thresholds: Mapping[str, Floats]
) -> dict[str, Floats]:
    """Return m as each block stipulates it, by block, shape (K,).

    Parameters
    ----------
    questionnaire
        Its blocks say which answers on the consequence scale they stipulate.
    thresholds
        Cut points of the consequence items, by item.

    Notes
    -----
    Values that a block does not name stay at the middle of the scale, or at 0 where nobody is
    asked.
    """
    scales: dict[str, Item] = {}
    for item in questionnaire.with_role(Role.CONSEQUENCE):
        if item.value is not None and item.name in thresholds:
            scales.setdefault(item.value, item)
    return {
        block.name: np.array(
            [
                level_position(
                    thresholds[scales[value].name],
                    middle_level(scales[value]) + block.stipulates.get(value, 0.0),
                )
                if value in scales
                else 0.0
                for value in questionnaire.values
            ]
        )
        for block in questionnaire.blocks
        if block.stipulates is not None
    }
