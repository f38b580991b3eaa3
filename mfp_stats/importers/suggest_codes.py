"""Suggest what the texts of one column mean."""

from mfp_stats.importers.facts import ColumnFacts
from mfp_stats.importers.likeness import missing_status, plain, same
from mfp_stats.importers.mapping import MISSING_WORDS, Binding, Missing
from mfp_stats.questionnaire.model import Item, ItemType, Option
from mfp_stats.readers.table import short
from mfp_stats.responses import Status


def words_of(option: Option) -> tuple[str, ...]:
    """Return the texts by which an option may stand in a file: its name and labels."""
    return (option.name, *option.label.values())


def option_match(item: Item, fact: ColumnFacts) -> float:
    """Return the share of a column's texts that are an option or a missing answer, 0 to 1.

    0 where none is an option.
    """
    if item.type is not ItemType.SELECT_ONE or not fact.texts:
        return 0.0
    matched = [any(same(fact.meaning(t), words_of(o)) for o in item.options) for t in fact.texts]
    understood = [m or missing_of(item, fact, t) for t, m in zip(fact.texts, matched, strict=True)]
    return sum(map(bool, understood)) / len(understood) if any(matched) else 0.0


def missing_of(item: Item, fact: ColumnFacts, text: str) -> Status | None:
    """Return the kind of missing answer that a text seems to be."""
    meaning = fact.meaning(text)
    for status, label in item.missing.items():
        if same(meaning, (status.value, *label.values())):
            return status
    return missing_status(meaning)


def code_binding(item: Item, fact: ColumnFacts) -> tuple[Binding, list[str]]:
    """Return the binding of an item to one column, and what is doubtful about it."""
    missing: dict[str, Missing] = {}
    doubts: list[str] = []
    for text in fact.texts:
        status = missing_of(item, fact, text)
        if status is not None and not _is_option(item, fact, text):
            missing[text] = MISSING_WORDS[status]
            doubts.append(f"{short(fact.meaning(text))!r} is taken for {status}")
        elif text in fact.declared_missing:
            missing[text] = "refused"
            doubts.append(f"{text!r}, declared missing by the file, is taken for refused")
    if fact.has_empty:
        missing[""] = "skipped"
        doubts.append("empty cells are taken for skipped; they may not have been asked")
    codes, more = _codes(item, fact, set(missing))
    binding = Binding(column=fact.name, codes=codes, missing=missing)
    return binding, [*more, *doubts]


def _codes(
    item: Item, fact: ColumnFacts, missing: set[str]
) -> tuple[dict[str, str] | None, list[str]]:
    if item.type is not ItemType.SELECT_ONE:
        return None, []
    texts = [text for text in fact.texts if text not in missing]
    codes = {t: o.name for t in texts for o in item.options if same(fact.meaning(t), words_of(o))}
    rest = [text for text in texts if text not in codes]
    if rest and not codes and _counts_up(rest, len(item.options)):
        ordered = sorted(rest, key=int)
        codes = {text: o.name for text, o in zip(ordered, item.options, strict=True)}
        first, last = item.options[0].name, item.options[-1].name
        return codes, [f"the codes are taken in order, {ordered[0]} = {first} to {last}"]
    if not rest:
        return codes, []
    shown = ", ".join(repr(short(text)) for text in rest[:5])
    return codes, [f"nothing is known about {len(rest)} texts: {shown}"]


def _counts_up(texts: list[str], options: int) -> bool:
    """Return whether the texts are as many whole numbers in a row as there are options."""
    if len(texts) != options or not all(text.lstrip("-").isdecimal() for text in texts):
        return False
    numbers = sorted(map(int, texts))
    return numbers == list(range(numbers[0], numbers[0] + options))


def _is_option(item: Item, fact: ColumnFacts, text: str) -> bool:
    words = plain(fact.meaning(text))
    return any(words == plain(word) for option in item.options for word in words_of(option))
