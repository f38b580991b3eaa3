"""One compiled model for many surveys of the same shape.

The product makes data constants of the compiled code, so that every survey is compiled anew.
Here only the sizes of dims are constants and data are arguments: the code depends on the model
alone, serves all surveys of one shape, and comes out of the disk's cache in later runs and other
workers.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pymc.model.transform.optimization import freeze_dims_and_data
from pytensor.configdefaults import config

from mfp_stats.fitting.compiling import NUDGE, cache_folder, configure_jax
from mfp_stats.fitting.settings import FitSettings
from tests.suites.sbc.prior import Prior, Values

type Floats = NDArray[np.float64]
type Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Reusable:
    """A model compiled without its data."""

    model: pm.Model
    prior: Prior
    compiled: Any
    #: Names of the free variables in the order in which the sampler lays them end to end.
    order: tuple[str, ...]

    @classmethod
    def of(cls, model: pm.Model, *, constant: bool = False) -> Self:
        """Compile a model for nutpie with its JAX backend.

        Parameters
        ----------
        model
            Built for one survey.
        constant
            Make data constants, as the product does; the code then serves that survey alone.
        """
        return cls(model, Prior(model), *_compile(model, constant=constant))

    def compiled_for(self, model: pm.Model) -> Self:
        """Return the same prior with code for one survey alone, data constants of it."""
        compiled, order = _compile(model, constant=True)
        return replace(self, compiled=compiled, order=order)

    def hold(self, data: Arrays) -> None:
        """Put a survey's arrays into the model, for Deterministics of the prior's draws."""
        for name, array in data.items():
            self.model[name].set_value(array)

    def log_density(self, values: Values, data: Arrays) -> float:
        """Log density of the sampler at some values of the free variables."""
        flat = self.prior.unconstrained(values)
        at = np.concatenate([flat[name] for name in self.order])
        found: float = self.compiled._make_logp_func()(at, **self._shared(data))[0]
        return found

    def sample(
        self, data: Arrays, settings: FitSettings, initial: Mapping[str, Floats] | None = None
    ) -> xr.DataTree:
        """Draw from the posterior given a survey, chains starting as the product's do.

        Parameters
        ----------
        data
            The arrays of :func:`arrays` of the model built for that survey.
        settings
            Of the sampler.
        initial
            Where every chain starts, by name of free variable.
        """
        compiled = self.compiled.with_data(**self._shared(data))
        if initial is not None:
            compiled = replace(compiled, _make_initial_points=self._starts(initial))
        drawn: xr.DataTree = nutpie.sample(
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
        )
        return drawn

    def _shared(self, data: Arrays) -> Arrays:
        return {name: np.asarray(data[name]) for name in self.compiled._shared_data}

    def _starts(self, initial: Mapping[str, Floats]) -> Any:
        """Start named variables within ``NUDGE`` of their values, others anywhere usual."""
        anywhere = self.compiled._make_initial_points
        values = self.prior.draw(0) | {k: np.asarray(x, dtype=float) for k, x in initial.items()}
        flat = self.prior.unconstrained(values)

        def starts(seed: int) -> Floats:
            found, at = np.array(anywhere(seed)), 0
            rng = np.random.default_rng(seed)
            for name in self.order:
                size = flat[name].size
                if name in initial:
                    found[at : at + size] = flat[name] + rng.uniform(-NUDGE, NUDGE, size)
                at += size
            return found

        return starts


def _compile(model: pm.Model, *, constant: bool) -> tuple[Any, tuple[str, ...]]:
    configure_jax(cache_folder())
    sized = freeze_dims_and_data(model, data=None if constant else [])
    with config.change_flags(mode="FAST_COMPILE"), warnings.catch_warnings():
        # Sizes of data are no constants, so that they are only checked when JAX runs.
        warnings.filterwarnings("ignore", "Skipping Assert", UserWarning)
        compiled = nutpie.compile_pymc_model(
            sized, backend="jax", freeze_model=False, jitter_rvs=set(sized.free_RVs)
        )
    return compiled, tuple(rv.name for rv in sized.free_RVs)


def arrays(model: pm.Model) -> dict[str, NDArray[Any]]:
    """Return the data that a built model holds."""
    return {var.name: np.asarray(var.get_value()) for var in model.data_vars}
