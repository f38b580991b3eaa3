"""Scores of a next wave: right predictions have uniform PITs, wrong intercepts are caught."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.questionnaire import load
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.truths import named_truth
from tests.suites.next_wave import next_wave_figures, score_next_wave


@dataclass(frozen=True)
class Found:
    data: SimpleNamespace
    responses: SimpleNamespace


def known(truth, true, rng) -> Found:
    """Return a fit that knows the acceptance ``true`` (G, X) up to two points."""
    mean = true + 0.02 * rng.standard_normal(true.shape)
    draws = mean + 0.02 * rng.standard_normal((400, 1, *true.shape))
    given = dict.fromkeys(ResponseDraws.__slots__)
    drawn = ResponseDraws(
        **given | {"groups": np.arange(len(true)), "acceptance": draws.clip(0.001, 0.999)}
    )
    return Found(SimpleNamespace(groups=truth.groups), SimpleNamespace(basis=drawn))


def test_right_predictions_hold_and_wrong_ones_are_caught(checkout):
    questionnaire = load(checkout / "tests" / "acceptance")
    truth = named_truth(questionnaire, "models", seed=3)
    true = true_decomposition(questionnaire, truth, people=20_000)["acceptance"].values
    rng = np.random.default_rng(4)
    waves = [
        {
            "next_wave": score_next_wave(
                known(truth, true, rng), questionnaire, truth, n=400, seed=seed
            )
        }
        for seed in range(0, 48, 2)
    ]
    figures = {figure.name: figure for figure in next_wave_figures(waves)}
    assert len(figures) == 5
    assert all(figure.passed for figure in figures.values()), figures
    pits = np.concatenate([w["next_wave"]["pit"] for w in waves])
    assert pits.mean() == pytest.approx(0.5, abs=0.08)
    assert next_wave_figures([{}]) == []
