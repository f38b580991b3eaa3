"""Pieces of information that some people are told, and which answers they speak for."""

from collections.abc import Mapping
from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import InformationPart
from mfp_stats.questionnaire.model import Information, Item, Role
from mfp_stats.questionnaire.reserved import WAVE

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
            against=_against(context, part),
            beliefs={item: _sign(way) for item, way in part.beliefs.items()},
            support={proposal: _sign(way) for proposal, way in part.support.items()},
            trust="" if part.trust is None else part.trust.item,
            trust_from="" if part.trust is None else part.trust.from_,
            responses_before=_responses_before(context, part),
        )
        for name, part in context.file.information.items()
    }


def _against(context: Context, part: InformationPart) -> tuple[str, ...]:
    """Return the levels to compare with: those named, else what is left of the arm."""
    arm = next(iter(part.told), WAVE)
    left = (level for level in context.file.arms.get(arm, {}) if level not in part.told[arm])
    return tuple(part.against) or (() if arm == WAVE else tuple(left))


def _responses_before(context: Context, part: InformationPart) -> tuple[str, ...]:
    """Return the responses that are asked before people are told."""
    responses = (item for item, _ in context.items if item.role is Role.RESPONSE)
    return tuple(item.name for item in responses if _is_before(context, part, item))


def _sign(way: str) -> int:
    return 1 if way == "raises" else -1


def check_information(context: Context) -> None:
    """Add a fault for everything by which no response to a piece of information can be told."""
    items = {item.name: item for item, _ in context.items}
    for name, part in context.file.information.items():
        path: Path = ("information", name)
        _check_told(context, part, path)
        _check_moved(context, part, path, items)
        _check_support(context, part, path, items)
        if part.trust is not None:
            _check_trust(context, part, (*path, "trust"), items)


def _check_told(context: Context, part: InformationPart, path: Path) -> None:
    arms = context.file.arms
    if len(part.told) != 1:
        fix = "As {briefing: [report]}: one arm with those of its levels in which people are told."
        what = "does not name one arm"
        context.faults.add((*path, "told"), what, known=(*arms, WAVE), fix=fix)
        return
    ((arm, levels),) = part.told.items()
    for level in set(levels) & set(part.against):
        context.faults.add((*path, "against"), f"{level!r} is one of those that are told")
    if arm == WAVE:
        return  # waves are named when answers come in
    at: Path = (*path, "told", arm)
    context.check_known(at, "arm", arm, {**arms, WAVE: {}})
    if arm not in arms:
        return
    for where, named in ((at, levels), ((*path, "against"), part.against)):
        for level in named:
            context.check_known(where, f"level of {arm}", level, arms[arm])
    left = [level for level in arms[arm] if level not in levels]
    if not left:
        what = "everybody is told, so that nobody is left to compare with"
        context.faults.add(at, what, known=tuple(arms[arm]))
    elif len(left) > 1 and not part.against:
        what = f"{arm} has several other levels, and people may be told something else in them"
        fix = "Name those in which people are told nothing."
        context.faults.add((*path, "against"), what, known=tuple(left), fix=fix)


def _check_moved(
    context: Context, part: InformationPart, path: Path, items: Mapping[str, Item]
) -> None:
    if not part.beliefs:
        what = "'beliefs' names no question whose answers would follow from it"
        context.faults.add((*path, "beliefs"), what, fix="As {promises_kept: raises}.")
    for name in part.beliefs:
        at: Path = (*path, "beliefs", name)
        context.check_known(at, "item", name, items)
        if name not in items:
            continue
        if fault := _unusable(items[name]):
            context.faults.add(at, fault)
        elif _is_before(context, part, items[name]):
            what = "is asked before people are told, so that its answers cannot follow from it"
            context.faults.add(at, what, fix="Ask it after the block that tells them.")


def _unusable(item: Item) -> str:
    if item.role not in _MOVED:
        roles = " or ".join(role.value for role in _MOVED)
        return f"is an item of role {item.role.value}, not of role {roles}"
    if item.options and not item.is_ordinal:
        return "has answers without an order, so that none is more than another"
    return ""


def _check_support(
    context: Context, part: InformationPart, path: Path, items: Mapping[str, Item]
) -> None:
    responses = [item for item in items.values() if item.role is Role.RESPONSE]
    asked = {item.intervention for item in responses}
    after = {item.intervention for item in responses if not _is_before(context, part, item)}
    for name in part.support:
        at: Path = (*path, "support", name)
        context.check_known(at, "intervention", name, context.file.interventions)
        if name in context.file.interventions and name not in asked and not context.broken:
            context.faults.add(at, "nobody is asked whether they support it")
        elif name in asked - after:
            what = "is asked about before people are told, so that support cannot follow from it"
            context.faults.add(at, what, fix="Ask about it after the block that tells them.")


def _telling_block(context: Context, part: InformationPart) -> int | None:
    """Return the place of the first block for people who are told alone; None where none is."""
    for place, block in enumerate(context.file.blocks):
        for arm, levels in part.told.items():
            if arm in block.arms and set(block.arms[arm]) <= set(levels):
                return place
    return None


def _is_before(context: Context, part: InformationPart, item: Item) -> bool:
    """Whether an item stands before the block that tells; blocks that say so alone can."""
    telling = _telling_block(context, part)
    places = {block.block: place for place, block in enumerate(context.file.blocks)}
    return telling is not None and places.get(item.block, telling) < telling


def _check_trust(
    context: Context, part: InformationPart, path: Path, items: Mapping[str, Item]
) -> None:
    assert part.trust is not None
    name = part.trust.item
    if WAVE in part.told:
        what = "cannot be told of people who answer only after they were told between waves"
        context.faults.add(path, what, fix="Leave it out.")
    context.check_known((*path, "item"), "item", name, items)
    if name not in items:
        return
    item = items[name]
    if not item.is_ordinal:
        what = f"{name} has no answers with an order, so that none is more trust than another"
        context.faults.add((*path, "item"), what)
    elif part.trust.from_ not in item.option_names:
        context.faults.unknown((*path, "from"), "answer", part.trust.from_, item.option_names)
    elif _lowest(item) == part.trust.from_:
        what = f"{part.trust.from_!r} is the least trusting answer, so that everybody would trust"
        context.faults.add((*path, "from"), what, known=item.option_names)
    if late := _why_late(context, part, item, items):
        context.faults.add((*path, "item"), late, fix="Ask about trust first.")


def _lowest(item: Item) -> str:
    return item.option_names[-1] if item.reverse else item.option_names[0]


def _why_late(
    context: Context, part: InformationPart, item: Item, items: Mapping[str, Item]
) -> str:
    """Say why answers on trust may be what people were told already; "" where they are not."""
    if item.name in part.beliefs:
        return "is one of the questions that the information speaks for"
    earlier = list(items)[: list(items).index(item.name)]
    if moved := [name for name in earlier if name in part.beliefs]:
        return f"is asked after {moved[0]}, whose answers may be what people were told already"
    telling = _telling_block(context, part)
    places = {block.block: place for place, block in enumerate(context.file.blocks)}
    if telling is not None and places.get(item.block, -1) >= telling:
        return "is asked after people are told, and may follow from that"
    return ""
