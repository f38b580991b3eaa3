"""Plain-language findings: the sentences that stand above every table and chart.

A sentence names a difference only where the posterior carries it; otherwise it says that the
survey cannot tell. Thresholds are stated here once and quoted in the documentation.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from mfp_stats.views.words import interval, listed, percent

#: A group's first value is named only where its posterior probability of being first reaches this.
SURE: Final = 0.9
#: Normalised overlap whose whole 90 % interval lies above this reads "nearly the same".
NEARLY_SAME: Final = 0.95
#: ... and whose whole interval lies below this reads "clearly different".
CLEARLY_DIFFERENT: Final = 0.9

#: How each version of the priorities is asked for, in words.
VERSION_WORDS: Final = {
    "revealed": "in trade-offs",
    "claimed": "in importance ratings",
    "perceived": "as others see them",
}

Row = dict[str, Any]


def preferred(table: pl.DataFrame) -> pl.DataFrame:
    """Return the weighted rows of a table where there are any, else the unweighted ones."""
    weighted = table.filter(pl.col("weighting") == "weighted")
    return weighted if len(weighted) else table


def describe_overlap(overlap: pl.DataFrame) -> list[str]:
    """Return sentences on how far pairs of groups share priorities, least alike first."""
    if overlap.is_empty():
        return ["There are not two groups large enough to compare."]
    frame = preferred(overlap)
    return [s for v in frame["version"].unique(maintain_order=True) for s in _version(frame, v)]


def _version(overlap: pl.DataFrame, version: str) -> Iterator[str]:
    """Yield the sentences on one version (revealed, claimed) of the priorities."""
    rows = overlap.filter(pl.col("version") == version).sort("normalised_mean").to_dicts()
    asked = VERSION_WORDS.get(version, version)
    kinds: dict[str, list[Row]] = {"alike": [], "apart": [], "open": []}
    for row in rows:
        kinds[_kind(row)].append(row)
    for row in kinds["apart"]:
        yield (
            f"{row['group_a_label']} and {row['group_b_label']} set clearly different priorities "
            f"{asked}: overlap {_overlap(row)} of what members of one group share."
        )
    if kinds["alike"]:
        pairs = listed([f"{r['group_a_label']} with {r['group_b_label']}" for r in kinds["alike"]])
        least = kinds["alike"][0]
        yield (f"Nearly the same priorities {asked}: {pairs} (overlap at least {_overlap(least)}).")
    if kinds["open"]:
        pairs = listed([f"{r['group_a_label']} with {r['group_b_label']}" for r in kinds["open"]])
        yield (
            f"The survey cannot tell whether these set nearly the same or clearly different "
            f"priorities {asked}: {pairs} (lowest overlap {_overlap(kinds['open'][0])})."
        )


def _kind(row: Row) -> str:
    if row["normalised_q05"] >= NEARLY_SAME:
        return "alike"
    return "apart" if row["normalised_q95"] <= CLEARLY_DIFFERENT else "open"


def _overlap(row: Row) -> str:
    return interval(row["normalised_mean"], row["normalised_q05"], row["normalised_q95"])


def describe_values(values: pl.DataFrame) -> list[str]:
    """Return one sentence a group and version on what it puts first, or that nobody can tell."""
    if values.is_empty():
        return []
    parts = preferred(values).group_by(["version", "group"], maintain_order=True)
    return [_first(part) for _, part in parts]


def _first(part: pl.DataFrame) -> str:
    """Return the sentence on one group's first priority."""
    ranked = part.sort("mean", descending=True).to_dicts()
    top, asked = ranked[0], VERSION_WORDS.get(ranked[0]["version"], ranked[0]["version"])
    who = f"{top['group_label']}, {asked}"
    if top["top_probability"] >= SURE:
        return (
            f"{who}: “{top['value_label']}” comes first, with "
            f"{percent(top['mean'], top['q05'], top['q95'])} of the weight."
        )
    rivals = [r["value_label"] for r in ranked if r["top_probability"] >= 1 - SURE] or [
        r["value_label"] for r in ranked[:2]
    ]
    quoted = listed([f"“{label}”" for label in rivals])
    return f"{who}: the survey cannot tell which comes first, {quoted}."


def describe_worldviews(worldviews: pl.DataFrame, models: pl.DataFrame) -> list[str]:
    """Return sentences on how many worldviews there are and who holds them."""
    sentences = list(_number(models))
    shares = preferred(worldviews)
    everyone = shares.filter(pl.col("group") == "").sort("worldview")
    if len(everyone) < 2:
        return sentences
    for row in everyone.to_dicts():
        held = shares.filter((pl.col("worldview") == row["worldview"]) & (pl.col("group") != ""))
        sentences.append(_held(row, held.sort("mean", descending=True).to_dicts()))
    return sentences


def _number(models: pl.DataFrame) -> Iterator[str]:
    """Yield what the comparison of models says about the number of worldviews."""
    chosen = models.filter(pl.col("chosen")).to_dicts()
    if not chosen:
        return
    count = chosen[0]["classes"]
    if count <= 1:
        yield (
            "The answers do not fall into distinct worldviews: one class predicts people's "
            "answers about as well as several."
        )
    else:
        yield f"The answers fall into {count} worldviews."
    best = models.sort("elpd", descending=True).row(0, named=True)
    if best["model"] == "continuum":
        yield (
            "A gradual dimension predicts the answers better than any number of types: read the "
            "worldviews as regions of a continuum, not as camps."
        )


def _held(row: Row, held: list[Row]) -> str:
    share = percent(row["mean"], row["q05"], row["q95"])
    sentence = f"Worldview {row['worldview']}, “{row['name']}”, is held by {share} of everyone"
    if len(held) < 2:
        return sentence + "."
    most, least = held[0], held[-1]
    spread = (
        f"most by {most['group_label']} ({percent(most['mean'], most['q05'], most['q95'])}), "
        f"least by {least['group_label']} ({percent(least['mean'], least['q05'], least['q95'])})"
    )
    if _apart(held):
        return f"{sentence}: {spread}."
    return f"{sentence}; the survey cannot tell that its share differs between groups."


def _apart(held: list[Row]) -> bool:
    """Whether the 90 % intervals of the outermost groups do not touch."""
    return bool(held[0]["q05"] > held[-1]["q95"])
