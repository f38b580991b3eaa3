"""Weights of a simulated survey put right who answered."""

import numpy as np
import pytest

from mfp_stats.questionnaire import load
from mfp_stats.simulate import named_truth
from tests.suites.fielded import answered, shares_answering
from tests.suites.provenance import ROOT


def test_more_of_the_first_worldview_answer() -> None:
    shares = np.array([[0.5, 0.5], [0.2, 0.8]])
    answering = shares_answering(shares)
    odds, before = (one[:, 0] / one[:, 1] for one in (answering, shares))
    assert answering.sum(axis=1) == pytest.approx(1)
    assert odds / before == pytest.approx(np.exp(1.0))


def test_weights_bring_back_the_population() -> None:
    """Beliefs that holders of a worldview have are as frequent as they are in the population."""
    questionnaire = load(ROOT / "tests" / "acceptance")
    truth = named_truth(questionnaire, "models", seed=4)
    data = answered(questionnaire, truth, n=6000, seed=4)
    assert data.weight is not None and data.beliefs is not None
    assert data.weight.mean() == pytest.approx(1)
    assert 0.75 < 1 / np.square(data.weight).mean() < 0.95
    first = data.beliefs.indicators[0]
    there = data.beliefs.answers[:, 0] >= 0
    for g, group in enumerate(data.groups):
        profile = truth.class_profiles[first.name].probabilities
        expected = truth.class_shares[truth.groups.index(group)] @ profile
        rows = there & (data.group == g)
        counts = np.bincount(data.beliefs.answers[rows, 0], data.weight[rows], len(expected))
        assert counts / counts.sum() == pytest.approx(expected, abs=0.04)
        plain = np.bincount(data.beliefs.answers[rows, 0], minlength=len(expected))
        assert abs(plain / plain.sum() - expected).max() > 0.04
