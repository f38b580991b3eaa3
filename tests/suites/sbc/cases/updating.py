"""The response to information of two worldviews known by four beliefs, trust and a later wave."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from mfp_stats.design.data import ModelData, MovedAnswer, Told
from mfp_stats.quantities.updating import updating_quantities
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import one

type Floats = NDArray[np.float64]

CLASSES: Final = 2
#: Probability of yes to each of four beliefs that nobody was told about, and of each worldview.
BELIEFS: Final = np.array([[0.8, 0.8, 0.2, 0.2], [0.2, 0.2, 0.8, 0.8]])
SHARES: Final = np.array([0.6, 0.4])
UNASKED: Final = 0.1
CELLS: Final = (
    MovedAnswer("kept", "Kept", support=False, direction=1, levels=tuple("abc")),
    MovedAnswer("hidden", "Hidden", support=False, direction=-1, levels=tuple("abcd")),
    MovedAnswer("fund", "Fund", support=True, direction=1, levels=tuple("abc"), accept=2),
    MovedAnswer("pause", "Pause", support=True, direction=-1, levels=tuple("ab"), accept=1),
)

RANKED: Final = (
    "response of all",
    "move of all",
    "response of one worldview",
    "move of support",
    "what is left of it",
    "what trust makes of it",
    "spread of persons",
    "what trust makes of worldviews",
)
#: What a row of the table is about.
KEY: Final = ("kind", "occasion", "trust", "worldview")


def design() -> ModelData:
    """Everything but the answers, in whose place each level is given once."""
    people = np.arange(PEOPLE)
    told = Told(
        name="report",
        label="Report",
        randomised=True,
        strata=("distrusts", "trusts"),
        occasions=("at_once", "later"),
        cells=CELLS,
        touched=(),
        person=people,
        told=people % 2 == 0,
        stratum=people // 2 % 2,
        answers=np.zeros((PEOPLE, 2, len(CELLS)), dtype=np.int64),
    )
    shares = np.log(np.tile(SHARES, (PEOPLE, 1)))
    return survey(told=told, log_membership=shares, log_evidence=np.zeros_like(shares))


def simulate(truth: xr.Dataset, design: ModelData, rng: np.random.Generator) -> Simulated:
    """A worldview, beliefs that tell of it, and answers of people told and not told."""
    told = design.told
    assert told is not None
    shares = SHARES * np.exp(one(truth, "share_apart")[told.stratum])
    held = (rng.random(PEOPLE) > (shares / shares.sum(axis=1, keepdims=True))[:, 0]).astype(int)
    yes = rng.random((PEOPLE, BELIEFS.shape[1])) < BELIEFS[held]
    density = np.where(yes[:, None], np.log(BELIEFS), np.log1p(-BELIEFS)).sum(axis=2)
    joint = density + np.log(SHARES)
    membership = joint - np.logaddexp.reduce(joint, axis=1, keepdims=True)
    place, response, apart, spread, cuts = (
        one(truth, name) for name in ("place", "response", "apart", "person_sd", "cutpoints")
    )
    answers = np.empty_like(told.answers)
    for o in range(2):
        own = spread * rng.standard_normal((PEOPLE, 2))
        first = 0
        for j, cell in enumerate(CELLS):
            kind, last = int(cell.support), len(cell.levels) - 1
            heard = told.told * (response[kind, o, told.stratum, held] + apart[j])
            at = place[j, o, told.stratum, GROUP, held] + cell.direction * heard + own[:, kind]
            latent = at + rng.logistic(size=PEOPLE)
            answers[:, o, j] = (latent[:, None] > cuts[first : first + last]).sum(axis=1)
            first += last
    answers[rng.random(answers.shape) < UNASKED] = -1
    told = replace(told, answers=answers)
    return Simulated(replace(design, told=told, log_membership=membership, log_evidence=density))


def quantities(posterior: xr.Dataset, data: ModelData) -> Mapping[str, Floats]:
    """Return what is displayed, and how far persons are apart."""
    assert data.log_membership is not None
    # Every share of worldviews is a worldview's own here, so that no row is too small.
    table, shown = updating_quantities(
        posterior, data, np.exp(data.log_membership), names=("a", "b"), floor=0
    )
    rows = {key: k for k, key in enumerate(table.select(KEY).rows())}

    def at(name: str, *key: object) -> xr.DataArray:
        return shown[name].isel(row=rows[key])

    first = ("belief", "at_once", "distrusts", 0)
    found = (
        at("response", *first),
        at("shift", *first),
        at("response", "belief", "at_once", "trusts", 1),
        at("shift", "support", "at_once", "trusts", 2),
        at("response", "belief", "later", "distrusts", 0) - at("response", *first),
        at("shift", "belief", "at_once", "trusts", 0) - at("shift", *first),
        posterior["person_sd"].isel({posterior["person_sd"].dims[-1]: 0}),
        posterior["share_apart"][..., 0, 0],
    )
    flat = [x.transpose("chain", "draw").values.ravel() for x in found]
    return dict(zip(RANKED, flat, strict=True))


CASE: Final = Case(
    name="updating",
    model="updating",
    title="models/updating.py with two worldviews, two strata of trust and a later wave",
    design=design,
    simulate=simulate,
    ranked=RANKED,
    drawn=quantities,
    true=quantities,
    settings={"people": PEOPLE, "classes": CLASSES, "beliefs": BELIEFS.shape[1]},
)
