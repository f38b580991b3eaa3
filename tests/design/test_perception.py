"""Guesses about groups as arrays, answer by answer."""

from typing import Any

import numpy as np
import polars as pl

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.perception import guesses_as_people
from mfp_stats.likelihoods.subsets import is_integrable
from mfp_stats.questionnaire import Questionnaire, parse
from tests.questionnaires import VALUES, sheet_of

GROUPS = {"near": "Near", "far": "Far", "new": "New"}


def questionnaire(**more: Any) -> Questionnaire:
    """Three groups who pick, guess what each picks, and say what the others would support."""
    support = {"labels": ["never", "perhaps", "gladly"], "accept_from": "gladly"}
    guess = {"type": "select_one support3", "label": "What would most of them say?"}
    return parse(
        {
            "survey": "guesses",
            "title": "Guesses",
            "group": "side",
            "values": VALUES,
            "interventions": {"pause": "Pause", "fund": "Fund"},
            "scales": {"support3": support, "yes_no": {"labels": ["no", "yes"]}},
            "blocks": [
                {"block": "you", "items": [
                    {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                     "options": GROUPS},
                    {"name": "town", "type": "select_one", "role": "covariate", "label": "Town",
                     "options": {"north": "North", "south": "South"}}]},
                {"block": "top", "role": "value_tradeoff", "type": "select_multiple",
                 "max_choices": 2},
                {"block": "support", "role": "response", "scale": "support3"},
                {"block": "others", "role": "perception"},
                {"block": "their_support", "role": "perception", "items": [
                    {"name": "far_pause", "group_of": "far", "intervention": "pause", **guess},
                    {"name": "near_pause", "group_of": "near", "intervention": "pause", **guess},
                    {"name": "near_fund", "group_of": "near", "intervention": "fund", **guess,
                     **more},
                ]},
            ],
        },
        where="guesses",
    )  # fmt: skip


Q = questionnaire()
PICKED = {"top|fairness": 1, "top|voice": 0, "top|nature": 0, "top|income": 0, "top|calm": 0}


def built(*rows: dict[str, int], q: Questionnaire = Q, **options: str) -> ModelData:
    return build_model_data(sheet_of(q, [{**PICKED, **row} for row in rows]), q, **options)


def test_a_guess_is_a_pick_about_a_group() -> None:
    data = built(
        {"side": 0, "others.near": 2, "others.far": 4},
        {"side": 1, "others.near": -3},
        {"side": 1, "others.near": 0, "others.far": 0},
    )
    assert data.guesses is not None
    found = sorted(
        zip(
            data.guesses.picks.person.tolist(),
            data.guesses.guessed.tolist(),
            data.guesses.picks.chosen.argmax(axis=1).tolist(),
            strict=True,
        )
    )
    assert found == [(0, 0, 2), (0, 1, 4), (2, 0, 0), (2, 1, 0)]
    assert data.guesses.picks.offered.all()
    assert (data.guesses.picks.chosen.sum(axis=1) == 1).all()


def test_guesses_become_people_of_a_group_for_each_pair() -> None:
    data = built(
        {"side": 0, "others.near": 2, "others.far": 4},
        {"side": 1, "others.near": 0, "others.far": 1},
        {"side": 1, "others.far": 1},
    )
    people = guesses_as_people(data)
    assert people.groups == ("near about near", "near about far", "far about near", "far about far")
    assert people.group_labels[1] == "Near about Far"
    assert sorted(people.group.tolist()) == [0, 1, 2, 3, 3]
    assert len(set(people.respondents)) == 5
    assert is_integrable(people)
    assert people.has_tradeoffs
    assert people.ratings is None


def test_guesses_keep_the_weight_of_who_made_them() -> None:
    rows = [{**PICKED, "side": k, "others.near": 1, "others.far": 2} for k in (0, 1)]
    sheet = sheet_of(Q, rows).with_columns(weight=pl.Series([1.0, 3.0]))
    data = build_model_data(sheet, Q)
    people = guesses_as_people(data)
    assert data.guesses is not None
    assert people.weight is not None
    np.testing.assert_array_equal(people.weight, np.array([0.5, 1.5])[data.guesses.picks.person])


def test_guesses_about_groups_that_nobody_is_in_are_left_out() -> None:
    data = built({"side": 0, "others.new": 2, "others.far": 4}, {"side": 1, "others.near": 1})
    assert data.guesses is not None
    assert set(data.guesses.guessed.tolist()) == {0, 1}
    assert any("others.new is left out: nobody who answered" in note for note in data.notes)


def test_guesses_are_about_the_surveys_own_groups_only() -> None:
    data = built({"side": 0, "town": 0, "others.near": 1}, {"side": 1, "town": 1}, group="town")
    assert data.guesses is None
    assert data.support_guesses == ()
    assert sum("people are compared by town" in note for note in data.notes) == 1


def test_without_guesses_there_are_none() -> None:
    data = built({"side": 0}, {"side": 1})
    assert data.guesses is None
    assert data.support_guesses == ()


def test_guessed_support_stands_beside_support() -> None:
    data = built(
        {"side": 0, "support.pause.support3": 2, "far_pause": 2, "near_pause": 1},
        {"side": 1, "support.pause.support3": 0, "far_pause": 0, "near_fund": 2},
        {"side": 1, "support.pause.support3": 2, "far_pause": 1, "support.fund.support3": 1},
    )
    pause, fund = data.support_guesses
    assert (pause.intervention, pause.label) == ("pause", "Pause")
    found = zip(pause.person, pause.guessed, pause.accepts, strict=True)
    assert sorted((int(i), int(h), bool(yes)) for i, h, yes in found) == [
        (0, 0, False),
        (0, 1, True),
        (1, 1, False),
        (2, 1, False),
    ]
    assert pause.asked.tolist() == [0, 1, 2]
    assert pause.accepted.tolist() == [True, False, True]
    assert fund.intervention == "fund"
    assert fund.accepts.tolist() == [True]


def test_guesses_on_another_scale_than_the_response_are_left_out() -> None:
    q = questionnaire(type="select_one yes_no")
    data = built(
        {"side": 0, "support.fund.support3": 2, "near_fund": 1},
        {"side": 1, "support.fund.support3": 0},
        q=q,
    )
    assert data.support_guesses == ()
    assert any("near_fund is left out" in note for note in data.notes)


def two_questions(*guessed: dict[str, Any], arms: bool = False) -> Questionnaire:
    """Support and "could live with" about one proposal, both on one scale, and guesses of them."""
    agree = {"type": "select_one agree3", "intervention": "pause"}
    blocks = [
        {"block": word, "role": "response", "items": [{"name": word, "label": word, **agree}],
         **({"arms": {"wording": [word]}} if arms else {})}
        for word in ("support", "live")
    ]  # fmt: skip
    return parse(
        {
            "survey": "guesses",
            "title": "Guesses",
            "group": "side",
            "values": VALUES,
            "interventions": {"pause": "Pause", "fund": "Fund"},
            "arms": {"wording": {"support": 0.5, "live": 0.5}},
            "scales": {"agree3": {"labels": ["no", "perhaps", "yes"], "accept_from": "yes"}},
            "blocks": [
                {"block": "you", "items": [
                    {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                     "options": GROUPS}]},
                {"block": "top", "role": "value_tradeoff", "type": "select_multiple",
                 "max_choices": 2},
                *blocks,
                {"block": "guess", "role": "perception", "items": [
                    {"group_of": "far", "label": "Most of them?", **agree, **item}
                    for item in guessed]},
            ],
        },
        where="guesses",
    )  # fmt: skip


def guessing(q: Questionnaire, **guessed: int) -> ModelData:
    """Far could live with what it does not support; near guesses."""
    far = [{"side": 1, "support": k % 2, "live": 2} for k in range(4)]
    return built(*far, *[{"side": 0, "support": 2, **guessed}] * 3, q=q)


def test_a_guess_that_may_mirror_either_of_two_questions_is_left_out() -> None:
    data = guessing(two_questions({"name": "far_pause"}), far_pause=2)
    assert data.support_guesses == ()
    assert (
        "far_pause is left out: support and live ask about the same proposal on its scale, and it "
        "does not say which of them it mirrors. Where that is support, the one that is analysed, "
        "give it 'mirrors: support'." in data.notes
    )


def test_a_guess_is_held_against_the_question_that_it_mirrors() -> None:
    q = two_questions(
        {"name": "far_live", "mirrors": "live"}, {"name": "far_support", "mirrors": "support"}
    )
    data = guessing(q, far_live=2, far_support=0)
    (pause,) = data.support_guesses
    assert pause.person.tolist() == [4, 5, 6]
    assert not pause.accepts.any()
    assert pause.accepted.tolist() == [False] * 4 + [True] * 3
    note = "far_live is left out: it guesses answers to live, which are not analysed."
    assert note in data.notes


def test_wordings_of_one_question_need_not_be_told_apart() -> None:
    data = guessing(two_questions({"name": "far_pause"}, arms=True), far_pause=2)
    (pause,) = data.support_guesses
    assert pause.accepts.tolist() == [True] * 3


def test_the_same_guess_counts_once() -> None:
    twice = (
        {"name": "far_once", "mirrors": "support"},
        {"name": "far_again", "mirrors": "support"},
    )
    data = guessing(two_questions(*twice), far_once=2, far_again=0)
    (pause,) = data.support_guesses
    assert pause.accepts.tolist() == [True] * 3
    assert "far_again is left out: far_once asks for the same guess." in data.notes
    alone = guessing(two_questions(*twice), far_again=2)
    assert len(alone.support_guesses[0].person) == 3
