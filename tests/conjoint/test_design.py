"""Choices from the answer sheet to arrays."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.questionnaire.model import Role
from mfp_stats.simulate import simulate_survey
from mfp_stats.workflow.enough import leave_out_too_few
from tests.conjoint.questionnaire import plans, truth_of

N = 80


@pytest.fixture(scope="module")
def asked():
    questionnaire = plans()
    sheet = simulate_survey(questionnaire, truth_of(questionnaire), n=N, seed=3).sheet
    return questionnaire, sheet


def test_every_answered_pair_is_two_rows_of_what_was_shown(asked):
    questionnaire, sheet = asked
    data = build_model_data(sheet, questionnaire)
    (one,) = data.conjoints
    profiles = one.profiles
    assert one.attribute == ("pause",) * 3 + ("payer",) * 2
    assert one.level == ("none", "two", "five", "residents", "firms")
    assert profiles.attributes == {
        "Pause": ("None", "Two years", "Five years"),
        "Who pays": ("Residents", "The firms"),
    }
    answers = 0
    # People of unknown group are in no fit.
    kept = sheet.filter(pl.col("respondent").is_in(data.respondents))
    for i, row in enumerate(kept.iter_rows(named=True)):
        for item in questionnaire.with_role(Role.CONJOINT):
            if row[item.name] < 0:
                continue
            levels = [
                [
                    one.level[:3].index(item.profiles[option]["pause"]),
                    one.level[3:].index(item.profiles[option]["payer"]),
                ]
                for option in ("first", "second")
            ]
            at = 2 * answers
            assert profiles.level[at : at + 2].tolist() == levels
            assert profiles.chosen[at : at + 2].tolist() == [row[item.name] == 0, row[item.name]]
            assert one.person[profiles.respondent[at]] == i
            assert profiles.group[at] == data.group[i]
            answers += 1
    assert len(profiles.level) == 2 * answers
    assert answers > 3 * N
    assert (profiles.rival == np.arange(2 * answers) ^ 1).all()


def test_people_who_did_not_choose_are_not_among_them(asked):
    questionnaire, sheet = asked
    pairs = [item.name for item in questionnaire.with_role(Role.CONJOINT)]
    first = pl.int_range(pl.len()) < 10
    blank = sheet.with_columns(
        pl.when(first).then(-1).otherwise(name).alias(name) for name in pairs
    )
    (one,) = build_model_data(blank, questionnaire).conjoints
    assert one.person.min() == 10
    assert one.profiles.respondent.min() == 0


def test_a_block_that_nobody_answered_is_said(asked):
    questionnaire, sheet = asked
    pairs = [item.name for item in questionnaire.with_role(Role.CONJOINT)]
    data = build_model_data(sheet.with_columns(pl.lit(-1).alias(n) for n in pairs), questionnaire)
    assert not data.conjoints
    assert any("“Two plans” is left out: nobody chose" in note for note in data.notes)


def test_what_too_few_chose_is_left_out_and_said(asked):
    questionnaire, sheet = asked
    data = build_model_data(sheet, questionnaire)
    (one,) = data.conjoints
    few = replace(data, conjoints=(replace(one, person=one.person[:8]),))
    kept = leave_out_too_few(few, floor=10)
    assert not kept.conjoints
    assert any("who answered “Two plans”" in note for note in kept.notes)
