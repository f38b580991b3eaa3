"""Pieces of information: who is told, and which answers they speak for."""

from typing import Any

import pytest

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import describe, parse

Document = dict[str, Any]


@pytest.fixture
def informed(document: Document) -> Document:
    """The small questionnaire with a report that part of the people are told of."""
    document["information"] = {
        "report": {
            "label": "A report that companies broke promises",
            "told": {"given": ["told"]},
            "beliefs": {"broken": "lowers"},
            "support": {"fund": "raises", "pause": "lowers"},
            "trust": {"item": "kept", "from": "agree"},
        }
    }
    return document


def faults_of(document: Document) -> dict[str, str]:
    with pytest.raises(QuestionnaireError) as caught:
        parse(document, where="test")
    return {fault.where: str(fault) for fault in caught.value.faults}


def test_a_piece_of_information_is_read(informed):
    read = parse(informed, where="test").information["report"]
    assert read.told == {"given": ("told",)}
    assert (read.beliefs, read.support) == ({"broken": -1}, {"fund": 1, "pause": -1})
    assert (read.trust, read.trust_from) == ("kept", "agree")


def test_the_check_says_who_is_told_and_what_would_follow(informed):
    fact = next(f for f in describe(parse(informed, where="test")) if f["part"] == "information")
    assert fact["value"] == "given: told"
    assert "lowers broken" in fact["note"]
    assert "raises fund" in fact["note"]
    assert "trusted from agree of kept" in fact["note"]


def test_without_information_a_questionnaire_keeps_its_hash(document):
    before = parse(document, where="test").hash
    assert parse({**document, "information": {}}, where="test").hash == before


def test_what_is_told_is_part_of_the_hash(informed):
    before = parse(informed, where="test").hash
    informed["information"]["report"]["beliefs"] = {"broken": "raises"}
    assert parse(informed, where="test").hash != before


def test_all_faults_are_told_at_once(informed):
    informed["information"]["report"] |= {
        "told": {"gvien": ["told"]},
        "beliefs": {"brokn": "lowers", "where": "raises", "age": "raises", "works": "lowers"},
        "support": {"found": "raises"},
        "trust": {"item": "kept", "from": "agrees"},
    }
    found = faults_of(informed)
    assert "'given'" in found["information.report.told.gvien"]
    assert "'broken'" in found["information.report.beliefs.brokn"]
    assert "without an order" in found["information.report.beliefs.where"]
    assert "without an order" in found["information.report.beliefs.works"]
    assert "role covariate" in found["information.report.beliefs.age"]
    assert "'fund'" in found["information.report.support.found"]
    assert "'agree'" in found["information.report.trust.from"]


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        ({"told": {}}, "told", "does not name one arm"),
        ({"told": {"given": ["told"], "order": ["beliefs_first"]}}, "told", "does not name one"),
        ({"told": {"given": ["told", "natural"]}}, "told.given", "nobody is left to compare"),
        ({"told": {"given": ["tol"]}}, "told.given", "'told'"),
        ({"beliefs": {}}, "beliefs", "names no question"),
        ({"trust": {"item": "kept", "from": "strongly_disagree"}}, "trust.from", "everybody"),
        ({"beliefs": {"effects.fund.share": "raises"}, "trust": {"item": "works", "from": "yes"}},
         "trust.item", "no answers with an order"),
        ({"told": {"wave": ["2"]}}, "trust", "only after they were told"),
        ({"against": ["told"]}, "against", "one of those that are told"),
        ({"trust": {"item": "broken", "from": "agree"}}, "trust.item", "speaks for"),
        ({"beliefs": {"kept": "raises"}, "trust": {"item": "broken", "from": "agree"}},
         "trust.item", "asked after kept"),
    ],
)  # fmt: skip
def test_what_tells_no_response_is_refused(informed, change, where, what):
    informed["information"]["report"] |= change
    found = faults_of(informed)
    assert what in found[f"information.report.{where}"]


def test_waves_may_stand_in_the_place_of_an_arm(informed):
    informed["information"]["report"]["told"] = {"wave": ["2"]}
    del informed["information"]["report"]["trust"]
    assert parse(informed, where="test").information["report"].told == {"wave": ("2",)}


def test_a_misspelt_way_is_a_fault_of_its_shape(informed):
    informed["information"]["report"]["beliefs"] = {"broken": "falls"}
    assert any("raises" in fault for fault in faults_of(informed).values())


def test_of_an_arm_with_several_levels_those_without_information_are_named(informed):
    informed["arms"]["given"] = {"natural": "0.2", "told": "0.4", "flyer": "0.4"}
    found = faults_of(informed)["information.report.against"]
    assert "may be told something else" in found and "natural" in found
    informed["information"]["report"]["against"] = ["natural"]
    assert parse(informed, where="test").information["report"].against == ("natural",)


def test_what_is_asked_before_people_are_told_cannot_follow_from_it(informed):
    telling = {
        "block": "telling", "arms": {"given": ["told"]},
        "items": [{"name": "said", "type": "note", "label": "They broke them."}],
    }  # fmt: skip
    informed["blocks"].insert(3, telling)
    found = faults_of(informed)
    assert "asked before people are told" in found["information.report.beliefs.broken"]
    informed["blocks"].remove(telling)
    informed["blocks"].insert(0, telling)
    assert "after people are told" in faults_of(informed)["information.report.trust.item"]


def test_support_asked_before_people_are_told_cannot_follow_from_it(informed):
    telling = {
        "block": "telling", "arms": {"given": ["told"]},
        "items": [{"name": "said", "type": "note", "label": "They broke them."}],
    }  # fmt: skip
    places = [block["block"] for block in informed["blocks"]]
    informed["blocks"].insert(places.index("support") + 1, telling)
    found = faults_of(informed)
    for name in ("fund", "pause"):
        assert "asked about before people are told" in found[f"information.report.support.{name}"]
    informed["blocks"].remove(telling)
    informed["blocks"].insert(places.index("support"), telling)
    assert not any("support" in where for where in faults_or_none(informed))


def faults_or_none(document: Document) -> dict[str, str]:
    try:
        parse(document, where="test")
    except QuestionnaireError as error:
        return {fault.where: str(fault) for fault in error.faults}
    return {}


def test_no_arm_may_be_called_as_the_waves_are(informed):
    informed["arms"]["wave"] = {"a": "0.5", "b": "0.5"}
    assert "waves" in faults_of(informed)["arms"]


def test_a_number_is_no_answer_about_trust(informed):
    informed["information"]["report"]["trust"] = {"item": "age", "from": "18"}
    with pytest.raises(QuestionnaireError, match="age has no answers with an order"):
        parse(informed, where="test")
