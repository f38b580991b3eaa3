"""What the function of a model file takes, and whether that fits its declarations."""

import inspect
from collections.abc import Callable
from typing import Any

from mfp_stats.errors import Fault


def options_of(function: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a function's options, and of those without a default."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    options = [p for p in parameters if p.name != "priors"]
    required = tuple(p.name for p in options if p.default is inspect.Parameter.empty)
    return tuple(p.name for p in options), required


def signature_faults(name: str, function: Callable[..., Any], *, has_priors: bool) -> list[Fault]:
    """Return what is wrong with the parameters of a model's function."""
    where = f"model {name!r}"
    parameters = list(inspect.signature(function).parameters.values())
    faults = []
    if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY:
        faults.append(Fault(where, "takes no data", fix="Its first parameter is the ModelData."))
    if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters[1:]):
        faults.append(
            Fault(where, "has options that are not keyword-only", fix="Put * before them.")
        )
    takes_priors = any(p.name == "priors" for p in parameters)
    if has_priors != takes_priors:
        what = "declares priors but takes none" if has_priors else "takes priors but declares none"
        faults.append(Fault(where, what, fix="Declare them in @model and take a keyword priors."))
    return faults
