"""Charts of how often each group, or worldview, prefers proposals with each level."""

from math import ceil
from typing import Final

import polars as pl

from mfp_stats.views.figure import Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import INTERVAL, Axis, estimates, line_at, side_by_side
from mfp_stats.views.words import percent

_ENDS: Final = tuple(INTERVAL)
#: How far a chart reaches to both sides of one half, at least: small differences look small.
_LEAST: Final = 0.2


def levels_chart(levels: pl.DataFrame, block: pl.DataFrame) -> Figure:
    """Draw the share of each group that prefers a proposal with each level of one attribute.

    Parameters
    ----------
    levels
        Rows of the table ``conjoint``, or of ``conjoint_worldviews``, of one attribute; not empty.
    block
        Those of all attributes: their charts have one axis, so that lengths can be compared.
    """
    by_group = "group_label" in levels.columns
    who = pl.col("group_label") if by_group else pl.format("Worldview {}", "worldview")
    named = levels.with_columns(who=who, **{end: pl.col(f"prefers_{end}") for end in _ENDS})
    texts = levels["level_label"].unique(maintain_order=True).to_list()
    places = dict(zip(texts, evened([wrapped(text) for text in texts]), strict=True))
    frame = named.with_columns(row=pl.col("level_label").replace_strict(places))
    kinds = frame["who"].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=14 * len(kinds))
    x = Axis("Share that prefers it to a proposal at random (dashed: half)", ".0%", _domain(block))
    channels, shapes = side_by_side("who", kinds)
    held = {"who": "Group"} if by_group else {"who": "Held", "name": "What it holds"}
    tips = tooltips({"level_label": "Level", **held}, INTERVAL, ".0%")
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    said = [
        f"{r['level_label']}, {r['who']} {percent(*(r[e] for e in _ENDS))}"
        for r in frame.to_dicts()
    ]
    title = levels["attribute_label"][0]
    told = f"Shares that prefer a proposal by its “{title}”: {'; '.join(said)}."
    return Figure(layered(line_at(0.5, x, dash=True), *marks, height=rows.height), told)


def _domain(block: pl.DataFrame) -> list[float]:
    """Return the ends of the axis, one half in the middle."""
    ends = pl.col("prefers_q05", "prefers_q95")
    farthest = block.select(pl.max_horizontal((ends - 0.5).abs()).max()).item()
    reach = min(0.5, max(_LEAST, ceil(10 * farthest) / 10))
    return [0.5 - reach, 0.5 + reach]
