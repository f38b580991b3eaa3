"""Every page on stored results, on refused ones, and on surveys with nothing to show."""

import html
import json
import re

import polars as pl
import pytest

from mfp_stats.fitting.saved import Table
from mfp_stats.fitting.tables import table_file
from mfp_stats.views.found import TITLES, brief_findings, findings_of
from mfp_stats.views.markup import plain
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import interval, percent
from mfp_stats.workflow.simulated import Simulation, simulate_into
from mfp_stats.workflow.small_numbers import without_numbers
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import PAGES, RESULT_PAGES, SURVEY, charts, texts
from tests.app.synthetic import NAMES, save_synthetic, synthetic_tables


def saved_table(context, name: str) -> pl.DataFrame:
    folder = context.latest(SURVEY).folder
    parts = [name, f"{name}_revealed", f"{name}_claimed"]
    files = [table_file(folder, part) for part in parts]
    return pl.concat([pl.read_parquet(file) for file in files if file.is_file()])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_and_says_that_the_survey_is_simulated(stored, open_page, page):
    test = open_page(stored, page)
    assert not test.exception and not test.error
    assert "Simulated survey" in texts(test)


def test_the_overview_tells_the_same_numbers_as_the_table(stored, open_page):
    said = html.unescape(texts(open_page(stored)))
    pairs = saved_table(stored, "overlap").filter(version="revealed", weighting="weighted")
    for row in pairs.to_dicts():
        shown = interval(*(row[f"normalised_{k}"] for k in ("mean", "q05", "q95")))
        assert f"“{row['group_b_label']}”, overlap {shown}" in said
    everyone = saved_table(stored, "worldviews").filter(group="", weighting="weighted")
    for row in everyone.to_dicts():
        assert f"held by {percent(row['mean'], row['q05'], row['q95'])} of all" in said


@pytest.mark.parametrize("page", ["overview.py", "values_and_overlap.py", "worldviews.py"])
def test_a_page_says_once_how_its_estimates_are_weighted(stored, open_page, page):
    said = texts(open_page(stored, page))
    assert said.count(weighting_note("weighted")) == 1
    assert said.count("people tell as much as") <= 1
    assert weighting_note("unweighted") not in said


def test_unweighted_estimates_are_called_that_on_every_page(stored, open_page):
    test = open_page(stored, "values_and_overlap.py")
    test.segmented_control(key="weighting").set_value("unweighted").run()
    assert texts(test).count(weighting_note("unweighted")) == 1
    for topic in (Topic.OVERLAP, Topic.VALUES, Topic.WORLDVIEWS):
        assert weighting_note("weighted") in findings_of(stored.latest(SURVEY))[TITLES[topic]]
    for topic in (Topic.GAP, Topic.SURFACE):
        assert weighting_note("weighted") in brief_findings(stored.latest(SURVEY), topic)


def test_the_overview_says_at_its_top_that_everything_is_unweighted(fresh, open_page):
    questionnaire = fresh.project.questionnaire(SURVEY)
    sizes = {group.name: 100 for group in questionnaire.groups}
    tables = [
        Table(table.name, alone(table.frame), table.steps)
        for table in synthetic_tables(questionnaire, sizes=sizes)
    ]
    alike = {"weighting": "unweighted", "group": "", "group_label": "Everyone", "n": 400}
    tables.append(Table("weights", pl.DataFrame([alike])))
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh)
    assert weighting_note("unweighted") in [caption.value for caption in test.caption]
    assert texts(test).count(weighting_note("unweighted")) == 1
    assert weighting_note("weighted") not in texts(test)


def alone(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table of a fit without weights."""
    return frame.filter(weighting="unweighted") if "weighting" in frame.columns else frame


def test_tables_and_charts_of_values_hold_the_stored_numbers(stored, open_page):
    test = open_page(stored, "values_and_overlap.py")
    expected = saved_table(stored, "values").filter(version="revealed", weighting="weighted")
    shown = next(f.value for f in test.dataframe if "Value" in f.value.columns)
    assert shown["Share"].to_list() == expected["mean"].to_list()
    assert shown["5 %"].to_list() == expected["q05"].to_list()
    spec = json.loads(charts(test)[1].proto.spec)
    assert spec["layer"][1]["encoding"]["x"]["field"] == "q05"


def test_the_reader_chooses_how_priorities_were_asked_and_weighted(stored, open_page):
    test = open_page(stored, "values_and_overlap.py")
    test.segmented_control(key="version").set_value("claimed")
    test.segmented_control(key="weighting").set_value("unweighted").run()
    expected = saved_table(stored, "values").filter(version="claimed", weighting="unweighted")
    shown = next(f.value for f in test.dataframe if "Value" in f.value.columns)
    assert shown["Share"].to_list() == expected["mean"].to_list()
    assert "in importance ratings" in texts(test)


def test_worldviews_are_named_with_shares_and_beliefs(stored, open_page):
    test = open_page(stored, "worldviews.py")
    said = html.unescape(texts(test))
    assert "The answers fall into two distinct worldviews." in said
    assert all(f"{k + 1}. {name}" in said for k, name in enumerate(NAMES))
    shown = next(
        f.value for f in test.dataframe if list(f.value.columns)[:2] == ["Worldview", "Group"]
    )
    expected = saved_table(stored, "worldviews").filter(weighting="weighted")
    assert shown["Share"].to_list() == expected["mean"].to_list()


@pytest.mark.parametrize("page", RESULT_PAGES)
def test_every_chart_has_words_for_those_who_cannot_see_it(stored, open_page, page):
    for chart in charts(open_page(stored, page)):
        assert len(chart.proto.alt) > 40
        assert re.search(r"\d(–| to )[−\d]", chart.proto.alt)  # an interval


def test_groups_too_small_to_show_are_named_without_their_number(stored, open_page):
    test = open_page(stored)
    assert "too few people answered: Other people who live in this region" in texts(test)
    sizes = test.dataframe[0].value
    assert sizes["People"].to_list()[-1] == "too few to show"
    assert "7" not in sizes["People"].to_list()


#: Tables of the fit of the starter survey that rest on steps whose checks failed.
REFUSED = (
    *("values_revealed", "values_claimed", "overlap_revealed", "overlap_claimed"),
    *("overlap_differences", "worldviews", "worldview_beliefs"),
)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_number_of_a_refused_fit(stored, open_page, page):
    test = open_page(stored, page, "starter")
    folder = stored.latest("starter").folder
    said, tables = texts(test), [frame.value for frame in test.dataframe]
    assert not test.exception and not charts(test)
    if page in RESULT_PAGES:
        assert "R-hat 1.31 at share of worldview 2, where at most 1.01 is allowed" in said
        assert "Set target_accept to 0.95 or higher." in said
    for name in REFUSED:
        numbers = pl.read_parquet(table_file(folder, name)).select(pl.selectors.float())
        for number in {n for column in numbers for n in column}:
            forms = {f"{number:.2f}", f"{100 * number:.0f} %"} - {"0.95", "1.00", "0.00", "0 %"}
            assert not any(re.search(rf"(?<![\d.]){re.escape(form)}", said) for form in forms)
            assert not any((frame == number).any().any() for frame in tables if number % 1)


def test_the_checks_of_a_refused_fit_are_told_with_what_to_do(stored, open_page):
    test = open_page(stored, "fits.py", "starter")
    assert [e.value for e in test.error] == ["Checks failed: what rests on them is not shown."]
    assert "values revealed: R-hat 1.31 at share of worldview 2, where" in texts(test)


def test_a_survey_that_nobody_answered_says_what_to_do_next(fresh, open_page):
    for page in RESULT_PAGES:
        test = open_page(fresh, page)
        assert not test.exception
        assert "Nobody has answered this survey yet." in texts(test)
        assert "Import answers" in [link.proto.label for link in test.main.get("page_link")]


def test_the_survey_that_has_answers_comes_first(fresh):
    fresh.store.publish(fresh.questionnaire(SURVEY))
    simulate_into(fresh.project, fresh.store, "starter", Simulation(20, 1))
    assert fresh.surveys()[:2] == ["starter", SURVEY]


def test_an_answered_survey_that_is_not_fitted_offers_a_fit(stored, fresh, open_page):
    simulate_into(fresh.project, fresh.store, "starter", Simulation(30, 1))
    test = open_page(fresh, PAGES[0], "starter")
    assert "30 people have answered; the survey has not been fitted yet." in texts(test)
    assert "Start a fit" in [link.proto.label for link in test.main.get("page_link")]


def test_links_between_pages_keep_the_survey(stored, open_page):
    test = open_page(stored, PAGES[0], "starter")
    links = [link.proto for link in test.get("page_link")]
    assert len(links) >= 5
    assert all("survey=starter" in link.query_string for link in links)


def test_an_unknown_survey_in_the_address_opens_the_first(stored, open_page):
    test = open_page(stored, PAGES[0], "nothing_such")
    assert not test.exception
    assert "Data centres and our region" in texts(test)


def test_data_shows_what_is_missing_and_where_people_answer(stored, open_page):
    test = open_page(stored, "data.py")
    assert [m.value for m in test.metric] == ["60", "1", "0"]
    assert "/s/ai_datacentres" in texts(test)
    missing = test.dataframe[0].value
    assert set(missing["Reason"]) <= {
        *("not asked", "skipped", "don't know", "refused", "not applicable"),
    }


def test_a_number_of_people_that_would_tell_a_smaller_one_is_on_no_page(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    names = [group.name for group in questionnaire.groups]
    sizes = dict(zip(names, (43, 171, 99, 9), strict=True))
    tables = [without_numbers(t, names[:1]) for t in synthetic_tables(questionnaire, sizes=sizes)]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    for page in RESULT_PAGES:
        test = open_page(fresh, page)
        assert not test.exception
        assert not re.search(r"\b43 (?:people|who)|None people", texts(test))
    overview = open_page(fresh, RESULT_PAGES[0])
    assert overview.metric[0].value == "not shown"
    people = overview.dataframe[0].value["People"].to_list()
    assert people == ["not shown: it would tell a smaller one's", "171", "99", "too few to show"]


HOSTILE = "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) :red[no] $x$ :smile:"


def test_hostile_labels_stay_text_on_every_page(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    sizes = {group.name: 50 for group in questionnaire.groups}
    tables = [
        Table(t.name, t.frame.with_columns(_hostile(t.frame)), t.steps)
        for t in synthetic_tables(questionnaire, sizes=sizes)
    ]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    offered = []
    for page in RESULT_PAGES:
        test = open_page(fresh, page)
        assert not test.exception
        raw = "\n".join(str(e.body) for e in test.get("html"))
        assert "<img" not in raw and html.escape(HOSTILE) in raw
        marked = [e.value for kind in ("markdown", "caption", "header") for e in test.get(kind)]
        assert not any("onerror" in text or "bold" in text for text in marked)
        options = [option for radio in test.radio for option in radio.options]
        assert not any(HOSTILE in option for option in options)
        assert all(plain(HOSTILE) in option for option in options if "onerror" in option)
        offered += options
    assert any("onerror" in option for option in offered)


def test_a_hostile_label_of_the_group_that_a_fit_is_of_stays_text(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    save_synthetic(
        fresh.project.data / "fits", questionnaire, more={"within_label": HOSTILE, "within": "x"}
    )
    (banner,) = open_page(fresh).info
    assert plain(f"Only people of “{HOSTILE}” are in this fit.") == banner.value


def _hostile(frame: pl.DataFrame) -> list[pl.Expr]:
    names = [c for c in frame.columns if c.endswith("label") or c in ("name", "why", "quantity")]
    return [pl.format("{} {}", pl.lit(HOSTILE), pl.col(name)).alias(name) for name in names]


def test_a_questionnaire_with_faults_is_told_as_text(tmp_path, checkout, open_page):
    from mfp_stats.project import Project
    from mfp_stats.store import Store
    from mfp_stats.workflow.context import PageContext

    folder = tmp_path / "surveys" / "broken"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text("survey: broken\ntitle: <b>x</b>\n")
    project = Project(tmp_path, checkout)
    with Store.open(project.data) as store:
        test = open_page(PageContext(project, store), "data.py", "broken")
    assert not test.exception
    assert "The questionnaire cannot be used." in texts(test)


def test_a_questionnaire_is_read_again_when_its_file_changes(tmp_path, checkout, fresh):
    folder = fresh.project.root / "surveys" / "starter"
    folder.mkdir()
    written = (checkout / "surveys" / "starter" / "questionnaire.yaml").read_text()
    (folder / "questionnaire.yaml").write_text(written)
    first = fresh.questionnaire("starter")
    assert fresh.questionnaire("starter") is first
    (folder / "questionnaire.yaml").write_text(written.replace("our town", "our small town"))
    assert "small" in fresh.questionnaire("starter").title["en"]


def test_where_only_ratings_were_refused_the_trade_offs_are_shown_and_it_is_said(fresh, open_page):
    fits, questionnaire = fresh.project.data / "fits", fresh.questionnaire(SURVEY)
    save_synthetic(fits, questionnaire, failed=["values_claimed"], by_version=True)
    test = open_page(fresh, "values_and_overlap.py")
    assert not test.exception
    said = texts(test)
    assert "left out here" in said and "<li>values claimed</li>" in said
    assert "in trade-offs" in said and "in importance ratings" not in said


@pytest.mark.parametrize("page", RESULT_PAGES)
def test_a_survey_that_asked_for_neither_says_so(fresh, open_page, page):
    questionnaire = fresh.questionnaire(SURVEY)
    sizes = {group.name: 50 for group in questionnaire.groups}
    kept = ("group_sizes", "unavailable")
    tables = [t for t in synthetic_tables(questionnaire, sizes=sizes) if t.name in kept]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh, page)
    assert not test.exception and not charts(test)
    nothing = ("asked for no", "was made before it could be worked out")
    assert any(words in texts(test) for words in nothing)
