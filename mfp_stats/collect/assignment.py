"""What one person is asked, in which order: drawn from the instance id alone.

Every draw is a hash of (instance id, questionnaire, purpose, choice), so that it can be repeated
from the instance id on any machine and a change to one block leaves the draws of others alone.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mfp_stats.collect.answers import BOOKKEEPING
from mfp_stats.questionnaire.model import Block, Item, ItemType, Questionnaire


@dataclass(frozen=True, slots=True)
class Assignment:
    """The version of the questionnaire that one person gets.

    ``blocks`` maps the blocks shown, in order, to their items in order; ``interventions`` are
    those drawn, in order; ``options`` holds the option order of every item with options.
    """

    arms: Mapping[str, str]
    interventions: tuple[str, ...]
    blocks: Mapping[str, tuple[str, ...]]
    options: Mapping[str, tuple[str, ...]]

    @property
    def items(self) -> frozenset[str]:
        """Names of all items that this person may see."""
        return frozenset(name for items in self.blocks.values() for name in items)

    def shown(self) -> dict[str, list[str]]:
        """Return the record of what was shown, as :class:`Submission` stores it.

        Keys are ``blocks``, ``interventions``, ``items:{block}`` and ``options:{item}``.
        """
        return {
            "blocks": list(self.blocks),
            "interventions": list(self.interventions),
            **{f"items:{block}": list(items) for block, items in self.blocks.items()},
            **{f"options:{item}": list(names) for item, names in self.options.items()},
        }


@dataclass(frozen=True, slots=True)
class _Draw:
    seed: str

    def digest(self, purpose: str, choice: str = "") -> bytes:
        return hashlib.sha256("\x1f".join((self.seed, purpose, choice)).encode()).digest()

    def uniform(self, purpose: str) -> float:
        return int.from_bytes(self.digest(purpose)[:7]) / 2**56

    def shuffled(self, purpose: str, choices: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(choices, key=lambda choice: self.digest(purpose, choice)))


def assign(questionnaire: Questionnaire, instance_id: str) -> Assignment:
    """Draw arms, interventions and orders for one person.

    Parameters
    ----------
    questionnaire
        The version being answered.
    instance_id
        The person's instance id; the same id always gets the same assignment.

    Returns
    -------
    Assignment
        Interventions are drawn once, so that the consequence, signal and response blocks of a
        person are about the same ones; each block takes the first so many of them that it asks
        for.
    """
    draw = _Draw(f"{questionnaire.hash}\x1f{instance_id}")
    arms = {arm: _level(draw, arm, levels) for arm, levels in questionnaire.arms.items()}
    proposals = draw.shuffled("interventions", questionnaire.interventions)
    known = {item.name: item for item in questionnaire.items}
    blocks = {
        block.name: _items(draw, block, [known[name] for name in block.items], proposals)
        for block in _ordered(questionnaire, arms)
    }
    blocks = {name: items for name, items in blocks.items() if items}
    shown = [known[name] for items in blocks.values() for name in items]
    shuffling = {block.name for block in questionnaire.blocks if block.randomise_options}
    return Assignment(
        arms=arms,
        interventions=tuple(p for p in proposals if any(i.intervention == p for i in shown)),
        blocks=blocks,
        options={i.name: _options(draw, i, i.block in shuffling) for i in shown if i.options},
    )


def _level(draw: _Draw, arm: str, levels: Mapping[str, float]) -> str:
    point = draw.uniform(f"arm:{arm}") * sum(levels.values())
    for level, share in levels.items():
        point -= share
        if point < 0:
            return level
    return list(levels)[-1]


def _in_arms(block: Block, arms: Mapping[str, str]) -> bool:
    return all(arms.get(arm) in levels for arm, levels in block.arms.items())


def _ordered(questionnaire: Questionnaire, arms: Mapping[str, str]) -> list[Block]:
    """Return the blocks of this person's arms, in order.

    An order arm has levels called ``X_first``: that level puts block X before the blocks which
    the arm's other levels name; every other block stays where the questionnaire has it.
    """
    blocks = {b.name: b for b in questionnaire.blocks if _in_arms(b, arms)}
    order = list(blocks)
    for arm, drawn in arms.items():
        first = drawn.removesuffix("_first")
        rivals = {level.removesuffix("_first") for level in questionnaire.arms[arm]} - {first}
        places = [place for place, name in enumerate(order) if name in rivals]
        if drawn.endswith("_first") and first in order and places:
            here = order.index(first)
            order.insert(min(here, *places), order.pop(here))
    return [blocks[name] for name in order]


def _items(
    draw: _Draw, block: Block, items: Sequence[Item], proposals: Sequence[str]
) -> tuple[str, ...]:
    """Return the block's items for this person: general ones, then proposal by proposal.

    Of pairs of profiles so many as a person gets are drawn, and in an order of chance.
    """
    asked = [item for item in items if item.role not in BOOKKEEPING]
    if block.attributes:
        pairs = draw.shuffled(f"pairs:{block.name}", (item.name for item in asked))
        return pairs[: block.pairs_per_person]
    drawn = (None, *proposals[: block.interventions_per_person])
    runs = [[item for item in asked if item.intervention == about] for about in drawn]
    if block.randomise_items:
        # One order for all proposals, so that a person learns the card once.
        order = draw.shuffled(f"items:{block.name}", {_without_proposal(i) for i in asked})
        runs = [sorted(run, key=lambda i: _place(i, order)) for run in runs]
    return tuple(item.name for run in runs for item in run)


def _place(item: Item, order: Sequence[str]) -> int:
    """Return where an item comes: notes introduce what follows, so they stay in front."""
    return -1 if item.type is ItemType.NOTE else order.index(_without_proposal(item))


def _without_proposal(item: Item) -> str:
    parts = item.name.split(".")
    return ".".join(part for part in parts if part != item.intervention)


def _options(draw: _Draw, item: Item, shuffle: bool) -> tuple[str, ...]:
    """Return the option order; scales keep theirs, "other" and exclusive options stay last."""
    if not shuffle or item.level == "ordinal":
        return item.option_names
    last = [o.name for o in item.options if o.exclusive or o.residual]
    free = [name for name in item.option_names if name not in last]
    return (*draw.shuffled(f"options:{item.name}", free), *last)
