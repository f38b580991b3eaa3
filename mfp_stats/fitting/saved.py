"""Save a finished fit: draws as NetCDF, tables as Parquet, and a manifest of how it came about.

A fit's folder::

    manifest.json          id, survey, data hash, seed, versions, times, steps, tables
    draws/<step>.nc        posterior and sampler statistics of each step (h5netcdf)
    tables/<name>.parquet  displayed quantities

It appears whole or not at all; nothing in it is pickled. A step is one model sampled once; its
entry in the manifest holds the model's text and hash, priors, options, settings, checks and times.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import xarray as xr

from mfp_stats.errors import Fault, FitFailed, FitRefused
from mfp_stats.fitting.files import new_folder, write_json
from mfp_stats.fitting.manifest import EarlierRun, FitRecord, Step, Table, manifest_of
from mfp_stats.fitting.tables import (
    MANIFEST_FILE,
    TABLES_FOLDER,
    file_hash,
    gate_of,
    read_manifest,
    table_file,
)

__all__ = ["EarlierRun", "FitRecord", "Step", "Table", "read_draws", "save_fit"]

DRAWS_FOLDER: Final = "draws"

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


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
        write_json(beside / MANIFEST_FILE, manifest_of(record, steps, entries))
    return folder


def read_draws(fit: Path, step: str) -> xr.DataTree:
    """Read the draws of one step of a saved fit, into memory.

    Raises
    ------
    FitRefused
        The step failed its checks, there is no such step, or its file is damaged.
    FitFailed
        The folder holds no finished fit.
    """
    gate_of(read_manifest(fit), step).require(step)
    file = _draws_file(fit, step)
    try:
        with xr.open_datatree(file, engine="h5netcdf") as stored:
            return stored.load()
    except OSError as error:
        fault = Fault(str(file), f"cannot be read: {error}", fix="Fit the survey again.")
        raise FitRefused(fault) from error


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
