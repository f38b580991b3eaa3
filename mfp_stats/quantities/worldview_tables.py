"""Draws of a worldview mixture as tidy tables."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Beliefs, Floats, Ints, ModelData
from mfp_stats.quantities.memberships import Memberships, everyone_of
from mfp_stats.quantities.partitions import credible_ball
from mfp_stats.quantities.summaries import summarise


def asserted_answers(beliefs: Beliefs) -> Ints:
    """Return the columns of answers that are displayed: of yes and no only yes."""
    table = [(i.kind, k) for i in beliefs.indicators for k in range(len(i.categories))]
    return np.flatnonzero([kind != "binary" or k == 1 for kind, k in table])


def share_table(
    draws: xr.Dataset, data: ModelData, names: Sequence[str], shown: Ints
) -> pl.DataFrame:
    """Return the share of each worldview among everyone shown and in each shown group."""
    share = draws["share"].transpose("chain", "draw", "worldview", "weighting", "group")
    labels = ["Everyone", *(data.group_labels[g] for g in shown)]
    everyone = int(data.group_sizes[everyone_of(data, shown)].sum())
    sizes = [everyone, *data.group_sizes[shown].tolist()]
    keys = [
        (c + 1, name, str(group), label, n, str(weighting))
        for c, name in enumerate(names)
        for weighting in share["weighting"].values
        for group, label, n in zip(share["group"].values, labels, sizes, strict=True)
    ]
    columns = ("worldview", "name", "group", "group_label", "n", "weighting")
    return pl.DataFrame(keys, schema=columns, orient="row").with_columns(
        **{k: pl.Series(v) for k, v in _estimates(share).items()}
    )


def belief_table(draws: xr.Dataset, beliefs: Beliefs, names: Sequence[str]) -> pl.DataFrame:
    """Return answer probabilities by worldview, ranked by distinctiveness.

    ``distinctiveness`` is the end nearest zero of the 90 % interval of the difference from
    everyone, signed; 0 where the interval holds 0.
    """
    order = ("chain", "draw", "worldview", "answers")
    answers = [
        (i.name, i.label, category, text)
        for i in beliefs.indicators
        for category, text in zip(i.categories, i.category_labels, strict=True)
    ]
    rows = [
        (c + 1, name, *answers[t])
        for c, name in enumerate(names)
        for t in asserted_answers(beliefs)
    ]
    columns = ("worldview", "name", "indicator", "label", "category", "category_label")
    difference = _estimates(draws["difference"].transpose(*order))
    everyone = draws["everyone"].mean(("chain", "draw")).values
    low, high = difference["q05"], difference["q95"]
    apart = np.where(low > 0, low, np.where(high < 0, high, 0.0))
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        **{k: pl.Series(v) for k, v in _estimates(draws["belief"].transpose(*order)).items()},
        everyone_mean=pl.Series(np.tile(everyone, len(names))),
        distinctiveness=pl.Series(apart),
        **{f"difference_{k}": pl.Series(v) for k, v in difference.items()},
    )
    return _ranked(frame)


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    strength = (-pl.col("distinctiveness").abs(), -pl.col("difference_mean").abs())
    ordered = frame.with_row_index("row").sort("worldview", *strength, "row")
    rank = pl.int_range(1, pl.len() + 1).over("worldview").alias("rank")
    columns = list(frame.columns)
    columns.insert(columns.index("distinctiveness") + 1, "rank")
    return ordered.with_columns(rank).select(columns)


def certainty_table(draws: xr.Dataset, memberships: Memberships) -> pl.DataFrame:
    """Return how sure memberships are: entropy R², and the credible ball of partitions in bits."""
    ball = credible_ball(memberships.partitions)
    row = {name: float(value[0]) for name, value in _estimates(draws["certainty"]).items()}
    return pl.DataFrame([row | {"expected_distance": ball.expected, "ball_radius": ball.radius}])


def membership_table(memberships: Memberships, data: ModelData) -> pl.DataFrame:
    """Return each person's membership probabilities: for the survey's owner, never exported."""
    people, worldviews = memberships.probability.shape
    return pl.DataFrame(
        {
            "respondent": np.repeat(np.array(data.respondents), worldviews),
            "group": np.repeat(np.array(data.groups)[data.group], worldviews),
            "worldview": np.tile(np.arange(1, worldviews + 1), people),
            "probability": memberships.probability.ravel(),
        }
    )


def _estimates(draws: xr.DataArray) -> dict[str, Floats]:
    """Return mean, q05 and q95, the remaining dims flattened."""
    summary = summarise(draws)
    return {name: summary[name].values.ravel() for name in ("mean", "q05", "q95")}
