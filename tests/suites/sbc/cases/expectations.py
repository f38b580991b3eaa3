"""The model of consequence and signal ratings, given who probably holds which worldview."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from mfp_stats.design.data import Expectations, ModelData
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import flat, one

type Floats = NDArray[np.float64]

CLASSES: Final = 2
#: Two interventions, each with two outcomes, then each with one signal; the neutral level of the
#: outcomes' five lies in the middle, that of the signals' four between two levels.
INTERVENTION: Final = np.array([0, 0, 1, 1, 0, 1])
VALUE: Final = np.array([0, 1, 0, 1, -1, -1])
SIGNAL: Final = np.array([-1, -1, -1, -1, 0, 0])
LEVELS: Final = np.array([5, 4])
NEUTRAL: Final = np.array([2.0, 1.5])
#: Share of cells that a person was not asked about, the same ones in every survey.
UNASKED: Final = 1 / 3


def design() -> ModelData:
    """Everything but the answers; most people's worldview is nearly certain."""
    rng = np.random.default_rng(0)
    scale = (VALUE < 0).astype(np.int64)
    answers = np.where(rng.random((PEOPLE, len(VALUE))) < UNASKED, -1, 0)
    cells = Expectations(
        ("x", "y"), ("q",), ("Q",), INTERVENTION, VALUE, SIGNAL, scale, LEVELS, NEUTRAL, answers
    )
    log_odds = 3 * rng.standard_normal(PEOPLE) + np.array([0.5, -0.5])[GROUP]
    membership = np.log(expit(np.column_stack([log_odds, -log_odds])))
    return survey(values="ab", expectations=cells, log_membership=membership)


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A worldview by its probabilities, then cut points below a logistic answer, counted."""
    rated, membership = design.expectations, design.log_membership
    assert rated is not None and membership is not None
    held = (membership + rng.gumbel(size=membership.shape)).argmax(axis=1)
    mean = one(truth, "expectation")[held, GROUP]  # (N, J)
    noisy = mean + rng.logistic(size=mean.shape)
    cuts = np.split(one(truth, "cutpoints"), np.cumsum(LEVELS - 1)[:-1])
    levels = [(noisy[:, :, None] > own).sum(axis=2) for own in cuts]
    answers = np.where(rated.scale == 0, *levels)
    asked = replace(rated, answers=np.where(rated.answers < 0, -1, answers))
    return Simulated(replace(design, expectations=asked))


RANKED: Final = (
    "an outcome for a worldview in a group",
    "a signal for a worldview in a group",
    "groups' difference in an outcome",
    "groups' difference in a signal",
    "worldviews' difference in an outcome",
    "probability of an outcome's best answer",
    "a signal's lowest cut point",
)


def quantities(posterior: xr.Dataset, data: ModelData) -> Mapping[str, Floats]:
    """Return expectations of groups and worldviews, and how they are answered."""
    assert data.log_membership is not None
    mean, cuts = flat(posterior, "expectation"), flat(posterior, "cutpoints")  # (draw, C, G, J)
    share = [np.exp(data.log_membership[g == GROUP]).mean(axis=0) for g in (0, 1)]
    group = np.stack([np.einsum("c,dcj->dj", s, mean[:, :, g]) for g, s in enumerate(share)])
    gap = group[1] - group[0]
    highest = expit(mean[:, 1, 0, 3] - cuts[:, LEVELS[0] - 2])
    found = (
        mean[:, 0, 0, 0],
        mean[:, 1, 1, 5],
        gap[:, 1],
        gap[:, 4],
        mean[:, 1, 1, 2] - mean[:, 0, 1, 2],
        highest,
        cuts[:, LEVELS[0] - 1],
    )
    return dict(zip(RANKED, found, strict=True))


CASE: Final = Case(
    name="expectations",
    model="expectations",
    title="models/expectations.py with two worldviews, four outcomes and two signals",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings={"people": PEOPLE, "cells": len(VALUE), "classes": CLASSES},
)
