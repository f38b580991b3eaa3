"""The regression of worldviews on people's record, worldviews known by four beliefs alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from mfp_stats.design.data import Experience, ModelData, Predictor
from mfp_stats.quantities.experience import experience_quantities
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import one

type Floats = NDArray[np.float64]

CLASSES: Final = 3
#: Probability of yes to each of four beliefs in each worldview.
BELIEFS: Final = np.array([[0.8, 0.8, 0.2, 0.2], [0.2, 0.2, 0.8, 0.8], [0.8, 0.2, 0.2, 0.8]])
LEVELS: Final = np.arange(3.0)
UNASKED: Final = 0.1

RANKED: Final = (
    "share at an answer",
    "share at a number",
    "apart from everybody's",
    "highest against lowest answer",
    "of another worldview",
    "groups' difference",
)


def design() -> ModelData:
    """Everything but the beliefs; the evidence is a placeholder."""
    rng = np.random.default_rng(1)
    years = rng.gamma(2, 5, PEOPLE).round()
    answers = np.column_stack([rng.integers(0, len(LEVELS), PEOPLE).astype(np.float64), years])
    answers[rng.random(answers.shape) < UNASKED] = np.nan
    names = tuple("lmh")
    predictors = (
        Predictor("record", "Record", "ordinal", names, names, LEVELS),
        Predictor("years", "Years", "number", ("2", "20"), ("2", "20"), np.array([2.0, 20.0])),
    )
    return survey(
        experience=Experience(predictors, answers), log_evidence=np.zeros((PEOPLE, CLASSES))
    )


def columns(answers: Floats) -> Floats:
    """Return two steps of the record and the years, centred and scaled, (N, 3)."""
    record, years = answers.T
    raw = np.column_stack(
        [
            (record >= 1) / np.sqrt(2),
            (record >= 2) / np.sqrt(2),
            (years - np.nanmean(years)) / (2 * np.nanstd(years)),
        ]
    )
    raw[np.isnan(record), :2] = np.nan
    return np.nan_to_num(raw - np.nanmean(raw, axis=0))


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A worldview by group and record, then four beliefs by the worldview."""
    assert design.experience is not None
    log_odds = one(truth, "share") + one(truth, "group")[GROUP]
    log_odds = log_odds + columns(design.experience.answers) @ one(truth, "effect")
    held = (log_odds + rng.gumbel(size=log_odds.shape)).argmax(axis=1)
    yes = rng.random((PEOPLE, BELIEFS.shape[1])) < BELIEFS[held]
    density = np.where(yes[:, None], np.log(BELIEFS), np.log1p(-BELIEFS)).sum(axis=2)
    return Simulated(replace(design, log_evidence=density))


def quantities(posterior: xr.Dataset, data: ModelData) -> Mapping[str, Floats]:
    """Return what is displayed, and how groups differ."""
    _, shown = experience_quantities(posterior, data, names=tuple("abc"), floor=0)
    first = {"weighting": 0, "worldview": 0}
    found = (
        shown["share"].isel(answer=0, **first),
        shown["share"].isel(answer=4, **first),
        shown["apart"].isel(answer=2, **first),
        shown["contrast"].isel(predictor=0, **first),
        shown["contrast"].isel(predictor=1, weighting=0, worldview=2),
        posterior["group"].isel(groups=1, classes=0),
    )
    flat = [x.transpose("chain", "draw").values.ravel() for x in found]
    return dict(zip(RANKED, flat, strict=True))


CASE: Final = Case(
    name="experience",
    model="experience",
    title="models/experience.py with three worldviews, an ordinal record and a number",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings={"people": PEOPLE, "classes": CLASSES, "beliefs": BELIEFS.shape[1]},
)
