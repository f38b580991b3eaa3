"""The pages on gaps, the coordination surface, signals and predictions."""

import html
import json
import re
from dataclasses import replace

import polars as pl
import pytest

from mfp_stats.fitting.saved import Table
from mfp_stats.fitting.tables import table_file
from mfp_stats.views.divergence_findings import NO_SWAPS
from mfp_stats.views.gap_findings import VERDICT_WORDS
from mfp_stats.views.surface_findings import ZONES
from mfp_stats.views.words import percent, points
from mfp_stats.workflow.coordination import coordination
from mfp_stats.workflow.needs import QUANTITIES
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import SURVEY, charts, texts
from tests.app.synthetic import STEPS, save_synthetic, synthetic_tables

NEW_PAGES = {
    "gap.py": Topic.GAP,
    "surface.py": Topic.SURFACE,
    "signals.py": Topic.SIGNALS,
    "predictions.py": Topic.DIVERGENCE,
    "search.py": Topic.SEARCH,
    "forecasts.py": Topic.FORECAST,
}
ENDS = ("mean", "q05", "q95")


def of(context, name: str) -> pl.DataFrame:
    return context.latest(SURVEY).table(name)


def said(test) -> str:
    return html.unescape(texts(test))


def frame_with(test, column: str):
    return next(f.value for f in test.dataframe if column in f.value.columns)


def save(context, *, sizes=None, keep=lambda _name: True, unavailable=None, **more) -> None:
    questionnaire = context.questionnaire(SURVEY)
    sizes = sizes or {group.name: 60 for group in questionnaire.groups}
    tables = [t for t in synthetic_tables(questionnaire, sizes=sizes) if keep(t.name)]
    if unavailable is not None:
        tables = [t for t in tables if t.name != "unavailable"] + [unavailable]
    save_synthetic(context.project.data / "fits", questionnaire, tables=tables, **more)


def test_gaps_are_told_with_their_verdict_interval_and_label(stored, open_page):
    words = said(open_page(stored, "gap.py"))
    pooled = of(stored, "gap").filter(weighting="weighted", intervention="pooled").to_dicts()
    for row in pooled:
        if row["verdict"] == "models":
            share = percent(*(row[f"models_share_{end}"] for end in ENDS))
            assert f"Models carry {share} of the gap in support" in words
    assert "the survey cannot tell what carries that: the likeliest is models" in words
    assert "This split is descriptive" in words
    assert words.count("Warning") >= 2 and "models are not named as the cause" in words
    assert "Weighted by the weights that came with the answers." in words


def test_who_is_apart_on_what_is_seen_at_once_and_not_said_again(stored, open_page):
    test = open_page(stored, "gap.py")
    words = said(test)
    assert words.count("By themselves") == 0 and "Which groups are apart on what" in words
    gap = of(stored, "gap").filter(weighting="weighted")
    matrix = charts(test)[0].proto.alt
    assert matrix.startswith("Gaps in support and what carries them: All proposals together")
    assert matrix.count(";") == len(gap) - 1
    assert matrix.count(", cannot tell") == (gap["verdict"] == "cannot_tell").sum() > 0
    assert matrix.count("with a warning") == (gap["warning"] != "").sum() > 0


def test_the_reader_chooses_two_groups_and_a_proposal(stored, open_page):
    test = open_page(stored, "gap.py")
    gap = of(stored, "gap").filter(weighting="weighted")
    test.radio(key="pair").set_value(1).run()
    other = gap.filter(group_a="industry", group_b="exposed_workers")
    shown = frame_with(test, "Verdict")
    assert shown["Gap"].to_list() == other["gap_mean"].to_list()
    assert shown["Verdict"].to_list() == [VERDICT_WORDS[verdict] for verdict in other["verdict"]]
    test.selectbox(key="proposal").set_value(2).run()
    assert not test.exception
    row = other.row(1, named=True)
    assert charts(test)[1].proto.alt.startswith(
        f"Split of the gap on “{row['intervention_label']}”"
    )
    assert points(*(row[f"values_{end}"] for end in ENDS)) in charts(test)[1].proto.alt


def test_every_cause_is_drawn_with_its_interval_and_told_apart_by_shape(stored, open_page):
    spec = json.loads(charts(open_page(stored, "gap.py"))[2].proto.spec)
    *_, intervals, means = spec["layer"]
    assert intervals["encoding"]["x2"]["field"] == "q95"
    assert means["encoding"]["shape"]["field"] == means["encoding"]["color"]["field"] == "name"
    assert len(means["encoding"]["shape"]["scale"]["domain"]) == 6


def test_the_surface_follows_the_threshold_and_the_coalition(stored, open_page):
    test = open_page(stored, "surface.py")
    for threshold, coalition in ((65, ["industry", "neighbours"]), (5, ["industry"]), (95, None)):
        test.slider(key="threshold").set_value(threshold)
        if coalition:
            test.multiselect(key="coalition").set_value(coalition)
        test.run()
        assert not test.exception
        names = coalition or ["industry"]
        expected = coordination(
            stored.latest(SURVEY), threshold=threshold / 100, coalitions=[names]
        ).filter(weighting="weighted")
        shown = frame_with(test, "Probability that all accept")
        joint = shown["Probability that all accept"].to_list()
        assert joint == expected["joint_probability"].to_list()
        assert shown["Zone"].to_list() == [ZONES[zone] for zone in expected["zone"]]
        for row in expected.to_dicts():
            assert f"{ZONES[row['zone']]}, “{row['intervention_label']}”" in said(test)


@pytest.mark.parametrize(
    ("threshold", "words"),
    [(0, "is met by everything: choose a higher one"), (100, "is reached by no estimated share")],
)
def test_a_threshold_at_an_end_puts_nothing_in_a_zone(stored, open_page, threshold, words):
    test = open_page(stored, "surface.py")
    test.slider(key="threshold").set_value(threshold).run()
    assert not test.exception
    assert words in said(test)
    assert not any(f"{name}, “" in said(test) for name in ZONES.values())
    assert len(charts(test)) == 1


def test_a_coalition_of_nobody_is_asked_for_groups(stored, open_page):
    test = open_page(stored, "surface.py")
    test.multiselect(key="coalition").set_value([]).run()
    assert not test.exception and not charts(test)
    assert "Choose at least one group." in texts(test)


def test_a_group_that_never_saw_a_proposal_has_no_number_there(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    sizes = {group.name: 60 for group in questionnaire.groups}
    unseen = (pl.col("intervention") == "pause") & (pl.col("group") == "industry")
    tables = [
        Table(t.name, t.frame.filter(~unseen) if t.name.startswith("accept") else t.frame, t.steps)
        for t in synthetic_tables(questionnaire, sizes=sizes)
    ]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh, "surface.py")
    assert not test.exception
    words = said(test)
    assert (
        "Cannot tell, “Pause new data centres for two years”: too few of “People who work" in words
    )
    assert "all together not known" in words


def test_signals_say_who_reads_the_opposite_and_what_the_ends_are(stored, open_page):
    test = open_page(stored, "signals.py")
    words = said(test)
    opposite = of(stored, "signal_pairs").filter(weighting="weighted", probability_opposite=0.97)
    assert f"{'six' if len(opposite) == 6 else len(opposite)} are very probably opposite" in words
    assert "probability of opposite readings 0.97" in words
    assert "Only those of residents" in charts(test)[0].proto.spec
    assert "Worldview 2" in charts(test)[1].proto.alt
    names = dict(of(stored, "worldviews").select("worldview", "name").rows())
    assert f"Worldview 2: {names[2]}" in words
    test.radio(key="proposal").set_value(1).run()
    assert "A fund that pays residents" in charts(test)[0].proto.alt
    assert "A fund that pays residents" in charts(test)[1].proto.alt


def test_the_two_sides_of_nothing_are_named(stored, open_page):
    words = said(open_page(stored, "gap.py"))
    assert "every proposal's gap is turned so that it is positive" in words
    assert "Right of 0 “People who live near a data centre or a planned one” accept more" in words
    assert "left of 0 “People who work in AI or for data centres”." in words


def test_predictions_come_in_the_order_in_which_they_move_the_gap(stored, open_page):
    test = open_page(stored, "predictions.py")
    cells = of(stored, "divergence").filter(
        weighting="weighted", group_a="industry", group_b="neighbours"
    )
    first = cells.sort("rank").row(0, named=True)
    size = points(*(first[f"swap_{end}"] for end in ENDS))
    assert re.search(rf"(would (widen|close) by|would gain) {re.escape(size)}", said(test))
    expected, swaps = (chart.proto.alt for chart in charts(test))
    start = f"{first['intervention_label']} for {first['value_label']}"
    assert start in expected.split(";")[0] and start in swaps.split(";")[0]
    assert len(frame_with(test, "Change of the gap")) == len(cells)


def test_guesses_about_others_stand_beside_what_these_want(stored, open_page):
    test = open_page(stored, "values_and_overlap.py")
    words = said(test)
    assert "What groups think that others want" in words
    assert "compare the order of values and the side of one half" in words
    test.radio(key="guess").set_value(3).run()
    guesses = of(stored, "perception").filter(weighting="weighted")
    who = guesses.select("guesser_label", "guessed_label").unique(maintain_order=True).row(3)
    assert any(f"Guesses of “{who[0]}” about “{who[1]}”" in c.proto.alt for c in charts(test))


@pytest.mark.parametrize("absent", [True, False])
def test_without_ratings_and_guesses_only_trade_offs_are_shown(fresh, open_page, absent):
    gone = ("overlap_differences", "perception")
    questionnaire = fresh.questionnaire(SURVEY)
    made = synthetic_tables(questionnaire, sizes={g.name: 60 for g in questionnaire.groups})
    tables = [Table(t.name, pl.DataFrame(), t.steps) if t.name in gone else t for t in made]
    tables = [t for t in tables if not (absent and t.name in gone)]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh, "values_and_overlap.py")
    assert not test.exception
    assert "What each group puts first" in texts(test)
    assert "Are groups as far apart" not in texts(test)


def test_differences_of_a_fit_of_before_are_those_of_ratings(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    made = synthetic_tables(questionnaire, sizes={g.name: 60 for g in questionnaire.groups})
    tables = [
        Table(t.name, t.frame.filter(difference="claimed_revealed").drop("difference"), t.steps)
        if t.name == "overlap_differences"
        else t
        for t in made
    ]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    test = open_page(fresh, "values_and_overlap.py")
    assert not test.exception
    assert "Do ratings tell the same story as trade-offs?" in texts(test)
    assert "Are groups as far apart" not in texts(test)


def test_overlap_as_others_see_it_can_be_chosen(stored, open_page):
    test = open_page(stored, "values_and_overlap.py")
    test.segmented_control(key="version").set_value("perceived").run()
    assert not test.exception
    assert "as others see them" in said(test)
    assert "What each group puts first" not in texts(test)
    assert "How alike do groups look to one another?" in texts(test)


@pytest.mark.parametrize("page", NEW_PAGES)
def test_no_page_shows_a_number_of_refused_responses(fresh, open_page, page):
    save(fresh, failed=STEPS[3:])
    test = open_page(fresh, page)
    assert not test.exception and not charts(test) and not test.dataframe
    words = texts(test)
    assert "R-hat 1.31 at share of worldview 2, where at most 1.01 is allowed" in words
    folder = fresh.latest(SURVEY).folder
    said_of_the_checks = {"1.31", "1.01", "0.95"}
    shown = set(re.findall(r"\d+\.\d\d|\d+ (?:%|points?)", words)) - said_of_the_checks
    for name in ("gap", "acceptance", "signals", "divergence"):
        numbers = pl.read_parquet(table_file(folder, name)).select(pl.selectors.float())
        assert len(numbers)
        for number in {abs(n) for column in numbers for n in column if n is not None}:
            forms = {f"{number:.2f}", f"{100 * number:.0f} %", f"{100 * number:.0f} points"}
            assert not shown & forms


def test_a_fit_of_another_version_is_not_said_to_have_failed_its_checks(fresh, open_page):
    save(fresh)
    file = fresh.latest(SURVEY).folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 1}))
    words = said(open_page(fresh, "gap.py"))
    assert "was made by another version of mfp_stats" in words
    assert "did not pass its checks" not in words and str(file.parent.parent) not in words


def test_other_pages_show_nothing_of_refused_responses(fresh, open_page):
    save(fresh, failed=STEPS[3:])
    overview, values = open_page(fresh), open_page(fresh, "values_and_overlap.py")
    for test in (overview, values):
        assert not test.exception
    words = texts(overview)
    for title in ("What carries the gaps in support?", "On what can they act?"):
        assert title in words
    assert words.count("R-hat 1.31") == 2 and "points" not in words
    assert "What groups think" not in texts(values)
    assert "in trade-offs" in texts(values)


def test_the_overview_repeats_what_to_beware_of_and_speaks_of_no_chart(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    made = synthetic_tables(questionnaire, sizes={g.name: 60 for g in questionnaire.groups})
    beware = Table("worldview_cautions", pl.DataFrame({"caution": ["Another way fits as well."]}))
    tables = [t for t in made if t.name != beware.name]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=[*tables, beware])
    overview, values = open_page(fresh), open_page(fresh, "values_and_overlap.py")
    assert "Another way fits as well." in said(overview)
    assert "nearly the same" in said(overview) and "dashed" not in said(overview)
    assert "dashed" in said(values)


def test_the_overview_has_the_main_finding_of_each(stored, open_page):
    words = said(open_page(stored))
    assert "Of three pairs of groups, models carry the gap in support for one" in words
    assert "very probably accepted by at least 50 % of each of the three groups" in words


@pytest.mark.parametrize("page", NEW_PAGES)
def test_what_would_allow_it_is_said_where_it_was_not_asked(fresh, open_page, page):
    quantity = QUANTITIES[NEW_PAGES[page]][0]
    need = pl.DataFrame(
        {"quantity": [quantity], "why": ["the survey has none"], "add": ["a block"]}
    )
    gone = {"gap", "acceptance", "acceptance_draws", "signals", "signal_pairs", "divergence"}
    save(fresh, keep=lambda name: name not in gone, unavailable=Table("unavailable", need))
    test = open_page(fresh, page)
    assert not test.exception and not charts(test)
    assert f"{quantity}: the survey has none. Add a block." in said(test)


def test_expectations_that_support_is_analysed_without_are_drawn_and_no_swaps(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    made = synthetic_tables(questionnaire, sizes={g.name: 60 for g in questionnaire.groups})
    none = pl.lit(None, dtype=pl.Float64)
    bare = [
        replace(t, frame=t.frame.with_columns(none.alias(f"swap_{end}") for end in ENDS))
        if t.name == "divergence"
        else t
        for t in made
    ]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=bare)
    test = open_page(fresh, "predictions.py")
    assert not test.exception and len(charts(test)) == 1
    assert NO_SWAPS in said(test) and "on which the two differ most" in said(test)
    assert not open_page(fresh, "gap.py").exception and not open_page(fresh).exception


def test_one_group_has_no_gap_to_split_but_a_surface(fresh, open_page):
    save(fresh, sizes={"industry": 60})
    gap, surface = open_page(fresh, "gap.py"), open_page(fresh, "surface.py")
    assert not gap.exception and not charts(gap)
    assert "Fewer than two groups are large enough" in texts(gap)
    assert not surface.exception and len(charts(surface)) == 2
    assert not open_page(fresh, "predictions.py").exception
    assert not open_page(fresh, "signals.py").exception


def test_a_gap_whose_values_rest_on_ratings_says_so(fresh, stored, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    tables = [
        replace(t, steps=("values_claimed", *t.steps)) if t.name == "gap" else t
        for t in synthetic_tables(questionnaire, sizes={"industry": 60, "neighbours": 70})
    ]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=tables)
    note = "What people value is taken from importance ratings here"
    for page in ("gap.py", "overview.py"):
        test = open_page(fresh, page)
        assert not test.exception
        assert note in said(test)
        assert note not in said(open_page(stored, page))


@pytest.mark.parametrize("page", ["gap.py", "overview.py", "fits.py"])
def test_pages_say_that_answers_changed_since_the_fit(fresh, stored, open_page, page):
    questionnaire = fresh.questionnaire(SURVEY)
    more = {"sources": {"import 1": 60, "web": 3}}
    save_synthetic(fresh.project.data / "fits", questionnaire, more=more)
    test = open_page(fresh, page)
    assert not test.exception
    assert "Since this fit 63 answer sheets were taken out (import 1, web)." in said(test)
    assert "Since this fit" not in said(open_page(stored, page))


def test_two_groups_are_told_in_full_at_once(fresh, open_page):
    save(fresh, sizes={"industry": 60, "neighbours": 24})
    test = open_page(fresh, "gap.py")
    assert not test.exception
    words = said(test)
    assert "Two groups at a time" not in words
    assert "They expect opposite things of" in words
    assert "Small groups, whose estimates are rough: “People who live near" in words


def test_a_link_in_the_sidebar_closes_it_on_a_phone(stored, open_page):
    test = open_page(stored)
    scripts = [e.proto.body for e in test.sidebar.get("html") if e.proto.unsafe_allow_javascript]
    assert len(scripts) == 1 and "stSidebarCollapseButton" in scripts[0]
    assert not [e for e in test.main.get("html") if e.proto.unsafe_allow_javascript]


def test_what_goes_with_a_worldview_is_told_for_every_part_of_the_record(stored, open_page):
    test = open_page(stored, "experience.py")
    words = said(test)
    ends = of(stored, "experience_contrasts").filter(weighting="weighted", worldview=2).to_dicts()
    assert ends
    for row in ends:
        assert f"by {points(*(row[end] for end in ENDS))}" in words
    assert len(charts(test)) == len(ends)
    assert "not what brings a worldview about" in words


@pytest.mark.parametrize("name", ["overview.py", "predictions.py", "causal_map.py", "surface.py"])
def test_predictions_are_marked_as_untested_wherever_they_are_shown(stored, open_page, name):
    test = open_page(stored, name)
    assert any("Untested" in badge.value for badge in test.markdown)
    # What it means stands below it: a phone shows no help on hovering.
    means = ("No later wave has scored", "These are predictions of this survey alone")
    assert any(caption.value.startswith(means) for caption in test.caption)
