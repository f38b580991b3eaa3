"""Who is in the analysis: one row a person, each in a known stakeholder group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.compared import Compared, group_label, of_group, wave_label, waves_of
from mfp_stats.design.data import Ints
from mfp_stats.design.report import Report, people
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Item, Option, Questionnaire, say

#: Up to this many people, a group's estimates are those of all groups with wide intervals.
FEW: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """The people of a fit and the rows of the sheet with their answers."""

    sheet: pl.DataFrame  #: N rows, one a person
    respondents: tuple[str, ...]  #: N names, all different
    groups: tuple[str, ...]
    group_labels: tuple[str, ...]
    group: Ints  #: (N,)


def select_persons(
    sheet: pl.DataFrame, compared: Compared, language: str, report: Report
) -> Persons | None:
    """Return one row a person of known group; None, with faults, where there are none.

    Where waves are compared it is one row a person and wave.

    Parameters
    ----------
    sheet
        The answer sheet, all waves.
    compared
        Who is compared with whom.
    language
        Of the labels.
    """
    if sheet.is_empty():
        report.fault(
            Fault("answers", "there are none yet", fix="Import a file or field the survey.")
        )
        return None
    _refuse_double_rows(sheet, report)
    kept = _of_waves(sheet, compared, report)
    if compared.within is not None and not kept.is_empty():
        kept = _of_group(kept, compared.questionnaire, compared.within, language, report)
    if kept.is_empty():
        return None
    if compared.item is None:
        return _by_wave(kept, compared, language, report)
    return _by_item(kept, compared.item, language, report)


def _of_waves(sheet: pl.DataFrame, compared: Compared, report: Report) -> pl.DataFrame:
    """Return the rows of the waves that count."""
    waves = waves_of(sheet)
    if compared.wave is not None:
        if compared.wave not in waves:
            what = f"nobody answered in wave {compared.wave!r}"
            report.fault(Fault("wave", what, known=waves))
        return sheet.filter(pl.col("wave") == compared.wave)
    return sheet if compared.item is None else _latest(sheet, waves, report)


def _of_group(
    sheet: pl.DataFrame, questionnaire: Questionnaire, own: Option, language: str, report: Report
) -> pl.DataFrame:
    """Return the rows of people who said that they are of one stakeholder group."""
    label = f"“{group_label(questionnaire, own.name, language)}”"
    kept = of_group(sheet, questionnaire, own.name)
    if kept.is_empty():
        report.fault(Fault("within", f"nobody who answered is of the group {label}"))
        return kept
    report.note(f"Only people of {label} are in this fit.")
    if unknown := sheet.filter(pl.col(questionnaire.group) < 0).height:
        report.note(f"{people(unknown)} left out: not known whether they are of {label}.")
    return kept


def _by_wave(
    sheet: pl.DataFrame, compared: Compared, language: str, report: Report
) -> Persons | None:
    """Return every row in the wave that it was given in."""
    waves = waves_of(sheet)
    if len(waves) < 2:
        name = compared.within and group_label(
            compared.questionnaire, compared.within.name, language
        )
        whose = f" of people of “{name}”" if name else ""
        only = ", ".join(repr(wave) for wave in waves)
        what = f"only wave {only} has answers{whose}; a change shows from two waves on"
        fix = "Import the other wave under its name: mfp import SURVEY FILE --wave NAME"
        report.fault(Fault("wave", what, fix=fix))
        return None
    place = {name: k for k, name in enumerate(waves)}
    labels = tuple(wave_label(name) for name in waves)
    group = np.array([place[name] for name in sheet["wave"]], dtype=np.int64)
    counts = np.bincount(group, minlength=len(waves))
    if small := [label for label, n in zip(labels, counts, strict=True) if n <= FEW]:
        report.note(f"Waves with so few people that little is learnt: {', '.join(small)}.")
    return Persons(
        sheet=sheet,
        # Somebody who answered twice is two persons here, and coordinates need two names.
        respondents=tuple(f"{name}, wave {wave}" for name, wave in _keys(sheet)),
        groups=waves,
        group_labels=labels,
        group=group,
    )


def _keys(sheet: pl.DataFrame) -> list[tuple[str, str]]:
    return list(zip(sheet["respondent"], sheet["wave"], strict=True))


def _by_item(one_each: pl.DataFrame, item: Item, language: str, report: Report) -> Persons | None:
    """Return one row a person whose group is known from an item."""
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
        respondents=tuple(kept_rows["respondent"]),
        groups=tuple(item.options[k].name for k in kept),
        group_labels=tuple(
            say(item.options[k].label, language) or item.options[k].name for k in kept
        ),
        group=position[kept_rows[item.name].to_numpy()],
    )


def _latest(sheet: pl.DataFrame, waves: Sequence[str], report: Report) -> pl.DataFrame:
    """Return each person's row of their latest wave."""
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


def _note_groups(item: Item, counts: Ints, language: str, report: Report) -> None:
    names = [say(o.label, language) or o.name for o in item.options]
    if empty := [n for n, c in zip(names, counts, strict=True) if c == 0]:
        report.note(f"Groups without anyone in them: {', '.join(empty)}.")
    if small := [n for n, c in zip(names, counts, strict=True) if 0 < c <= FEW]:
        report.note(f"Groups with so few people that little is learnt: {', '.join(small)}.")
    if (counts > 0).sum() == 1:
        report.note("Only one group has people in it, so groups cannot be compared.")
