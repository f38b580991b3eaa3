"""YAML is read as texts; what could do harm or surprise is refused with its line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire.faults import Faults
from mfp_stats.questionnaire.yaml_tree import plain, read_yaml


def read(text: str) -> object:
    faults = Faults("test")
    tree = read_yaml(text, faults, {})
    assert not faults.found
    return tree


def refusal(text: str) -> str:
    with pytest.raises(QuestionnaireError) as caught:
        read_yaml(text, Faults("test"), {})
    assert len(caught.value.faults) == 1
    return str(caught.value.faults[0])


def test_every_scalar_stays_as_written():
    tree = read("{no: No, yes: on, 1: 010, 1.50: 1e3, 2020-01-01: =, true: 'null'}")
    assert tree == {
        "no": "No",
        "yes": "on",
        "1": "010",
        "1.50": "1e3",
        "2020-01-01": "=",
        "true": "null",
    }


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_only_an_empty_value_is_nothing(nothing):
    assert read(f"a: {nothing}\nb: ''") == {"a": None, "b": ""}


def test_anchors_may_be_used_with_measure():
    assert read("a: &x [1, 2]\nb: *x") == {"a": ["1", "2"], "b": ["1", "2"]}


def test_an_alias_bomb_is_refused_at_once():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )
    assert "with its aliases" in refusal(bomb)


def test_an_alias_of_itself_is_refused():
    assert "line 1" in refusal("a: &a [*a]")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1, 2", "line 2, column 1"),
        ("a: 1\n b: 2", "line 2"),
        ("a: !!python/object:os.system x", "tag"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [a, b]\n: c", "a key must be a word"),
        ("a: " + "[" * 40 + "]" * 40, "nested"),
        ("a: \0", "is not YAML"),
        ("x" * 1_000_001, "1,000,001 characters"),
    ],
)
def test_bad_yaml_is_one_message(text, says):
    assert says in refusal(text)


def test_a_repeated_key_names_both_lines():
    faults = Faults("test")
    tree = read_yaml("a:\n  b: 1\n  c: 2\n  b: 3\n", faults, {})
    assert tree == {"a": {"b": "1", "c": "2"}}
    assert [f.where for f in faults.found] == ["a.b"]
    assert "lines 2 and 4" in faults.found[0].what


words = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8)
trees = st.recursive(
    words | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(trees)
def test_reading_what_was_written_gives_it_back(tree):
    text = yaml.safe_dump(tree, allow_unicode=True)
    assert read(text) == plain(tree)


@given(st.text(max_size=200))
def test_no_text_does_worse_than_a_message(text):
    try:
        read_yaml(text, Faults("test"), {})
    except QuestionnaireError as error:
        assert len(error.faults) == 1
