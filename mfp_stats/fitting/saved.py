"""Save a finished fit: draws as NetCDF, tables as Parquet, and a manifest of how it came about.

A fit's folder::

    manifest.json          id, survey, data hash, seed, versions, times, steps, tables
    draws/<step>.nc        posterior and sampler statistics of each step (h5netcdf)
    tables/<name>.parquet  displayed quantities

It appears whole or not at all; nothing in it is pickled. A step is one model sampled once; its
entry in the manifest holds the model's text and hash, priors, options, settings, checks and times.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from platform import python_version
from typing import Any, Final

import polars as pl
import xarray as xr

from mfp_stats.errors import Fault, FitFailed
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.files import new_folder, write_json
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import (
    MANIFEST_FILE,
    TABLES_FOLDER,
    file_hash,
    gate_of,
    read_manifest,
    table_file,
)

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
DRAWS_FOLDER: Final = "draws"

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


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
        Posterior and sampler statistics, see :func:`mfp_stats.fitting.sampling.sample`.
    gate
        The checks of everything displayed that rests on it.
    """

    name: str
    model: LoadedModel
    options: Mapping[str, Any]
    priors: Mapping[str, float]
    settings: FitSettings
    draws: xr.DataTree
    gate: GateResult


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
        Item that the stakeholder groups came from; None for the questionnaire's own.
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
    more: Mapping[str, Any] = field(default_factory=dict)


def save_fit(fits: Path, record: FitRecord, steps: Sequence[Step], tables: Sequence[Table]) -> Path:
    """Save a finished fit under ``fits/<id>``.

    Parameters
    ----------
    fits
        The folder of all fits; made where it does not exist.
    record
        What identifies the fit.
    steps
        The models that were sampled, in order.
    tables
        The tables. One named ``diagnostics`` is added: every check of every step.

    Returns
    -------
    Path
        The fit's folder.

    Raises
    ------
    FitFailed
        A fit of that id is there already, names repeat, or a table rests on an unknown step.
    """
    checks = [row for step in steps for row in step.gate.rows(step.name)]
    diagnostics = Table("diagnostics", pl.DataFrame(checks, schema=_DIAGNOSTICS))
    tables = [*tables, diagnostics]
    folder = fits / record.id
    _require_order(folder, steps, tables)
    with new_folder(folder) as beside:
        _write_draws(beside, steps)
        entries = _write_tables(beside, tables)
        write_json(beside / MANIFEST_FILE, _manifest(record, steps, entries))
    return folder


def read_draws(fit: Path, step: str) -> xr.DataTree:
    """Read the draws of one step of a saved fit, into memory.

    Raises
    ------
    FitRefused
        The step failed its checks, or there is no such step.
    FitFailed
        The folder holds no finished fit.
    """
    gate_of(read_manifest(fit), step).require(step)
    with xr.open_datatree(_draws_file(fit, step), engine="h5netcdf") as stored:
        return stored.load()


_DIAGNOSTICS: Final = {
    "step": pl.String(),
    "check": pl.String(),
    "value": pl.Float64(),
    "threshold": pl.Float64(),
    "passed": pl.Boolean(),
    "worst": pl.String(),
    "advice": pl.String(),
}


def _require_order(folder: Path, steps: Sequence[Step], tables: Sequence[Table]) -> None:
    known = [step.name for step in steps]
    faults = [
        Fault(kind, f"the name {name!r} is used twice")
        for kind, names in (("steps", known), ("tables", [table.name for table in tables]))
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    faults += [
        Fault(f"tables.{table.name}", f"rests on an unknown step {step!r}", known=tuple(known))
        for table in tables
        for step in table.steps
        if step not in known
    ]
    faults += [
        Fault("names", f"{name!r} cannot name a file", fix="Use letters, digits, - and _.")
        for name in (folder.name, *known, *(table.name for table in tables))
        if not _FILE_NAME.fullmatch(name)
    ]
    if folder.exists():
        faults.append(Fault(str(folder), "a fit of this id is there already"))
    if faults:
        raise FitFailed(faults)


def _draws_file(folder: Path, step: str) -> Path:
    return folder / DRAWS_FOLDER / f"{step}.nc"


def _write_draws(folder: Path, steps: Sequence[Step]) -> None:
    (folder / DRAWS_FOLDER).mkdir()
    for step in steps:
        step.draws.to_netcdf(_draws_file(folder, step.name), engine="h5netcdf")


def _write_tables(folder: Path, tables: Sequence[Table]) -> dict[str, Any]:
    (folder / TABLES_FOLDER).mkdir()
    entries = {}
    for table in tables:
        file = table_file(folder, table.name)
        table.frame.write_parquet(file)
        entries[table.name] = {
            "steps": list(table.steps),
            "rows": table.frame.height,
            "sha256": file_hash(file),
        }
    return entries


def _manifest(
    record: FitRecord, steps: Sequence[Step], tables: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        **record.more,
        "id": record.id,
        "survey": record.survey,
        "questionnaire": record.questionnaire,
        "data": record.data,
        "group": record.group,
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
        **{name: float(attributes[name]) for name in times if name in attributes},
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write numbers that JSON has not (NaN, infinity) as null; they never pass a check."""
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in row.items()
    }
