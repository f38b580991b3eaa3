"""Charts of what leads to what: the map of one worldview, strengths of links, and what follows."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import QUIET, Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import INTERVAL, Axis, around_zero, estimates, line_at, side_by_side
from mfp_stats.views.theme import CONCEPTS
from mfp_stats.views.words import interval

_ENDS: Final = ("mean", "q05", "q95")
#: Said of a concept that a proposal pushes by itself.
PUSHED: Final = " (pushed, as assumed)"
#: Letters in a line of a concept's label.
_LETTERS: Final = 16
#: Concepts stand in a circle of radius 1; what lies around it has room for labels.
_REACH: Final = 1.4
#: Where between two concepts a link begins and ends, and how far it lies beside the line between
#: them, so that the two of a pair of links lie apart.
_FROM, _TO, _ASIDE = 0.24, 0.74, 0.05
#: How far the end of a link stays from the middle of a concept's name, but half way at least.
_CLEAR: Final = 0.36
_SIDES: Final = ("Raises it", "Lowers it", "Cannot tell")
#: Of each side; shapes and dashes say it to those who do not see the colours apart.
_COLOURS: Final = ("#2a8fae", "#c2562d", QUIET)
_SHAPES: Final = ("triangle-up", "triangle-down", "circle")
_DASH, _WHOLE = [4, 3], [1, 0]
#: Of the names of concepts, on a light ground; the page's style makes it that of the page's text.
_INK: Final = "#1c272d"


def map_chart(links: pl.DataFrame, sure: float) -> Figure:
    """Draw the map of one worldview: concepts in a circle, a line a link, a mark at its effect.

    Parameters
    ----------
    links
        Rows of the table ``map_links`` of one worldview; not empty.
    sure
        Probability of a sign from which a link has one.
    """
    concepts = dict(links.select("cause", "cause_label").rows())
    concepts |= dict(links.select("effect", "effect_label").rows())
    places = dict(zip(concepts, _circle(len(concepts)), strict=True))
    lines = pl.DataFrame([_line(row, places, sure) for row in links.to_dicts()])
    told = "; ".join(
        f"{_link(row)} {interval(*(row[f'strength_{e}'] for e in _ENDS))}"
        for row in links.to_dicts()
    )
    row = links.row(0, named=True)
    chart = layered(*_line_marks(lines), _texts(concepts, places), height=380)
    return Figure(chart, f"Map of worldview {row['worldview']}, “{row['name']}”: {told}.")


def _line_marks(lines: pl.DataFrame) -> tuple[alt.Chart, alt.Chart]:
    """Return the lines, and the marks at their ends."""
    sides = list(_SIDES)
    colour = alt.Color("sign:N", title=None, scale=alt.Scale(domain=sides, range=list(_COLOURS)))
    shape = alt.Shape("sign:N", title=None, scale=alt.Scale(domain=sides, range=list(_SHAPES)))
    # By a condition, which has no legend: one of dashes would dash the marks of the others.
    unsure = alt.datum.sign == _SIDES[-1]
    dash = alt.condition(unsure, alt.value(_DASH), alt.value(_WHOLE))
    tips = tooltips({"of": "Link", "sign": "More of it"}, {"strength": "Strength"}, "+.2f")
    width = alt.StrokeWidth("size:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[1, 7]))
    base = alt.Chart(lines).encode(color=colour, tooltip=tips)
    rules = base.mark_rule(opacity=0.7)
    # A triangle upright looks the same at every width of the page; an arrow's angle would not.
    ends = base.mark_point(filled=True, size=150, opacity=1)
    start = {"x": alt.X("x:Q", **_plain()), "y": alt.Y("y:Q", **_plain())}
    return (
        rules.encode(**start, x2="x2:Q", y2="y2:Q", strokeWidth=width, strokeDash=dash),
        ends.encode(x=alt.X("x2:Q", **_plain()), y=alt.Y("y2:Q", **_plain()), shape=shape),
    )


def _texts(concepts: Mapping[str, str], places: Mapping[str, tuple[float, float]]) -> alt.Chart:
    rows = [
        {"x": places[name][0], "y": places[name][1], "text": wrapped(label, width=_LETTERS)}
        for name, label in concepts.items()
    ]
    marks: alt.Chart = alt.Chart(pl.DataFrame(rows), name=CONCEPTS).mark_text(
        fontSize=12, fontWeight="bold", lineBreak="\n", color=_INK
    )
    return marks.encode(x=alt.X("x:Q", **_plain()), y=alt.Y("y:Q", **_plain()), text="text:N")


def _plain() -> dict[str, Any]:
    """Return the options of a coordinate: no axis, for where a concept stands says nothing."""
    return {"axis": None, "scale": alt.Scale(domain=[-_REACH, _REACH])}


def _circle(places: int) -> Iterator[tuple[float, float]]:
    """Yield so many places on a circle, from its top clockwise."""
    for k in range(places):
        turn = 2 * math.pi * k / places
        yield math.sin(turn), math.cos(turn)


def _line(
    row: dict[str, Any], places: Mapping[str, tuple[float, float]], sure: float
) -> dict[str, Any]:
    """Return a link as a line, a little aside so that a pair of links shows as two."""
    (x, y), (x2, y2) = places[row["cause"]], places[row["effect"]]
    far = math.hypot(x2 - x, y2 - y)
    along, aside = ((x2 - x) / far, (y2 - y) / far), ((y2 - y) / far, -(x2 - x) / far)

    def at(part: float) -> tuple[float, float]:
        go = part * far
        return x + go * along[0] + _ASIDE * aside[0], y + go * along[1] + _ASIDE * aside[1]

    positive = row["probability_positive"]
    sign = _SIDES[0] if positive >= sure else _SIDES[1] if positive <= 1 - sure else _SIDES[2]
    (from_x, from_y), (to_x, to_y) = at(_FROM), at(max(0.5, min(_TO, 1 - _CLEAR / far)))
    return {
        **{"x": from_x, "y": from_y, "x2": to_x, "y2": to_y},
        "sign": sign,
        "strength": row["strength_mean"],
        "size": abs(row["strength_mean"]),
        "of": _link(row),
    }


def _link(row: dict[str, Any]) -> str:
    return f"{row['cause_label']} → {row['effect_label']}"


def links_chart(links: pl.DataFrame) -> Figure:
    """Draw how strong each worldview, or group, thinks each link.

    Parameters
    ----------
    links
        Rows of the table ``map_links``, or of ``map_groups`` of one weighting; not empty.
    """
    by = "group_label" if "group_label" in links.columns else "held"
    frame = links if by == "group_label" else _numbered(links)
    arrowed = frame.with_columns(of=pl.format("{} → {}", "cause_label", "effect_label"))
    return _strips(
        arrowed, "strength", by, axis="Much less (−1) or much more (1)", title="Strengths of links"
    )


def effects_chart(effects: pl.DataFrame) -> Figure:
    """Draw what a push on one concept does to the others, by worldview.

    Parameters
    ----------
    effects
        Rows of the table ``map_effects`` of one concept that is pushed; not empty.
    """
    title = f"What a push on “{effects['cause_label'][0]}” does"
    frame = _numbered(effects).with_columns(of="effect_label")
    return _strips(frame, "total", "held", axis="Moved, in units of the push", title=title)


def proposals_chart(proposals: pl.DataFrame) -> Figure:
    """Draw what each worldview's map implies of one proposal beside what its people say.

    Concepts that the questionnaire itself has it push are marked: what is implied of them holds
    that assumption.

    Parameters
    ----------
    proposals
        Rows of the table ``map_proposals`` of one proposal; not empty.
    """
    kinds = {"implied": "Implied by the map", "said": "Said by its people"}
    pushed = pl.when("pushed").then(pl.lit(PUSHED)).otherwise(pl.lit(""))
    of = pl.format("{}{}, worldview {}", "concept_label", pushed, "worldview")
    frame = pl.concat(
        proposals.filter(pl.col(f"{kind}_mean").is_not_null()).select(
            of=of, kind=pl.lit(name), **{f"shown_{end}": f"{kind}_{end}" for end in _ENDS}
        )
        for kind, name in kinds.items()
    )
    title = f"“{proposals['intervention_label'][0]}”"
    return _strips(frame, "shown", "kind", axis="Less (left) or more (right) of it", title=title)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(held=pl.format("Worldview {}", "worldview"))


def _strips(frame: pl.DataFrame, name: str, by: str, *, axis: str, title: str) -> Figure:
    """Draw a row for each text in ``of``, with a mark for each of ``by``."""
    texts = {text: wrapped(text) for text in frame["of"].unique(maintain_order=True)}
    places = dict(zip(texts, evened(list(texts.values())), strict=True))
    rowed = frame.with_columns(row=pl.col("of").replace_strict(places))
    kinds = frame[by].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=14 * len(kinds))
    x = Axis(axis, ".1f", around_zero(frame, [f"{name}_q05", f"{name}_q95"], least=0.25))
    channels, shapes = side_by_side(by, kinds)
    numbers = {f"{name}_{end}": what for end, what in INTERVAL.items()}
    tips = tooltips({"of": "Of", by: "By"}, numbers, "+.2f")
    marks = estimates(rowed, rows, x, tips, prefix=f"{name}_", channels=channels, shapes=shapes)
    told = "; ".join(
        f"{row['of']}, {row[by]} {interval(*(row[f'{name}_{e}'] for e in _ENDS))}"
        for row in frame.to_dicts()
    )
    return Figure(layered(line_at(0, x), *marks, height=rows.height), f"{title}: {told}.")
