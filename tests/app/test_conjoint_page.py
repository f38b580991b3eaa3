"""The page on choices between plans: findings, a chart an attribute, designs, refusals."""

import html
from dataclasses import replace

import polars as pl
import pytest

from mfp_stats.errors import ChoiceError
from mfp_stats.views.conjoint_findings import ALIKE, PREFERRED
from mfp_stats.workflow.conjoint_search import conjoint_search
from mfp_stats.workflow.show import show
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import SURVEY, charts, texts
from tests.app.synthetic import save_synthetic, synthetic_tables


def said(test) -> str:
    return html.unescape(texts(test))


def test_the_page_tells_what_groups_prefer_and_draws_every_attribute(stored, open_page):
    test = open_page(stored, "conjoint.py")
    assert not test.exception
    words = said(test)
    assert "“Payer”: every group shown prefers “firms”" in words
    assert "“Pause”: groups part over it." in words
    assert PREFERRED in words and "Untested" in words
    assert "it is predicted to be preferred to a random proposal by at least 50 %" in words
    assert test.slider(key="threshold").label.endswith(
        "has to prefer a design to a random proposal"
    )
    assert "prefer a design" in test.multiselect(key="coalition").label
    assert ALIKE.format(whom="a group and worldview") in words
    drawn = [chart.proto.alt for chart in charts(test)]
    assert [text.split(":")[0] for text in drawn] == [
        *(f"Shares that prefer a proposal by its “{name}”" for name in ("Pause", "Payer")),
        "Share that prefers it to a random proposal, threshold 50%",
        *(f"Shares that prefer a proposal by its “{name}”" for name in ("Pause", "Payer")),
    ]
    assert all(text.endswith(".") and "nan" not in text for text in drawn)


def test_a_failed_fit_has_no_number(stored, open_page):
    test = open_page(stored, "conjoint.py", survey="starter")
    assert "No numbers are shown here" in said(test)
    assert not charts(test)


def test_without_choices_the_page_says_so(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    sizes = {group.name: 60 for group in questionnaire.groups}
    kept = [t for t in synthetic_tables(questionnaire, sizes=sizes) if "conjoint" not in t.name]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=kept)
    assert "Run: mfp fit" in said(open_page(fresh, "conjoint.py"))


def test_a_coalition_of_one_has_designs_that_it_prefers(stored):
    results = stored.latest(SURVEY)
    group = results.table("conjoint")["group"][0]
    found = conjoint_search(results, coalition=[group])["conjoint_search"]
    first = found.row(0, named=True)
    assert (first["attribute_Pause"], first["attribute_Payer"]) == ("five years", "firms")
    assert first["joint_probability"] == 1
    assert first["coalition"] == group and not first["tested"]


def test_records_are_levels_worldviews_pairs_and_designs(stored):
    shown = show(stored.project, SURVEY, Topic.CONJOINT)
    kinds = [record["kind"] for record in shown.records]
    assert list(dict.fromkeys(kinds)) == ["group", "worldview", "pair", "proposal"]
    levels = [r for r in shown.records if r["kind"] == "group"]
    assert {r["attribute_label"] for r in levels} == {"Pause", "Payer"}
    assert all(0 <= r["prefers_q05"] <= r["prefers_mean"] <= r["prefers_q95"] <= 1 for r in levels)


def two_blocks(context, group: str):
    """Store a fit of two blocks, in the second of which a group is not shown; return it."""
    questionnaire = context.questionnaire(SURVEY)
    sizes = {g.name: 60 for g in questionnaire.groups}
    kept = synthetic_tables(questionnaire, sizes=sizes)
    second = [
        replace(
            t,
            name=t.name.replace("-plans", "-others"),
            frame=t.frame.with_columns(
                conjoint=pl.lit("others"),
                **{"conjoint_label": pl.lit("Others")} if "conjoint_label" in t.frame else {},
            ).filter(
                ~pl.any_horizontal(
                    pl.lit(value=False), *(pl.col(c) == group for c in _GROUPS if c in t.frame)
                )
            ),
        )
        for t in kept
        if t.name.startswith("conjoint")
    ]
    save_synthetic(context.project.data / "fits", questionnaire, tables=[*kept, *second])
    return context.latest(SURVEY)


_GROUPS = ("group", "group_a", "group_b")


def test_a_group_that_one_block_lacks_counts_in_the_other_alone(fresh, open_page):
    name = fresh.questionnaire(SURVEY).groups[0].name
    results = two_blocks(fresh, name)
    groups = results.table("conjoint")["group"].unique(maintain_order=True).to_list()
    found = conjoint_search(results, coalition=groups)["conjoint_search"]
    by_block = dict(found.select("conjoint", "coalition").unique().rows())
    assert name in by_block["plans"].split(" + ")
    assert name not in by_block["others"].split(" + ")
    alone = conjoint_search(results, coalition=[name])["conjoint_search"]
    assert alone["conjoint"].unique().to_list() == ["plans"]
    words = said(open_page(fresh, "conjoint.py"))
    assert "of whom too few chose in “Others”" in words
    assert "“Others”: Of 6 designs" in words and words.count("Untested: these") == 1


def test_levels_are_named_as_in_the_questionnaire_or_as_they_are_shown(stored):
    results = stored.latest(SURVEY)
    for name, level in (("Pause", "five years"),):
        found = conjoint_search(results, levels={name: [level]})["conjoint_search"]
        assert set(found["attribute_Pause"]) == {level}
    with pytest.raises(ChoiceError, match="no attribute 'Paus'"):
        conjoint_search(results, levels={"Paus": ["none"]})
    with pytest.raises(ChoiceError, match="no estimate for a group 'nobody'"):
        conjoint_search(results, coalition=["nobody"])
