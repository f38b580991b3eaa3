"""Who holds which worldview: membership probabilities, never only a hard label.

Given one draw of the parameters, person i of group g belongs to worldview c with probability
``r_ic ∝ π_gc Π_h P_c(y_ih)`` (Bayes' rule over the answers given). People are taken in batches of
draws, so that N × C × draws never has to be in memory at once.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import xarray as xr
from scipy.sparse import csr_array

from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.quantities.weighted_composition import weighted_composition

#: Numbers held at once in a batch of responsibilities.
BATCH = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Memberships:
    """Posterior of who holds what. N persons, C worldviews, M sampled partitions."""

    probability: Floats  #: (N, C) posterior mean of the membership probabilities
    certainty: xr.DataArray  #: (chain, draw) entropy R²: 0 = no idea, 1 = certain
    weighted: xr.DataArray | None  #: (chain, draw, group, worldview); group "" is everyone
    partitions: Ints  #: (M, N) worldview (0-based) of each person in M draws


def infer_memberships(
    matched: xr.Dataset,
    data: ModelData,
    *,
    shown: Ints,
    seed: int,
    partitions: int = 200,
) -> Memberships:
    """Work out memberships from matched draws.

    Parameters
    ----------
    matched
        From :func:`mfp_stats.quantities.worldview_labels.match_draws`.
    data
        What was fitted.
    shown
        Indices of the groups that may be shown; others stay out of weighted shares.
    seed
        Of sampled memberships and of the Bayesian bootstrap.
    partitions
        How many draws (evenly spaced) to keep a sampled partition of.

    Notes
    -----
    Entropy R² is ``1 - Σ_i H(r_i) / (N log C)`` (Ramaswamy et al. 1993). Weighted shares:
    :mod:`mfp_stats.quantities.weighted_composition`.
    """
    rng = np.random.default_rng(seed)
    chains, draws = matched.sizes["chain"], matched.sizes["draw"]
    kept = np.linspace(0, chains * draws - 1, min(partitions, chains * draws)).astype(int)
    composition = matched["composition"].values
    composition = composition.reshape(chains * draws, *composition.shape[2:])
    mean = np.zeros((len(data.respondents), matched.sizes["worldview"]))
    certainty, weighted, sampled = [], [], []
    for first, member in responsibilities(matched, data):
        mean += member.sum(axis=0) / (chains * draws)
        certainty.append(_certainty(member))
        if data.weight is not None:
            before = composition[first : first + len(member)]
            weighted.append(_weighted_shares(member, before, data, shown, rng))
        here = kept[(kept >= first) & (kept < first + len(member))] - first
        sampled.append(_sample(member[here], rng))
    return Memberships(
        probability=mean,
        certainty=_by_chain(np.concatenate(certainty), matched, {}),
        weighted=_labelled(weighted, matched, data, shown),
        partitions=np.concatenate(sampled),
    )


def responsibilities(matched: xr.Dataset, data: ModelData) -> Iterator[tuple[int, Floats]]:
    """Yield (first draw, responsibilities (draws, N, C)) over the pooled draws in order."""
    assert data.beliefs is not None
    chosen = csr_array(Categories.of(data.beliefs).chosen)
    profile, composition = (
        np.log(np.maximum(matched[name].values, 1e-300)).reshape(-1, *matched[name].shape[2:])
        for name in ("profile", "composition")
    )  # (draws, T, C), (draws, G, C)
    n_classes = profile.shape[2]
    size = max(1, BATCH // (len(data.group) * n_classes))
    for first in range(0, len(profile), size):
        table = profile[first : first + size]
        flat = table.transpose(1, 0, 2).reshape(table.shape[1], -1)
        joint = (chosen @ flat).reshape(-1, len(table), n_classes).transpose(1, 0, 2)
        joint = joint + composition[first : first + size][:, data.group]
        joint -= joint.max(axis=2, keepdims=True)
        member = np.exp(joint)
        yield first, member / member.sum(axis=2, keepdims=True)


def log_evidence(matched: xr.Dataset, data: ModelData) -> Iterator[Floats]:
    """Yield each draw's log density of everybody's beliefs in each worldview, (N, C).

    Up to a constant a person; chains one after the other.
    """
    flat = matched["composition"].transpose("chain", "draw", ...).values
    log_composition = np.log(np.maximum(flat, 1e-300)).reshape(-1, *flat.shape[2:])
    for first, member in responsibilities(matched, data):
        for k, one in enumerate(member):
            yield bounded_log(one) - log_composition[first + k][data.group]


def belief_log_memberships(matched: xr.Dataset, data: ModelData) -> Floats:
    """Return log-probabilities of the worldviews given group and beliefs alone, (S, N, C).

    Consequence ratings, which form worldviews too, are left out: whatever conditions on them later
    must not count them twice. Chains one after the other, in single precision: there are many.
    """
    assert data.beliefs is not None
    consequences = [i.item for i in data.beliefs.indicators if i.consequence]
    draws = matched.sizes["chain"] * matched.sizes["draw"]
    shape = (draws, len(data.respondents), matched.sizes["worldview"])
    found = np.empty(shape, dtype=np.float32)
    for s, member in enumerate(memberships_without(matched, data, consequences)):
        found[s] = bounded_log(member)
    return cast("Floats", found)


def mean_of_log(log_membership: Floats) -> Floats:
    """Return the logarithm of what memberships (S, N, C) are on average, (N, C)."""
    mean = np.zeros(log_membership.shape[1:])
    for one in log_membership:
        mean += np.exp(one) / len(log_membership)
    return bounded_log(mean)


def mean_log_membership(matched: xr.Dataset, data: ModelData, items: Collection[str]) -> Floats:
    """Return the logarithm of :func:`memberships_without` averaged over the draws, (N, C)."""
    total = matched.sizes["chain"] * matched.sizes["draw"]
    mean = np.zeros((len(data.respondents), matched.sizes["worldview"]))
    for member in memberships_without(matched, data, items):
        mean += member / total
    return bounded_log(mean)


def bounded_log(share: Floats) -> Floats:
    """Return the logarithm of shares, of 0 that of next to nothing."""
    return np.asarray(np.log(np.maximum(share, 1e-12)))


def memberships_without(
    matched: xr.Dataset, data: ModelData, items: Collection[str]
) -> Iterator[Floats]:
    """Yield each draw's probabilities of the worldviews, (N, C), chains one after the other.

    Parameters
    ----------
    matched, data
        As of :func:`infer_memberships`.
    items
        Items whose answers are no evidence here. Without any other, the group alone tells.
    """
    assert data.beliefs is not None
    indicators = data.beliefs.indicators
    cells = np.array([i.item not in items for i in indicators], dtype=np.bool_)
    if not cells.any():
        shares = matched["composition"].transpose("chain", "draw", ...).values
        yield from (one[data.group] for one in shares.reshape(-1, *shares.shape[2:]))
        return
    sizes = [len(i.categories) for i in indicators]
    profile = matched["profile"].isel(answers=np.flatnonzero(np.repeat(cells, sizes)))
    kept = tuple(i for i, there in zip(indicators, cells, strict=True) if there)
    beliefs = replace(data.beliefs, indicators=kept, answers=data.beliefs.answers[:, cells])
    only = xr.Dataset({"profile": profile, "composition": matched["composition"]})
    for _, members in responsibilities(only, replace(data, beliefs=beliefs)):
        yield from members


def everyone_of(data: ModelData, shown: Ints) -> Ints:
    """Return the groups that everyone is made of: those shown, or all where each is too small.

    A small group beside shown ones could be worked out from everyone's figures; several small ones
    by themselves cannot.
    """
    return shown if len(shown) else np.arange(len(data.groups))


def population_names(data: ModelData, shown: Ints) -> list[str]:
    """Return the names of everyone shown, "", and of each shown group."""
    return ["", *(data.groups[g] for g in shown)]


def _certainty(member: Floats) -> Floats:
    n_classes = member.shape[2]
    if n_classes == 1:
        return np.ones(len(member))
    entropy = -(member * np.log(np.maximum(member, 1e-300))).sum(axis=2)
    return np.asarray(1 - entropy.mean(axis=1) / np.log(n_classes))


def _sample(member: Floats, rng: np.random.Generator) -> Ints:
    """Draw a worldview (0-based) for everyone in every draw, shape (draws, N)."""
    passed = rng.random((*member.shape[:2], 1)) > member.cumsum(axis=2)[:, :, :-1]
    return passed.sum(axis=2).astype(np.int64)


def _weighted_shares(
    member: Floats, composition: Floats, data: ModelData, shown: Ints, rng: np.random.Generator
) -> Floats:
    """Return the share of each worldview in everyone and in each shown group, (draws, P, C)."""
    assert data.weight is not None
    bootstrap = rng.standard_exponential(member.shape[:2])
    share = weighted_composition(member, composition, data.weight, bootstrap, data.group)
    everyone = everyone_of(data, shown)
    counts = (bootstrap * data.weight) @ np.equal.outer(data.group, everyone).astype(np.float64)
    counts /= counts.sum(axis=1, keepdims=True)
    together = np.einsum("sg,sgc->sc", counts, share[:, everyone])
    return np.concatenate([together[:, None], share[:, shown]], axis=1)


def _by_chain(values: Floats, matched: xr.Dataset, coords: Mapping[str, object]) -> xr.DataArray:
    chains, draws = matched.sizes["chain"], matched.sizes["draw"]
    return xr.DataArray(
        values.reshape(chains, draws, *values.shape[1:]),
        dims=("chain", "draw", *coords),
        coords={"chain": matched["chain"], "draw": matched["draw"], **coords},
    )


def _labelled(
    batches: list[Floats], matched: xr.Dataset, data: ModelData, shown: Ints
) -> xr.DataArray | None:
    if not batches:
        return None
    coords = {"group": population_names(data, shown), "worldview": matched["worldview"].values}
    return _by_chain(np.concatenate(batches), matched, coords)
