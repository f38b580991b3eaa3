"""What a chart function returns: the chart, its text alternative, and one look for all."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, product
from string import ascii_uppercase
from typing import Any, Final

import altair as alt

#: For references beside the estimates; has contrast on light and on dark ground.
QUIET: Final = "#82909a"
#: For estimates that are not split by group; likewise.
ACCENT: Final = "#2a8fae"
#: For words on a pale fill, which is as pale on dark ground.
INK: Final = "#000000"
#: Letters in a line of a label: what a phone of 360 pixels has room for.
LINE: Final = 54
#: Heights in pixels: of a line of a label, and between the rows of a chart.
LINE_HEIGHT: Final = 15
GAP: Final = 16

_LOOK: Final[dict[str, Any]] = {
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"},
    "axisX": {
        "grid": True,
        "gridOpacity": 0.5,
        "domain": False,
        "ticks": False,
        "labelPadding": 10,
    },
    "legend": {"orient": "top", "direction": "vertical", "labelFontSize": 12, "labelLimit": 0},
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the words that stand in for it where it cannot be seen."""

    chart: alt.LayerChart
    alt: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a chart: each has its label above its marks, so that both fit on a phone.

    Parameters
    ----------
    labels
        Text of each row, top to bottom; wrapped by :func:`wrapped`.
    thickness
        Height in pixels of the marks of one row.
    """

    labels: Sequence[str]
    thickness: int

    @property
    def _lines(self) -> int:
        return max((label.count("\n") + 1 for label in self.labels), default=1)

    @property
    def _room(self) -> int:
        """Height above the marks of a row: its label, and what parts it from the row before."""
        return self._lines * LINE_HEIGHT + GAP

    @property
    def height(self) -> int:
        """Height of the chart in pixels."""
        return len(self.labels) * (self.thickness + self._room)

    def y(self, field: str) -> alt.Y:
        """Return the y channel of a field that holds the rows' labels."""
        share = self._room / (self.thickness + self._room)
        axis = alt.Axis(
            labelAlign="left",
            labelBaseline="top",
            labelPadding=0,
            labelOffset=-(self.thickness / 2 + self._lines * LINE_HEIGHT + 2),
            labelLineHeight=LINE_HEIGHT,
            labelLimit=0,
            labelOverlap=False,
            labelExpr="split(datum.value, '\\n')",
            ticks=False,
            domain=False,
            grid=False,
            zindex=1,
        )
        # All the room around the rows is put above the first, where its label stands.
        scale = alt.Scale(paddingInner=share, paddingOuter=share / 2, align=1)
        return alt.Y(f"{field}:N", sort=list(self.labels), title=None, axis=axis, scale=scale)


def column_heads(field: str, heads: Sequence[str]) -> alt.X:
    """Return the x channel of a matrix: a column for each head, which stands above it."""
    axis = alt.Axis(orient="top", labelAngle=0, grid=False, title=None, domain=False)
    scale = alt.Scale(domain=list(heads), padding=0.06)
    return alt.X(f"{field}:N", sort=list(heads), axis=axis, scale=scale)


def lettered(labels: Iterable[str]) -> dict[str, str]:
    """Return the letter that stands for each label where there is no room: A to Z, AA and so on."""
    names = chain(ascii_uppercase, map("".join, product(ascii_uppercase, repeat=2)))
    return dict(zip(dict.fromkeys(labels), names, strict=False))


def wrapped(*texts: str, width: int = LINE) -> str:
    """Return texts as lines of a label, each begun on a line of its own."""
    return "\n".join(line for text in texts for line in textwrap.wrap(text, width) or [""])


def evened(labels: Sequence[str]) -> list[str]:
    """Return labels with as many lines as the longest has, so that each ends above its row."""
    lines = max((label.count("\n") for label in labels), default=0)
    return [" \n" * (lines - label.count("\n")) + label for label in labels]


def layered(*charts: alt.Chart, height: int) -> alt.LayerChart:
    """Return charts on top of each other, with the project's axes and spacing.

    Colours and fonts are the page's theme. ``height`` is that of the plot alone: axes and legend
    come on top, so that rows keep their room.
    """
    autosize = alt.AutoSizeParams(type="fit-x", contains="padding")
    return alt.LayerChart(layer=list(charts), height=height, autosize=autosize, config=_LOOK)


def tooltips(texts: dict[str, str], numbers: dict[str, str], form: str) -> list[Any]:
    """Return tooltips of fields with their titles; numbers in the form of d3."""
    words = [alt.Tooltip(f"{field}:N", title=title) for field, title in texts.items()]
    figures = [alt.Tooltip(f"{f}:Q", title=title, format=form) for f, title in numbers.items()]
    return words + figures
