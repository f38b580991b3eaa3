"""Draws of each respondent's values, and the weights of the population that respondents stand for.

Within one joint draw of the posterior the respondents' values are together a draw from the
population given their answers: neither shrunk together, as posterior means would be, nor spread
apart. A Bayesian bootstrap (Rubin 1981) of the respondents then carries what a sample of this
size leaves open about the population.
"""

from collections.abc import Iterator

import numpy as np
import xarray as xr
from scipy.special import ndtri

from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.likelihoods.subsets import Offer, offers, set_probabilities, uniform_nodes

#: Draws worked on at a time hold about this many numbers, 8 bytes each.
_CELLS = 4_000_000
#: Nodes among which a person who was integrated out is drawn, 2 to this power per group.
_LOG2_NODES = 9


def answered(data: ModelData) -> Bools:
    """Return who gave any of the evidence on values that is in ``data``, (N,)."""
    found = np.zeros(len(data.respondents), dtype=np.bool_)
    for part in (data.best_worst, data.picks, data.rankings, data.ratings):
        if part is not None:
            found[part.person] = True
    return found


def person_values(
    posterior: xr.Dataset, data: ModelData, *, seed: int = 0
) -> Iterator[tuple[Ints, Floats]]:
    """Draw the respondents' values, a few posterior draws at a time.

    Where the model sampled persons these are its draws ``v``. Where it integrated them out (one
    pick a person, nothing else) they are drawn from ``v_i | pick, μ, Σ``: for every posterior draw
    and group anew, out of randomly shifted low-discrepancy nodes of ``Normal(μ_g, Σ)`` by the
    likelihood of the pick.

    Parameters
    ----------
    posterior
        Draws of ``models/values.py``, dims (chain, draw, ...).
    data
        What was fitted.
    seed
        Of the second way.

    Yields
    ------
    rows, v
        Indices of draws, chain by chain, and (draw, person, value) utilities in logits, of the
        persons for whom :func:`answered` holds, in their order.
    """
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    who = np.flatnonzero(answered(data))
    sampled = "v" in posterior
    nodes = 1 if sampled else len(data.groups) * 2**_LOG2_NODES * _outcomes(data) // len(who) + 1
    size = max(1, _CELLS // (len(who) * len(data.values) * nodes))
    picks = () if sampled else offers(data)
    rng = np.random.default_rng(seed)
    for start in range(0, total, size):
        rows = np.arange(start, min(start + size, total))
        if sampled:
            yield rows, flat_draws(posterior["v"], rows)[:, who]
        else:
            mu, factor = flat_draws(posterior["mu"], rows), flat_draws(posterior["factor"], rows)
            v = np.zeros((len(rows), len(data.respondents), len(data.values)))
            for offer in picks:
                v[:, offer.person] = _resample(mu, factor, offer, data.group[offer.person], rng)
            yield rows, v[:, who]


def flat_draws(draws: xr.DataArray, rows: Ints) -> Floats:
    """Return some draws with chains one after the other, (draw, ...)."""
    values = draws.transpose("chain", "draw", ...).values
    flat = values.reshape(-1, *values.shape[2:])
    return np.asarray(flat[rows[0] : rows[-1] + 1], dtype=np.float64)


def _outcomes(data: ModelData) -> int:
    return max(offer.outcomes for offer in offers(data))


def _resample(
    mu: Floats, factor: Floats, offer: Offer, group: Ints, rng: np.random.Generator
) -> Floats:
    """Draw persons' values given their picks, (draw, person, K).

    ``mu`` (draw, G, K), ``factor`` (draw, K, K − 1), ``group`` of the offer's persons.
    """
    draws, groups, values = mu.shape
    shift = rng.random((draws, groups, 1, values - 1))
    points = (uniform_nodes(values - 1, log2=_LOG2_NODES) + shift) % 1.0
    z = ndtri(np.clip(points, 1e-12, 1 - 1e-12))  # (draw, G, M, K-1)
    v = mu[:, :, None] + z @ factor.transpose(0, 2, 1)[:, None]  # (draw, G, M, K)
    w = np.exp(v).reshape(-1, values).T
    sets = np.concatenate(set_probabilities(w, offer)).reshape(-1, draws, groups, z.shape[2])
    cumulated = np.cumsum(sets, axis=-1)
    cumulated /= cumulated[..., -1:]
    # One search serves all: give the k-th list the range (k, k + 1].
    lists = np.arange(cumulated.size // z.shape[2]).reshape(cumulated.shape[:-1])
    line = (cumulated + lists[..., None]).ravel()
    own = lists[offer.outcome, :, group].T  # (draw, person)
    node = np.searchsorted(line, own + rng.random(own.shape)) - own * z.shape[2]
    node = np.clip(node, 0, z.shape[2] - 1)
    return np.asarray(v[np.arange(draws)[:, None], group, node])


def bootstrap_weights(weight: Floats | None, who: Ints, rows: Ints, *, seed: int) -> Floats:
    """Weights of a (weighted) Bayesian bootstrap, (draw, person).

    Each person's design weight times a standard exponential. The exponential of person i in draw
    s depends on seed, s and i alone, so that fits of the same people share it and what they say
    can be compared draw by draw.

    Parameters
    ----------
    weight
        (N,) design weights, taken as known; None for everyone alike.
    who
        (n,) the persons wanted, out of all N.
    rows
        Indices of the draws.
    seed
        Of the exponentials.
    """
    last = int(who.max()) + 1
    draws = [np.random.default_rng((seed, s)).standard_exponential(last)[who] for s in rows]
    found = np.array(draws)
    return found if weight is None else found * weight[who]
