"""From an answer sheet to the arrays that models condition on."""

import polars as pl

from mfp_stats.design.beliefs import beliefs
from mfp_stats.design.checks import check_sheet
from mfp_stats.design.compared import Compared
from mfp_stats.design.conjoint_choices import conjoints
from mfp_stats.design.data import ModelData
from mfp_stats.design.expectations import expectations
from mfp_stats.design.experience import experience
from mfp_stats.design.information import information
from mfp_stats.design.perception import guesses, support_guesses
from mfp_stats.design.persons import select_persons
from mfp_stats.design.ratings import ratings
from mfp_stats.design.report import Report
from mfp_stats.design.responses import responses
from mfp_stats.design.told_people import without_what_was_told
from mfp_stats.design.tradeoffs import best_worst, picks, rankings, undecided
from mfp_stats.design.waves import note_waves
from mfp_stats.design.weighting import weights_of
from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Questionnaire, say
from mfp_stats.weights import Margins


def build_model_data(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    *,
    group: str | None = None,
    within: str | None = None,
    wave: str | None = None,
    language: str = "en",
    margins: Margins | None = None,
) -> ModelData:
    """Return everything of a survey that models may condition on.

    Parameters
    ----------
    sheet
        Answer sheet of the questionnaire, one row per respondent and wave.
    questionnaire
        The version that the sheet's codes refer to.
    group
        Another select_one item to compare people by, or ``wave``: the waves themselves, every
        answer in its own; None: the survey's group item.
    within
        Only people of this group of the survey's group item.
    wave
        Only this wave; None: each person's latest, or every one where waves are compared.
    language
        Of the labels.
    margins
        Shares of the population that weights are raked to.

    Returns
    -------
    ModelData
        What could not be used is told in its ``notes``.

    Raises
    ------
    DesignError
        With every reason why no model can be fitted to these answers.
    """
    report = Report()
    sound = check_sheet(sheet, questionnaire, report)
    compared = Compared.of(questionnaire, report, group=group, within=within, wave=wave)
    if not sound or compared is None:
        report.stop_at_faults(questionnaire.survey)
    assert compared is not None
    persons = select_persons(sheet, compared, language, report)
    rated = ratings(sheet if persons is None else persons.sheet, questionnaire, report)
    weighed = (
        None
        if persons is None
        else weights_of(persons, compared, margins, report, language=language)
    )
    report.stop_at_faults(questionnaire.survey)
    assert persons is not None
    assert weighed is not None
    answers, groups = persons.sheet, persons.groups
    if compared.item is None:
        note_waves(persons, compared, report, weighted=weighed[0] is not None, language=language)
        if questionnaire.information:
            report.note(_TOLD_BY_WAVE)
    responded = responses(answers, questionnaire, report, language=language)
    untold, touched = without_what_was_told(answers, sheet, questionnaire)
    if touched:
        report.note(_TOLD.format(items=", ".join(touched)))
    data = ModelData(
        survey=questionnaire.survey,
        questionnaire=questionnaire.hash,
        respondents=persons.respondents,
        groups=persons.groups,
        group_labels=persons.group_labels,
        group=persons.group,
        weight=weighed[0],
        weighting=weighed[1],
        values=tuple(questionnaire.values),
        value_labels=tuple(say(v.label, language) or k for k, v in questionnaire.values.items()),
        best_worst=best_worst(answers, questionnaire, report),
        picks=picks(answers, questionnaire, report),
        rankings=rankings(answers, questionnaire, report),
        ratings=rated,
        beliefs=beliefs(untold, questionnaire, report, without=compared.name, language=language),
        experience=experience(
            answers, questionnaire, report, without=compared.name, language=language
        ),
        expectations=expectations(answers, questionnaire, report, language=language),
        responses=responded,
        conjoints=conjoints(
            answers, questionnaire, persons.groups, persons.group, report, language=language
        ),
        guesses=guesses(answers, questionnaire, groups, report, grouped_by=compared.name),
        support_guesses=support_guesses(
            answers, questionnaire, groups, responded, report, grouped_by=compared.name
        ),
        information=()
        if compared.item is None
        else information(
            sheet if wave is None else answers,
            questionnaire,
            persons,
            report,
            language=language,
        ),
        undecided=undecided(answers, questionnaire, persons.group, persons.groups),
        notes=tuple(report.notes),
    )
    if not data.has_evidence:
        report.fault(_NOTHING)
    report.stop_at_faults(questionnaire.survey)
    return data


_TOLD_BY_WAVE = (
    "Information: how people took it is not told where waves are compared. Fit without --group."
)
_TOLD = (
    "Information: what people who were told something answered to {items} forms no worldviews. All "
    "else speaks of people told and not told together."
)
_NOTHING = Fault(
    "answers",
    "nobody gave an answer about values, beliefs or proposals that a model could learn from",
    fix="See `mfp check` for the roles of the items, and the import's counts of missing answers.",
)
