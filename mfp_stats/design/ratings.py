"""Importance ratings of values on one common scale."""

import numpy as np
import polars as pl

from mfp_stats.design.data import Ratings
from mfp_stats.design.report import Report
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Item, Questionnaire, Role


def ratings(sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report) -> Ratings | None:
    """Return the answered ratings, reverse scoring undone; None where there are none.

    Levels that nobody used are left out. Different scales cannot be put on one, so they are a
    fault.
    """
    items = _usable(questionnaire, report)
    if not items or not _one_scale(items, report):
        return None
    index = {name: k for k, name in enumerate(questionnaire.values)}
    codes = sheet.select(i.name for i in items).to_numpy().astype(np.int64)
    turned = np.array([i.reverse for i in items])
    last = len(items[0].options) - 1
    level = np.where(turned, last - codes, codes)
    person, column = np.nonzero(codes >= 0)
    value = np.array([index[i.value or ""] for i in items], dtype=np.int64)[column]
    used, level = np.unique(level[person, column], return_inverse=True)
    if len(used) < 2:
        report.note(
            "The importance ratings are left out: everyone gave the same answer."
            if len(used)
            else "The importance ratings are left out: nobody answered them."
        )
        return None
    names = _levels(items)
    if len(used) < len(names):
        unused = ", ".join(n for k, n in enumerate(names) if k not in used)
        report.note(f"Levels of the importance ratings that nobody used: {unused}.")
    return Ratings(person, value, level.astype(np.int64), tuple(names[k] for k in used))


def _usable(questionnaire: Questionnaire, report: Report) -> list[Item]:
    usable = []
    for item in questionnaire.with_role(Role.VALUE_RATING):
        if item.is_ordinal and item.value in questionnaire.values:
            usable.append(item)
        else:
            report.note(
                f"{item.name} is left out: a rating needs an ordinal scale and one of the "
                "survey's values."
            )
    return usable


def _one_scale(items: list[Item], report: Report) -> bool:
    scales = {_ends(i): i for i in reversed(items)}
    if len(scales) == 1:
        return True
    for item in scales.values():
        what = f"is rated on {len(item.options)} levels ({', '.join(item.option_names)})"
        report.fault(Fault(item.name, what, fix="Rate all values on one common scale."))
    return False


def _ends(item: Item) -> tuple[str, ...]:
    """Return the levels whichever end comes first, so that a turned scale is the same scale."""
    return min(item.option_names, item.option_names[::-1])


def _levels(items: list[Item]) -> tuple[str, ...]:
    """Return the levels' names, least important first."""
    plain = next((i for i in items if not i.reverse), None)
    return plain.option_names if plain else items[0].option_names[::-1]
