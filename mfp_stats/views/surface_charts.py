"""Charts of the coordination surface: who accepts what, and in which zone each proposal lies."""

from typing import Final

import altair as alt
import polars as pl

from mfp_stats.quantities.zones import Zone
from mfp_stats.views.figure import (
    Figure,
    Rows,
    column_heads,
    evened,
    layered,
    lettered,
    tooltips,
    wrapped,
)
from mfp_stats.views.marks import INTERVAL, Axis, estimates, line_at, side_by_side
from mfp_stats.views.surface_findings import ZONES
from mfp_stats.views.words import chance, percent, span

#: Fill of no and of full acceptance; the text on both is dark enough or light enough.
FILLS: Final = ("#eef4f6", "#0f5c73")
#: Share from which a cell is dark.
DARK_FROM: Final = 0.78
#: Fill and ink of the cell that says how probably all accept, by zone.
ZONE_FILLS: Final = {
    Zone.ACT_NOW: ("#1d6b3f", "#ffffff"),
    Zone.FIX_SIGNAL: ("#f6d9a8", "#000000"),
    Zone.MODELS_BLOCK: ("#f2b98a", "#000000"),
    Zone.VALUES_BLOCK: ("#d9946c", "#000000"),
    Zone.OTHER_BLOCKS: ("#d8cbb8", "#000000"),
    Zone.BELOW_THRESHOLD: ("#4a5a6a", "#ffffff"),
    Zone.CANNOT_TELL: ("#dfe4e7", "#000000"),
}
TOGETHER: Final = "All"
_CELL: Final = 44
_PREFIX: Final = "accepts_"


def group_letters(acceptance: pl.DataFrame) -> dict[str, str]:
    """Return the letter that stands for each group in the matrix, by the group's label."""
    return lettered(acceptance["group_label"])


def zone_matrix(acceptance: pl.DataFrame, surface: pl.DataFrame) -> Figure:
    """Draw who accepts what, proposals by groups, with all together and the zone.

    Parameters
    ----------
    acceptance
        Rows of the table ``acceptance`` of the groups of one coalition, one weighting.
    surface
        The surface of that coalition at one threshold, the same weighting.
    """
    letters = group_letters(acceptance)
    zones = dict(surface.select("intervention", "zone").rows())
    labels = dict(surface.select("intervention", "intervention_label").rows())
    texts = [wrapped(label, f"→ {ZONES[zones[name]]}") for name, label in labels.items()]
    places = dict(zip(labels, evened(texts), strict=True))
    rows = Rows(list(places.values()), thickness=_CELL)
    columns = [*letters.values(), TOGETHER]
    x = column_heads("column", columns)
    cells = acceptance.with_columns(
        row=pl.col("intervention").replace_strict(places, default=None, return_dtype=pl.String),
        column=pl.col("group_label").replace_strict(letters),
        mean_text=pl.Series([f"{100 * m:.0f} %" for m in acceptance["accepts_mean"]]),
        interval_text=pl.Series(
            [
                span(100 * low, 100 * high)
                for low, high in acceptance.select("accepts_q05", "accepts_q95").rows()
            ]
        ),
    ).filter(pl.col("row").is_not_null())
    together = surface.with_columns(
        row=pl.col("intervention").replace_strict(places),
        column=pl.lit(TOGETHER),
        joint_text=pl.Series([_tile(p) for p in surface["joint_probability"]], dtype=pl.String),
        fill=pl.col("zone").replace_strict({z: fill for z, (fill, _) in ZONE_FILLS.items()}),
        ink=pl.col("zone").replace_strict({z: ink for z, (_, ink) in ZONE_FILLS.items()}),
        zone_name=pl.col("zone").replace_strict(dict(ZONES)),
    )
    fill = alt.Scale(domain=[0, 1], range=list(FILLS), clamp=True)
    ink = alt.condition(
        f"datum.accepts_mean > {DARK_FROM}", alt.value("#ffffff"), alt.value("#000000")
    )
    numbers = {f"{_PREFIX}{end}": title for end, title in INTERVAL.items()}
    words = {"intervention_label": "Proposal", "group_label": "Group"}
    base = alt.Chart(cells).encode(y=rows.y("row"), x=x, tooltip=tooltips(words, numbers, ".0%"))
    tips = tooltips(
        {
            "intervention_label": "Proposal",
            "zone_name": "Zone",
            "zone_why": "Why",
            "joint_text": "Probability that all reach the threshold",
        },
        {},
        "",
    )
    joint = alt.Chart(together).encode(y=rows.y("row"), x=x, tooltip=tips)
    chart = layered(
        base.mark_rect(cornerRadius=3).encode(
            color=alt.Color("accepts_mean:Q", scale=fill, legend=None)
        ),
        base.mark_text(fontSize=13, fontWeight="bold", dy=-7).encode(text="mean_text", color=ink),
        base.mark_text(fontSize=10, dy=10).encode(text="interval_text", color=ink),
        joint.mark_rect(cornerRadius=3).encode(color=alt.Color("fill:N", scale=None)),
        joint.mark_text(fontSize=13, fontWeight="bold").encode(
            text="joint_text", color=alt.Color("ink:N", scale=None)
        ),
        height=rows.height,
    )
    # Acceptance is coloured by a scale, zones by the very colours: the two must not be merged.
    return Figure(chart.resolve_scale(color="independent"), _spoken(acceptance, surface))


def _tile(joint: float | None) -> str:
    """Return a probability as a tile of the matrix has room for it."""
    if joint is None:
        return "–"
    return chance(joint).replace("above", ">").replace("below", "<")


def _spoken(acceptance: pl.DataFrame, surface: pl.DataFrame) -> str:
    said = []
    for row in surface.to_dicts():
        part = acceptance.filter(pl.col("intervention") == row["intervention"])
        who = [f"{r['group_label']} {_accepts(r)}" for r in part.to_dicts()]
        joint = row["joint_probability"]
        together = "not known" if joint is None else chance(joint)
        said.append(
            f"{row['intervention_label']}: {', '.join(who)}; all together {together}; "
            f"{ZONES[row['zone']]}"
        )
    return f"Acceptance by proposal and group, with zones. {'. '.join(said)}."


def acceptance_chart(acceptance: pl.DataFrame, threshold: float) -> Figure:
    """Draw the share of each group that accepts each proposal, beside the threshold.

    Parameters
    ----------
    acceptance
        Rows of the table ``acceptance`` of one weighting; not empty.
    threshold
        The share that has to accept.
    """
    names = acceptance["intervention_label"].unique(maintain_order=True).to_list()
    places = dict(zip(names, evened([wrapped(name) for name in names]), strict=True))
    frame = acceptance.with_columns(row=pl.col("intervention_label").replace_strict(places))
    groups = acceptance["group_label"].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=14 * len(groups))
    x = Axis("Share that accepts (dashed: the threshold)", ".0%", [0.0, 1.0])
    channels, shapes = side_by_side("group_label", groups)
    tips = tooltips(
        {"intervention_label": "Proposal", "group_label": "Group"},
        {f"{_PREFIX}{end}": title for end, title in INTERVAL.items()},
        ".1%",
    )
    marks = estimates(frame, rows, x, tips, prefix=_PREFIX, channels=channels, shapes=shapes)
    chart = layered(line_at(threshold, x, dash=True), *marks, height=rows.height)
    said = [
        f"{r['intervention_label']}, {r['group_label']} {_accepts(r)}" for r in frame.to_dicts()
    ]
    return Figure(chart, f"Share that accepts, threshold {threshold:.0%}: {'; '.join(said)}.")


def _accepts(row: dict[str, float]) -> str:
    return percent(*(row[f"{_PREFIX}{end}"] for end in INTERVAL))
