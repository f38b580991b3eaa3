"""What levels of attributes are worth: how often proposals that have them are preferred.

A proposal with a level is set against one of the experiment taken at random, its other attributes
as they occurred: proposals that were shown meet each other, and the level is put into one of the
two. The share of a group is that of its worldviews in their shares. Weights of people move both
these shares and what levels are worth (:mod:`mfp_stats.quantities.weighted_part_worths`).

Shares rather than differences from a reference level are what groups are compared by: the choice
of reference alone can make groups look different (Leeper, Hobolt & Tilley 2020, on marginal
means).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import expit

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.conjoint_choices import Conjoint
from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.quantities.summaries import HIGH, LOW

#: The tables; of several blocks each has a part of its own.
TABLES: Final = (
    *("conjoint", "conjoint_worldviews", "conjoint_pairs"),
    *("conjoint_draws", "conjoint_profiles"),
)
#: About how many pairs of profiles meet each other, and numbers held at once while they do.
MEETINGS: Final = 2000
AT_ONCE: Final = 2_000_000
#: Draws that a search for designs rests on.
KEPT: Final = 1000

type _Schema = Mapping[str, type[pl.DataType]]
_OF_ATTRIBUTE: Final = dict.fromkeys(
    ("conjoint", "conjoint_label", "attribute", "attribute_label"), pl.String
)
_LEVEL: Final = _OF_ATTRIBUTE | dict.fromkeys(("level", "level_label"), pl.String)
_GROUP: Final[_Schema] = {
    "group": pl.String,
    "group_label": pl.String,
    "n": pl.Int64,
    "weighting": pl.String,
}
_WORLDVIEW: Final[_Schema] = {"worldview": pl.Int64, "name": pl.String}
_NUMBERS: Final = dict.fromkeys(
    (
        *("prefers_mean", "prefers_q05", "prefers_q95"),
        *("effect_mean", "effect_q05", "effect_q95", "best_probability"),
    ),
    pl.Float64,
)
_PAIR: Final = (
    _OF_ATTRIBUTE
    | dict.fromkeys(("group_a", "group_a_label", "group_b", "group_b_label"), pl.String)
    | dict.fromkeys(("weighting", "best_a_label", "best_b_label"), pl.String)
    | dict.fromkeys(("best_a_probability", "best_b_probability"), pl.Float64)
    | {"same_best_probability": pl.Float64}
)


@dataclass(frozen=True, slots=True, eq=False)
class HeldWorths:
    """Draws of what groups hold under one weighting. S draws, G groups, C worldviews, T levels."""

    utility: Floats  #: (S, G, C, T) in logits
    #: (S, G, C), of the group that holds the worldview; NaN where nobody counts.
    share: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PartWorths:
    """Draws of one block."""

    weightings: Mapping[str, HeldWorths]  #: "unweighted" is the model's
    chains: int


def part_worth_quantities(
    worths: PartWorths, data: ModelData, *, names: Sequence[str], floor: int
) -> tuple[dict[str, pl.DataFrame], xr.Dataset]:
    """Return the tables of one block, and the draws of all that they show.

    Parameters
    ----------
    worths
        Draws.
    data
        What was fitted, with ``conjoint``.
    names
        Of the worldviews, in order; of a single one nothing is told.
    floor
        Groups of which so many people or fewer chose are not shown.

    Returns
    -------
    tables
        ``conjoint``: one row a weighting, group and level, ``prefers_mean`` … the share that
        prefers a proposal with the level to one at random, ``effect_mean`` … how much more than
        with the attribute's first level, ``best_probability`` that no other level of the attribute
        is preferred to it. ``conjoint_worldviews``: the same by worldview, were all groups shown
        as large in each of them. ``conjoint_pairs``: one row a weighting, pair of groups and
        attribute, ``same_best_probability`` that both prefer the same level to all others.
        ``conjoint_draws``, ``conjoint_profiles``: what a search for designs needs.
    draws
        Dims (chain, draw, ...).
    """
    one = data.conjoint
    assert one is not None
    people = np.bincount(data.group[one.person], minlength=len(data.groups))
    shown = np.flatnonzero(people > floor)
    prefers = {
        name: _preferred(held.utility[:, shown], one.profiles)  # (S, shown, C, T)
        for name, held in worths.weightings.items()
    }
    # The same mix of groups in each worldview, so that like is compared with like.
    mix = people[shown] / np.maximum(people[shown].sum(), 1)
    of_worldviews = np.einsum("sgct,g->sct", prefers["unweighted"], mix)
    several = len(names) > 1 and len(shown) > 0
    views = [{"worldview": c + 1, "name": name} for c, name in enumerate(names)] if several else []
    told = [
        _Told.of(prefers[name], held.share, name, data, people, shown)
        for name, held in worths.weightings.items()
    ]
    tables = {
        "conjoint": pl.concat([_level_rows(t.prefers, one, t.heads, _GROUP) for t in told]),
        "conjoint_worldviews": _level_rows(of_worldviews, one, views, _WORLDVIEW),
        "conjoint_pairs": pl.concat([_pair_rows(t.prefers, one, t.heads) for t in told]),
        "conjoint_draws": pl.concat([_draw_rows(worths, one, t) for t in told]),
        "conjoint_profiles": _profile_rows(one),
    }
    return tables, _judged(prefers["unweighted"], told, one, worths.chains)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What is told of groups under one weighting. S draws, H groups, T levels."""

    weighting: str
    groups: Ints  #: (H,) shown, and in which somebody counts
    heads: Sequence[Mapping[str, object]]
    prefers: Floats  #: (S, H, T)

    @classmethod
    def of(
        cls,
        prefers: Floats,
        share: Floats,
        weighting: str,
        data: ModelData,
        people: Ints,
        shown: Ints,
    ) -> "_Told":
        """Mix what worldviews prefer, (S, shown, C, T), by their shares in each group."""
        share = share[:, shown]
        there = np.isfinite(share).all(axis=(0, 2))
        heads = [
            {
                "group": data.groups[g],
                "group_label": data.group_labels[g],
                "n": int(people[g]),
                "weighting": weighting,
            }
            for g in shown[there]
        ]
        mixed = np.einsum("sgct,sgc->sgt", prefers[:, there], share[:, there])
        return cls(weighting, shown[there], heads, mixed)


def _preferred(utility: Floats, profiles: ConjointProfiles) -> Floats:
    """Return the share (…, T) that prefers a profile with a level to one taken at random."""
    shown, times = np.unique(profiles.level, axis=0, return_counts=True)
    own, rival, weight = _meetings(times)
    places = shown + profiles.starts  # (D, A)
    flat = utility.reshape(-1, utility.shape[-1])
    attribute = np.repeat(np.arange(len(profiles.sizes)), profiles.sizes)
    found = np.empty_like(flat)
    for first in range(0, len(flat), max(1, AT_ONCE // len(own))):
        some = flat[first : first + max(1, AT_ONCE // len(own))]
        worth = some[:, places].sum(axis=2)  # (s, D)
        apart = worth[:, own] - worth[:, rival]
        for t, a in enumerate(attribute):
            swapped = apart - some[:, places[own, a]] + some[:, [t]]
            found[first : first + len(some), t] = expit(swapped) @ weight
    return found.reshape(utility.shape)


def _meetings(times: Ints) -> tuple[Ints, Ints, Floats]:
    """Return which profiles meet which, and how often, where they were shown so many times.

    Each meets as many others, itself among them: all where that is not too many.
    """
    profiles = len(times)
    apart = np.arange(min(profiles, -(-MEETINGS // profiles)))
    if len(apart) < profiles:
        # Neighbours in the order of their levels are alike: they should not meet alone.
        apart = np.linspace(0, profiles - 1, len(apart)).round().astype(np.int64)
    own = np.repeat(np.arange(profiles), len(apart))
    rival = (own + np.tile(apart, profiles)) % profiles
    weight = (times[own] * times[rival]).astype(np.float64)
    return own, rival, weight / weight.sum()


def _level_rows(
    prefers: Floats, one: Conjoint, heads: Sequence[Mapping[str, object]], of: _Schema
) -> pl.DataFrame:
    """Lay out draws (S, heads, T) as a row a head and level."""
    reference = np.repeat(one.profiles.starts, one.profiles.sizes)
    rows = []
    for h, head in enumerate(heads):
        draws = prefers[:, h]
        columns = _estimates("prefers", draws)
        columns |= _estimates("effect", draws - draws[:, reference])
        columns["best_probability"] = _is_best(draws, one.profiles).mean(axis=0)
        rows += [
            {
                **_level(one, t),
                "reference": bool(reference[t] == t),
                **head,
                **{name: float(values[t]) for name, values in columns.items()},
            }
            for t in range(len(one.level))
        ]
    return pl.DataFrame(rows, schema={**_LEVEL, "reference": pl.Boolean, **of, **_NUMBERS})


def _level(one: Conjoint, t: int) -> dict[str, object]:
    return {
        "conjoint": one.name,
        "conjoint_label": one.label,
        "attribute": one.attribute[t],
        "attribute_label": one.attribute_label[t],
        "level": one.level[t],
        "level_label": one.level_label[t],
    }


def _estimates(name: str, draws: Floats) -> dict[str, Floats]:
    """Return mean and ends of the interval over the draws (S, T)."""
    low, high = np.quantile(draws, [LOW, HIGH], axis=0)
    return {f"{name}_mean": draws.mean(axis=0), f"{name}_q05": low, f"{name}_q95": high}


def _is_best(prefers: Floats, profiles: ConjointProfiles) -> Bools:
    """Return of draws (…, T) whether each level is preferred to all others of its attribute."""
    found = np.zeros(prefers.shape, dtype=np.bool_)
    for start, size in zip(profiles.starts, profiles.sizes, strict=True):
        own = prefers[..., start : start + size]
        found[..., start : start + size] = own == own.max(axis=-1, keepdims=True)
    return found


def _pair_rows(
    prefers: Floats, one: Conjoint, heads: Sequence[Mapping[str, object]]
) -> pl.DataFrame:
    """Return how probably two groups prefer the same level of an attribute most."""
    best = [_is_best(prefers[:, h], one.profiles) for h in range(len(heads))]
    rows = []
    for g, h in combinations(range(len(heads)), 2):
        same = best[g] & best[h]  # (S, T)
        for start, size in zip(one.profiles.starts, one.profiles.sizes, strict=True):
            inside = slice(start, start + size)
            favourites = [start + int(best[k][:, inside].mean(axis=0).argmax()) for k in (g, h)]
            level = _level(one, start)
            rows.append(
                {
                    **{k: level[k] for k in _OF_ATTRIBUTE},
                    **{
                        name.replace("group", f"group_{side}"): heads[k][name]
                        for side, k in (("a", g), ("b", h))
                        for name in ("group", "group_label")
                    },
                    "weighting": heads[g]["weighting"],
                    **{
                        f"best_{side}_label": one.level_label[t]
                        for side, t in zip("ab", favourites, strict=True)
                    },
                    **{
                        f"best_{side}_probability": float(best[k][:, t].mean())
                        for side, k, t in zip("ab", (g, h), favourites, strict=True)
                    },
                    "same_best_probability": float(same[:, inside].any(axis=1).mean()),
                }
            )
    return pl.DataFrame(rows, schema=_PAIR)


def _draw_rows(worths: PartWorths, one: Conjoint, told: _Told) -> pl.DataFrame:
    """Return what levels are worth in some of the draws, a row a draw, group and worldview."""
    held = worths.weightings[told.weighting]
    last = len(held.utility) - 1
    draws = np.linspace(0, last, min(KEPT, last + 1)).round().astype(np.int64)
    utility, share = (array[draws][:, told.groups] for array in (held.utility, held.share))
    draw, group, worldview = (index.ravel() for index in np.indices(share.shape))
    return pl.DataFrame(
        {
            "conjoint": [one.name] * len(draw),
            "draw": draw,
            **{
                name: [told.heads[int(g)][name] for g in group]
                for name in ("weighting", "group", "group_label")
            },
            "worldview": worldview + 1,
            "share": share.ravel(),
            "utility": utility.reshape(-1, utility.shape[-1]).tolist(),
        },
        schema_overrides={"utility": pl.List(pl.Float64)},
    )


def _profile_rows(one: Conjoint) -> pl.DataFrame:
    """Return the proposals that were shown, and how often."""
    found, times = np.unique(one.profiles.level, axis=0, return_counts=True)
    return pl.DataFrame(
        {"conjoint": one.name, "levels": found.tolist(), "times": times},
        schema={"conjoint": pl.String, "levels": pl.List(pl.Int64), "times": pl.Int64},
    )


def _judged(prefers: Floats, told: Sequence[_Told], one: Conjoint, chains: int) -> xr.Dataset:
    """Return the draws that all is made of, by group and worldview, and by group as weighted."""
    levels = [f"{a}: {t}" for a, t in zip(one.attribute_label, one.level_label, strict=True)]
    held: tuple[str, ...] = ("chain", "draw", "group", "worldview", "level")
    variables = {"prefers_by_group_and_worldview": _variable(held, prefers, chains)}
    coords: dict[str, list[str]] = {"level": levels}
    for part in told:
        weighted = part.weighting != "unweighted"
        group = f"{part.weighting}_group" if weighted else "group"
        dims = ("chain", "draw", group, "level")
        variables[f"prefers_by_{group}"] = _variable(dims, part.prefers, chains)
        coords[group] = [str(head["group_label"]) for head in part.heads]
    return xr.Dataset(variables, coords=coords)


def _variable(dims: tuple[str, ...], draws: Floats, chains: int) -> xr.Variable:
    of = "group and worldview" if "worldview" in dims else "group"
    about = {"long_name": f"share of a {of} that prefers a level"}
    return xr.Variable(dims, draws.reshape(chains, -1, *draws.shape[1:]), about)
