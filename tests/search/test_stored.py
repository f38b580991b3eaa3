"""The search of a stored fit: any coalition, threshold and levels; what cannot be is refused."""

from dataclasses import replace as replaced
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.cli.show import parse_levels
from mfp_stats.errors import ChoiceError, FitRefused
from mfp_stats.fitting.saved import Table
from mfp_stats.project import Project
from mfp_stats.quantities.search.attributes import say_level
from mfp_stats.quantities.search.tables import proposal_table
from mfp_stats.views.found import findings_of
from mfp_stats.views.search_findings import describe_search
from mfp_stats.workflow.coordination import coordination
from mfp_stats.workflow.needs import why_nothing
from mfp_stats.workflow.results import FitResults, fit_of
from mfp_stats.workflow.search import (
    NO_DIFFERENCE,
    NO_ESTIMATE,
    rationalised,
    search,
    search_space,
)
from mfp_stats.workflow.show import Asked, show
from mfp_stats.workflow.topics import Topic
from tests.app.synthetic import STEPS, save_synthetic, synthetic_tables

SURVEY = "ai_datacentres"
SIZES = {"industry": 40, "neighbours": 80, "exposed_workers": 60, "other_residents": 9}


@pytest.fixture(scope="module")
def questionnaire(checkout):
    return Project(checkout, checkout).questionnaire(SURVEY)


def saved(folder, checkout, questionnaire, *, sizes=None, change=lambda t: t, **more) -> FitResults:
    (folder / "surveys").mkdir(exist_ok=True)
    project = Project(folder, checkout)
    tables = [change(t) for t in synthetic_tables(questionnaire, sizes=sizes or SIZES)]
    save_synthetic(project.data / "fits", questionnaire, tables=tables, **more)
    return fit_of(project, SURVEY)


@pytest.fixture(scope="module")
def fit(tmp_path_factory, checkout, questionnaire) -> FitResults:
    return saved(tmp_path_factory.mktemp("project"), checkout, questionnaire)


def told(fit: FitResults, **asked) -> str:
    tables = search(fit, **asked)
    assert len(tables["search"])
    return " ".join(
        describe_search(tables["search"], tables["search_summary"], fit.table("worldviews"))
    )


def test_every_combination_is_a_design_and_every_proposal_is_in_the_table(fit):
    tables = search(fit)
    summary = tables["search_summary"]
    assert set(summary["designs"]) == set(summary["looked_at"]) == {64}
    for weighting in ("unweighted", "weighted"):
        rows = tables["search"].filter(weighting=weighting)
        fielded = rows["intervention"].drop_nulls().to_list()
        assert sorted(fielded) == sorted(search_space(fit).proposals)
    assert set(tables["search"]["tested"]) == {False}


def test_fielded_proposals_are_accepted_as_the_surface_says(fit):
    """But for the draws that the search keeps, here a tenth of all."""
    found = search(fit, threshold=0.4)["search"].drop_nulls("intervention")
    surface = coordination(fit, threshold=0.4, coalitions=[["industry", "neighbours"]])
    pair = search(fit, threshold=0.4, coalition=["neighbours", "industry"])["search"]
    both = pair.drop_nulls("intervention").join(surface, on=["intervention", "weighting"])
    assert len(both) == 12 and set(pair["coalition"]) == {"industry + neighbours"}
    apart = (both["joint_probability"] - both["joint_probability_right"]).abs()
    assert apart.max() < 0.25
    draws = fit.table("acceptance_draws").filter(pl.col("draw") % 10 == 0)
    for row in found.to_dicts():
        cell = {k: row[k] for k in ("intervention", "weighting")}
        wide = draws.filter(**cell).pivot(on="group", index="draw", values="accepts")
        worst = wide.select(pl.min_horizontal(pl.exclude("draw"))).to_series()
        assert row["joint_probability"] == pytest.approx((worst >= 0.4).mean())
        assert row["worst_mean"] == pytest.approx(worst.mean(), abs=1e-6)


def test_so_are_models_that_the_randomised_check_does_not_bear_out(fit):
    """They lead by what people said, and designs act through just that."""
    gap = fit.table("gap").with_columns(warning=pl.lit(""), pooled_warning=pl.lit(""))
    named = gap.filter(pl.col("intervention") != "pooled", verdict="models")
    label = named["intervention_label"][0]
    doubted = (pl.col("intervention_label") == label) & (pl.col("verdict") == "models")
    changed = gap.with_columns(
        verdict=pl.when(doubted).then(pl.lit("cannot_tell")).otherwise("verdict"),
        checked_probability=pl.when(doubted).then(0.6).otherwise("checked_probability"),
    )
    weighting = named["weighting"][0]
    assert rationalised(gap, weighting) == []
    assert rationalised(changed, weighting) == [label]


def test_beliefs_bent_to_support_on_a_proposal_are_warned_of_by_weighting(fit):
    rows = fit.table("gap").filter(pl.col("intervention") != "pooled").to_dicts()
    warned = [r for r in rows if "rationalised" in (r["warning"], r["pooled_warning"])]
    summary = search(fit)["search_summary"]
    for row in summary.to_dicts():
        among = (r for r in warned if r["weighting"] == row["weighting"])
        labels = {r["intervention_label"] for r in among}
        assert set(row["rationalised"]) == labels and labels
    assert "Warning: designs act here through what people say they believe" in told(fit)
    (finding,) = (s for s in findings_of(fit)["Design search"] if s.startswith("Warning"))
    assert all(f"“{label}”" in finding for label in set(labels))


def test_larger_coalitions_and_higher_thresholds_never_accept_more(fit):
    def joint(**asked) -> dict[str, float]:
        rows = search(fit, **asked)["search"].filter(weighting="unweighted")
        return dict(rows.select("design", "joint_probability").rows())

    all_of_them, pair = joint(threshold=0.55), joint(threshold=0.55, coalition=["industry"])
    higher = joint(threshold=0.6)
    for name in set(all_of_them) & set(pair):
        assert all_of_them[name] <= pair[name]
    for name in set(all_of_them) & set(higher):
        assert higher[name] <= all_of_them[name]


@pytest.mark.parametrize(
    ("threshold", "said"),
    [(0.0, "is met by everything"), (1.0, "No design is predicted to be accepted")],
)
def test_thresholds_at_the_ends_are_said_to_tell_nothing(fit, threshold, said):
    assert said in told(fit, threshold=threshold)


def test_a_coalition_of_one_is_spoken_of_as_one_group(fit):
    words = told(fit, coalition=["neighbours"])
    assert "of the group" in words
    rows = search(fit, coalition=["neighbours"])["search"]
    assert set(rows["change_toward"].drop_nulls()) <= {"neutral"}


def test_a_change_to_0_is_to_the_middle_of_the_scale_where_no_answer_is_neutral(
    tmp_path, checkout, questionnaire
):
    def words(zero: str | None) -> str:
        def change(table: Table) -> Table:
            if table.name != "search_cells":
                return table
            return replaced(table, frame=table.frame.with_columns(zero=pl.lit(zero)))

        (tmp_path / str(zero)).mkdir()
        stored = saved(tmp_path / str(zero), checkout, questionnaire, change=change)
        rows = search(stored, threshold=0.7)["search"]
        moved = rows.filter(change_toward="neutral")
        assert len(moved)
        (label,) = set(moved["change_toward_label"])
        return f"{label}; {told(stored, threshold=0.7)}"

    neutral, middle = words("neutral"), words("middle")
    assert neutral.startswith("no difference; ") and middle.startswith("the middle of the scale; ")
    assert " expects good" in neutral or " expects harm" in neutral or "nor harm" in neutral
    assert "than the middle of the scale" in middle and "good" not in middle.split("; ", 1)[1]


def test_levels_narrow_the_search_and_a_number_between_is_marked_as_never_seen(fit):
    rows = search(fit, levels={"fund_percent": ["1", "2"], "fast": ["no"]})["search"]
    new = rows.filter(pl.col("intervention").is_null())
    assert set(new["attribute_fund_percent"]) <= {"1", "2"} and set(new["attribute_fast"]) == {"no"}
    unseen = dict(rows.select("attribute_fund_percent", "unseen_level").rows())
    assert unseen == {"1": True, "2": False} or unseen == {"2": False}
    # Of the proposals, only the fund has both a level of fund_percent and of fast that is searched.
    assert set(rows["intervention"].drop_nulls()) == {"resident_fund"}


def test_records_hold_what_is_known_of_the_whole_search(fit):
    project = Project(fit.folder.parent.parent.parent, Path.cwd())
    asked = Asked(levels={"fund_percent": ["0", "2"]})
    shown = show(project, SURVEY, Topic.SEARCH, asked=asked)
    summary = {row["weighting"]: row for row in shown.tables["search_summary"].to_dicts()}
    assert len(shown.records) == len(shown.tables["search"])
    for record, row in zip(shown.records, shown.tables["search"].to_dicts(), strict=True):
        assert row.items() <= record.items()
        about = summary[record["weighting"]]
        for name in (
            "draws",
            "complete",
            "tied",
            "designs",
            "looked_at",
            "front",
            "notes",
            "rationalised",
        ):
            assert record[f"search_{name}"] == about[name]


def test_levels_of_an_attribute_may_be_given_in_several_pieces():
    assert parse_levels(["fund=0, 2", "fast=no", "fund=5"]) == {
        "fund": ["0", "2", "5"],
        "fast": ["no"],
    }
    with pytest.raises(ChoiceError, match="is no attribute with its levels"):
        parse_levels(["fund=0", "fast"])


def test_levels_that_nobody_saw_are_refused_all_at_once(fit):
    wrong = {"fund_percent": ["5", "two"], "vote": ["maybe"], "colour": ["red"], "fast": []}
    with pytest.raises(ChoiceError) as refused:
        search(fit, levels=wrong)
    text = str(refused.value)
    for said in (
        "no attribute 'colour'",
        "with 5, or beyond it; known: 0, 2",
        "the level 'two'",
        "the level 'maybe'; known: no, yes",
        "fast: no level is given",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"threshold": 1.2}, "1.2 is no share"),
        ({"threshold": float("nan")}, "nan is no share"),
        ({"coalition": ["martians"]}, "'martians'; known: industry"),
        ({"coalition": []}, "it has no group"),
    ],
)
def test_what_cannot_be_asked_is_named(fit, asked, said):
    with pytest.raises(ChoiceError, match=said):
        search(fit, **asked)


def test_a_failed_fit_is_refused(tmp_path, checkout, questionnaire):
    failed = saved(tmp_path, checkout, questionnaire, failed=STEPS)
    with pytest.raises(FitRefused):
        search(failed)
    with pytest.raises(FitRefused):
        search_space(failed)


def described(attributes: dict[str, dict]) -> pl.DataFrame:
    return proposal_table(attributes, {name: name.title() for name in attributes})


def without_search(proposals: pl.DataFrame):
    """Return a change of tables to a fit whose proposals allow no search."""

    def change(table: Table) -> Table:
        if table.name == "search_proposals":
            return replaced(table, frame=proposals)
        if table.name.startswith("search_"):
            return replaced(table, frame=pl.DataFrame())
        if table.name == "unavailable":
            return replaced(table, frame=table.frame.clear())
        return table

    return change


def test_one_level_of_every_attribute_tells_nothing_of_others(tmp_path, checkout, questionnaire):
    same = described({"a": {"years": 2.0}, "b": {"years": 2.0}, "c": {}})
    fit = saved(tmp_path, checkout, questionnaire, change=without_search(same))
    assert search(fit)["search"].is_empty()
    words = why_nothing(fit, Topic.SEARCH)
    assert words[-1] == NO_DIFFERENCE
    assert "“C” is not described by attributes." in words
    assert any("the same years (2)" in sentence for sentence in words)


def test_proposals_without_attributes_leave_nothing_to_search(tmp_path, checkout, questionnaire):
    fit = saved(tmp_path, checkout, questionnaire, change=without_search(pl.DataFrame()))
    tables = search(fit)
    assert tables["search"].is_empty() and tables["search_summary"].is_empty()
    assert search_space(fit).size == 0
    assert describe_search(tables["search"], tables["search_summary"], pl.DataFrame())


def test_one_group_large_enough_is_searched_by_itself(tmp_path, checkout, questionnaire):
    fit = saved(tmp_path, checkout, questionnaire, sizes={"neighbours": 80, "industry": 7})
    tables = search(fit)
    assert set(tables["search"]["coalition"]) == {"neighbours"}
    assert not any(name.startswith("accepts_industry") for name in tables["search"].columns)


def test_a_proposal_with_too_few_asked_in_a_group_is_left_out_where_that_group_counts(
    tmp_path, checkout, questionnaire
):
    unseen = (pl.col("intervention") == "pause") & (pl.col("group") == "industry")

    def change(table: Table) -> Table:
        kept = table.frame.filter(~unseen) if table.name.startswith("acceptance") else table.frame
        return replaced(table, frame=kept)

    fit = saved(tmp_path, checkout, questionnaire, change=change)
    assert "pause" not in set(search(fit)["search"]["intervention"])
    assert "pause" in set(search(fit, coalition=["neighbours"])["search"]["intervention"])


def test_where_the_only_design_searched_has_no_number_nothing_is_shown(
    tmp_path, checkout, questionnaire
):
    unseen = (pl.col("intervention") == "pause") & (pl.col("group") == "industry")

    def change(table: Table) -> Table:
        kept = table.frame.filter(~unseen) if table.name.startswith("acceptance") else table.frame
        return replaced(table, frame=kept)

    fit = saved(tmp_path, checkout, questionnaire, change=change)
    only = {
        a.name: [say_level(a.fielded[k])]
        for a, k in zip(search_space(fit).attributes, search_space(fit).fielded[0], strict=True)
    }
    found = search(fit, levels=only)
    assert found["search"].is_empty()
    assert set(found["search_summary"]["designs"]) == {1}
    assert describe_search(found["search"], found["search_summary"], pl.DataFrame())
    assert why_nothing(fit, Topic.SEARCH)[-1] == NO_ESTIMATE
    one = search(fit, levels=only, coalition=["neighbours"])["search"]
    assert set(one["intervention"]) == {"pause"} and not one["confirm"].any()


def test_the_order_of_stored_rows_does_not_matter(fit, tmp_path, checkout, questionnaire):
    def change(table: Table) -> Table:
        if table.name in ("search_people", "search_links", "acceptance_draws"):
            return replaced(table, frame=table.frame.sample(fraction=1, shuffle=True, seed=1))
        return table

    shuffled = search(saved(tmp_path, checkout, questionnaire, change=change))["search"]
    straight = search(fit)["search"]
    assert shuffled["design"].to_list() == straight["design"].to_list()
    np.testing.assert_allclose(shuffled["worst_mean"], straight["worst_mean"], atol=1e-6)
