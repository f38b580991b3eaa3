"""Pieces of information that some people are told, and which answers they speak for."""

from collections.abc import Iterator, Mapping
from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import InformationPart
from mfp_stats.questionnaire.model import Information, Item, ItemType, Role

#: In the place of an arm's name: people are told between two waves, all of them.
WAVE: Final = "wave"
#: Answers that a piece of information may speak for, beside support of proposals.
_MOVED: Final = (Role.BELIEF, Role.CONSEQUENCE)


def information_of(context: Context) -> dict[str, Information]:
    """Return the pieces of information of a file."""
    read = context.texts.read
    return {
        name: Information(
            name=name,
            label=read(part.label, ("information", name, "label")),
            short=read(part.short, ("information", name, "short")),
            told={arm: tuple(levels) for arm, levels in part.told.items()},
            beliefs={item: _sign(way) for item, way in part.beliefs.items()},
            support={proposal: _sign(way) for proposal, way in part.support.items()},
            trust="" if part.trust is None else part.trust.item,
            trust_from="" if part.trust is None else part.trust.from_,
        )
        for name, part in context.file.information.items()
    }


def _sign(way: str) -> int:
    return 1 if way == "raises" else -1


def check_information(context: Context) -> None:
    """Add a fault for everything by which no response to a piece of information can be told."""
    items = {item.name: item for item, _ in context.items}
    for name, part in context.file.information.items():
        path: Path = ("information", name)
        _check_told(context, part, (*path, "told"))
        _check_moved(context, part, path, items)
        if part.trust is not None:
            _check_trust(context, part, (*path, "trust"), items)


def _check_told(context: Context, part: InformationPart, path: Path) -> None:
    arms = context.file.arms
    if len(part.told) != 1:
        fix = "As {briefing: [report]}: one arm with those of its levels in which people are told."
        context.faults.add(path, "does not name one arm", known=(*arms, WAVE), fix=fix)
    for arm, levels in part.told.items():
        at: Path = (*path, arm)
        if arm == WAVE:
            continue  # waves are named when answers come in
        context.check_known(at, "arm", arm, {**arms, WAVE: {}})
        known = arms.get(arm, {})
        for level in levels if known else ():
            context.check_known(at, f"level of {arm}", level, known)
        if known and set(known) <= set(levels):
            what = "everybody is told, so that nobody is left to compare with"
            context.faults.add(at, what, known=tuple(known))


def _check_moved(
    context: Context, part: InformationPart, path: Path, items: Mapping[str, Item]
) -> None:
    if not part.beliefs:
        what = "'beliefs' names no question whose answers would follow from it"
        context.faults.add((*path, "beliefs"), what, fix="As {promises_kept: raises}.")
    for name in part.beliefs:
        at: Path = (*path, "beliefs", name)
        context.check_known(at, "item", name, items)
        if name in items and (fault := _unusable(items[name])):
            context.faults.add(at, fault)
    asked = {i.intervention: i for i in items.values() if i.role is Role.RESPONSE}
    for name in part.support:
        at = (*path, "support", name)
        context.check_known(at, "intervention", name, context.file.interventions)
        if name in context.file.interventions and name not in asked and not context.broken:
            context.faults.add(at, "nobody is asked whether they support it")


def _unusable(item: Item) -> str:
    if item.role not in _MOVED:
        roles = " or ".join(role.value for role in _MOVED)
        return f"is an item of role {item.role.value}, not of role {roles}"
    if item.options and not is_ordered(item):
        return "has answers without an order, so that none is more than another"
    return ""


def _check_trust(
    context: Context, part: InformationPart, path: Path, items: Mapping[str, Item]
) -> None:
    assert part.trust is not None
    name = part.trust.item
    context.check_known((*path, "item"), "item", name, items)
    if name not in items:
        return
    item = items[name]
    if item.options and not is_ordered(item):
        what = f"{name} has answers without an order, so that none is more trust than another"
        context.faults.add((*path, "item"), what)
    elif item.options and part.trust.from_ not in item.option_names:
        context.faults.unknown((*path, "from"), "answer", part.trust.from_, item.option_names)
    elif item.options and _lowest(item) == part.trust.from_:
        what = f"{part.trust.from_!r} is the least trusting answer, so that everybody would trust"
        context.faults.add((*path, "from"), what, known=item.option_names)
    for moved in _before(name, part, items):
        what = f"is asked after {moved}, whose answers may be what people were told already"
        context.faults.add((*path, "item"), what, fix="Ask about trust first.")


def _lowest(item: Item) -> str:
    return item.option_names[-1] if item.reverse else item.option_names[0]


def _before(name: str, part: InformationPart, items: Mapping[str, Item]) -> Iterator[str]:
    """Yield the first item before another one that the information speaks for."""
    for earlier in items:
        if earlier == name:
            return
        if earlier in part.beliefs:
            yield earlier
            return


def is_ordered(item: Item) -> bool:
    """Whether an item is one answer of an ordered scale."""
    return item.type is ItemType.SELECT_ONE and item.level == "ordinal"
