"""Surveys of one seed differ only in what their truth changes: what is alike is sampled once."""

import hashlib
import pickle
from copy import deepcopy
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors

from mfp_stats.fitting.settings import FitSettings
from mfp_stats.workflow import task


def fingerprint(model: pm.Model, *how: object) -> str:
    """Return a hash of a model's variables and numbers, and of how it is sampled."""
    digest = hashlib.sha256(pickle.dumps(how))
    observed = [model.rvs_to_values[rv] for rv in model.observed_RVs]
    for variable in ancestors([*model.basic_RVs, *model.potentials, *observed]):
        digest.update(
            f"{variable.name} {variable.type} {variable.owner and variable.owner.op}".encode()
        )
        if isinstance(variable, Constant):
            digest.update(np.asarray(variable.data).tobytes())
        elif isinstance(variable, SharedVariable) and variable.name in model.named_vars:
            digest.update(np.asarray(variable.get_value()).tobytes())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def sampled() -> dict[str, xr.DataTree]:
    """Return what was sampled in this module, by the model's fingerprint."""
    return {}


@pytest.fixture(autouse=True)
def sampled_once(monkeypatch: pytest.MonkeyPatch, sampled: dict[str, xr.DataTree]) -> None:
    """Give the same model under the same settings the draws that it had before."""
    sample = task.sample

    def remembered(model: pm.Model, settings: FitSettings, **options: Any) -> xr.DataTree:
        alike = {name: options[name] for name in ("initial", "keep", "directions")}
        key = fingerprint(model, settings, alike)
        if key not in sampled:
            sampled[key] = sample(model, settings, **options)
        return deepcopy(sampled[key])

    monkeypatch.setattr(task, "sample", remembered)
