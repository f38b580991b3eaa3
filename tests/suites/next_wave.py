"""Whether what a fit predicts of acceptance holds among fresh people of the same truth."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from scipy.special import expit, logit
from scipy.stats import kstest

from mfp_stats.design import build_model_data
from mfp_stats.quantities.forecast.scores import score
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import Truth, simulate_survey
from mfp_stats.workflow.prefield.fit import FittedSurvey
from tests.suites.coverage import LEAST, MOST
from tests.suites.intervals import share_words
from tests.suites.suite import Figure

#: By how many logits intercepts of the deliberately wrong model are off.
OFF: Final = 0.5


def score_next_wave(
    found: FittedSurvey, questionnaire: Questionnaire, truth: Truth, *, n: int, seed: int
) -> dict[str, list[float]]:
    """Ask as many people again, other ones, and score what was predicted of each group.

    Returns
    -------
    dict
        One number a group and proposal: ``pit`` and ``log_score`` of the model, ``off_pit`` and
        ``off_log_score`` of one whose intercepts are ``OFF`` logits too high.
    """
    drawn = found.responses.basis
    assert isinstance(drawn, ResponseDraws)
    later = build_model_data(
        simulate_survey(questionnaire, truth, n=n, seed=seed + 1).sheet, questionnaire
    )
    assert later.responses is not None and later.groups == found.data.groups
    accepts = later.responses.accepts
    rng = np.random.default_rng((seed, 3))
    scores: dict[str, list[float]] = {}
    for at, g in enumerate(drawn.groups):
        for x in range(accepts.shape[1]):
            said = accepts[(later.group == g) & (accepts[:, x] >= 0), x]
            shares, uniform = drawn.acceptance[:, 0, at, x], float(rng.random())
            off = expit(logit(np.clip(shares, 1e-6, 1 - 1e-6)) + OFF)
            for name, draws in (("", shares), ("off_", off)):
                one = score(draws, len(said), int(said.sum()), uniform)
                scores.setdefault(f"{name}pit", []).append(round(one.pit, 4))
                scores.setdefault(f"{name}log_score", []).append(round(one.log_score, 3))
    return scores


def next_wave_figures(results: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """Set PITs against the uniform distribution, and the wrong model's scores against the right's.

    Cells of one survey have errors in common: of each survey one PIT is tested, another in turn.
    """
    waves = [r["next_wave"] for r in results if "next_wave" in r]
    if not waves:
        return []
    figures = []
    for name, prefix in (("model", ""), ("intercepts off", "off_")):
        single = [w[f"{prefix}pit"][k % len(w[f"{prefix}pit"])] for k, w in enumerate(waves)]
        p = float(kstest(single, "uniform").pvalue)
        every = np.concatenate([w[f"{prefix}pit"] for w in waves])
        inside = int(((every > 0.05) & (every < 0.95)).sum())
        share = inside / len(every)
        right = not prefix
        figures += [
            Figure(
                f"next wave, {name}: uniform PIT, one a survey",
                f"p = {p:.2g}",
                "p > 0.01" if right else "p < 0.01",
                p > 0.01 if right else p < 0.01,
            ),
            Figure(
                f"next wave, {name}: central 90 % of PIT",
                share_words(inside, len(every)),
                "85–95 %" if right else "< 85 %",
                LEAST <= share <= MOST if right else share < LEAST,
            ),
        ]
    better = sum(np.mean(w["log_score"]) > np.mean(w["off_log_score"]) for w in waves)
    passed = bool(better >= 0.95 * len(waves))
    words = share_words(int(better), len(waves))
    name = "next wave: surveys in which the log score catches the wrong intercepts"
    return [*figures, Figure(name, words, "≥ 95 %", passed)]
