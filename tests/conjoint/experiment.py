"""A made-up conjoint of two groups and two worldviews, and draws of what levels are worth."""

from typing import Final

import numpy as np

from mfp_stats.design.data import Floats, ModelData
from tests.suites.sbc.cases.pairs import random_pairs

ATTRIBUTES: Final = {"Pause": ("none", "two years", "five years"), "Payer": ("all", "firms")}
GROUPS: Final = ("residents", "owners")
#: Worth (groups, worldviews, levels), zero-sum within attributes.
WORTH: Final[Floats] = np.array(
    [
        [[-0.6, 0.0, 0.6, -0.5, 0.5], [-0.2, 0.1, 0.1, -0.5, 0.5]],
        [[0.5, 0.1, -0.6, -0.6, 0.6], [0.9, 0.1, -1.0, -0.4, 0.4]],
    ]
)
#: Share of each worldview in each group.
SHARE: Final[Floats] = np.array([[0.7, 0.3], [0.4, 0.6]])


def survey(people: tuple[int, int] = (60, 40), *, pairs: int = 6, seed: int = 1) -> ModelData:
    """Return choices of people of both groups between random profiles, all of the first."""
    total = sum(people)
    group = np.repeat([0, 1], people)
    one = random_pairs(ATTRIBUTES, GROUPS, group, pairs, np.random.default_rng(seed))
    who = tuple(f"p{i}" for i in range(total))
    return ModelData("s", "0", who, GROUPS, GROUPS, group, None, (), (), conjoint=one)


def draws(count: int = 40, *, sd: float = 0.0, seed: int = 2) -> Floats:
    """Return the worths with an error of known size, (draws, groups, worldviews, levels)."""
    noise = np.random.default_rng(seed).standard_normal((count, *WORTH.shape))
    return WORTH + sd * noise
