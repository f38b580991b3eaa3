"""Blocks of choices between two profiles: what they expand to, and what may be wrong with them."""

import copy
from typing import Any

import pytest

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import describe, parse, warnings
from mfp_stats.questionnaire.burden import block_minutes
from mfp_stats.questionnaire.model import ItemType, Questionnaire, Role
from mfp_stats.responses import Status

PLANS: dict[str, Any] = {
    "block": "plans",
    "role": "conjoint",
    "title": {"en": "Two plans", "es": "Dos planes"},
    "attributes": {
        "pause": {
            "label": {"en": "Pause of new data centres", "es": "Pausa"},
            "short": {"en": "Pause", "es": "Pausa"},
            "levels": {
                "none": {"en": "No pause", "es": "Sin pausa"},
                "two_years": {"label": {"en": "Two years", "es": "Dos años"}},
                "five_years": {"en": "Five years", "es": "Cinco años"},
            },
        },
        "payer": {
            "label": "Who pays for the grid",
            "levels": {"residents": "Residents", "companies": "The companies"},
        },
        "gain": {"label": "Who gains", "levels": ["share", "jobs"]},
    },
    "pairs": 12,
    "pairs_per_person": 5,
    "missing": ["dont_know"],
}


@pytest.fixture
def plans(document: dict[str, Any]) -> dict[str, Any]:
    """The block, in the document of all others."""
    document["blocks"].append(copy.deepcopy(PLANS))
    return document["blocks"][-1]


def made_of(document: dict[str, Any]) -> Questionnaire:
    return parse(document, where="test")


def faults_of(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(QuestionnaireError) as caught:
        made_of(document)
    return {fault.where.removeprefix("blocks[8]"): str(fault) for fault in caught.value.faults}


def test_each_pair_becomes_an_item(document, plans):
    made = made_of(document)
    block, items = made.blocks[-1], made.with_role(Role.CONJOINT)
    assert block.items == tuple(f"plans.pair{i}" for i in range(1, 13))
    assert (block.role, block.pairs_per_person) == (Role.CONJOINT, 5)
    assert {i.type for i in items} == {ItemType.SELECT_ONE}
    assert {(i.level, i.option_names, i.block) for i in items} == {
        ("nominal", ("first", "second"), "plans")
    }
    assert all(not i.short and list(i.missing) == [Status.DONT_KNOW] for i in items)
    assert items[0].label == {
        "en": "Which of the two would you rather have?",
        "es": "¿Cuál de los dos preferiría?",
    }
    assert [o.label["en"] for o in items[0].options] == ["Plan A", "Plan B"]


def test_profiles_and_notes_say_the_same(document, plans):
    made = made_of(document)
    attributes = made.blocks[-1].attributes
    assert list(attributes) == ["pause", "payer", "gain"]
    assert attributes["pause"].short["en"] == "Pause"
    assert [o.name for o in attributes["pause"].levels] == ["none", "two_years", "five_years"]
    # A list of names is of values, here as elsewhere.
    assert [o.label["en"] for o in attributes["gain"].levels] == ["A share", "Jobs"]
    for item in made.with_role(Role.CONJOINT):
        for option in item.options:
            profile = item.profiles[option.name]
            for language, first in (("en", "Pause of new data centres"), ("es", "Pausa")):
                lines = option.note[language].split("\n")
                assert len(lines) == 3 and lines[0].startswith(f"{first}: ")
            labels = {o.name: o.label for one in attributes.values() for o in one.levels}
            assert option.note["es"].split("\n")[0] == f"Pausa: {labels[profile['pause']]['es']}"
    assert list(item.profiles) == ["first", "second"]


def test_the_author_may_word_the_question(document, plans):
    plans["label"] = "Which one?"
    assert made_of(document).item("plans.pair1").label == {"en": "Which one?"}


def test_as_many_pairs_as_there_can_be_up_to_24(document, plans):
    del plans["pairs"], plans["pairs_per_person"]
    made = made_of(document)
    assert len(made.with_role(Role.CONJOINT)) == 24
    assert made.blocks[-1].pairs_per_person is None
    plans["attributes"].pop("gain")
    assert len(made_of(document).with_role(Role.CONJOINT)) == 15


def test_one_attribute_is_enough(document, plans):
    del plans["pairs"], plans["pairs_per_person"]
    _only(plans, 5)
    assert len(made_of(document).with_role(Role.CONJOINT)) == 10


def test_an_imported_survey_may_hold_it(document, plans):
    document["source"] = "imported"
    assert len(made_of(document).with_role(Role.CONJOINT)) == 12


def _only(plans: dict[str, Any], *levels: int) -> None:
    plans["attributes"] = {
        f"a{k}": {"label": f"A{k}", "levels": {f"l{i}": f"L{i}" for i in range(n)}}
        for k, n in enumerate(levels)
    }


@pytest.mark.parametrize(
    ("alter", "where", "says"),
    [
        (lambda b: b.pop("attributes"), "", "'attributes' is missing"),
        (lambda b: b.update(attributes={}), ".attributes", "is empty"),
        (lambda b: b["attributes"]["payer"]["levels"].pop("residents"),
         ".attributes.payer.levels", "has a single level"),
        (lambda b: b.update(pairs_per_person=13), ".pairs_per_person",
         "is 13, but there are only 12 pairs"),
        (lambda b: b.update(pairs=3), ".pairs", "must be at least 4"),
        (lambda b: b.update(pairs=61), ".pairs", "must be at most 60"),
        (lambda b: _only(b, 2), ".attributes", "allow only 1 different pairs"),
        (lambda b: _only(b, 2, 2), ".pairs",
         "is 12, but the attributes allow only 6 different pairs"),
        (lambda b: _only(b, 5, 5, 5), ".pairs", "12 pairs cannot tell the levels apart"),
        (lambda b: b.update(scale="agree5"), ".scale", "has no effect in this block"),
        (lambda b: b.update(interventions_per_person=2), ".interventions_per_person",
         "has no effect in this block"),
        (lambda b: b.update(randomise_options=True), ".randomise_options", "has no effect"),
        (lambda b: b["attributes"]["payer"]["levels"].update(
            none={"label": "Nobody", "missing": "dont_know"}),
         ".attributes.payer.levels.none.missing", "has no effect in a level"),
        (lambda b: b["attributes"]["gain"]["levels"].append("air_quality"),
         ".attributes.gain.levels.air_quality", "unknown value 'air_quality'"),
        (lambda b: b["attributes"]["pause"].update(colour="red"),
         ".attributes.pause.colour", "unknown key 'colour'; known: label, short, levels"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(document, plans, alter, where, says):
    alter(plans)
    faults = faults_of(document)
    assert says in faults[where]
    assert len(faults) == 1


def test_too_few_pairs_say_how_many_are_needed(document, plans):
    _only(plans, 5, 5, 5)
    assert "Make more than 12 pairs, or name fewer levels." in faults_of(document)[".pairs"]


@pytest.mark.parametrize("key", ["attributes", "pairs", "pairs_per_person"])
def test_its_keys_have_no_effect_elsewhere(document, key):
    ratings, beliefs = document["blocks"][1], document["blocks"][2]
    ratings[key] = beliefs[key] = PLANS[key]
    faults = faults_of(document)
    assert "has no effect in this block" in faults[f"blocks[1].{key}"]
    assert "has no effect in a block that lists its items" in faults[f"blocks[2].{key}"]


def test_pairs_cannot_be_written_out(document, plans):
    plans["items"] = [
        {"name": "own", "type": "select_one yes_no", "label": "This or that?"},
    ]
    faults = faults_of(document)
    assert "says nothing of what it compares" in faults[".items[0]"]
    for key in ("attributes", "pairs", "pairs_per_person"):
        assert "has no effect in a block that lists its items" in faults[f".{key}"]


def test_the_order_of_attributes_and_levels_is_content(document, plans):
    before = made_of(document).hash
    plans["attributes"] = dict(reversed(plans["attributes"].items()))
    assert made_of(document).hash != before
    plans["attributes"] = dict(reversed(plans["attributes"].items()))
    assert made_of(document).hash == before
    levels = plans["attributes"]["payer"]["levels"]
    plans["attributes"]["payer"]["levels"] = dict(reversed(levels.items()))
    assert made_of(document).hash != before


def test_a_short_name_is_content_too(document, plans):
    before = made_of(document).hash
    plans["attributes"]["payer"]["short"] = "Payer"
    assert made_of(document).hash != before


def test_facts_tell_of_the_design(document, plans):
    facts = {f["name"]: f for f in describe(made_of(document)) if f["part"] == "design"}
    assert facts["plans"]["value"] == "balanced"
    note = facts["plans"]["note"]
    assert "12 pairs, 5 a person" in note
    assert "pause: each level 8 times" in note and "payer: each level 12 times" in note


def test_levels_that_are_shown_unevenly_are_told(document, plans):
    """Only 12 pairs differ in every attribute: where they are alike, a level is shown twice."""
    assert "plans" not in dict(warnings(made_of(document)))
    _only(plans, 3, 2, 2)
    plans["pairs"] = 24
    assert "try another number of pairs" in dict(warnings(made_of(document)))["plans"]


def test_words_of_attributes_that_lack_a_language_are_told(plans):
    """Though the notes of profiles, made in every language, lack none."""
    group = {"name": "g", "type": "select_one", "role": "group", "label": _both("G")}
    group["options"] = {"a": _both("A"), "b": _both("B")}
    plans["attributes"]["gain"]["levels"] = {"us": _both("Us"), "them": "Them"}
    document = {
        "survey": "small",
        "title": _both("Small"),
        "languages": ["en", "es"],
        "consent": _both("Yes"),
        "blocks": [plans, {"block": "you", "items": [group]}],
    }
    (warning,) = warnings(made_of(document))
    lacking = ["payer", "payer.residents", "payer.companies", "gain", "gain.them"]
    shown = ", ".join(f"plans.{name}" for name in lacking)
    assert warning == ("languages es", f"no text in this language at {shown}")


def _both(text: str) -> dict[str, str]:
    return {"en": text, "es": f"{text} (es)"}


def test_minutes_count_the_pairs_that_a_person_gets(document, plans):
    few = block_minutes(made_of(document))["plans"]
    plans["pairs_per_person"] = 10
    many = block_minutes(made_of(document))["plans"]
    del plans["pairs_per_person"]
    every = block_minutes(made_of(document))["plans"]
    assert 0.75 < few < many < every
    per_pair = (many - few) / 5
    assert 0.15 < per_pair < 0.6
    assert every - many == pytest.approx(2 * per_pair)
