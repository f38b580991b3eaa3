"""How draws are summed up: mean and the ends of the central 90 % interval, everywhere the same."""

from typing import Final

import xarray as xr

#: The two ends of every interval shown.
LOW: Final = 0.05
HIGH: Final = 0.95


def summarise(draws: xr.DataArray) -> xr.Dataset:
    """Return ``mean``, ``q05`` and ``q95`` over chains and draws.

    Parameters
    ----------
    draws
        Dims (chain, draw, ...); the other dims and their coordinates are kept, in order. Any of
        them may be empty: no group may be large enough to be shown. A NaN draw makes the summary
        NaN.
    """
    over = ("chain", "draw")
    ends = draws.quantile([LOW, HIGH], dim=over, skipna=False)
    return xr.Dataset(
        {
            "mean": draws.mean(over, skipna=False),
            "q05": ends.isel(quantile=0, drop=True),
            "q95": ends.isel(quantile=1, drop=True),
        }
    )
