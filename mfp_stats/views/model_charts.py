"""Charts of what groups read into proposals, expect of them, and think that others want."""

from typing import Final

import polars as pl

from mfp_stats.design.data import NEUTRAL
from mfp_stats.views.figure import LINE, Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.marks import (
    INTERVAL,
    Axis,
    around_zero,
    estimates,
    labelled,
    line_at,
    side_by_side,
)
from mfp_stats.views.words import interval, percent, points
from mfp_stats.views.zero import zero_words, zeros_in

#: Cells of predictions that a chart shows: more are a list that nobody reads.
CELLS_SHOWN: Final = 10
_ENDS: Final = ("mean", "q05", "q95")


def signals_chart(signals: pl.DataFrame) -> Figure:
    """Draw what one proposal tells each group, signal by signal.

    Parameters
    ----------
    signals
        Rows of the table ``signals`` of one intervention and weighting; not empty.
    """
    asked = signals.unique("signal", maintain_order=True).to_dicts()
    texts = [
        wrapped(row["signal_label"], *_between(row["low_label"], row["high_label"]))
        for row in asked
    ]
    places = dict(zip((row["signal"] for row in asked), evened(texts), strict=True))
    frame = signals.with_columns(row=pl.col("signal").replace_strict(places))
    groups = signals["group_label"].unique(maintain_order=True).to_list()
    rows = Rows(list(places.values()), thickness=14 * len(groups))
    x = Axis(
        f"Below or above {zero_words(zeros_in(signals))}",
        ".1f",
        around_zero(frame, ["tells_q05", "tells_q95"], least=0.5),
    )
    channels, shapes = side_by_side("group_label", groups)
    tips = tooltips(
        {"signal_label": "Signal", "group_label": "Read by"},
        {f"tells_{end}": title for end, title in INTERVAL.items()}
        | {"probability_positive": "Probability of above 0"},
        ".2f",
    )
    marks = estimates(frame, rows, x, tips, prefix="tells_", channels=channels, shapes=shapes)
    said = [
        f"{r['signal_label']}, {r['group_label']} {interval(*(r[f'tells_{e}'] for e in _ENDS))}"
        for r in frame.to_dicts()
    ]
    chart = layered(line_at(0, x), *marks, height=rows.height)
    title = signals["intervention_label"][0]
    zero = zero_words(zeros_in(signals))
    return Figure(chart, f"What “{title}” tells whom, 0 is {zero}: {'; '.join(said)}.")


def within_worldviews(within: pl.DataFrame, worldviews: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the table ``signal_worldviews`` as those of ``signals``, to be drawn alike.

    Parameters
    ----------
    within
        Rows of ``signal_worldviews``.
    worldviews
        The table of this name, for their names.
    """
    named = worldviews.select("worldview", "name").unique("worldview")
    label = pl.format("Worldview {}", "worldview").alias("group_label")
    return within.join(named, on="worldview", how="left", maintain_order="left").with_columns(label)


def _between(low: str, high: str) -> tuple[str, ...]:
    """Return both ends of a scale, on one line where it has room for them."""
    together = f"← {low} · {high} →"
    return (together,) if len(together) <= LINE else (f"← {low}", f"→ {high}")


def expectations_chart(divergence: pl.DataFrame) -> Figure:
    """Draw what two groups expect, the cells first that would move the gap most.

    Parameters
    ----------
    divergence
        Rows of the table ``divergence`` of one pair of groups and weighting; not empty.
    """
    cells = divergence.sort("rank").head(CELLS_SHOWN)
    labels = evened(_cells(cells))
    frame = pl.concat(
        cells.select(
            row=pl.Series(labels, dtype=pl.String),
            group_label=f"group_{side}_label",
            intervention_label="intervention_label",
            value_label="value_label",
            **{end: f"expects_{side}_{end}" for end in _ENDS},
        )
        for side in ("a", "b")
    )
    groups = frame["group_label"].unique(maintain_order=True).to_list()
    rows = Rows(labels, thickness=28)
    domain = around_zero(frame, ["q05", "q95"], least=0.5)
    x = Axis(_expected(zeros_in(cells)), ".1f", domain)
    channels, shapes = side_by_side("group_label", groups)
    tips = tooltips(
        {
            "intervention_label": "Proposal",
            "value_label": "For",
            "group_label": "Group",
        },
        INTERVAL,
        "+.2f",
    )
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    said = [
        f"{r['intervention_label']} for {r['value_label']}, {r['group_label']} "
        f"{interval(*(r[end] for end in _ENDS))}"
        for r in frame.to_dicts()
    ]
    chart = layered(line_at(0, x), *marks, height=rows.height)
    zero = zero_words(zeros_in(cells))
    return Figure(chart, f"What the two groups expect, 0 is {zero}: {'; '.join(said)}.")


def _expected(zeros: list[str]) -> str:
    """Return what both sides of 0 mean; harm and good only where it is no difference."""
    if zeros == [NEUTRAL]:
        return "Expected to harm (left) or serve (right) it"
    return f"Below (left) or above (right) {zero_words(zeros)}"


def swaps_chart(divergence: pl.DataFrame) -> Figure:
    """Draw by how much the gap would change if one expectation were the other group's.

    Parameters
    ----------
    divergence
        As for :func:`expectations_chart`.
    """
    cells = divergence.sort("rank").head(CELLS_SHOWN)
    frame = labelled(cells, _cells(cells))
    rows = Rows(frame["row"].to_list(), thickness=14)
    domain = around_zero(frame, ["swap_q05", "swap_q95"], least=0.02)
    x = Axis("Change of the gap in support, in points", "+.0f", domain, in_points=True)
    tips = tooltips(
        {"intervention_label": "Proposal", "value_label": "For"},
        {f"swap_{end}": title for end, title in INTERVAL.items()},
        "+.1%",
    )
    marks = estimates(frame, rows, x, tips, prefix="swap_")
    said = [
        f"{r['intervention_label']} for {r['value_label']} "
        f"{points(*(r[f'swap_{end}'] for end in _ENDS))}"
        for r in frame.to_dicts()
    ]
    chart = layered(line_at(0, x), *marks, height=rows.height)
    return Figure(chart, f"Change of the gap if one expectation moves: {'; '.join(said)}.")


def _cells(cells: pl.DataFrame) -> list[str]:
    names = cells.select("intervention_label", "value_label").rows()
    return [wrapped(intervention, f"→ {value}") for intervention, value in names]


def perception_chart(perception: pl.DataFrame, of: str) -> Figure:
    """Draw what one group guesses of another beside what is so in that other.

    Parameters
    ----------
    perception
        Rows of the table ``perception`` of one guessing and one guessed group, one weighting.
    of
        ``value`` (shares of importance) or ``intervention`` (shares that accept); the rows have it.
    """
    kinds = {"guess": "Guessed by the other group", "actual": "Found in the group itself"}
    ordered = perception.sort("actual_mean", descending=True)
    labels = evened([wrapped(text) for text in ordered[f"{of}_label"]])
    frame = pl.concat(
        ordered.select(
            row=pl.Series(labels, dtype=pl.String),
            what=f"{of}_label",
            kind=pl.lit(name),
            **{end: f"{kind}_{end}" for end in _ENDS},
        )
        for kind, name in kinds.items()
    )
    rows = Rows(labels, thickness=28)
    domain = None if of == "value" else [0.0, 1.0]
    x = Axis("Share of importance" if of == "value" else "Share that accepts", ".0%", domain)
    channels, shapes = side_by_side("kind", list(kinds.values()))
    tips = tooltips({"what": "About", "kind": "From"}, INTERVAL, ".1%")
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    said = [
        f"{r['what']}, {r['kind'].lower()} {percent(*(r[end] for end in _ENDS))}"
        for r in frame.to_dicts()
    ]
    row = perception.row(0, named=True)
    who = f"“{row['guesser_label']}” about “{row['guessed_label']}”"
    return Figure(layered(*marks, height=rows.height), f"Guesses of {who}: {'; '.join(said)}.")
