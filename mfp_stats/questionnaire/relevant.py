"""The language of ``relevant``: which answers make a question apply (a part of XLSForm's).

Grammar::

    either  = both ("or" both)*
    both    = test ("and" test)*
    test    = "not(" either ")" | "selected(" operand "," operand ")" | "(" either ")"
            | operand (("=" | "!=" | "<" | "<=" | ">" | ">=") operand)?
    operand = "${" item "}" | 'text' | number
"""

import operator
from collections.abc import Callable, Collection, Mapping
from typing import Final

from mfp_stats.questionnaire.relevant_syntax import (
    Answered,
    Compare,
    Every,
    Expression,
    Literal,
    Not,
    Ref,
    RelevantError,
    Some,
    comparisons,
    parse_relevant,
    references,
)

#: An answer: an option's name or a text, a number, or the names of several options.
Answer = str | float | Collection[str] | None
#: Answers so far by item name. One that was answered "don't know" is the text ``dont_know``.
Answers = Mapping[str, Answer]

_ORDERED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(expression: str, answers: Answers) -> bool:
    """Return whether a question with this ``relevant`` applies to a person.

    Parameters
    ----------
    expression
        The expression; an empty one is always true.
    answers
        Answers so far by item name. A question without an answer is the empty text: unequal to
        every option, and neither below nor above any number.

    Raises
    ------
    RelevantError
        The expression does not follow the grammar.
    """
    return not expression.strip() or _true(parse_relevant(expression), answers)


def _true(expression: Expression, answers: Answers) -> bool:
    match expression:
        case Not(inner):
            return not _true(inner, answers)
        case Every(inner):
            return all(_true(part, answers) for part in inner)
        case Some(inner):
            return any(_true(part, answers) for part in inner)
        case Answered(operand):
            return _value(operand, answers) not in ("", ())
        case Compare(left, sign, right):
            return _compare(_value(left, answers), sign, _value(right, answers))


def _value(operand: Ref | Literal, answers: Answers) -> str | float | tuple[str, ...]:
    value = operand.value if isinstance(operand, Literal) else answers.get(operand.item)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else tuple(value)


def _compare(
    left: str | float | tuple[str, ...], sign: str, right: str | float | tuple[str, ...]
) -> bool:
    if sign == "selected":
        return right in left if isinstance(left, tuple) else left == right
    if sign in _ORDERED:
        numbers = isinstance(left, float) and isinstance(right, float)
        return bool(numbers and _ORDERED[sign](left, right))  # type: ignore[arg-type]
    return (_names(left) == _names(right)) == (sign == "=")


def _names(value: str | float | tuple[str, ...]) -> tuple[str, ...]:
    """Return what is compared: a choice equals the set of it alone, the empty text the empty set.

    The number 1 equals the text "1", because an option may be called so.
    """
    if isinstance(value, tuple):
        return value
    if isinstance(value, str):
        return (value,) if value else ()
    return (str(int(value)) if value.is_integer() else repr(value),)


__all__ = [
    "Answer",
    "Answers",
    "Compare",
    "Expression",
    "Literal",
    "Ref",
    "RelevantError",
    "comparisons",
    "evaluate",
    "parse_relevant",
    "references",
]
