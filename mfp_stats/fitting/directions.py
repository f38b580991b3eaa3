"""Coordinates for a second try: stretched along the directions that the first found long.

The sampler scales every parameter by itself. Where many move together, as the size of a worldview
and its answers do, the way along them is several times as long as any of them shows, and chains
take as many times longer. In coordinates in which that way is as short as the others, draws of the
same posterior cost the same and tell more: three worldviews of a real survey gave 790 independent
draws in the place of 200. Only a few directions are taken, and none that is not clearly longer, so
that little of the first try's chance is followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A direction is long where it varies by more than this, parameters varying by 1.
LONG: Final = 4.0
#: Beyond as many parameters their correlations are neither cheap nor known.
MOST_PARAMETERS: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Directions:
    """Long directions across the free variables that live on the whole line. D = their cells."""

    scale: Mapping[str, Floats]  #: variable -> (cells,) sds
    along: Mapping[str, Floats]  #: variable -> (cells, k), orthonormal over all variables
    length: Floats  #: (k,) sd along each direction, in units of the mean over all others


def long_directions(model: pm.Model, posterior: xr.Dataset) -> Directions | None:
    """Find the directions along which draws vary far more than each parameter by itself.

    Parameters
    ----------
    model
        What was sampled.
    posterior
        Its draws, dims (chain, draw, ...). Variables that are not there keep their coordinates.

    Returns
    -------
    Directions or None
        None where no direction is long, or parameters are too many. The directions are those of
        probabilistic principal components (Tipping & Bishop 1999).
    """
    whole_line = [rv.name for rv in model.free_RVs if model.rvs_to_transforms[rv] is None]
    names = [name for name in whole_line if name in posterior]
    arrays = [posterior[name].transpose("chain", "draw", ...).values for name in names]
    draws = [array.reshape(array.shape[0] * array.shape[1], -1) for array in arrays]
    sizes = [array.shape[1] for array in draws]
    if not 1 < sum(sizes) <= MOST_PARAMETERS:
        return None
    flat = np.hstack(draws)
    scale = flat.std(axis=0)
    if not (scale > 0).all():
        return None
    variances, vectors = np.linalg.eigh(np.corrcoef(flat, rowvar=False))
    long = variances > LONG
    if not long.any():
        return None
    ends = np.cumsum(sizes)[:-1]
    return Directions(
        scale=dict(zip(names, np.split(scale, ends), strict=True)),
        along=dict(zip(names, np.split(vectors[:, long], ends), strict=True)),
        length=np.sqrt(variances[long] / variances[~long].mean()),
    )


def along_directions(
    compiled: Any,  # noqa: ANN401 - nutpie's compiled models share no public type
    directions: Directions,
    sizes: Mapping[str, int],
) -> Any:  # noqa: ANN401
    """Return a compiled model whose sampler moves in stretched coordinates.

    Parameters
    ----------
    compiled
        Of nutpie's JAX backend. Its draws stay in the model's own coordinates.
    directions
        Where to stretch.
    sizes
        Cells of each free variable on the unconstrained scale, in the sampler's order.
    """
    stretch = _Stretch.of(directions, sizes)
    density, expand = compiled._make_logp_func, compiled._make_expand_func
    starts = compiled._make_initial_points

    def make_density() -> Any:  # noqa: ANN401
        inner = density()

        def stretched(at: Floats, **shared: Any) -> tuple[float, Floats]:  # noqa: ANN401
            value, slope = inner(stretch.out(at), **shared)
            return value, stretch.slope(slope)

        return stretched

    def make_expand(*seeds: Any) -> Any:  # noqa: ANN401
        inner = expand(*seeds)
        return lambda at, **shared: inner(stretch.out(at), **shared)

    return replace(
        compiled,
        _make_logp_func=make_density,
        _make_expand_func=make_expand,
        _make_initial_points=lambda seed: stretch.back(starts(seed)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """The map ``x = scale × (I + along diag(length − 1) alongᵀ) z`` of D coordinates."""

    scale: Floats  # (D,)
    along: Floats  # (D, k)
    length: Floats  # (k,)

    @classmethod
    def of(cls, directions: Directions, sizes: Mapping[str, int]) -> "_Stretch":
        """Lay the variables end to end; those without directions keep their coordinates."""
        count = len(directions.length)
        scale = [directions.scale.get(name, np.ones(size)) for name, size in sizes.items()]
        along = [
            directions.along.get(name, np.zeros((size, count))) for name, size in sizes.items()
        ]
        return cls(np.concatenate(scale), np.vstack(along), directions.length)

    def out(self, z: Floats) -> Floats:
        return self.scale * self._by(z, self.length - 1)

    def back(self, x: Floats) -> Floats:
        return self._by(x / self.scale, 1 / self.length - 1)

    def slope(self, of_x: Floats) -> Floats:
        return self._by(self.scale * of_x, self.length - 1)

    def _by(self, vector: Floats, more: Floats) -> Floats:
        return vector + self.along @ (more * (vector @ self.along))
