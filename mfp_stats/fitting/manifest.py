"""What a fit consists of, and the manifest that says how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from math import isfinite
from platform import python_version
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import xarray as xr

from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import FORMAT

if TYPE_CHECKING:
    from mfp_stats.fitting.loader import LoadedModel

#: Libraries that decide a fit's numbers.
LIBRARIES: Final = (
    "mfp-stats",
    "pymc",
    "pytensor",
    "nutpie",
    "jax",
    "arviz",
    "numpy",
    "xarray",
    "polars",
)


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run of the same model that came before a step's own, and that is not kept.

    Parameters
    ----------
    kind
        ``pilot``: a short run to find out how the posterior lies; ``first_try``: one that failed
        its checks.
    settings
        How it was sampled.
    failed
        The checks that it failed.
    long_directions
        How long the directions are that the next run was stretched along
        (:mod:`mfp_stats.fitting.directions`), as sds; empty where it was not.
    """

    kind: str
    settings: FitSettings
    failed: tuple[Check, ...] = ()
    long_directions: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One model sampled once.

    Parameters
    ----------
    name
        Unique within the fit, and a file name: ``values_revealed``.
    model
        The model file.
    options, priors
        What the model was built with: its options, and the number of every prior.
    settings
        How it was sampled.
    draws
        Posterior and sampler statistics, see :func:`mfp_stats.fitting.sampling.sample`; both are
        empty where sampling failed.
    gate
        The checks of everything displayed that rests on it.
    before
        The runs that came before, in order: with them another person makes the same draws.
    """

    name: str
    model: "LoadedModel"
    options: Mapping[str, Any]
    priors: Mapping[str, float]
    settings: FitSettings
    draws: xr.DataTree
    gate: GateResult
    before: tuple[EarlierRun, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table to be displayed.

    Parameters
    ----------
    name
        Unique within the fit, and a file name.
    frame
        Its rows.
    steps
        Names of the steps that its numbers rest on; it may be shown only if all of them passed
        their checks. Empty for tables of no estimates (``group_sizes``).
    """

    name: str
    frame: pl.DataFrame
    steps: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FitRecord:
    """What identifies a fit.

    Parameters
    ----------
    id
        Its id, also its folder's name.
    survey
        Name of the survey.
    questionnaire
        Content hash of the questionnaire's version.
    data
        SHA-256 of the answers that were fitted.
    group
        Item that the groups came from, or ``wave``; None for the questionnaire's own.
    within
        Stakeholder group that alone is in it; None for everybody.
    simulated
        Whether any of the people were simulated.
    seed
        Seed of the whole fit.
    started
        When it began, UTC.
    more
        Further entries of the manifest, plain values.
    """

    id: str
    survey: str
    questionnaire: str
    data: str
    group: str | None
    simulated: bool
    seed: int
    started: datetime
    within: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def manifest_of(
    record: FitRecord, steps: Sequence[Step], tables: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entries of a fit's manifest; ``tables`` maps a table's name to its entry."""
    return {
        **record.more,
        "format": FORMAT,
        "id": record.id,
        "survey": record.survey,
        "questionnaire": record.questionnaire,
        "data": record.data,
        "group": record.group,
        "within": record.within,
        "simulated": record.simulated,
        "seed": record.seed,
        "started": record.started.isoformat(),
        "finished": datetime.now(UTC).isoformat(),
        "versions": {"python": python_version(), **{name: version(name) for name in LIBRARIES}},
        "steps": [_step_entry(step) for step in steps],
        "tables": dict(tables),
    }


def _step_entry(step: Step) -> dict[str, Any]:
    attributes = step.draws["sample_stats"].attrs
    times = ("compile_seconds", "sampling_seconds")
    return {
        "name": step.name,
        "shown": step.gate.shown,
        "checks": [_plain(row) for row in step.gate.rows(step.name)],
        "model": {
            "name": step.model.name,
            "title": step.model.info.title,
            "sha256": step.model.sha256,
            "text": step.model.text,
        },
        "options": dict(step.options),
        "priors": dict(step.priors),
        "settings": step.settings.to_dict(),
        "before": [_run_entry(run) for run in step.before],
        **{name: float(attributes[name]) for name in times if name in attributes},
    }


def _run_entry(run: EarlierRun) -> dict[str, Any]:
    return {
        "run": run.kind,
        "settings": run.settings.to_dict(),
        "failed": [_plain(asdict(check)) for check in run.failed],
        "long_directions": list(run.long_directions),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write numbers that JSON has not (NaN, infinity) as null; they never pass a check."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in row.items()
    }
