"""What the two rival models of beliefs share: who is asked what, and answers drawn by numpy."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, softmax

from mfp_stats.design.data import Beliefs, Indicator, ModelData
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.likelihoods.mixture import Contrasts
from tests.suites.sbc.cases.people import PEOPLE, survey

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]

KINDS: Final = (
    "nominal",
    "ordinal",
    "binary",
    "nominal",
    "ordinal",
    "ordinal",
    "binary",
    "nominal",
)
CATEGORIES: Final = {"nominal": 3, "ordinal": 4, "binary": 2}
#: Share of answers that are missing, the same ones in every survey.
MISSING: Final = 0.1
SETTINGS: Final[Mapping[str, int]] = {"people": PEOPLE, "indicators": len(KINDS)}


def design() -> ModelData:
    """Return everything of the surveys but the answers, of which one stands for all."""
    indicators = tuple(_indicator(h, kind) for h, kind in enumerate(KINDS))
    answers = np.zeros((PEOPLE, len(KINDS)), dtype=np.int64)
    answers[np.random.default_rng(0).random(answers.shape) < MISSING] = -1
    return survey(beliefs=Beliefs(indicators, answers))


def _indicator(number: int, kind: str) -> Indicator:
    size = CATEGORIES[kind]
    names = ("no", "yes") if kind == "binary" else tuple(f"c{k}" for k in range(size))
    return Indicator(f"q{number}", f"q{number}", kind, names, f"Belief {number}", names)  # type: ignore[arg-type]


def layout(design: ModelData) -> tuple[Categories, Contrasts, NDArray[np.bool_]]:
    """Return what the free variables are coordinates of, and which of ``centre`` are unordered."""
    assert design.beliefs is not None
    categories = Categories.of(design.beliefs)
    contrasts = Contrasts.of(categories)
    unordered = np.abs(contrasts.centre[~categories.is_ordinal]).sum(axis=0) > 0
    return categories, contrasts, unordered


def probabilities(categories: Categories, centre: Floats, logits: Floats, shift: Floats) -> Floats:
    """Probability of every answer at every support point, (T, points).

    Parameters
    ----------
    categories
        The layout.
    centre
        (T,) logits of everybody's central answers: what ordered answers are shifted from.
    logits
        (T, points) logits of unordered answers.
    shift
        (T, points) shift of the cumulative logits of ordered answers, constant in an indicator.
    """
    found = np.empty(logits.shape)
    for start, size, ordinal in zip(
        categories.starts, categories.sizes, categories.ordinal, strict=True
    ):
        rows = slice(start, start + size)
        if ordinal:
            above = softmax(centre[rows])[::-1].cumsum()[::-1][1:]  # P(Y > y), all but the last
            moved = expit(logit(above)[:, None] + shift[rows][1:])
            edge = np.ones((1, moved.shape[1]))
            found[rows] = -np.diff(np.vstack([edge, moved, 0 * edge]), axis=0)
        else:
            found[rows] = softmax(logits[rows], axis=0)
    return found


def answer(design: ModelData, probability: Floats, rng: np.random.Generator) -> ModelData:
    """Let everybody answer; ``probability`` (T, N) is each person's own."""
    beliefs = design.beliefs
    assert beliefs is not None
    categories = Categories.of(beliefs)
    answers = np.column_stack(
        [
            (probability[start : start + size].cumsum(axis=0)[:-1] < rng.random(PEOPLE)).sum(axis=0)
            for start, size in zip(categories.starts, categories.sizes, strict=True)
        ]
    ).astype(np.int64)
    answers[beliefs.answers < 0] = -1
    return replace(design, beliefs=replace(beliefs, answers=answers))
