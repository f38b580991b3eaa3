"""Condition draws of a second model on every draw of what a first one measured.

A "cut" posterior (Plummer 2015): the second model's parameters given each draw of the first, while
nothing flows back. The second model is sampled once, at the mean of what was measured; each of its
draws is then moved by as much as the mode of its posterior moves under another measurement. Two
Newton steps with the draws' covariance in the place of the inverse curvature find that; it is
exact where the posterior keeps its shape, to which a slow test holds it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import xarray as xr
from numpy.typing import NDArray
from pymc.model.transform.optimization import freeze_dims_and_data
from pytensor.graph.replace import graph_replace

from mfp_stats.errors import Fault, FitFailed
from mfp_stats.fitting.compiling import cache_folder, configure_jax

Floats = NDArray[np.float64]
Slope = Callable[[Floats, Mapping[str, Floats]], Floats]

#: Newton steps for each draw.
STEPS: Final = 2
#: Standard deviations of the posterior by which a draw may be moved: two steps along a curvature
#: that holds near its centre say nothing of what lies beyond.
FARTHEST: Final = 30.0


def condition_draws(
    model: pm.Model, posterior: xr.Dataset, measured: Iterable[Mapping[str, Floats]]
) -> xr.Dataset:
    """Return draws that are conditioned one by one on draws of what was measured.

    Parameters
    ----------
    model
        The second model; its free variables are on the whole line, and its data containers hold
        the mean of what was measured.
    posterior
        Its draws, dims (chain, draw, ...): all free variables.
    measured
        For each draw, chain by chain, new values of some of the model's data, in the same shapes.

    Returns
    -------
    xr.Dataset
        Free variables and deterministics, dims (chain, draw, ...).

    Raises
    ------
    FitFailed
        ``measured`` is shorter than the posterior, or a moved draw is not finite.
    """
    names = [rv.name for rv in model.free_RVs]
    flat = {n: posterior[n].values.reshape(-1, *posterior[n].shape[2:]) for n in names}
    draws = np.column_stack([v.reshape(len(v), -1) for v in flat.values()])
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    centre = draws.mean(axis=0)
    slope: Slope | None = None
    moved = np.full_like(draws, np.nan)
    for at, data in zip(range(len(draws)), measured, strict=False):
        if slope is None:
            slope = _gradient(model, tuple(data))
            level = slope(centre, {name: model[name].get_value() for name in data})
        shift = np.zeros_like(centre)
        for _ in range(STEPS):
            shift += covariance @ (slope(centre + shift, data) - level)
        moved[at] = draws[at] + shift
    if not np.isfinite(moved).all() or _far(moved, draws):
        raise FitFailed(Fault("conditioning", "some draws could not be conditioned"))
    return _with_deterministics(model, _unflatten(moved, posterior, names))


def _far(moved: Floats, draws: Floats) -> bool:
    """Whether a draw was moved farther than the model's own shape can answer for."""
    spread = np.maximum(draws.std(axis=0), 1e-12)
    return bool((np.abs(moved - draws) > FARTHEST * spread).any())


def _gradient(model: pm.Model, measured: tuple[str, ...]) -> Slope:
    """Compile the gradient of the log-density over all free variables, measured data an input."""
    configure_jax(cache_folder())
    others = [data.name for data in model.data_vars if data.name not in measured]
    frozen = freeze_dims_and_data(model, data=others)
    # JAX needs constant shapes, which a data container does not promise.
    inputs = {
        frozen[name]: pt.tensor(name, dtype="float64", shape=model[name].get_value().shape)
        for name in measured
    }
    # Freezing reorders variables.
    free = [frozen[rv.name] for rv in model.free_RVs]
    values = [frozen.rvs_to_values[rv] for rv in free]
    gradient = graph_replace([frozen.dlogp(free)], inputs, strict=False)[0]
    compiled = pytensor.function(
        [*values, *inputs.values()], gradient, mode="JAX", on_unused_input="ignore"
    )
    start = frozen.initial_point()
    shapes = [start[value.name].shape for value in values]
    ends = np.cumsum([int(np.prod(shape, dtype=np.int64)) for shape in shapes])

    def slope(at: Floats, data: Mapping[str, Floats]) -> Floats:
        parts = np.split(at, ends[:-1])
        point = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        return np.asarray(compiled(*point, *(data[name] for name in measured)), dtype=np.float64)

    return slope


def _unflatten(draws: Floats, like: xr.Dataset, names: list[str]) -> xr.Dataset:
    """Put columns back into variables, dims (chain, draw, ...)."""
    found, used = {}, 0
    for name in names:
        array = like[name].transpose("chain", "draw", ...)
        cells = int(np.prod(array.shape[2:], dtype=np.int64))
        part = draws[:, used : used + cells].reshape(array.shape)
        found[name] = array.copy(data=part)
        used += cells
    return xr.Dataset(found)


def _with_deterministics(model: pm.Model, free: xr.Dataset) -> xr.Dataset:
    computed = pm.compute_deterministics(
        free, model=model, progressbar=False, compile_kwargs={"mode": "FAST_COMPILE"}
    )
    return free.merge(computed)
