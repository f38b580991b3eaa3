"""Responses to interventions as one answer scale: support, or one option of a nominal question."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.data import Ints, Responses
from mfp_stats.design.report import Report
from mfp_stats.frames.scores import is_ordinal
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, say


@dataclass(frozen=True, slots=True)
class _Question:
    """A response item read as ordered levels, least accepting first."""

    item: Item
    levels: tuple[str, ...]
    accept: int


def responses(
    sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report, *, language: str = "en"
) -> Responses | None:
    """Return the responses on the survey's first usable response scale; None where there are none.

    Parameters
    ----------
    sheet
        One row a person.
    language
        Of the labels.

    Notes
    -----
    Where proposals are asked about on several scales (support; could live with), the first one
    asked is analysed, and a note names the others. The options of a nominal question are proposals
    of which each person accepts one; it is used where no ordered or binary response is there.
    """
    items = [i for i in questionnaire.with_role(Role.RESPONSE) if i.type is not ItemType.NOTE]
    questions = [q for item in items if (q := _question(item)) is not None]
    natural = [q for q in questions if not q.item.stipulated and _varies(sheet, q.item)]
    if natural:
        first = natural[0]
        _note_others(natural, first, report)
        same = [q for q in questions if q.levels == first.levels and q.accept == first.accept]
        return _ordered(sheet, questionnaire, first, same, language)
    nominal = [i for i in items if i.type is ItemType.SELECT_ONE and i.level == "nominal"]
    for item in nominal:
        if _varies(sheet, item):
            return _nominal(sheet, item, report, language)
    if items:
        report.note("The responses are left out: nobody answered them, or all answered alike.")
    return None


def answers_on(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    like: Responses,
    *,
    language: str = "en",
) -> Responses | None:
    """Return the responses given on the answer scale of earlier ones; None where there are none.

    Unlike :func:`responses` it takes any number of people, all of one mind or not, and looks for
    no other scale: for a later wave that is held against predictions from an earlier one.

    Parameters
    ----------
    sheet
        One row a person.
    like
        Whose levels, least accepting answer that counts, and kind of question are wanted.
    """
    items = [i for i in questionnaire.with_role(Role.RESPONSE) if i.type is not ItemType.NOTE]
    if like.exclusive:
        nominal = [i for i in items if i.type is ItemType.SELECT_ONE and i.level == "nominal"]
        wanted = set(like.interventions)
        same = [i for i in nominal if wanted & set(i.option_names)]
        return _nominal(sheet, same[0], Report(), language) if same else None
    questions = [q for item in items if (q := _question(item)) is not None]
    alike = [q for q in questions if (q.levels, q.accept) == (like.levels, like.accept)]
    natural = [q for q in alike if not q.item.stipulated]
    return _ordered(sheet, questionnaire, natural[0], natural, language) if natural else None


def _question(item: Item) -> _Question | None:
    """Read an item as ordered levels; None where it has none or does not say what accepting is."""
    names = item.option_names
    binary = item.type is ItemType.SELECT_ONE and len(names) == 2
    if not (is_ordinal(item) or binary) or item.intervention is None:
        return None
    if item.accept_from not in names:
        return None
    turned = item.reverse
    if not is_ordinal(item):
        turned = item.reverse != (item.accept_from == names[0])
    levels = names[::-1] if turned else names
    accept = levels.index(item.accept_from)
    return _Question(item, levels, accept) if accept > 0 else None


def _varies(sheet: pl.DataFrame, item: Item) -> bool:
    codes = sheet[item.name].to_numpy()
    return len(np.unique(codes[codes >= 0])) > 1


def _note_others(natural: list[_Question], first: _Question, report: Report) -> None:
    others = {q.item.scale or q.item.name for q in natural if q.levels != first.levels}
    if others:
        report.note(
            f"Responses are analysed on {first.item.scale or first.item.name}; "
            f"{', '.join(sorted(others))} is left out."
        )


def _ordered(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    first: _Question,
    same: list[_Question],
    language: str,
) -> Responses:
    names = tuple(
        name
        for name in questionnaire.interventions
        if any(q.item.intervention == name and not q.item.stipulated for q in same)
    )
    natural = _answers(sheet, (q for q in same if not q.item.stipulated), first.levels, names)
    supposed = [q for q in same if q.item.stipulated]
    stipulated = _answers(sheet, iter(supposed), first.levels, names) if supposed else None
    asked = (natural >= 0).any(axis=0)
    proposals = questionnaire.interventions
    return Responses(
        interventions=tuple(n for n, there in zip(names, asked, strict=True) if there),
        intervention_labels=tuple(
            say(proposals[n].short, language) or say(proposals[n].label, language) or n
            for n, there in zip(names, asked, strict=True)
            if there
        ),
        levels=first.levels,
        accept=first.accept,
        answers=natural[:, asked],
        stipulated=_answered(stipulated, asked),
    )


def _answered(stipulated: Ints | None, asked: np.ndarray) -> Ints | None:
    if stipulated is None or not (stipulated >= 0).any():
        return None
    return stipulated[:, asked]


def _answers(
    sheet: pl.DataFrame,
    questions: Iterator[_Question],
    levels: tuple[str, ...],
    interventions: tuple[str, ...],
) -> Ints:
    """Return levels (N, X); where an intervention was asked about twice, the first answer."""
    found = np.full((len(sheet), len(interventions)), -1, dtype=np.int64)
    for question in questions:
        if question.item.intervention not in interventions:
            continue
        x = interventions.index(question.item.intervention)
        codes = sheet[question.item.name].to_numpy().astype(np.int64)
        turned = question.levels != question.item.option_names
        level = len(levels) - 1 - codes if turned else codes
        found[:, x] = np.where((codes >= 0) & (found[:, x] < 0), level, found[:, x])
    return found


def _nominal(sheet: pl.DataFrame, item: Item, report: Report, language: str) -> Responses:
    codes = sheet[item.name].to_numpy().astype(np.int64)
    options = [k for k in range(len(item.options)) if (codes == k).any()]
    chosen = (codes[:, None] == np.array(options)).astype(np.int64)
    report.note(f"Each answer to {item.name} is read as a proposal that a person chose or did not.")
    return Responses(
        interventions=tuple(item.options[k].name for k in options),
        intervention_labels=tuple(
            say(item.options[k].label, language) or item.options[k].name for k in options
        ),
        levels=("no", "yes"),
        accept=1,
        answers=np.where(codes[:, None] >= 0, chosen, -1),
        exclusive=True,
    )
