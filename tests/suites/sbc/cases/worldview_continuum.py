"""The continuum, the worldviews' rival. Its sign means nothing: only what keeps it is ranked."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.likelihoods.starts import continuum_start
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


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A place on the continuum by the person's group, not on nodes, then answers by the place."""
    categories, contrasts, unordered = layout(design)
    place = one(truth, "group_mean")[GROUP] + rng.standard_normal(PEOPLE)
    centre = one(truth, "centre")
    direction = (contrasts.shift @ one(truth, "loading"))[:, None] * place  # (T, N)
    logits = (contrasts.centre[:, unordered] @ centre[unordered])[:, None] + direction
    own = probabilities(categories, contrasts.centre @ centre, logits, direction)
    return Simulated(answer(design, own, rng))


RANKED: Final = (
    "log likelihood",
    "a person's log likelihood",
    "distance of groups",
    "groups' distance along a loading",
    "a loading towards another",
    "strength of the continuum",
    "central answers",
)


def quantities(posterior: xr.Dataset, _data: ModelData) -> Mapping[str, Floats]:
    """Return the likelihood, which is what is displayed, and what makes it up."""
    person, mean = posterior["person_log_likelihood"], posterior["group_mean"]
    loading, centre = posterior["loading"], posterior["centre"]
    along = str(loading.dims[-1])
    first, last = ({along: k} for k in (0, -1))
    gap = mean.isel(groups=0) - mean.isel(groups=1)
    found = (
        person.sum("respondents"),
        person.isel(respondents=0),
        abs(gap),
        gap * loading.isel(last),
        loading.isel(first) * (1 - 2 * (loading.isel(last) < 0)),
        (loading**2).mean(along) ** 0.5,
        centre.isel({centre.dims[-1]: 0}),
    )
    flat = [x.transpose("chain", "draw").values.ravel() for x in found]
    return dict(zip(RANKED, flat, strict=True))


CASE: Final = Case(
    name="worldview-continuum",
    model="worldview_continuum",
    title="models/worldview_continuum.py",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings=SETTINGS,
    start=continuum_start,
)
