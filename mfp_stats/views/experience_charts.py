"""Charts of the share of each worldview at each answer about people's record."""

from typing import Final

import polars as pl

from mfp_stats.views.figure import Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import INTERVAL, Axis, estimates, side_by_side
from mfp_stats.views.words import percent

_ENDS: Final = ("mean", "q05", "q95")


def experience_chart(answers: pl.DataFrame) -> Figure:
    """Draw the shares of all worldviews at each answer to one question.

    Parameters
    ----------
    answers
        Rows of the table ``experience`` of one item and weighting; not empty.
    """
    named = answers.with_columns(held=pl.format("Worldview {}", "worldview"))
    levels = answers.select("level", "level_label", "n").unique("level", maintain_order=True)
    number = answers["kind"][0] == "number"
    texts = [
        wrapped(label) if number else wrapped(f"{label} (n = {n:,})")
        for _, label, n in levels.rows()
    ]
    places = dict(zip(levels["level"], evened(texts), strict=True))
    frame = named.with_columns(row=pl.col("level").replace_strict(places))
    worldviews = named["held"].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=14 * len(worldviews))
    x = Axis("Share who hold it", ".0%", [0.0, 1.0])
    channels, shapes = side_by_side("held", worldviews)
    tips = tooltips(
        {"level_label": "Answer", "held": "Held", "name": "What it holds"}, INTERVAL, ".0%"
    )
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    title = answers["item_label"][0]
    said = [
        f"{r['level_label']}, {r['held'].lower()} {percent(*(r[e] for e in _ENDS))}"
        for r in frame.to_dicts()
    ]
    told = f"Shares of worldviews by “{title}”: {'; '.join(said)}."
    return Figure(layered(*marks, height=rows.height), told)
