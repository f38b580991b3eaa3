"""Things of one kind that read the same: respondents cannot tell them apart, nor can charts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.model import Item, Option, Text
from mfp_stats.responses import Status

#: Parts of a file whose things are told apart by what they are called.
_PARTS: Final = ("values", "interventions", "signals", "concepts", "information")


@dataclass(frozen=True, slots=True)
class _Named:
    """A thing, where it is written, and what it is called by language."""

    path: Path
    name: str
    label: Text
    short: Text = field(default_factory=dict)


def check_same_texts(context: Context) -> None:
    """Add a fault for each thing that reads as another of its kind does, in any language."""
    file = context.file
    for part in _PARTS:
        _check(context, _written(context, (part,), getattr(file, part)))
    for name, answers in context.scales.items():
        _check_answers(context, ("scales", name), answers.options, answers.missing)
    for item, path in context.items:
        if item.scale is None:
            _check_item(context, item, path)
    for i, block in enumerate(file.blocks):
        at: Path = ("blocks", i, "attributes")
        _check(context, _written(context, at, block.attributes or {}))
        for name, attribute in (block.attributes or {}).items():
            _check(context, _written(context, (*at, name, "levels"), attribute.levels))


def _written(context: Context, path: Path, parts: Mapping[str, Any]) -> list[_Named]:
    """Return the things of a part of the file."""

    def text(name: str, key: str) -> Text:
        return context.texts.read(getattr(parts[name], key, None), (*path, name, key))

    return [_Named((*path, name), name, text(name, "label"), text(name, "short")) for name in parts]


def _check_item(context: Context, item: Item, path: Path) -> None:
    """Compare the answers that an item does not share with others."""
    # Two values that read the same are a fault where the values are written.
    own = [option for option in item.options if option.name not in context.values]
    _check_answers(context, path, own, item.missing)


def _check_answers(
    context: Context, path: Path, options: Sequence[Option], missing: Mapping[Status, Text]
) -> None:
    """Compare answers with each other and with the ways not to answer that stand below them."""
    things = [_Named((*path, "options", o.name), o.name, o.label, o.short) for o in options]
    ways = [_Named((*path, "missing", s.value), s.value, text) for s, text in missing.items()]
    _check(context, [*ways, *things])


def _check(context: Context, things: Sequence[_Named]) -> None:
    """Compare labels, and what tables and charts show in their place."""
    _compare(context, "label", ((thing, thing.label) for thing in things))
    if any(thing.short for thing in things):
        _compare(context, "short", ((thing, {**thing.label, **thing.short}) for thing in things))


def _compare(context: Context, key: str, texts: Iterable[tuple[_Named, Text]]) -> None:
    """Add a fault for everything that reads as something before it does."""
    seen: dict[tuple[str, str], _Named] = {}
    for thing, text in texts:
        for language, words in text.items():
            first = seen.setdefault((language, " ".join(words.split()).casefold()), thing)
            if first is not thing and words:
                what = f"reads like {first.name!r}: “{words}”"
                fix = "Word one of them in another way: nobody can tell the two apart."
                context.faults.add((*thing.path, key), what, fix=fix)
