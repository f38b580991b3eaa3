"""The answer probabilities of the mixture and the continuum against plain numpy."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from scipy.special import expit, log_softmax, logsumexp

from mfp_stats.likelihoods.categories import Categories, one_hot
from mfp_stats.likelihoods.condensed import condense
from mfp_stats.likelihoods.mixture import (
    ORDERED_STEP,
    Contrasts,
    answer_log_probabilities,
    person_log_likelihood,
)

SIZES = np.array([3, 5, 2, 4])
ORDINAL = np.array([False, True, False, True])
CLASSES = 3


def layout(ordinal=ORDINAL, n=7, seed=0) -> Categories:
    answers = np.random.default_rng(seed).integers(-1, SIZES, size=(n, len(SIZES)))
    names = tuple(f"{h}={k}" for h, size in enumerate(SIZES) for k in range(size))
    return Categories(SIZES, ordinal, names, one_hot(answers, SIZES))


def evaluate(expression: pt.TensorVariable) -> np.ndarray:
    return pytensor.function([], expression, mode="FAST_COMPILE")()


def parameters(categories: Categories, seed=1):
    """Return centre (B,) and moves (D, C) in the coordinates of the contrasts."""
    rng, contrasts = np.random.default_rng(seed), Contrasts.of(categories)
    centre = rng.normal(size=contrasts.centre.shape[1])
    return centre, rng.normal(size=(contrasts.shift.shape[1], CLASSES))


def answers(categories: Categories, centre: np.ndarray, move: np.ndarray) -> np.ndarray:
    """Evaluate the log-probabilities, in the order of the categories."""
    contrasts = Contrasts.of(categories)
    tilt = centre[: contrasts.unordered, None] + move[: contrasts.unordered]
    arrays = map(pt.constant, (centre, tilt, move[contrasts.unordered :]))
    return evaluate(contrasts.in_order(answer_log_probabilities(contrasts, *arrays)))


def along(categories: Categories, steps: list[float]) -> np.ndarray:
    """Move the ordered indicators only, by as many steps at each support point."""
    contrasts = Contrasts.of(categories)
    move = np.zeros((contrasts.shift.shape[1], len(steps)))
    move[contrasts.unordered :] = steps
    return move


def expected(categories: Categories, centre: np.ndarray, move: np.ndarray) -> np.ndarray:
    contrasts, parts = Contrasts.of(categories), []
    centre, shift = contrasts.centre @ centre, contrasts.shift @ move
    for first, size, ordinal in zip(categories.starts, SIZES, categories.ordinal, strict=True):
        rows = slice(first, first + size)
        if not ordinal:
            parts.append(log_softmax(centre[rows, None] + shift[rows], axis=0))
            continue
        p0 = np.exp(log_softmax(centre[rows]))
        above = 1 - np.cumsum(p0)[:-1]
        more = expit(np.log(above / (1 - above))[:, None] + shift[first])
        edges = np.vstack([np.ones(CLASSES), more, np.zeros(CLASSES)])
        parts.append(np.log(-np.diff(edges, axis=0)))
    return np.vstack(parts)


@pytest.mark.parametrize("ordinal", [ORDINAL, np.zeros(4, bool), np.ones(4, bool)])
def test_answer_probabilities(ordinal: np.ndarray):
    categories = layout(ordinal)
    centre, move = parameters(categories)
    found = answers(categories, centre, move)
    np.testing.assert_allclose(found, expected(categories, centre, move), atol=1e-10)
    sums = np.add.reduceat(np.exp(found), categories.starts, axis=0)
    np.testing.assert_allclose(sums, 1.0, atol=1e-12)


def test_a_larger_shift_means_higher_ordinal_answers():
    categories = layout()
    centre, _ = parameters(categories)
    table = answers(categories, centre, along(categories, [-2.0, 0.0, 2.0]))
    mean = np.arange(5) @ np.exp(table)[3:8]
    assert mean[0] < mean[1] < mean[2]


def test_extreme_shifts_stay_finite():
    categories = layout()
    centre, _ = parameters(categories)
    assert np.isfinite(answers(categories, centre, along(categories, [-60.0, 0.0, 60.0]))).all()


def test_two_categories_mean_the_same_ordered_or_not():
    sizes = np.array([2, 2])
    pair = Categories(sizes, np.array([False, True]), ("",) * 4, np.zeros((1, 4)))
    shift = Contrasts.of(pair).shift
    assert shift[0, 0] - shift[1, 0] == pytest.approx(ORDERED_STEP)
    centre = Contrasts.of(pair).centre.T @ np.log([0.3, 0.7, 0.3, 0.7])
    table = answers(pair, centre, np.array([[-0.8], [0.8]]))
    np.testing.assert_allclose(table[:2], table[2:], atol=1e-12)


def test_membership_is_summed_out():
    categories = layout()
    log_answers = expected(categories, *parameters(categories))
    group = np.array([0, 1, 0, 1, 0, 1, 1])
    log_weights = log_softmax(np.random.default_rng(2).normal(size=(2, CLASSES)), axis=1)
    condensed = condense(categories)
    log_given = condensed.table @ log_answers
    arrays = (condensed.given, np.eye(2)[:, group], log_given, log_weights)
    found = evaluate(person_log_likelihood(*map(pt.constant, arrays)))
    by_hand = logsumexp(categories.chosen @ log_answers + log_weights[group], axis=1)
    np.testing.assert_allclose(found, by_hand, atol=1e-12)
