"""Charts of the search: who accepts the best designs, and how designs lie to each other."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import ACCENT, QUIET, Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import INTERVAL, Axis, around_zero, estimates, line_at, side_by_side
from mfp_stats.views.search_words import ACCEPTING, Taking, design_name
from mfp_stats.views.words import chance, interval, percent, points
from mfp_stats.views.zero import zero_words, zeros_in

#: Designs drawn one by one.
SHOWN: Final = 6
_ENDS: Final = tuple(INTERVAL)
_SMALLEST: Final = 0.2
#: What is told of a design where the reader points; of designs that tie each would be the best.
_TOLD: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "name": design_name,
    "joint": lambda row: chance(row["joint_probability"]),
    "worst": lambda row: percent(*(row[f"worst_{end}"] for end in _ENDS)),
    "best": lambda row: "–" if row["best_probability"] is None else chance(row["best_probability"]),
    "regret": lambda row: points(*(row[f"regret_{end}"] for end in _ENDS)),
}


def shown_designs(search: pl.DataFrame) -> pl.DataFrame:
    """Return the designs that are drawn: the first, and the proposal fielded that comes first."""
    fielded = search.filter(pl.col("intervention").is_not_null())
    first = search.head(SHOWN)
    if first["intervention"].null_count() < len(first) or fielded.is_empty():
        return first
    return pl.concat([first, fielded.head(1)])


def designs_chart(
    search: pl.DataFrame,
    labels: Mapping[str, str],
    threshold: float,
    taking: Taking = ACCEPTING,
) -> Figure:
    """Draw the share of each group that accepts the first designs, beside the threshold.

    Parameters
    ----------
    search
        Rows of the table ``search`` of one weighting, best first; not empty.
    labels
        Name of each group of the coalition to its label.
    threshold
        The share that has to accept.
    taking
        What the share does with a design: accept it, or prefer it to another.
    """
    rows = shown_designs(search).to_dicts()
    texts = evened(
        [wrapped(design_name(r), f"→ all: {chance(r['joint_probability'])}") for r in rows]
    )
    frame = pl.DataFrame(
        [
            {
                "row": text,
                "name": design_name(row),
                "group_label": label,
                **{end: row[f"accepts_{group}_{end}"] for end in _ENDS},
            }
            for text, row in zip(texts, rows, strict=True)
            for group, label in labels.items()
        ]
    )
    places = Rows(texts, thickness=14 * len(labels))
    x = Axis(f"{taking.share} (dashed: the threshold)", ".0%", [0.0, 1.0])
    channels, shapes = side_by_side("group_label", list(labels.values()))
    tips = tooltips({"name": "Design", "group_label": "Group"}, INTERVAL, ".1%")
    marks = estimates(frame, places, x, tips, channels=channels, shapes=shapes)
    chart = layered(line_at(threshold, x, dash=True), *marks, height=places.height)
    said = [
        f"{r['name']}, {r['group_label']} {percent(*(r[e] for e in _ENDS))}"
        for r in frame.to_dicts()
    ]
    return Figure(chart, f"{taking.share}, threshold {threshold:.0%}: {'; '.join(said)}.")


def effects_chart(search: pl.DataFrame) -> Figure:
    """Draw what each worldview expects of the first designs, 0 being the neutral answer or middle.

    Parameters
    ----------
    search
        As in :func:`designs_chart`, with expected effects.
    """
    rows = shown_designs(search).to_dicts()
    texts = evened([wrapped(design_name(row)) for row in rows])
    numbers = effect_numbers(search)
    frame = pl.DataFrame(
        [
            {
                "row": text,
                "name": design_name(row),
                "worldview": _held_by(c),
                **{end: row[f"effect_{c}_{end}"] for end in _ENDS},
            }
            for text, row in zip(texts, rows, strict=True)
            for c in numbers
        ]
    )
    places = Rows(texts, thickness=16 * len(numbers))
    domain = around_zero(frame, ["q05", "q95"], least=_SMALLEST)
    zero = zero_words(zeros_in(search))
    x = Axis(f"Expected effect, in logits (0: {zero})", "+.1f", domain)
    channels, shapes = side_by_side("worldview", [_held_by(c) for c in numbers])
    tips = tooltips({"name": "Design", "worldview": "Worldview"}, INTERVAL, "+.2f")
    marks = estimates(frame, places, x, tips, channels=channels, shapes=shapes)
    chart = layered(line_at(0, x), *marks, height=places.height)
    said = [
        f"{r['name']}, {r['worldview']} {interval(*(r[e] for e in _ENDS))}"
        for r in frame.to_dicts()
    ]
    return Figure(chart, f"Expected effect by design and worldview: {'; '.join(said)}.")


def effect_numbers(search: pl.DataFrame) -> list[int]:
    """Return the numbers of the worldviews that expected effects are given for."""
    names = [c.split("_")[1] for c in search.columns if c.startswith("effect_")]
    return sorted({int(name) for name in names})


def front_chart(search: pl.DataFrame) -> Figure:
    """Draw the best trade-offs: how probably all accept, over the worst group's share.

    Parameters
    ----------
    search
        As in :func:`designs_chart`.
    """
    kinds = {"new": "Nobody was asked about it", "fielded": "Fielded"}
    frame = search.with_columns(
        kind=pl.when(pl.col("intervention").is_null())
        .then(pl.lit(kinds["new"]))
        .otherwise(pl.lit(kinds["fielded"])),
        **{
            field: pl.Series([text(row) for row in search.to_dicts()], dtype=pl.String)
            for field, text in _TOLD.items()
        },
    )
    x = alt.X(
        "worst_mean:Q",
        title="Share of the worst group that accepts",
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(zero=False, nice=True, padding=8),
    )
    y = alt.Y(
        "joint_probability:Q",
        title="Probability that all reach the threshold",
        axis=alt.Axis(tickCount=5, format=".1f"),
        scale=alt.Scale(domain=[0, 1]),
    )
    scale = alt.Scale(domain=list(kinds.values()), range=[ACCENT, QUIET])
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=0.8)
        .encode(
            x=x,
            y=y,
            color=alt.Color("kind:N", scale=scale, title=None),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=list(kinds.values())), title=None),
            tooltip=tooltips(
                {
                    "name": "Design",
                    "joint": "All reach the threshold",
                    "worst": "Worst group",
                    "best": "Is the best",
                    "regret": "Regret",
                },
                {},
                "",
            ),
        )
    )
    said = [
        f"{design_name(r)}: all {chance(r['joint_probability'])}, worst group {_TOLD['worst'](r)}"
        for r in search.head(2 * SHOWN).to_dicts()
    ]
    more = len(search) - len(said)
    rest = f"; and {more} more in the table" if more > 0 else ""
    return Figure(
        layered(points, height=300),
        f"Best trade-offs and proposals fielded: {'; '.join(said)}{rest}.",
    )


def _held_by(worldview: int) -> str:
    return f"Worldview {worldview}"
