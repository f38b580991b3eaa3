"""Facts about a questionnaire, and what its author may want to change."""

import pytest

from mfp_stats.questionnaire import describe, parse, warnings
from mfp_stats.questionnaire.burden import minutes


def facts(document, part):
    found = describe(parse(document, where="test"))
    return {fact["name"]: fact for fact in found if fact["part"] == part}


def test_facts_are_flat_records(document):
    for fact in describe(parse(document, where="test")):
        assert list(fact) == ["part", "name", "value", "note"]
        assert all(isinstance(value, str | int | float) for value in fact.values())


def test_items_are_counted_by_role(document):
    counted = {name: fact["value"] for name, fact in facts(document, "items").items()}
    assert counted["consequence"] == 15
    assert counted["value_tradeoff"] == 6
    assert "open" not in counted  # the note is no question


def test_absent_roles_say_what_they_would_allow(document):
    absent = facts(document, "absent")
    assert list(absent) == ["conjoint", "experience"]
    assert "worldview" in absent["experience"]["note"]


def test_an_order_drawn_at_random_is_said_not_to_check_a_split(document):
    assert "not used" in facts(document, "questionnaire")["arms.order"]["note"]
    del document["arms"]["order"]
    assert not any(name.startswith("arms.") for name in facts(document, "questionnaire"))


def test_repeats_do_not_count_towards_balance(document):
    design = facts(document, "design")["tradeoffs"]
    assert design["value"] == "balanced"
    assert "5 sets of 3, 1 repeated; each value shown 3 times" in design["note"]


def test_minutes_grow_with_questions_and_shrink_with_planned_missingness(document):
    before = minutes(parse(document, where="test"))
    document["blocks"][3]["interventions_per_person"] = 1
    fewer = minutes(parse(document, where="test"))
    document["blocks"][5]["arms"] = {}
    more = minutes(parse(document, where="test"))
    assert fewer < before
    assert more > fewer


@pytest.mark.parametrize(
    ("alter", "where", "says"),
    [
        (lambda d: None, "languages es", "no text in this language"),
        (lambda d: d.pop("consent"), "consent", "consent"),
        (lambda d: d["blocks"][5].pop("arms"), "arms.given", "changes nothing"),
        (lambda d: d["blocks"][0].update(sets=4, size=4), None, None),
        (lambda d: d["blocks"][2].update(items=d["blocks"][2]["items"][:2]), "belief", "too few"),
        (lambda d: d["scales"]["agree5"].pop("missing"), "effects", "do not know"),
    ],
)
def test_warnings_name_the_place(document, alter, where, says):
    alter(document)
    found = dict(warnings(parse(document, where="test")))
    if where is not None:
        assert says in found[where]


def test_a_long_questionnaire_is_warned_about(document):
    document["blocks"][2]["items"] = [
        {"name": f"q{i}", "label": "A statement about how the world works here."}
        for i in range(200)
    ]
    assert "careless" in dict(warnings(parse(document, where="test")))["time"]
