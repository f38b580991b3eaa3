"""Draws from the prior that a built model itself declares."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import xarray as xr
from numpy.typing import NDArray
from pymc.distributions.transforms import Ordered
from pymc.pytensorf import compile as compile_drawing
from pymc.pytensorf import reseed_rngs
from pytensor.graph.traversal import ancestors

type Floats = NDArray[np.float64]
type Values = Mapping[str, Floats]


class Prior:
    """The free variables of one model and what follows from them; compiled once.

    A vector that is kept in order is, under its prior, the sorted draw of its distribution.

    Raises
    ------
    NotImplementedError
        Another free variable depends on one that is kept in order.
    """

    def __init__(self, model: pm.Model) -> None:
        self._model = model
        self._ordered = {
            rv.name for rv in model.free_RVs if isinstance(model.rvs_to_transforms[rv], Ordered)
        }
        _refuse_dependents(model, self._ordered)
        self._draw: Any
        self._draw, updates = compile_drawing(
            [], model.free_RVs, random_seed=False, return_updates=True, mode="FAST_COMPILE"
        )
        self._rngs: list[Any] = list(updates)
        self._derive = self._function(model.deterministics)
        self._unconstrain = self._function([_unconstrained(model, rv) for rv in model.free_RVs])

    def _function(self, outputs: Sequence[Any]) -> Any:
        return pytensor.function(
            self._model.free_RVs, list(outputs), mode="FAST_COMPILE", on_unused_input="ignore"
        )

    def draw(self, seed: int) -> dict[str, Floats]:
        """Draw all free variables jointly."""
        reseed_rngs(self._rngs, seed)
        drawn = {rv.name: x for rv, x in zip(self._model.free_RVs, self._draw(), strict=True)}
        return {k: np.sort(x, axis=-1) if k in self._ordered else x for k, x in drawn.items()}

    def everything(self, values: Values) -> xr.Dataset:
        """Return free variables and Deterministics in the form of a posterior of one draw.

        Deterministics that depend on data are those of the data that the model now holds.
        """
        derived = self._derive(*values.values())
        names = [var.name for var in self._model.deterministics]
        found = {**values, **dict(zip(names, derived, strict=True))}
        dims = self._model.named_vars_to_dims
        arrays = {
            name: (
                ("chain", "draw", *dims.get(name, [f"{name}_{k}" for k in range(np.ndim(x))])),
                np.asarray(x)[None, None],
            )
            for name, x in found.items()
        }
        used = {dim for names, _ in arrays.values() for dim in names}
        coords = {k: list(v) for k, v in self._model.coords.items() if k in used and v is not None}
        return xr.Dataset(arrays, coords)

    def unconstrained(self, values: Values) -> dict[str, Floats]:
        """Return the free variables on the scale of the sampler, flat."""
        names = [rv.name for rv in self._model.free_RVs]
        found = self._unconstrain(*(values[name] for name in names))
        return {n: np.asarray(x, dtype=float).ravel() for n, x in zip(names, found, strict=True)}


def _unconstrained(model: pm.Model, rv: Any) -> Any:
    transform = model.rvs_to_transforms[rv]
    return rv if transform is None else transform.forward(rv, *rv.owner.inputs)


def _refuse_dependents(model: pm.Model, ordered: set[str]) -> None:
    for rv in model.free_RVs:
        above = {v.name for v in ancestors([rv]) if v is not rv} & ordered
        if above:
            what = f"{rv.name} depends on {above}, whose order is not that of its distribution"
            raise NotImplementedError(what)
