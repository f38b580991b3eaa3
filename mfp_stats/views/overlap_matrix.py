"""All pairs of groups at once, for surveys with many groups."""

from typing import Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import LINE_HEIGHT, Figure, layered, lettered, tooltips, wrapped
from mfp_stats.views.words import interval

#: Fewest groups for which a matrix says more than the list of pairs.
MATRIX_FROM: Final = 4
#: Fill of the least and of the most alike; the text on both is dark enough or light enough.
_FILLS: Final = ("#eef4f6", "#0f5c73")
#: Overlaps from which a cell is dark.
_DARK_FROM: Final = 0.9335
_CELL: Final = 48
_NUMBERS: Final = ("mean", "q05", "q95")


def overlap_matrix(overlap: pl.DataFrame) -> Figure:
    """Draw the normalised overlap of every pair as a matrix of numbers with their intervals.

    Parameters
    ----------
    overlap
        Rows of the ``overlap`` table of one version and weighting, all pairs of groups.
    """
    labels = dict(overlap.select("group_a", "group_a_label").rows())
    labels |= dict(overlap.select("group_b", "group_b_label").rows())
    letters = lettered(labels)
    named = {g: wrapped(f"{letters[g]}  {label}", width=24) for g, label in labels.items()}
    frame = _both_ways(overlap).with_columns(
        row=pl.col("group").replace_strict(named),
        column=pl.col("other").replace_strict(letters),
        mean_text=pl.col("mean").map_elements("{:.2f}".format, pl.String),
        interval_text=pl.format("{}–{}", *(_two(pl.col(q)) for q in ("q05", "q95"))),
    )
    y = alt.Axis(
        labelExpr="split(datum.value, '\\n')", labelLineHeight=LINE_HEIGHT, labelLimit=0,
        domain=False, ticks=False, title=None,
    )  # fmt: skip
    x = alt.Axis(orient="top", labelAngle=0, grid=False, title=None)
    base = alt.Chart(frame).encode(
        y=alt.Y("row:N", sort=list(named.values()), axis=y),
        x=alt.X("column:N", sort=list(letters.values()), axis=x),
        tooltip=tooltips(
            {"group_label": "Group", "other_label": "Other group"},
            {"mean": "Overlap", "q05": "5 %", "q95": "95 %"},
            ".2f",
        ),
    )
    fill = alt.Scale(domain=[0.7, 1.0], range=list(_FILLS), clamp=True)
    ink = alt.condition(f"datum.mean > {_DARK_FROM}", alt.value("#ffffff"), alt.value("#000000"))
    chart = layered(
        base.mark_rect(cornerRadius=3).encode(color=alt.Color("mean:Q", scale=fill, legend=None)),
        base.mark_text(fontSize=13, fontWeight="bold", dy=-6).encode(text="mean_text", color=ink),
        base.mark_text(fontSize=9, dy=10).encode(text="interval_text", color=ink),
        height=_CELL * len(named),
    )
    numbers = [overlap[f"normalised_{k}"] for k in _NUMBERS]
    pairs = zip(overlap["group_a_label"], overlap["group_b_label"], *numbers, strict=True)
    said = [f"{a} and {b} {interval(*estimate)}" for a, b, *estimate in pairs]
    return Figure(chart, f"Matrix of overlap between groups: {'; '.join(said)}.")


def _both_ways(overlap: pl.DataFrame) -> pl.DataFrame:
    """Return every pair twice, once for each triangle of the matrix."""
    numbers = {k: f"normalised_{k}" for k in _NUMBERS}

    def seen(one: str, other: str) -> pl.DataFrame:
        return overlap.select(
            group=f"group_{one}",
            group_label=f"group_{one}_label",
            other=f"group_{other}",
            other_label=f"group_{other}_label",
            **numbers,
        )

    return pl.concat([seen("a", "b"), seen("b", "a")])


def _two(number: pl.Expr) -> pl.Expr:
    return number.map_elements("{:.2f}".format, pl.String)
