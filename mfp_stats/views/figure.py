"""What a chart function returns: the chart, its text alternative, and one look for all."""

from dataclasses import dataclass
from typing import Final

import altair as alt

#: Qualitative colours that stay apart under the common colour-vision deficiencies and on white.
PALETTE: Final = ["#0f5c73", "#c8551b", "#6a4c93", "#2f7d4f", "#a8326e", "#7a6a1f", "#4a5a6a"]
#: One hue for estimates that are not split by group, and a quiet one for references.
ACCENT: Final = "#0f5c73"
QUIET: Final = "#8a949c"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and the words that stand in for it where it cannot be seen."""

    chart: alt.Chart | alt.LayerChart | alt.FacetChart
    alt: str


def dress(chart: alt.LayerChart | alt.FacetChart) -> alt.LayerChart | alt.FacetChart:
    """Give a chart the project's axes, fonts and spacing; no font is loaded from elsewhere."""
    dressed: alt.LayerChart | alt.FacetChart = (
        chart.configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=210,
            grid=False,
            domain=False,
            ticks=False,
            labelPadding=6,
        )
        .configure_axisX(grid=True, gridColor="#e6e9eb")
        .configure_legend(orient="top", title=None, labelFontSize=12, columns=3, symbolLimit=12)
        .configure_header(labelFontSize=13, labelAnchor="start", title=None, labelFontWeight="bold")
    )
    return dressed
