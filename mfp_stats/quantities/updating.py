"""How information moved beliefs and support, who took it amiss, and what was left of it later.

κ is the response in logits. What is told in points is how much farther up their scale the answers
of people who were told lie, in the direction of the information, than those of people of the same
worldview who were not, were all of these of one group after the other in their shares; for support,
how many more of a hundred accept what it speaks for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import expit

from mfp_stats.design.data import Floats, ModelData, Told
from mfp_stats.likelihoods.ordinal import standard_normal_nodes
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.summaries import summarise

#: The table, by piece of information.
TABLE: Final = "updating"
#: Posterior probability that a sign, and whatever else is stated, needs.
SURE: Final = 0.95
#: A move of answers, or of support, that counts for nothing: three points of a hundred.
LITTLE: Final = 0.03
FOLLOWS, BACKFIRES, UNMOVED, CANNOT_TELL = "follows", "backfires", "unmoved", "cannot_tell"
#: Quadrature nodes for a person's own part.
_NODES: Final = 7
_ENDS: Final = ("mean", "q05", "q95")


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Draws of one piece of information. S draws; everybody, then C worldviews."""

    response: Floats  #: (S, W, kinds, occasions, strata, 1 + C, of one class 1) κ
    shift: Floats  #: likewise, −1 to 1 in the direction of the information
    weightings: tuple[str, ...]  #: W


def updating_quantities(
    posterior: xr.Dataset, data: ModelData, membership: Floats, *, names: Sequence[str]
) -> tuple[pl.DataFrame, xr.Dataset]:
    """Return the table of one piece of information, and the draws of all that it shows.

    Parameters
    ----------
    posterior
        Draws of ``models/updating.py``.
    data
        What was fitted, with ``told``.
    membership
        (P, C) mean probabilities of the worldviews of each row of ``told``.
    names
        Of the worldviews, in order; of a single class none is told.

    Returns
    -------
    table
        One row a weighting, kind (``belief``, ``support``), occasion, trust and worldview (0:
        everybody): ``response_mean`` … κ in logits; ``shift_mean`` … of the answers, or of the
        share who accept, −1 to 1 in the direction of the information; ``backfire_probability``
        that κ is negative; ``verdict`` one of ``follows``, ``backfires``, ``unmoved``,
        ``cannot_tell``. Rows of beliefs at once say also whether it ``carried`` into support, and
        those of later ones whether it ``lasted``: ``yes``, ``no``, ``cannot_tell``, or null where
        that cannot be or was not asked.
    draws
        Dims (chain, draw, ...).
    """
    told = data.told
    assert told is not None
    moved = _moved(posterior, data, told, membership)
    rows = list(_rows(moved, told, list(names) if len(names) > 1 else []))
    chains = posterior.sizes["chain"]

    def labelled(array: Floats) -> xr.DataArray:
        shape = (chains, -1, *array.shape[1:])
        dims = ("chain", "draw", "weighting", "kind", "occasion", "trust", "worldview")
        return xr.DataArray(array.reshape(shape), dims=dims)

    draws = xr.Dataset({"response": labelled(moved.response), "shift": labelled(moved.shift)})
    return pl.DataFrame(rows, infer_schema_length=None), draws


def _moved(posterior: xr.Dataset, data: ModelData, told: Told, membership: Floats) -> Moved:
    weights: dict[str, Floats | None] = {"unweighted": None}
    if data.weight is not None:
        weights[data.weighting] = data.weight
    rows = np.arange(posterior.sizes["chain"] * posterior.sizes["draw"])
    response = flat_draws(posterior["response"], rows)  # (S, kinds, O, strata, C)
    steps = np.stack([_steps(posterior, told, j, rows) for j in range(len(told.cells))], axis=1)
    shift = np.stack(
        [steps[:, told.kind == k].mean(axis=1) for k in range(len(told.kinds))], axis=1
    )  # (S, kinds, O, strata, G, C)
    found = []
    for weight in weights.values():
        people = _people(data, told, membership, weight)  # (strata, G, C)
        own = people / np.maximum(people.sum(axis=1, keepdims=True), 1e-300)
        by_class = np.einsum("skotgc,tgc->skotc", shift, own)
        share = people.sum(axis=1) / people.sum(axis=(1, 2))[:, None]  # (strata, C)
        found.append(
            [_with_everybody(values, share) for values in (response, by_class)]  # (S, …, 1 + C)
        )
    arrays = [np.stack([pair[k] for pair in found], axis=1) for k in (0, 1)]
    return Moved(arrays[0], arrays[1], tuple(weights))


def _steps(posterior: xr.Dataset, told: Told, j: int, rows: np.ndarray) -> Floats:
    """Return the move of one question's answers (S, O, strata, G, C) in its direction."""
    cell, kind = told.cells[j], int(told.kind[j])
    levels = [len(c.levels) - 1 for c in told.cells]
    first = sum(levels[:j])
    cuts = flat_draws(posterior["cutpoints"], rows)[:, first : first + levels[j]]
    place = flat_draws(posterior["place"], rows)[:, j]  # (S, O, strata, G, C)
    response = flat_draws(posterior["response"], rows)[:, kind]  # (S, O, strata, C)
    apart = flat_draws(posterior["apart"], rows)[:, j]
    added = cell.direction * (response + apart[:, None, None, None])
    if cell.support:
        cuts = cuts[:, [cell.accept - 1]]
    nodes, log_weights = standard_normal_nodes(_NODES)
    own = flat_draws(posterior["person_sd"], rows)[:, kind]
    found = np.zeros_like(place)
    for node, weight in zip(nodes, np.exp(log_weights), strict=True):
        at = place + (own * node)[:, None, None, None, None]
        for cut in cuts.T:
            low = at - cut[:, None, None, None, None]
            found += weight * (expit(low + added[:, :, :, None]) - expit(low))
    return np.asarray(cell.direction * found / cuts.shape[1])


def _people(data: ModelData, told: Told, membership: Floats, weight: Floats | None) -> Floats:
    """Return how many people are of each stratum, group and worldview, (strata, G, C)."""
    counted = membership if weight is None else membership * weight[told.person][:, None]
    found = np.zeros((len(told.strata), len(data.groups), membership.shape[1]))
    np.add.at(found, (told.stratum, data.group[told.person]), counted)
    return found


def _with_everybody(values: Floats, share: Floats) -> Floats:
    """Put the mean over worldviews, (strata, C) their shares, before them on the last axis.

    A single class is everybody.
    """
    if values.shape[-1] == 1:
        return values
    everybody = (values * share).sum(axis=-1, keepdims=True)
    return np.concatenate([everybody, values], axis=-1)


def _rows(moved: Moved, told: Told, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    counts = {
        (s, heard): int(((told.stratum == s) & (told.told == heard)).sum())
        for s in range(len(told.strata))
        for heard in (False, True)
    }
    worldviews = ["", *names]
    for at in np.ndindex(*moved.response.shape[1:-1], len(worldviews)):
        w, k, o, s, c = at
        response, shift = _at(moved.response, at), _at(moved.shift, at)
        yield {
            "information": told.name,
            "information_label": told.label,
            "randomised": told.randomised,
            "weighting": moved.weightings[w],
            "kind": told.kinds[k],
            "occasion": told.occasions[o],
            "trust": told.strata[s],
            "worldview": c,
            "name": worldviews[c],
            "n_told": counts[s, True],
            "n_not_told": counts[s, False],
            **_estimates("response", response),
            **_estimates("shift", shift),
            "backfire_probability": float((response < 0).mean()),
            "verdict": judge(response, shift),
            "carried": _carried(moved, at) if (k, o) == (0, 0) else None,
            "lasted": _lasted(moved, at) if (k, o) == (0, 1) else None,
        }


def _at(draws: Floats, at: tuple[int, ...]) -> Floats:
    """Return the draws (S,) of one cell."""
    return np.asarray(np.moveaxis(draws, 0, -1)[at])


def _estimates(name: str, draws: Floats) -> dict[str, float]:
    found = summarise(xr.DataArray(draws[None], dims=("chain", "draw")))
    return {f"{name}_{end}": float(found[end]) for end in _ENDS}


def judge(response: Floats, shift: Floats) -> str:
    """Say how people took information.

    Parameters
    ----------
    response
        (S,) draws of κ.
    shift
        (S,) draws of the move in points.

    Returns
    -------
    str
        ``follows`` or ``backfires`` where the sign of κ is all but certain; ``unmoved`` where the
        move is all but certainly smaller than three points; else ``cannot_tell``.
    """
    if (np.abs(shift) < LITTLE).mean() > SURE:
        return UNMOVED
    if (response > 0).mean() > SURE:
        return FOLLOWS
    if (response < 0).mean() > SURE:
        return BACKFIRES
    return CANNOT_TELL


def _carried(moved: Moved, at: tuple[int, ...]) -> str | None:
    """Say whether beliefs that moved took support with them; None where that was not asked."""
    w, _, o, s, c = at
    if moved.response.shape[2] < 2:
        return None
    if judge(_at(moved.response, at), _at(moved.shift, at)) not in (FOLLOWS, BACKFIRES):
        return None
    return _went_along(moved, at, (w, 1, o, s, c))


def _lasted(moved: Moved, at: tuple[int, ...]) -> str | None:
    """Say whether a move of beliefs was there in the next wave; None where nothing had moved."""
    w, k, _, s, c = at
    before = (w, k, 0, s, c)
    if judge(_at(moved.response, before), _at(moved.shift, before)) not in (FOLLOWS, BACKFIRES):
        return None
    return _went_along(moved, before, at)


def _went_along(moved: Moved, first: tuple[int, ...], second: tuple[int, ...]) -> str:
    way = np.sign(_at(moved.response, first).mean())
    if (way * _at(moved.response, second) > 0).mean() > SURE:
        little = (np.abs(_at(moved.shift, second)) < LITTLE).mean() > SURE
        return "no" if little else "yes"
    return "no" if (way * _at(moved.shift, second) < LITTLE).mean() > SURE else CANNOT_TELL
