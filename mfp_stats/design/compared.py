"""Who is compared with whom: by which item, or by wave, and within which group."""

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from mfp_stats.design.report import Report
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, Role, say

#: In the place of an item's name: the waves are compared. Every sheet has a column of that name, so
#: that no item can have it (:mod:`mfp_stats.questionnaire.reserved`).
BY_WAVE: Final = "wave"


@dataclass(frozen=True, slots=True)
class Compared:
    """Who is compared with whom."""

    questionnaire: Questionnaire
    item: Item | None  #: whose options are the groups; None: the waves are
    within: Option | None  #: only people of this stakeholder group
    wave: str | None  #: only this wave

    @classmethod
    def of(
        cls,
        questionnaire: Questionnaire,
        report: Report,
        *,
        group: str | None = None,
        within: str | None = None,
        wave: str | None = None,
    ) -> "Compared | None":
        """Look up what was asked for; None, with faults, where it is not there.

        Parameters
        ----------
        group
            A select_one item, or :data:`BY_WAVE`; None: the questionnaire's own.
        within
            Only people of this group of the questionnaire's own; None: everybody.
        wave
            Only this wave; None: each person's latest, or every one where waves are compared.
        """
        before = len(report.faults)
        item = None if group == BY_WAVE else group_item(questionnaire, group, report)
        own = None if within is None else _own_group(questionnaire, group, within, report)
        return None if len(report.faults) > before else cls(questionnaire, item, own, wave)

    @property
    def name(self) -> str:
        """The item's name, or :data:`BY_WAVE`."""
        return BY_WAVE if self.item is None else self.item.name


def group_item(questionnaire: Questionnaire, group: str | None, report: Report) -> Item | None:
    """Return the select_one item whose options are the groups; None, with a fault, if none is.

    An item of role wave is refused: it says when people answered, and would compare each person's
    latest answer alone.
    """
    name = group or questionnaire.group
    choices = tuple(
        i.name
        for i in questionnaire.items
        if i.type is ItemType.SELECT_ONE and i.role is not Role.WAVE
    )
    if name in choices:
        return questionnaire.item(name)
    if any(i.name == name and i.role is Role.WAVE for i in questionnaire.items):
        what = f"{name!r} has the role wave: it says when people answered, not who they are"
        fix = f"Import each wave under its name, and compare waves: --group {BY_WAVE}"
        report.fault(Fault("group", what, fix=fix))
        return None
    what = f"no select_one item is called {name!r}, so it cannot form groups"
    report.fault(Fault("group", what, known=(*choices, BY_WAVE)))
    return None


def _own_group(
    questionnaire: Questionnaire, group: str | None, within: str, report: Report
) -> Option | None:
    """Return the stakeholder group that alone is wanted; None, with a fault where it cannot be."""
    if group in (None, questionnaire.group):
        what = f"people are compared by {questionnaire.group}, and would all be in one group of it"
        fix = f"Compare them by something else: --group {BY_WAVE}, or an item"
        report.fault(Fault("within", what, fix=fix))
        return None
    for option in questionnaire.groups:
        if option.name == within:
            return option
    known = tuple(option.name for option in questionnaire.groups)
    report.fault(Fault("within", f"{questionnaire.group} has no group {within!r}", known=known))
    return None


def of_group(sheet: pl.DataFrame, questionnaire: Questionnaire, name: str | None) -> pl.DataFrame:
    """Return the rows of one stakeholder group by its name; all of them of None."""
    if name is None:
        return sheet
    code = questionnaire.item(questionnaire.group).option_names.index(name)
    return sheet.filter(pl.col(questionnaire.group) == code)


def group_label(questionnaire: Questionnaire, name: str | None, language: str = "en") -> str | None:
    """Return what a stakeholder group is called; None of None."""
    labels = {option.name: say(option.label, language) for option in questionnaire.groups}
    return None if name is None else labels[name] or name


def waves_of(sheet: pl.DataFrame) -> tuple[str, ...]:
    """Return the waves that a sheet has answers of, in order."""
    return tuple(sorted(sheet["wave"].unique(), key=wave_order))


def wave_label(wave: str) -> str:
    """Return what a wave is called: its name, with the word before it where that is not there."""
    return wave[:1].upper() + wave[1:] if wave.lower().startswith("wave") else f"Wave {wave}"


def wave_order(wave: str) -> list[tuple[int, str]]:
    """Sort key of waves' names that puts wave 2 before wave 10."""
    return [(int(w), "") if w.isdigit() else (-1, w) for w in re.split(r"(\d+)", wave)]
