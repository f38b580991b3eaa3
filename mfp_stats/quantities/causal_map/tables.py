"""Causal maps as tidy tables: what is displayed as it is, and what a what-if is made from."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.causal import CausalDesign
from mfp_stats.design.data import Floats
from mfp_stats.quantities.causal_map.links import pairs_of_worldviews
from mfp_stats.quantities.response_rows import estimate

#: Displayed as they are.
LINKS: Final = ("map_links", "map_groups", "map_pairs")
#: What a what-if is made from (:mod:`mfp_stats.quantities.causal_map.implied`).
SOURCES: Final = ("map_concepts", "map_moves", "map_draws", "map_said_draws")
_MOVES: Final = {
    **dict.fromkeys(("intervention", "intervention_label", "concept"), pl.String()),
    "move": pl.Float64(),
}
#: All tables that a fit keeps of causal maps, there even where nothing is in them.
TABLES: Final = (*LINKS, *SOURCES)


def map_tables(
    draws: xr.Dataset,
    design: CausalDesign,
    *,
    names: Sequence[str],
    group_labels: Mapping[str, str],
) -> dict[str, pl.DataFrame]:
    """Return the tables that a fit keeps.

    Parameters
    ----------
    draws
        From :func:`mfp_stats.quantities.causal_map.links.map_draws`.
    design
        What was asked.
    names
        Of the worldviews, in order.
    group_labels
        Name to label of the groups in ``draws``, "" being everyone.

    Returns
    -------
    dict of polars.DataFrame
        ``map_links``: one row a link and worldview, ``strength_mean`` … from −1 to 1 and
        ``probability_positive``. ``map_groups``: the same of groups, through the worldviews that
        their people hold, by weighting. ``map_pairs``: one row a link and two worldviews, with
        ``probability_opposite``. ``map_concepts``, ``map_moves``, ``map_draws`` and
        ``map_said_draws``: what a what-if needs.
    """
    flat = {str(name): _flat(draws[name]) for name in draws.data_vars}
    heads = [_link_head(design, at) for at in range(len(design.links))]
    named = list(enumerate(names, start=1))
    groups = [str(group) for group in draws["strength_in_group"]["group"].values]
    weightings = [str(w) for w in draws["strength_in_group"]["weighting"].values]
    return {
        "map_links": pl.DataFrame(
            [
                {"worldview": c, "name": name, **head, **_strength(flat["strength"][:, k, c - 1])}
                for c, name in named
                for k, head in enumerate(heads)
            ]
        ),
        "map_groups": pl.DataFrame(
            [
                {"weighting": weighting, "group": group, "group_label": group_labels[group]}
                | heads[k]
                | _strength(flat["strength_in_group"][:, k, w, g])
                for w, weighting in enumerate(weightings)
                for g, group in enumerate(groups)
                for k in range(len(heads))
            ]
        ),
        "map_pairs": _pairs(flat, heads, names),
        **_sources(flat, design, len(names)),
    }


def _flat(draws: xr.DataArray) -> Floats:
    """Return draws with chains one after the other, (draw, ...) in the array's own order."""
    values = draws.transpose("chain", "draw", ...).values
    return np.asarray(values.reshape(-1, *values.shape[2:]), dtype=np.float64)


def _link_head(design: CausalDesign, at: int) -> dict[str, Any]:
    cause, effect = design.links[at]
    return {
        "cause": design.concepts[cause],
        "cause_label": design.concept_labels[cause],
        "effect": design.concepts[effect],
        "effect_label": design.concept_labels[effect],
        "n": int(design.link_n[at]),
    }


def _strength(draws: Floats) -> dict[str, float | None]:
    return estimate("strength", draws) | {"probability_positive": float((draws > 0).mean())}


def _pairs(
    flat: Mapping[str, Floats], heads: Sequence[dict[str, Any]], names: Sequence[str]
) -> pl.DataFrame:
    rows = []
    for p, (a, b) in enumerate(pairs_of_worldviews(len(names))):
        for k, head in enumerate(heads):
            first, second = flat["strength"][:, k, a - 1], flat["strength"][:, k, b - 1]
            rows.append(
                {"worldview_a": a, "name_a": names[a - 1], "worldview_b": b, "name_b": names[b - 1]}
                | head
                | {"strength_a": float(first.mean()), "strength_b": float(second.mean())}
                | estimate("apart", flat["strength_apart"][:, p, k])
                | {"probability_opposite": float((np.sign(first) != np.sign(second)).mean())}
            )
    return pl.DataFrame(rows)


def _sources(
    flat: Mapping[str, Floats], design: CausalDesign, worldviews: int
) -> dict[str, pl.DataFrame]:
    concepts = list(zip(design.concepts, design.concept_labels, strict=True))
    moves = [
        (design.proposals[x], design.proposal_labels[x], design.concepts[k], design.moves[x, k])
        for x, k in np.argwhere(design.moves != 0)
    ]
    ends = [(design.concepts[i], design.concepts[j]) for i, j in design.links]
    rated = [(design.proposals[x], design.concepts[k]) for x, k in design.said]
    said = flat.get("said", np.zeros((0, 0, worldviews)))
    return {
        "map_concepts": pl.DataFrame(concepts, ("concept", "concept_label"), orient="row"),
        "map_moves": pl.DataFrame(moves, _MOVES, orient="row"),
        "map_draws": _long(flat["strength"], ends, ("cause", "effect"), "strength"),
        "map_said_draws": _long(said, rated, ("intervention", "concept"), "said"),
    }


def _long(
    draws: Floats, keys: Sequence[tuple[str, str]], columns: tuple[str, str], value: str
) -> pl.DataFrame:
    """Lay out draws (S, keys, worldview), one row each."""
    number = np.arange(len(draws), dtype=np.int32)
    parts = [
        pl.DataFrame({"draw": number, value: draws[:, k, c]}).select(
            "draw",
            pl.lit(c + 1).alias("worldview"),
            *(pl.lit(name).alias(column) for column, name in zip(columns, key, strict=True)),
            value,
        )
        for k, key in enumerate(keys)
        for c in range(draws.shape[2])
    ]
    return pl.concat(parts) if parts else pl.DataFrame()
