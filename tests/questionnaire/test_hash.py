"""The content hash: what changes it and what does not."""

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.questionnaire import parse
from tests.questionnaire.conftest import DOCUMENT

#: Mappings whose order respondents see.
IN_ORDER = {"values", "interventions", "signals", "options"}


def hash_of(document: object) -> str:
    assert isinstance(document, str | dict)
    return parse(document, where="test").hash


def shuffled(tree: Any, random: Any, key: str = "") -> Any:
    """The same document with its keys in another order, where order says nothing."""
    if isinstance(tree, list):
        return [shuffled(inner, random) for inner in tree]
    if not isinstance(tree, dict):
        return tree
    keys = list(tree)
    if key not in IN_ORDER:
        random.shuffle(keys)
    return {k: shuffled(tree[k], random, k) for k in keys}


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.integers(2, 6), st.booleans())
def test_keys_space_and_flow_do_not_count(random, indent, flow):
    other = yaml.safe_dump(
        shuffled(DOCUMENT, random),
        sort_keys=False,
        indent=indent,
        default_flow_style=flow,
        width=60,
    )
    assert hash_of("# a comment\n" + other) == hash_of(DOCUMENT)


def test_short_and_long_forms_are_the_same_content(document):
    document["values"]["jobs"] = {"label": {"en": "Jobs"}}
    document["group"] = {"item": "group"}
    document["floor"] = 10
    document["blocks"][5]["ask"] = [{"scale": "support3"}]
    assert hash_of(document) == hash_of(DOCUMENT)


def _swapped(mapping: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(mapping.items()))


@pytest.mark.parametrize(
    "alter",
    [
        lambda d: d.update(title={"en": "A small survey!", "es": "Una encuesta breve"}),
        lambda d: d.update(values=_swapped(d["values"])),
        lambda d: d.update(interventions=_swapped(d["interventions"])),
        lambda d: d["scales"]["yes_no"].update(options=_swapped(d["scales"]["yes_no"]["options"])),
        lambda d: d["scales"]["agree5"]["labels"].reverse(),
        lambda d: d["blocks"].reverse() or d["blocks"][5]["items"][3].pop("relevant"),
        lambda d: d["blocks"][2]["items"].insert(0, d["blocks"][2]["items"].pop(1)),
        lambda d: d["blocks"][0].update(repeat=2),
        lambda d: d["blocks"][2]["items"][1].update(reverse=False),
        lambda d: d["arms"]["given"].update(natural=0.3, told=0.7),
        lambda d: d["interventions"]["pause"]["attributes"].update(years=3),
        lambda d: d.update(floor=9),
    ],
)
def test_content_and_the_order_of_options_and_items_count(document, alter):
    alter(document)
    assert hash_of(document) != hash_of(DOCUMENT)


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_every_word_of_a_label_counts(words):
    document = copy.deepcopy(DOCUMENT)
    document["values"]["jobs"] = words
    changed = words != "Jobs"
    assert (hash_of(document) != hash_of(DOCUMENT)) is changed
