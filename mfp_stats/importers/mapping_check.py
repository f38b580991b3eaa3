"""Whether a mapping fits its questionnaire; the file's columns are checked when it is applied."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from mfp_stats.importers.mapping import Binding, ImportMapping
from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire

_PLAIN: Final = (ItemType.INTEGER, ItemType.DECIMAL, ItemType.TEXT)
#: Keys that only some types of item use.
_PICKS: Final = ("missing_columns", "chosen", "not_chosen", "nothing_chosen", "conflict")


def check_mapping(mapping: ImportMapping, questionnaire: Questionnaire, faults: Faults) -> None:
    """Add a fault for everything in a mapping that the questionnaire does not bear out."""
    if mapping.survey != questionnaire.survey:
        what = f"is for survey {mapping.survey!r}, the questionnaire is {questionnaire.survey!r}"
        faults.add(("survey",), what)
    if (mapping.respondent.column is None) != mapping.respondent.row_number:
        faults.add(("respondent",), "needs either a 'column' or 'row_number: true'")
    _check_arms(mapping, questionnaire, faults)
    items = {item.name: item for item in questionnaire.items if item.type is not ItemType.NOTE}
    for name, binding in mapping.items.items():
        if name in items:
            _check_binding(items[name], binding, faults)
        else:
            faults.unknown(("items", name), "item", name, items)
    _check_all_bound(mapping, questionnaire, items, faults)


def _check_all_bound(
    mapping: ImportMapping, questionnaire: Questionnaire, items: Collection[str], faults: Faults
) -> None:
    for k, name in enumerate(mapping.not_in_file):
        if name not in items:
            faults.unknown(("not_in_file", k), "item", name, items)
        elif name in mapping.items:
            faults.add(("not_in_file", k), f"{name!r} is bound under items too")
    named = {*mapping.items, *mapping.not_in_file}
    fix = "Bind it under items, or list it under not_in_file."
    for name in (name for name in items if name not in named):
        faults.add(("items",), f"nothing is said about item {name!r}", fix=fix)
    if questionnaire.group in mapping.not_in_file:
        faults.add(("not_in_file",), f"the group item {questionnaire.group!r} must be in the file")


def _check_arms(mapping: ImportMapping, questionnaire: Questionnaire, faults: Faults) -> None:
    for arm, source in mapping.arms.items():
        if arm not in questionnaire.arms:
            faults.unknown(("arms", arm), "arm", arm, questionnaire.arms)
            continue
        for text, level in (source.codes or {}).items():
            if level not in questionnaire.arms[arm]:
                place = ("arms", arm, "codes", text)
                faults.unknown(place, "level", level, questionnaire.arms[arm])


def _check_binding(item: Item, binding: Binding, faults: Faults) -> None:
    at: Path = ("items", item.name)
    match item.type:
        case ItemType.SELECT_MULTIPLE | ItemType.RANK:
            _check_parts(item, binding, faults)
        case ItemType.BEST_WORST:
            _needs(binding, ("best", "worst"), at, faults)
            _lacks(binding, ("column", "separator", "columns", *_PICKS), item, faults)
        case _:
            _needs(binding, ("column",), at, faults)
            other = ("separator", "columns", "best", "worst", *_PICKS)
            _lacks(binding, other, item, faults)
    if item.type in _PLAIN:
        _lacks(binding, ("codes",), item, faults)
    _check_codes(item, binding, faults)


def _check_parts(item: Item, binding: Binding, faults: Faults) -> None:
    at: Path = ("items", item.name)
    _lacks(binding, ("best", "worst"), item, faults)
    if binding.columns is None:
        _needs(binding, ("column", "separator"), at, faults)
        _lacks(binding, ("missing_columns", "chosen", "not_chosen"), item, faults)
        return
    _lacks(binding, ("column", "separator", "codes"), item, faults)
    if item.type is ItemType.RANK:
        _lacks(binding, ("chosen", "not_chosen"), item, faults)
    for option in binding.columns:
        if option not in item.option_names:
            faults.unknown((*at, "columns", option), "option", option, item.option_names)
    for option in item.option_names:
        if option not in binding.columns:
            faults.add((*at, "columns"), f"option {option!r} has no column")
    picks = {**binding.missing_columns}
    if item.type is ItemType.SELECT_MULTIPLE:
        picks |= binding.columns  # type: ignore[arg-type]
    if not binding.chosen and any(not pick.chosen for pick in picks.values()):
        what = "does not say which texts mean that an option was ticked"
        faults.add(at, what, fix="Add them under 'chosen', e.g. chosen: ['1'].")


def _check_codes(item: Item, binding: Binding, faults: Faults) -> None:
    at: Path = ("items", item.name)
    for text, option in (binding.codes or {}).items():
        if item.options and option not in item.option_names:
            faults.unknown((*at, "codes", text), "option", option, item.option_names)
        if text.strip() in {m.strip() for m in binding.missing}:
            faults.add((*at, "codes", text), "stands under 'missing' too")
    for key, texts in (("codes", binding.codes or {}), ("missing", binding.missing)):
        for text in _twice(texts):
            faults.add((*at, key), f"{text!r} stands twice, but for spaces around it")


def _twice(texts: Iterable[str]) -> list[str]:
    return [text for text, n in Counter(t.strip() for t in texts).items() if n > 1]


def _needs(binding: Binding, keys: Iterable[str], at: Path, faults: Faults) -> None:
    for key in keys:
        if getattr(binding, key) is None:
            faults.add(at, f"{key!r} is missing")


def _lacks(binding: Binding, keys: Iterable[str], item: Item, faults: Faults) -> None:
    for key in keys:
        if key in binding.model_fields_set and getattr(binding, key) is not None:
            faults.add(("items", item.name, key), f"is of no use for a {item.type} item")
