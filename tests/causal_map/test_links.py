"""Strengths of links are the expected answers of given profiles, worked out by hand."""

import numpy as np
import pytest

from mfp_stats.design.causal import answer_scores, causal_design
from mfp_stats.fitting.gate import check_draws
from mfp_stats.quantities.causal_map.links import judged_draws, map_draws
from mfp_stats.quantities.causal_map.tables import TABLES, map_tables
from mfp_stats.questionnaire import parse
from tests.causal_map.conftest import document, drawn, mapped, shares

LABELS = {"": "Everyone", "left": "Left", "right": "Right"}
NAMES = ("Hopeful", "Wary")
#: Chances of answers in each of two worldviews.
ANSWERS = {
    "t_b": ({"more": 0.5, "much_more": 0.5}, {"as_much": 1.0}),
    "b_j": ({"much_more": 1.0}, {"much_less": 0.4, "less": 0.4, "as_much": 0.2}),
    "b_j_again": ({"more": 1.0}, {"less": 0.5, "same": 0.5}),
    "b_c": ({"much_less": 1.0}, {"much_more": 0.25, "as_much": 0.75}),
    "effects.fund.jobs": ({"better": 0.8, "same": 0.2}, {"worse": 0.3, "better": 0.7}),
}
#: By hand. "More" on the scale of four is halfway up from "same"; of two items the mean counts.
STRENGTHS = {
    ("trust", "building"): (0.75, 0.0),
    ("building", "jobs"): ((1 + 0.5) / 2, (-0.6 - 0.5) / 2),
    # Reversed: who agrees that there will be much more says that there will be much less.
    ("building", "calm"): (1.0, -0.25),
}


@pytest.fixture(scope="module")
def tables(surveyed):
    matched = drawn(surveyed, ANSWERS)
    share = shares(matched, {"": 0.6, "left": 1.0, "right": 0.2})
    draws = map_draws(matched, share, surveyed.design)
    return map_tables(draws, surveyed.design, names=NAMES, group_labels=LABELS)


def test_answers_count_in_equal_steps_on_each_side(surveyed):
    item = surveyed.questionnaire.item
    assert answer_scores(item("t_b")) == {
        "much_less": -1.0,
        "less": -0.5,
        "as_much": 0.0,
        "more": 0.5,
        "much_more": 1.0,
    }
    assert answer_scores(item("b_j_again")) == {"less": -1.0, "same": 0.0, "more": 0.5, "most": 1.0}
    assert answer_scores(item("b_c"))["much_less"] == 1.0


def test_strengths_are_the_expected_answers(tables):
    for (cause, effect), strengths in STRENGTHS.items():
        rows = tables["map_links"].filter(cause=cause, effect=effect).sort("worldview")
        np.testing.assert_allclose(rows["strength_mean"], strengths, atol=1e-6)
    assert len(tables["map_links"]) == 2 * 4
    assert set(tables) == set(TABLES)


def test_groups_hold_what_their_worldviews_hold(tables):
    rows = tables["map_groups"].filter(cause="building", effect="jobs")
    found = dict(rows.select("group", "strength_mean").rows())
    first, second = STRENGTHS["building", "jobs"]
    np.testing.assert_allclose(found["left"], first, atol=1e-6)
    np.testing.assert_allclose(found["right"], 0.2 * first + 0.8 * second, atol=1e-6)
    np.testing.assert_allclose(found[""], 0.6 * first + 0.4 * second, atol=1e-6)


def test_opposite_signs_are_found_between_worldviews(tables):
    pairs = tables["map_pairs"].rows_by_key(["cause", "effect"], named=True, unique=True)
    assert pairs["building", "jobs"]["probability_opposite"] == 1
    assert pairs["building", "jobs"]["apart_mean"] == pytest.approx(-0.55 - 0.75, abs=1e-6)
    assert pairs["building", "calm"]["probability_opposite"] == 1


def test_links_few_answered_about_are_left_out_with_a_note():
    written = document()
    few = mapped(written, n=9)
    assert len(few.design.links) == 0
    assert (
        len(few.design.notes) == 4 and "“Trust in companies” → “Buildings”" in few.design.notes[0]
    )


def test_without_links_there_is_no_map(surveyed):
    written = document()
    for item in written["blocks"][1]["items"][:5]:
        del item["cause"], item["effect"]
    assert causal_design(parse(written, where="test"), surveyed.data) is None


def test_of_one_worldview_there_is_one_map_and_no_pair(surveyed):
    matched = drawn(surveyed, {name: (first,) for name, (first, _) in ANSWERS.items()})
    draws = map_draws(matched, shares(matched, {"": 1.0, "left": 1.0}), surveyed.design)
    found = map_tables(draws, surveyed.design, names=("Hopeful",), group_labels=LABELS)
    assert set(found["map_links"]["worldview"]) == {1}
    assert found["map_pairs"].is_empty()


def test_the_gate_judges_links_ratings_and_what_follows(surveyed):
    matched = drawn(surveyed, ANSWERS, noise=0.3)
    share = shares(matched, {"": 0.6, "left": 0.9, "right": 0.2})
    draws = map_draws(matched, share, surveyed.design)
    judged = judged_draws(draws, surveyed.design)
    assert set(judged.data_vars) == {
        "strength",
        "strength_in_group",
        "strength_apart",
        "said",
        "effect",
    }
    names = [str(name) for name in judged["of"].values]
    assert "trust on jobs, worldview 1, transmission 0.5" in names
    assert "fund on calm, worldview 2, transmission 1" in names
    statistics = judged[["strength"]].isel(link=0, worldview=0).rename(strength="logp")
    statistics = statistics.assign(
        energy=statistics["logp"], diverging=statistics["logp"].astype(bool) & False
    )
    checks = {c.check: c for c in check_draws(judged, statistics).checks}
    assert checks["finite"].passed and checks["varies"].passed and checks["r_hat"].value < 1.1
