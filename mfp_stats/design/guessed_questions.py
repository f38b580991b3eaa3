"""Which guesses about support are analysed: of answers that are, and one a proposal and group.

Guesses are held against answers to the question that they mirror. As answers to two questions are
not put in each other's place (:mod:`mfp_stats.design.response_questions`), guesses of them are not:
most of a group may live with what few of it support. Where a proposal is asked about more than once
on a scale, a guess on that scale has to say which question it mirrors.
"""

from collections.abc import Sequence

import polars as pl

from mfp_stats.design.data import Responses
from mfp_stats.design.report import Report
from mfp_stats.design.response_questions import apart
from mfp_stats.questionnaire.mirrored import same_answers
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role


def guessed_questions(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    items: Sequence[Item],
    responses: Responses | None,
    report: Report,
) -> list[Item]:
    """Return the guesses that may be held against the responses; notes say why others may not.

    Parameters
    ----------
    sheet
        One row a person.
    items
        Guesses about what groups would answer to proposals, in the order asked.
    responses
        The answers that are analysed; None: there are none.
    """
    usable = [item for item in items if _is_compared(item, questionnaire, responses, report)]
    return _once(sheet, questionnaire, usable, report)


def _is_compared(
    item: Item, questionnaire: Questionnaire, responses: Responses | None, report: Report
) -> bool:
    """Whether an item guesses the answers to an analysed question; where not, a note says why."""
    analysed = () if responses is None else responses.questions
    if item.mirrors is not None and item.mirrors not in analysed:
        report.note(
            f"{item.name} is left out: it guesses answers to {item.mirrors}, which are not "
            "analysed."
        )
        return False
    asked = _mirrored(item, questionnaire)
    used = [question for question in asked if question.name in analysed]
    if not used:
        report.note(
            f"{item.name} is left out: guesses about support need an analysed response to the same "
            "proposal on the same scale."
        )
        return False
    others = [
        question
        for question in asked
        if question not in used and not all(apart(questionnaire, question, u) for u in used)
    ]
    if others and item.mirrors is None:
        names, one = " and ".join(question.name for question in asked), used[0].name
        report.note(
            f"{item.name} is left out: {names} ask about the same proposal on its scale, and it "
            f"does not say which of them it mirrors. Where that is {one}, the one that is "
            f"analysed, give it 'mirrors: {one}'."
        )
        return False
    return True


def _mirrored(item: Item, questionnaire: Questionnaire) -> list[Item]:
    """Return the questions on a guess's proposal and scale, but those that suppose something."""
    return [
        question
        for question in questionnaire.with_role(Role.RESPONSE)
        if item.type is question.type is ItemType.SELECT_ONE
        and question.intervention == item.intervention
        and not question.stipulated
        and same_answers(item, question)
    ]


def _once(
    sheet: pl.DataFrame, questionnaire: Questionnaire, items: Sequence[Item], report: Report
) -> list[Item]:
    """Return the answered items, one a proposal and group; others are left out with a note.

    Wordings that arms give to different people are one item.
    """
    kept: list[Item] = []
    for item in items:
        if not (sheet[item.name] >= 0).any():
            continue
        about = (item.intervention, item.group_of)
        before = [one for one in kept if (one.intervention, one.group_of) == about]
        if all(apart(questionnaire, item, one) for one in before):
            kept.append(item)
        else:
            report.note(f"{item.name} is left out: {before[0].name} asks for the same guess.")
    return kept
