"""Suggest the columns of items that are answered in several parts."""

from collections.abc import Sequence
from typing import Final, Literal

from mfp_stats.importers.facts import ColumnFacts
from mfp_stats.importers.likeness import likeness, plain, same
from mfp_stats.importers.mapping import MISSING_WORDS, Binding, Missing, Pick
from mfp_stats.importers.suggest_codes import words_of
from mfp_stats.questionnaire.model import Item, ItemType, say

Found = tuple[Binding, Literal["sure", "likely", "unsure"], str]

_SEPARATORS: Final = (";", "|", ",")
_TICKS: Final = ("1", "yes", "true", "x", "selected", "quoted")
_BLANKS: Final = ("0", "no", "false", "not selected", "not quoted")


def part_binding(item: Item, facts: Sequence[ColumnFacts]) -> Found | None:
    """Return a binding of a pick, ranking or best–worst set; None where no column fits."""
    if item.type is ItemType.BEST_WORST:
        return _best_worst(item, facts)
    by_name = _named_parts(item, facts)
    if by_name is not None:
        return by_name
    if item.type is ItemType.RANK:
        return _separated(item, facts)
    return _labelled_parts(item, facts) or _separated(item, facts)


def _best_worst(item: Item, facts: Sequence[ColumnFacts]) -> Found | None:
    best = _named(f"{item.name} best", facts)
    worst = _named(f"{item.name} worst", facts)
    if best is None or worst is None:
        return None
    return Binding(best=best.name, worst=worst.name), "sure", "both have the item's name"


def _named(words: str, facts: Sequence[ColumnFacts]) -> ColumnFacts | None:
    return next((f for f in facts if plain(f.name) == plain(words)), None)


def _named_parts(item: Item, facts: Sequence[ColumnFacts]) -> Found | None:
    """Find one column for each option, called after item and option (``item/option``)."""
    found = {o.name: _named(f"{item.name} {o.name}", facts) for o in item.options}
    parts = {option: fact for option, fact in found.items() if fact is not None}
    if len(parts) < len(item.options):
        return None
    columns = {option: Pick(column=fact.name) for option, fact in parts.items()}
    if item.type is ItemType.RANK:
        return Binding(columns=columns), "sure", "the columns have the item's and options' names"
    texts = dict.fromkeys(text for fact in parts.values() for text in fact.texts)
    ticks = [text for text in texts if text.lower() in _TICKS]
    blanks = [text for text in texts if text.lower() in _BLANKS]
    binding = Binding(columns=columns, chosen=ticks or ["1"], not_chosen=blanks)
    why = "the columns have the item's and options' names; what it means that nothing is ticked "
    return binding, "likely", why + "is left open"


def _labelled_parts(item: Item, facts: Sequence[ColumnFacts]) -> Found | None:
    """Find one column for each option, which holds nothing but the option's label.

    Several items may share their options; the columns most like the item's wording are taken.
    """
    columns: dict[str, Pick] = {}
    for option in item.options:
        fact = _holding(words_of(option), item, facts)
        if fact is None:
            return None
        columns[option.name] = Pick(column=fact.name, chosen=list(fact.texts))
    ticks: dict[Missing, Pick] = {}
    for status, label in item.missing.items():
        fact = _holding(tuple(label.values()), item, facts)
        if fact is not None:
            ticks[MISSING_WORDS[status]] = Pick(column=fact.name, chosen=list(fact.texts))
    why = "each column holds one option's label; what it means that nothing is ticked is left open"
    return Binding(columns=columns, missing_columns=ticks), "likely", why


def _holding(words: Sequence[str], item: Item, facts: Sequence[ColumnFacts]) -> ColumnFacts | None:
    fits = [f for f in facts if len(f.texts) == 1 and same(f.texts[0], words)]
    wording = say(item.label)
    return max(fits, key=lambda f: likeness(wording, f"{f.name} {f.label}"), default=None)


def _separated(item: Item, facts: Sequence[ColumnFacts]) -> Found | None:
    """Find a column whose cells list options with a separator."""
    known = {plain(word): option.name for option in item.options for word in words_of(option)}
    for fact in facts:
        for separator in _SEPARATORS:
            words = {w.strip() for text in fact.texts for w in text.split(separator)}
            several = any(separator in text for text in fact.texts)
            if several and words and all(plain(w) in known for w in words):
                codes = {word: known[plain(word)] for word in sorted(words)}
                missing: dict[str, Missing] = {"": "skipped"} if fact.has_empty else {}
                binding = Binding(
                    column=fact.name, separator=separator, codes=codes, missing=missing
                )
                return binding, "likely", f"its cells list the options with {separator!r} between"
    return None
