"""Everything that can be wrong with a questionnaire: all of it is reported, each with its path."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import load, parse
from mfp_stats.questionnaire.file import BlockPart, ItemPart
from mfp_stats.questionnaire.xlsform import INSTEAD


def faults_of(document) -> dict[str, str]:
    with pytest.raises(QuestionnaireError) as caught:
        parse(document, where="test")
    return {fault.where: str(fault) for fault in caught.value.faults}


def item(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = [i for b in document["blocks"] for i in b.get("items", []) if i["name"] == name]
    return found[0]


def test_keys_of_xlsform_are_told_apart_from_slips_and_say_what_to_write(document):
    block = next(b for b in document["blocks"] if b.get("items"))
    block["items"][0] |= {"constraint": ". > 18", "appearance": "minimal", "colour": "blue"}
    block["parameters"] = "randomize=true"
    faults = faults_of(document)
    said = {where.rsplit(".", 1)[-1]: text for where, text in faults.items()}
    assert sorted(said) == ["appearance", "colour", "constraint", "parameters"]
    for key, instead in (
        ("constraint", ("minimum", "max_choices", "relevant")),
        ("appearance", ("Leave it out",)),
        ("parameters", ("randomise_options", "maximum")),
    ):
        assert "is a key of XLSForm and not of this file" in said[key]
        assert all(word in said[key] for word in instead)
    assert "unknown key 'colour'; known: " in said["colour"]


def test_names_that_stand_for_something_else_are_refused(document):
    """A proposal "pooled" would be taken for the row on all of them, a group "neutral" for none."""
    document["interventions"]["pooled"] = "Pooled"
    you, group = document["blocks"][-1]["items"], item(document, "group")
    group["options"] = {**group["options"], "neutral": "Neutral people"}
    you.append({"name": "wave", "role": "open", "type": "text", "label": "Which wave?"})
    faults = faults_of(document)
    said = {where: text for where, text in faults.items() if "stands for" in text}
    assert len(said) == 2
    assert "'pooled' stands for all interventions together" in said["interventions.pooled"]
    (options,) = (where for where in said if where.endswith(".options"))
    assert "'neutral' stands for no group at all" in said[options]
    (name,) = (where for where in faults if where.endswith(".name"))
    assert "'wave' is taken by a column that every answer sheet has" in faults[name]


def test_groups_are_not_taken_from_the_item_that_holds_the_wave(document):
    group = item(document, "group")
    document["group"] = group["name"]
    group["role"] = "wave"
    (told,) = (text for text in faults_of(document).values() if "role wave" in text)
    assert "it says when people answered, not who they are" in told and "--group wave" in told


def test_options_that_are_proposals_of_their_own_are_no_less_refused(document):
    choice = {"name": "choice", "role": "response", "type": "select_one", "label": "Which?"}
    choice["options"] = {"pooled": "Pooled", "apart": "Apart"}
    choice["intervention"] = next(iter(document["interventions"]))
    next(b for b in document["blocks"] if b.get("items"))["items"].append(choice)
    faults = faults_of(document)
    assert any("'pooled' stands for all interventions" in text for text in faults.values())


def test_the_words_are_those_of_the_tables():
    from mfp_stats.quantities import gap_tables
    from mfp_stats.quantities.search import rows
    from mfp_stats.questionnaire import reserved

    assert gap_tables.POOLED == reserved.POOLED
    assert f'"change_toward": "{reserved.NEUTRAL}"' in Path(rows.__file__).read_text("utf-8")


@pytest.mark.parametrize("key", INSTEAD)
def test_what_to_write_instead_of_a_key_of_xlsform_can_be_written(key):
    fields = {*ItemPart.model_fields, *BlockPart.model_fields}
    assert key not in fields
    named = set(re.findall(r"\b[a-z]+_[a-z]+\b", INSTEAD[key]))
    assert named <= fields


def test_ten_faults_are_ten_messages(tmp_path):
    (tmp_path / "questionnaire.yaml").write_text(TEN, encoding="utf-8")
    with pytest.raises(QuestionnaireError) as caught:
        load(tmp_path)
    assert sorted(fault.where for fault in caught.value.faults) == [
        "arms.order",
        "blocks[0].size",
        "blocks[1].scale",
        "blocks[2].items[0].scale",
        "blocks[2].items[1].name",
        "blocks[2].items[2].relevant",
        "blocks[2].items[3]",
        "blocks[2].items[4].lable",
        "blocks[3]",
        "group",
    ]
    text = str(caught.value)
    assert "questionnaire.yaml (10 faults)" in text
    assert (
        "blocks[2].items[0].scale: unknown scale 'agre5'; known: agree5, names. "
        "Did you mean 'agree5'? See line 15."
    ) in text


TEN = """\
survey: ten
title: Ten faults
values: {a: A, b: B, c: C}
scales:
  agree5: {labels: [Disagree, Neither, Agree]}
  names: {options: {x: X, y: Y}}
arms:
  order: {one: 0.5, two: 0.6}
blocks:
  - {block: best, role: value_tradeoff, type: best_worst, size: 4, sets: 3}
  - {block: rate, role: value_rating, scale: names}
  - block: beliefs
    role: belief
    items:
      - {name: one, scale: agre5, label: One}
      - {name: one, scale: agree5, label: Two}
      - {name: three, scale: agree5, label: Three, relevant: "${four} = 'agree'"}
      - {scale: agree5, label: Four}
      - {name: five, scale: agree5, lable: Five, label: Five}
  - {block: empty, role: experience}
"""


Change = Callable[[dict[str, Any]], object]


def change(name: str, /, **keys: object) -> Change:
    return lambda d: item(d, name).update(keys)


def at(*path: str | int, to: object) -> Change:
    def apply(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return apply


UNKNOWN = ["dont_know"]


@pytest.mark.parametrize(
    ("alter", "where", "says"),
    [
        (at("survey", to="Has Space"), "survey", "no usable name"),
        (at("survey", to=None), "survey", "is empty"),
        (at("floor", to=3), "floor", "at least 5"),
        (at("floor", to="many"), "floor", "must be a whole number, not 'many'"),
        (at("languages", to="en"), "languages", "must be a list"),
        (at("languages", to=["en", "english"]), "languages[1]", "no language code"),
        (at("simulated", to="perhaps"), "simulated", "must be true or false"),
        (at("source", to="import"), "source", "Did you mean 'imported'?"),
        (at("valeus", to={}), "valeus", "Did you mean 'values'?"),
        (at("values", "say", to={"fr": "Voix"}), "values.say.label.fr", "unknown language 'fr'"),
        (at("values", "Bad-Name", to="x"), "values.Bad-Name", "no usable name"),
        (at("scales", "agree5", "options", to={"a": "A"}), "scales.agree5", "either"),
        (at("scales", "agree5", "labels", to=["A", "a!"]), "scales.agree5.labels[1]", "same name"),
        (at("scales", "agree5", "labels", to=["A", "…"]), "scales.agree5.labels[1]", "no letter"),
        (at("scales", "yes_no", "options", to={"yes": "Yes"}), "scales.yes_no", "single answer"),
        (
            at("scales", "support3", "accept_from", to="suport"),
            "scales.support3.accept_from",
            "'support'",
        ),
        (at("signals", "interest", "neutral", to="bothe"), "signals.interest.neutral", "'both'"),
        (at("signals", "interest", "scale", to="side"), "signals.interest.scale", "'side3'"),
        (at("arms", "order", to={"only": 1}), "arms.order", "fewer than two"),
        (at("arms", "order", "beliefs_first", to=0.4), "arms.order", "sum to 0.9, not 1"),
        (
            at("arms", "order", to={"x_first": 0.5, "support_first": 0.5}),
            "arms.order.x_first",
            "unknown block 'x'",
        ),
        (at("blocks", 5, "arms", to={"givn": ["natural"]}), "blocks[5].arms.givn", "'given'"),
        (at("blocks", 5, "arms", to={"given": ["naturl"]}), "blocks[5].arms.given[0]", "'natural'"),
        (at("blocks", 0, "role", to="tradeoff"), "blocks[0].role", "'value_tradeoff'"),
        (at("blocks", 0, "type", to="best-worst"), "blocks[0].type", "'best_worst'"),
        (at("blocks", 0, "type", to="text"), "blocks[0].type", "no trade-off"),
        (at("blocks", 0, "size", to=6), "blocks[0].size", "only 5 values"),
        (at("blocks", 0, "sets", to=1), "blocks[0].sets", "cannot show all 5 values"),
        (at("blocks", 0, "size", to=2), "blocks[0].size", "at least 3"),
        (at("blocks", 0, "max_choices", to=2), "blocks[0].max_choices", "has no effect"),
        (at("blocks", 1, "scale", to="yes_no"), "blocks[1].scale", "has no order"),
        (at("blocks", 1, "sets", to=4), "blocks[1].sets", "has no effect"),
        (at("blocks", 1, "label", to="Rate {valu}"), "blocks[1].label", "'{value}'"),
        (at("blocks", 2, "sets", to=4), "blocks[2].sets", "has no effect"),
        (
            at("blocks", 3, "interventions_per_person", to=4),
            "blocks[3].interventions_per_person",
            "only 3",
        ),
        (at("blocks", 5, "stipulates", to={"shre": 1}), "blocks[5].stipulates.shre", "'share'"),
        (
            at("blocks", 5, "stipulates", to={"share": 2.5}),
            "blocks[5].stipulates.share",
            "is 2.5, outside the scale of effects.fund.share, -2 to 2",
        ),
        (at("blocks", 5, "stipulates", to={"say": "up"}), "blocks[5].stipulates.say", "a number"),
        (at("blocks", 3, "stipulates", to={"share": 1}), "blocks[3].stipulates", "has no effect"),
        (at("blocks", 2, "stipulates", to={}), "blocks[2].stipulates", "without responses"),
        (at("blocks", 5, "ask", to=["support5"]), "blocks[5].ask[0]", "'support3'"),
        (at("blocks", 5, "ask", to=["agree5"]), "blocks[5].ask[0]", "accept_from"),
        (at("blocks", 6, "of", to=["support"]), "blocks[6].of[0]", "unknown of 'support'"),
        (at("signals", to={}), "blocks[4]", "generates nothing"),
        (at("blocks", 6, "block", to="you"), "blocks[7].block", "stands already at blocks[6]"),
        (at("blocks", to=[]), "blocks", "is empty"),
        (change("kept", name="broken"), "blocks[2].items[1].name", "stands already"),
        (change("kept", type="select_on agree5"), "blocks[2].items[0].type", "'select_one'"),
        (change("kept", type="select_one agree"), "blocks[2].items[0].type", "'agree5'"),
        (change("kept", type="text"), "blocks[2].items[0]", "text cannot measure belief"),
        (change("age", type="integer agree5"), "blocks[7].items[1].type", "takes no list"),
        (change("kept", role="belif"), "blocks[2].items[0].role", "'belief'"),
        (change("kept", label=None), "blocks[2].items[0]", "'label' is missing"),
        (change("kept", value="jbos", role="value_rating"), "blocks[2].items[0].value", "'jobs'"),
        (change("kept", role="value_rating"), "blocks[2].items[0]", "'value' is missing"),
        (change("kept", intervention="fnd"), "blocks[2].items[0].intervention", "'fund'"),
        (
            change("kept", missing=["unsure"]),
            "blocks[2].items[0].missing",
            "unknown missing 'unsure'",
        ),
        (change("works", reverse=True), "blocks[2].items[2].reverse", "has no effect"),
        (change("where", min_choices=3), "blocks[2].items[3].min_choices", "above max_choices"),
        (change("where", max_choices=4), "blocks[2].items[3].max_choices", "there are 3 options"),
        (change("where", options={"work": "Again"}), "blocks[2].items[3].options.work", "already"),
        (change("where", relevant="${works} == 'yes'"), "blocks[2].items[3].relevant", "where"),
        (change("where", relevant="${wrks} = 'yes'"), "blocks[2].items[3].relevant", "'works'"),
        (change("where", relevant="${works} = 'yess'"), "blocks[2].items[3].relevant", "'yes'"),
        (
            change("where", relevant="${age} > 20"),
            "blocks[2].items[3].relevant",
            "does not come before",
        ),
        (
            change("where", relevant="${where} = ''"),
            "blocks[2].items[3].relevant",
            "does not come before",
        ),
        (change("age", maximum=10), "blocks[7].items[1].minimum", "is 18, above maximum 10"),
        (change("age", options={"a": "A"}), "blocks[7].items[1].options", "has no effect"),
        (change("age", maximum="ten"), "blocks[7].items[1].maximum", "must be a number"),
        (change("group", role="covariate"), "group", "no item has the role group"),
        (change("group", options={"near": "Near"}), "blocks[7].items[0]", "single group"),
        (change("works", role="group"), "group", "several items"),
        (at("group", to="grop"), "group", "'group'"),
        (at("group", to={"item": "age"}), "group", "not select_one"),
        (at("weight", to="age"), "weight", "unknown item with role weight"),
        (
            change("group", options={"near": "Near", "far": "near "}),
            "blocks[7].items[0].options.far.label",
            "reads like 'near': “near”",
        ),
        (at("values", "calm", to="Clean  air"), "values.calm.label", "reads like 'air'"),
        (
            at("values", "calm", to={"en": "Calm", "es": "Voz"}),
            "values.calm.label",
            "reads like 'say': “Voz”",
        ),
        (at("interventions", "vote", to="A fund"), "interventions.vote.label", "'fund'"),
        (
            at("interventions", "vote", to={"label": "A vote", "short": "A fund"}),
            "interventions.vote.short",
            "reads like 'fund': “A fund”",
        ),
        (
            at("scales", "uses", to={"options": {"a": "A", "b": "don't know"}, "missing": UNKNOWN}),
            "scales.uses.options.b.label",
            "reads like 'dont_know'",
        ),
    ],
)
def test_each_fault_is_found_where_it_is(document, alter, where, says):
    alter(document)
    found = faults_of(document)
    assert list(found) == [where]
    assert says in found[where]


def test_blocks_without_their_list_generate_nothing(document):
    document["interventions"] = {}
    found = faults_of(document)
    assert list(found) == ["blocks[3]", "blocks[4]", "blocks[5]"]
    assert all("the questionnaire has no interventions" in text for text in found.values())


@pytest.mark.parametrize(
    ("mirrors", "more", "says"),
    [
        ("support.fund.suport3", {}, "Did you mean 'support.fund.support3'?"),
        ("kept", {}, "unknown item with role response 'kept'"),
        ("support.pause.support3", {}, "is about 'pause', and the guess about 'fund'"),
        ("support.fund.support3", {"intervention": None}, "and the guess about no proposal"),
        ("support.fund.support3", {"type": "select_one agree5"}, "is answered on other answers"),
        ("support.fund.support3", {"role": "belief"}, "has no effect in an item with role belief"),
    ],
)
def test_what_a_guess_mirrors_is_a_response_to_the_same(document, mirrors, more, says):
    guess = {
        "name": "guess",
        "type": "select_one support3",
        "group_of": "near",
        "intervention": "fund",
        "label": "What would most of them say?",
        "mirrors": mirrors,
    }
    written = {key: value for key, value in (guess | more).items() if value is not None}
    document["blocks"].append({"block": "guesses", "role": "perception", "items": [written]})
    last = len(document["blocks"]) - 1
    found = faults_of(document)
    assert list(found) == [f"blocks[{last}].items[0].mirrors"]
    assert says in next(iter(found.values()))


def test_a_broken_thing_is_not_reported_again_where_it_is_used(document):
    document["scales"]["agree5"] = "five points"
    document["values"]["jobs"] = ["Jobs"]
    item(document, "works").update(min_choices="two")
    assert list(faults_of(document)) == [
        "values.jobs",
        "scales.agree5",
        "blocks[2].items[2].min_choices",
    ]


def test_nothing_at_all_is_one_message():
    for nothing in ("", "# only a comment", "- a\n- list", "just a text"):
        assert len(faults_of(nothing)) == 1
    assert {"", "survey"} >= {where.split(".")[0] for where in faults_of({"a": 1})} - {"a"}


def test_missing_file_and_bad_bytes_are_told(tmp_path):
    with pytest.raises(QuestionnaireError, match="no such file"):
        load(tmp_path)
    file = tmp_path / "questionnaire.yaml"
    file.write_bytes(b"survey: x\ntitle: caf\xe9\n")
    with pytest.raises(QuestionnaireError, match=r"line 2: is not UTF-8"):
        load(tmp_path)
    file.write_bytes(b"survey: x\n" + b"#" * 5_000_000)
    with pytest.raises(QuestionnaireError, match="no questionnaire"):
        load(file)
