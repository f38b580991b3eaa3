"""The record that people reason from: answers to ``experience`` items as predictors."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.beliefs import no_yes
from mfp_stats.design.data import Experience, Floats, Predictor
from mfp_stats.design.report import Report
from mfp_stats.frames.columns import columns_of, status_column
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, say

#: Where along a number its shares are told: nearly the lowest, the middle, nearly the highest.
_QUANTILES: Final = (0.1, 0.5, 0.9)


def experience(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    report: Report,
    *,
    without: str = "",
    language: str = "en",
) -> Experience | None:
    """Return the predictors of all experience items; None where none differs between people.

    A choice is one predictor, a number one, and an item of which several may be ticked one an
    option.

    Parameters
    ----------
    sheet
        One row a person.
    without
        An item that forms the groups and so cannot set people of one group apart.
    language
        Of the labels.
    """
    found: list[tuple[Predictor, Floats]] = []
    for item in questionnaire.with_role(Role.EXPERIENCE):
        if item.name == without:
            report.note(f"{item.name} is no predictor of worldviews because it forms the groups.")
            continue
        wording = questionnaire.wording(item, language)
        for predictor, answers in _predictors(sheet, item, wording, language):
            if len(np.unique(answers[~np.isnan(answers)])) < 2:
                report.note(f"{predictor.name} predicts no worldview: all answers are the same.")
                continue
            found.append((predictor, answers))
    if not found:
        return None
    predictors, columns = zip(*found, strict=True)
    return Experience(predictors, np.column_stack(columns))


def _predictors(
    sheet: pl.DataFrame, item: Item, wording: str, language: str
) -> Iterator[tuple[Predictor, Floats]]:
    match item.type:
        case ItemType.SELECT_ONE:
            names, labels = _options(item, language)
            codes = sheet[item.name].to_numpy().astype(np.float64)
            places = np.arange(len(names), dtype=np.float64)
            predictor = Predictor(item.name, wording, item.level, names, labels, places)
            yield predictor, np.where(codes >= 0, codes, np.nan)
        case ItemType.SELECT_MULTIPLE:
            for option, column in zip(item.options, columns_of(item), strict=True):
                codes = sheet[column].to_numpy().astype(np.float64)
                text = f"{wording}: {say(option.label, language) or option.name}"
                name = f"{item.name}/{option.name}"
                places = np.array([0.0, 1.0])
                yield (
                    Predictor(name, text, "ordinal", ("no", "yes"), no_yes(language), places),
                    np.where(codes >= 0, codes, np.nan),
                )
        case ItemType.INTEGER | ItemType.DECIMAL:
            numbers = sheet[item.name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            answers = np.where(sheet[status_column(item)].to_numpy() >= 0, numbers, np.nan)
            known = answers[~np.isnan(answers)]
            if len(known):
                places = np.unique(np.quantile(known, _QUANTILES, method="nearest"))
                names = tuple(f"{place:g}" for place in places)
                yield Predictor(item.name, wording, "number", names, names, places), answers
        case _:
            return


def _options(item: Item, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(option.name for option in item.options)
    return names, tuple(say(o.label, language) or o.name for o in item.options)
