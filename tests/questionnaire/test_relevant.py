"""The language of ``relevant``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.questionnaire.relevant import (
    RelevantError,
    evaluate,
    parse_relevant,
    references,
)

ANSWERS = {
    "use": "often",
    "age": 40,
    "where": ["home", "work"],
    "job": "dont_know",
    "left": None,
    "support.fund.support5": "oppose",
    "band": "1",
}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("", True),
        ("${use} = 'often'", True),
        ('${use} = "never"', False),
        ("${use} != 'never'", True),
        ("${support.fund.support5} = 'oppose'", True),
        ("${age} >= 18 and ${age} < 65", True),
        ("${age} > 40 or ${age} <= 39.5", False),
        ("selected(${where}, 'home')", True),
        ("selected(${where}, 'school')", False),
        ("selected(${use}, 'often')", True),
        ("not(selected(${where}, 'home'))", False),
        ("not(${use} = 'never') and (${age} = 40 or ${age} = 41)", True),
        ("${use} = 'never' and ${age} = 40 or ${age} = 40", True),
        ("${use} = 'never' and (${age} = 40 or ${age} = 40)", False),
        ("${job} = 'dont_know'", True),
        ("${left} = ''", True),
        ("${left} = 'often'", False),
        ("${left} != 'often'", True),
        ("${left} < 18", False),
        ("${left} >= 18", False),
        ("${absent} = ''", True),
        ("${use}", True),
        ("${left}", False),
        ("${band} = 1", True),
        ("${age} = '40'", True),
    ],
)
def test_it_holds_when_it_should(expression, holds):
    assert evaluate(expression, ANSWERS) is holds


@pytest.mark.parametrize(
    "wrong",
    [
        "${use} == 'often'",
        "${use} = often",
        "${use} =",
        "= 'often'",
        "${use} = 'often",
        "${use = 'often'",
        "(${use} = 'often'",
        "${use} = 'often')",
        "not ${use} = 'often'",
        "selected(${use})",
        "selected(${use}, 'a', 'b')",
        "${a} = '1' ${b} = '2'",
        "${a} = '1' and",
        "__import__('os')",
        "(" * 100 + "${a}" + ")" * 100,
    ],
)
def test_what_does_not_parse_says_so(wrong):
    with pytest.raises(RelevantError):
        evaluate(wrong, ANSWERS)


def test_references_are_listed_once():
    expression = parse_relevant("${a} = '1' and (not(${b} > 2) or selected(${a}, ${c}))")
    assert references(expression) == ("a", "b", "c")


tests = st.sampled_from([f"${{{x}}} = '{y}'" for x in "abc" for y in "pq"])
answers = st.fixed_dictionaries({x: st.sampled_from(["p", "q", None]) for x in "abc"})


@given(tests, tests, answers)
def test_not_and_or_are_those_of_logic(one, other, given_answers):
    def holds(expression: str) -> bool:
        return evaluate(expression, given_answers)

    assert holds(f"not({one})") is not holds(one)
    assert holds(f"{one} and {other}") is (holds(one) and holds(other))
    assert holds(f"{one} or {other}") is (holds(one) or holds(other))
    assert holds(f"not({one} and {other})") is holds(f"not({one}) or not({other})")


@given(st.text(alphabet="${}()'\"=<>!,. abcnotandrselected019-", max_size=60))
def test_any_text_parses_or_is_refused(text):
    try:
        result = evaluate(text, ANSWERS)
    except RelevantError:
        return
    assert isinstance(result, bool)
