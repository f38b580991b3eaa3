"""What an item of a type and role must have, and what has no effect in it."""

from collections.abc import Mapping
from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.model import Item, ItemType, Role

SELECTS: Final = (
    ItemType.SELECT_ONE,
    ItemType.SELECT_MULTIPLE,
    ItemType.RANK,
    ItemType.BEST_WORST,
)
_MANY: Final = (ItemType.SELECT_MULTIPLE, ItemType.RANK)
_NUMBERS: Final = (ItemType.INTEGER, ItemType.DECIMAL)
#: Types that a role can be measured with; a role that is not here takes any.
_TYPES: Final[Mapping[Role, tuple[ItemType, ...]]] = {
    Role.VALUE_TRADEOFF: (ItemType.BEST_WORST, ItemType.SELECT_MULTIPLE, ItemType.RANK),
    Role.VALUE_RATING: (ItemType.SELECT_ONE,),
    Role.BELIEF: (ItemType.SELECT_ONE, ItemType.SELECT_MULTIPLE),
    Role.CONSEQUENCE: (ItemType.SELECT_ONE, *_NUMBERS),
    Role.SIGNAL: (ItemType.SELECT_ONE,),
    Role.RESPONSE: (ItemType.SELECT_ONE,),
    Role.CONJOINT: (ItemType.SELECT_ONE,),
    Role.PERCEPTION: SELECTS,
    Role.GROUP: (ItemType.SELECT_ONE,),
    Role.WEIGHT: _NUMBERS,
    Role.OPEN: (ItemType.TEXT,),
}
#: Roles whose select_one scales must have an order.
_ORDERED: Final = (Role.VALUE_RATING, Role.CONSEQUENCE)
#: What an item of a role must say that it is about.
_ABOUT: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.VALUE_RATING: ("value",),
    Role.CONSEQUENCE: ("intervention", "value"),
    Role.SIGNAL: ("intervention", "signal"),
    Role.RESPONSE: ("intervention",),
    Role.PERCEPTION: ("group_of",),
}


def check_role(context: Context, item: Item, path: Path) -> None:
    """Add a fault where the item's type cannot measure its role."""
    usable = _TYPES.get(item.role, tuple(ItemType))
    if item.type is ItemType.NOTE or item.type in usable:
        return
    fix = "To pick one value, use select_multiple with max_choices: 1."
    fix = fix if item.role is Role.VALUE_TRADEOFF else ""
    what = f"{item.type.value} cannot measure {item.role.value}"
    context.faults.add(path, what, known=[t.value for t in usable], fix=fix)


def check_answers(context: Context, item: Item, path: Path) -> None:
    """Add a fault where the answers do not suit the item's type and role."""
    faults, role, selects = context.faults, item.role, item.type in SELECTS
    if selects and not item.options:
        fix = f"Write 'type: {item.type.value} SCALE' or give the item 'options'."
        faults.add(path, f"{item.type.value} needs answers to choose from", fix=fix)
    if not selects and item.options:
        faults.add((*path, "options"), f"has no effect in a {item.type.value} item")
    ordinal = item.level == "ordinal"
    if role in _ORDERED and selects and item.options and not ordinal:
        fix = "Say 'level: ordinal' and list the answers from lowest to highest."
        faults.add(path, f"{role.value} needs a scale that has an order", fix=fix)
    if item.reverse and item.options and not ordinal:
        faults.add((*path, "reverse"), "has no effect without an ordinal scale")
    if item.type in _MANY and item.options:
        check_choices(context, item.min_choices, item.max_choices, len(item.options), path)
    bound = role is Role.VALUE_TRADEOFF and item.options and not context.broken
    if bound and not set(item.option_names) & set(context.values):
        what = "none of its options is one of the questionnaire's values"
        fix = "Name the options as the values are named."
        faults.add(path, what, known=tuple(context.values), fix=fix)


def check_about(context: Context, item: Item, path: Path) -> None:
    """Add a fault where the item does not say, or says wrongly, what it is about."""
    file = context.file
    context.check_known((*path, "value"), "value", item.value, file.values)
    context.check_known(
        (*path, "intervention"), "intervention", item.intervention, file.interventions
    )
    context.check_known((*path, "signal"), "signal", item.signal, file.signals)
    if item.type is ItemType.NOTE:
        return
    if item.role is Role.CONJOINT and not item.profiles:
        fix = "Give its block 'attributes' in the place of 'items'; the pairs are made of them."
        context.faults.add(path, "says nothing of what it compares", fix=fix)
    for key in _ABOUT.get(item.role, ()):
        if getattr(item, key) is None:
            context.faults.add(path, f"{key!r} is missing; {item.role.value} needs it")


def check_numbers(context: Context, item: Item, path: Path) -> None:
    """Add a fault where the item's limits cannot be kept or have no effect."""
    faults = context.faults
    if item.type not in _MANY and (item.min_choices or item.max_choices is not None):
        faults.add(path, f"min_choices and max_choices have no effect in a {item.type.value} item")
    if item.type not in _NUMBERS and (item.minimum is not None or item.maximum is not None):
        faults.add(path, f"minimum and maximum have no effect in a {item.type.value} item")
    low, high = item.minimum, item.maximum
    if low is not None and high is not None and low > high:
        faults.add((*path, "minimum"), f"is {low:g}, above maximum {high:g}")


def check_choices(context: Context, least: int, most: int | None, options: int, path: Path) -> None:
    """Add a fault where so many choices cannot be made among so many options."""
    if most is not None and least > most:
        context.faults.add((*path, "min_choices"), f"is {least}, above max_choices {most}")
    for key, number in (("min_choices", least), ("max_choices", most or 0)):
        if number > options:
            context.faults.add((*path, key), f"is {number}, but there are {options} options")
