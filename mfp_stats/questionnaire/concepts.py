"""Concepts that belief items link as cause and effect, and proposals that push them."""

from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.model import Concept, Item, ItemType, Questionnaire, Role
from mfp_stats.questionnaire.stipulations import middle_level

_TWO_SIDED: Final = (
    "Ask what more of the cause would lead to, from much less to much more of the effect, with "
    "'neutral' naming the answer that says no difference, or an odd number of answers."
)


def concepts_of(context: Context) -> dict[str, Concept]:
    """Return the concepts of a file; of one that is a value, the texts are the value's by default.

    Faults go to the context: a concept that says neither what it is nor which value.
    """
    read = context.texts.read
    found: dict[str, Concept] = {}
    for name, part in context.file.concepts.items():
        path: Path = ("concepts", name)
        label, short = read(part.label, (*path, "label")), read(part.short, (*path, "short"))
        value = context.values.get(part.value or "")
        if not label and value is not None:
            label, short = value.label, short or value.short
        elif not label and part.value is None:
            fix = "Say what there is more or less of, or which 'value' it is."
            context.faults.add(path, "'label' is missing", fix=fix)
        found[name] = Concept(name, label, part.value, short)
    return found


def links_of(questionnaire: Questionnaire) -> dict[tuple[str, str], list[str]]:
    """Return the items that ask about each link, by its cause and its effect."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in questionnaire.items:
        if item.cause is not None and item.effect is not None:
            found.setdefault((item.cause, item.effect), []).append(item.name)
    return found


def check_concepts(context: Context) -> None:
    """Add a fault for every concept, link and push that cannot be part of a map."""
    _check_values(context)
    for item, path in context.items:
        if item.cause is not None or item.effect is not None:
            _check_ends(context, item, path)
            _check_answers(context, item, path)
    for name, part in context.file.interventions.items():
        for concept, push in part.moves.items():
            at: Path = ("interventions", name, "moves", concept)
            context.check_known(at, "concept", concept, context.file.concepts)
            if push == 0:
                context.faults.add(at, "is 0, which moves nothing", fix="Leave it out.")


def _check_values(context: Context) -> None:
    """Each value can be one concept: what is said of a consequence is held against one."""
    first: dict[str, str] = {}
    for name, part in context.file.concepts.items():
        at: Path = ("concepts", name, "value")
        context.check_known(at, "value", part.value, context.file.values)
        if part.value is not None and first.setdefault(part.value, name) != name:
            what = f"the value {part.value!r} is the concept {first[part.value]!r} already"
            context.faults.add(at, what)


def _check_ends(context: Context, item: Item, path: Path) -> None:
    ends = {"cause": item.cause, "effect": item.effect}
    known = context.file.concepts
    for key, name in ends.items():
        if name is None:
            what = f"{key!r} is missing: a link joins two concepts"
            context.faults.add(path, what, known=tuple(known))
        context.check_known((*path, key), "concept", name, known)
    if item.cause == item.effect:
        context.faults.add((*path, "effect"), "is its own cause: a link joins two concepts")


def _check_answers(context: Context, item: Item, path: Path) -> None:
    """Answers must go from much less over no difference to much more."""
    add, options = context.faults.add, item.options
    if item.role is not Role.BELIEF:
        what = f"cause and effect mean nothing in an item of role {item.role.value}"
        add(path, what, known=(Role.BELIEF.value,))
        return
    if not options:
        return  # a fault of its own
    if item.type is not ItemType.SELECT_ONE or item.level != "ordinal":
        add(path, "a link needs one answer of an ordinal scale", fix=_TWO_SIDED)
    elif item.neutral is None and len(options) % 2 == 0:
        what = f"none of its {len(options)} answers is in the middle, to say no difference"
        add(path, what, fix=_TWO_SIDED)
    elif not 0 < middle_level(item) < len(options) - 1:
        what = f"its neutral answer {item.neutral!r} is at the end of the scale"
        add(path, what, fix=_TWO_SIDED)
