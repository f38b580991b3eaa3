"""The mixture of two worldviews.

Which worldview is the first is settled by the reference solution, a function of the survey, for
the truth as for the draws: both are matched to it as the product matches them.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.likelihoods.starts import mixture_start
from mfp_stats.quantities.worldviews import reference_solution, summarise_worldviews
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.beliefs import (
    SETTINGS,
    Floats,
    answer,
    design,
    layout,
    probabilities,
)
from tests.suites.sbc.cases.people import GROUP, PEOPLE
from tests.suites.sbc.reading import one

CLASSES: Final = 2
RANKED: Final = (
    "share of a worldview",
    "share in a group",
    "difference of groups' shares",
    "answer in a worldview",
    "answer apart from everyone's",
    "everyone's answer",
    "certainty of memberships",
    "log likelihood",
    "same worldview across groups",
)


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A worldview by the person's group, then answers by the worldview."""
    log_shares = np.log(one(truth, "composition"))  # (G, C)
    # The largest of log-odds with Gumbel noise.
    held = (log_shares[GROUP] + rng.gumbel(size=(PEOPLE, CLASSES))).argmax(axis=1)
    return Simulated(answer(design, profile(truth, design)[:, held], rng))


def profile(truth: xr.Dataset, design: ModelData) -> Floats:
    """Return the probability of every answer in every worldview, (T, C)."""
    categories, contrasts, unordered = layout(design)
    centre = contrasts.centre @ one(truth, "centre")
    logits = contrasts.centre[:, unordered] @ one(truth, "tilt")
    shift = contrasts.ordered @ one(truth, "place_contrast") @ zero_sum_basis(CLASSES).T
    return probabilities(categories, centre, logits, shift)


def quantities(posterior: xr.Dataset, data: ModelData) -> Mapping[str, Floats]:
    """Return what is displayed, worldviews matched, and what no matching changes."""
    reference = reference_solution(data, CLASSES)
    shown = summarise_worldviews(posterior, data, reference, floor=0, seed=1).draws
    share = shown["share"].isel(weighting=0, worldview=0)  # chain, draw, group; everyone first
    first, last = {"answers": 0, "worldview": 0}, {"answers": -1, "worldview": 1}
    composition = posterior["composition"].transpose("groups", "chain", "draw", "classes")
    same = composition.prod("groups").sum("classes")
    found = {
        "share of a worldview": share.isel(group=0),
        "share in a group": share.isel(group=1),
        "difference of groups' shares": share.isel(group=1) - share.isel(group=2),
        "answer in a worldview": shown["belief"].isel(first),
        "answer apart from everyone's": shown["difference"].isel(last),
        "everyone's answer": shown["everyone"].isel(answers=0),
        "certainty of memberships": shown["certainty"],
        "log likelihood": posterior["person_log_likelihood"].sum("respondents"),
        "same worldview across groups": same,
    }
    return {k: x.transpose("chain", "draw").values.ravel() for k, x in found.items()}


def start(data: ModelData) -> Mapping[str, Floats]:
    """Start chains where the product does."""
    return mixture_start(data, reference_solution(data, CLASSES))


CASE: Final = Case(
    name="worldviews",
    model="worldviews",
    title="models/worldviews.py with two worldviews",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings=SETTINGS,
    options={"classes": CLASSES},
    start=start,
)
