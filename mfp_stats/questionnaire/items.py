"""Questions that an author wrote out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart, ItemPart
from mfp_stats.questionnaire.model import Item, ItemType, Role, Text

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


def read_type(context: Context, written: str, path: Path) -> tuple[ItemType | None, str | None]:
    """Return the type and the list it names: ``select_one agree5`` -> (SELECT_ONE, "agree5")."""
    word, _, answers = written.partition(" ")
    answers = answers.strip()
    if word not in list(ItemType):
        context.faults.unknown(path, "type", word, [t.value for t in ItemType])
        return None, None
    if answers and ItemType(word) not in SELECTS:
        context.faults.add(path, f"{word} takes no list of answers, but {answers!r} stands there")
        answers = ""
    return ItemType(word), answers or None


def written_item(context: Context, block: BlockPart, part: ItemPart, path: Path) -> Item | None:
    """Return the item; None where not even its type is known.

    Parameters
    ----------
    context
        The file; faults go there.
    block
        The block that it stands in, whose role, type and scale it inherits.
    part, path
        The item as written, and where.
    """
    kind, named = _type(context, block, part, path)
    role = Role.OPEN if kind is ItemType.NOTE else part.role or block.role
    if role is None:
        fix = "Give the item or its block one."
        known = [r.value for r in Role]
        context.faults.add(path, "has no role", known=known, fix=fix)
    if kind is None or role is None:
        return None
    resolved = _answers(context, block, part, named, path)
    answers = resolved or Answers()
    item = Item(
        name=part.name,
        type=kind,
        role=role,
        label=_label(context, part, path),
        block=block.block,
        options=answers.options,
        level=answers.level,
        scale=answers.scale,
        missing=answers.missing,
        reverse=part.reverse != answers.reverse,
        required=_first(part.required, block.required, False),
        relevant=both_relevant(block.relevant, part.relevant),
        hint=context.texts.read(part.hint, (*path, "hint")),
        min_choices=part.min_choices or 0,
        max_choices=part.max_choices,
        minimum=part.minimum,
        maximum=part.maximum,
        construct=part.measures,
        value=part.value,
        intervention=part.intervention,
        signal=part.signal,
        group_of=part.group_of,
        neutral=answers.neutral,
        accept_from=answers.accept_from,
    )
    if resolved is not None:
        _check_answers(context, item, path)
    _check_role(context, item, path)
    _check_about(context, item, path)
    _check_numbers(context, item, path)
    return item


def both_relevant(block: str | None, item: str | None) -> str:
    """Return the expression that holds where the block's and the item's both hold."""
    if block and item:
        return f"({block}) and ({item})"
    return block or item or ""


def _first(*choices: bool | None) -> bool:
    return next((choice for choice in choices if choice is not None), False)


def _type(
    context: Context, block: BlockPart, part: ItemPart, path: Path
) -> tuple[ItemType | None, str | None]:
    if part.type is not None:
        kind, named = read_type(context, part.type, (*path, "type"))
        if named and part.scale and named != part.scale:
            context.faults.add((*path, "scale"), f"is not the list {named!r} of the item's type")
        return kind, named or part.scale
    if part.scale is not None:
        return ItemType.SELECT_ONE, part.scale
    if block.type is not None:
        kind, named = read_type(context, block.type, (*path[:2], "type"))
        return kind, named or block.scale
    if block.scale is not None:
        return ItemType.SELECT_ONE, block.scale
    context.faults.add(path, "'type' is missing", known=[t.value for t in ItemType])
    return None, None


def _answers(
    context: Context, block: BlockPart, part: ItemPart, named: str | None, path: Path
) -> Answers | None:
    """Return the answers of the item's list, then its own; None where that list is unknown."""
    own = part.scale is not None or (part.type is not None and " " in part.type)
    scale_path = (*path, "scale" if part.scale else "type") if own else (*path[:2], "scale")
    answers = context.scale(named, scale_path) if named else Answers()
    options, missing = context.reader.options(part.options or {}, (*path, "options"))
    if answers is None:
        return None
    for name in {o.name for o in options} & set(answers.names):
        context.faults.add((*path, "options", name), f"stands in the list {named!r} already")
    found = replace(
        answers,
        options=(*answers.options, *options),
        level=part.level or answers.level,
        missing=context.reader.missing(
            {**block.missing, **part.missing}, (*path, "missing"), {**answers.missing, **missing}
        ),
        neutral=part.neutral or answers.neutral,
        accept_from=part.accept_from or answers.accept_from,
    )
    if part.neutral or part.accept_from:
        context.reader.check_marks(found, path)
    return found


def _label(context: Context, part: ItemPart, path: Path) -> Text:
    label = context.texts.read(part.label, (*path, "label"))
    if not label and part.value is not None and part.value in context.values:
        return context.values[part.value].label
    if not label and part.value not in context.broken:
        context.faults.add(path, "'label' is missing")
    return label


def _check_role(context: Context, item: Item, path: Path) -> None:
    usable = _TYPES.get(item.role, tuple(ItemType))
    if item.type is ItemType.NOTE or item.type in usable:
        return
    fix = "To pick one value, use select_multiple with max_choices: 1."
    fix = fix if item.role is Role.VALUE_TRADEOFF else ""
    what = f"{item.type.value} cannot measure {item.role.value}"
    context.faults.add(path, what, known=[t.value for t in usable], fix=fix)


def _check_answers(context: Context, item: Item, path: Path) -> None:
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


def _check_about(context: Context, item: Item, path: Path) -> None:
    file = context.file
    context.check_known((*path, "value"), "value", item.value, file.values)
    context.check_known(
        (*path, "intervention"), "intervention", item.intervention, file.interventions
    )
    context.check_known((*path, "signal"), "signal", item.signal, file.signals)
    if item.type is ItemType.NOTE:
        return
    for key in _ABOUT.get(item.role, ()):
        if getattr(item, key) is None:
            context.faults.add(path, f"{key!r} is missing; {item.role.value} needs it")


def _check_numbers(context: Context, item: Item, path: Path) -> None:
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
