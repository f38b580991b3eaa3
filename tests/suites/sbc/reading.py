"""Reading draws and the truth, which has the form of a posterior of one draw."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


def flat(draws: xr.Dataset, name: str) -> Floats:
    """Return a variable with chains one after the other, (draw, ...)."""
    values = draws[name].transpose("chain", "draw", ...).values
    return np.asarray(values.reshape(-1, *values.shape[2:]), dtype=np.float64)


def one(truth: xr.Dataset, name: str) -> Floats:
    """Return a variable of the truth, without chain and draw."""
    return np.asarray(flat(truth, name)[0])
