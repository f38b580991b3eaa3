"""Importance shares of groups and overlap between them: draws of all that is displayed, and tables.

The shares of a person are ``w_i = softmax(v_i)``; a group's share of a value is its mean over the
group's population. That population has the mean of the model's group, and spreads around it as the
respondents do (:class:`Placed`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import softmax

from mfp_stats.design.asked import values_offered
from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.errors import DesignError, Fault
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.overlap import (
    normalised,
    overlap_of_shifts,
    overlap_table,
    pair_coordinates,
    pairs,
    representatives,
)
from mfp_stats.quantities.persons import answered, bootstrap_weights, person_values
from mfp_stats.quantities.summaries import summarise
from mfp_stats.quantities.told_values import ToldValues
from mfp_stats.weights import effective_n

#: The least share of pairs of a group that are two different persons: below, it is one person.
_ALONE: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Everything displayed of one fitted values model.

    ``draws`` holds, with dims (chain, draw, ...), every displayed quantity of the G groups shown:
    ``share`` (weighting, group, value); ``mu`` (group, value), the model's group means in logits;
    ``overlap_raw`` and ``overlap_normalised`` (weighting, pair). ``draws.attrs["n"]`` has every
    group's number of persons with evidence, shown or not.
    """

    version: str
    draws: xr.Dataset
    #: ``values`` and ``overlap``.
    tables: Mapping[str, pl.DataFrame]


def summarise_values(
    posterior: xr.Dataset, data: ModelData, *, version: str, floor: int, seed: int = 0
) -> Values:
    """Work out everything displayed of one fitted values model.

    Parameters
    ----------
    posterior
        Draws of ``models/values.py``.
    data
        What was fitted: of the revealed version ``data.only_tradeoffs()``.
    version
        ``revealed`` (trade-offs) or ``claimed`` (ratings).
    floor
        Groups in which no more persons than this gave evidence are left out, and so are groups
        that were not offered every value that others were.
    seed
        Of the Bayesian bootstrap; give the fits of one survey the same.

    Raises
    ------
    DesignError
        All persons of a shown group have weight zero.
    """
    who = np.flatnonzero(answered(data))
    n = np.bincount(data.group[who], minlength=len(data.groups))
    shown = np.flatnonzero((n > floor) & offered_all(data))
    draws = _draws(posterior, data, who[np.isin(data.group[who], shown)], shown, seed)
    draws.attrs["n"] = n.tolist()
    tables = {
        "values": value_table(draws, data, version),
        "overlap": overlap_table(draws, data, version),
    }
    return Values(version, draws, tables)


def offered_all(data: ModelData) -> Bools:
    """Return which groups were offered every value that any group was, (G,).

    Shares add up to one over the values: without one of them they are shares of something else.
    """
    offered = values_offered(data)
    return np.asarray(offered[:, offered.any(axis=0)].all(axis=1))


def _require_weights(data: ModelData, kept: Ints, shown: Ints) -> None:
    """Refuse groups in which nobody counts."""
    if data.weight is None:
        return
    total = np.bincount(data.group[kept], data.weight[kept], minlength=len(data.groups))
    faults = [
        Fault(f"group {data.groups[g]}", "everyone in it has weight zero")
        for g in shown
        if total[g] <= 0
    ]
    if faults:
        raise DesignError(faults, about="weights")


def _draws(
    posterior: xr.Dataset, data: ModelData, kept: Ints, shown: Ints, seed: int
) -> xr.Dataset:
    """Return the draws of shares, group means and overlaps; ``kept`` persons, ``shown`` groups."""
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    _require_weights(data, kept, shown)
    weightings = data.weightings
    groups, values = len(shown), len(data.values)
    share = np.empty((chains * draws, len(weightings), groups, values))
    raw = np.empty((chains * draws, len(weightings), groups, groups))
    group = np.searchsorted(shown, data.group[kept])
    column = np.searchsorted(np.flatnonzero(answered(data)), kept)
    mu = flat_draws(posterior["mu"], np.arange(chains * draws))[:, shown]
    told = None
    if groups and data.weight is not None:
        answers = person_values(posterior, data, seed=seed)
        told = ToldValues.of(((v[:, column], mu[rows]) for rows, v in answers), group)
    for rows, v in person_values(posterior, data, seed=seed) if groups else ():
        alike = bootstrap_weights(None, kept, rows, seed=seed)
        for j, weight in enumerate(weightings.values()):
            own = np.ones(len(kept)) if weight is None else weight[kept]
            placed = Placed.of(v[:, column], group, mu[rows], own, alike, told)
            same = np.broadcast_to(own, alike.shape)
            share[rows, j] = group_means(placed.shares(group), same, group, groups)
            few, weights = representatives(own)
            raw[rows, j] = overlap_of_shifts(placed.mean, placed.around[:, few], weights)
    names = tuple(data.groups[g] for g in shown)
    kinds = {
        "share": (("weighting", "group", "value"), share),
        "mu": (("group", "value"), mu),
        "overlap_raw": (("weighting", "pair"), pairs(raw)),
        "overlap_normalised": (("weighting", "pair"), pairs(normalised(raw))),
    }
    return xr.Dataset(
        {
            name: (("chain", "draw", *dims), array.reshape(chains, draws, *array.shape[1:]))
            for name, (dims, array) in kinds.items()
        },
        coords={
            "weighting": list(weightings),
            "group": list(names),
            "value": list(data.values),
            **pair_coordinates(list(combinations(names, 2))),
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Persons around the means of their groups' models, in some draws."""

    mean: Floats  #: (draw, G, value) of each group, weighted
    around: Floats  #: (draw, person, value) distance from it

    @classmethod
    def of(
        cls,
        v: Floats,
        group: Ints,
        mu: Floats,
        weight: Floats,
        bootstrap: Floats,
        told: ToldValues | None,
    ) -> "Placed":
        """Move each group's persons together so that their weighted mean is the group's own.

        Persons of a sample differ between groups more than the groups do, by chance. The model
        knows the groups' means without that chance; from its persons, drawn anew in every draw,
        we take how they spread around them. Persons stand nearer to the mean of their own sample
        than to that of the group, by ``√(1 − Σ p²)`` with weights p that sum to one, and are moved
        out by as much. Persons of a group in which nobody counts all stand at its mean.

        Parameters
        ----------
        v
            (draw, person, value) utilities in logits.
        group
            (person,) index into the G groups.
        mu
            (draw, G, value) the model's group means in logits.
        weight
            (person,) design weights, 1 for everyone alike.
        bootstrap
            (draw, person) weights of a Bayesian bootstrap, on any scale.
        told
            By how much weights move the means; None where nobody is weighted.
        """
        mean = mu if told is None else told.moved(mu, weight, bootstrap)
        there, place = np.unique(group, return_inverse=True)
        groups = len(there)
        own = v - group_means(v, np.broadcast_to(weight, v.shape[:2]), place, groups)[:, place]
        total, squares = (np.bincount(place, weight**power, groups) for power in (1, 2))
        counted = total > 0
        # One person alone tells nothing of a spread.
        distinct = np.maximum(1 - squares / np.where(counted, total, 1.0) ** 2, _ALONE)
        return cls(mean, own / np.sqrt(distinct)[place, None] * counted[place, None])

    def shares(self, group: Ints) -> Floats:
        """Return the importance shares of persons in their own groups, (draw, person, value)."""
        return np.asarray(softmax(self.mean[:, group] + self.around, axis=2))


def group_means(shares: Floats, weights: Floats, group: Ints, groups: int) -> Floats:
    """Return groups' weighted mean shares, (draw, G, value); 0 where nobody counts.

    Parameters
    ----------
    shares
        (draw, person, value).
    weights
        (draw, person), on any scale.
    group
        (person,) index into the G groups.
    groups
        G.
    """
    member = (np.arange(groups)[:, None] == group).astype(np.float64)
    part = weights[:, None] * member  # (draw, G, person)
    total = part.sum(axis=2, keepdims=True)
    return np.asarray((part @ shares) / np.where(total > 0, total, 1.0))


def value_table(draws: xr.Dataset, data: ModelData, version: str) -> pl.DataFrame:
    """Lay out importance shares, one row a weighting, group and value.

    ``top_probability`` is the posterior probability that no value has a larger share in that
    group; ``effective_n`` is Kish's, of the group's persons with evidence.
    """
    share = draws["share"]
    label = dict(zip(data.groups, data.group_labels, strict=True))
    size = dict(zip(data.groups, draws.attrs["n"], strict=True))
    keys = [
        (version, str(w), g, label[g], size[g], _effective(data, g, str(w)), k, text)
        for w in share["weighting"].values
        for g in share["group"].values.tolist()
        for k, text in zip(data.values, data.value_labels, strict=True)
    ]
    top = (share == share.max("value")).mean(("chain", "draw"))
    numbers = {str(k): v.values.ravel() for k, v in summarise(share).items()}
    return pl.DataFrame(keys, schema=_VALUES, orient="row").with_columns(
        **{k: pl.Series(v) for k, v in numbers.items()},
        top_probability=pl.Series(top.values.ravel()),
    )


_VALUES: Mapping[str, pl.DataType] = {
    "version": pl.String(),
    "weighting": pl.String(),
    "group": pl.String(),
    "group_label": pl.String(),
    "n": pl.Int64(),
    "effective_n": pl.Float64(),
    "value": pl.String(),
    "value_label": pl.String(),
}


def _effective(data: ModelData, group: str, weighting: str) -> float:
    inside = answered(data) & (data.group == data.groups.index(group))
    if weighting == "unweighted" or data.weight is None:
        return float(inside.sum())
    return effective_n(data.weight[inside])
