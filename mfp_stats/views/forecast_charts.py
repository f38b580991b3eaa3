"""Charts of forecasts: what was predicted, and where the observed shares came to lie."""

from typing import Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import INTERVAL, Axis, estimates, side_by_side
from mfp_stats.views.words import number, percent

_PREFIX: Final = "predicted_"


def forecast_chart(cells: pl.DataFrame) -> Figure:
    """Draw predicted shares with their 90 % intervals, and observed ones as upright strokes.

    Parameters
    ----------
    cells
        Rows of one forecast and weighting: ``intervention_label``, ``group_label``,
        ``predicted_mean``, ``predicted_q05``, ``predicted_q95``, ``observed`` (null where nothing
        was observed yet); not empty.
    """
    names = cells["intervention_label"].unique(maintain_order=True).to_list()
    places = dict(zip(names, evened([wrapped(name) for name in names]), strict=True))
    frame = cells.with_columns(row=pl.col("intervention_label").replace_strict(places))
    groups = frame["group_label"].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=16 * len(groups))
    x = Axis("Share that accepts (upright strokes: observed)", ".0%", [0.0, 1.0])
    channels, shapes = side_by_side("group_label", groups)
    observed = frame.filter(pl.col("observed").is_not_null())
    numbers = {f"{_PREFIX}{end}": title for end, title in INTERVAL.items()}
    numbers |= {"observed": "Observed"} if len(observed) else {}
    tips = tooltips({"intervention_label": "Proposal", "group_label": "Group"}, numbers, ".1%")
    marks = estimates(frame, rows, x, tips, prefix=_PREFIX, channels=channels, shapes=shapes)
    strokes = (
        alt.Chart(observed)
        .mark_tick(thickness=3, size=14, orient="vertical")
        .encode(y=rows.y("row"), x=x.of("observed"), tooltip=tips, **channels)
    )
    layers = [*marks, strokes] if len(observed) else list(marks)
    return Figure(layered(*layers, height=rows.height), _spoken(frame))


def _spoken(frame: pl.DataFrame) -> str:
    said = []
    for row in frame.to_dicts():
        predicted = percent(*(row[f"{_PREFIX}{end}"] for end in INTERVAL))
        seen = "" if row["observed"] is None else f", observed {number(100 * row['observed'])} %"
        named = f"{row['intervention_label']}, {row['group_label']}"
        said.append(f"{named} predicted {predicted}{seen}")
    return f"Share that accepts: {'; '.join(said)}."
