"""The response model, in its full and its reduced form.

What people expect, are told and value is drawn anew for each survey from the means and variances
that the model is given; the model sums it out by approximations, which are tested here too.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from mfp_stats.design.data import Index, ModelData, Responses
from tests.suites.sbc.case import Case, Simulated
from tests.suites.sbc.cases.people import GROUP, PEOPLE, survey
from tests.suites.sbc.reading import flat, one

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

INTERVENTIONS, CLASSES, SIGNALS, VALUES = 3, 2, 1, 3
LEVELS: Final = ("never", "rather not", "rather", "yes")
ACCEPT: Final = 2
#: Everybody was asked about so many interventions, and about the first under stipulated
#: consequences too.
ASKED: Final = 2
#: Draws of what is latent for each person, over which acceptance is averaged.
LATENT: Final = 40


def design(*, reduced: bool) -> ModelData:
    """Everything but the answers."""
    rng = np.random.default_rng(0)
    turn = (np.arange(PEOPLE)[:, None] + np.arange(INTERVENTIONS)) % INTERVENTIONS
    answers = np.where(turn < ASKED, 0, -1)
    stipulated = np.full(answers.shape, -1)
    stipulated[:, 0] = 0
    names = tuple("xyz")
    responses = Responses(names, names, LEVELS, ACCEPT, answers, stipulated)
    return survey(values="abc", responses=responses, index=_index(rng, reduced=reduced))


def _index(rng: np.random.Generator, *, reduced: bool) -> Index:
    cell = (PEOPLE, INTERVENTIONS, CLASSES)
    least = np.array([0.2, 1.0, -0.9])  # more than 0 for any share of deviations
    log_odds = 2 * rng.standard_normal(PEOPLE) + np.array([0.5, -0.5])[GROUP]
    root = 0.4 * rng.standard_normal((PEOPLE, VALUES, VALUES))
    told = 0 if reduced else SIGNALS
    return Index(
        log_membership=np.log(expit(np.column_stack([log_odds, -log_odds]))),
        expected=0.0 * np.ones((*cell, 2)) if reduced else rng.standard_normal((*cell, 2)),
        expected_variance=0.0 * np.ones((*cell, 3))
        if reduced
        else least * rng.uniform(1.0, 3.0, (*cell, 1)),
        signal=rng.standard_normal((*cell, told, 2)),
        signal_variance=least[1:] * rng.uniform(1.0, 3.0, (*cell, told, 1)),
        value=rng.standard_normal((PEOPLE, VALUES)),
        value_covariance=root @ root.transpose(0, 2, 1),
        reduced=reduced,
    )


def _latent(
    index: Index, share: Floats, rng: np.random.Generator
) -> tuple[Ints, Floats, Floats, Floats]:
    """Draw worldview (N,), expected values and signals (draw, N, X[, Q]) and values (N, K).

    ``share`` (draw,) is that of persons' own deviations.
    """
    noise = rng.gumbel(size=index.log_membership.shape)
    held = (index.log_membership + noise).argmax(axis=1).astype(np.int64)
    person = np.arange(PEOPLE)

    def normal(mean: Floats, variance: Floats, first: int) -> Floats:
        """Powers of the share begin with 0 in the mean, and with ``first`` in the variance."""
        powers = share[:, None] ** np.arange(3)
        mean = np.einsum("nx...j,dj->dnx...", mean[person, :, held], powers[:, :2])
        variance = np.einsum("nx...j,dj->dnx...", variance[person, :, held], powers[:, first:])
        noise = rng.standard_normal(mean.shape[1:])
        left = (1 - share).reshape(-1, *[1] * (mean.ndim - 1))
        return np.asarray((mean + np.sqrt(variance) * noise) / np.sqrt(left))

    root = np.linalg.cholesky(index.value_covariance + 1e-9 * np.eye(VALUES))
    own = index.value + (root @ rng.standard_normal((PEOPLE, VALUES, 1)))[:, :, 0]
    return (
        held,
        normal(index.expected, index.expected_variance, 0),
        normal(index.signal, index.signal_variance, 1),
        own,
    )


def _predictors(parameters: Mapping[str, Floats], index: Index, rng: np.random.Generator) -> Floats:
    """Draw everybody's linear predictors of all offers, without cut points, (draw, N, offers)."""
    share = parameters.get("deviation_share", np.zeros(len(parameters["intercept"])))
    held, expected, signal, value = _latent(index, share, rng)
    fixed = parameters["intercept"][:, None] + parameters["residual"]  # (draw, G, offers)
    if index.reduced:
        own = parameters["class_effect"][:, held] + np.einsum(
            "nk,dkx->dnx", value, parameters["value_effect"]
        )
        told = np.zeros_like(own)
    else:
        own = parameters["expected_weight"][:, None, None] * expected
        told = np.einsum("dnxq,dq->dnx", signal, parameters["signal_weight"])
    both = np.concatenate([own + told, told], axis=2)  # under stipulation signals alone
    person = parameters["person_sd"][:, None] * rng.standard_normal(PEOPLE)
    return np.asarray(fixed[:, GROUP] + both + person[:, :, None])


def _parameters(draws: xr.Dataset, *, reduced: bool) -> dict[str, Floats]:
    form = ("expected_weight", "signal_weight", "deviation_share")
    if reduced:
        form = ("class_effect", "value_effect")
    return {n: flat(draws, n) for n in ("intercept", "residual", "person_sd", "cutpoints", *form)}


def simulate(
    truth: xr.Dataset, design: ModelData, rng: np.random.Generator, *, reduced: bool
) -> Simulated:
    """Draw what is latent, then count the cut points below a logistic answer."""
    given, index = design.responses, design.index
    assert given is not None and index is not None and given.stipulated is not None
    eta = _predictors(_parameters(truth, reduced=reduced), index, rng)[0]
    noisy = eta + rng.logistic(size=eta.shape)
    cuts = np.tile(one(truth, "cutpoints"), (1, 2, 1))[GROUP]  # (N, offers, L − 1)
    level = (noisy[:, :, None] > cuts).sum(axis=2)
    natural, supposed = np.split(level, 2, axis=1)
    answered = replace(
        given,
        answers=np.where(given.answers < 0, -1, natural),
        stipulated=np.where(given.stipulated < 0, -1, supposed),
    )
    return Simulated(replace(design, responses=answered))


COMMON: Final = (
    "groups' residual difference",
    "the same under stipulated consequences",
    "sd of persons",
    "highest cut point",
    "acceptance in a group",
    "difference of groups' acceptance",
)
FULL: Final = (
    "weight of the expected value",
    "weight of a signal",
    "share of persons' own deviations",
    *COMMON,
)
REDUCED: Final = ("worldviews' difference", "effect of a value", *COMMON)


def quantities(posterior: xr.Dataset, data: ModelData, *, reduced: bool) -> Mapping[str, Floats]:
    """Return the parameters of the index and what they make of acceptance."""
    assert data.index is not None
    p = _parameters(posterior, reduced=reduced)
    if reduced:
        own = (
            p["class_effect"][:, 1, 0] - p["class_effect"][:, 0, 0],
            p["value_effect"][:, 0, 1],
        )
    else:
        own = (p["expected_weight"], p["signal_weight"][:, 0], p["deviation_share"])
    rng = np.random.default_rng(5)  # the same latent draws for the truth
    accepts = np.zeros((len(own[0]), PEOPLE))
    for _ in range(LATENT):
        eta = _predictors(p, data.index, rng)[:, :, 0]
        accepts += expit(eta - p["cutpoints"][:, GROUP, 0, ACCEPT - 1]) / LATENT
    group = [accepts[:, g == GROUP].mean(axis=1) for g in (0, 1)]
    gap = p["residual"][:, 1] - p["residual"][:, 0]
    common = (
        gap[:, 1],
        gap[:, INTERVENTIONS],
        p["person_sd"],
        p["cutpoints"][:, 0, 0, -1],
        group[0],
        group[1] - group[0],
    )
    return dict(zip(REDUCED if reduced else FULL, (*own, *common), strict=True))


def _case(name: str, what: str, *, reduced: bool) -> Case:
    return Case(
        name=f"responses-{name}",
        model="responses",
        title=f"models/responses.py in its {name} form: {what}",
        design=partial(design, reduced=reduced),
        simulate=partial(simulate, reduced=reduced),
        ranked=REDUCED if reduced else FULL,
        drawn=partial(quantities, reduced=reduced),
        true=partial(quantities, reduced=reduced),
        settings={"people": PEOPLE, "interventions": INTERVENTIONS, "asked": ASKED},
        reuse=False,
    )


FULL_FORM: Final = _case("full", "expected values and signals", reduced=False)
REDUCED_FORM: Final = _case("reduced", "worldviews and values", reduced=True)
