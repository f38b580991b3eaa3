"""Charts as the dictionaries that the browser gets."""

import math

import polars as pl
import pytest

from mfp_stats.project import Project
from mfp_stats.views.charts import (
    BELIEFS_SHOWN,
    composition_chart,
    differences_chart,
    overlap_chart,
    profile_chart,
    values_chart,
)
from mfp_stats.views.figure import LINE, Rows, evened, wrapped
from mfp_stats.views.overlap_matrix import overlap_matrix
from tests.app.synthetic import synthetic_tables


@pytest.fixture(scope="module")
def tables(checkout):
    questionnaire = Project(checkout, checkout).questionnaire("ai_datacentres")
    sizes = {group.name: 60 for group in questionnaire.groups}
    made = synthetic_tables(questionnaire, sizes=sizes)
    return {
        table.name: table.frame.filter(weighting="weighted")
        if "weighting" in table.frame.columns
        else table.frame
        for table in made
    }


def data_of(layer, spec) -> list[dict]:
    return spec["datasets"][layer.get("data", spec.get("data"))["name"]]


def estimates(figure) -> tuple[list[dict], dict, dict]:
    """Return the rows, the channels of the intervals and the channels of the means."""
    spec = figure.chart.to_dict()
    *_, intervals, means = spec["layer"]
    assert intervals["mark"]["type"] == "rule" and means["mark"]["type"] == "point"
    return data_of(means, spec), intervals["encoding"], means["encoding"]


def test_overlap_draws_every_pair_with_its_interval_least_alike_first(tables):
    overlap = tables["overlap"].filter(version="revealed")
    figure = overlap_chart(overlap)
    rows, intervals, means = estimates(figure)
    assert [r["normalised_mean"] for r in rows] == overlap["normalised_mean"].sort().to_list()
    assert (intervals["x"]["field"], intervals["x2"]["field"]) == (
        "normalised_q05",
        "normalised_q95",
    )
    assert means["x"]["field"] == "normalised_mean"
    assert means["y"]["sort"] == [r["row"] for r in rows]
    for label in overlap["group_a_label"]:
        assert label in figure.alt


def test_no_interval_is_cut_off_by_the_axis(tables):
    row = tables["overlap"].head(1).with_columns(normalised_q05=0.31, normalised_q95=1.04)
    _, intervals, _ = estimates(overlap_chart(row))
    low, high = intervals["x"]["scale"]["domain"]
    assert low <= 0.31 and high >= 1.04


def test_values_stand_in_order_of_weight_with_groups_told_by_colour_and_shape(tables):
    values = tables["values"].filter(version="claimed")
    rows, intervals, means = estimates(values_chart(values))
    assert len(rows) == len(values)
    assert means["color"]["field"] == means["shape"]["field"] == "group_label"
    assert intervals["yOffset"]["field"] == means["yOffset"]["field"]
    average = values.group_by("value_label").agg(pl.col("mean").mean()).sort("mean")
    shown = [label.strip().replace("\n", " ") for label in means["y"]["sort"]]
    assert shown == average["value_label"].reverse().to_list()


def test_everyone_is_drawn_first_among_the_holders_of_a_worldview(tables):
    part = tables["worldviews"].filter(worldview=1)
    figure = composition_chart(part)
    rows, _, _ = estimates(figure)
    assert rows[0]["who"] == "Everyone"
    assert len(rows) == len(part)
    assert part["name"][0] in figure.alt


def test_a_profile_shows_the_most_distinctive_answers_beside_everyones(tables):
    beliefs = tables["worldview_beliefs"].filter(worldview=2)
    figure = profile_chart(beliefs)
    rows, _, _ = estimates(figure)
    assert [r["rank"] for r in rows] == list(range(1, BELIEFS_SHOWN + 1))
    ticks = figure.chart.to_dict()["layer"][0]
    assert ticks["encoding"]["x"]["field"] == "everyone_mean"
    assert f"everyone {100 * rows[0]['everyone_mean']:.0f} %" in figure.alt


def test_differences_have_zero_in_their_middle(tables):
    differences = tables["overlap_differences"]
    _, intervals, _ = estimates(differences_chart(differences))
    low, high = intervals["x"]["scale"]["domain"]
    assert low == -high and high >= differences["q95"].max()


def test_the_matrix_holds_every_pair_twice_with_numbers_that_can_be_read(tables):
    overlap = tables["overlap"].filter(version="revealed")
    spec = overlap_matrix(overlap).chart.to_dict()
    tiles, means, intervals = spec["layer"]
    rows = data_of(tiles, spec)
    assert len(rows) == 2 * len(overlap)
    assert {(r["group"], r["other"]) for r in rows} == {(r["other"], r["group"]) for r in rows}
    assert all(r["mean_text"] == f"{r['mean']:.2f}" for r in rows)
    assert all(r["interval_text"] == f"{r['q05']:.2f}–{r['q95']:.2f}" for r in rows)
    assert means["encoding"]["text"]["field"] == "mean_text"
    assert intervals["encoding"]["text"]["field"] == "interval_text"


def test_words_in_the_matrix_have_contrast_on_every_fill():
    from mfp_stats.views.overlap_matrix import _DARK_FROM, _FILLS

    pale, deep = (_rgb(fill) for fill in _FILLS)
    for mean in [0.7 + 0.01 * k for k in range(31)]:
        share = (mean - 0.7) / 0.3
        fill = tuple(p + share * (d - p) for p, d in zip(pale, deep, strict=True))
        ink = (255, 255, 255) if mean > _DARK_FROM else _rgb("#000000")
        assert _contrast(fill, ink) >= 4.5, mean


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def _contrast(one, other) -> float:
    """Contrast ratio of WCAG 2.2."""

    def light(colour):
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_group_colours_have_contrast_on_their_ground():
    from mfp_stats.views.theme import ON_DARK, ON_LIGHT, THEME

    for ground, colours in (("light", ON_LIGHT), ("dark", ON_DARK)):
        behind = _rgb(THEME[f"theme.{ground}.backgroundColor"])
        assert all(_contrast(_rgb(colour), behind) >= 3.0 for colour in colours)


def test_labels_fit_a_phone_and_end_above_their_marks():
    label = wrapped("word " * 40, "x")
    assert max(map(len, label.split("\n"))) <= LINE
    short, long = evened(["one", "one\ntwo\nthree"])
    assert short == " \n \none" and long == "one\ntwo\nthree"


def test_rows_have_room_for_their_labels():
    rows = Rows(["a\nb", "c\nd", "e\nf"], thickness=14)
    y = rows.y("row").to_dict()
    step = rows.height / 3
    assert math.isclose(y["scale"]["paddingInner"] * step, step - 14)
    assert y["axis"]["labelLimit"] == 0
