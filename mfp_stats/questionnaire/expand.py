"""Expand a file into the questionnaire that the rest of the library sees."""

from dataclasses import replace
from typing import Any

from mfp_stats.questionnaire.checks import check_whole, group_item, weight_item
from mfp_stats.questionnaire.concepts import concepts_of
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.file import BlockPart, SignalPart
from mfp_stats.questionnaire.generate import generated_items
from mfp_stats.questionnaire.generate_conjoint import attributes_of
from mfp_stats.questionnaire.hashing import content_hash
from mfp_stats.questionnaire.information import information_of
from mfp_stats.questionnaire.items import written_item
from mfp_stats.questionnaire.model import (
    Block,
    Intervention,
    Item,
    Option,
    Questionnaire,
    Role,
)
from mfp_stats.questionnaire.salvage import Draft, check_shape
from mfp_stats.questionnaire.source import groups

#: Keys that only generated questions read.
_GENERATING = (
    "label",
    "sets",
    "size",
    "repeat",
    "ask",
    "of",
    "options",
    "min_choices",
    "max_choices",
    "attributes",
    "pairs",
    "pairs_per_person",
)


def expand(tree: dict[str, Any], faults: Faults) -> Questionnaire:
    """Return the questionnaire that a document describes.

    Parameters
    ----------
    tree
        The document as plain texts, see :mod:`mfp_stats.questionnaire.yaml_tree`.
    faults
        Faults found so far; all others are added.

    Raises
    ------
    QuestionnaireError
        With every fault of the document.
    """
    draft = check_shape(tree, faults)
    if draft is None:
        faults.stop_if_any()
        raise AssertionError("a file without shape has faults")
    context = Context.of(draft, faults)
    context.items = _all_items(context, draft)
    check_whole(context)
    blocks = tuple(_block(context, part, i) for i, part in enumerate(draft.file.blocks))
    faults.stop_if_any()
    return _questionnaire(context, blocks)


def _all_items(context: Context, draft: Draft) -> list[tuple[Item, Path]]:
    """Return the items in order; what is about groups is made last, when groups are known."""
    made: dict[int, list[tuple[Item, Path]]] = {}
    blocks = [(i, part) for i, part in enumerate(draft.file.blocks) if i not in draft.broken_blocks]
    for i, part in sorted(blocks, key=lambda pair: _about_groups(pair[1])):
        if _about_groups(part) and not groups(context):
            continue  # that no item has the role group is a fault of its own
        made[i] = _items(context, part, i)
        context.items = [pair for pairs in made.values() for pair in pairs]
    return [pair for i in sorted(made) for pair in made[i]]


def _about_groups(part: BlockPart) -> bool:
    return part.role is Role.PERCEPTION and part.items is None


def _items(context: Context, part: BlockPart, i: int) -> list[tuple[Item, Path]]:
    path: Path = ("blocks", i)
    if part.items is None:
        return [(item, path) for item in generated_items(context, part, path)]
    for key in sorted(part.model_fields_set & set(_GENERATING)):
        context.faults.add((*path, key), "has no effect in a block that lists its items")
    made: list[tuple[Item, Path]] = []
    for j, written in enumerate(part.items):
        where: Path = (*path, "items", j)
        item = written_item(context, part, written, where)
        made += [(item, where)] if item is not None else []
    return made


def _block(context: Context, part: BlockPart, i: int) -> Block:
    texts, path = context.texts, ("blocks", i)
    return Block(
        name=part.block,
        title=texts.read(part.title, (*path, "title")),
        intro=texts.read(part.intro, (*path, "intro")),
        items=tuple(item.name for item, where in context.items if where[1] == i),
        role=part.role,
        randomise_items=part.randomise_items,
        randomise_options=part.randomise_options,
        interventions_per_person=part.interventions_per_person,
        arms={arm: tuple(levels) for arm, levels in part.arms.items()},
        stipulates=part.stipulates,
        attributes=attributes_of(context, part, path) if part.role is Role.CONJOINT else {},
        pairs_per_person=part.pairs_per_person,
    )


def _questionnaire(context: Context, blocks: tuple[Block, ...]) -> Questionnaire:
    file, texts = context.file, context.texts
    items = tuple(item for item, _ in context.items)
    made = Questionnaire(
        survey=file.survey,
        title=texts.read(file.title, ("title",)),
        languages=tuple(file.languages),
        source=file.source,
        hash="",
        values=context.values,
        interventions=_interventions(context),
        signals={name: _signal(context, name, part) for name, part in file.signals.items()},
        # In the order of names: the order in which they were written says nothing.
        arms={arm: dict(sorted(levels.items())) for arm, levels in sorted(file.arms.items())},
        blocks=blocks,
        items=items,
        group=group_item(context),
        weight=weight_item(context),
        intro=texts.read(file.intro, ("intro",)),
        consent=texts.read(file.consent, ("consent",)),
        contact=file.contact,
        simulated=file.simulated,
        floor=file.floor,
        concepts=concepts_of(context),
        information=information_of(context),
    )
    context.faults.stop_if_any()
    return replace(made, hash=content_hash(made))


def _interventions(context: Context) -> dict[str, Intervention]:
    read = context.texts.read
    return {
        name: Intervention(
            name=name,
            label=read(part.label, ("interventions", name, "label")),
            description=read(part.description, ("interventions", name, "description")),
            attributes=part.attributes,
            short=read(part.short, ("interventions", name, "short")),
            moves=part.moves,
        )
        for name, part in context.file.interventions.items()
    }


def _signal(context: Context, name: str, part: SignalPart) -> Option:
    return Option(name, context.texts.read(part.label, ("signals", name, "label")))
