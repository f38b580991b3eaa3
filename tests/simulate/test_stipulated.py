"""Stipulated consequences replace people's own in the responses under them, and nothing else."""

import json

import numpy as np
import pytest

from mfp_stats.questionnaire import parse
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.simulate.asked import draw_asked
from mfp_stats.simulate.people import draw_people, supposed_support
from tests.questionnaires import document


def with_stipulation(steps: dict[str, float]):
    changed = document()
    natural = next(b for b in changed["blocks"] if b["block"] == "support")
    supposed = {**natural, "block": "supposed", "stipulates": steps, "arms": {"video": ["a"]}}
    natural["arms"] = {"video": ["b"]}
    changed["blocks"].insert(changed["blocks"].index(natural) + 1, supposed)
    return parse(changed, where="stipulated")


Q = with_stipulation({"nature": 1, "calm": -1.5})


def test_steps_are_read_on_the_latent_scale_of_expectations() -> None:
    truth = default_truth(Q, seed=1)
    cuts = truth.thresholds["consequences.fund.nature"]  # four cuts, five answers
    better = (cuts[2] + cuts[3]) / 2
    worse, much_worse = (cuts[0] + cuts[1]) / 2, cuts[0] - (cuts[1] - cuts[0]) / 2
    m = dict(zip(truth.values, truth.stipulated["supposed"], strict=True))
    assert m["nature"] == pytest.approx(better)
    assert m["calm"] == pytest.approx((worse + much_worse) / 2)
    assert [m[k] for k in ("fairness", "voice", "income")] == pytest.approx([0, 0, 0])


def test_support_under_them_keeps_everything_else_of_the_person() -> None:
    truth = default_truth(Q, seed=1)
    people = draw_people(truth, n=50, seed=2)
    supposed = supposed_support(truth, people, truth.stipulated["supposed"])
    for i in range(50):
        for x in range(3):
            expected = 5 * people.importance[i] @ truth.stipulated["supposed"]
            eta = truth.intercepts[x] + truth.consequence_weight * expected
            eta += people.signals[i, x] @ truth.signal_weights
            eta += truth.residuals[people.group[i], x] + people.own[i]
            assert supposed[i, x] == pytest.approx(eta)


def test_answers_under_them_follow_that_support() -> None:
    truth = default_truth(Q, seed=1)
    s = simulate_survey(Q, truth, n=4_000, seed=2)
    people = draw_people(truth, n=4_000, seed=2)
    supposed = supposed_support(truth, people, truth.stipulated["supposed"])
    for block, support in (("support", people.support), ("supposed", supposed)):
        codes = s.sheet[f"{block}.pause.support5"].to_numpy()
        there = codes >= 0
        cuts = truth.thresholds[f"{block}.pause.support5"]
        chance = 1 / (1 + np.exp(-(support[there, 0][:, None] - cuts)))
        happened = codes[there][:, None] > np.arange(4)
        error = np.sqrt((chance * (1 - chance)).sum(axis=0))
        assert (abs(happened.sum(axis=0) - chance.sum(axis=0)) < 4.5 * error).all()


def test_without_scales_for_expectations_a_block_may_say_that_all_stays_as_it_is() -> None:
    q = with_stipulation({})
    assert default_truth(q, seed=1).stipulated["supposed"] == pytest.approx(np.zeros(5))


def test_it_is_known_before_which_blocks_support_was_asked() -> None:
    ids = tuple(f"p{k}" for k in range(60))
    asked = draw_asked(Q, ids)
    arms = [json.loads(row or "{}") for row in asked.arms]
    natural_first = [a["order"] == "support_first" and a["video"] == "b" for a in arms]
    assert asked.support_first["consequences"].tolist() == natural_first
    assert asked.support_first["beliefs"].tolist() == natural_first
    assert not asked.support_first["tradeoffs"].any()
    assert 0 < sum(natural_first) < 60
