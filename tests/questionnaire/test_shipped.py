"""Every questionnaire that ships is valid, complete and without warnings."""

from pathlib import Path

import pytest

from mfp_stats.questionnaire import describe, load, warnings
from mfp_stats.questionnaire.burden import minutes
from mfp_stats.questionnaire.describe import ALLOWS
from mfp_stats.questionnaire.model import ItemType, Role, say

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
FOLDERS = sorted(file.parent for file in SURVEYS.glob("*/questionnaire.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_loads_without_warnings(folder):
    questionnaire = load(folder)
    assert questionnaire.survey == folder.name
    assert warnings(questionnaire) == ()
    assert describe(questionnaire)


@pytest.fixture(scope="module")
def main():
    return load(SURVEYS / "ai_datacentres")


def test_the_main_survey_measures_every_role_but_choices_between_profiles(main):
    bookkeeping = {Role.WEIGHT, Role.ARM, Role.WAVE}
    assert {item.role for item in main.items} == set(Role) - bookkeeping - {Role.CONJOINT}
    absent = [fact["name"] for fact in describe(main) if fact["part"] == "absent"]
    assert absent == ["conjoint"]
    assert set(ALLOWS) - {Role.CONJOINT} <= {item.role for item in main.items}


def test_the_main_survey_is_within_its_limits(main):
    assert 6 <= len(main.values) <= 8
    assert 4 <= len(main.interventions) <= 6
    assert len(main.signals) == 3
    assert len(main.groups) in (3, 4)
    assert minutes(main) <= 15


def test_proposals_differ_in_their_attributes_only_where_they_should(main):
    attributes = [dict(proposal.attributes) for proposal in main.interventions.values()]
    assert len({tuple(a) for a in attributes}) == 1
    assert len({tuple(a.values()) for a in attributes}) == len(attributes)


def test_every_person_gets_one_support_block(main):
    blocks = [block for block in main.blocks if block.role is Role.RESPONSE]
    levels = [level for block in blocks for level in block.arms["stipulated"]]
    assert sorted(levels) == sorted(main.arms["stipulated"])


def test_the_main_survey_marks_which_responses_suppose_consequences(main):
    marked = {item.block for item in main.items if item.stipulated}
    assert marked == {"support_supposed"}
    block = next(block for block in main.blocks if block.name == "support_supposed")
    assert block.stipulates == {"fair_share": 1, "local_say": 1}


def test_the_sets_of_the_main_survey_are_a_block_design(main):
    fact = next(fact for fact in describe(main) if fact["part"] == "design")
    assert fact["value"] == "balanced"
    assert "each pair together 2 times" in str(fact["note"])


def test_labels_are_short_and_free_of_placeholders(main):
    for item in main.items:
        for language in main.languages:
            text = say(item.label, language)
            assert "{" not in text
            assert len(text.split()) <= 35, text
    for value in main.values.values():
        assert len(say(value.label).split()) <= 9


def test_the_demos_survey_is_short_and_asks_of_every_cause_of_a_gap():
    survey = load(SURVEYS / "data_centre")
    asked = {item.role for item in survey.items}
    assert {Role.VALUE_TRADEOFF, Role.VALUE_RATING, Role.BELIEF} <= asked
    assert {Role.CONSEQUENCE, Role.SIGNAL, Role.RESPONSE} <= asked
    assert minutes(survey) <= 8


@pytest.mark.parametrize("survey", ["ai_datacentres", "data_centre"])
def test_what_would_change_nothing_is_named(survey):
    rated = load(SURVEYS / survey).with_role(Role.CONSEQUENCE, Role.SIGNAL)
    assert rated and all(item.neutral is not None for item in rated)


def test_the_starter_teaches_the_core_roles():
    starter = load(SURVEYS / "starter")
    roles = {item.role for item in starter.items}
    assert roles == {Role.VALUE_TRADEOFF, Role.VALUE_RATING, Role.BELIEF, Role.GROUP}
    assert len(starter.groups) == 3
    assert any(item.type is ItemType.BEST_WORST for item in starter.items)
