"""What an analyst with endless data would find in a simulated population."""

import numpy as np
import xarray as xr
from scipy.special import softmax

from mfp_stats.simulate.people import draw_zero_sum
from mfp_stats.simulate.seeds import generator
from mfp_stats.simulate.truth import Floats, Truth


def expected_importance(truth: Truth, *, draws: int = 20_000) -> xr.DataArray:
    """Return each group's mean importance shares E[softmax(v)], dims (group, value).

    Parameters
    ----------
    truth
        The parameters.
    draws
        People drawn a group; the Monte Carlo error of a share is below 0.5/√draws.
    """
    means = np.array([shares.mean(axis=0) for shares in _importance(truth, draws)])
    return xr.DataArray(means, coords={"group": list(truth.groups), "value": list(truth.values)})


def expected_overlap(truth: Truth, *, draws: int = 20_000) -> xr.Dataset:
    """Return the overlap of every two groups (method, section 4), dims (group_a, group_b).

    ``raw`` is E[1 − ½ Σ_k |w_ik − w_jk|] for i of group_a and j of group_b drawn independently;
    ``normalised`` divides by √(O_aa · O_bb), so that 1 means as alike as insiders.
    """
    first, second = _importance(truth, draws), _importance(truth, draws, again=True)
    raw = np.array([[_alike(a, b) for b in second] for a in first])
    raw = (raw + raw.T) / 2
    inside = np.sqrt(np.diag(raw))
    names = list(truth.groups)
    dims = ("group_a", "group_b")
    return xr.Dataset(
        {"raw": (dims, raw), "normalised": (dims, raw / np.outer(inside, inside))},
        coords={"group_a": names, "group_b": names},
    )


def _importance(truth: Truth, draws: int, *, again: bool = False) -> list[Floats]:
    """Return importance shares of people drawn from each group, arrays (draws, K)."""
    rngs = [generator(int(again), "expected", group) for group in truth.groups]
    return [
        softmax(mean + draw_zero_sum(truth.value_covariance, draws, rng), axis=1)
        for mean, rng in zip(truth.value_means, rngs, strict=True)
    ]


def _alike(a: Floats, b: Floats) -> float:
    return float(1 - np.abs(a - b).sum(axis=1).mean() / 2)
