"""Generated choices between two made-up proposals that differ in several attributes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from mfp_stats.questionnaire import texts
from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.conjoint_designs import (
    Profile,
    information,
    possible_pairs,
    profile_pairs,
)
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart
from mfp_stats.questionnaire.model import Attribute, Item, Option, Text, say
from mfp_stats.questionnaire.source import Source

#: Pairs that are made where the author does not say how many, and the fewest.
DEFAULT: Final = 24
FEWEST: Final = 4
#: Names of the two options of a pair, in order.
SIDES: Final = tuple(texts.PROFILES)

type _Attributes = Mapping[str, Attribute]


def conjoint(source: Source) -> list[Item]:
    """Return one choice a pair of profiles."""
    part, context = source.part, source.context
    if part.attributes is None:
        fix = "List what the two proposals of a pair are made of, each with its levels."
        context.faults.add(source.path, "'attributes' is missing", fix=fix)
        return []
    attributes = attributes_of(context, part, source.path)
    pairs = _how_many(source, attributes)
    if pairs is None:
        return []
    wording = source.wording(context.texts.built_in(texts.CONJOINT))
    sizes = tuple(len(one.levels) for one in attributes.values())
    design = profile_pairs(sizes, pairs)
    if not information(design, sizes):
        _too_few(source, pairs, sizes)
    return [
        _choice(source, f"pair{i}", wording, attributes, pair) for i, pair in enumerate(design, 1)
    ]


def attributes_of(context: Context, part: BlockPart, path: Path) -> dict[str, Attribute]:
    """Return what a block's profiles are made of, by name; faults of levels are added."""
    found: dict[str, Attribute] = {}
    for name, written in (part.attributes or {}).items():
        at: Path = (*path, "attributes", name)
        for level, option in written.levels.items():
            for key in sorted(option.model_fields_set - {"label"}):
                context.faults.add((*at, "levels", level, key), "has no effect in a level")
        levels, _ = context.reader.options(written.levels, (*at, "levels"))
        if len(written.levels) < 2:
            what = "has a single level; what does not vary cannot be compared"
            context.faults.add((*at, "levels"), what)
        label, short = (context.texts.read(getattr(written, k), (*at, k)) for k in _TEXTS)
        found[name] = Attribute(name, label, levels, short)
    return found


_TEXTS: Final = ("label", "short")


def _how_many(source: Source, attributes: _Attributes) -> int | None:
    """Return how many pairs are made; None, with a fault, where there can be no design."""
    part, faults = source.part, source.context.faults
    sizes = [len(one.levels) for one in attributes.values()]
    if min(sizes) < 2:
        return None  # that is a fault of its own
    possible, needed = possible_pairs(sizes), sum(sizes) - len(sizes)
    pairs = part.pairs or min(DEFAULT, possible)
    more = "Add attributes or levels."
    if possible < FEWEST:
        what = f"allow only {possible} different pairs; a conjoint takes at least {FEWEST}"
        faults.add(source.at("attributes"), what, fix=more)
    elif pairs > possible:
        what = f"is {pairs}, but the attributes allow only {possible} different pairs"
        faults.add(source.at("pairs"), what, fix=more)
    elif pairs <= needed:
        _too_few(source, pairs, sizes)
    elif (part.pairs_per_person or 0) > pairs:
        what = f"is {part.pairs_per_person}, but there are only {pairs} pairs"
        faults.add(source.at("pairs_per_person"), what)
    else:
        return pairs
    return None


def _too_few(source: Source, pairs: int, sizes: Sequence[int]) -> None:
    """Add the fault that so few pairs leave effects of levels unknown."""
    fix = f"Make more than {sum(sizes) - len(sizes)} pairs, or name fewer levels."
    path = source.at("pairs" if source.part.pairs else "attributes")
    source.context.faults.add(path, f"{pairs} pairs cannot tell the levels apart", fix=fix)


def _choice(
    source: Source, name: str, wording: Text, attributes: _Attributes, pair: tuple[Profile, Profile]
) -> Item:
    chosen = {
        side: {
            attribute.name: attribute.levels[level]
            for attribute, level in zip(attributes.values(), profile, strict=True)
        }
        for side, profile in zip(SIDES, pair, strict=True)
    }
    built_in = source.context.texts.built_in
    options = tuple(
        Option(side, built_in(texts.PROFILES[side]), note=_note(source, attributes, levels))
        for side, levels in chosen.items()
    )
    profiles = {
        side: {attribute: level.name for attribute, level in levels.items()}
        for side, levels in chosen.items()
    }
    return replace(source.one(name, Answers(options), wording), profiles=profiles)


def _note(source: Source, attributes: _Attributes, levels: Mapping[str, Option]) -> Text:
    """Return what a profile consists of, an attribute a line, in each language."""
    return {
        language: "\n".join(
            f"{say(attributes[name].label, language)}: {say(level.label, language)}"
            for name, level in levels.items()
        )
        for language in source.context.texts.languages
    }
