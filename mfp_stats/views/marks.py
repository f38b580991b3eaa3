"""Estimates as marks: a point at the posterior mean on a line over the 90 % interval."""

from collections.abc import Sequence
from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import ACCENT, QUIET, Rows, evened

#: The three columns of an estimate, and what they are called where the reader points.
INTERVAL: Final = {"mean": "Mean", "q05": "5 %", "q95": "95 %"}


class Axis:
    """The x channel that all layers of a chart share.

    Parameters
    ----------
    title, form
        What is measured, and the form of its numbers as d3 writes it.
    in_points
        Whether shares are marked in points out of 100, as sentences tell differences.
    domain
        Both ends; None: from 0 to where the estimates reach.
    """

    def __init__(
        self,
        title: str,
        form: str,
        domain: Sequence[float] | None = None,
        *,
        in_points: bool = False,
    ) -> None:
        text = f"format({'100 * ' if in_points else ''}datum.value, '{form}')"
        if form.startswith("+"):  # nothing has no sign
            text = f"abs(datum.value) < 1e-9 ? '0' : {text}"
        self._axis = alt.Axis(title=title, format=form, tickCount=5, labelExpr=text)
        self._scale = alt.Scale(domain=domain) if domain else alt.Scale(zero=True, nice=True)

    def of(self, field: str) -> alt.X:
        """Return the channel of a field."""
        return alt.X(f"{field}:Q", axis=self._axis, scale=self._scale)


def labelled(frame: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """Add the field ``row``: the labels of the rows of a chart, with as many lines each."""
    return frame.with_columns(pl.Series("row", evened(labels), dtype=pl.String))


def estimates(
    frame: pl.DataFrame,
    rows: Rows,
    x: Axis,
    tips: list[Any],
    *,
    prefix: str = "",
    channels: dict[str, Any] | None = None,
    shapes: dict[str, Any] | None = None,
) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """Return the line of each row and, on it, the intervals and the means.

    Parameters
    ----------
    frame
        One row an estimate: ``row`` and the columns ``mean``, ``q05`` and ``q95``.
    rows, x, tips
        The rows of the chart, its axis, and what is said where the reader points.
    prefix
        Of the three columns of the estimate, as ``gap_``.
    channels
        Further channels of intervals and means; without any, all have one colour.
    shapes
        Further channels of the means alone.
    """
    tracks = alt.Chart(frame).mark_rule(color=QUIET, opacity=0.25)
    base = alt.Chart(frame).encode(y=rows.y("row"), tooltip=tips, **(channels or {}))
    colour = alt.Undefined if channels else ACCENT
    lines = base.mark_rule(strokeWidth=4, opacity=0.45, strokeCap="round", color=colour)
    points = base.mark_point(filled=True, size=70, opacity=1, color=colour)
    offset = {name: channels[name] for name in ("yOffset",) if channels and name in channels}
    return (
        tracks.encode(y=rows.y("row"), **offset),
        lines.encode(x=x.of(f"{prefix}q05"), x2=f"{prefix}q95:Q"),
        points.encode(x=x.of(f"{prefix}mean"), **(shapes or {})),
    )


def side_by_side(field: str, order: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return channels and shapes for :func:`estimates` that part a row's marks by a field.

    Colour and shape say the same, so that either is enough to tell the marks apart.
    """
    scale = alt.Scale(domain=list(order))
    channels: dict[str, Any] = {
        "yOffset": alt.YOffset(f"{field}:N", sort=list(order)),
        "color": alt.Color(f"{field}:N", scale=scale, title=None),
    }
    return channels, {"shape": alt.Shape(f"{field}:N", scale=scale, title=None)}


def line_at(place: float, x: Axis, *, dash: bool = False) -> alt.Chart:
    """Return an upright line: at nothing, at a neutral answer, at a threshold."""
    pattern = [4, 4] if dash else [1, 0]
    chart = alt.Chart(pl.DataFrame({"place": [place]}))
    line: alt.Chart = chart.mark_rule(color=QUIET, opacity=0.8, strokeDash=pattern)
    return line.encode(x=x.of("place"))


def around_zero(frame: pl.DataFrame, names: Sequence[str], *, least: float) -> list[float]:
    """Return an axis domain with 0 in its middle and room around every interval."""
    ends = [frame[name].drop_nulls().abs().max() for name in names]
    far = max([least, *(float(str(end)) for end in ends if end is not None)])
    return [-1.05 * far, 1.05 * far]
