"""Priors overridden by the user, checked against the model files before anything is sampled."""

from collections.abc import Iterable, Mapping

from mfp_stats.errors import Fault, ModelError
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.registry import parse_priors
from mfp_stats.project import Project
from mfp_stats.workflow.start import MODELS


def known_priors(project: Project) -> list[dict[str, str | float]]:
    """Return every prior of every model of a project: name, value and meaning."""
    return [
        {"prior": f"{name}.{prior}", "value": entry.value, "meaning": entry.meaning}
        for name in MODELS
        for prior, entry in load_model(project.model_file(name)).info.priors.items()
    ]


def parse_overrides(project: Project, texts: Iterable[str]) -> dict[str, Mapping[str, float]]:
    """Read ``model.prior=value`` texts.

    Returns
    -------
    dict
        Model name to {prior: value}.

    Raises
    ------
    ModelError
        A text is not of that form, or names no model or prior; all faults.
    """
    by_model: dict[str, list[str]] = {}
    faults: list[Fault] = []
    for text in texts:
        name, dot, rest = text.partition(".")
        if dot and name in MODELS:
            by_model.setdefault(name, []).append(rest)
        else:
            what = "is not of the form model.prior=value"
            faults.append(Fault(text, what, known=tuple(MODELS), fix="See: mfp fit --list-priors"))
    overrides: dict[str, Mapping[str, float]] = {}
    for name, rests in by_model.items():
        try:
            overrides[name] = parse_priors(rests, load_model(project.model_file(name)).info)
        except ModelError as error:
            faults += error.faults
    if faults:
        raise ModelError(faults)
    return overrides
