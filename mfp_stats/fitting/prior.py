"""What a model believes before it sees an answer."""

import warnings
from collections.abc import Sequence

import pymc as pm
import xarray as xr

from mfp_stats.errors import Fault, ModelError


def prior_predictive(
    model: pm.Model, names: Sequence[str], *, draws: int = 500, seed: int = 1
) -> xr.Dataset:
    """Draw variables of a model from its prior.

    The result has the form of a posterior, so that whatever turns posterior draws into displayed
    quantities shows what the priors alone say about them: shares that all pile up at 0 or 1, or
    overlaps that can hardly differ from 1, are priors that decide the answer.

    Parameters
    ----------
    model
        The model. Its ``Potential`` terms are taken for likelihoods and left out; a prior must
        not be written as one.
    names
        Free variables and Deterministics to draw.
    draws
        Number of draws.
    seed
        Seed: same model and versions give the same draws.

    Returns
    -------
    xr.Dataset
        The variables, dims (chain, draw, ...) with one chain.

    Raises
    ------
    ModelError
        The model has no variable of one of these names; all faults.
    """
    known = tuple(var.name for var in (*model.free_RVs, *model.deterministics))
    faults = [
        Fault(f"prior.{name}", "is no variable of the model", known=known)
        for name in names
        if name not in known
    ]
    if faults:
        raise ModelError(faults)
    with warnings.catch_warnings():
        # That likelihoods are left out is what is wanted here.
        warnings.filterwarnings("ignore", "The effect of Potentials", UserWarning)
        drawn = pm.sample_prior_predictive(
            draws,
            model=model,
            var_names=list(names),
            random_seed=seed,
            # Compiling with numba takes ten times as long as these few draws.
            compile_kwargs={"mode": "FAST_COMPILE"},
        )
    prior: xr.Dataset = drawn["prior"].to_dataset()
    return prior[list(names)]
