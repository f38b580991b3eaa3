"""The values model: best–worst tasks, single picks, and single ratings."""

from dataclasses import replace
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from mfp_stats.design.data import BestWorst, ModelData, Picks, Ratings
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.importance import (
    NODES,
    centred,
    normal_population,
    ranked,
    rated_population,
)
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import one
from tests.suites.sbc.reuse import Arrays

type Floats = NDArray[np.float64]

NAMES: Final = "abcd"
VALUES: Final = len(NAMES)
#: Best–worst: every set of three, and one of them again, which tells how consistent a person is.
SETS: Final = np.array([[0, 1, 2], [1, 2, 3], [2, 3, 0], [3, 0, 1], [2, 0, 1]])
PICKED: Final = 2
SIZES: Final = {"people": PEOPLE, "values": VALUES, "nodes": NODES}
LEVELS: Final = ("none", "little", "some", "much")


def _with_persons(data: ModelData, v: Floats) -> Simulated:
    return Simulated(data, {"v": (("respondents", "values"), v)})


def best_worst_design() -> ModelData:
    """Five tasks a person."""
    person = np.repeat(np.arange(PEOPLE), len(SETS))
    none = np.zeros(len(person), dtype=np.int64)
    tasks = BestWorst(person, np.tile(SETS, (PEOPLE, 1)), none, none + 1)
    return survey(values=NAMES, best_worst=tasks)


def simulate_best_worst(
    truth: xr.Dataset, design: ModelData, rng: np.random.Generator
) -> Simulated:
    """Best, then worst of the rest, each the largest of utilities with Gumbel noise."""
    tasks = design.best_worst
    assert tasks is not None
    z = one(truth, "z")  # (K - 1, N)
    v = one(truth, "mu")[GROUP] + (one(truth, "factor") @ z).T
    scale = np.exp(one(truth, "consistency_sd") * one(truth, "log_consistency"))
    u = (v * scale[:, None])[tasks.person[:, None], tasks.shown]
    best = (u + rng.gumbel(size=u.shape)).argmax(axis=1)
    dislike = -u + rng.gumbel(size=u.shape)
    dislike[np.arange(len(u)), best] = -np.inf
    answered = replace(tasks, best=best, worst=dislike.argmax(axis=1))
    return _with_persons(replace(design, best_worst=answered), v)


def picks_design() -> ModelData:
    """Two out of four, once."""
    offered = np.ones((PEOPLE, VALUES), dtype=np.bool_)
    chosen = offered & (np.arange(VALUES) < PICKED)
    return survey(values=NAMES, picks=Picks(np.arange(PEOPLE), offered, chosen))


def simulate_picks(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """The first two of a ranking by utilities with Gumbel noise."""
    assert design.picks is not None
    z = rng.standard_normal((PEOPLE, VALUES - 1))
    v = one(truth, "mu")[GROUP] + z @ one(truth, "factor").T
    order = np.argsort(-(v + rng.gumbel(size=v.shape)), axis=1)
    chosen = np.zeros(v.shape, dtype=np.bool_)
    np.put_along_axis(chosen, order[:, :PICKED], values=True, axis=1)
    return _with_persons(replace(design, picks=replace(design.picks, chosen=chosen)), v)


def ratings_design() -> ModelData:
    """One rating of each value."""
    person, value = np.divmod(np.arange(PEOPLE * VALUES), VALUES)
    return survey(values=NAMES, ratings=Ratings(person, value, person % len(LEVELS), LEVELS))


def simulate_ratings(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """Levels counted below a logistic answer to position, own deviation and response style."""
    ratings = design.ratings
    assert ratings is not None
    noise = rng.standard_normal((PEOPLE, VALUES))
    style = one(truth, "group_style")[GROUP]
    style = style + one(truth, "style_spread") * rng.standard_normal(PEOPLE)
    position, loading = one(truth, "position")[GROUP], one(truth, "loading")[GROUP]
    deviation = one(truth, "deviation") * noise
    answer = position + loading * deviation + style[:, None] + rng.logistic(size=noise.shape)
    level = (answer[:, :, None] > one(truth, "thresholds")).sum(axis=2)
    answered = replace(ratings, level=level[ratings.person, ratings.value])
    v = centred(position / loading + deviation, loading)
    return _with_persons(replace(design, ratings=answered), v)


def pad_ratings(found: Arrays, data: ModelData) -> Arrays:
    """Fill the different answer patterns up to one a person, the added ones of nobody."""
    sizes = data.group_sizes
    padded = dict(found)
    for g, size in enumerate(sizes):
        for name in (f"given_{g}", f"persons_{g}"):
            more = [(0, int(size) - len(found[name]))] + [(0, 0)] * (found[name].ndim - 1)
            padded[name] = np.pad(found[name], more)
    return padded


BEST_WORST: Final = Case(
    name="values-best-worst",
    model="values",
    title="models/values.py on best–worst tasks: persons sampled",
    design=best_worst_design,
    simulate=simulate_best_worst,
    settings={**SIZES, "tasks": len(SETS)},
    **ranked(normal_population),
)
PICKS: Final = Case(
    name="values-picks",
    model="values",
    title="models/values.py on single picks of two out of four: persons integrated out",
    design=picks_design,
    simulate=simulate_picks,
    settings={**SIZES, "picked": PICKED},
    **ranked(normal_population),
)
RATINGS: Final = Case(
    name="values-ratings",
    model="values",
    title="models/values.py on single ratings: persons and styles integrated out",
    design=ratings_design,
    simulate=simulate_ratings,
    settings={**SIZES, "levels": len(LEVELS)},
    pad=pad_ratings,
    **ranked(rated_population),
)
