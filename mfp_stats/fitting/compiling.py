"""Compile a PyMC model for the sampler, and keep the compiled code for the next run."""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import jax
import numpy as np
import nutpie
import platformdirs
import pymc as pm
from jax.experimental.compilation_cache import compilation_cache
from jaxlib import version as jaxlib_version
from numpy.typing import ArrayLike, NDArray
from pymc.model.transform.optimization import freeze_dims_and_data
from pytensor.configdefaults import config

from mfp_stats.errors import Fault, ModelError
from mfp_stats.fitting.directions import Directions, along_directions
from mfp_stats.project import require_writable

#: Names another folder for compiled code than the user's cache folder.
CACHE_VARIABLE: Final = "MFP_CACHE_DIR"

#: Chains start no further than this from ``initial``, on the unconstrained scale. Exactly at a
#: mode (a question answered half "yes", half "no") the slope is 0, and the sampler takes a slope
#: of 0 for a sign that it cannot start there.
NUDGE: Final = 0.1

#: Where XLA looks for options, once, when it is first used.
XLA_VARIABLE: Final = "XLA_FLAGS"
#: Run the small pieces of a gradient in a row: handing each to whatever thread is free took longer
#: than most of them (105 against 76 µs a gradient of three worldviews).
IN_A_ROW: Final = "--xla_cpu_enable_concurrency_optimized_scheduler=false"
#: Version of jaxlib with which it was tried: XLA ends the process over an option it does not know.
TRIED_WITH: Final = (0, 12)
#: How many threads XLA keeps for parts of a gradient, read once, when it is first used.
THREADS_VARIABLE: Final = "PJRT_NPROC"

type _Points = dict[str, NDArray[np.float64]]
type _Starts = Callable[[int], NDArray[np.float64]]


def cache_folder() -> Path:
    """Return the folder of compiled code: ``$MFP_CACHE_DIR``, else the user's cache folder."""
    override = os.environ.get(CACHE_VARIABLE)
    return Path(override) if override else Path(platformdirs.user_cache_dir("mfp-stats")) / "jax"


def configure_jax(cache: Path) -> None:
    """Let JAX keep compiled code in ``cache`` and run on the calling thread.

    Chains are the threads: further ones of XLA's look for work of each other's more than they do
    any (a fifth of the time; two processes on two cores took 0.94 ms a gradient of two worldviews
    in place of 1.17). Code counts as the same only when the data are, because they are constants
    of it.

    Raises
    ------
    ProjectError
        ``cache`` cannot be written.
    """
    require_writable(cache, fix=f"Name another folder in {CACHE_VARIABLE}.")
    _run_on_one_thread()
    settings = {
        "jax_compilation_cache_dir": str(cache),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_cpu_enable_async_dispatch": False,
    }
    moved = jax.config.values["jax_compilation_cache_dir"] != str(cache)
    for name, value in settings.items():
        jax.config.update(name, value)  # type: ignore[no-untyped-call]
    if moved:
        # JAX reads the folder's name once, at its first compilation.
        compilation_cache.reset_cache()


def _run_on_one_thread() -> None:
    """Give XLA its options, unless the user has set them; without effect once XLA was used."""
    os.environ.setdefault(THREADS_VARIABLE, "1")
    given = os.environ.get(XLA_VARIABLE, "")
    known = jaxlib_version.__version_info__[:2] == TRIED_WITH
    if known and IN_A_ROW.partition("=")[0] not in given:
        os.environ[XLA_VARIABLE] = f"{given} {IN_A_ROW}".strip()


def compile_model(
    model: pm.Model,
    *,
    initial: Mapping[str, ArrayLike] | None = None,
    keep: Collection[str] | None = None,
    directions: Directions | None = None,
) -> Any:  # noqa: ANN401 - nutpie's compiled models share no public type
    """Compile a model for nutpie with its JAX backend.

    Parameters
    ----------
    model
        The model; all of its free variables continuous.
    initial
        Where every chain starts, by name of free variable, in that variable's own shape and
        scale (a simplex sums to one), plus U(−0.1, 0.1) on the unconstrained scale. Variables
        not named start at PyMC's usual point plus U(−1, 1). Both are drawn anew for each chain.
    keep
        Names of free variables and Deterministics whose draws are kept; default all.
    directions
        Stretch the sampler's coordinates along these; the posterior is the same.

    Raises
    ------
    ModelError
        The model has no free or a discrete free variable, or ``initial`` or ``keep`` do not fit
        it; all faults.
    """
    points: _Points = {name: np.asarray(at, dtype=float) for name, at in (initial or {}).items()}
    faults = [*_model_faults(model), *_initial_faults(model, points), *_keep_faults(model, keep)]
    if faults:
        raise ModelError(faults)
    configure_jax(cache_folder())
    # JAX needs constant shapes. nutpie would freeze them itself, but only after this set of
    # variables is made, and then it finds none of them to jitter.
    frozen = freeze_dims_and_data(model)
    # The density is compiled by JAX whatever the mode; the mode is that of the function for
    # starting points, for which compiling with numba takes longer than running it.
    with config.change_flags(mode="FAST_COMPILE"):
        compiled: Any = nutpie.compile_pymc_model(
            frozen,
            backend="jax",
            freeze_model=False,
            initial_points={**points},
            jitter_rvs={rv for rv in frozen.free_RVs if rv.name not in points},
            var_names=None if keep is None else sorted(keep),
        )
    # nutpie itself offers no jitter of given points but U(−1, 1).
    starts = compiled._make_initial_points
    compiled = replace(compiled, _make_initial_points=_nudged(starts))
    if directions is None:
        return compiled
    begin = frozen.initial_point()
    sizes = {rv.name: begin[frozen.rvs_to_values[rv].name].size for rv in frozen.free_RVs}
    return along_directions(compiled, directions, sizes)


def _nudged(starts: _Starts) -> _Starts:
    def nudged(seed: int) -> NDArray[np.float64]:
        start = starts(seed)
        return start + np.random.default_rng(seed).uniform(-NUDGE, NUDGE, start.shape)

    return nudged


def _model_faults(model: pm.Model) -> list[Fault]:
    faults = [
        Fault(variable.name, "is discrete, which this sampler cannot draw", fix="Sum it out.")
        for variable in model.discrete_value_vars
    ]
    if not model.free_RVs:
        faults.append(Fault("", "the model has no free variable"))
    return faults


def _initial_faults(model: pm.Model, initial: _Points) -> list[Fault]:
    free = {rv.name: rv for rv in model.free_RVs}
    unknown = [name for name in initial if name not in free]
    faults = [
        Fault(f"initial.{name}", "is no free variable of the model", known=tuple(free))
        for name in unknown
    ]
    shapes = model.eval_rv_shapes() if initial else {}
    for name in initial.keys() - set(unknown):
        faults += _value_faults(name, initial[name], tuple(shapes[name]))
    return faults


def _value_faults(name: str, value: NDArray[np.float64], shape: tuple[int, ...]) -> list[Fault]:
    where = f"initial.{name}"
    if value.shape != shape:
        return [Fault(where, f"has shape {value.shape}, but the variable has {shape}")]
    if not np.isfinite(value).all():
        return [Fault(where, "holds NaN or infinite numbers")]
    return []


def _keep_faults(model: pm.Model, keep: Collection[str] | None) -> list[Fault]:
    known = tuple(var.name for var in (*model.free_RVs, *model.deterministics))
    return [
        Fault(f"keep.{name}", "is no variable of the model", known=known)
        for name in keep or ()
        if name not in known
    ]
