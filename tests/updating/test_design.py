"""Who was told, who trusts, what was answered at once and later, and what is left out."""

import json

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.questionnaire import parse
from mfp_stats.simulate.truth import Response
from tests.updating.informed import (
    answers,
    document,
    informed,
    three_levels,
    told_of,
    truth_of,
    two_waves,
)

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
    assert "“The report” is left out: too few people were told, or too few were not" in notes(data)


def test_everybody_told_leaves_nobody_to_compare_with(sheet: pl.DataFrame) -> None:
    data = built(with_arms(sheet, ["report"] * 200))
    assert data.information == ()
    assert "too few people were told, or too few were not" in notes(data)


def test_nobody_with_an_arm_is_said(sheet: pl.DataFrame) -> None:
    data = built(with_arms(sheet, [None] * 200))
    assert data.information == ()
    assert "“The report” is left out: too few people were told" in notes(data)


def test_a_stratum_that_is_too_small_is_left_out_alone(sheet: pl.DataFrame) -> None:
    few = sheet.with_columns(source=pl.Series([4] * 15 + [0] * 185, dtype=pl.Int16))
    data = built(few)
    (told,) = data.information
    assert told.strata == ("distrusts",)
    assert len(told.person) == 185
    assert "is left out among those who trust its source" in notes(data)


def test_who_did_not_say_whether_they_trust_is_counted(sheet: pl.DataFrame) -> None:
    unknown = sheet.with_columns(source=pl.Series([-2] * 20 + [0, 4] * 90, dtype=pl.Int16))
    data = built(unknown)
    assert len(data.information[0].person) == 180
    assert "is told without those who did not say whether they trust its source" in notes(data)


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
    assert "tells nothing of kept in the next wave: too few who were told" in notes(data)


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
    assert "is left out: too few answered what it speaks for" in notes(data)


def test_support_that_was_not_answered_is_said(sheet: pl.DataFrame) -> None:
    gone = [pl.lit(-1, dtype=pl.Int16).alias(c) for c in sheet.columns if c.startswith("support.")]
    data = built(sheet.with_columns(gone))
    assert [c.support for c in data.information[0].cells] == [False, False]
    assert "cannot be told to have carried into support of “A fund”" in notes(data)
    assert "cannot be told to have carried into support of “A pause”" in notes(data)


def test_a_fit_by_wave_says_that_it_tells_of_no_information() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=60, seed=3)
    data = build_model_data(both, questionnaire, group="wave")
    assert data.information == ()
    assert "how people took it is not told where waves are compared" in notes(data)


def test_within_one_group_its_people_alone_count() -> None:
    questionnaire = informed(trust=None)
    sheet = answers(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=3)
    data = build_model_data(sheet, questionnaire, group="source", within="left")
    left = sheet.filter(pl.col("side") == 0).filter(pl.col("source") >= 0)
    sizes = left["source"].value_counts()["count"]
    assert len(data.information[0].person) == sizes.filter(sizes > 10).sum()


def test_who_was_told_something_else_is_not_compared_with(sheet: pl.DataFrame) -> None:
    levels = ["report", "flyer", "none", "none"] * 50
    (told,) = build_model_data(with_arms(sheet, levels), three_levels()).information
    assert len(told.person) == 150
    assert told.told.sum() == 50


def test_levels_that_this_version_does_not_know_count_for_neither(sheet: pl.DataFrame) -> None:
    levels = ["report", "old_report", "none", "none"] * 50
    (told,) = built(with_arms(sheet, levels), trust=None).information
    assert len(told.person) == 150


def test_who_is_told_in_the_next_wave_has_no_later_answers_untold() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=120, seed=3)
    first = ["none"] * 80 + ["report"] * 40
    again = ["report"] * 40 + ["none"] * 40 + ["report"] * 40
    (told,) = build_model_data(with_arms(both, first + again), questionnaire).information
    later = (told.answers[:, 1] >= 0).any(axis=1)
    assert not later[:40].any() and later[40:].all()
    assert not told.told[:80].any()
    # Who are in the telling arm twice may have been told twice, which nothing here can tell.
    said = "has 40 people in the telling arm in the next wave too"
    assert said in notes(build_model_data(with_arms(both, first + again), questionnaire))
    once = build_model_data(with_arms(both, first + ["none"] * 120), questionnaire)
    assert "in the telling arm" not in notes(once)


def test_waves_after_a_told_one_that_are_not_named_count_for_neither() -> None:
    questionnaire = informed(trust=None, told={"wave": ["2"]})
    both = two_waves(informed(), truth_of(informed(), NOTHING), n=60, seed=3)
    third = both.filter(pl.col("wave") == "2").with_columns(wave=pl.lit("3"))
    (told,) = build_model_data(pl.concat([both, third]), questionnaire).information
    assert told.told.tolist() == [False] * 60 + [True] * 60
    assert "some of the same people answered" in notes(
        build_model_data(pl.concat([both, third]), questionnaire)
    )


def test_answers_that_too_few_gave_are_left_out_by_stratum_and_occasion() -> None:
    questionnaire = informed()
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=3)
    trusts = both["source"].to_numpy() >= 2
    told = told_of(both)
    second = (both["wave"] == "2").to_numpy()
    lost = trusts & told & second
    lost[np.flatnonzero(lost)[0]] = False  # one is left
    data = build_model_data(
        both.with_columns(
            pl.when(pl.Series(lost)).then(pl.lit(-1, dtype=pl.Int16)).otherwise(name).alias(name)
            for name in ("kept", "hidden")
        ),
        questionnaire,
    )
    (one,) = data.information
    kept = [c.name for c in one.cells].index("kept")
    assert not one.asked(1, 1)[kept] and one.asked(1, 0)[kept] and one.asked(0, 1)[kept]
    said = "tells nothing of kept among those who trust its source in the next wave: too few"
    assert said in notes(data)


def test_beliefs_that_nobody_answered_in_the_next_wave_have_no_later_occasion() -> None:
    questionnaire = informed(trust=None, support={})
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=100, seed=3)
    gone = both.with_columns(
        pl.when(pl.col("wave") == "2").then(pl.lit(-1, dtype=pl.Int16)).otherwise(name).alias(name)
        for name in ("kept", "hidden")
    )
    (told,) = build_model_data(gone, questionnaire).information
    assert told.occasions == ("at_once",)


def test_support_that_was_asked_in_the_first_wave_alone_counts() -> None:
    questionnaire = informed(trust=None)
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=100, seed=3)
    names = [c for c in both.columns if c.startswith("support.")]
    gone = both.with_columns(
        pl.when(pl.col("wave") == "2").then(pl.lit(-1, dtype=pl.Int16)).otherwise(name).alias(name)
        for name in names
    )
    (told,) = build_model_data(gone, questionnaire).information
    assert [c.name for c in told.cells if c.support] == ["fund", "pause"]


def test_support_asked_before_people_are_told_and_after_is_read_where_it_was_asked_after() -> None:
    written = document()
    written["information"]["report"]["trust"] = None
    places = [block["block"] for block in written["blocks"]]
    first = {"block": "first", "role": "response", "ask": ["support4"]}
    written["blocks"].insert(places.index("report"), first)
    questionnaire = parse(written, where="informed")
    one = questionnaire.information["report"]
    assert one.responses_before == tuple(f"first.{x}.support4" for x in ("fund", "pause", "panel"))
    sheet = answers(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=1)
    none_before = sheet.with_columns(
        pl.lit(-1, dtype=pl.Int16).alias(name) for name in one.responses_before
    )
    (told,), (alone,) = (
        build_model_data(s, questionnaire).information for s in (sheet, none_before)
    )
    np.testing.assert_array_equal(told.answers, alone.answers)
    assert [c.name for c in told.cells if c.support] == ["fund", "pause"]


def test_trust_that_was_asked_after_people_were_told_does_not_count() -> None:
    questionnaire = informed()
    both = two_waves(questionnaire, truth_of(questionnaire, NOTHING), n=100, seed=3)
    late = both.with_columns(
        source=pl.when(pl.col("wave") == "1").then(pl.lit(-1, dtype=pl.Int16)).otherwise("source")
    )
    assert build_model_data(late, questionnaire).information == ()


def test_people_of_a_group_that_is_not_shown_are_not_in_it(sheet: pl.DataFrame) -> None:
    few = sheet.with_columns(side=pl.Series([1] * 7 + [0] * 193, dtype=pl.Int16))
    (told,) = built(few, trust=None).information
    assert len(told.person) == 193


def test_answers_of_told_people_form_no_worldviews(sheet: pl.DataFrame) -> None:
    data = built(sheet)
    names = [i.name for i in data.beliefs.indicators]
    kept = data.beliefs.answers[:, names.index("kept")]
    luck = data.beliefs.answers[:, names.index("luck")]
    told = told_of(sheet)
    assert (kept[told] == -1).all() and (kept[~told] >= 0).mean() > 0.9
    assert (luck[told] >= 0).mean() > 0.9
    assert "answered to kept, hidden forms no worldviews" in notes(data)


def test_all_that_any_information_speaks_for_is_no_evidence_of_worldviews() -> None:
    written = document()
    written["information"]["other"] = {
        "label": "Another report", "told": {"briefing": ["report"]}, "beliefs": {"kept": "lowers"}
    }  # fmt: skip
    questionnaire = parse(written, where="informed")
    sheet = answers(questionnaire, truth_of(questionnaire, NOTHING), n=200, seed=2)
    data = build_model_data(sheet, questionnaire)
    assert [one.touched for one in data.information] == [("kept", "hidden")] * 2
