"""Blocks that tell people which consequences to suppose, and where those lie on the scale."""

from collections.abc import Mapping

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart
from mfp_stats.questionnaire.model import Item, ItemType, Role


def middle_level(item: Item) -> float:
    """Return the level that says "no difference": the item's neutral one, else the middle.

    Levels are numbered from 0, least of the construct first; an even number of them has its
    middle between two.
    """
    last = len(item.options) - 1
    if item.neutral not in item.option_names:
        return last / 2
    place = item.option_names.index(item.neutral)
    return float(last - place if item.reverse else place)


def check_stipulations(context: Context) -> None:
    """Add a fault for every supposed consequence that no consequence question can place."""
    asked: dict[str, Item] = {}
    for item, _ in context.items:
        if item.role is Role.CONSEQUENCE and item.type is ItemType.SELECT_ONE and item.value:
            asked.setdefault(item.value, item)
    for i, part in enumerate(context.file.blocks):
        if part.stipulates is not None:
            _check_block(context, part, ("blocks", i, "stipulates"), asked)


def _check_block(context: Context, part: BlockPart, path: Path, asked: Mapping[str, Item]) -> None:
    assert part.stipulates is not None
    items = [item for item, where in context.items if where[:2] == path[:2]]
    if part.items is not None and items and not any(item.stipulated for item in items):
        context.faults.add(path, "has no effect in a block without responses")
    for value, steps in part.stipulates.items():
        at = (*path, value)
        context.check_known(at, "value", value, context.file.values)
        if value in asked:
            _check_steps(context, at, steps, asked[value])
        elif value in context.values and not context.lost["blocks"]:
            fix = "Ask for expected consequences in a block with 'role: consequence'."
            what = "no consequence question has a scale on which this would lie"
            context.faults.add(at, what, fix=fix)


def _check_steps(context: Context, path: Path, steps: float, item: Item) -> None:
    middle, last = middle_level(item), len(item.options) - 1
    if not 0 <= middle + steps <= last:
        what = f"is {steps:g}, outside the scale of {item.name}, {-middle:g} to {last - middle:g}"
        context.faults.add(path, what)
