"""Condensed answers are the same answers in fewer columns."""

import numpy as np

from mfp_stats.likelihoods.categories import Categories, one_hot
from mfp_stats.likelihoods.condensed import condense

SIZES = np.array([2, 4, 2, 2, 3])


def layout(answers: np.ndarray) -> Categories:
    names = tuple(f"{h}={k}" for h, size in enumerate(SIZES) for k in range(size))
    return Categories(SIZES, np.zeros(len(SIZES), bool), names, one_hot(answers, SIZES))


def some_answers() -> np.ndarray:
    return np.random.default_rng(0).integers(0, SIZES, size=(30, len(SIZES)))


def test_the_factors_give_the_answers_back():
    answers = some_answers()
    answers[::3, 1:3] = -1  # a question of two indicators that some were not asked
    answers[4] = -1
    categories = layout(answers)
    found = condense(categories)
    np.testing.assert_array_equal(found.given.T @ found.table, categories.chosen)


def test_who_answered_is_said_once_for_indicators_of_one_question():
    answers = some_answers()
    kept = SIZES.sum() - len(SIZES)
    assert len(condense(layout(answers)).given) == kept + 1
    answers[::3, 1:3] = -1
    assert len(condense(layout(answers)).given) == kept + 2


def test_an_indicator_that_nobody_answered_adds_nothing():
    answers = some_answers()
    answers[:, 4] = -1
    categories = layout(answers)
    found = condense(categories)
    np.testing.assert_array_equal(found.given.T @ found.table, categories.chosen)
