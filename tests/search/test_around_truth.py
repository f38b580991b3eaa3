"""From a simulated survey's people to its best design, with errors of known size for a posterior.

Everything but the sampler is the product's: the links to attributes, who the people are, the front.
The same is done with real fits by the suite (``python -m tests.suites search``).
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.data import MIDDLE, NEUTRAL
from mfp_stats.quantities.search.exchange import exchange_designs
from mfp_stats.quantities.search.front import front_of
from mfp_stats.quantities.search.sweep import enumerate_designs
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import simulate_survey
from mfp_stats.workflow.designs import _zero
from tests.search.around_truth import model_around
from tests.suites.rows import Row
from tests.suites.search import LACKS, THRESHOLD, designed_truth, held_against, summarise

#: A suite of 30 has 97 % on the front, 93 % regrets and 98 % intervals that hold the truth.
REPLICATES = 12
ROOT = Path(__file__).resolve().parents[2]


@cache
def instrument() -> Questionnaire:
    return load(ROOT / "tests" / "search" / "designs")


def test_a_fit_keeps_of_which_questions_a_neutral_answer_was_named() -> None:
    truth = designed_truth(instrument(), 0).truth
    data = build_model_data(simulate_survey(instrument(), truth, n=60, seed=0).sheet, instrument())
    assert {_zero("outcome", name, data) for name in data.values} == {MIDDLE}
    assert _zero("signal", "interest", data) == NEUTRAL


@cache
def replicates() -> list[dict[str, Any]]:
    found = []
    for seed in range(REPLICATES):
        designed = designed_truth(instrument(), seed)
        model, space = model_around(instrument(), designed.truth, n=900, seed=seed)
        order = [designed.truth.groups.index(name) for name in model.groups]
        scores = enumerate_designs(model, space, THRESHOLD)
        found.append(held_against(scores, designed.accepts[:, order]))
    return found


def test_the_best_design_in_truth_lies_on_the_front() -> None:
    rows = replicates()
    assert np.mean([row["on_front"] for row in rows]) >= 0.9
    assert np.mean([row["front"] for row in rows]) < 0.5 * rows[0]["designs"]


def test_the_stated_regret_covers_the_true_one() -> None:
    covered = [r["regret_low"] <= r["regret"] <= r["regret_high"] + 1e-6 for r in replicates()]
    assert np.mean(covered) >= 0.85


def test_intervals_of_designs_nobody_saw_hold_what_they_would_be_accepted_by() -> None:
    inside, of = (sum(row["covered"][k] for row in replicates()) for k in (0, 1))
    assert inside / of >= 0.85
    assert of == REPLICATES * 18 * 2


def test_what_is_marked_for_the_next_wave_mostly_betters_what_was_fielded() -> None:
    gains = [gain for row in replicates() for gain in row["confirmed"]]
    assert len(gains) >= 5
    assert np.mean(np.array(gains) > 0) > 0.5


def test_what_designs_have_of_their_own_is_as_spread_as_the_one_draw_for_all() -> None:
    """Through the tables of a fit, for groups and for worldviews within them."""
    ratios = []
    for seed in range(3):
        designed = designed_truth(instrument(), seed, lack=LACKS[1])
        model, _ = model_around(instrument(), designed.truth, n=900, seed=seed)
        for axis in (None, 1, 2):
            one, own = model.mean[..., -1:], model.own
            if axis is not None:
                one, own = (a - a.mean(axis=axis, keepdims=True) for a in (one, own))
            ratios.append((own**2).mean() / (one**2).mean())
    assert np.mean(ratios) == pytest.approx(1, abs=0.15)
    assert max(ratios) / min(ratios) < 1.8


def test_exchange_comes_to_the_same_first_design() -> None:
    designed = designed_truth(instrument(), 3)
    model, space = model_around(instrument(), designed.truth, n=900, seed=3)
    all_of_them, some = (look(model, space, 0.4) for look in (enumerate_designs, exchange_designs))
    first, same = front_of(all_of_them), front_of(some)
    np.testing.assert_array_equal(all_of_them.levels[first.which[0]], some.levels[same.which[0]])


def test_rows_are_summed_up_and_too_few_of_them_pass_nothing() -> None:
    rows = [
        Row("search", "n=900 lack=0.2", seed, seed, "abc", clean=True, seconds=1.0, result=result)
        for seed, result in enumerate(replicates()[:3])
    ]
    figures = {figure.name: figure for figure in summarise(rows)}
    assert figures["lack 0.2: the best design in truth lies on the front"].passed is None
    assert "of 3" in figures["lack 0.2: the best design in truth lies on the front"].value
    assert figures["failed"].passed is True


@pytest.mark.parametrize("seed", range(3))
def test_a_truth_of_designs_has_the_fielded_ones_in_it(seed: int) -> None:
    designed = designed_truth(instrument(), seed)
    assert designed.accepts.shape == (24, 2)
    assert designed.truth.interventions == tuple(instrument().interventions)
    assert (designed.accepts > 0).all() and (designed.accepts < 1).all()


def test_a_proposal_fielded_that_is_not_on_the_front_is_no_hit() -> None:
    designed = designed_truth(instrument(), 0)
    model, space = model_around(instrument(), designed.truth, n=900, seed=0)
    scores = enumerate_designs(model, space, THRESHOLD)
    front = front_of(scores)
    off = front.which[~front.on_front]
    assert len(off)
    for best in (off[0], front.which[front.on_front][0]):
        accepts = np.full((len(scores.levels), 2), 0.3)
        accepts[best] = 0.9
        assert held_against(scores, accepts)["on_front"] == (best not in off)
