"""Whether the draws of a fit may be shown: every displayed quantity, or none of them.

The conditions are those of the method's section "When nothing may be shown": at least 4 chains;
rank-normalised split R-hat at most 1.01 and bulk and tail effective sample sizes of at least 400
on every displayed quantity (Vehtari et al. 2021); no divergences; E-BFMI at least 0.3 (Betancourt
2016); no NaN; chains in the same mode.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from mfp_stats.errors import Fault, FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.convergence import bulk_ess, e_bfmi, separation, split_rhat, tail_ess
from mfp_stats.fitting.settings import MIN_CHAINS

MAX_RHAT: Final = 1.01
MIN_ESS: Final = 400
MIN_E_BFMI: Final = 0.3
#: Farthest that one chain may lie from the others, in sds within a chain.
MAX_SEPARATION: Final = 1.0

#: What is needed of the sampler's statistics.
STATISTICS: Final = ("diverging", "energy", "logp")

#: What to do where a check fails.
ADVICE: Final = {
    "chains": "Run at least 4 chains: fewer cannot be compared.",
    "finite": "Some draws are not numbers. Check the data for groups without answers and the "
    "model for logarithms of zero, then fit again.",
    "varies": "This quantity is the same in every draw, so nothing was learnt about it, or its "
    "chains are stuck. Leave it out if it is constant by definition.",
    "r_hat": "The chains have not come to the same answer. Take twice the draws and tuning draws; "
    "if that does not help, use a simpler model, fewer classes or fewer groups.",
    "bulk_ess": "Too few independent draws for a mean. Take about {draws} draws a chain; if that "
    "is too slow, use a simpler model or fewer groups.",
    "tail_ess": "Too few independent draws for the ends of the interval. Take about {draws} draws "
    "a chain; if that is too slow, use a simpler model or fewer groups.",
    "modes": "The chains have settled on different answers that each fit the data, and averaging "
    "over them would describe none. Use fewer classes, better starting values or stronger priors.",
    "divergences": "The sampler could not follow the posterior everywhere, so part of it is "
    "missing. Set target_accept to 0.95 or higher; if divergences stay, use a simpler model or "
    "tighter priors.",
    "e_bfmi": "The sampler explores the spread between groups or people too slowly. Use tighter "
    "priors on standard deviations or merge small groups.",
}


@dataclass(frozen=True, slots=True)
class _Flat:
    """All displayed quantities as columns, shape (chain, draw, quantity)."""

    draws: NDArray[np.float64]
    name: Callable[[int], str]


def check_draws(
    quantities: xr.Dataset,
    sample_stats: xr.Dataset,
    *,
    constants: Collection[str] = (),
) -> GateResult:
    """Judge the draws of everything that is displayed of one step of a fit.

    Parameters
    ----------
    quantities
        The displayed quantities, each with dims (chain, draw, ...). ``attrs["long_name"]`` of a
        variable, where there is one, and its coordinates are used to name the worst.
    sample_stats
        The sampler's statistics: ``diverging``, ``energy`` and ``logp``, dims (chain, draw).
    constants
        Names of variables some of whose cells may rightly be the same in every draw, such as a
        group's likeness to itself. These cells are not judged; a constant cell of any other
        variable fails the check ``varies``.

    Returns
    -------
    GateResult
        The checks chains, finite, varies, r_hat, bulk_ess, tail_ess, modes, divergences, e_bfmi.

    Raises
    ------
    FitRefused
        There is nothing to judge, or a statistic or one of ``constants`` is missing.
    """
    _require_inputs(quantities, sample_stats, constants)
    # Infinite draws and statistics become NaN on the way, and NaN passes no check.
    with np.errstate(invalid="ignore"):
        return GateResult(_checks(quantities, sample_stats, constants))


def check_divergences(sample_stats: xr.Dataset) -> Check:
    """Return the check ``divergences`` of the sampler's statistics."""
    return _none_of("divergences", int(sample_stats["diverging"].sum()))


def _checks(
    quantities: xr.Dataset, sample_stats: xr.Dataset, constants: Collection[str]
) -> tuple[Check, ...]:
    stats = {name: _draws(sample_stats[name])[:, :, 0] for name in STATISTICS}
    judged, finite, varies = _columns(quantities, constants)
    return (
        _at_least("chains", quantities.sizes["chain"], MIN_CHAINS),
        finite,
        varies,
        _worst("r_hat", judged, split_rhat, at_most=MAX_RHAT),
        _worst("bulk_ess", judged, bulk_ess, at_least=MIN_ESS),
        _worst("tail_ess", judged, tail_ess, at_least=MIN_ESS),
        _modes(judged, stats["logp"]),
        check_divergences(sample_stats),
        _at_least("e_bfmi", float(e_bfmi(stats["energy"]).min()), MIN_E_BFMI),
    )


def _require_inputs(
    quantities: xr.Dataset, sample_stats: xr.Dataset, constants: Collection[str]
) -> None:
    known = tuple(str(name) for name in quantities.data_vars)
    faults = [
        Fault("sample_stats", f"lacks {name!r}, without which the fit cannot be judged")
        for name in STATISTICS
        if name not in sample_stats
    ]
    faults += [
        Fault(f"quantities.{name}", "has no dims chain and draw")
        for name, array in quantities.data_vars.items()
        if not {"chain", "draw"} <= set(array.dims)
    ]
    faults += [
        Fault("constants", f"there is no quantity {name!r}", known=known)
        for name in constants
        if name not in known
    ]
    if not sum(array.size for array in quantities.data_vars.values()):
        faults.append(Fault("quantities", "there is none to judge"))
    if faults:
        raise FitRefused(faults)


def _columns(quantities: xr.Dataset, constants: Collection[str]) -> tuple[_Flat, Check, Check]:
    """Lay out the cells to be judged; cells that are not finite or constant fail here instead."""
    arrays = [quantities[name] for name in quantities.data_vars]
    draws = np.concatenate([_draws(array) for array in arrays], axis=2)
    owner = np.repeat(np.arange(len(arrays)), [_cells(array) for array in arrays])
    start = np.searchsorted(owner, np.arange(len(arrays)))

    def name(column: int) -> str:
        array = arrays[owner[column]]
        return plain_name(array, int(column - start[owner[column]]))

    finite = np.isfinite(draws).all(axis=(0, 1))
    constant = finite & _is_constant(draws)
    declared = np.array([array.name in constants for array in arrays])[owner]
    kept = np.flatnonzero(finite & ~constant)
    return (
        _Flat(draws[:, :, kept], lambda at: name(int(kept[at]))),
        _none_of("finite", *_count(~finite, name)),
        _none_of("varies", *_count(constant & ~declared, name)),
    )


def _draws(array: xr.DataArray) -> NDArray[np.float64]:
    """Return draws as (chain, draw, cell)."""
    ordered = array.transpose("chain", "draw", ...)
    return ordered.to_numpy().astype(float).reshape(*ordered.shape[:2], -1)


def _is_constant(draws: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find the cells that vary by no more than rounding."""
    size = np.abs(draws).max(axis=(0, 1))
    flat: NDArray[np.bool_] = draws.max(axis=(0, 1)) - draws.min(axis=(0, 1)) <= 1e-12 * size
    return flat


def _cells(array: xr.DataArray) -> int:
    return array.size // (array.sizes["chain"] * array.sizes["draw"])


def plain_name(array: xr.DataArray, cell: int) -> str:
    """Name one cell of a variable in words: ``importance share (group farmers, value safe)``.

    Parameters
    ----------
    array
        The variable, dims (chain, draw, ...).
    cell
        Position of the cell when the remaining dims are laid out in order.
    """
    title = str(array.attrs.get("long_name", array.name)).replace("_", " ")
    dims = [dim for dim in array.dims if dim not in ("chain", "draw")]
    places = np.unravel_index(cell, tuple(array.sizes[dim] for dim in dims)) if dims else ()
    words = [
        f"{str(dim).replace('_', ' ')} {array[dim].values[place]}"
        for dim, place in zip(dims, places, strict=True)
    ]
    return f"{title} ({', '.join(words)})" if words else title


def _count(bad: NDArray[np.bool_], name: Callable[[int], str]) -> tuple[int, str]:
    count = int(bad.sum())
    return count, name(int(bad.argmax())) if count else ""


def _none_of(check: str, count: int, worst: str = "") -> Check:
    return Check(check, float(count), 0.0, count == 0, worst, "" if count == 0 else ADVICE[check])


def _at_least(check: str, value: float, threshold: float) -> Check:
    passed = value >= threshold
    return Check(check, float(value), threshold, passed, "", "" if passed else ADVICE[check])


def _worst(
    check: str,
    judged: _Flat,
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Check:
    """Check the worst value of a figure; one that cannot be computed is worse than any."""
    values = figure(judged.draws)
    if not len(values):
        return Check(check, float("nan"), at_most or at_least or 0.0, True)
    badness = np.where(np.isnan(values), np.inf, values if at_most else -values)
    at = int(badness.argmax())
    value = float(values[at])
    passed = value <= at_most if at_most else value >= (at_least or 0.0)
    advice = "" if passed else _advice(check, value, judged.draws.shape[1])
    return Check(check, value, at_most or at_least or 0.0, passed, judged.name(at), advice)


def _advice(check: str, value: float, draws: int) -> str:
    """Advice with a number of draws, rounded up to hundreds, that would give enough."""
    needed = draws * MIN_ESS / value if isfinite(value) and value > 0 else 4 * draws
    return ADVICE[check].format(draws=f"{ceil(1.25 * needed / 100) * 100:,}")


def _modes(judged: _Flat, logp: NDArray[np.float64]) -> Check:
    """Check that no chain lies apart, in a displayed quantity or in the posterior density.

    R-hat says that chains differ; this says that they differ by more than they move, which more
    draws will not mend. The density is looked at too, since modes may agree on what is displayed
    and yet fit differently well.
    """
    density = _Flat(logp[:, :, None], lambda _: "posterior density")
    both = [
        _worst("modes", flat, separation, at_most=MAX_SEPARATION)
        for flat in (judged, density)
        if flat.draws.shape[2]
    ]
    return max(both, key=lambda check: (not check.passed, check.value))
