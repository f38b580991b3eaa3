"""Thresholds that differ between interventions, or between groups, are recovered as they were."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr
from scipy.special import expit

from mfp_stats.design.data import Index, ModelData, Responses
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gaps import parameters

N, GROUPS, LEVELS, ACCEPT = 1200, 2, 5, 3
#: Intercepts, and distances between thresholds: lukewarm, usual, polarised.
INTERCEPTS = np.array([0.3, -0.2, 0.0])
GAPS = np.array([1.8, 1.0, 0.4])[:, None] * np.array([1.0, 1.2, 1.0])


#: Two and a half standard errors of a share among the people of one group.
FAR = 2.5 * 0.5 / np.sqrt(N / GROUPS)
#: How much wider the two middle answers are in the first group than in the second.
MIDDLE = 2.0


def thresholds(gaps: np.ndarray = GAPS) -> np.ndarray:
    """Return cut points (3, 4) around 0, the middle of the third level."""
    cuts = np.concatenate([np.zeros((3, 1)), gaps.cumsum(axis=1)], axis=1)
    return cuts - cuts[:, 1:3].mean(axis=1, keepdims=True)


def survey(cuts: np.ndarray, seed: int) -> ModelData:
    """Answers of two groups under cut points (groups, 3, 4); nothing else tells of support."""
    rng = np.random.default_rng(seed)
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
    group = np.arange(N) % GROUPS
    noisy = INTERCEPTS + 0.8 * rng.standard_normal((N, 1)) + rng.logistic(size=(N, 3))
    level = (noisy[:, :, None] > cuts[group]).sum(axis=2)
    given = Responses(tuple("xyz"), tuple("XYZ"), tuple("12345"), ACCEPT, level)
    everyone = ModelData(
        survey="s",
        questionnaire="h",
        respondents=tuple(f"p{i}" for i in range(N)),
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=group,
        weight=None,
        values=(),
        value_labels=(),
        log_membership=index.log_membership,
    )
    return replace(everyone, responses=given, index=index)


def fitted(checkout: Path, data: ModelData) -> xr.Dataset:
    model = load_model(checkout / "models" / "responses.py").build(data)
    settings = FitSettings(draws=120, tune=200, seed=2)
    return sample(model, settings)["posterior"].to_dataset()


def test_thresholds_and_acceptance_of_each_intervention_are_recovered(checkout) -> None:
    posterior = fitted(checkout, survey(np.stack([thresholds()] * GROUPS), 3))
    draws = posterior["cutpoints"].values.reshape(-1, GROUPS, 3, LEVELS - 1).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    assert ((low <= thresholds()) & (thresholds() <= high)).mean() >= 0.8
    assert np.abs(draws.mean(axis=0) - thresholds()).max() < 0.35
    # Where accepting begins, the intercept and the threshold together are told best.
    found = np.array([one.intercept for one in parameters(posterior, ACCEPT)])
    truth = INTERCEPTS - thresholds()[:, ACCEPT - 1]
    low, high = np.quantile(found, [0.01, 0.99], axis=0)
    assert ((low <= truth) & (truth <= high)).all()


def test_a_group_that_keeps_to_the_middle_has_thresholds_of_its_own(checkout) -> None:
    """Its acceptance is then met, at whichever answer that begins."""
    wider = GAPS * np.array([1.0, MIDDLE, MIDDLE]) ** 0.5
    narrower = GAPS / np.array([1.0, MIDDLE, MIDDLE]) ** 0.5
    cuts = np.stack([thresholds(wider), thresholds(narrower)])
    posterior = fitted(checkout, survey(cuts, 5))
    for accept in range(1, LEVELS):
        drawn = parameters(posterior, accept)
        found = np.array([one.intercept + one.residual for one in drawn])  # (S, groups, 3)
        truth = INTERCEPTS - cuts[:, :, accept - 1]
        low, high = np.quantile(found, [0.01, 0.99], axis=0)
        assert ((low <= truth) & (truth <= high)).mean() >= 5 / 6
        assert np.abs(expit(found.mean(axis=0)) - expit(truth)).max() < FAR
