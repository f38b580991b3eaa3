"""Charts on responses as the dictionaries that the browser gets."""

import polars as pl
import pytest

from mfp_stats.project import Project
from mfp_stats.quantities.surface import surface
from mfp_stats.quantities.zones import Zone
from mfp_stats.views.gap_charts import PARTS, causes_chart, check_chart, parts_mean, split_chart
from mfp_stats.views.model_charts import (
    CELLS_SHOWN,
    expectations_chart,
    perception_chart,
    signals_chart,
    swaps_chart,
)
from mfp_stats.views.surface_charts import (
    DARK_FROM,
    FILLS,
    TOGETHER,
    ZONE_FILLS,
    acceptance_chart,
    zone_matrix,
)
from mfp_stats.views.surface_findings import ZONES
from mfp_stats.views.words import chance
from tests.app.synthetic import synthetic_tables
from tests.views.test_charts import _contrast, _rgb, data_of

PAIR = {"group_a": "industry", "group_b": "neighbours"}


@pytest.fixture(scope="module")
def tables(checkout) -> dict[str, pl.DataFrame]:
    questionnaire = Project(checkout, checkout).questionnaire("ai_datacentres")
    sizes = {group.name: 60 for group in questionnaire.groups}
    made = {t.name: t.frame for t in synthetic_tables(questionnaire, sizes=sizes)}
    return {
        name: frame.filter(weighting="weighted") if "weighting" in frame.columns else frame
        for name, frame in made.items()
    }


def marks(figure, kind: str) -> list[tuple[dict, list[dict]]]:
    """Return the channels and the rows of every layer of a kind of mark."""
    spec = figure.chart.to_dict()
    found = [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]
    return [(layer["encoding"], data_of(layer, spec)) for layer in found]


def test_a_split_shows_the_gap_and_every_cause_with_interval_and_order_range(tables):
    row = tables["gap"].filter(intervention="pooled").row(0, named=True)
    figure = split_chart(row)
    (means, rows) = marks(figure, "point")[0]
    assert [r["part"] for r in rows] == list(PARTS)
    assert [r["mean"] for r in rows] == [row[f"{part}_mean"] for part in PARTS]
    ranges = next(
        c for c, _ in marks(figure, "rule") if c.get("x2", {}).get("field") == "order_high"
    )
    assert ranges["x"]["field"] == "order_low"
    low, high = means["x"]["scale"]["domain"]
    assert low == -high and high > max(abs(r["q95"]) for r in rows)
    assert figure.alt.count("points (") == len(PARTS)


def test_a_cause_that_the_survey_cannot_give_has_no_row(tables):
    row = tables["gap"].row(0, named=True)
    lacking = {name: None for name in row if name.startswith("signals")}
    _, rows = marks(split_chart(row | lacking), "point")[0]
    assert [r["part"] for r in rows] == [part for part in PARTS if part != "signals"]


def test_what_models_are_is_told_as_the_split_was_made(tables):
    row = tables["gap"].row(0, named=True)
    lacking = {name: None for name in row if name.startswith("signals")}
    assert "Models: what they expect it to do." in parts_mean(row)
    reduced = row | lacking | {"split_form": "reduced"}
    assert "Models: what distinct worldviews add to support." in parts_mean(reduced)
    assert "Signals" in parts_mean(row) and "Signals" not in parts_mean(reduced)
    assert "what they expect it to do" not in str(split_chart(reduced).chart.to_dict())


def test_differences_are_marked_in_points_as_sentences_tell_them(tables):
    drawn = str(split_chart(tables["gap"].row(0, named=True)).chart.to_dict())
    assert "Part of the gap, in points" in drawn and "format(100 * datum.value, '+.0f')" in drawn


def test_no_share_is_told_where_nothing_was_asked_that_could_carry_it(tables):
    row = tables["gap"].filter(pl.col("residual_share_mean").is_not_null()).row(0, named=True)
    causes = ("values", "models", "signals")
    lacking = {name: None for name in row if name.startswith(causes)}
    assert "% (" in split_chart(row).alt
    assert "% (" not in split_chart(row | lacking).alt


def test_all_proposals_have_all_causes_side_by_side(tables):
    gap = tables["gap"].filter(pl.col("intervention") != "pooled", **PAIR)
    channels, rows = marks(causes_chart(gap), "point")[0]
    assert len(rows) == len(gap) * len(PARTS)
    assert channels["shape"]["field"] == channels["color"]["field"] == "name"
    assert channels["yOffset"]["sort"] == list(PARTS.values())


def test_the_check_stands_beside_what_the_split_foretells(tables):
    gap = tables["gap"].filter(pl.col("randomised_mean").is_not_null(), **PAIR)
    _, rows = marks(check_chart(gap), "point")[0]
    first = gap.row(0, named=True)
    assert [r["mean"] for r in rows[:2]] == [first["implied_mean"], first["randomised_mean"]]


def surface_of(tables, **asked) -> pl.DataFrame:
    return surface(
        tables["acceptance_draws"],
        tables["gap"],
        tables["acceptance"],
        weighting="weighted",
        **asked,
    )


def test_the_matrix_holds_every_group_and_all_together_with_the_zone(tables):
    groups = tables["acceptance"]["group"].unique(maintain_order=True).to_list()
    found = surface_of(tables, threshold=0.5, coalitions=[groups])
    figure = zone_matrix(tables["acceptance"], found)
    (cells, rows), (joint, together) = marks(figure, "rect")
    assert len(rows) == len(tables["acceptance"])
    assert len(together) == len(found) == tables["acceptance"]["intervention"].n_unique()
    assert cells["color"]["field"] == "accepts_mean" and joint["color"]["field"] == "fill"
    assert cells["x"]["sort"] == ["A", "B", "C", "D", TOGETHER]
    assert figure.chart.to_dict()["resolve"] == {"scale": {"color": "independent"}}
    for row in together:
        assert row["row"].endswith(f"→ {ZONES[row['zone']]}")
        said = chance(row["joint_probability"])
        assert row["joint_text"] == said.replace("below", "<").replace("above", ">")
        assert f"all together {said}" in figure.alt
        assert f"{row['intervention_label']}: " in figure.alt
    assert not {"0.00", "1.00"} & {row["joint_text"] for row in together}
    assert all(r["mean_text"] == f"{100 * r['accepts_mean']:.0f} %" for r in rows)


def test_a_cell_without_an_estimate_is_left_empty(tables):
    acceptance = tables["acceptance"]
    name, group = acceptance.select("intervention", "group").row(0)
    unseen = (pl.col("intervention") == name) & (pl.col("group") == group)
    lacking = tables | {
        "acceptance": acceptance.filter(~unseen),
        "acceptance_draws": tables["acceptance_draws"].filter(~unseen),
    }
    groups = acceptance["group"].unique(maintain_order=True).to_list()
    found = surface_of(lacking, threshold=0.5, coalitions=[groups])
    (_, rows), (_, together) = marks(zone_matrix(lacking["acceptance"], found), "rect")
    assert len(rows) == len(acceptance) - 1
    assert [r["joint_text"] for r in together].count("–") == 1


def test_words_on_every_fill_have_contrast():
    pale, deep = (_rgb(fill) for fill in FILLS)
    for share in [0.01 * k for k in range(101)]:
        fill = tuple(p + share * (d - p) for p, d in zip(pale, deep, strict=True))
        ink = _rgb("#ffffff") if share > DARK_FROM else _rgb("#000000")
        assert _contrast(fill, ink) >= 4.5, share
    assert set(ZONE_FILLS) == set(Zone)
    for fill, ink in ZONE_FILLS.values():
        assert _contrast(_rgb(fill), _rgb(ink)) >= 4.5


def test_acceptance_is_drawn_beside_the_threshold(tables):
    figure = acceptance_chart(tables["acceptance"], 0.65)
    lines = [rows for _, rows in marks(figure, "rule")]
    assert lines[0] == [{"place": 0.65}]
    channels, rows = marks(figure, "point")[0]
    assert len(rows) == len(tables["acceptance"])
    assert channels["x"]["scale"]["domain"] == [0.0, 1.0]


def test_signals_are_drawn_around_neutral_with_the_ends_of_their_scales(tables):
    one = tables["signals"].filter(intervention="pause")
    other = pl.col("signal") != "respect"
    one = one.with_columns(
        low_label=pl.when(other).then(pl.lit("Not at all")).otherwise("low_label"),
        high_label=pl.when(other).then(pl.lit("Fully")).otherwise("high_label"),
    )
    figure = signals_chart(one)
    channels, rows = marks(figure, "point")[0]
    low, high = channels["x"]["scale"]["domain"]
    assert low == -high and len(rows) == len(one)
    labels = {r["signal"]: r["row"] for r in rows}
    assert labels["respect"].endswith("← Clear disrespect · Clear respect →")
    assert labels["rules_working"].endswith("← Not at all · Fully →")


@pytest.mark.parametrize(
    ("zero", "words", "sides"),
    [
        ("neutral", "the neutral answer", "Expected to harm (left) or serve (right) it"),
        (
            "middle",
            "the middle of the scale",
            "Below (left) or above (right) the middle of the scale",
        ),
    ],
)
def test_charts_say_what_0_is(tables, zero, words, sides):
    at = pl.lit(zero).alias("zero")
    told = signals_chart(tables["signals"].filter(intervention="pause").with_columns(at))
    channels, _ = marks(told, "point")[0]
    assert channels["x"]["axis"]["title"] == f"Below or above {words}"
    assert f"0 is {words}" in told.alt
    expected = expectations_chart(tables["divergence"].filter(**PAIR).with_columns(at))
    channels, _ = marks(expected, "point")[0]
    assert channels["x"]["axis"]["title"] == sides
    assert f"0 is {words}" in expected.alt


def test_predictions_are_drawn_in_order_of_what_they_would_move(tables):
    cells = tables["divergence"].filter(**PAIR)
    _, rows = marks(expectations_chart(cells), "point")[0]
    _, swaps = marks(swaps_chart(cells), "point")[0]
    assert [r["rank"] for r in swaps] == list(range(1, CELLS_SHOWN + 1))
    assert len(rows) == 2 * CELLS_SHOWN
    assert rows[0]["mean"] == swaps[0]["expects_a_mean"]
    assert rows[CELLS_SHOWN]["mean"] == swaps[0]["expects_b_mean"]


@pytest.mark.parametrize("kind", ["value", "intervention"])
def test_guesses_stand_beside_what_is_so(tables, kind):
    chosen = tables["perception"].filter(
        pl.col(kind).is_not_null(), guesser="industry", guessed="neighbours"
    )
    figure = perception_chart(chosen, kind)
    _, rows = marks(figure, "point")[0]
    assert len(rows) == 2 * len(chosen)
    assert set(chosen["guess_mean"]) | set(chosen["actual_mean"]) == {r["mean"] for r in rows}
    assert "about “People who live near" in figure.alt
