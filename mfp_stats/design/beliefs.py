"""Belief and consequence items as categorical indicators of worldviews."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from mfp_stats.design.data import Beliefs, Indicator, Ints
from mfp_stats.design.report import Report
from mfp_stats.frames.columns import columns_of, item_code
from mfp_stats.frames.scores import scored_levels
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, say
from mfp_stats.responses import MISSING_CODES, Status

_DONT_KNOW = MISSING_CODES[Status.DONT_KNOW]
_NO_YES = {"en": ("no", "yes")}
_NOT_SURE = {"en": "not sure"}


def beliefs(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    report: Report,
    *,
    without: str = "",
    language: str = "en",
) -> Beliefs | None:
    """Return the indicators of all belief and consequence items; None where none is usable.

    Parameters
    ----------
    sheet
        One row a person.
    without
        An item that forms the groups and so may not be a belief of theirs as well.
    language
        Of the labels.
    """
    found: list[tuple[Indicator, Ints]] = []
    for item in questionnaire.with_role(Role.BELIEF, Role.CONSEQUENCE):
        if item.name == without:
            report.note(f"{item.name} is left out of the worldviews because it forms the groups.")
            continue
        wording = questionnaire.wording(item, language)
        found += _usable(_indicators(sheet, item, wording, language, report), report)
    if not found:
        return None
    indicators, answers = zip(*found, strict=True)
    return Beliefs(indicators, np.column_stack(answers))


def _indicators(
    sheet: pl.DataFrame, item: Item, wording: str, language: str, report: Report
) -> list[tuple[Indicator, Ints]]:
    match item.type:
        case ItemType.SELECT_ONE:
            one = [_single(sheet, item, wording, language)]
        case ItemType.SELECT_MULTIPLE:
            one = list(_multiple(sheet, item, wording, language, report))
        case ItemType.NOTE:
            return []
        case _:
            report.note(
                f"{item.name} is left out of the worldviews: {item.type} has no categories."
            )
            return []
    return one + _dont_know(sheet, item, wording, language)


def _single(sheet: pl.DataFrame, item: Item, wording: str, language: str) -> tuple[Indicator, Ints]:
    indicator = Indicator(
        name=item.name,
        item=item.name,
        consequence=item.role is Role.CONSEQUENCE,
        kind=item.level,
        categories=item.scored_names,
        label=wording,
        category_labels=tuple(say(o.label, language) or o.name for o in item.scored_options),
    )
    return indicator, scored_levels(sheet, item)


def _multiple(
    sheet: pl.DataFrame, item: Item, wording: str, language: str, report: Report
) -> Iterator[tuple[Indicator, Ints]]:
    """Yield a yes or no for each option that says something which the others do not."""
    left_out = _saying_nothing_of_their_own(item)
    for option, column in zip(item.options, columns_of(item), strict=True):
        if why := left_out.get(option.name):
            report.note(f"{item.name}/{option.name} is left out of the worldviews: {why}.")
            continue
        label = say(option.label, language) or option.name
        codes = sheet[column].to_numpy().astype(np.int64)
        yield _yes_no(item, option.name, f"{wording}: {label}", language), np.maximum(codes, -1)


def _saying_nothing_of_their_own(item: Item) -> dict[str, str]:
    """Return the options of a pick-k item that are no indicators, and why.

    Indicators have to be independent within a worldview. "None of these" is not: it is yes where
    and only where all the others are no, and counted beside them it would count that answer
    twice and draw a class to it. Of several exclusive options only the last is implied so.
    "Other" has no meaning that the people who tick it share.
    """
    left_out = {
        o.name: f"ticking it is a no to every other answer of {item.name}, and counted as such"
        for o in [o for o in item.options if o.exclusive][-1:]
    }
    residual = (o.name for o in item.options if o.residual)
    return left_out | dict.fromkeys(residual, "people mean different things by it")


def _dont_know(
    sheet: pl.DataFrame, item: Item, wording: str, language: str
) -> list[tuple[Indicator, Ints]]:
    """Return the indicator of not knowing, where that could be ticked and was."""
    codes = sheet.select(item_code(item)).to_series().to_numpy()
    unsure = codes == _DONT_KNOW
    if not unsure.any():
        return []
    text = item.missing.get(Status.DONT_KNOW, _NOT_SURE)
    label = f"{wording}: {say(text, language)}"
    indicator = _yes_no(item, Status.DONT_KNOW.value, label, language)
    return [(indicator, np.where(unsure, 1, np.where(codes >= 0, 0, -1)).astype(np.int64))]


def no_yes(language: str) -> tuple[str, str]:
    """Return the words for not ticking an option and for ticking it."""
    return _NO_YES.get(language, _NO_YES["en"])


def _yes_no(item: Item, part: str, label: str, language: str) -> Indicator:
    return Indicator(
        name=f"{item.name}/{part}",
        item=item.name,
        consequence=item.role is Role.CONSEQUENCE,
        kind="binary",
        categories=("no", "yes"),
        label=label,
        category_labels=no_yes(language),
    )


def _usable(found: list[tuple[Indicator, Ints]], report: Report) -> list[tuple[Indicator, Ints]]:
    """Leave out indicators that cannot tell people apart, and categories that nobody chose."""
    usable = []
    for indicator, answers in found:
        used, compact = np.unique(answers[answers >= 0], return_inverse=True)
        if len(used) < 2:
            why = "everyone gave the same answer" if len(used) else "nobody answered it"
            report.note(f"{indicator.name} is left out of the worldviews: {why}.")
            continue
        if len(used) < len(indicator.categories):
            _note_unused(indicator, used, report)
        recoded = np.full(len(answers), -1, dtype=np.int64)
        recoded[answers >= 0] = compact
        usable.append((_only(indicator, used), recoded))
    return usable


def _note_unused(indicator: Indicator, used: Ints, report: Report) -> None:
    unused = [c for k, c in enumerate(indicator.category_labels) if k not in used]
    report.note(f"{indicator.name}: nobody chose {', '.join(unused)}.")


def _only(indicator: Indicator, used: Ints) -> Indicator:
    return replace(
        indicator,
        categories=tuple(indicator.categories[k] for k in used),
        category_labels=tuple(indicator.category_labels[k] for k in used),
    )
