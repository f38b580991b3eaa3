"""How alike two groups' priorities are.

``O_gh = E[1 − ½ Σ_k |w_ik − w_jk|]`` for persons i of g and j of h, and
``O*_gh = O_gh / √(O_gg O_hh)``, so that 1 means as alike as two members of one group.

The expectation is over all pairs, not a sample of them. The distance splits over values, and for
one value ``E|X − Y| = ∫ F(1 − G) + G(1 − F)`` over the two groups' distribution functions: after
sorting once, all pairs of all groups are a product of small matrices, exact and without noise.

**Whose pairs.** ``v_i ~ Normal(μ_g, Σ)``: groups differ in their means and are spread alike. Each
group is given the same people, who stand around its mean as respondents of all groups stand around
theirs. With each group's own respondents instead, chance differences between two samples' spreads
came on top: calibration on small surveys showed overlap of like groups spread around 1, which no
two populations can pass by more than a little.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import softmax

from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.quantities.summaries import summarise

#: People who stand for every group: more make no difference that shows.
PEOPLE: Final = 256


def representatives(weight: Floats) -> tuple[Ints, Floats]:
    """Return rows of the people who stand for every group, and their weights.

    Everybody, or of more than ``PEOPLE`` evenly spaced ones, so that they are of every group.
    """
    at = np.linspace(0, len(weight) - 1, min(PEOPLE, len(weight))).round().astype(np.int64)
    return at, weight[at]


def overlap_of_shifts(mean: Floats, around: Floats, weight: Floats) -> Floats:
    """Return the raw overlap of groups that differ in their means alone, (draw, G, G).

    Parameters
    ----------
    mean
        (draw, G, K) utilities in logits.
    around
        (draw, person, K) the same people's distances from the mean of whichever group.
    weight
        (person,) weights >= 0, on any scale; two of them positive.

    Returns
    -------
    Floats
        As :func:`overlap_matrix`; nobody of one group is somebody of the other.
    """
    draws, groups, values = mean.shape
    w = softmax(mean[:, :, None] + around[:, None], axis=3)  # (draw, G, person, K)
    everyone = w.reshape(draws, -1, values)
    group = np.repeat(np.arange(groups), around.shape[1])
    weights = np.broadcast_to(np.tile(weight, groups), everyone.shape[:2])
    raw = overlap_matrix(everyone, weights, group, groups)
    part = weight / weight.sum()
    same = np.empty_like(raw)
    for g, h in np.ndindex(groups, groups):
        apart = np.abs(w[:, g] - w[:, h]).sum(axis=2) / 2
        same[:, g, h] = apart @ part**2
    distinct = 1 - (part**2).sum()
    diagonal = np.eye(groups, dtype=np.bool_)
    return np.where(diagonal, raw, 1 - (1 - raw - same) / distinct)


def overlap_matrix(shares: Floats, weights: Floats, group: Ints, groups: int) -> Floats:
    """Return the raw overlap of all pairs of groups for each draw, (draw, G, G).

    Parameters
    ----------
    shares
        (draw, person, value) importance shares.
    weights
        (draw, person) weights >= 0, on any scale.
    group
        (person,) index into the G groups.
    groups
        G. Each needs two persons of positive weight, or its overlap with itself is NaN.

    Returns
    -------
    Floats
        Symmetric, between 0 and 1; on the diagonal two different persons of the group.
    """
    member = (np.arange(groups)[:, None] == group).astype(np.float64)  # (G, N)
    part = weights[:, None] * member  # (draw, G, N)
    part = part / part.sum(axis=2, keepdims=True)
    distance = np.zeros((len(shares), groups, groups))
    for k in range(shares.shape[2]):
        distance += _mean_distance(shares[:, :, k], part)
    # A person paired with itself has distance 0 and no place among pairs.
    distinct = 1 - (part**2).sum(axis=2)
    diagonal = np.arange(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance[:, diagonal, diagonal] /= np.where(distinct > 1e-12, distinct, np.nan)
    return np.asarray(1 - distance / 2)


def _mean_distance(x: Floats, part: Floats) -> Floats:
    """E|X_g − X_h| of all pairs, (draw, G, G), from ``x`` (draw, N), ``part`` (draw, G, N)."""
    order = np.argsort(x, axis=1)
    gap = np.diff(np.take_along_axis(x, order, axis=1), axis=1)  # (draw, N-1)
    # Draw by draw: one index over all of them would be as large as the numbers that it moves.
    below = np.array([p.take(o, axis=1) for p, o in zip(part, order, strict=True)])
    below = np.cumsum(below, axis=2, out=below)[:, :, :-1]
    scaled = below * gap[:, None]
    alone = scaled.sum(axis=2)
    together = scaled @ below.transpose(0, 2, 1)
    return np.asarray(alone[:, :, None] + alone[:, None, :] - 2 * together)


def normalised(raw: Floats) -> Floats:
    """Divide by the geometric mean of the two groups' overlap within, (..., G, G)."""
    within = np.sqrt(np.diagonal(raw, axis1=-2, axis2=-1))
    return np.asarray(raw / (within[..., :, None] * within[..., None, :]))


def pair_coordinates(pairs_of: Sequence[tuple[str, str]]) -> dict[str, tuple[str, list[str]]]:
    """Return the coordinates of pairs of groups: ``pair``, and ``group_a`` and ``group_b`` of it.

    Parameters
    ----------
    pairs_of
        Names of the two groups of each pair; all pairs in the order of :func:`pairs`.
    """
    return {
        "pair": ("pair", [f"{a} and {b}" for a, b in pairs_of]),
        "group_a": ("pair", [a for a, _ in pairs_of]),
        "group_b": ("pair", [b for _, b in pairs_of]),
    }


def pairs(matrix: Floats) -> Floats:
    """Return the cells above the diagonal, row by row, (..., pair)."""
    return np.asarray(matrix[..., *np.triu_indices(matrix.shape[-1], 1)])


def overlap_table(draws: xr.Dataset, data: ModelData, version: str) -> pl.DataFrame:
    """Lay out pairs of groups, one row a pair and weighting.

    Parameters
    ----------
    draws
        ``overlap_raw`` and ``overlap_normalised``, dims (chain, draw, weighting, pair), with the
        coordinates of :func:`pair_coordinates`; ``attrs["n"]`` has the people of each group.
    data
        What was fitted.
    version
        ``revealed``, ``claimed`` or ``perceived``.
    """
    size = dict(zip(data.groups, draws.attrs["n"], strict=True))
    label = dict(zip(data.groups, data.group_labels, strict=True))
    keys = [
        (a, label[a], size[a], b, label[b], size[b], version, str(weighting))
        for weighting in draws["weighting"].values
        for a, b in _groups_of(draws)
    ]
    numbers = {
        f"{kind}_{name}": values.values.ravel()
        for kind in ("raw", "normalised")
        for name, values in summarise(draws[f"overlap_{kind}"]).items()
    }
    return _frame(keys, _OVERLAP, numbers)


def overlap_differences(
    revealed: xr.Dataset, other: xr.Dataset, data: ModelData, *, version: str
) -> pl.DataFrame:
    """Lay out claimed, or perceived, minus revealed normalised overlap.

    The two fits are of the same people and share the Bayesian bootstrap of them, so that draws are
    compared one by one; given the people the two posteriors count as independent.

    Parameters
    ----------
    revealed, other
        Draws of ``overlap_normalised``.
    data
        What was fitted, for the groups' labels.
    version
        What ``other`` is: ``claimed`` or ``perceived``. The column ``difference`` is then
        ``claimed_revealed`` or ``perceived_revealed``.
    """
    label = dict(zip(data.groups, data.group_labels, strict=True))
    difference = overlap_difference_draws(revealed, other)
    keys = [
        (a, label[a], b, label[b], str(weighting), f"{version}_revealed")
        for weighting in difference["weighting"].values
        for a, b in _groups_of(difference)
    ]
    numbers = {str(k): v.values.ravel() for k, v in summarise(difference).items()}
    numbers["probability_positive"] = (difference > 0).mean(("chain", "draw")).values.ravel()
    return _frame(keys, _DIFFERENCES, numbers)


def overlap_difference_draws(revealed: xr.Dataset, other: xr.Dataset) -> xr.DataArray:
    """Draws of another version's minus revealed normalised overlap.

    Dims (chain, draw, weighting, pair), of the pairs of groups that both have.
    """
    kept = {d: min(revealed.sizes[d], other.sizes[d]) for d in ("chain", "draw")}
    first = {d: slice(n) for d, n in kept.items()}
    a, b = (x["overlap_normalised"].isel(first) for x in (other, revealed))
    return (a - b).transpose("chain", "draw", "weighting", "pair")


_GROUP_A = ("group_a", "group_a_label")
_GROUP_B = ("group_b", "group_b_label")
_OVERLAP = (*_GROUP_A, "n_a", *_GROUP_B, "n_b", "version", "weighting")
_DIFFERENCES = (*_GROUP_A, *_GROUP_B, "weighting", "difference")


def _groups_of(draws: xr.Dataset | xr.DataArray) -> list[tuple[str, str]]:
    one, other = (draws[name].values.tolist() for name in ("group_a", "group_b"))
    return list(zip(one, other, strict=True))


def _frame(
    keys: Sequence[tuple[str | int, ...]], names: tuple[str, ...], numbers: dict[str, Floats]
) -> pl.DataFrame:
    """Join key columns and numbers; the columns have their types even without a row."""
    schema = {name: pl.Int64() if name.startswith("n_") else pl.String() for name in names}
    return pl.DataFrame(keys, schema=schema, orient="row").with_columns(
        **{name: pl.Series(values, dtype=pl.Float64()) for name, values in numbers.items()}
    )
