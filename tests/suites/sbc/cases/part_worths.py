"""Choices between two proposals of two attributes, worldviews known by four beliefs alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import log_softmax

from mfp_stats.design.data import ModelData
from mfp_stats.quantities.part_worths import HeldWorths, PartWorths, part_worth_quantities
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.pairs import random_pairs
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import one

type Floats = NDArray[np.float64]

#: Probability of yes to each of four beliefs in each worldview.
BELIEFS: Final = np.array([[0.8, 0.8, 0.3, 0.3], [0.3, 0.3, 0.8, 0.8]])
CLASSES: Final = len(BELIEFS)
ATTRIBUTES: Final = {"pause": ("none", "two years", "five years"), "payer": ("all", "firms")}
PAIRS: Final = 5
GROUPS: Final = ("g", "h")
SHARE: Final = 1 / CLASSES

RANKED: Final = (
    "a level's worth",
    "another's in the other group and worldview",
    "groups' difference",
    "worldviews' difference",
    "being shown first",
    "group prefers a level",
    "worldview prefers a level",
)


def design() -> ModelData:
    """Random pairs, the first of which everybody chooses as yet."""
    conjoint = random_pairs(ATTRIBUTES, GROUPS, GROUP, PAIRS, np.random.default_rng(2))
    return survey(conjoint=conjoint, log_membership=np.full((PEOPLE, CLASSES), np.log(SHARE)))


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A worldview, four beliefs by it, and choices by group and worldview."""
    assert design.conjoint is not None
    profiles = design.conjoint.profiles
    held = rng.integers(0, CLASSES, PEOPLE)
    yes = rng.random((PEOPLE, BELIEFS.shape[1])) < BELIEFS[held]
    density = np.where(yes[:, None], np.log(BELIEFS), np.log1p(-BELIEFS)).sum(axis=2)
    utility = one(truth, "utility")[GROUP, held][profiles.respondent]  # (P, T)
    places = profiles.level + profiles.starts
    worth = np.take_along_axis(utility, places, axis=1).sum(axis=1)
    worth = (worth + rng.gumbel(size=worth.shape)).reshape(-1, 2)
    first = worth[:, 0] + one(truth, "position") > worth[:, 1]
    chosen = np.column_stack([first, ~first]).astype(np.float64).ravel()
    answered = replace(design.conjoint, profiles=replace(profiles, chosen=chosen))
    known = log_softmax(density, axis=1)
    return Simulated(replace(design, conjoint=answered, log_membership=known))


def quantities(posterior: xr.Dataset, data: ModelData) -> Mapping[str, Floats]:
    """Return worths, and what is displayed."""
    utility = posterior["utility"].transpose("chain", "draw", ...).values
    u = utility.reshape(-1, *utility.shape[2:])  # (S, G, C, T)
    held = HeldWorths(u, np.full((len(u), len(GROUPS), CLASSES), SHARE))
    worths = PartWorths({"unweighted": held}, posterior.sizes["chain"])
    _, shown = part_worth_quantities(worths, data, names=tuple("ab"), floor=0)
    found = (
        u[:, 0, 0, 1],
        u[:, 1, 1, 4],
        (u[:, 1, :, 2] - u[:, 0, :, 2]).mean(axis=1),
        (u[:, :, 1, 3] - u[:, :, 0, 3]).mean(axis=1),
        posterior["position"].transpose("chain", "draw").values.ravel(),
        shown["prefers_by_group"].values[:, :, 0, 2].ravel(),
        shown["prefers_by_group_and_worldview"].values[:, :, 1, 1, 0].ravel(),
    )
    return dict(zip(RANKED, found, strict=True))


CASE: Final = Case(
    name="part-worths",
    model="part_worths",
    title="models/part_worths.py with two groups, two worldviews and two attributes",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings={"people": PEOPLE, "classes": CLASSES, "pairs": PAIRS},
)
