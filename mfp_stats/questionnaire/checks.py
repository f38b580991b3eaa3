"""Faults that only the expanded questionnaire shows."""

from collections import Counter
from typing import Final

from mfp_stats.questionnaire.concepts import check_concepts
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.information import check_information
from mfp_stats.questionnaire.item_checks import SELECTS
from mfp_stats.questionnaire.mirrored import check_mirrored
from mfp_stats.questionnaire.model import Item, ItemType, Role
from mfp_stats.questionnaire.relevant import (
    Compare,
    Expression,
    Literal,
    Ref,
    RelevantError,
    comparisons,
    parse_relevant,
    references,
)
from mfp_stats.questionnaire.reserved import check_reserved
from mfp_stats.questionnaire.same_texts import check_same_texts
from mfp_stats.questionnaire.stipulations import check_stipulations

#: How far the probabilities of an arm may sum from 1 (three thirds written as 0.333).
_ROUNDING: Final = 0.0015


def check_whole(context: Context) -> None:
    """Add every fault between the parts of a questionnaire."""
    _check_names(context)
    _check_groups(context)
    _check_weight(context)
    _check_arms(context)
    check_reserved(context, group_item(context))
    check_stipulations(context)
    check_mirrored(context)
    check_concepts(context)
    check_information(context)
    check_same_texts(context)
    _check_relevant(context)


def group_item(context: Context) -> str:
    """Return the name of the item with the stakeholder groups; "" where it is unclear which."""
    if context.file.group is not None:
        return context.file.group
    found = [item.name for item, _ in context.items if item.role is Role.GROUP]
    return found[0] if len(found) == 1 else ""


def weight_item(context: Context) -> str | None:
    """Return the name of the item that holds the survey weight."""
    if context.file.weight is not None:
        return context.file.weight
    return next((item.name for item, _ in context.items if item.role is Role.WEIGHT), None)


def _check_names(context: Context) -> None:
    first_block: dict[str, int] = {}
    for i, block in enumerate(context.file.blocks):
        if block.block in first_block:
            what = f"block {block.block!r} stands already at blocks[{first_block[block.block]}]"
            context.faults.add(("blocks", i, "block"), what)
        first_block.setdefault(block.block, i)
    seen: dict[str, Path] = {}
    for item, path in context.items:
        if item.name not in seen:
            seen[item.name] = path
        elif seen[item.name][1] == path[1] or first_block[item.block] == path[1]:
            from_ = seen[item.name]
            place = f"blocks[{from_[1]}]" + (f".items[{from_[3]}]" if len(from_) > 3 else "")
            where = (*path, "name") if len(path) > 3 else path
            context.faults.add(where, f"item {item.name!r} stands already at {place}")


def _check_groups(context: Context) -> None:
    items = {item.name: (item, path) for item, path in context.items}
    grouping = [item.name for item, _ in context.items if item.role is Role.GROUP]
    named = context.file.group
    if named not in items and (context.lost["group"] or named in context.broken):
        return
    if named is not None and named not in items:
        context.faults.unknown(("group",), "item", named, grouping or items)
    elif named is None and len(grouping) > 1:
        what = "several items have the role group; say which one"
        context.faults.add(("group",), what, known=grouping)
    elif named is None and not grouping:
        fix = "Give a select_one item 'role: group'; its options are the stakeholder groups."
        context.faults.add(("group",), "no item has the role group", fix=fix)
    else:
        _check_group_item(context, *items[named or grouping[0]])


def _check_group_item(context: Context, item: Item, path: Path) -> None:
    if item.type is not ItemType.SELECT_ONE:
        context.faults.add(("group",), f"{item.name!r} is {item.type.value}, not select_one")
    elif item.role is Role.WAVE:
        what = f"{item.name!r} has the role wave: it says when people answered, not who they are"
        fix = "Name the item with the stakeholder groups; waves are compared by: --group wave"
        context.faults.add(("group",), what, fix=fix)
    elif len(item.options) == 1:
        context.faults.add(path, "has a single group; groups are compared, so name at least two")
    for other, where in context.items:
        if other.group_of is not None and item.options and other.group_of not in item.option_names:
            at = (*where, "group_of")
            context.faults.unknown(at, "group", other.group_of, item.option_names)


def _check_weight(context: Context) -> None:
    weights = [item.name for item, _ in context.items if item.role is Role.WEIGHT]
    named = context.file.weight
    if named is not None and named not in weights and named not in context.broken:
        context.faults.unknown(("weight",), "item with role weight", named, weights)
    elif named is None and len(weights) > 1:
        what = "several items have the role weight; say which one"
        context.faults.add(("weight",), what, known=weights)


def _check_arms(context: Context) -> None:
    file, names = context.file, [block.block for block in context.file.blocks]
    for arm, levels in file.arms.items():
        total = sum(levels.values())
        if len(levels) < 2:
            context.faults.add(("arms", arm), "has fewer than two levels, so nothing is random")
        elif abs(total - 1) > _ROUNDING:
            what = f"probabilities sum to {total:g}, not 1"
            context.faults.add(("arms", arm), what)
        if not context.lost["blocks"] and all(level.endswith("_first") for level in levels):
            for level in levels:
                if level.removesuffix("_first") not in names:
                    at: Path = ("arms", arm, level)
                    context.faults.unknown(at, "block", level.removesuffix("_first"), names)
    for i, block in enumerate(file.blocks):
        for arm, chosen in block.arms.items():
            where: Path = ("blocks", i, "arms", arm)
            context.check_known(where, "arm", arm, file.arms)
            for j, level in enumerate(chosen):
                if arm in file.arms:
                    context.check_known((*where, j), "level", level, file.arms[arm])


def _check_relevant(context: Context) -> None:
    """Each expression must parse and refer to questions that come before it."""
    everywhere = Counter(item.name for item, _ in context.items)
    before: dict[str, Item] = {}
    for item, path in context.items:
        if item.relevant:
            _check_expression(context, path, before, everywhere)
        if item.type is not ItemType.NOTE:
            before[item.name] = item


def _check_expression(
    context: Context, path: Path, before: dict[str, Item], everywhere: Counter[str]
) -> None:
    part = context.file.blocks[int(path[1])]
    own = part.items[int(path[3])].relevant if part.items and len(path) > 3 else None
    for written, at in ((part.relevant, (*path[:2], "relevant")), (own, (*path, "relevant"))):
        if written is None:
            continue
        try:
            expression = parse_relevant(written)
        except RelevantError as error:
            context.faults.add(at, f"{error}", fix=_GRAMMAR)
            continue
        for name in references(expression):
            if name not in before and name in everywhere:
                context.faults.add(at, f"refers to {name!r}, which does not come before it")
            elif name not in before:
                context.check_known(at, "item", name, before)
        _check_options(context, expression, at, before)


_GRAMMAR: Final = (
    "Write for example: ${item} = 'option' and not(selected(${other}, 'option')) or ${age} >= 18"
)


def _check_options(
    context: Context, expression: Expression, at: Path, before: dict[str, Item]
) -> None:
    """Refuse to compare with an option that the question does not have: never true."""
    for test in comparisons(expression):
        if not isinstance(test, Compare):
            continue
        for one, other in ((test.left, test.right), (test.right, test.left)):
            if not (isinstance(one, Ref) and isinstance(other, Literal)):
                continue
            item, name = before.get(one.item), other.value
            if item is None or item.type not in SELECTS or not item.options:
                continue
            word = name if isinstance(name, str) else f"{name:g}"
            known = (*item.option_names, *item.missing)
            if word and word not in known:
                context.faults.unknown(at, f"option of {item.name}", word, known)


__all__ = ["check_whole", "group_item", "weight_item"]
