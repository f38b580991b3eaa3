"""People who stand for a group in one posterior draw: resampled, each with all that they hold."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from mfp_stats.design.data import Floats, Ints
from mfp_stats.errors import DesignError, Fault
from mfp_stats.quantities.expected import PersonExpectations
from mfp_stats.quantities.index import IndexLayout

#: People who stand for a group: their number adds noise of its own to a draw.
PEOPLE: Final = 512
#: With so many groups or more, half as many people each.
MANY_GROUPS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class GroupPeople:
    """M people of one group under one draw, for all X interventions."""

    values: Floats  #: (M, K)
    consequences: Floats  #: (X, M, K)
    signals: Floats  #: (X, M, Q)
    worldview: Ints  #: (M,)
    own: Floats  #: (M,) standard normal, the person's own part in units of its sd


def resample(weights: Floats, people: int, rng: np.random.Generator) -> Ints:
    """Draw people by systematic resampling, (people,): each as often as its weight, give or take 1.

    The least noisy way to put unequal weights into equally many copies (Kitagawa 1996); copies
    stand in random order.

    Raises
    ------
    DesignError
        Nobody has a weight above zero, so that nobody can be drawn.
    """
    total = weights.sum()
    if not total > 0:
        what = "none of the people who were measured has a weight above zero"
        raise DesignError(Fault("group", what), about="weights")
    line = np.cumsum(weights / total)
    points = (np.arange(people) + rng.random()) / people
    found = np.searchsorted(line, points).clip(0, len(weights) - 1)
    return rng.permutation(found).astype(np.int64)


def draw_people(
    who: Ints,
    v: Floats,
    expectations: PersonExpectations | Floats,
    layout: IndexLayout,
    share: float,
    rng: np.random.Generator,
) -> GroupPeople:
    """Draw what the given people hold.

    Parameters
    ----------
    who
        (M,) rows of the people, with repeats.
    v
        (N, K) everybody's values in this draw.
    expectations
        Everybody's expectations in this draw, or membership probabilities where nothing was rated.
    layout
        Which cell belongs where.
    share
        ρ, the share of a rating's noise that is the person's own deviation.
    rng
        Source of randomness.
    """
    rated = expectations if isinstance(expectations, PersonExpectations) else None
    membership = expectations if rated is None else rated.membership
    worldview = _choose(np.asarray(membership)[who], rng)
    people, values = len(who), v.shape[1]
    m = np.zeros((layout.interventions, people, values))
    s = np.zeros((layout.interventions, people, layout.signals))
    if rated is not None:
        mean, variance = rated.moments(who, worldview, share)
        held = mean + np.sqrt(variance) * spread_normals(rng, *mean.shape)  # (M, J)
        for array, cells_of in ((m, layout.outcomes), (s, layout.told)):
            for x, (cells, which) in enumerate(cells_of):
                array[x][:, which] = held[:, cells]
    own = spread_normals(rng, people, 1)[:, 0]
    return GroupPeople(v[who].astype(np.float64), m, s, worldview, own)


def spread_normals(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return standard normal numbers (rows, columns), one from each slice of every column.

    Each number is standard normal; a column's mean hardly strays from 0, nor its spread from 1, so
    that a group's mean under one draw is not blurred by how many people stand for it (stratified
    sampling; McKay, Beckman & Conover 1979).
    """
    return np.asarray(ndtri(_spread(rng, rows, columns)))


def _spread(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """Return uniform numbers (rows, columns), one from each of as many slices as there are rows."""
    lines = (np.arange(rows)[:, None] + rng.uniform(1e-9, 1, (rows, columns))) / rows
    return rng.permuted(lines, axis=0)


def _choose(membership: Floats, rng: np.random.Generator) -> Ints:
    edges = membership.cumsum(axis=1)[:, :-1]
    return np.asarray((_spread(rng, len(membership), 1) > edges).sum(axis=1), dtype=np.int64)
