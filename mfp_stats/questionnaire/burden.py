"""How long a questionnaire takes, before anyone has answered it."""

from collections.abc import Mapping
from typing import Final

from mfp_stats.questionnaire.model import Block, Item, ItemType, Questionnaire, Role, Text, say

#: Roles that the organiser fills in; nobody is asked for them.
NOT_ASKED: Final = frozenset({Role.WEIGHT, Role.ARM, Role.WAVE})
#: Reading speed of adults who read a form with care.
WORDS_A_MINUTE: Final = 200
#: Part of that time that a text takes which was read before: a scale, a proposal, a value.
AGAIN: Final = 0.25
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
#: Likewise, to weigh two profiles of a conjoint against each other.
_PAIR_SECONDS: Final = 9.0


def minutes(questionnaire: Questionnaire) -> float:
    """Return the minutes that an average respondent needs, in the first language.

    Blocks for some levels of an arm count with those levels' probability, questions about
    proposals with the share of proposals that a person answers for, pairs of profiles with the
    share of pairs, and questions with a ``relevant`` in full.
    """
    reader = _Reader(questionnaire.languages[0])
    seconds = reader.seconds(questionnaire.intro, questionnaire.consent)
    return seconds / 60 + sum(_blocks(questionnaire, reader).values())


def block_minutes(questionnaire: Questionnaire) -> dict[str, float]:
    """Return how much of :func:`minutes` each block takes, by name."""
    reader = _Reader(questionnaire.languages[0])
    reader.seconds(questionnaire.intro, questionnaire.consent)
    return _blocks(questionnaire, reader)


def _blocks(questionnaire: Questionnaire, reader: "_Reader") -> dict[str, float]:
    return {block.name: _block(questionnaire, block, reader) / 60 for block in questionnaire.blocks}


class _Reader:
    """A respondent who remembers what they have read."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.read: set[str] = set()

    def seconds(self, *texts: Text) -> float:
        """Return the seconds it takes to read some texts."""
        seconds = 0.0
        for text in (say(text, self.language) for text in texts):
            part = AGAIN if text in self.read else 1.0
            seconds += part * 60 * len(text.split()) / WORDS_A_MINUTE
            self.read.add(text)
        return seconds


def share_asked(questionnaire: Questionnaire, block: Block) -> float:
    """Return the share of people who get a block, by the arms that it is for."""
    share = 1.0
    for arm, levels in block.arms.items():
        share *= sum(questionnaire.arms[arm][level] for level in levels)
    return share


def _block(questionnaire: Questionnaire, block: Block, reader: _Reader) -> float:
    items = [questionnaire.item(name) for name in block.items]
    asked = [item for item in items if item.role not in NOT_ASKED]
    about = [
        name for name in questionnaire.interventions if name in {i.intervention for i in asked}
    ]
    drawn = min(block.interventions_per_person or len(about), len(about))
    part = drawn / len(about) if about else 1.0
    seconds = reader.seconds(block.title, block.intro)
    for proposal in (questionnaire.interventions[name] for name in about):
        seconds += part * reader.seconds(proposal.label, proposal.description)
    # Levels are new to people once; after that they know what stands in each profile.
    words = _profile_words(block)
    seconds += reader.seconds(*(text for texts in words.values() for text in texts.values()))
    pairs = sum(bool(item.profiles) for item in asked)
    drawn_pairs = min(block.pairs_per_person or pairs, pairs)
    for item in asked:
        share = drawn_pairs / pairs if item.profiles else part if item.intervention else 1.0
        seconds += share * _item(item, reader, words)
    return share_asked(questionnaire, block) * seconds


def _profile_words(block: Block) -> dict[str, dict[str, Text]]:
    """Return what a block's profiles say: by attribute, its label as "" and those of its levels."""
    return {
        name: {"": one.label, **{level.name: level.label for level in one.levels}}
        for name, one in block.attributes.items()
    }


def _item(item: Item, reader: _Reader, words: Mapping[str, Mapping[str, Text]]) -> float:
    if item.profiles:
        parts = [
            words[attribute][part]
            for profile in item.profiles.values()
            for attribute, level in profile.items()
            for part in ("", level)
        ]
        labels = [option.label for option in item.options]
        return _PAIR_SECONDS + reader.seconds(item.label, item.hint, *labels, *parts)
    options = [text for option in item.options for text in (option.label, option.note)]
    return _SECONDS[item.type] + reader.seconds(item.label, item.hint, *options)
