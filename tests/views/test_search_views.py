"""Charts and sentences on the search, from tables of made-up and of constructed searches."""

from dataclasses import replace

import polars as pl
import pytest

from mfp_stats.project import Project
from mfp_stats.quantities.search.results import searched
from mfp_stats.quantities.search.rows import Cells
from mfp_stats.views.search_belief_findings import describe_needs
from mfp_stats.views.search_charts import (
    SHOWN,
    designs_chart,
    effect_numbers,
    effects_chart,
    front_chart,
    shown_designs,
)
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.search_words import PREFERRING, UNTESTED, design_name
from mfp_stats.views.words import chance, count, listed, percent, points
from tests.app.synthetic import save_synthetic
from tests.search.stand_in import space_of, stand_in
from tests.views.test_response_charts import marks

CELLS = Cells([(f"k{k}", f"Outcome {k}") for k in range(4)], [("q0", "Signal 0")])
GROUPS = {f"g{g}": f"Group {g}" for g in range(3)}
WORLDVIEWS = pl.DataFrame({"worldview": [1, 2], "name": ["Growth helps", "Growth harms"]})


def found(levels=(3, 2, 2), *, groups=("g0", "g1", "g2"), threshold=0.5, **more):
    """Return the two tables of one search."""
    space = space_of(levels, 5)
    model = stand_in(space, draws=60, seed=4, **more)
    rows, about = searched(model, space, list(groups), threshold, CELLS)
    weighting = pl.lit("unweighted").alias("weighting")
    notes = pl.Series("notes", [list(space.notes)], dtype=pl.List(pl.String()))
    return rows.with_columns(weighting), about.with_columns(weighting, notes)


def words(*args, **more) -> list[str]:
    return describe_search(*found(*args, **more), WORLDVIEWS)


def changed(name: str, value: object) -> list[str]:
    """Return what is said where one number about the whole search were another."""
    rows, about = found()
    return describe_search(rows, about.with_columns(pl.lit(value).alias(name)), WORLDVIEWS)


def test_the_first_design_is_named_with_its_probability_and_the_worst_group():
    rows, about = found()
    first = rows.row(0, named=True)
    said = describe_search(rows, about, WORLDVIEWS)
    assert said[0].startswith(
        f"Of 12 designs, “{design_name(first)}” comes first: it is predicted to be accepted by at "
        f"least 50 % of each of the three groups with probability "
        f"{chance(first['joint_probability'])}; "
    )
    assert percent(first["worst_mean"], first["worst_q05"], first["worst_q95"]) in said[0]
    assert UNTESTED in said and said[-1].startswith("Unweighted")


def test_preferring_a_design_is_not_told_as_accepting_it():
    rows, about = found()
    text = " ".join(describe_search(rows, about, WORLDVIEWS, PREFERRING)[:2])
    assert "is predicted to be preferred to a random proposal by at least 50 %" in text
    assert "accept" not in text
    figure = designs_chart(rows, GROUPS, 0.5, PREFERRING)
    assert figure.alt.startswith("Share that prefers it to a random proposal, threshold 50%: ")
    assert "accept" not in figure.alt
    channels, _ = marks(figure, "point")[0]
    assert channels["x"]["axis"]["title"].startswith("Share that prefers it to a random proposal")


def test_what_it_may_cost_and_how_it_stands_to_what_was_fielded_is_said():
    rows, _ = found()
    first = rows.row(0, named=True)
    gain = points(*(first[f"regret_{end}"] for end in ("mean", "q05", "q95")))
    text = " ".join(words())
    assert (
        "Chance that no other design does better in its worst group than "
        f"“{design_name(first)}”: {chance(first['best_probability'])}. "
        f"The best may gain {gain} over it."
    ) in text
    assert "nobody was asked about" in text
    assert "Of the proposals fielded, “Plan 2” comes first: all groups reach the" in text
    assert "Growth helps" in text and "Growth harms" in text


def test_a_gain_that_rounds_to_nothing_is_not_told():
    rows, about = found()
    nothing = rows.with_columns(regret_mean=0.001, regret_q05=0.0, regret_q95=0.004)
    text = " ".join(describe_search(nothing, about, WORLDVIEWS))
    assert "Chance that no other design does better" in text and "may gain" not in text
    some = nothing.with_columns(regret_q95=0.02)
    text = " ".join(describe_search(some, about, WORLDVIEWS))
    assert "The best may gain 0 points (0–2) over it." in text


def test_designs_that_better_all_that_was_fielded_are_counted_and_the_first_named():
    rows, about = found()
    new = pl.col("intervention").is_null()
    sure = rows.with_columns(
        betters_fielded_probability=pl.when(new).then(1.0).otherwise(0.0),
    )
    name = design_name(rows.filter(new).row(0, named=True))
    said = describe_search(sure, about, WORLDVIEWS)
    many = count(len(rows.filter(new)))
    assert (
        f"Of the best trade-offs, {many} that nobody was asked about very probably do better in "
        "their worst group than every proposal fielded: the first of them, "
        f"“{name}” does with probability above 0.99."
    ) in said
    one = sure.filter(~new | pl.int_range(pl.len()).eq(pl.arg_where(new).first()))
    about = about.with_columns(front=pl.lit(one["on_front"].sum()))
    assert (
        "Of the best trade-offs, one that nobody was asked about very probably does better in its "
        f"worst group than every proposal fielded: “{name}” does with probability above 0.99."
    ) in describe_search(one, about, WORLDVIEWS)


def test_best_trade_offs_are_told_in_plain_words():
    rows, _ = found()
    front = rows.filter("on_front")
    better, may = len(front.filter("undominated")), len(front.filter(~pl.col("undominated")))
    (said,) = [s for s in words() if "are the best trade-offs" in s]
    assert said == (
        f"Seven designs are the best trade-offs. Of {count(better)} of them, what does better than "
        f"one of them on one count does worse on another; {count(may)} more may turn out to be the "
        "best all the same."
    )
    assert better + may == 7 and better > 1 and may > 0
    (many,) = [s for s in changed("front", 250) if "are the best trade-offs" in s]
    assert many.startswith("250 designs") and "more may" not in many
    assert any(s.startswith("Of the best trade-offs told of here") for s in changed("front", 250))
    assert not any("front" in s for s in words())


def test_what_is_said_of_the_first_design_names_it():
    rows, about = found()
    sure = rows.with_columns(joint_probability=pl.lit(0.97))
    name = f"“{design_name(rows.row(0, named=True))}”"
    said = " ".join(describe_search(sure, about, WORLDVIEWS))
    assert f"With beliefs as they are, {name} is predicted to be accepted: it needs no" in said
    assert f"By their own models of what {name} would do" in said
    none = describe_search(rows, about.with_columns(threshold=pl.lit(0.0)), WORLDVIEWS)
    assert any(f"than {name}" in sentence for sentence in none)


def test_a_belief_that_would_change_nothing_is_not_said_to_help():
    rows, summary = found(threshold=0.6)
    bare = rows.with_columns(
        joint_probability=pl.lit(0.001), change_joint_probability=pl.lit(0.002)
    ).filter(pl.col("change_kind").is_not_null())
    said = describe_search(bare, summary, WORLDVIEWS)
    assert any("below 0.01. No one other belief would change that." in s for s in said)
    assert not any("would help most" in s for s in said)
    needs = describe_needs(bare.to_dicts(), summary.row(0, named=True))
    assert all("; no one belief that was asked about would change that" in s for s in needs)
    # A gain of the worst group is told where there is one, and no loss of probability as help.
    gaining = bare.with_columns(
        joint_probability=pl.lit(0.346),
        change_joint_probability=pl.lit(0.3425),
        change_worst_gain_mean=pl.lit(0.11),
    )
    (told,) = [s for s in describe_search(gaining, summary, WORLDVIEWS) if "No one other" in s]
    assert "would change that. It would help the worst group most, by 11 points" in told
    assert "0.34" not in told.split("No one other")[1]
    first, *_ = describe_needs(gaining.to_dicts(), summary.row(0, named=True))
    assert "would change that, but the worst group would gain 11 points" in first
    losing = gaining.with_columns(change_worst_gain_mean=pl.lit(0.001))
    assert any(
        s.endswith("would change that.") for s in describe_search(losing, summary, WORLDVIEWS)
    )


def test_a_belief_that_would_help_is_named_with_whose_it_is():
    rows, about = found(threshold=0.6)
    first = rows.row(0, named=True)
    assert first["change_kind"] is not None
    said = next(s for s in describe_search(rows, about, WORLDVIEWS) if "one belief" in s)
    assert f"“{first['change_group_label']}”" in said and f"“{first['change_label']}”" in said
    assert chance(first["change_joint_probability"]) in said


def test_every_design_that_needs_another_belief_is_told_with_and_without_it():
    rows, summary = found(threshold=0.6)
    needing = rows.filter(pl.col("joint_probability") < 0.995).to_dicts()
    said = describe_needs(needing, summary.row(0, named=True))
    assert len(said) == len(needing) > 0
    for row, sentence in zip(needing, said, strict=True):
        assert sentence.startswith(design_name(row)) and sentence.endswith(".")
        assert f"with probability {chance(row['joint_probability'])}" in sentence
        if row["change_kind"] is None:
            assert "no one belief" in sentence
        else:
            joint = chance(row["change_joint_probability"])
            assert f"{joint} if “{row['change_group_label']}”" in sentence


def test_designs_that_need_no_other_belief_are_told_together():
    rows, summary = found(groups=["g1"])
    shown, head = rows.to_dicts(), summary.row(0, named=True)
    ready = [row for row in shown if row["joint_probability"] >= 0.995]
    assert len(ready) > 1
    first, *others = describe_needs(shown, head)
    assert first == (
        "With beliefs as they are, the group reaches the threshold with probability above 0.99, so "
        f"that no other belief is needed: {listed([f'“{design_name(row)}”' for row in ready])}."
    )
    assert len(others) == len(shown) - len(ready)


def test_no_belief_is_missed_where_none_was_asked_about_or_none_is_needed():
    rows, about = found(threshold=0.6)
    assert about["beliefs"].to_list() == [5]
    model = stand_in(space_of((3, 2, 2), 5), draws=20, signals=0)
    assert replace(model, importance=None).beliefs == 0
    first, *_ = rows.to_dicts()
    head = about.row(0, named=True)
    asked, none = ({**head, "beliefs": n} for n in (2, 0))
    (bare,) = describe_needs([first | {"change_kind": None}], none)
    assert bare.endswith("; no belief was asked about.")
    (unasked,) = describe_needs([first | {"joint_probability": 1.0, "change_kind": None}], none)
    assert unasked.endswith("probability above 0.99; no belief was asked about.")
    (helpless,) = describe_needs([first | {"joint_probability": 0.4, "change_kind": None}], asked)
    assert helpless.endswith("; no one belief that was asked about would help.")


def test_beliefs_that_may_follow_support_are_warned_of_before_the_headline():
    rows, about = found()
    warned = about.with_columns(rationalised=pl.Series([["A fund"]]))
    warning, headline, *_ = describe_search(rows, warned, WORLDVIEWS)
    assert warning.startswith("Warning: designs act here") and "“A fund”" in warning
    assert headline.startswith("Of 12 designs")
    assert not any("Warning" in sentence for sentence in words())


def test_designs_that_tie_are_said_and_not_ranked():
    said = changed("tied", 10_000)
    assert "10,000 of 12 designs tie for the first place" in said[0]
    assert not any("Chance that no other design" in s for s in said)
    assert not any("promising" in s for s in said)


def test_exchange_is_said_where_not_all_designs_were_looked_at():
    assert any("too many to look at all" in s for s in changed("complete", value=False))


def test_few_draws_are_said_with_what_they_may_cost():
    few = [s for s in changed("draws", 100) if "posterior draws" in s]
    assert len(few) == 1 and "100 posterior draws, fewer than usual" in few[0]
    assert "off by 10 points" in few[0]
    # As many as the budget allows are not enough to say nothing of them.
    (some,) = (s for s in changed("draws", 200) if "posterior draws" in s)
    assert "200 posterior draws: by that alone" in some and "off by 7 points" in some
    assert not any("posterior draws" in s for s in changed("draws", 400))


@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        (0.0, "A threshold of 0 % is met by everything: choose a higher one."),
        (
            1.0,
            "No design is predicted to be accepted by at least 100 % of each of the three groups",
        ),
    ],
)
def test_thresholds_at_the_ends(threshold, said):
    assert said in words(threshold=threshold)[0]


def test_one_group_is_spoken_of_as_one():
    assert "of the group" in words(groups=["g1"])[0]


def test_every_design_drawn_has_every_group_with_its_interval_beside_the_threshold():
    rows, _ = found()
    figure = designs_chart(rows, GROUPS, 0.55)
    channels, drawn = marks(figure, "point")[0]
    shown = shown_designs(rows)
    assert len(drawn) == 3 * len(shown)
    assert channels["shape"]["field"] == channels["color"]["field"] == "group_label"
    _, line = marks(figure, "rule")[0]
    assert line == [{"place": 0.55}]
    for row in shown.to_dicts():
        assert design_name(row) in figure.alt
    assert figure.alt.count("%") >= len(drawn)


def test_the_best_proposal_fielded_is_drawn_beside_the_new_ones():
    rows, _ = found((3, 3, 3))
    only_new = rows.filter(pl.col("intervention").is_null()).head(SHOWN)
    fielded = rows.filter(pl.col("intervention").is_not_null()).head(1)
    ordered = pl.concat([only_new, fielded])
    shown = shown_designs(ordered)
    assert shown["intervention"].drop_nulls().to_list() == fielded["intervention"].to_list()


def test_effects_are_drawn_around_no_difference_by_worldview():
    rows, _ = found()
    assert effect_numbers(rows) == [1, 2]
    figure = effects_chart(rows)
    channels, drawn = marks(figure, "point")[0]
    assert {r["worldview"] for r in drawn} == {"Worldview 1", "Worldview 2"}
    assert not any("→" in r["row"] for r in drawn)
    low, high = channels["x"]["scale"]["domain"]
    assert low == -high
    assert "Worldview 1" in figure.alt


def test_the_front_tells_new_from_fielded_by_colour_and_shape():
    rows, _ = found()
    figure = front_chart(rows)
    (channels, drawn), *_ = marks(figure, "point")
    assert channels["color"]["field"] == channels["shape"]["field"] == "kind"
    assert len(drawn) == len(rows)
    assert "worst group" in figure.alt and figure.alt.startswith("Best trade-offs")
    assert {r["joint"] for r in drawn} == {chance(p) for p in rows["joint_probability"]}


def test_of_designs_that_tie_none_is_told_as_the_best_where_the_reader_points():
    rows, _ = found()
    figure = front_chart(rows.with_columns(best_probability=pl.lit(None, dtype=pl.Float64)))
    assert {r["best"] for r in marks(figure, "point")[0][1]} == {"–"}


def test_without_consequences_no_effects_are_drawn_or_told():
    rows, about = found()
    bare = rows.drop(name for name in rows.columns if name.startswith("effect_"))
    assert effect_numbers(bare) == []
    assert not any("own models" in s for s in describe_search(bare, about, WORLDVIEWS))


def test_a_made_up_survey_is_told_in_sentences_that_end(tmp_path, checkout):
    from mfp_stats.views.found import describe
    from mfp_stats.workflow.results import fit_of
    from mfp_stats.workflow.show import topic_tables
    from mfp_stats.workflow.topics import Topic

    (tmp_path / "surveys").mkdir()
    project = Project(tmp_path, checkout)
    save_synthetic(project.data / "fits", project.questionnaire("ai_datacentres"))
    results = fit_of(project, "ai_datacentres")
    said = describe(results, Topic.SEARCH, topic_tables(results, Topic.SEARCH))
    assert len(said) >= 6
    assert all(s.endswith(".") and "None" not in s and "nan" not in s for s in said)
