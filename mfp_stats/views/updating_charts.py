"""Charts of how far information moved beliefs and support, by worldview and trust."""

from typing import Final

import polars as pl

from mfp_stats.views.figure import Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import Axis, around_zero, estimates, line_at, side_by_side
from mfp_stats.views.updating_findings import OCCASION_WORDS, TRUST_WORDS
from mfp_stats.views.words import capital, points

_ENDS: Final = ("mean", "q05", "q95")
_MOVED: Final = {
    "belief": "Move of beliefs in its direction",
    "support": "Move of support in its direction",
}
_TIPS: Final = {"shift_mean": "Mean", "shift_q05": "5 %", "shift_q95": "95 %"}


def updating_chart(rows: pl.DataFrame) -> Figure:
    """Draw the move of one kind of answer, everybody first, then each worldview.

    Parameters
    ----------
    rows
        Rows of the table ``updating`` of one piece of information, kind and weighting; not empty.
    """
    named = rows.with_columns(
        who=pl.Series([_who(row) for row in rows.to_dicts()]),
        when=pl.col("occasion").replace_strict(OCCASION_WORDS),
    )
    labels = named["who"].unique(maintain_order=True).to_list()
    texts = dict(zip(labels, evened([wrapped(label) for label in labels]), strict=True))
    frame = named.with_columns(row=pl.col("who").replace_strict(texts))
    occasions = frame["when"].unique(maintain_order=True).to_list()
    grid = Rows(list(texts.values()), thickness=14 * len(occasions))
    title = _MOVED[rows["kind"][0]]
    domain = around_zero(rows, ["shift_q05", "shift_q95"], least=0.1)
    x = Axis(f"{title}, in points", "+.0f", domain, in_points=True)
    channels, shapes = side_by_side("when", occasions) if len(occasions) > 1 else ({}, {})
    tips = tooltips({"who": "Who", "when": "When", "name": "What it holds"}, _TIPS, "+.0%")
    marks = estimates(frame, grid, x, tips, prefix="shift_", channels=channels, shapes=shapes)
    said = [
        f"{row['who']}, {row['when'].lower()}, {points(*(row[f'shift_{e}'] for e in _ENDS))}"
        for row in frame.to_dicts()
    ]
    about = f"“{rows['information_label'][0]}”"
    told = f"{title}, {about}: {'; '.join(said)}."
    return Figure(layered(line_at(0.0, x), *marks, height=grid.height), told)


def _who(row: dict[str, object]) -> str:
    worldview = f"Worldview {row['worldview']}" if row["worldview"] else "Everybody"
    trust = str(row["trust"])
    if not trust:
        return worldview
    words = TRUST_WORDS[trust]
    return f"{worldview}, {words}" if row["worldview"] else capital(words)
