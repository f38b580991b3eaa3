"""Draws of what each worldview and group believes to lead to what."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mfp_stats.design.causal import CausalDesign
from mfp_stats.design.data import Floats
from mfp_stats.quantities.causal_map.what_if import (
    TRANSMISSION,
    link_matrix,
    reachable,
    reached,
    settles,
    spectral_radius,
    total_effects,
)

#: Transmissions at which effects are judged by the gate: as told, and as far as it can be chosen.
JUDGED = (TRANSMISSION, 1.0)


def map_draws(matched: xr.Dataset, share: xr.DataArray, design: CausalDesign) -> xr.Dataset:
    """Return the draws of all links and ratings, dims (chain, draw, ...).

    Parameters
    ----------
    matched
        From :func:`mfp_stats.quantities.worldview_labels.match_draws`.
    share
        (chain, draw, weighting, group, worldview) shares of worldviews in groups that may be
        shown, group "" being everyone in these.
    design
        Of at least one link.

    Returns
    -------
    xr.Dataset
        ``strength`` (link, worldview) and ``strength_in_group`` (link, weighting, group), from −1
        to 1; ``strength_apart`` (pair, link), the second worldview's less the first's, where there
        are two; ``said`` (rating, worldview), expected answers, where any was asked for.
    """
    ends = [f"{design.concepts[i]} to {design.concepts[j]}" for i, j in design.links]
    link = _expected(design.link_scores, matched, "link").assign_coords(link=ends)
    of_groups = (link * share).sum("worldview")
    found = {
        "strength": link,
        "strength_in_group": of_groups.transpose("chain", "draw", "link", "weighting", "group"),
    }
    pairs = pairs_of_worldviews(link.sizes["worldview"])
    if pairs:
        apart = [link.isel(worldview=b - 1) - link.isel(worldview=a - 1) for a, b in pairs]
        joined = xr.concat([one.drop_vars("worldview", errors="ignore") for one in apart], "pair")
        found["strength_apart"] = joined.transpose("chain", "draw", "pair", "link")
    if len(design.said):
        found["said"] = _expected(design.said_scores, matched, "rating")
    return xr.Dataset(found)


def pairs_of_worldviews(worldviews: int) -> list[tuple[int, int]]:
    """Return the pairs of worldviews, numbered from 1."""
    return [(a, b) for a in range(1, worldviews + 1) for b in range(a + 1, worldviews + 1)]


def _expected(scores: Floats, matched: xr.Dataset, dim: str) -> xr.DataArray:
    counted = xr.DataArray(scores, dims=(dim, "answers"))
    found: xr.DataArray = xr.dot(matched["profile"], counted, dim="answers")
    return found.transpose("chain", "draw", dim, "worldview")


def judged_draws(draws: xr.Dataset, design: CausalDesign) -> xr.Dataset:
    """Return everything displayed of a map, for the gate: links, ratings and what follows.

    What follows from a push has no number in worldviews whose map does not settle; there is
    nothing of them to judge.
    """
    effects = [
        one
        for transmission in JUDGED
        for worldview in draws["worldview"].values
        for one in _effects(draws["strength"].sel(worldview=worldview), design, transmission)
    ]
    kept = dict(draws.data_vars)
    if effects:
        names, arrays = zip(*effects, strict=True)
        joined = np.stack(arrays, axis=-1)
        kept["effect"] = xr.DataArray(
            joined, dims=("chain", "draw", "of"), coords={"of": list(names)}
        )
    return xr.Dataset(kept)


def _effects(
    link: xr.DataArray, design: CausalDesign, transmission: float
) -> Iterator[tuple[str, Floats]]:
    """Yield what a push on each concept, and of each proposal, does to each other, by name."""
    concepts = design.concepts
    strength = link.transpose("chain", "draw", "link").values
    matrix = link_matrix(transmission * strength, design.links, len(concepts))
    if not settles(spectral_radius(matrix, design.links)):
        return
    where = f"worldview {link['worldview'].item()}, transmission {transmission:g}"
    total = total_effects(matrix)  # (chain, draw, K, K)
    ways = reachable(design.links, len(concepts))
    for cause, effect in np.argwhere(ways):
        if cause != effect:
            yield f"{concepts[cause]} on {concepts[effect]}, {where}", total[..., cause, effect]
    implied = total.swapaxes(-1, -2) @ design.moves.T  # (chain, draw, K, X)
    for x, k in np.argwhere(reached(design.moves, ways)):
        yield f"{design.proposals[x]} on {concepts[k]}, {where}", implied[..., k, x]
