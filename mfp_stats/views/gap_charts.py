"""Charts of gaps in support: how wide, and how much each cause carries."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import ACCENT, Figure, Rows, evened, layered, tooltips, wrapped
from mfp_stats.views.gap_pair_findings import is_split
from mfp_stats.views.marks import (
    INTERVAL,
    Axis,
    around_zero,
    estimates,
    labelled,
    line_at,
    side_by_side,
)
from mfp_stats.views.words import percent, points

#: The gap and its causes, as the rows of a chart call them.
PARTS: Final[Mapping[str, str]] = {
    "gap": "Whole gap",
    "values": "Values",
    "models": "Models",
    "signals": "Signals",
    "residual": "Unmeasured",
    "dependence": "Together only",
}
#: What each part is, beside its name and in captions.
_MEANING: Final[Mapping[str, str]] = {
    "gap": "difference in the share that accepts",
    "values": "what they hold important",
    "models": "what they expect it to do",
    "signals": "what it tells them",
    "residual": "left between the groups",
    "dependence": "not explained one by one",
}
#: What models are where not every expectation and value is known.
_REDUCED: Final = "what distinct worldviews add to support"
_ENDS: Final = ("mean", "q05", "q95")
_SMALLEST: Final = 0.1


def split_chart(row: Mapping[str, Any]) -> Figure:
    """Draw the split of one gap: a row a cause, with the range over the orders of moving causes.

    Parameters
    ----------
    row
        One row of the table ``gap``.
    """
    frame = _parts(row)
    said = [_said(part, row) for part in frame.to_dicts()]
    labels = [
        wrapped(f"{PARTS[part]}: {_meaning(part, row)}", text)
        for part, text in zip(frame["part"], said, strict=True)
    ]
    frame = labelled(frame, labels)
    rows = Rows(frame["row"].to_list(), thickness=16)
    domain = around_zero(frame, ["q05", "q95", "order_low", "order_high"], least=_SMALLEST)
    x = _axis(domain)
    tips = tooltips({"name": "Part"}, INTERVAL | _MORE, ".1%")
    ranges = (
        alt.Chart(frame)
        .mark_rule(strokeWidth=14, opacity=0.18, color=ACCENT)
        .encode(y=rows.y("row"), x=x.of("order_low"), x2="order_high:Q", tooltip=tips)
    )
    chart = layered(line_at(0, x), ranges, *estimates(frame, rows, x, tips), height=rows.height)
    spoken = "; ".join(f"{name} {text}" for name, text in zip(frame["name"], said, strict=True))
    return Figure(chart, f"Split of the gap on “{row['intervention_label']}”: {spoken}.")


def parts_mean(row: Mapping[str, Any]) -> str:
    """Return what the parts are that a chart of a row of the table ``gap`` shows, for captions."""
    told = (f"{PARTS[part]}: {_meaning(part, row)}." for part in _parts(row)["part"])
    return " ".join(told)


def _meaning(part: str, row: Mapping[str, Any]) -> str:
    return _REDUCED if part == "models" and row["split_form"] == "reduced" else _MEANING[part]


_MORE: Final = {
    "order_low": "Least over orders",
    "order_high": "Most over orders",
    "from_a": "From the first group",
    "from_b": "From the second group",
}


def _parts(row: Mapping[str, Any]) -> pl.DataFrame:
    """Return the gap and its causes as rows; a cause that the survey cannot give has none."""
    found = [
        {
            "part": part,
            "name": name,
            **{end: row[f"{part}_{end}"] for end in _ENDS},
            "order_low": row.get(f"{part}_order_low"),
            "order_high": row.get(f"{part}_order_high"),
            "from_a": row.get(f"{part}_from_a_mean"),
            "from_b": row.get(f"{part}_from_b_mean"),
        }
        for part, name in PARTS.items()
        if row[f"{part}_mean"] is not None
    ]
    numbers = [*_ENDS, "order_low", "order_high", "from_a", "from_b"]
    return pl.DataFrame(found, schema_overrides=dict.fromkeys(numbers, pl.Float64))


def _said(part: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return a part in words, with its share of the gap where there is one."""
    text = points(*(part[end] for end in _ENDS))
    if not is_split(row):  # all of it is unmeasured by construction
        return text
    share = [row.get(f"{part['part']}_share_{end}") for end in _ENDS]
    numbers = [s for s in share if s is not None]
    return f"{text}, {percent(*numbers)} of the gap" if len(numbers) == len(_ENDS) else text


def _axis(domain: Sequence[float]) -> Axis:
    return Axis("Part of the gap, in points", "+.0f", domain, in_points=True)


def causes_chart(gap: pl.DataFrame) -> Figure:
    """Draw the gap and its causes on every intervention, one pair of groups.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one pair and weighting; not empty.
    """
    texts = gap["intervention_label"].to_list()
    places = dict(zip(texts, evened([wrapped(text) for text in texts]), strict=True))
    frame = pl.concat(
        _parts(row).with_columns(
            intervention_label=pl.lit(row["intervention_label"]),
            row=pl.lit(places[row["intervention_label"]]),
        )
        for row in gap.to_dicts()
    )
    order = [name for name in PARTS.values() if name in set(frame["name"])]
    rows = Rows(list(places.values()), thickness=13 * len(order))
    x = _axis(around_zero(frame, ["q05", "q95"], least=_SMALLEST))
    channels, shapes = side_by_side("name", order)
    tips = tooltips({"intervention_label": "Proposal", "name": "Part"}, INTERVAL, ".1%")
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    chart = layered(line_at(0, x), *marks, height=rows.height)
    said = [
        f"{r['intervention_label']}, {r['name']} {points(*(r[end] for end in _ENDS))}"
        for r in frame.to_dicts()
    ]
    return Figure(chart, f"Gap in support and its causes by proposal: {'; '.join(said)}.")


def check_chart(gap: pl.DataFrame) -> Figure:
    """Draw what telling all the same consequences should close by the split, and what it closes.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one pair and weighting that have a randomised check.
    """
    kinds = {"implied": "Should close, by the split", "randomised": "Closed when told the same"}
    labels = evened([wrapped(text) for text in gap["intervention_label"]])
    frame = pl.DataFrame(
        [
            {
                "row": label,
                "intervention_label": row["intervention_label"],
                "kind": name,
                **{end: row[f"{kind}_{end}"] for end in _ENDS},
            }
            for label, row in zip(labels, gap.to_dicts(), strict=True)
            for kind, name in kinds.items()
            if row[f"{kind}_mean"] is not None
        ]
    )
    rows = Rows(labels, thickness=28)
    domain = around_zero(frame, ["q05", "q95"], least=_SMALLEST)
    x = _axis(domain)
    channels, shapes = side_by_side("kind", list(kinds.values()))
    tips = tooltips({"intervention_label": "Proposal", "kind": "From"}, INTERVAL, ".1%")
    marks = estimates(frame, rows, x, tips, channels=channels, shapes=shapes)
    said = [
        f"{r['intervention_label']}, {r['kind']}: {points(*(r[end] for end in _ENDS))}"
        for r in frame.to_dicts()
    ]
    chart = layered(line_at(0, x), *marks, height=rows.height)
    return Figure(chart, f"The split beside the randomised check: {'; '.join(said)}.")
