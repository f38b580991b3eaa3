"""Who was told, who trusts, what was answered at once and later, and what is left out."""

import json

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.simulate.truth import Response
from tests.updating.informed import answers, informed, told_of, truth_of, two_waves

NOTHING = Response(np.zeros((2, 2)), np.zeros((2, 2)))


@pytest.fixture(scope="module")
def sheet() -> pl.DataFrame:
    questionnaire = informed()
    return answers(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=2)


def built(sheet: pl.DataFrame, **changes) -> ModelData:
    return build_model_data(sheet, informed(**changes))


def notes(data: ModelData) -> str:
    return "\n".join(data.notes)


def with_arms(sheet: pl.DataFrame, levels: list[str | None]) -> pl.DataFrame:
    texts = [None if level is None else json.dumps({"briefing": level}) for level in levels]
    return sheet.with_columns(arms=pl.Series(texts, dtype=pl.String))


def test_people_are_told_by_their_arm_and_parted_by_trust(sheet: pl.DataFrame) -> None:
    (told,) = built(sheet).information
    trusted = sheet["source"].to_numpy() >= 2
    answered = sheet["source"].to_numpy() >= 0
    assert told.label == "The report"
    assert told.randomised
    assert told.strata == ("distrusts", "trusts")
    assert (told.person == np.flatnonzero(answered)).all()
    assert (told.told == told_of(sheet)[answered]).all()
    assert (told.stratum == trusted[answered]).all()
    assert told.occasions == ("at_once",)


def test_answers_are_levels_of_what_is_measured(sheet: pl.DataFrame) -> None:
    (told,) = built(sheet, trust=None).information
    assert [(c.name, c.support, c.direction) for c in told.cells] == [
        ("kept", False, 1), ("hidden", False, -1), ("fund", True, 1), ("pause", True, -1)
    ]  # fmt: skip
    assert told.strata == ("",)
    kept, hidden = sheet["kept"].to_numpy(), sheet["hidden"].to_numpy()
    assert (told.answers[:, 0, 0] == np.maximum(kept, -1)).all()
    assert (told.answers[:, 0, 1] == np.where(hidden >= 0, 4 - hidden, -1)).all()
    assert told.cells[1].levels[0] == "very_much"
    fund = sheet["support.fund.support4"].to_numpy()
    assert (told.answers[:, 0, 2] == np.maximum(fund, -1)).all()
    assert told.cells[2].accept == 2


def test_those_whose_arm_is_not_known_are_not_in_it(sheet: pl.DataFrame) -> None:
    levels = ["report", None, "none", "none"] * 50
    (told,) = built(with_arms(sheet, levels), trust=None).information
    assert (told.person == np.flatnonzero([level is not None for level in levels])).all()
    assert told.told.sum() == 50


def test_an_arm_with_one_person_shows_nothing(sheet: pl.DataFrame) -> None:
    data = built(with_arms(sheet, ["report", *["none"] * 199]))
    assert data.information == ()
    assert "“The report” is left out: 1 person were told" not in notes(data)
    assert "“The report” is left out: 1 person was told, too few" in notes(data)


def test_everybody_told_leaves_nobody_to_compare_with(sheet: pl.DataFrame) -> None:
    data = built(with_arms(sheet, ["report"] * 200))
    assert data.information == ()
    assert "0 people were not told, too few" in notes(data)


def test_nobody_with_an_arm_is_said(sheet: pl.DataFrame) -> None:
    data = built(with_arms(sheet, [None] * 200))
    assert data.information == ()
    assert "“The report” is left out: 0 people were told" in notes(data)


def test_a_stratum_that_is_too_small_is_left_out_alone(sheet: pl.DataFrame) -> None:
    few = sheet.with_columns(source=pl.Series([4] * 15 + [0] * 185, dtype=pl.Int16))
    data = built(few)
    (told,) = data.information
    assert told.strata == ("distrusts",)
    assert len(told.person) == 185
    assert "those who trust its source, are left out" in notes(data)


def test_who_did_not_say_whether_they_trust_is_counted(sheet: pl.DataFrame) -> None:
    unknown = sheet.with_columns(source=pl.Series([-2] * 20 + [0, 4] * 90, dtype=pl.Int16))
    data = built(unknown)
    assert len(data.information[0].person) == 180
    assert "20 people left out, who did not say whether they trust its source" in notes(data)


def test_a_later_wave_of_the_same_people_is_a_second_occasion() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=150, seed=3)
    data = build_model_data(both, questionnaire)
    (told,) = data.information
    assert told.occasions == ("at_once", "later")
    first = both.filter(pl.col("wave") == "1")
    second = both.filter(pl.col("wave") == "2")
    place = {name: k for k, name in enumerate(data.respondents)}
    assert [place[r] for r in first["respondent"]] == told.person.tolist()
    assert (told.answers[:, 0, 0] == np.maximum(first["kept"].to_numpy(), -1)).all()
    assert (told.answers[:, 1, 0] == np.maximum(second["kept"].to_numpy(), -1)).all()
    assert (first["kept"] != second["kept"]).any()


def test_who_was_told_in_the_first_wave_counts_as_told_in_the_second() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=100, seed=3)
    again = pl.concat([both[:100], with_arms(both[100:], ["none"] * 50 + [None] * 50)])
    (told,) = build_model_data(again, questionnaire).information
    assert (told.told == told_of(both[:100])).all()


def test_a_handful_who_answered_again_are_no_occasion() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=100, seed=3)
    data = build_model_data(both[:110], questionnaire)
    assert data.information[0].occasions == ("at_once",)
    assert "what was left of it in the next wave, is left out" in notes(data)


def test_fresh_people_in_a_second_wave_are_told_there() -> None:
    questionnaire = informed(trust=None)
    truth = truth_of(questionnaire, NOTHING)
    first = answers(questionnaire, truth, n=80, seed=3)
    second = answers(questionnaire, truth, n=80, seed=4).with_columns(wave=pl.lit("2"))
    (told,) = build_model_data(pl.concat([first, second]), questionnaire).information
    assert len(told.person) == 160
    assert told.occasions == ("at_once",)


def test_between_waves_everybody_after_is_told() -> None:
    questionnaire = informed(trust=None, told={"wave": ["2"]})
    both = two_waves(informed(), truth_of(informed(), NOTHING), n=100, seed=3)
    (told,) = build_model_data(both, questionnaire).information
    assert not told.randomised
    assert told.told.tolist() == [False] * 100 + [True] * 100
    assert told.occasions == ("at_once",)


def test_what_all_answer_alike_tells_nothing(sheet: pl.DataFrame) -> None:
    data = built(sheet.with_columns(kept=pl.lit(3, dtype=pl.Int16)))
    assert [c.name for c in data.information[0].cells] == ["hidden", "fund", "pause"]
    assert "“The report” tells nothing of kept: all answered alike" in notes(data)


def test_without_any_belief_left_nothing_is_told(sheet: pl.DataFrame) -> None:
    alike = sheet.with_columns(kept=pl.lit(3, dtype=pl.Int16), hidden=pl.lit(-1, dtype=pl.Int16))
    data = built(alike)
    assert data.information == ()
    assert "none of the beliefs that it speaks for tells anything" in notes(data)


def test_support_that_was_not_answered_is_said(sheet: pl.DataFrame) -> None:
    gone = [pl.lit(-1, dtype=pl.Int16).alias(c) for c in sheet.columns if c.startswith("support.")]
    data = built(sheet.with_columns(gone))
    assert [c.support for c in data.information[0].cells] == [False, False]
    assert "carried into support of “A fund” is not told" in notes(data)


def test_a_fit_by_wave_says_that_it_tells_of_no_information() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=60, seed=3)
    data = build_model_data(both, questionnaire, group="wave")
    assert data.information == ()
    assert "How people took information is not told where waves are compared" in notes(data)


def test_within_one_group_its_people_alone_count() -> None:
    questionnaire = informed(trust=None)
    sheet = answers(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=3)
    data = build_model_data(sheet, questionnaire, group="source", within="left")
    left = sheet.filter(pl.col("side") == 0).filter(pl.col("source") >= 0)
    assert len(data.information[0].person) == len(left)
