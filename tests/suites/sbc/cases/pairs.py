"""Choices between two random profiles, the first of which everybody takes as yet."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.conjoint_choices import Conjoint


def random_pairs(
    attributes: Mapping[str, tuple[str, ...]],
    groups: Sequence[str],
    group: NDArray[np.int64],
    pairs: int,
    rng: np.random.Generator,
) -> Conjoint:
    """Return so many pairs for each person; names serve as texts.

    Parameters
    ----------
    attributes
        Name to its levels.
    groups, group
        Names of the groups, and the group of each person.
    """
    people = len(group)
    rows = np.arange(2 * people * pairs)
    person = np.repeat(np.arange(people), 2 * pairs)
    sizes = [len(levels) for levels in attributes.values()]
    profiles = ConjointProfiles(
        attributes=attributes,
        level=np.column_stack([rng.integers(0, size, len(rows)) for size in sizes]),
        chosen=(rows % 2 == 0).astype(np.float64),
        respondent=person,
        weight=np.ones(len(rows)),
        groups=tuple(groups),
        group=group[person],
        rival=np.where(rows % 2 == 0, rows + 1, rows - 1),
    )
    cells = [(name, level) for name, levels in attributes.items() for level in levels]
    names, levels = (tuple(text) for text in zip(*cells, strict=True))
    return Conjoint("plans", "Plans", names, levels, names, levels, profiles, np.arange(people))
