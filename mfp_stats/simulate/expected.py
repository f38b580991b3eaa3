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
    ``normalised`` divides by √(O_aa · O_bb), so that 1 means as alike as insiders. Groups get the
    same random numbers: groups alike in their parameters are as alike as insiders, exactly.
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
    around = draw_zero_sum(truth.value_covariance, draws, generator(int(again), "expected"))
    return [softmax(mean + around, axis=1) for mean in truth.value_means]


def _alike(a: Floats, b: Floats) -> float:
    return float(1 - np.abs(a - b).sum(axis=1).mean() / 2)
