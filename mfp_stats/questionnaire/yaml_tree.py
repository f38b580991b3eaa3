"""Read YAML as a tree of plain texts that remembers its lines.

Every scalar stays the text that was written: ``no`` is the text "no" and ``1`` the text "1", also
as an option's name. Fields that want a number or a truth value convert it themselves. Only an
empty value, ``~`` and ``null`` (unquoted) are nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from mfp_stats.errors import Fault, QuestionnaireError
from mfp_stats.questionnaire.faults import Faults, Path

#: A questionnaire is text that somebody wrote; more than this is no questionnaire.
LONGEST: Final = 1_000_000
#: Scalars, lists and mappings after every alias was followed (an alias bomb has billions).
MOST_NODES: Final = 100_000
DEEPEST: Final = 30

Tree = str | None | list[Any] | dict[str, Any]

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(text: str, faults: Faults, lines: dict[Path, int]) -> Tree:
    """Return the one document in ``text``.

    Parameters
    ----------
    text
        YAML.
    faults
        Where duplicate keys are added; the first of them is kept.
    lines
        Filled with the line of every path.

    Raises
    ------
    QuestionnaireError
        The text is no YAML, too long, too deep, too large after following its aliases, or holds
        tags or several documents.
    """
    if len(text) > LONGEST:
        what = f"holds {len(text):,} characters; a questionnaire has at most {LONGEST:,}"
        raise QuestionnaireError(Fault("", what), about=faults.about)
    try:
        return _Builder(_events(text), faults, lines).document()
    except yaml.YAMLError as error:
        raise QuestionnaireError(_syntax(error), about=faults.about) from None


def plain(value: object) -> Tree:
    """Return a document made in Python as the tree that reading its YAML would give."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case Mapping():
            return {str(plain(key)): plain(inner) for key, inner in value.items()}
        case Sequence():
            return [plain(inner) for inner in value]
        case _:
            return str(value)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_LOADER)


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return event.start_mark.line + 1


def _syntax(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    what = f"is not YAML: {problem}" + (f" ({context})" if context else "")
    fix = "Check the indentation, and quote texts that hold ': ' or begin with a sign."
    return Fault(where, what, fix=fix)


@dataclass(slots=True)
class _Builder:
    """Builds the tree from the parser's events; ``nodes`` counts what aliases expand to."""

    events: Iterator[yaml.Event]
    faults: Faults
    lines: dict[Path, int]
    nodes: int = 0
    anchors: dict[str, tuple[Tree, int]] = field(default_factory=dict)

    def document(self) -> Tree:
        tree: Tree = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._stop(event, "a second document begins; a file holds one")
                tree = self._node(next(self.events), ())
        return tree

    def _stop(self, event: yaml.Event, what: str) -> QuestionnaireError:
        where = f"line {_line(event)}"
        return QuestionnaireError(Fault(where, what), about=self.faults.about)

    def _node(self, event: yaml.Event, path: Path) -> Tree:
        self.lines.setdefault(path, _line(event))
        if len(path) > DEEPEST:
            raise self._stop(event, f"is nested more than {DEEPEST} deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise self._stop(event, f"has the tag {tag!r}; tags are not used here")
        before = self.nodes
        self._count(event, 1)
        tree = self._value(event, path)
        if anchor := getattr(event, "anchor", None):
            self.anchors[anchor] = (tree, self.nodes - before)
        return tree

    def _value(self, event: yaml.Event, path: Path) -> Tree:
        if isinstance(event, yaml.ScalarEvent):
            plain_style = event.style in (None, "")
            return None if plain_style and event.value in _NOTHING else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return self._mapping(path)

    def _count(self, event: yaml.Event, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            raise self._stop(event, f"holds more than {MOST_NODES:,} entries with its aliases")

    def _alias(self, event: yaml.AliasEvent) -> Tree:
        if event.anchor not in self.anchors:
            raise self._stop(event, f"*{event.anchor} stands before or inside what it refers to")
        tree, nodes = self.anchors[event.anchor]
        self._count(event, nodes)
        return tree

    def _list(self, path: Path) -> Tree:
        entries: list[Tree] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            entries.append(self._node(event, (*path, len(entries))))
        return entries

    def _mapping(self, path: Path) -> Tree:
        entries: dict[str, Tree] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._stop(event, "a key must be a word, not a list or mapping")
            key, line = str(event.value), _line(event)
            value = self._node(next(self.events), (*path, key))
            if key in entries:
                first = self.lines[*path, key]
                what = f"stands twice, on lines {first} and {line}"
                self.faults.add((*path, key), what, fix="Remove or rename one.")
                continue
            self.lines[*path, key] = line
            entries[key] = value
        return entries
