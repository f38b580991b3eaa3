"""What a file expands to: names, options, wordings and defaults."""

import dataclasses

import pytest

from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import ItemType, Role
from mfp_stats.responses import Status


@pytest.fixture
def questionnaire(document):
    return parse(document, where="test")


def test_generated_items_are_named_after_block_and_list(questionnaire):
    names = {block.name: block.items for block in questionnaire.blocks}
    assert names["tradeoffs"] == (*(f"tradeoffs.set{i}" for i in range(1, 6)), "tradeoffs.repeat1")
    assert names["importance"][0] == "importance.share"
    assert names["effects"][:2] == ("effects.fund.share", "effects.fund.say")
    assert len(names["effects"]) == 3 * 5
    assert names["signs"] == ("signs.fund.interest", "signs.vote.interest", "signs.pause.interest")
    assert names["support"][0] == "support.fund.support3"
    assert names["others"] == ("others.near", "others.far")


def test_items_know_what_they_are_about(questionnaire):
    effect = questionnaire.item("effects.vote.jobs")
    assert (effect.role, effect.intervention, effect.value) == (Role.CONSEQUENCE, "vote", "jobs")
    sign = questionnaire.item("signs.pause.interest")
    assert (sign.signal, sign.neutral, sign.label["en"]) == (
        "interest",
        "both",
        "Whom does A pause serve?",
    )
    response = questionnaire.item("support.fund.support3")
    assert (response.accept_from, response.level) == ("support", "ordinal")
    assert response.label["en"] == "Do you support A fund?"
    assert questionnaire.item("others.far").group_of == "far"


def test_consequences_have_the_neutral_answer_of_their_scale(document):
    assert parse(document, where="test").item("effects.vote.jobs").neutral is None
    document["scales"]["agree5"]["neutral"] = "neither"
    assert parse(document, where="test").item("effects.vote.jobs").neutral == "neither"


def test_responses_know_whether_their_consequences_were_stipulated(document):
    natural = document["blocks"][5]
    supposed = {
        **natural,
        "block": "supposed",
        "arms": {"given": ["told"]},
        "stipulates": {"share": 1, "say": "-0.5"},
    }
    document["blocks"].insert(6, supposed)
    made = parse(document, where="test")
    by_name = {block.name: block for block in made.blocks}
    assert by_name["supposed"].stipulates == {"share": 1.0, "say": -0.5}
    assert by_name["support"].stipulates is None
    assert made.item("supposed.fund.support3").stipulated
    assert not made.item("support.fund.support3").stipulated
    supposed["stipulates"] = {}
    everything_as_now = parse(document, where="test")
    assert everything_as_now.item("supposed.fund.support3").stipulated


def test_written_responses_know_it_too(document):
    asked = {"name": "here", "label": "If so?", "scale": "support3", "intervention": "fund"}
    document["blocks"].append(
        {"block": "own", "role": "response", "stipulates": {"jobs": 2}, "items": [asked]}
    )
    assert parse(document, where="test").item("here").stipulated


def test_outcome_wording_is_used_for_consequences_only(questionnaire):
    assert "How big the share is" in questionnaire.item("effects.fund.share").label["en"]
    assert questionnaire.item("importance.share").label["en"] == "A share"


def test_best_worst_sets_hold_values_in_the_order_shown(questionnaire):
    first = questionnaire.item("tradeoffs.set1")
    assert first.type is ItemType.BEST_WORST
    assert len(first.options) == 3
    assert set(first.option_names) <= set(questionnaire.values)
    again = questionnaire.item("tradeoffs.repeat1")
    assert again.option_names == first.option_names[::-1]


def test_labels_become_names_and_an_ordered_scale(questionnaire):
    item = questionnaire.item("kept")
    assert item.option_names[0] == "strongly_disagree"
    assert item.level == "ordinal"
    assert item.missing == {Status.DONT_KNOW: {"en": "Don't know", "es": "No sé"}}


def test_yes_and_no_stay_names(questionnaire):
    assert questionnaire.item("works").option_names == ("no", "yes")
    assert questionnaire.item("works").level == "nominal"


def test_own_options_follow_those_of_the_list(questionnaire):
    item = questionnaire.item("where")
    assert item.option_names == ("work", "home", "nowhere")
    assert item.options[2].exclusive
    assert item.max_choices == 2


def test_reverse_on_a_reversed_scale_cancels(document):
    document["scales"]["agree5"]["reverse"] = True
    q = parse(document, where="test")
    assert q.item("kept").reverse
    assert not q.item("broken").reverse


def test_attributes_keep_their_kind(questionnaire):
    attributes = questionnaire.interventions["pause"].attributes
    assert attributes == {"years": 2.0, "strict": True, "by": "law"}


def test_texts_without_a_language_are_in_the_first(questionnaire):
    assert questionnaire.values["jobs"].label == {"en": "Jobs"}
    assert questionnaire.values["say"].label == {"en": "A say", "es": "Voz"}


def test_pick_without_items_is_one_item_named_as_its_block(document):
    document["blocks"][0] = {
        "block": "matters",
        "role": "value_tradeoff",
        "type": "select_multiple",
        "max_choices": 2,
        "options": {
            "other": "Something else",
            "unsure": {"label": "Not sure", "missing": "dont_know"},
        },
    }
    item = parse(document, where="test").item("matters")
    assert item.option_names == ("share", "say", "jobs", "air", "calm", "other")
    assert item.missing == {Status.DONT_KNOW: {"en": "Not sure"}}
    assert item.max_choices == 2


def test_an_imported_survey_needs_neither_arms_nor_consent():
    q = parse(
        """
        survey: elsewhere
        title: Somebody else's survey
        source: imported
        values: {health: Health, nature: Nature, arts: Arts}
        scales:
          rate4: {labels: [Not, Little, Rather, Very], reverse: true}
        blocks:
          - block: q4
            items:
              - name: priorities
                type: select_multiple
                role: value_tradeoff
                max_choices: 3
                label: What matters most?
                options:
                  health:
                  nature:
                  arts: Arts and culture
                  other: Other
                  not_sure: {label: Not sure, missing: dont_know}
              - {name: q5_1, type: select_one rate4, role: value_rating, value: health}
              - {name: w, type: decimal, role: weight, label: Weight}
              - name: user
                type: select_one
                role: group
                label: Use
                options: {1: Never, 2: Often, no: No answer given}
        """,
        where="imported",
    )
    item = q.item("priorities")
    assert item.option_names == ("health", "nature", "arts", "other")
    assert item.options[0].label == {"en": "Health"}
    assert item.options[2].label == {"en": "Arts and culture"}
    assert q.item("q5_1").value == "health"
    assert q.item("q5_1").label == {"en": "Health"}
    assert q.item("q5_1").reverse
    assert (q.group, q.weight) == ("user", "w")
    assert [g.name for g in q.groups] == ["1", "2", "no"]


def test_block_and_item_conditions_are_joined(document):
    document["blocks"][2]["relevant"] = "selected(${tradeoffs.set1}, 'share')"
    q = parse(document, where="test")
    joined = "(selected(${tradeoffs.set1}, 'share')) and (${works} = 'yes')"
    assert q.item("where").relevant == joined
    assert q.item("kept").relevant == "selected(${tradeoffs.set1}, 'share')"


def test_the_questionnaire_is_frozen(questionnaire):
    with pytest.raises(dataclasses.FrozenInstanceError):
        questionnaire.survey = "other"


def test_a_table_names_the_proposal_where_the_label_does_not(document):
    document["blocks"][3]["label"] = "{value}"
    q = parse(document, where="test")
    assert q.wording(q.item("effects.vote.jobs")) == "A vote: Jobs"
    assert q.wording(q.item("support.fund.support3")) == "Do you support A fund?"
    assert q.wording(q.item("kept")) == "Promises are kept."
