"""Choices between made-up proposals, as people of the fit answered them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Ints
from mfp_stats.design.report import Report
from mfp_stats.frames.columns import item_code
from mfp_stats.questionnaire.model import (
    Attribute,
    Block,
    Item,
    Option,
    Questionnaire,
    Role,
    say,
    short_label,
)


@dataclass(frozen=True, slots=True, eq=False)
class Conjoint:
    """Choices of one block. T levels of all attributes, one attribute after the other."""

    name: str
    label: str
    #: Names of the attribute and the level, and their texts, each (T,).
    attribute: tuple[str, ...]
    level: tuple[str, ...]
    attribute_label: tuple[str, ...]
    level_label: tuple[str, ...]
    #: With texts for names, and ``respondent`` numbering those who answered.
    profiles: ConjointProfiles
    person: Ints  #: (respondents,) row of ``ModelData``


def conjoints(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    groups: Sequence[str],
    group: Ints,
    report: Report,
    *,
    language: str = "en",
) -> tuple[Conjoint, ...]:
    """Return the choices of every block that asks for some; blocks that nobody answered are noted.

    Parameters
    ----------
    sheet
        One row a person.
    groups, group
        Names of the groups, and the group (N,) of each row.
    report
        Told what was left out.
    language
        Of the texts.
    """
    found = []
    for block in questionnaire.blocks:
        if not block.attributes:
            continue
        one = _conjoint(sheet, questionnaire, block, tuple(groups), group, language)
        label = say(block.title, language) or block.name
        if one is None:
            report.note(f"“{label}” is left out: nobody chose between its proposals.")
        elif unseen := _unseen(one):
            which = ", ".join(f"“{level}”" for level in unseen)
            report.note(f"“{label}” is left out: nobody who chose was shown {which}.")
        else:
            found.append(one)
    return tuple(found)


def _conjoint(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    block: Block,
    groups: tuple[str, ...],
    group: Ints,
    language: str,
) -> Conjoint | None:
    pairs = [i for i in questionnaire.with_role(Role.CONJOINT) if i.block == block.name]
    codes = sheet.select(item_code(i).alias(i.name) for i in pairs).to_numpy().astype(np.int64)
    person, pair = np.nonzero(codes >= 0)
    if not len(person):
        return None
    attributes = list(block.attributes.values())
    shown = np.array([_levels(item, attributes) for item in pairs])  # (pairs, 2, A)
    taken = codes[person, pair]
    # Two rows a choice, the first proposal and then the second.
    rows = np.arange(2 * len(person))
    who, respondent = np.unique(person, return_inverse=True)
    texts = _texts(attributes, language)
    profiles = ConjointProfiles(
        attributes=texts,
        level=shown[pair].reshape(len(rows), len(attributes)),
        chosen=np.column_stack([taken == 0, taken == 1]).astype(np.float64).ravel(),
        respondent=np.repeat(respondent, 2).astype(np.int64),
        weight=np.ones(len(rows)),
        groups=groups,
        group=np.repeat(group[person], 2),
        rival=np.where(rows % 2 == 0, rows + 1, rows - 1),
    )
    cells = [(a.name, option.name) for a in attributes for option in a.levels]
    labels = [(text, level) for text, levels in texts.items() for level in levels]
    return Conjoint(
        name=block.name,
        label=say(block.title, language) or block.name,
        attribute=tuple(name for name, _ in cells),
        level=tuple(name for _, name in cells),
        attribute_label=tuple(text for text, _ in labels),
        level_label=tuple(text for _, text in labels),
        profiles=profiles,
        person=who,
    )


def _levels(item: Item, attributes: Sequence[Attribute]) -> list[list[int]]:
    """Return the places of the levels of both proposals, (2, A)."""
    return [
        [[o.name for o in a.levels].index(item.profiles[option][a.name]) for a in attributes]
        for option in item.option_names
    ]


def _texts(attributes: Sequence[Attribute], language: str) -> dict[str, tuple[str, ...]]:
    """Return the text of each attribute and its levels; names where two texts are the same."""
    labels = [short_label(a, language) for a in attributes]
    if len(set(labels)) < len(labels):
        labels = [a.name for a in attributes]
    return {label: _unique(a.levels, language) for label, a in zip(labels, attributes, strict=True)}


def _unique(levels: Sequence[Option], language: str) -> tuple[str, ...]:
    texts = [short_label(o, language) for o in levels]
    return tuple(texts if len(set(texts)) == len(texts) else [o.name for o in levels])


def _unseen(one: Conjoint) -> list[str]:
    """Return the levels that were in no pair that anybody answered."""
    shown = set((one.profiles.level + one.profiles.starts).ravel().tolist())
    return [text for t, text in enumerate(one.level_label) if t not in shown]
