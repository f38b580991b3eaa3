"""A made-up conjoint of two groups and two worldviews, and draws of what levels are worth."""

from typing import Final

import numpy as np

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.conjoint_choices import Conjoint
from mfp_stats.design.data import Floats, ModelData

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
    rng = np.random.default_rng(seed)
    total = sum(people)
    group = np.repeat([0, 1], people)
    rows = np.arange(2 * total * pairs)
    person = np.repeat(np.arange(total), 2 * pairs)
    sizes = [len(levels) for levels in ATTRIBUTES.values()]
    profiles = ConjointProfiles(
        attributes=ATTRIBUTES,
        level=np.column_stack([rng.integers(0, size, len(rows)) for size in sizes]),
        chosen=(rows % 2 == 0).astype(np.float64),
        respondent=person,
        weight=np.ones(len(rows)),
        groups=GROUPS,
        group=group[person],
        rival=np.where(rows % 2 == 0, rows + 1, rows - 1),
    )
    cells = [(name, level) for name, levels in ATTRIBUTES.items() for level in levels]
    names, levels = (tuple(text) for text in zip(*cells, strict=True))
    one = Conjoint("plans", "Plans", names, levels, names, levels, profiles, np.arange(total))
    who = tuple(f"p{i}" for i in range(total))
    return ModelData("s", "0", who, GROUPS, GROUPS, group, None, (), (), conjoint=one)


def draws(count: int = 40, *, sd: float = 0.0, seed: int = 2) -> Floats:
    """Return the worths with an error of known size, (draws, groups, worldviews, levels)."""
    noise = np.random.default_rng(seed).standard_normal((count, *WORTH.shape))
    return WORTH + sd * noise
