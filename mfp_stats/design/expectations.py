"""Consequence and signal ratings as cells of intervention × outcome and intervention × signal."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.data import Expectations, Ints
from mfp_stats.design.report import Report
from mfp_stats.frames.scores import scored_levels
from mfp_stats.questionnaire.model import Item, Questionnaire, Role, short_label


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    item: Item
    levels: tuple[str, ...]  # least first
    neutral: float
    named: bool  # whether the questionnaire names the neutral answer
    answers: Ints  # (N,)


def expectations(
    sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report, *, language: str = "en"
) -> Expectations | None:
    """Return the answered consequence and signal ratings; None where there are none.

    Parameters
    ----------
    sheet
        One row a person.
    language
        Of the labels.

    Notes
    -----
    Zero is the answer that says "no difference" where the questionnaire names it as ``neutral``,
    else the middle of the scale, of which nobody says that it is neutral. Cells that nobody rated,
    or that everybody rated alike, are left out.
    """
    cells = [
        cell
        for item in questionnaire.with_role(Role.CONSEQUENCE, Role.SIGNAL)
        if (cell := _cell(sheet, item, questionnaire, report)) is not None
    ]
    if not cells:
        return None
    scales = list(dict.fromkeys((c.levels, c.neutral) for c in cells))
    cells.sort(key=lambda c: scales.index((c.levels, c.neutral)))
    interventions = _in_order(questionnaire.interventions, {c.item.intervention for c in cells})
    signals = _in_order(questionnaire.signals, {c.item.signal for c in cells})
    return Expectations(
        interventions=interventions,
        signals=signals,
        signal_labels=tuple(
            # Tables say elsewhere which proposal a row is about.
            short_label(questionnaire.signals[q], language).replace("{intervention}", "…")
            for q in signals
        ),
        intervention=_places(interventions, [c.item.intervention for c in cells]),
        value=_places(tuple(questionnaire.values), [c.item.value for c in cells]),
        signal=_places(signals, [c.item.signal for c in cells]),
        scale=np.array([scales.index((c.levels, c.neutral)) for c in cells], dtype=np.int64),
        levels=np.array([len(levels) for levels, _ in scales], dtype=np.int64),
        neutral=np.array([neutral for _, neutral in scales]),
        answers=np.column_stack([c.answers for c in cells]),
        named=np.array([c.named for c in cells], dtype=np.bool_),
    )


def _cell(
    sheet: pl.DataFrame, item: Item, questionnaire: Questionnaire, report: Report
) -> _Cell | None:
    about = item.value if item.role is Role.CONSEQUENCE else item.signal
    if item.intervention not in questionnaire.interventions or about is None:
        report.note(f"{item.name} is left out: it names no intervention, or no outcome or signal.")
        return None
    if not item.is_ordinal:
        report.note(f"{item.name} is left out of the expectations: its answers have no order.")
        return None
    answers = scored_levels(sheet, item)
    if len(np.unique(answers[answers >= 0])) < 2:
        report.note(f"{item.name} is left out of the expectations: its answers do not vary.")
        return None
    levels = item.scored_names
    named = item.neutral in levels
    neutral = levels.index(item.neutral) if item.neutral in levels else (len(levels) - 1) / 2
    return _Cell(item, levels, float(neutral), named, answers)


def _in_order(known: Iterable[str], wanted: set[str | None]) -> tuple[str, ...]:
    return tuple(name for name in known if name in wanted)


def _places(names: tuple[str, ...], wanted: list[str | None]) -> Ints:
    index = {name: k for k, name in enumerate(names)}
    return np.array([index.get(name or "", -1) for name in wanted], dtype=np.int64)
