"""Draw from a model's posterior with nutpie, watch it, stop it, and refuse what is not whole."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from numpy.typing import ArrayLike

from mfp_stats.errors import Fault, FitCancelled, FitFailed
from mfp_stats.fitting.compiling import compile_model
from mfp_stats.fitting.directions import Directions
from mfp_stats.fitting.progress import ChainProgress, Progress
from mfp_stats.fitting.settings import FitSettings

#: What is kept of the sampler's statistics: what the gate judges and a reader may ask for.
STATISTICS: Final = (
    "diverging",
    "energy",
    "logp",
    "n_steps",
    "depth",
    "maxdepth_reached",
    "mean_tree_accept",
    "step_size_bar",
)


def sample(
    model: pm.Model,
    settings: FitSettings,
    *,
    initial: Mapping[str, ArrayLike] | None = None,
    keep: Collection[str] | None = None,
    directions: Directions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> xr.DataTree:
    """Draw from the posterior of a model.

    ``on_progress`` and ``cancelled`` are called on the caller's thread, every
    ``settings.progress_seconds``; what they raise stops the sampler and reaches the caller.

    Parameters
    ----------
    model
        The model; all of its free variables continuous.
    settings
        Chains, draws, seed and so on.
    initial
        Where every chain starts, see :func:`~mfp_stats.fitting.compiling.compile_model`.
    keep
        Names of the variables whose draws are kept; default all.
    directions
        Long directions found by an earlier try, see :mod:`mfp_stats.fitting.directions`.
    on_progress
        Told how far the chains have come.
    cancelled
        Says whether to stop.

    Returns
    -------
    xr.DataTree
        ``posterior`` (chain, draw, and each variable's named dims) and ``sample_stats``, whose
        attributes hold ``compile_seconds`` and ``sampling_seconds``.

    Raises
    ------
    ModelError
        The model cannot be sampled, or ``initial`` or ``keep`` do not fit it.
    FitCancelled
        ``cancelled`` said so.
    FitFailed
        No chain could start, or the posterior is short or holds NaN.
    """
    started = time.monotonic()
    compiled = compile_model(model, initial=initial, keep=keep, directions=directions)
    compiled_at = time.monotonic()
    _stop_if(cancelled)
    drawn = _run(compiled, settings, on_progress, cancelled)
    result = _whole(drawn, settings)
    result["sample_stats"].attrs |= {
        "compile_seconds": round(compiled_at - started, 3),
        "sampling_seconds": round(time.monotonic() - compiled_at, 3),
    }
    return result


def _run(
    compiled: Any,  # noqa: ANN401 - nutpie's compiled models share no public type
    settings: FitSettings,
    on_progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> xr.DataTree:
    """Run the sampler on its own threads and watch it from this one."""
    latest: list[Progress] = []
    started = time.monotonic()

    def remember(chains: list[Any]) -> None:
        latest[:] = [_progress(chains, time.monotonic() - started)]

    sampler = nutpie.sample(
        compiled,
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=settings.cores,
        seed=settings.seed,
        target_accept=settings.target_accept,
        maxdepth=settings.maxtreedepth,
        save_warmup=False,
        progress_bar=False,
        progress_callback=remember,
        progress_rate=max(1, int(500 * settings.progress_seconds)),
        blocking=False,
    )
    try:
        while (drawn := _wait(sampler, settings.progress_seconds)) is None:
            if on_progress and latest:
                on_progress(latest[0])
            _stop_if(cancelled)
    finally:
        # Without effect once all draws are taken; otherwise ends the chains' threads.
        sampler.cancel()
    if on_progress and latest:
        on_progress(latest[0])
    return drawn


def _wait(sampler: Any, seconds: float) -> xr.DataTree | None:  # noqa: ANN401 - private class
    """Wait for the sampler; None while it has not finished."""
    try:
        drawn: xr.DataTree = sampler.wait(timeout=seconds)
    except TimeoutError:
        return None
    except RuntimeError as error:
        raise FitFailed(_sampler_fault(error)) from error
    return drawn


def _progress(chains: list[Any], elapsed: float) -> Progress:
    entries = (
        ChainProgress(
            number,
            chain.finished_draws,
            chain.total_draws,
            chain.tuning,
            chain.divergences,
            chain.step_size,
        )
        for number, chain in enumerate(chains)
    )
    return Progress(tuple(entries), elapsed)


def _stop_if(cancelled: Callable[[], bool] | None) -> None:
    if cancelled and cancelled():
        raise FitCancelled(Fault("sampling", "was stopped on request"))


def _sampler_fault(error: RuntimeError) -> Fault:
    """Put the sampler's reason, without its stack trace, into a fault."""
    reason = " ".join(str(error).split("Stack backtrace")[0].split())
    fix = "Check the model's likelihood, or give other initial values."
    return Fault("sampling", f"the sampler stopped: {reason}", fix=fix)


def _whole(drawn: xr.DataTree, settings: FitSettings) -> xr.DataTree:
    """Keep posterior and statistics, having checked that no draw is missing or NaN.

    An interrupted run comes back padded with NaN and claims no divergences.
    """
    posterior = drawn["posterior"].to_dataset()
    statistics = drawn["sample_stats"].to_dataset()
    faults = [*_size_faults(posterior, settings), *_nan_faults(posterior)]
    if faults:
        raise FitFailed(faults)
    kept = [name for name in STATISTICS if name in statistics]
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": statistics[kept]})


def _size_faults(posterior: xr.Dataset, settings: FitSettings) -> list[Fault]:
    wanted = {"chain": settings.chains, "draw": settings.draws}
    return [
        Fault("posterior", f"has {posterior.sizes.get(dim, 0)} of {size} {dim}s")
        for dim, size in wanted.items()
        if posterior.sizes.get(dim) != size
    ]


def _nan_faults(posterior: xr.Dataset) -> list[Fault]:
    shares = {
        name: float(np.isnan(values).mean())
        for name, values in posterior.data_vars.items()
        if values.dtype.kind == "f"
    }
    return [
        Fault(f"posterior.{name}", f"{share:.2%} of its draws are NaN")
        for name, share in shares.items()
        if share > 0
    ]
