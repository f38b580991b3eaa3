"""What a reader has to know where waves are compared: who answered in them, and what was asked."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from mfp_stats.design.compared import Compared
from mfp_stats.design.data import Floats, Ints
from mfp_stats.design.persons import Persons
from mfp_stats.design.report import Report, people
from mfp_stats.errors import first_names
from mfp_stats.frames.columns import item_code
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, say

#: From so many percentage points on waves are said to differ in who answered.
APART: Final = 5.0
#: What is compared between waves, by the roles that ask for it.
_ASKED: Final[Mapping[Role, str]] = {
    Role.VALUE_TRADEOFF: "trade-offs between values",
    Role.VALUE_RATING: "importance ratings",
    Role.BELIEF: "beliefs",
    Role.CONSEQUENCE: "expected consequences",
    Role.SIGNAL: "signals",
    Role.RESPONSE: "responses to proposals",
    Role.CONJOINT: "choices between proposals",
    Role.EXPERIENCE: "experience",
}


def note_waves(
    persons: Persons, compared: Compared, report: Report, *, weighted: bool, language: str = "en"
) -> None:
    """Note what may stand behind a difference between waves, other than that people changed.

    Parameters
    ----------
    persons
        Every answer in its wave.
    compared
        What they are taken from.
    weighted
        Whether people are weighted.
    language
        Of the labels.
    """
    _note_panel(persons, compared.questionnaire.floor, report)
    if compared.within is None and not weighted:
        _note_composition(persons, compared.questionnaire, language, report)
    _note_not_asked(persons, compared.questionnaire, report)


def _note_panel(persons: Persons, floor: int, report: Report) -> None:
    """Say how many people answered more than once, and what that does to intervals.

    A difference of two means has the variance of both less twice their covariance: where somebody
    is like themselves in both waves, taking the two for strangers overstates it. What is estimated
    of all waves together rests on fewer people than it counts.
    """
    times = persons.sheet["respondent"].value_counts()["count"]
    sizes = np.bincount(persons.group, minlength=len(persons.groups))
    if again := int((times > 1).sum()):
        # Of a wave that is not shown nobody may be counted.
        told = again > floor and bool((sizes > floor).all())
        who = f"{again} of {people(len(times))}" if told else "Some people"
        report.note(
            f"{who} answered in more than one wave, and each of their "
            "answers counts as another person's. As far as people stay like themselves, what "
            "changed between waves is known better than its intervals say; what holds for all "
            "waves together, such as the worldviews, is known less well."
        )


def _note_composition(
    persons: Persons, questionnaire: Questionnaire, language: str, report: Report
) -> None:
    """Say where the stakeholder groups have other shares in one wave than in another."""
    counts = _group_counts(persons, questionnaire)
    known = counts.sum(axis=1)
    if unknown := [x for x, n in zip(persons.group_labels, known, strict=True) if not n]:
        report.note(
            f"Nobody's stakeholder group is known in: {', '.join(unknown)}. So it cannot be told "
            "whether the same kind of people answered."
        )
    there = known > 0
    shares = 100 * counts[there] / known[there, None]
    if len(shares) < 2:
        return
    apart = np.flatnonzero(np.ptp(shares, axis=0) >= APART)
    if not len(apart):
        return
    labels = [f"“{say(o.label, language) or o.name}”" for o in questionnaire.groups]
    waves = [x for x, n in zip(persons.group_labels, known, strict=True) if n]
    # Small cells are told nowhere, and of shares that add up to 100 % none may be worked out.
    answered = counts[there][:, counts.sum(axis=0) > 0]
    if (answered > questionnaire.floor).all():
        told = "; ".join(_shares(labels[g], waves, shares[:, g]) for g in apart)
    else:
        told = ", ".join(labels[g] for g in apart)
    names = ", ".join(questionnaire.groups[g].name for g in apart)
    report.note(
        f"Waves differ by {APART:.0f} points or more in the share of: {told}. What changed may be "
        f"who answered. To see the change within one group: --within GROUP ({names})."
    )


def _group_counts(persons: Persons, questionnaire: Questionnaire) -> Ints:
    """Return how many people of each wave are of each stakeholder group, (waves, groups)."""
    codes = persons.sheet[questionnaire.group].to_numpy()
    counts = np.zeros((len(persons.groups), len(questionnaire.groups)), dtype=np.int64)
    np.add.at(counts, (persons.group[codes >= 0], codes[codes >= 0]), 1)
    return counts


def _shares(label: str, waves: list[str], shares: Floats) -> str:
    told = [f"{share:.0f} % in {wave}" for wave, share in zip(waves, shares, strict=True)]
    return f"{label} ({', '.join(told)})"


def _note_not_asked(persons: Persons, questionnaire: Questionnaire, report: Report) -> None:
    """Say what nobody of a wave answered that others did: as a rule it was not asked there."""
    answered = _answered(persons, questionnaire)
    for k, label in enumerate(persons.group_labels):
        lacking = [
            what for what, items in answered.items() if not any(c[k] for c in items.values())
        ]
        if lacking:
            report.note(
                f"Nobody answered any question on these in {label}: {', '.join(lacking)}. "
                "What needs them is not compared with that wave."
            )
    some = [f"{name} ({where})" for name, where in _in_some(persons, answered)]
    if some:
        report.note(
            f"Questions that were answered only in some waves: {first_names(some)}. "
            "Elsewhere they count as not asked."
        )


#: What is compared -> item -> whether anybody of each wave answered it.
type _Answered = Mapping[str, Mapping[str, list[bool]]]


def _answered(persons: Persons, questionnaire: Questionnaire) -> _Answered:
    """Return which items were answered in which waves, those that were in none left out."""
    found: dict[str, dict[str, list[bool]]] = {}
    for item in questionnaire.with_role(*_ASKED):
        if item.type is ItemType.NOTE:
            continue
        waves = _waves_with(persons, item)
        if any(waves):
            found.setdefault(_ASKED[item.role], {})[item.name] = waves
    return found


def _waves_with(persons: Persons, item: Item) -> list[bool]:
    given = persons.sheet.select(item_code(item) >= 0).to_series().to_numpy()
    n = np.bincount(persons.group[given.astype(np.bool_)], minlength=len(persons.groups))
    return [bool(count) for count in n]


def _in_some(persons: Persons, answered: _Answered) -> Iterator[tuple[str, str]]:
    """Yield items that some waves answered, with these, of roles that every wave answered."""
    for items in answered.values():
        everywhere = [k for k in range(len(persons.groups)) if any(c[k] for c in items.values())]
        for name, waves in items.items():
            if not all(waves[k] for k in everywhere):
                labels = [x for x, there in zip(persons.group_labels, waves, strict=True) if there]
                yield name, ", ".join(labels)
