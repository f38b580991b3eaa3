"""The grammar of ``relevant`` (see :mod:`mfp_stats.questionnaire.relevant`): text to tree."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Signs between two operands that are equal or not, and that compare numbers.
EQUALITY: Final = ("=", "!=")
ORDER: Final = ("<", "<=", ">", ">=")
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<item>\$\{[^}]*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[a-z]+)|(?P<sign><=|>=|!=|[=<>(),]))"
)
_DEEPEST: Final = 30


class RelevantError(ValueError):
    """An expression that does not follow the grammar."""


@dataclass(frozen=True, slots=True)
class Ref:
    """``${item}``: the answer to an item."""

    item: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or number."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Compare:
    """``left sign right``; the sign ``selected`` asks whether right is among left."""

    left: Ref | Literal
    sign: str
    right: Ref | Literal


@dataclass(frozen=True, slots=True)
class Answered:
    """A lone operand: true unless it is empty."""

    operand: Ref | Literal


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Every:
    """``and``."""

    inner: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """``or``."""

    inner: tuple["Expression", ...]


Expression = Compare | Answered | Not | Every | Some


@lru_cache(maxsize=1024)
def parse_relevant(expression: str) -> Expression:
    """Return the expression as a tree.

    Raises
    ------
    RelevantError
        It does not follow the grammar; the message says what stands where.
    """
    return _Parser(_tokens(expression)).whole()


def comparisons(expression: Expression) -> Iterator[Compare | Answered]:
    """Yield every test in an expression, from left to right."""
    match expression:
        case Not(inner):
            yield from comparisons(inner)
        case Every(inner) | Some(inner):
            for part in inner:
                yield from comparisons(part)
        case _:
            yield expression


def references(expression: Expression) -> tuple[str, ...]:
    """Return the items that an expression refers to, each once, from left to right."""
    operands: list[Ref | Literal] = []
    for test in comparisons(expression):
        operands += [test.left, test.right] if isinstance(test, Compare) else [test.operand]
    return tuple(dict.fromkeys(o.item for o in operands if isinstance(o, Ref)))


def _tokens(expression: str) -> list[str]:
    tokens, place, end = [], 0, len(expression.rstrip())
    while place < end:
        match = _TOKEN.match(expression, place)
        if match is None:
            raise RelevantError(f"cannot be read from {expression[place : place + 20].strip()!r}")
        tokens.append(match[0].strip())
        place = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.depth = 0

    def whole(self) -> Expression:
        expression = self._either()
        if self.tokens:
            raise RelevantError(f"has {self.tokens[0]!r} where it should end")
        return expression

    def _either(self) -> Expression:
        parts = self._joined("or", self._both)
        return parts[0] if len(parts) == 1 else Some(parts)

    def _both(self) -> Expression:
        parts = self._joined("and", self._test)
        return parts[0] if len(parts) == 1 else Every(parts)

    def _joined(self, word: str, part: Callable[[], Expression]) -> tuple[Expression, ...]:
        parts = [part()]
        while self._next() == word:
            self._take()
            parts.append(part())
        return tuple(parts)

    def _test(self) -> Expression:
        match self._next():
            case "not":
                self._take()
                return Not(self._bracketed())
            case "(":
                return self._bracketed()
            case "selected":
                self._take()
                self._take("(")
                left = self._operand()
                self._take(",")
                right = self._operand()
                self._take(")")
                return Compare(left, "selected", right)
            case _:
                return self._comparison()

    def _bracketed(self) -> Expression:
        self._take("(")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RelevantError(f"has brackets more than {_DEEPEST} deep")
        inner = self._either()
        self.depth -= 1
        self._take(")")
        return inner

    def _comparison(self) -> Expression:
        left = self._operand()
        if self._next() not in (*EQUALITY, *ORDER):
            return Answered(left)
        sign = self._take()
        return Compare(left, sign, self._operand())

    def _operand(self) -> Ref | Literal:
        token = self._take()
        if token.startswith("${"):
            return Ref(token[2:-1].strip())
        if token[0] in "'\"":
            return Literal(token[1:-1])
        if token[0].isdigit() or token[0] == "-":
            return Literal(float(token))
        raise RelevantError(f"has {token!r} where ${{item}}, 'text' or a number should be")

    def _next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def _take(self, expected: str = "") -> str:
        if not self.tokens or (expected and self.tokens[0] != expected):
            found = repr(self._next()) if self.tokens else "its end"
            raise RelevantError(f"has {found} where {expected or 'something'!r} should be")
        return self.tokens.pop(0)
