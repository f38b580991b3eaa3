"""Ratings as patterns: persons of one group who answered alike, counted. numpy only.

A person's single rating of each value says too little to estimate that person's values beside the
population's parameters (a sampler hardly moves), so persons are integrated out of a survey of
ratings. Given response style the ratings of a person are independent, which makes the likelihood
of a pattern a sum over its cells of a small table.
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Floats, Ints, ModelData


@dataclass(frozen=True, slots=True, eq=False)
class GroupPatterns:
    """Different answer patterns of the persons of one group. P = patterns, K × L cells."""

    given: Floats  #: (P, K × L) how often each value was given each level
    persons: Floats  #: (P,) persons who answered like that


def group_patterns(data: ModelData) -> tuple[GroupPatterns, ...]:
    """Return the patterns of each group, in the order of ``data.groups``."""
    given = answer_counts(data)
    found = []
    for g in range(len(data.groups)):
        pattern, persons = np.unique(given[data.group == g], axis=0, return_counts=True)
        found.append(GroupPatterns(pattern, persons.astype(np.float64)))
    return tuple(found)


def answer_counts(data: ModelData) -> Floats:
    """Return how often each person gave each value each level, (N, K × L)."""
    ratings = data.ratings
    assert ratings is not None
    levels = len(ratings.levels)
    found = np.zeros((len(data.respondents), len(data.values) * levels))
    np.add.at(found, (ratings.person, rating_cells(data)), 1)
    return found


def rating_cells(data: ModelData) -> Ints:
    """Return the column of :func:`answer_counts` that each rating counts in, (rating,)."""
    assert data.ratings is not None
    return data.ratings.value * len(data.ratings.levels) + data.ratings.level
