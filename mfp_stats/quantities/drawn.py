"""Small tools for draws: chains laid end to end, and choosing among weighted nodes."""

import numpy as np
import xarray as xr

from mfp_stats.design.data import Floats, Ints


def flat_draws(draws: xr.DataArray, rows: Ints) -> Floats:
    """Return some draws with chains one after the other, (draw, ...).

    Parameters
    ----------
    draws
        Dims (chain, draw, ...).
    rows
        Consecutive indices, chain by chain.
    """
    values = draws.transpose("chain", "draw", ...).values
    flat = values.reshape(-1, *values.shape[2:])
    return np.asarray(flat[rows[0] : rows[-1] + 1], dtype=np.float64)


def pick_nodes(weights: Floats, lists: Ints, rng: np.random.Generator) -> Ints:
    """Draw one node out of each wanted list with probability proportional to its weight.

    Parameters
    ----------
    weights
        (..., M) positive: many lists of M nodes; the leading axes flattened number the lists.
    lists
        Numbers of the wanted lists, any shape, repeats allowed.
    rng
        Source of randomness.

    Returns
    -------
    Ints
        Positions 0..M − 1, in the shape of ``lists``.
    """
    nodes = weights.shape[-1]
    line = np.cumsum(weights.reshape(-1, nodes), axis=1)
    line /= line[:, -1:]
    # One search serves all: the k-th list covers (k, k + 1].
    line += np.arange(len(line))[:, None]
    found = np.searchsorted(line.ravel(), lists + rng.random(lists.shape)) - lists * nodes
    return np.asarray(np.clip(found, 0, nodes - 1), dtype=np.int64)
