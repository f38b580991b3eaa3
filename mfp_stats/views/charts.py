"""Charts from the stored tables of a fit: every estimate with its 90 % interval."""

from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import (
    LINE,
    QUIET,
    Figure,
    Rows,
    evened,
    layered,
    tooltips,
    wrapped,
)
from mfp_stats.views.findings import CLEARLY_DIFFERENT, COMPARED, NEARLY_SAME
from mfp_stats.views.marks import INTERVAL, Axis, estimates, labelled, side_by_side
from mfp_stats.views.words import interval, percent

#: Beliefs shown for one worldview: more are a list that nobody reads.
BELIEFS_SHOWN: Final = 8
#: Left end of the axis of overlaps, unless an interval reaches below it.
LOW_OVERLAP: Final = 0.7


def overlap_chart(overlap: pl.DataFrame) -> Figure:
    """Draw the normalised overlap of each pair of groups, least alike first.

    Parameters
    ----------
    overlap
        Rows of the ``overlap`` table of one version and weighting; not empty.
    """
    frame = overlap.sort("normalised_mean")
    pairs = frame.select("group_a_label", "group_b_label").rows()
    frame = labelled(frame, [_pair(a, b) for a, b in pairs])
    rows = Rows(frame["row"].to_list(), thickness=14)
    ends = [*frame["normalised_q05"], *frame["normalised_q95"]]
    domain = [min(LOW_OVERLAP, *ends), max(1.0, *ends)]
    x = Axis("Overlap (1 = as alike as members of one group)", ".2f", domain)
    tips = tooltips(
        {"group_a_label": "Group", "group_b_label": "Other group"},
        {f"normalised_{k}": v for k, v in INTERVAL.items()} | {"raw_mean": "Raw overlap"},
        ".2f",
    )
    marks = estimates(frame, rows, x, tips, prefix="normalised_")
    limits = pl.DataFrame({"limit": [CLEARLY_DIFFERENT, NEARLY_SAME]})
    lines = (
        alt.Chart(limits)
        .mark_rule(strokeDash=[4, 4], color=QUIET, opacity=0.6)
        .encode(x=x.of("limit"))
    )
    chart = layered(lines, *marks, height=rows.height)
    texts = [
        f"{a} and {b} {interval(mean, low, high)}"
        for (a, b), mean, low, high in zip(
            pairs, *(frame[f"normalised_{k}"] for k in INTERVAL), strict=True
        )
    ]
    return Figure(chart, f"Overlap of priorities, least alike first: {'; '.join(texts)}.")


def values_chart(values: pl.DataFrame) -> Figure:
    """Draw the importance share of each value, groups side by side, weightiest first.

    Parameters
    ----------
    values
        Rows of the ``values`` table of one version and weighting; not empty.
    """
    order = values.group_by("value_label", maintain_order=True).agg(pl.col("mean").mean())
    order = order.sort("mean", descending=True, maintain_order=True)
    texts = order["value_label"].to_list()
    places = pl.DataFrame({"value_label": texts, "row": evened([wrapped(t) for t in texts])})
    frame = values.join(places, on="value_label", maintain_order="left")
    groups = values["group_label"].unique(maintain_order=True).to_list()
    rows = Rows(places["row"].to_list(), thickness=14 * len(groups))
    channels, shapes = side_by_side("group_label", groups)
    tips = tooltips({"group_label": "Group", "value_label": "Value"}, INTERVAL, ".1%")
    x = Axis("Share of importance", ".0%")
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    chart = layered(*marks, height=rows.height)
    said = [f"{r['group_label']}, {r['value_label']}: {_percent(r)}" for r in values.to_dicts()]
    return Figure(chart, f"Share of importance by group and value: {'; '.join(said)}.")


def differences_chart(differences: pl.DataFrame, kind: str = "claimed_revealed") -> Figure:
    """Draw by how much each pair of groups looks more alike in one version than in trade-offs.

    Parameters
    ----------
    differences
        Rows of the ``overlap_differences`` table of one weighting and kind; not empty.
    kind
        ``claimed_revealed`` (ratings) or ``perceived_revealed`` (as others see them).
    """
    frame = differences.sort("mean", descending=True)
    pairs = frame.select("group_a_label", "group_b_label").rows()
    frame = labelled(frame, [_pair(a, b) for a, b in pairs])
    rows = Rows(frame["row"].to_list(), thickness=14)
    far = max(0.05, *frame["q05"].abs(), *frame["q95"].abs())
    x = Axis(f"Overlap in {COMPARED[kind]} minus in trade-offs", "+.2f", [-far, far])
    tips = tooltips({"group_a_label": "Group", "group_b_label": "Other group"}, INTERVAL, "+.2f")
    zero = (
        alt.Chart(pl.DataFrame({"zero": [0.0]}))
        .mark_rule(color=QUIET, opacity=0.6)
        .encode(x=x.of("zero"))
    )
    chart = layered(zero, *estimates(frame, rows, x, tips), height=rows.height)
    said = [
        f"{a} and {b} {interval(mean, low, high)}"
        for (a, b), mean, low, high in zip(pairs, *(frame[k] for k in INTERVAL), strict=True)
    ]
    return Figure(chart, f"Overlap in {COMPARED[kind]} minus trade-offs: {'; '.join(said)}.")


def composition_chart(shares: pl.DataFrame) -> Figure:
    """Draw how many of each group hold one worldview; everyone first.

    Parameters
    ----------
    shares
        Rows of the ``worldviews`` table of one worldview and weighting; group "" is everyone.
    """
    who = pl.when(pl.col("group") == "").then(pl.lit("Everyone")).otherwise("group_label")
    frame = shares.with_columns(who=who)
    frame = labelled(frame, [wrapped(label) for label in frame["who"]])
    rows = Rows(frame["row"].to_list(), thickness=14)
    x = Axis("Share who hold this worldview", ".0%", [0.0, 1.0])
    marks = estimates(frame, rows, x, tooltips({"who": "Group"}, INTERVAL, ".1%"))
    chart = layered(*marks, height=rows.height)
    said = [f"{r['who']} {_percent(r)}" for r in frame.to_dicts()]
    return Figure(chart, f"Share holding “{frame['name'][0]}”: {'; '.join(said)}.")


def profile_chart(beliefs: pl.DataFrame) -> Figure:
    """Draw the answers that set one worldview apart, beside everyone's.

    Parameters
    ----------
    beliefs
        Rows of the ``worldview_beliefs`` table of one worldview.
    """
    frame = beliefs.sort("rank").head(BELIEFS_SHOWN)
    answers = frame.select("label", "category_label").rows()
    frame = labelled(frame, [wrapped(label, f"→ {answer}") for label, answer in answers])
    rows = Rows(frame["row"].to_list(), thickness=14)
    x = Axis("Share who answer so (grey: everyone)", ".0%", [0.0, 1.0])
    numbers = INTERVAL | {"everyone_mean": "Everyone"}
    tips = tooltips({"label": "Question", "category_label": "Answer"}, numbers, ".0%")
    marks = estimates(frame, rows, x, tips)
    ticks = alt.Chart(frame).mark_tick(color=QUIET, thickness=3, size=14)
    everyone = ticks.encode(y=rows.y("row"), x=x.of("everyone_mean"))
    chart = layered(everyone, *marks, height=rows.height)
    said = [
        f"{r['label']}: {r['category_label']} {_percent(r)}, "
        f"everyone {100 * r['everyone_mean']:.0f} %"
        for r in frame.to_dicts()
    ]
    return Figure(chart, f"Beliefs of “{frame['name'][0]}”: {'; '.join(said)}.")


def _pair(one: str, other: str) -> str:
    """Return two labels on one line where it has room for them, else each from a new line."""
    together = f"{one} – {other}"
    return together if len(together) <= LINE else wrapped(f"{one} –", other)


def _percent(row: dict[str, Any]) -> str:
    return percent(row["mean"], row["q05"], row["q95"])
