"""Scores, missingness, distributions, planned missingness and flags."""

import polars as pl
import pytest

from mfp_stats.frames import (
    distributions,
    missingness,
    planned_missing,
    quality_flags,
    scores,
)
from mfp_stats.frames.scores import scored_levels
from mfp_stats.questionnaire.model import ItemType
from mfp_stats.simulate import default_truth, simulate_survey
from tests.questionnaires import all_roles, sheet_of, with_plans

QUESTIONNAIRE = all_roles()


def test_scores_turn_reversed_items_and_leave_holes() -> None:
    rows = [
        {"promises": 4, "promises_broken": 4, "age": 40.0, "age|status": 0},
        {"promises": -3, "promises_broken": 0},
    ]
    scored = scores(sheet_of(QUESTIONNAIRE, rows), QUESTIONNAIRE)
    assert scored["promises"].to_list() == [4.0, None]
    assert scored["promises_broken"].to_list() == [0.0, 4.0]
    assert scored["age"].to_list() == [40.0, None]
    assert "blame" not in scored.columns
    for item in (QUESTIONNAIRE.item(name) for name in ("promises", "promises_broken")):
        levels = scored_levels(sheet_of(QUESTIONNAIRE, rows), item)
        assert [float(k) if k >= 0 else None for k in levels] == scored[item.name].to_list()
        first = item.option_names[-1] if item.reverse else item.option_names[0]
        assert item.scored_names[0] == first


def test_the_five_kinds_of_missing_are_counted_by_group() -> None:
    resident, worker = {"relation": 0}, {"relation": 1}
    sheet = sheet_of(
        QUESTIONNAIRE,
        [
            {**resident, "blame": 1},
            {**resident, "blame": -2},
            {**worker, "blame": -3},
            {**worker, "blame": -4},
            {**worker, "blame": -5},
            {"blame": -1},
        ],
    )
    counted = missingness(sheet, QUESTIONNAIRE, by_group=True).filter(pl.col("item") == "blame")
    found = {(r["group"], r["status"]): r["n"] for r in counted.iter_rows(named=True) if r["n"]}
    assert found == {
        ("resident", "answered"): 1,
        ("resident", "skipped"): 1,
        ("worker", "dont_know"): 1,
        ("worker", "refused"): 1,
        ("worker", "not_applicable"): 1,
        (None, "not_asked"): 1,
    }
    shares = counted.group_by("group").agg(pl.col("share").sum())["share"]
    assert shares.to_list() == pytest.approx([1.0] * 3)


def test_statuses_of_everyone_add_up_for_every_item() -> None:
    simulated = simulate_survey(QUESTIONNAIRE, default_truth(QUESTIONNAIRE, seed=1), n=80, seed=1)
    total = missingness(simulated.sheet, QUESTIONNAIRE).group_by("item").agg(pl.col("n").sum())
    assert total["n"].unique().to_list() == [80]
    items = [i for i in QUESTIONNAIRE.items if i.type is not ItemType.NOTE]
    assert set(total["item"]) == {i.name for i in items}


def test_distributions_are_of_those_who_answered() -> None:
    sheet = sheet_of(
        QUESTIONNAIRE,
        [
            {"relation": 0, "weight": 3.0, "blame": 0, "tradeoffs.set1|best": 1},
            {"relation": 1, "weight": 1.0, "blame": 2, "tradeoffs.set1|best": 1},
            {"relation": 1, "weight": 1.0, "blame": -3},
        ],
    )
    table = distributions(sheet, QUESTIONNAIRE)
    blame = table.filter(pl.col("item") == "blame")
    assert blame["option"].to_list() == ["firms", "state", "chance"]
    assert blame["share"].to_list() == [0.5, 0.0, 0.5]
    assert blame["weighted_share"].to_list() == [0.75, 0.0, 0.25]
    best = table.filter(pl.col("item") == "tradeoffs.set1", pl.col("part") == "best")
    assert best["n"].to_list() == [0, 2, 0, 0]
    worst = table.filter(pl.col("item") == "tradeoffs.set1", pl.col("part") == "worst")
    assert worst["share"].to_list() == [None] * 4
    by_group = distributions(sheet, QUESTIONNAIRE, by_group=True).filter(pl.col("item") == "blame")
    workers = by_group.filter(pl.col("group") == "worker")
    assert workers["n"].to_list() == [0, 0, 1]
    assert workers["answered"].to_list() == [1, 1, 1]


def test_an_empty_sheet_counts_to_nothing() -> None:
    empty = sheet_of(QUESTIONNAIRE, [])
    assert distributions(empty, QUESTIONNAIRE).is_empty()
    assert missingness(empty, QUESTIONNAIRE, by_group=True).is_empty()
    assert planned_missing(empty, QUESTIONNAIRE)["n"].sum() == 0
    assert quality_flags(empty, QUESTIONNAIRE).is_empty()


def test_planned_missingness_matches_the_plan() -> None:
    simulated = simulate_survey(QUESTIONNAIRE, default_truth(QUESTIONNAIRE, seed=1), n=600, seed=3)
    table = planned_missing(simulated.sheet, QUESTIONNAIRE)
    plan = table.filter(pl.col("block") == "consequences")
    assert plan["planned"].to_list() == pytest.approx([2 / 3] * 3)
    assert plan["n"].sum() == 2 * 600
    assert plan["share"].to_list() == pytest.approx([2 / 3] * 3, abs=0.08)
    assert table.filter(pl.col("block") == "support")["share"].to_list() == [1.0] * 3


def test_each_pair_of_profiles_is_planned_by_itself() -> None:
    questionnaire = with_plans()
    simulated = simulate_survey(questionnaire, default_truth(questionnaire, seed=1), n=400, seed=3)
    table = planned_missing(simulated.sheet, questionnaire).filter(pl.col("block") == "plans")
    assert table["intervention"].to_list() == [f"plans.pair{k}" for k in range(1, 21)]
    assert table["planned"].to_list() == pytest.approx([8 / 20] * 20)
    assert table["n"].sum() == 8 * 400


def test_straightlining_and_duplicates_are_flagged() -> None:
    names = [f"consequences.pause.{v}" for v in QUESTIONNAIRE.values]
    flat = dict.fromkeys(names, 2)
    varied = dict(zip(names, [0, 1, 2, 3, 4], strict=True))
    flags = quality_flags(sheet_of(QUESTIONNAIRE, [flat, varied, flat]), QUESTIONNAIRE)
    assert flags["straightlined"].to_list() == [1, 0, 1]
    assert flags["duplicate"].to_list() == [True, False, True]
    assert flags["answered"].to_list() == [1.0, 1.0, 1.0]
