"""Concepts, the beliefs that link them and the proposals that push them."""

from collections.abc import Callable
from typing import Any

import pytest

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import describe, parse, warnings
from mfp_stats.questionnaire.concepts import links_of

Document = dict[str, Any]


@pytest.fixture
def linked(document: Document) -> Document:
    """The small questionnaire with two concepts, one of them a value, and two links."""
    document["concepts"] = {
        "trust": {"en": "Trust in companies", "es": "Confianza"},
        "jobs": {"value": "jobs"},
    }
    kept, broken = document["blocks"][2]["items"][:2]
    kept |= {"cause": "trust", "effect": "jobs"}
    broken |= {"cause": "jobs", "effect": "trust"}
    document["interventions"]["fund"]["moves"] = {"trust": "0.5"}
    return document


def faults_of(document: Document) -> dict[str, str]:
    with pytest.raises(QuestionnaireError) as caught:
        parse(document, where="test")
    return {fault.where: str(fault) for fault in caught.value.faults}


def test_concepts_take_the_texts_of_the_value_that_they_are(linked):
    read = parse(linked, where="test")
    assert read.concepts["jobs"].label == read.values["jobs"].label
    assert read.concepts["trust"].label["es"] == "Confianza"
    assert read.interventions["fund"].moves == {"trust": 0.5}
    assert links_of(read) == {("trust", "jobs"): ["kept"], ("jobs", "trust"): ["broken"]}


def test_a_questionnaire_without_a_map_keeps_its_hash(document):
    before = parse(document, where="test").hash
    assert parse({**document, "concepts": {}}, where="test").hash == before
    document["interventions"]["fund"]["moves"] = {}
    assert parse(document, where="test").hash == before


def test_what_is_added_to_the_map_changes_the_hash(linked):
    seen = {parse(linked, where="test").hash}
    linked["interventions"]["fund"]["moves"] = {"trust": -0.5}
    seen.add(parse(linked, where="test").hash)
    linked["blocks"][2]["items"][1] |= {"cause": "trust", "effect": "jobs"}
    seen.add(parse(linked, where="test").hash)
    assert len(seen) == 3


def test_two_items_may_ask_about_one_link(linked):
    linked["blocks"][2]["items"][1] |= {"cause": "trust", "effect": "jobs"}
    assert links_of(parse(linked, where="test")) == {("trust", "jobs"): ["kept", "broken"]}


def change(at: int, **keys: object) -> Callable[[Document], None]:
    return lambda d: d["blocks"][2]["items"][at].update(keys)


def concept(name: str, to: object) -> Callable[[Document], None]:
    return lambda d: d["concepts"].update({name: to})


def moves(**to: object) -> Callable[[Document], None]:
    return lambda d: d["interventions"]["fund"].update(moves=to)


FOUR = {"labels": ["Much less", "Less", "More", "Much more"]}
ITEM = "blocks[2].items[0]"


@pytest.mark.parametrize(
    ("alter", "where", "says"),
    [
        (change(0, cause="trst"), f"{ITEM}.cause", "Did you mean 'trust'?"),
        (change(0, effect="job"), f"{ITEM}.effect", "known: trust, jobs"),
        (change(0, effect="trust"), f"{ITEM}.effect", "is its own cause"),
        (lambda d: d["blocks"][2]["items"][0].pop("effect"), ITEM, "'effect' is missing"),
        (lambda d: d["blocks"][2]["items"][0].pop("cause"), ITEM, "'cause' is missing"),
        (change(2, cause="trust", effect="jobs"), "blocks[2].items[2]", "ordinal scale"),
        (change(3, cause="trust", effect="jobs"), "blocks[2].items[3]", "one answer of an ordinal"),
        (change(0, neutral="agree", role="experience"), ITEM, "mean nothing in an item of role"),
        (change(0, neutral="strongly_agree"), ITEM, "at the end of the scale"),
        (change(0, neutral="nether"), f"{ITEM}.neutral", "unknown option"),
        (
            lambda d: (d["scales"].update(four=FOUR), change(0, scale="four")(d)),
            ITEM,
            "none of its 4 answers is in the middle",
        ),
        (concept("calm", {"value": "clm"}), "concepts.calm.value", "'calm'"),
        (concept("work", {"value": "jobs"}), "concepts.work.value", "is the concept 'jobs' alr"),
        (concept("other", {"short": "Other"}), "concepts.other", "'label' is missing"),
        (concept("Bad", "x"), "concepts.Bad", "no usable name"),
        (concept("x", {"labl": "x"}), "concepts.x.labl", "'label'"),
        (moves(trsut=1), "interventions.fund.moves.trsut", "Did you mean 'trust'?"),
        (moves(trust=1.5), "interventions.fund.moves.trust", "at most 1"),
        (moves(trust=-2), "interventions.fund.moves.trust", "at least -1"),
        (moves(trust="nan"), "interventions.fund.moves.trust", "finite"),
        (moves(trust=0), "interventions.fund.moves.trust", "moves nothing"),
        (moves(trust="up"), "interventions.fund.moves.trust", "a number"),
    ],
)
def test_each_fault_is_found_where_it_is(linked, alter, where, says):
    alter(linked)
    found = faults_of(linked)
    assert list(found) == [where]
    assert says in found[where]


def test_without_any_concept_each_use_is_a_fault(linked):
    del linked["concepts"]
    found = faults_of(linked)
    assert len(found) == 5
    assert all("unknown concept" in text and "none is defined" in text for text in found.values())


def test_a_broken_concept_is_not_reported_where_it_is_used(linked):
    linked["concepts"]["trust"] = ["a", "list"]
    assert list(faults_of(linked)) == ["concepts.trust"]


def test_an_even_scale_will_do_where_it_names_its_neutral_answer(linked):
    linked["scales"]["four"] = {**FOUR, "neutral": "less"}
    change(0, scale="four")(linked)
    assert parse(linked, where="test").item("kept").neutral == "less"


def test_the_description_names_links_and_what_proposals_push(linked):
    found = {f["name"]: f for f in describe(parse(linked, where="test")) if f["part"] == "map"}
    assert found["trust → jobs"]["note"] == "asked in kept"
    assert found["interventions.fund"]["note"] == "moves trust +0.5"
    linked["concepts"] |= {"air": {"value": "air"}}
    del linked["interventions"]["fund"]["moves"]
    told = dict(warnings(parse(linked, where="test")))
    assert told["concepts.air"] == "no belief item links it with another concept"
    assert "implies nothing of a proposal" in told["interventions"]
