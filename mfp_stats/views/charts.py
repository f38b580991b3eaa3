"""Charts from the stored tables of a fit: every estimate with its 90 % interval."""

from typing import Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import ACCENT, PALETTE, QUIET, Figure, dress
from mfp_stats.views.words import interval, percent

PERCENT: Final = ".0%"
#: Beliefs shown for one worldview: more than this no longer fits on a phone.
BELIEFS_SHOWN: Final = 10


def overlap_chart(overlap: pl.DataFrame) -> Figure:
    """Draw the normalised overlap of each pair of groups, least alike first.

    Parameters
    ----------
    overlap
        Rows of the ``overlap`` table of one version and weighting.
    """
    frame = overlap.sort("normalised_mean").with_columns(
        pair=pl.col("group_a_label") + " – " + pl.col("group_b_label")
    )
    y = alt.Y("pair:N", sort=frame["pair"].to_list(), title=None)
    low = min(0.5, float(frame["normalised_q05"].min() or 0))  # type: ignore[arg-type]
    x = alt.Scale(domain=[low, 1.0], clamp=True)
    base = alt.Chart(frame)
    bars = base.mark_rule(strokeWidth=3, color=ACCENT, opacity=0.45).encode(
        y=y,
        x=alt.X("normalised_q05:Q", scale=x, title="Overlap (1 = as alike as insiders)"),
        x2="normalised_q95:Q",
    )
    points = base.mark_point(filled=True, size=80, color=ACCENT, opacity=1).encode(
        y=y,
        x=alt.X("normalised_mean:Q", scale=x),
        tooltip=[
            alt.Tooltip("pair:N", title="Groups"),
            alt.Tooltip("normalised_mean:Q", format=".2f", title="Overlap"),
            alt.Tooltip("normalised_q05:Q", format=".2f", title="5 %"),
            alt.Tooltip("normalised_q95:Q", format=".2f", title="95 %"),
            alt.Tooltip("raw_mean:Q", format=".2f", title="Raw overlap"),
        ],
    )
    texts = [
        f"{r['pair']} {interval(r['normalised_mean'], r['normalised_q05'], r['normalised_q95'])}"
        for r in frame.to_dicts()
    ]
    chart = (bars + points).properties(height=alt.Step(30))
    return Figure(dress(chart), "Overlap of priorities by pair of groups: " + "; ".join(texts))


def values_chart(values: pl.DataFrame) -> Figure:
    """Draw the importance share of each value, groups side by side.

    Parameters
    ----------
    values
        Rows of the ``values`` table of one version and weighting.
    """
    order = (
        values.group_by("value_label")
        .agg(pl.col("mean").mean())
        .sort("mean", descending=True)["value_label"]
        .to_list()
    )
    groups = values["group_label"].unique(maintain_order=True).to_list()
    colour = alt.Color("group_label:N", scale=alt.Scale(domain=groups, range=PALETTE), title=None)
    y = alt.Y("value_label:N", sort=order, title=None)
    offset = alt.YOffset("group_label:N", sort=groups)
    base = alt.Chart(values)
    bars = base.mark_rule(strokeWidth=3, opacity=0.4).encode(
        y=y, yOffset=offset, color=colour, x=_share("q05"), x2="q95:Q"
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        y=y, yOffset=offset, color=colour, x="mean:Q", tooltip=_tips("group_label", "value_label")
    )
    chart = (bars + points).properties(height=alt.Step(14))
    texts = [
        f"{r['group_label']}, {r['value_label']}: {percent(r['mean'], r['q05'], r['q95'])}"
        for r in values.to_dicts()
    ]
    return Figure(dress(chart), "Share of importance by value and group. " + "; ".join(texts))


def composition_chart(shares: pl.DataFrame) -> Figure:
    """Draw how many of each group hold one worldview.

    Parameters
    ----------
    shares
        Rows of the ``worldviews`` table of one worldview and weighting; group "" is everyone.
    """
    frame = shares.with_columns(
        who=pl.when(pl.col("group") == "").then(pl.lit("Everyone")).otherwise("group_label")
    )
    y = alt.Y("who:N", sort=frame["who"].to_list(), title=None)
    colour = alt.condition("datum.who == 'Everyone'", alt.value(QUIET), alt.value(ACCENT))
    base = alt.Chart(frame)
    bars = base.mark_rule(strokeWidth=3, opacity=0.45).encode(
        y=y, x=_share("q05", title="Share holding this worldview"), x2="q95:Q", color=colour
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, x="mean:Q", color=colour, tooltip=_tips("who")
    )
    texts = [f"{r['who']} {percent(r['mean'], r['q05'], r['q95'])}" for r in frame.to_dicts()]
    chart = (bars + points).properties(height=alt.Step(26))
    return Figure(dress(chart), f"Share holding “{frame['name'][0]}”: " + "; ".join(texts))


def profile_chart(beliefs: pl.DataFrame) -> Figure:
    """Draw the answers that set one worldview apart, beside everyone's.

    Parameters
    ----------
    beliefs
        Rows of the ``worldview_beliefs`` table of one worldview.
    """
    frame = (
        beliefs.sort("rank")
        .head(BELIEFS_SHOWN)
        .with_columns(answer=pl.format("{}: {}", "label", "category_label"))
    )
    y = alt.Y("answer:N", sort=frame["answer"].to_list(), title=None)
    base = alt.Chart(frame)
    bars = base.mark_rule(strokeWidth=3, color=ACCENT, opacity=0.45).encode(
        y=y, x=_share("q05", title="Share giving this answer (| = everyone)"), x2="q95:Q"
    )
    points = base.mark_point(filled=True, size=70, color=ACCENT, opacity=1).encode(
        y=y, x="mean:Q", tooltip=_tips("answer")
    )
    everyone = base.mark_tick(color=QUIET, thickness=3, size=16).encode(y=y, x="everyone_mean:Q")
    texts = [
        f"{r['answer']} {percent(r['mean'], r['q05'], r['q95'])}, "
        f"everyone {100 * r['everyone_mean']:.0f} %"
        for r in frame.to_dicts()
    ]
    chart = (everyone + bars + points).properties(height=alt.Step(30))
    return Figure(dress(chart), f"Beliefs of “{frame['name'][0]}”: " + "; ".join(texts))


def _share(field: str, *, title: str = "Share of importance") -> alt.X:
    """Return the x channel of a share between 0 and 1."""
    return alt.X(f"{field}:Q", title=title, axis=alt.Axis(format=PERCENT, tickCount=5))


def _tips(*names: str) -> list[alt.Tooltip]:
    """Return the tooltip of an estimate: the named fields, its mean and its interval."""
    heads = [alt.Tooltip(f"{name}:N", title="") for name in names]
    words = {"mean": "Mean", "q05": "5 %", "q95": "95 %"}
    return heads + [alt.Tooltip(f"{k}:Q", format=".1%", title=w) for k, w in words.items()]
