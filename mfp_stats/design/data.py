"""What a model file receives: arrays whose axes are named by coordinates. numpy only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
#: What estimates that use weights are called: raked where margins of the population count.
Weighting = Literal["weighted", "raked"]


@dataclass(frozen=True, slots=True, eq=False)
class BestWorst:
    """Best–worst tasks, one row a task answered. S = options shown."""

    person: Ints  #: (task,) row of ``ModelData.respondents``
    shown: Ints  #: (task, S) value indices; -1 pads smaller sets
    best: Ints  #: (task,) position within ``shown``
    worst: Ints  #: (task,) position within ``shown``; -1 where only the best was given


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """Pick-k tasks: an unordered set chosen out of those offered. K = values."""

    person: Ints  #: (task,)
    offered: Bools  #: (task, K)
    chosen: Bools  #: (task, K); subset of offered, at least one, never all


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """Full or partial rankings."""

    person: Ints  #: (task,)
    offered: Bools  #: (task, K)
    order: Ints  #: (task, K) value indices, most important first; -1 after the last ranked


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Importance ratings on one ordinal scale, one row an answered rating."""

    person: Ints  #: (rating,)
    value: Ints  #: (rating,)
    level: Ints  #: (rating,) 0 = least important, reverse scoring already undone
    levels: tuple[str, ...]  #: names of the scale's levels, least important first


@dataclass(frozen=True, slots=True)
class Indicator:
    """One categorical variable of the worldview mixture.

    A select_one item gives one (plus a ``dont_know`` one where that was offered and used);
    a pick-k item gives one binary per option (plus a ``dont_know`` one), but none for "other" and
    for an exclusive option that the others imply ("none of these"); where a person does not know,
    the substantive indicators of that item are missing for them.
    """

    name: str  #: item, or item/option, or item/dont_know
    item: str
    kind: Literal["ordinal", "nominal", "binary"]
    categories: tuple[str, ...]  #: option names, or ("no", "yes")
    label: str  #: plain words for tables
    category_labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """Answers to belief (and consequence) items as categorical indicators. H = indicators."""

    indicators: tuple[Indicator, ...]
    answers: Ints  #: (person, H) 0-based category; -1 missing


@dataclass(frozen=True, slots=True, eq=False)
class ModelData:
    """Everything of one survey that models may condition on. N = persons, G = groups.

    Only persons with a known group are in it. Reverse-scored items are already turned so that
    higher means more of the construct. A survey without a role has None there.
    """

    survey: str
    questionnaire: str  #: content hash
    respondents: tuple[str, ...]
    groups: tuple[str, ...]  #: group names with at least one person, questionnaire order
    group_labels: tuple[str, ...]
    group: Ints  #: (N,) index into groups
    weight: Floats | None  #: (N,) mean 1, None where the survey has no weights
    values: tuple[str, ...]  #: K value names
    value_labels: tuple[str, ...]
    best_worst: BestWorst | None = None
    picks: Picks | None = None
    rankings: Rankings | None = None
    ratings: Ratings | None = None
    beliefs: Beliefs | None = None
    #: Persons per group who answered "don't know" to a trade-off: {group: n}.
    undecided: Mapping[str, int] | None = None
    #: What of the survey was left out and why, in plain words.
    notes: tuple[str, ...] = ()
    weighting: Weighting = "weighted"  #: what estimates that use ``weight`` are called

    @property
    def has_tradeoffs(self) -> bool:
        """Whether any trade-off task was answered."""
        return any(x is not None for x in (self.best_worst, self.picks, self.rankings))

    @property
    def group_sizes(self) -> Ints:
        """Persons per group, shape (G,)."""
        return np.bincount(self.group, minlength=len(self.groups)).astype(np.int64)

    def only_tradeoffs(self) -> Self:
        """Return the same people with trade-off evidence alone (revealed priorities)."""
        return replace(self, ratings=None, beliefs=None)

    def only_ratings(self) -> Self:
        """Return the same people with ratings alone (claimed priorities)."""
        return replace(self, best_worst=None, picks=None, rankings=None, beliefs=None)
