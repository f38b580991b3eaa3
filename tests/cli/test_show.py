"""Results out: records with their documented keys, refusals without a number, findings."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from mfp_stats.fitting.saved import Table
from mfp_stats.fitting.tables import MANIFEST_FILE
from mfp_stats.project import Project
from mfp_stats.workflow.needs import QUANTITIES
from mfp_stats.workflow.small_numbers import without_numbers
from mfp_stats.workflow.topics import Topic
from mfp_stats.workflow.unrated import unrated_note
from tests.app.synthetic import STEPS, save_synthetic, synthetic_tables
from tests.cli.conftest import Mfp

SURVEY = "ai_datacentres"
SIZES = {"industry": 40, "neighbours": 80, "exposed_workers": 60, "other_residents": 9}

OVERLAP = {
    *("group_a", "group_b", "version", "weighting"),
    *("raw_mean", "raw_q05", "raw_q95"),
    *("normalised_mean", "normalised_q05", "normalised_q95"),
}
VALUES = {"group", "value", "version", "weighting", "mean", "q05", "q95"}
WORLDVIEWS = {"worldview", "name", "group", "mean", "q05", "q95", "distinctive_beliefs"}
FIT = {"step", "check", "value", "threshold", "passed", "worst", "advice", "shown"}
CAUSES = ("values", "models", "signals", "residual", "dependence")


def three(name: str) -> set[str]:
    return {f"{name}_mean", f"{name}_q05", f"{name}_q95"}


GAP = {"group_a", "group_b", "intervention", "weighting", "verdict", "warning"}.union(
    three("gap"), *(three(cause) for cause in CAUSES)
)
SURFACE = {
    "tested",
    *("intervention", "coalition", "threshold", "weighting", "joint_probability", "zone"),
    *("worst_group", "zone_why"),
}
SIGNALS = {"intervention", "signal", "group", "weighting", "probability_positive", *three("tells")}
DIVERGENCE = {"group_a", "group_b", "intervention", "value", "rank", "tested"}.union(
    *(three(name) for name in ("expects_a", "expects_b", "difference", "swap"))
)
PERCEPTION = {"guesser", "guessed", "value", "intervention", *three("guess"), *three("actual")}
SEARCH = {
    *("rank", "design", "intervention", "coalition", "threshold", "weighting", "distance"),
    *("joint_probability", "worst_group", "best_probability", "confirm", "tested", "change_group"),
    *("attribute_vote", "betters_fielded_probability"),
}.union(*(three(name) for name in ("worst", "regret", "effect_1", "accepts_industry")))
FORECAST = {
    *("kind", "weighting", "intervention", "group", "asked", "observed", "model_log_score"),
    *("model_crps", "model_pit", "model_covered_50", "model_covered_90", "group_mean_crps"),
}.union(three("predicted"), three("group_mean"))
MAP_KINDS = {
    "link": {"cause", "effect", "worldview", "probability_positive", *three("strength")},
    "group": {"cause", "effect", "group", "weighting", *three("strength")},
    "pair": {"worldview_a", "worldview_b", "probability_opposite", *three("apart")},
    "what_if": {"cause", "effect", "worldview", "transmission", *three("total")},
    "proposal": {"intervention", "concept", *three("implied"), *three("said")},
    "worldview": {"settles", "unsettled_share", "loop", "loop_raises", "transmission"},
}
TOPICS = {
    "map": {"kind"},
    "overlap": OVERLAP,
    "values": VALUES,
    "worldviews": WORLDVIEWS,
    "gap": GAP,
    "surface": SURFACE,
    "signals": SIGNALS,
    "divergence": DIVERGENCE,
    "search": SEARCH,
    "forecast": FORECAST,
    "perception": PERCEPTION,
    "fit": FIT,
}
#: Topics that rest on the step ``responses``.
RESPONSES = ("gap", "surface", "signals", "divergence", "search", "forecast", "perception")


@pytest.fixture
def fits(tmp_path: Path, checkout: Path) -> Path:
    """The folder of fits of a project that has no survey of its own."""
    (tmp_path / "surveys").mkdir()
    return Project(tmp_path, checkout).data / "fits"


@pytest.fixture
def questionnaire(checkout: Path):
    return Project(checkout, checkout).questionnaire(SURVEY)


@pytest.fixture
def fitted(fits: Path, questionnaire) -> Path:
    """A fit that passed all its checks."""
    return save_synthetic(fits, questionnaire, sizes=SIZES)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_number_of_people_that_would_tell_a_smaller_one_is_not_printed(
    mfp: Mfp, fits: Path, questionnaire, topic: str
) -> None:
    sizes = SIZES | {"industry": 43}
    tables = [
        without_numbers(table, ["industry"])
        for table in synthetic_tables(questionnaire, sizes=sizes)
    ]
    save_synthetic(fits, questionnaire, tables=tables)
    ended = mfp("show", SURVEY, topic)
    assert ended.code == 0
    assert not re.search(r"\b43 (people|who)|None people", ended.out)
    assert 43 not in [
        n for row in mfp("show", SURVEY, topic, "--json").records for n in row.values()
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_records_are_flat_and_have_the_documented_keys(mfp: Mfp, fitted: Path, topic: str) -> None:
    ended = mfp("show", SURVEY, topic, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert ended.records
    for record in ended.records:
        assert TOPICS[topic] <= set(record)
        assert not any(isinstance(value, dict) for value in record.values())


@pytest.mark.parametrize(
    "topic", ["overlap", "values", "worldviews", "gap", "signals", "divergence", "perception"]
)
def test_json_holds_the_numbers_that_were_saved(mfp: Mfp, fitted: Path, topic: str) -> None:
    saved = pl.read_parquet(fitted / "tables" / f"{topic}.parquet")
    shown = pl.DataFrame(mfp("show", SURVEY, topic, "--json").records)
    assert shown.select(saved.columns).head(len(saved)).equals(saved)


def test_small_groups_are_in_no_record(mfp: Mfp, fitted: Path) -> None:
    for topic in ("overlap", "values", "worldviews", *RESPONSES):
        assert "other_residents" not in mfp("show", SURVEY, topic, "--json").out


def test_a_worldview_comes_with_its_most_distinctive_beliefs(mfp: Mfp, fitted: Path) -> None:
    beliefs = pl.read_parquet(fitted / "tables" / "worldview_beliefs.parquet")
    first = beliefs.filter(worldview=2).sort("rank").row(0, named=True)
    for record in mfp("show", SURVEY, "worldviews", "--json").records:
        assert len(record["distinctive_beliefs"]) == 5
        if record["worldview"] == 2:
            said = f"{first['label']}: {first['category_label']}"
            assert record["distinctive_beliefs"][0] == said


@pytest.mark.parametrize("topic", TOPICS)
def test_in_a_terminal_findings_stand_above_the_table(mfp: Mfp, fitted: Path, topic: str) -> None:
    ended = mfp("show", SURVEY, topic)
    assert (ended.code, ended.err) == (0, "")
    title, *rest = ended.out.splitlines()
    assert "simulated survey" in title
    assert rest[0].startswith("• ")
    assert "┃" in ended.out
    assert "nan" not in ended.out.lower()


def test_designs_are_printed_by_the_weighting_that_findings_tell(mfp: Mfp, fitted: Path) -> None:
    assert {r["weighting"] for r in mfp("show", SURVEY, "search", "--json").records} == {
        "unweighted",
        "weighted",
    }
    findings, table = mfp("show", SURVEY, "search").out.split("┏")
    assert "Weighted by" in findings and "weighted" in table and "unweighted" not in table


def test_a_refused_fit_shows_no_number(mfp: Mfp, fits: Path, questionnaire) -> None:
    save_synthetic(fits, questionnaire, sizes=SIZES, failed=STEPS)
    for topic in ("overlap", "values", "worldviews", *RESPONSES):
        for option in ((), ("--json",)):
            ended = mfp("show", SURVEY, topic, *option)
            assert (ended.code, ended.out) == (1, "")
            assert "may not be shown" in ended.err
            assert "Take twice the draws." in ended.err
            assert not re.search(r"\b0\.\d", ended.err.replace("target_accept to 0.95", ""))


def test_what_did_not_fail_is_still_shown(mfp: Mfp, fits: Path, questionnaire) -> None:
    save_synthetic(fits, questionnaire, sizes=SIZES, failed=STEPS[2:])
    assert mfp("show", SURVEY, "worldviews", "--json").code == 1
    assert mfp("show", SURVEY, "overlap", "--json").records


def test_one_version_may_be_shown_without_the_other(mfp: Mfp, fits: Path, questionnaire) -> None:
    made = {table.name: table for table in synthetic_tables(questionnaire, sizes=SIZES)}
    values = made.pop("values").frame
    parts = [
        Table(f"values_{version}", values.filter(version=version), (f"values_{version}",))
        for version in ("revealed", "claimed")
    ]
    tables = [*made.values(), *parts]
    save_synthetic(fits, questionnaire, failed=["values_claimed"], tables=tables)
    ended = mfp("show", SURVEY, "values", "--json")
    assert {record["version"] for record in ended.records} == {"revealed"}
    said = "Left out here: values claimed: R-hat 1.31 at share of worldview 2, where"
    assert ended.err.startswith(said) and "Take twice the draws." in ended.err
    told = mfp("show", SURVEY, "values")
    assert (told.code, told.err) == (0, "")
    assert f"• {said}" in told.out
    assert said not in mfp("show", SURVEY, "worldviews").out


def test_the_demo_says_which_version_failed_and_why(fits: Path, questionnaire) -> None:
    from mfp_stats.cli.show import everything_found

    folder = save_synthetic(
        fits, questionnaire, sizes=SIZES, failed=["values_claimed"], by_version=True
    )
    findings = everything_found(Project.open(fits.parent), SURVEY, folder.name)["findings"]
    for topic in ("Overlap", "Values"):
        left_out = [said for said in findings[topic] if said.startswith("Left out here: ")]
        assert len(left_out) == 2  # r_hat and divergences
        assert all(": values claimed: " in said for said in left_out)
    assert not any("Left out" in said for said in findings["Values or models"])


def test_what_weighting_costs_stands_beside_estimates_that_are_weighted(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    from mfp_stats.cli.show import everything_found

    cost = (
        "Where estimates are weighted, 180 people tell as much as 120 who count alike (design "
        "effect 1.50)."
    )
    columns = ["weighting", "group", "group_label", "n", "effective_n", "design_effect"]
    rows = [("unweighted", "", "Everyone", 180, 180.0, 1.0)]
    made = synthetic_tables(questionnaire, sizes=SIZES)
    plain = Table("weights", pl.DataFrame(rows, schema=columns, orient="row"))
    rows.append(("weighted", "", "Everyone", 180, 120.0, 1.5))
    weighted = Table("weights", pl.DataFrame(rows, schema=columns, orient="row"))
    topics = {"Values or models": "gap", "Coordination surface": "surface"}
    for weights, told in ((weighted, 1), (plain, 0)):
        folder = save_synthetic(fits, questionnaire, sizes=SIZES, tables=[*made, weights])
        findings = everything_found(Project.open(fits.parent), SURVEY, folder.name)["findings"]
        for title, topic in topics.items():
            assert findings[title].count(cost) == told
            assert mfp("show", SURVEY, topic).out.count(f"• {cost}") == told
        shutil.rmtree(folder)


def test_expectations_that_are_not_told_name_the_proposal_that_was_not_rated(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    made = synthetic_tables(questionnaire, sizes=SIZES)
    bare = [replace(t, frame=pl.DataFrame()) if t.name == "divergence" else t for t in made]
    note = unrated_note(["“Moratorium”"])
    save_synthetic(fits, questionnaire, tables=bare, more={"notes": ["Another.", note]})
    told = " ".join(mfp("show", SURVEY, "divergence").out.split())
    assert "What “Moratorium” would do was not asked" in told
    assert "expected something else is told of none" in told
    assert "Too few people" not in told and "Another." not in told


def test_a_gap_whose_values_rest_on_ratings_says_so(mfp: Mfp, fits: Path, questionnaire) -> None:
    made = synthetic_tables(questionnaire, sizes=SIZES)
    rated = [replace(t, steps=("values_claimed", *t.steps)) if t.name == "gap" else t for t in made]
    save_synthetic(fits, questionnaire, tables=rated)
    said = "What people value is taken from importance ratings here"
    assert said in mfp("show", SURVEY, "gap").out.replace("\n", " ")
    assert mfp("show", SURVEY, "gap", "--json").err.startswith(said)
    save_synthetic(fits, questionnaire, sizes=SIZES, fit_id="20270101T000000Z-ffffff")
    assert said not in mfp("show", SURVEY, "gap").out.replace("\n", " ")


def test_checks_are_always_shown_and_say_what_rests_on_them(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    save_synthetic(fits, questionnaire, sizes=SIZES, failed=STEPS[:1])
    records = mfp("show", SURVEY, "fit", "--json").records
    shown = {record["step"]: record["shown"] for record in records}
    assert shown == {step: step != "values_revealed" for step in STEPS}
    ended = mfp("show", SURVEY, "fit")
    assert ended.code == 0
    assert "Checks failed: what rests on them is not shown." in ended.out
    assert "values revealed: R-hat 1.31 at share of worldview 2, where" in ended.out
    assert "Take twice the draws." in ended.out


def test_the_newest_fit_is_shown_unless_another_is_named(
    mfp: Mfp, fits: Path, fitted: Path, questionnaire
) -> None:
    save_synthetic(fits, questionnaire, fit_id="20270101T000000Z-ffffff", simulated=False)
    newest = mfp("show", SURVEY, "fit").out
    assert "20270101T000000Z-ffffff" in newest
    assert "simulated" not in newest
    assert fitted.name in mfp("show", SURVEY, "fit", "--fit", fitted.name).out
    absent = mfp("show", SURVEY, "fit", "--fit", "x")
    assert (absent.code, absent.out) == (2, "")
    assert fitted.name in absent.err


@pytest.mark.parametrize("topic", TOPICS)
def test_a_survey_that_was_not_fitted(mfp: Mfp, fits: Path, topic: str) -> None:
    ended = mfp("show", SURVEY, topic, "--json")
    assert (ended.code, ended.out) == (2, "")
    assert f"Run: mfp fit {SURVEY}" in ended.err


def test_an_unknown_topic_is_answered_with_those_there_are(mfp: Mfp, fitted: Path) -> None:
    ended = mfp("show", SURVEY, "weather")
    assert (ended.code, ended.out) == (2, "")
    assert "worldviews" in ended.err


def test_a_survey_without_beliefs_says_what_it_cannot_tell(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    made = synthetic_tables(questionnaire, sizes=SIZES)
    tables = [Table(t.name, pl.DataFrame()) if t.name.startswith("worldview") else t for t in made]
    save_synthetic(fits, questionnaire, tables=tables)
    assert mfp("show", SURVEY, "worldviews", "--json").records == []
    ended = mfp("show", SURVEY, "worldviews")
    assert ended.code == 0
    assert "How priorities change: everyone answered once." in ended.out


def test_a_table_that_was_changed_since_is_refused(mfp: Mfp, fitted: Path) -> None:
    file = fitted / "tables" / "overlap.parquet"
    pl.read_parquet(file).with_columns(raw_mean=pl.lit(0.99)).write_parquet(file)
    ended = mfp("show", SURVEY, "overlap", "--json")
    assert (ended.code, ended.out) == (1, "")
    assert "is not the file that the fit saved" in ended.err


def test_a_number_that_json_has_not_is_null(mfp: Mfp, fitted: Path) -> None:
    from mfp_stats.cli.output import json_text

    assert json_text([{"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": "x"}}]).split() == [
        *("[", "{", '"a":', "null,", '"b":', "[", "null,", "1.5", "],"),
        *('"c":', "{", '"d":', '"x"', "}", "}", "]"),
    ]


def test_the_demo_writes_every_topic_that_may_be_shown(fits: Path, questionnaire) -> None:
    from mfp_stats.cli.show import everything_found

    folder = save_synthetic(fits, questionnaire, sizes=SIZES, failed=STEPS[2:])
    found = everything_found(Project.open(fits.parent), SURVEY, folder.name)
    assert [topic for topic in Topic if topic in found] == ["overlap", "values", "fit"]
    assert found["simulated"] is True
    assert all(said.startswith("Not shown: ") for said in found["findings"]["Worldviews"])


def test_answers_that_changed_since_are_said_beside_the_numbers(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    save_synthetic(fits, questionnaire, sizes=SIZES, more={"sources": {"import 1": 40}})
    assert mfp("simulate", SURVEY, "--n", 40).code == 0
    assert mfp("show", SURVEY, "overlap").err == ""
    assert mfp("withdraw", SURVEY, 1, "--why", "by mistake").code == 0
    ended = mfp("show", SURVEY, "overlap", "--json")
    assert ended.code == 0 and ended.records
    assert ended.err.startswith("Since this fit 40 answer sheets were taken out (import 1).")


def test_the_surface_holds_every_coalition_with_who_accepts(mfp: Mfp, fitted: Path) -> None:
    records = mfp("show", SURVEY, "surface", "--json").records
    acceptance = pl.read_parquet(fitted / "tables" / "acceptance.parquet")
    groups = ["industry", "neighbours", "exposed_workers"]
    assert {r["coalition"] for r in records} >= {*groups, " + ".join(groups)}
    assert len(records) == 7 * 6 * 2 and {r["threshold"] for r in records} == {0.5}
    for row in acceptance.to_dicts():
        cell = {k: row[k] for k in ("weighting", "intervention")}
        name = f"accepts_{row['group']}_mean"
        matching = [r for r in records if cell.items() <= r.items() and name in r]
        assert len(matching) == 4  # coalitions of three groups with this one in them
        assert {r[name] for r in matching} == {row["accepts_mean"]}


def test_a_threshold_and_a_coalition_are_worked_out_from_the_draws(mfp: Mfp, fitted: Path) -> None:
    draws = pl.read_parquet(fitted / "tables" / "acceptance_draws.parquet")
    for threshold in (0, 0.45, 1):
        asked = ("--threshold", threshold, "--coalition", "neighbours,industry", "--json")
        records = mfp("show", SURVEY, "surface", *asked).records
        assert {r["coalition"] for r in records} == {"industry + neighbours"}
        for record in records:
            cell = {k: record[k] for k in ("weighting", "intervention")}
            wide = draws.filter(**cell).pivot(on="group", index="draw", values="accepts")
            both = (pl.col("industry") >= threshold) & (pl.col("neighbours") >= threshold)
            expected = wide.select(both.mean()).item()
            assert record["joint_probability"] == pytest.approx(expected)
    words = mfp("show", SURVEY, "surface", "--threshold", "0.45").out
    assert "by at least 45 % of each of the three groups" in words
    assert "industry + neighbours + exposed_workers" in words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("surface", "--threshold", "1.5"), "1.5 is no share of a group"),
        (("surface", "--coalition", "industry,martians"), "'martians'; known: industry"),
        (("surface", "--coalition", ""), "no estimate for a group ''"),
        (("gap", "--threshold", "0.4"), "has no threshold and no coalition"),
    ],
)
def test_what_cannot_be_asked_is_named(mfp: Mfp, fitted: Path, asked, said: str) -> None:
    ended = mfp("show", SURVEY, *asked)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_signals_say_how_likely_each_other_group_reads_the_opposite(mfp: Mfp, fitted: Path) -> None:
    pairs = pl.read_parquet(fitted / "tables" / "signal_pairs.parquet")
    records = mfp("show", SURVEY, "signals", "--json").records
    for row in pairs.to_dicts():
        names = ("weighting", "intervention", "signal")
        cell = {k: row[k] for k in names} | {"group": row["group_a"]}
        record = next(r for r in records if cell.items() <= r.items())
        assert record[f"opposite_{row['group_b']}_probability"] == row["probability_opposite"]
        # Which side is which, a number alone does not say.
        assert (record["low_label"], record["high_label"]) == (row["low_label"], row["high_label"])


def test_signals_within_worldviews_follow_those_of_groups(mfp: Mfp, fitted: Path) -> None:
    within = pl.read_parquet(fitted / "tables" / "signal_worldviews.parquet")
    names = pl.read_parquet(fitted / "tables" / "worldviews.parquet")
    records = mfp("show", SURVEY, "signals", "--json").records
    told = records[-len(within) :]
    assert {record["group"] for record in told} == {None}
    assert None not in {record["group"] for record in records[: -len(within)]}
    named = dict(names.select("worldview", "name").rows())
    for record, row in zip(told, within.to_dicts(), strict=True):
        assert row.items() <= record.items()
        assert record["name"] == named[row["worldview"]]


@pytest.mark.parametrize("topic", RESPONSES)
def test_what_would_allow_a_topic_is_said(mfp: Mfp, fits: Path, questionnaire, topic: str) -> None:
    need = pl.DataFrame(
        [(q, "the survey has none", f"a block for {q}") for q in QUANTITIES[Topic(topic)]],
        schema=["quantity", "why", "add"],
        orient="row",
    )
    made = synthetic_tables(questionnaire, sizes=SIZES)
    kept = [Table(t.name, pl.DataFrame(), t.steps) if t.steps == STEPS[3:] else t for t in made]
    tables = [Table("unavailable", need) if t.name == "unavailable" else t for t in kept]
    save_synthetic(fits, questionnaire, tables=tables)
    need = f"{QUANTITIES[Topic(topic)][0]}: the survey has none. Add a block for"
    for_scripts = mfp("show", SURVEY, topic, "--json")
    assert (for_scripts.code, for_scripts.records) == (0, [])
    assert need in for_scripts.err
    ended = mfp("show", SURVEY, topic)
    assert ended.code == 0
    assert need in ended.out


@pytest.mark.parametrize("topic", ["gap", "overlap", "divergence", "perception"])
def test_one_group_alone_has_an_empty_list_and_the_reason_beside_it(
    mfp: Mfp, fits: Path, questionnaire, topic: str
) -> None:
    save_synthetic(fits, questionnaire, sizes={**dict.fromkeys(SIZES, 9), "industry": 40})
    ended = mfp("show", SURVEY, topic, "--json")
    assert (ended.code, ended.records) == (0, [])
    assert "Fewer than two groups are large enough to be shown" in ended.err


def test_a_fit_of_before_says_to_fit_again(mfp: Mfp, fits: Path, questionnaire) -> None:
    made = synthetic_tables(questionnaire, sizes=SIZES)
    save_synthetic(fits, questionnaire, tables=[t for t in made if t.steps != STEPS[3:]])
    for topic in RESPONSES:
        assert f"Run: mfp fit {SURVEY}" in mfp("show", SURVEY, topic).out
        ended = mfp("show", SURVEY, topic, "--json")
        assert ended.records == [] and f"Run: mfp fit {SURVEY}" in ended.err


def test_every_topic_names_quantities_that_there_are() -> None:
    from mfp_stats.design.unavailable import _QUANTITIES

    assert set(QUANTITIES) == set(Topic)
    assert {name for names in QUANTITIES.values() for name in names} <= set(_QUANTITIES)


def test_every_kind_of_record_of_the_map_has_its_keys(mfp: Mfp, fitted: Path) -> None:
    records = mfp("show", SURVEY, "map", "--json").records
    for kind, keys in MAP_KINDS.items():
        own = [record for record in records if record["kind"] == kind]
        assert own
        assert all(keys <= set(record) for record in own)
    follows = ("what_if", "proposal")
    assert {r["tested"] for r in records if r["kind"] in follows} == {False}
    assert {r["tested"] for r in records if r["kind"] in ("link", "group", "pair")} == {None}
    half = {r["of"]: r["total_mean"] for r in records if r["kind"] == "what_if"}
    full = mfp("show", SURVEY, "map", "--json", "--transmission", "1").records
    whole = {r["of"]: r["total_mean"] for r in full if r["kind"] == "what_if"}
    link = "Trust in companies → New buildings"
    assert whole[link] == pytest.approx(2 * half[link])


def test_a_transmission_is_for_the_map_alone_and_a_share(mfp: Mfp, fitted: Path) -> None:
    ended = mfp("show", SURVEY, "map", "--transmission", "1.5")
    assert ended.code == 2 and "must be above 0 and at most 1" in ended.err
    ended = mfp("show", SURVEY, "overlap", "--transmission", "0.5")
    assert ended.code == 2 and "has no transmission" in ended.err


def test_a_map_of_worldviews_that_failed_is_refused(mfp: Mfp, fits: Path, questionnaire) -> None:
    save_synthetic(fits, questionnaire, sizes=SIZES, failed=["worldviews"])
    ended = mfp("show", SURVEY, "map", "--json")
    assert ended.code != 0 and "worldviews" in ended.err and not ended.out


def test_a_fit_of_waves_says_so_and_lets_none_act_together(
    mfp: Mfp, fits: Path, questionnaire
) -> None:
    folder = save_synthetic(fits, questionnaire, sizes=SIZES)
    more = {"group": "wave", "within": "industry", "within_label": "Industry"}
    file = folder / MANIFEST_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | more))
    ended = mfp("show", SURVEY, "surface")
    title, first, *_ = ended.out.splitlines()
    assert title.startswith(f"{SURVEY} (simulated survey), by wave, only “Industry”, fit ")
    assert first.startswith("• Waves form no coalitions")
    assert {r["size"] for r in mfp("show", SURVEY, "surface", "--json").records} == {1}
    both = mfp("show", SURVEY, "surface", "--coalition", "industry,neighbours")
    assert both.code == 2 and "Waves form no coalitions" in both.err
    search = mfp("show", SURVEY, "search")
    assert search.code == 0 and "Waves form no coalitions" in search.out
    assert "predicts nothing of a coming one" in mfp("show", SURVEY, "forecast").out
    ended = mfp("forecast", "freeze", SURVEY)
    assert ended.code == 1 or ended.code == 2
    assert "compares waves, each of which is over" in ended.err
