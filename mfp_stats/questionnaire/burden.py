"""How long a questionnaire takes, before anyone has answered it."""

from collections.abc import Mapping
from typing import Final

from mfp_stats.questionnaire.model import Block, Item, ItemType, Questionnaire, Role, Text, say

#: Roles that the organiser fills in; nobody is asked for them.
NOT_ASKED: Final = frozenset({Role.WEIGHT, Role.ARM, Role.WAVE})
#: Reading speed of adults who read a form with care.
WORDS_A_MINUTE: Final = 200
#: Seconds to decide and tick, beside reading. Rules of thumb, on the slow side.
_SECONDS: Final[Mapping[ItemType, float]] = {
    ItemType.SELECT_ONE: 4,
    ItemType.SELECT_MULTIPLE: 10,
    ItemType.RANK: 25,
    ItemType.BEST_WORST: 9,
    ItemType.INTEGER: 6,
    ItemType.DECIMAL: 6,
    ItemType.TEXT: 45,
    ItemType.NOTE: 0,
}


def minutes(questionnaire: Questionnaire) -> float:
    """Return the minutes that an average respondent needs.

    Blocks for some levels of an arm count with those levels' probability, questions about
    proposals with the share of proposals that a person answers for, and questions with a
    ``relevant`` in full.
    """
    seconds = _reading(questionnaire.intro) + _reading(questionnaire.consent)
    return (seconds + sum(_block(questionnaire, block) for block in questionnaire.blocks)) / 60


def share_asked(questionnaire: Questionnaire, block: Block) -> float:
    """Return the share of people who get a block, by the arms that it is for."""
    share = 1.0
    for arm, levels in block.arms.items():
        share *= sum(questionnaire.arms[arm][level] for level in levels)
    return share


def _block(questionnaire: Questionnaire, block: Block) -> float:
    items = [questionnaire.item(name) for name in block.items]
    asked = [item for item in items if item.role not in NOT_ASKED]
    there = {item.intervention for item in asked if item.intervention is not None}
    drawn = min(block.interventions_per_person or len(there), len(there))
    part = drawn / len(there) if there else 1.0
    seconds = _reading(block.title) + _reading(block.intro)
    for name in there & set(questionnaire.interventions):
        proposal = questionnaire.interventions[name]
        seconds += part * (_reading(proposal.label) + _reading(proposal.description))
    seen: set[str | None] = {None}
    for item in asked:
        seconds += (part if item.intervention else 1.0) * _item(item, item.scale not in seen)
        seen.add(item.scale)
    return share_asked(questionnaire, block) * seconds


def _item(item: Item, new_scale: bool) -> float:
    """Return an item's seconds; a scale's labels are read once a block, other options always."""
    seconds = _SECONDS[item.type] + _reading(item.label) + _reading(item.hint)
    if new_scale or item.scale is None:
        seconds += sum(_reading(option.label) + _reading(option.note) for option in item.options)
    return seconds


def _reading(text: Text) -> float:
    return 60 * len(say(text).split()) / WORDS_A_MINUTE
