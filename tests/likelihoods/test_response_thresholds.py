"""Interventions that divide people to different degrees: each has the thresholds it was given."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design.data import Index, ModelData, Responses
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gaps import parameters

N, GROUPS, LEVELS, ACCEPT = 1200, 2, 5, 3
#: Intercepts, and distances between thresholds: lukewarm, usual, polarised.
INTERCEPTS = np.array([0.3, -0.2, 0.0])
GAPS = np.array([1.8, 1.0, 0.4])[:, None] * np.array([1.0, 1.2, 1.0])


def thresholds() -> np.ndarray:
    """Return cut points (3, 4) around 0, the middle of the third level."""
    cuts = np.concatenate([np.zeros((3, 1)), GAPS.cumsum(axis=1)], axis=1)
    return cuts - cuts[:, 1:3].mean(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def answered() -> ModelData:
    rng = np.random.default_rng(3)
    nothing = np.zeros((N, 3, 1))
    index = Index(
        log_membership=np.zeros((N, 1)),
        expected=nothing[..., None] * np.ones(2),
        expected_variance=nothing[..., None] * np.ones(3),
        signal=np.zeros((N, 3, 1, 0, 2)),
        signal_variance=np.zeros((N, 3, 1, 0, 2)),
        value=np.zeros((N, 0)),
        value_covariance=np.zeros((N, 0, 0)),
        reduced=True,
    )
    noisy = INTERCEPTS + 0.8 * rng.standard_normal((N, 1)) + rng.logistic(size=(N, 3))
    level = (noisy[:, :, None] > thresholds()).sum(axis=2)
    given = Responses(tuple("xyz"), tuple("XYZ"), tuple("12345"), ACCEPT, level)
    everyone = ModelData(
        survey="s",
        questionnaire="h",
        respondents=tuple(f"p{i}" for i in range(N)),
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=np.arange(N) % GROUPS,
        weight=None,
        values=(),
        value_labels=(),
        log_membership=index.log_membership,
    )
    return replace(everyone, responses=given, index=index)


def test_thresholds_and_acceptance_of_each_intervention_are_recovered(checkout, answered) -> None:
    model = load_model(checkout / "models" / "responses.py").build(answered)
    settings = FitSettings(draws=250, tune=300, chains=4, seed=2)
    posterior = sample(model, settings)["posterior"].to_dataset()
    draws = posterior["cutpoints"].values.reshape(-1, 3, LEVELS - 1)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    assert ((low <= thresholds()) & (thresholds() <= high)).mean() >= 0.8
    assert np.abs(draws.mean(axis=0) - thresholds()).max() < 0.35
    # Where accepting begins, the intercept and the threshold together are told best.
    found = np.array([one.intercept for one in parameters(posterior, ACCEPT)])
    truth = INTERCEPTS - thresholds()[:, ACCEPT - 1]
    low, high = np.quantile(found, [0.01, 0.99], axis=0)
    assert ((low <= truth) & (truth <= high)).all()
