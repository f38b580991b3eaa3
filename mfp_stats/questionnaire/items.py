"""Questions that an author wrote out."""

from dataclasses import replace

from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart, ItemPart
from mfp_stats.questionnaire.item_checks import (
    SELECTS,
    check_about,
    check_answers,
    check_numbers,
    check_role,
)
from mfp_stats.questionnaire.model import Item, ItemType, Role, Text


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
        mirrors=part.mirrors,
        neutral=answers.neutral,
        accept_from=answers.accept_from,
        short=_short(context, part, path),
        stipulated=role is Role.RESPONSE and block.stipulates is not None,
        cause=part.cause,
        effect=part.effect,
    )
    if resolved is not None:
        check_answers(context, item, path)
    check_role(context, item, path)
    check_about(context, item, path)
    check_numbers(context, item, path)
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


def _short(context: Context, part: ItemPart, path: Path) -> Text:
    """Return the item's own short text, else the value's where the label is the value's too."""
    short = context.texts.read(part.short, (*path, "short"))
    if short or part.label is not None or part.value not in context.values:
        return short
    assert part.value is not None
    return context.values[part.value].short


def _label(context: Context, part: ItemPart, path: Path) -> Text:
    label = context.texts.read(part.label, (*path, "label"))
    if not label and part.value is not None and part.value in context.values:
        return context.values[part.value].label
    if not label and part.value not in context.broken:
        context.faults.add(path, "'label' is missing")
    return label
