"""Who is in the analysis: one row a person, each in a known stakeholder group."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Ints
from mfp_stats.design.report import Report, people
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, say

#: Up to this many people, a group's estimates are those of all groups with wide intervals.
FEW: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """The people of a fit and the rows of the sheet with their answers."""

    sheet: pl.DataFrame  #: N rows, one a person
    groups: tuple[str, ...]
    group_labels: tuple[str, ...]
    group: Ints  #: (N,)


def group_item(questionnaire: Questionnaire, group: str | None, report: Report) -> Item | None:
    """Return the select_one item whose options are the groups; None, with a fault, if none is."""
    name = group or questionnaire.group
    choices = tuple(i.name for i in questionnaire.items if i.type is ItemType.SELECT_ONE)
    if name in choices:
        return questionnaire.item(name)
    what = f"no select_one item is called {name!r}, so it cannot form groups"
    report.fault(Fault("group", what, known=choices))
    return None


def select_persons(
    sheet: pl.DataFrame, item: Item, wave: str | None, language: str, report: Report
) -> Persons | None:
    """Return one row a person of known group; None, with faults, where there are none.

    Parameters
    ----------
    sheet
        The answer sheet, all waves.
    item
        The select_one item whose options are the groups.
    wave
        Keep this wave; None keeps each person's latest.
    """
    if sheet.is_empty():
        report.fault(
            Fault("answers", "there are none yet", fix="Import a file or field the survey.")
        )
        return None
    one_each = _one_row_each(sheet, wave, report)
    if one_each.is_empty():
        return None
    codes = one_each[item.name]
    known = (codes >= 0) & (codes < len(item.options))
    if dropped := int((~known).sum()):
        label = f"“{say(item.label, language)}”" if item.label else item.name
        report.note(f"{people(dropped)} left out: no group known from {label}.")
    kept_rows = one_each.filter(known)
    if kept_rows.is_empty():
        report.fault(
            Fault(item.name, "nobody is in a known group", fix="Check the group item's mapping.")
        )
        return None
    counts = np.bincount(kept_rows[item.name].to_numpy(), minlength=len(item.options))
    kept = np.flatnonzero(counts)
    position = np.full(len(item.options), -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    _note_groups(item, counts, language, report)
    return Persons(
        sheet=kept_rows,
        groups=tuple(item.options[k].name for k in kept),
        group_labels=tuple(
            say(item.options[k].label, language) or item.options[k].name for k in kept
        ),
        group=position[kept_rows[item.name].to_numpy()],
    )


def _one_row_each(sheet: pl.DataFrame, wave: str | None, report: Report) -> pl.DataFrame:
    _refuse_double_rows(sheet, report)
    waves = sorted(sheet["wave"].unique(), key=wave_order)
    if wave is not None:
        if wave not in waves:
            report.fault(Fault("wave", f"nobody answered in wave {wave!r}", known=tuple(waves)))
        return sheet.filter(pl.col("wave") == wave)
    places = {name: place for place, name in enumerate(waves)}
    rank = pl.col("wave").replace_strict(places, return_dtype=pl.Int64)
    latest = sheet.filter(rank == rank.max().over("respondent")).unique(
        "respondent", maintain_order=True
    )
    if earlier := sheet.height - latest.height:
        report.note(
            f"{earlier} earlier answer rows left out: each person counts in their latest wave."
        )
    return latest


def _refuse_double_rows(sheet: pl.DataFrame, report: Report) -> None:
    key = ["respondent", "wave"]
    twice = sheet.select(key).filter(pl.struct(key).is_duplicated()).unique().sort(key)
    for respondent, wave in twice.iter_rows():
        report.fault(Fault(f"respondent {respondent}, wave {wave}", "has more than one row"))


def wave_order(wave: str) -> list[tuple[int, str]]:
    """Sort key of waves' names that puts wave 2 before wave 10."""
    return [(int(w), "") if w.isdigit() else (-1, w) for w in re.split(r"(\d+)", wave)]


def _note_groups(item: Item, counts: Ints, language: str, report: Report) -> None:
    names = [say(o.label, language) or o.name for o in item.options]
    if empty := [n for n, c in zip(names, counts, strict=True) if c == 0]:
        report.note(f"Groups without anyone in them: {', '.join(empty)}.")
    if small := [n for n, c in zip(names, counts, strict=True) if 0 < c <= FEW]:
        report.note(f"Groups with so few people that little is learnt: {', '.join(small)}.")
    if (counts > 0).sum() == 1:
        report.note("Only one group has people in it, so groups cannot be compared.")
