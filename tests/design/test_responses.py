"""One question a proposal is analysed; the others fill no gaps, and are named with the reason."""

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.acceptance import acceptance
from mfp_stats.questionnaire import parse
from tests.questionnaires import sheet_of

PROPOSALS = {"bridge": "A bridge", "road": "A road"}
LEVELS = {f"l{k}": str(k) for k in range(1, 6)}


def item(name, about, *, accept="l4", scale=None, **more):
    answers = {"type": f"select_one {scale}"} if scale else {
        "type": "select_one", "level": "ordinal", "options": LEVELS, "accept_from": accept
    }  # fmt: skip
    return {"name": name, "label": name, "intervention": about} | answers | more


def block(name, *items, **more):
    return {"block": name, "role": "response", "items": list(items), **more}


def survey(*blocks, arms=None):
    scale = {"options": LEVELS, "level": "ordinal", "accept_from": "l4"}
    document = {
        "survey": "small",
        "title": "Small",
        "group": "side",
        "interventions": PROPOSALS,
        "scales": {"support": scale, "live_with": scale},
        "arms": arms or {},
        "blocks": [
            *blocks,
            {"block": "about_you", "items": [
                {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                 "options": {"east": "East", "west": "West"}}]},
        ],
    }  # fmt: skip
    return parse(document, where="small")


def built(questionnaire, rows):
    """Return the responses and the notes; people are of both sides in turn."""
    rows = [{"side": k % 2, **row} for k, row in enumerate(rows)]
    data = build_model_data(sheet_of(questionnaire, rows), questionnaire)
    return data.responses, data.notes


def test_a_second_question_about_a_proposal_fills_no_gap_of_the_first():
    ask = [item("support_bridge", "bridge"), item("support_road", "road")]
    more = [item("live_with_bridge", "bridge")]
    rows = [
        {"support_bridge": 0, "support_road": 4, "live_with_bridge": 4},
        {"support_bridge": -2, "support_road": 1, "live_with_bridge": 4},
        {"support_bridge": 3, "support_road": -2, "live_with_bridge": 4},
    ]
    found, notes = built(survey(block("support", *ask), block("living", *more)), rows)
    assert found.interventions == ("bridge", "road")
    assert found.answers.tolist() == [[0, 4], [-1, 1], [3, -1]]
    assert found.questions == ("support_bridge", "support_road")
    assert (
        "Responses to live_with_bridge are not analysed: another question about the same proposal "
        "comes before."
    ) in notes


def test_groups_that_were_asked_different_questions_are_not_compared_by_them():
    """Nobody got both, though not by chance: supporting and putting up with are not one thing."""
    asked = survey(block("a", item("support", "bridge")), block("b", item("live_with", "bridge")))
    rows = [{"support": 4}, {"live_with": 4}, {"support": 1}, {"live_with": 3}]
    found, notes = built(asked, rows)
    assert found.answers.ravel().tolist() == [4, -1, 1, -1]
    assert any("live_with are not analysed" in note for note in notes)


def test_the_question_asked_of_the_others_too_is_taken_where_the_order_differs():
    asked = survey(
        block(
            "one", item("s1", "bridge", scale="support"), item("l1", "bridge", scale="live_with")
        ),
        block("two", item("l2", "road", scale="live_with"), item("s2", "road", scale="support")),
    )
    rows = [{"s1": 1, "l1": 4, "l2": 4, "s2": 0}, {"s1": 4, "l1": 4, "l2": 4, "s2": 3}]
    found, notes = built(asked, rows)
    assert found.questions == ("s1", "s2") and found.answers.tolist() == [[1, 0], [4, 3]]
    assert any(note.startswith("Responses to live_with are not analysed") for note in notes)


def test_where_accepting_begins_elsewhere_the_proposal_is_named():
    asked = survey(block("a", item("on_bridge", "bridge"), item("on_road", "road", accept="l5")))
    rows = [{"on_bridge": 4, "on_road": 4}, {"on_bridge": 1, "on_road": 0}]
    found, notes = built(asked, rows)
    assert found.interventions == ("bridge",)
    assert (
        "Responses to on_road are not analysed: another answer is there the first that counts as "
        "acceptance."
    ) in notes
    assert "So nothing is told of who accepts “A road”." in notes


def test_other_scales_and_answers_without_order_are_named():
    three = {f"l{k}": str(k) for k in range(1, 4)}
    asked = survey(
        block(
            "a",
            item("on_bridge", "bridge"),
            item("could_live", "bridge", options=three, accept_from="l2"),
            item("which", "road", level="nominal", accept_from=None),
        )
    )
    rows = [{"on_bridge": 4, "could_live": 2, "which": 1}, {"on_bridge": 1, "which": 0}]
    found, notes = built(asked, rows)
    assert found.questions == ("on_bridge",)
    told = " ".join(notes)
    assert "could_live are not analysed: the answers are on another scale" in told
    assert "which are not analysed: the answers have no order" in told
    assert "nothing is told of who accepts “A road”" in told


def test_a_proposal_that_nobody_answered_is_named():
    ask = [item("support_bridge", "bridge"), item("support_road", "road")]
    rows = [{"support_bridge": k % 5, "support_road": -2} for k in range(4)]
    found, notes = built(survey(block("support", *ask)), rows)
    assert found.interventions == ("bridge",)
    assert notes.count(
        "Nobody answered about “A road”, so that nothing is told of who accepts that."
    ) == 1  # fmt: skip
    both = [{"support_bridge": k % 5, "support_road": k % 3} for k in range(4)]
    assert not any("Nobody answered" in note for note in built(survey(block("s", *ask)), both)[1])


def test_wordings_that_arms_give_to_different_people_are_one_question():
    arms = {"wording": {"old": 0.5, "new": 0.5}}
    old = block("old_words", item("old", "bridge"), arms={"wording": ["old"]})
    new = block("new_words", item("new", "bridge"), arms={"wording": ["new"]})
    rows = [{"old": 4}, {"new": 0}, {"old": 3}, {"new": 2}]
    found, notes = built(survey(old, new, arms=arms), rows)
    assert found.answers.ravel().tolist() == [4, 0, 3, 2] and found.questions == ("old", "new")
    assert (
        "What new_words and old_words ask about a proposal counts as one question: each was asked "
        "of other people, drawn at random."
    ) in notes
    assert not any("not analysed" in note for note in notes)


def test_stipulated_questions_are_chosen_by_the_same_rule_apart():
    values = {"stipulates": {}}
    asked = survey(
        block("natural", item("support", "bridge", scale="support")),
        block("supposed", item("live_2", "bridge", scale="live_with"),
              item("support_2", "bridge", scale="support"), **values),
    )  # fmt: skip
    rows = [{"support": 4}, {"live_2": 4, "support_2": -2}, {"support": 1}, {"support_2": 2}]
    found, notes = built(asked, rows)
    assert found.answers.ravel().tolist() == [4, -1, 1, -1]
    assert found.stipulated.ravel().tolist() == [-1, -1, -1, 2]
    assert any(note.startswith("Responses to live_with are not analysed") for note in notes)


def test_one_question_alone_needs_no_note():
    asked = survey(block("a", item("on_bridge", "bridge"), item("on_road", "road")))
    _, notes = built(asked, [{"on_bridge": 4, "on_road": 1}, {"on_bridge": 1, "on_road": 2}])
    assert not any("analysed" in note or "nothing is told" in note for note in notes)


@pytest.mark.parametrize("known", [True, False])
def test_a_later_wave_is_read_by_the_question_that_was_fitted(known):
    asked = survey(block("a", item("support", "bridge")), block("b", item("live_with", "bridge")))
    like, _ = built(asked, [{"support": 4}, {"support": 1, "live_with": 4}])
    if not known:  # a forecast of an earlier release does not hold the questions
        like = type(like)(*(getattr(like, name) for name in like.__slots__[:-1]))
    both = sheet_of(asked, [{"support": 0, "live_with": 4, "side": 0}])
    assert acceptance(both, asked, like).accepts.tolist() == [[0]]
    other = sheet_of(asked, [{"live_with": 4, "side": 0}])
    found = acceptance(other, asked, like)
    assert found.interventions == (() if known else ("bridge",))


def test_an_option_that_nobody_chooses_any_more_is_a_share_of_zero():
    which = {"name": "build", "type": "select_one", "level": "nominal", "label": "Which?",
             "intervention": "bridge", "options": {"b": "A", "r": "B", "t": "C"}}  # fmt: skip
    asked = survey(block("a", which))
    like, _ = built(asked, [{"build": 0}, {"build": 1}, {"build": 0}])
    assert like.interventions == ("b", "r")
    later = sheet_of(asked, [{"build": k, "side": s} for k, s in ((0, 0), (0, 1), (2, 1), (-2, 0))])
    found = acceptance(later, asked, like)
    assert found.interventions == ("b", "r", "t")
    np.testing.assert_array_equal(found.accepts, [[1, 0, 0], [1, 0, 0], [0, 0, 1], [-1, -1, -1]])
