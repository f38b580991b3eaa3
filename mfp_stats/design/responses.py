"""Responses to interventions as one answer scale: support, or one option of a nominal question."""

from collections.abc import Collection, Iterable, Mapping

import numpy as np
import polars as pl

from mfp_stats.design.data import Ints, Responses
from mfp_stats.design.report import Report
from mfp_stats.design.response_questions import (
    Chosen,
    Question,
    choose_questions,
    nominal_notes,
    question_of,
)
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, say, short_label


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
    One question a proposal is analysed, all on one answer scale
    (:mod:`mfp_stats.design.response_questions`), and notes name the others. The options of a
    nominal question are proposals of which each person accepts one; it is used where no ordered or
    binary response is there.
    """
    items = [i for i in _items(questionnaire) if _answered(sheet, i)]
    questions = [q for item in items if (q := question_of(item)) is not None]
    natural = [q for q in questions if not q.item.stipulated and _varies(sheet, q.item)]
    if natural:
        chosen = choose_questions(questionnaire, items, natural[0])
        report.notes.extend(chosen.notes)
        return _ordered(sheet, questionnaire, chosen, language)
    for item in filter(_is_nominal, items):
        if _varies(sheet, item):
            report.note(
                f"Each answer to {item.name} is read as a proposal that a person chose or did not."
            )
            report.notes.extend(nominal_notes(items, item))
            return _nominal(sheet, item, language)
    if questions and all(q.item.stipulated for q in questions):
        report.note(
            "The responses are left out: everybody who answered was told what to suppose of the "
            "proposals. Ask part of the people, drawn at random, without that."
        )
    elif _items(questionnaire):
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

    Unlike :func:`responses` it takes any number of people, all of one mind or not, looks for no
    other scale, and keeps options of a nominal question that nobody chose any more: for a later
    wave that is held against predictions from an earlier one.

    Parameters
    ----------
    sheet
        One row a person.
    like
        Whose questions are wanted; where they are not named, whose levels, least accepting answer
        that counts, and kind of question.
    """
    items = _items(questionnaire)
    if like.questions:
        items = [item for item in items if item.name in like.questions]
    if like.exclusive:
        wanted = set(like.interventions)
        same = [i for i in items if _is_nominal(i) and wanted & set(i.option_names)]
        return _nominal(sheet, same[0], language, wanted) if same else None
    asked = [item for item in items if _answered(sheet, item) and not item.stipulated]
    for item in asked:
        first = question_of(item)
        if first is not None and first.is_like(like.levels, like.accept):
            chosen = choose_questions(questionnaire, asked, first)
            return _ordered(sheet, questionnaire, chosen, language)
    return None


def _items(questionnaire: Questionnaire) -> list[Item]:
    return [i for i in questionnaire.with_role(Role.RESPONSE) if i.type is not ItemType.NOTE]


def _is_nominal(item: Item) -> bool:
    return item.type is ItemType.SELECT_ONE and item.level == "nominal"


def _answered(sheet: pl.DataFrame, item: Item) -> bool:
    return item.type is ItemType.SELECT_ONE and bool((sheet[item.name] >= 0).any())


def _varies(sheet: pl.DataFrame, item: Item) -> bool:
    codes = sheet[item.name].to_numpy()
    return len(np.unique(codes[codes >= 0])) > 1


def _ordered(
    sheet: pl.DataFrame, questionnaire: Questionnaire, chosen: Chosen, language: str
) -> Responses:
    first = chosen.natural[0]
    about = {question.proposal for question in chosen.natural}
    names = tuple(name for name in questionnaire.interventions if name in about)
    natural = _answers(sheet, chosen.natural, first.levels, names)
    supposed = chosen.stipulated
    stipulated = _answers(sheet, supposed, first.levels, names) if supposed else None
    asked = (natural >= 0).any(axis=0)
    return Responses(
        interventions=tuple(n for n, there in zip(names, asked, strict=True) if there),
        intervention_labels=tuple(
            short_label(questionnaire.interventions[n], language)
            for n, there in zip(names, asked, strict=True)
            if there
        ),
        levels=first.levels,
        accept=first.accept,
        answers=natural[:, asked],
        stipulated=_given(stipulated, asked),
        supposed=_supposed(questionnaire, {question.item.block for question in supposed}),
        questions=tuple(question.item.name for question in chosen.natural),
    )


def _given(stipulated: Ints | None, asked: np.ndarray) -> Ints | None:
    if stipulated is None or not (stipulated >= 0).any():
        return None
    return stipulated[:, asked]


def _supposed(questionnaire: Questionnaire, blocks: Collection[str]) -> Mapping[str, float] | None:
    """Return what blocks stipulate; None where they are none, or stipulate different things."""
    told = [b.stipulates for b in questionnaire.blocks if b.name in blocks and b.stipulates]
    named = [{name: steps for name, steps in one.items() if steps} for one in told]
    return told[0] if told and all(one == named[0] for one in named) else None


def _answers(
    sheet: pl.DataFrame,
    questions: Iterable[Question],
    levels: tuple[str, ...],
    interventions: tuple[str, ...],
) -> Ints:
    """Return levels (N, X); of an intervention that has wordings, that of the person's own."""
    found = np.full((len(sheet), len(interventions)), -1, dtype=np.int64)
    for question in questions:
        if question.proposal not in interventions:
            continue
        x = interventions.index(question.proposal)
        codes = sheet[question.item.name].to_numpy().astype(np.int64)
        turned = question.levels != question.item.option_names
        level = len(levels) - 1 - codes if turned else codes
        found[:, x] = np.where((codes >= 0) & (found[:, x] < 0), level, found[:, x])
    return found


def _nominal(
    sheet: pl.DataFrame, item: Item, language: str, wanted: Collection[str] = ()
) -> Responses:
    """Read options as proposals: those that somebody chose, and those that are wanted anyway."""
    codes = sheet[item.name].to_numpy().astype(np.int64)
    names = item.option_names
    options = [k for k, name in enumerate(names) if (codes == k).any() or name in wanted]
    chosen = (codes[:, None] == np.array(options)).astype(np.int64)
    return Responses(
        interventions=tuple(names[k] for k in options),
        intervention_labels=tuple(
            say(item.options[k].label, language) or names[k] for k in options
        ),
        levels=("no", "yes"),
        accept=1,
        answers=np.where(codes[:, None] >= 0, chosen, -1),
        exclusive=True,
        questions=(item.name,),
    )
