"""What people are weighted by: the weights of the file, or these raked to population margins."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.compared import Compared
from mfp_stats.design.data import Floats, Weighting
from mfp_stats.design.persons import Persons
from mfp_stats.design.report import Report, people
from mfp_stats.errors import DesignError, Fault
from mfp_stats.questionnaire.model import Item, Questionnaire, say
from mfp_stats.weights import Margins, Raked, count_zeros, normalise, rake, weight_faults

#: Waves whose weights are on average so many times another's were weighted on another scale.
OTHER_SCALE: Final = 3.0


def weights_of(
    persons: Persons,
    compared: Compared,
    margins: Margins | None,
    report: Report,
    *,
    language: str = "en",
) -> tuple[Floats | None, Weighting]:
    """Return what people are weighted by, mean 1, and what to call it; None without weights.

    Where waves are compared each wave is weighted by itself, so that every one of them meets the
    margins, and counts for as many people as answered in it. Where only some waves have weights
    none are used: a weighted wave and an unweighted one differ by the weights alone.

    Parameters
    ----------
    persons, compared
        Who is in the analysis, and what tells them apart.
    margins
        As in :func:`weights`.
    language
        Of the labels in notes.
    """
    questionnaire = compared.questionnaire
    if compared.item is not None:
        return weights(persons.sheet, questionnaire, margins, report, language=language)
    found: list[Floats | None] = []
    name: Weighting = "weighted"
    for k, label in enumerate(persons.group_labels):
        own = Report(faults=report.faults)
        one = persons.sheet.filter(persons.group == k)
        before = len(own.faults)
        weight, name = weights(one, questionnaire, margins, own, language=language)
        own.faults[before:] = [_in_wave(fault, label) for fault in own.faults[before:]]
        report.notes += [f"{label}: {note}" for note in own.notes]
        found.append(weight)
    without = [x for x, w in zip(persons.group_labels, found, strict=True) if w is None]
    if without and len(without) < len(found):
        report.note(
            f"Without weights: {', '.join(without)}. The other waves' weights are not used either, "
            "so that no wave differs from another by its weights alone."
        )
    if without:
        return None, name
    joined = np.empty(len(persons.group))
    for k, weight in enumerate(found):
        joined[persons.group == k] = weight
    return joined, name


def _in_wave(fault: Fault, label: str) -> Fault:
    return replace(fault, where=f"{label}, {fault.where}")


def weights(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    margins: Margins | None,
    report: Report,
    *,
    language: str = "en",
) -> tuple[Floats | None, Weighting]:
    """Return what people are weighted by, mean 1, and what to call it; None without weights.

    Parameters
    ----------
    sheet
        One row a person.
    margins
        Shares of the population to rake to, from the file's weights where there are any.
    language
        Of the labels in notes.
    """
    faults_before = len(report.faults)
    base = _file_weights(sheet, report)
    if margins is None or len(report.faults) > faults_before:
        return base, "weighted"
    items = [questionnaire.item(name) for name in margins.shares]
    answers = {item.name: _chosen(sheet, item) for item in items}
    try:
        raked = rake(answers, margins, base)
    except DesignError as error:
        report.faults.extend(error.faults)
        return None, "raked"
    _note(items, answers, raked, report, language)
    return raked.weights, "raked"


def _file_weights(sheet: pl.DataFrame, report: Report) -> Floats | None:
    column = sheet["weight"].cast(pl.Float64)
    if column.null_count() == len(column):
        return None
    if without := column.null_count():
        report.note(f"{people(without)} without a weight: counted in unweighted estimates only.")
    found = column.fill_null(0.0).to_numpy()
    names = [f"respondent {name}" for name in sheet["respondent"]]
    if faults := weight_faults(found, names):
        report.faults.extend(faults)
        return None
    if zeros := count_zeros(found) - without:
        report.note(f"{people(zeros)} with weight zero: counted in unweighted estimates only.")
    return _on_one_scale(normalise(found), sheet, report)


def _on_one_scale(weight: Floats, sheet: pl.DataFrame, report: Report) -> Floats:
    """Return weights with mean 1 in each wave, where waves were weighted on different scales.

    One wave's weights may be numbers of people in the population, another's have mean 1: taken as
    they are, the first alone would count.
    """
    waves = sheet["wave"].to_numpy()
    names, wave = np.unique(waves.astype(str), return_inverse=True)
    counted = np.bincount(wave, weight > 0, minlength=len(names))
    mean = np.bincount(wave, weight, minlength=len(names)) / np.maximum(counted, 1)
    there = mean > 0
    if mean[there].max() < OTHER_SCALE * mean[there].min():
        return weight
    heavy, light = (names[there][k] for k in (mean[there].argmax(), mean[there].argmin()))
    times = mean[there].max() / mean[there].min()
    report.note(
        f"Weights in wave {heavy} are on average {times:,.0f} times those in wave {light}: taken "
        "to be on another scale. Those of each wave are brought to the same average."
    )
    return normalise(weight / np.where(there, mean, 1.0)[wave])


def _chosen(sheet: pl.DataFrame, item: Item) -> list[str | None]:
    """Return the name of the option that each person chose, None where they chose none."""
    return [item.option_names[code] if code >= 0 else None for code in sheet[item.name]]


def _note(
    items: list[Item],
    answers: dict[str, list[str | None]],
    raked: Raked,
    report: Report,
    language: str,
) -> None:
    labels = [f"“{say(item.label, language) or item.name}”" for item in items]
    report.note(f"Weights are raked to shares of the population in: {', '.join(labels)}.")
    for item, label in zip(items, labels, strict=True):
        if unknown := sum(answer is None for answer in answers[item.name]):
            report.note(
                f"{people(unknown)} without an answer to {label}: kept; together they count as "
                "much as before raking, and its shares hold among the others."
            )
    if not raked.within:
        report.note(
            f"To meet these shares, somebody counts {raked.heaviest:.1f} times as much as the "
            f"average; more than {raked.limit:.1f} was to be avoided. Weighted estimates lean on "
            "few people: merge rare options, or leave a margin out."
        )
