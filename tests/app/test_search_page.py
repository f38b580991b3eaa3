"""The page of the design search: it follows what the reader chooses, and says it is untested."""

import html

import polars as pl

from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.search.tables import proposal_table
from mfp_stats.views.search_words import UNTESTED, design_name
from mfp_stats.workflow.search import NO_DIFFERENCE, search
from tests.app.conftest import SURVEY, charts, texts
from tests.app.synthetic import save_synthetic, synthetic_tables


def said(test) -> str:
    return html.unescape(texts(test))


def table_of(test) -> pl.DataFrame:
    shown = next(f.value for f in test.dataframe if "Probability that all accept" in f.value)
    return pl.from_pandas(shown) if not isinstance(shown, pl.DataFrame) else shown


def test_the_page_tells_the_findings_and_carries_the_badge(stored, open_page):
    test = open_page(stored, "search.py")
    assert not test.exception
    words = said(test)
    first = search(stored.latest(SURVEY))["search"].filter(weighting="weighted").row(0, named=True)
    assert f"“{design_name(first)}”" in words
    assert UNTESTED in words
    assert "ith beliefs as they are, all groups reach the threshold with probability" in words
    assert "Worldview 1: " in words
    assert any("Untested" in badge.value for badge in test.markdown)
    assert len(charts(test)) == 3
    for chart in charts(test):
        assert chart.proto.alt.endswith(".") and "nan" not in chart.proto.alt


def test_the_page_follows_threshold_coalition_and_levels(stored, open_page):
    test = open_page(stored, "search.py")
    test.slider(key="threshold").set_value(60)
    test.multiselect(key="coalition").set_value(["industry", "neighbours"])
    test.multiselect(key="levels_vote").set_value(["no"])
    test.run()
    assert not test.exception
    expected = search(
        stored.latest(SURVEY),
        threshold=0.6,
        coalition=["industry", "neighbours"],
        levels={"vote": ["no"]},
    )["search"].filter(weighting="weighted")
    shown = table_of(test)
    assert shown["Design"].to_list() == expected["design"].to_list()
    joint = expected["joint_probability"].to_list()
    assert shown["Probability that all accept"].to_list() == joint
    assert "vote yes" not in " ".join(shown["Design"].to_list())


def test_a_coalition_of_nobody_is_asked_for_groups(stored, open_page):
    test = open_page(stored, "search.py")
    test.multiselect(key="coalition").set_value([]).run()
    assert not test.exception and not charts(test)
    assert "Choose at least one group." in texts(test)


def test_proposals_that_do_not_differ_are_said_to_tell_nothing(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    same = proposal_table({"a": {"years": 2.0}, "b": {"years": 2.0}}, {"a": "A", "b": "B"})
    sizes = {group.name: 60 for group in questionnaire.groups}
    tables = []
    for table in synthetic_tables(questionnaire, sizes=sizes):
        frame = table.frame
        if table.name.startswith("search_"):
            frame = same if table.name == "search_proposals" else pl.DataFrame()
        if table.name == "unavailable":
            frame = frame.clear()
        tables.append(Table(table.name, frame, table.steps))
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh, "search.py")
    assert not test.exception and not charts(test)
    assert NO_DIFFERENCE in said(test)
