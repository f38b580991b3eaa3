"""Read the tables of a saved fit, if its checks allow it. polars only: the web process uses this.

Every way out of a saved fit goes through :func:`read_table`, which refuses what a failed step
made.
"""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.errors import ChecksFailed, Fault, FitFailed, FitRefused
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.files import read_json

MANIFEST_FILE: Final = "manifest.json"
TABLES_FOLDER: Final = "tables"
#: Which tables a fit has and what their columns mean; it grows with every change of these.
FORMAT: Final = 7


def read_manifest(fit: Path) -> dict[str, Any]:
    """Read how a fit came about, see :mod:`mfp_stats.fitting.saved` for its entries.

    Parameters
    ----------
    fit
        The fit's folder.

    Raises
    ------
    FitFailed
        The folder holds no finished fit.
    FitRefused
        The file is damaged.
    """
    file = fit / MANIFEST_FILE
    if not file.is_file():
        fault = Fault(str(fit), "holds no finished fit", fix="Fit the survey again.")
        raise FitFailed(fault)
    try:
        manifest = read_json(file)
    except (ValueError, OSError) as error:  # a ValueError: no UTF-8, or no JSON
        raise FitRefused(_damaged(file, str(error))) from error
    if not isinstance(manifest, dict) or not manifest.keys() >= _ENTRIES:
        raise FitRefused(_damaged(file, "it is no manifest of a fit"))
    return manifest


#: Entries that every manifest has.
_ENTRIES: Final = {"id", "survey", "simulated", "finished", "steps", "tables"}


def _damaged(file: Path, why: str) -> Fault:
    fix = f"Move the folder {file.parent} to another place (or delete it) and fit again."
    return Fault(str(file), f"is damaged: {why}", fix=fix)


def table_names(fit: Path) -> tuple[str, ...]:
    """Return the names of all tables of a fit, those that are refused included."""
    return tuple(read_manifest(fit)["tables"])


def gate_of(manifest: Mapping[str, Any], step: str) -> GateResult:
    """Return the checks of one step."""
    entries = {entry["name"]: entry for entry in manifest["steps"]}
    if step not in entries:
        raise FitRefused(Fault(step, "was never checked", known=tuple(entries)))
    return GateResult.from_rows(entries[step]["checks"])


def read_table(fit: Path, name: str) -> pl.DataFrame:
    """Read one table of a fit.

    Parameters
    ----------
    fit
        The fit's folder.
    name
        The table's name, as ``"overlap"``.

    Raises
    ------
    FitRefused
        There is no such table, a step that it rests on failed its checks, or the file is not the
        one that was saved.
    FitFailed
        The folder holds no finished fit.
    """
    return read_tables(fit, [name])[name]


def read_tables(fit: Path, names: Iterable[str]) -> dict[str, pl.DataFrame]:
    """Read several tables of a fit, all or none.

    Raises
    ------
    FitRefused
        As :func:`read_table`; a fault for everything that stands against any of them.
    ChecksFailed
        The same where nothing but failed checks does.
    FitFailed
        The folder holds no finished fit.
    """
    manifest = read_manifest(fit)
    names = list(names)
    if manifest.get("format", 1) != FORMAT:
        raise FitRefused(_other_version(fit, manifest))
    failed = [fault for name in names for fault in _failed_checks(manifest, name)]
    others = [fault for name in names for fault in _unreadable(fit, manifest, name)]
    if others:
        raise FitRefused(dict.fromkeys([*failed, *others]))
    if failed:
        raise ChecksFailed(dict.fromkeys(failed))
    return {name: pl.read_parquet(table_file(fit, name), glob=False) for name in names}


def table_file(fit: Path, name: str) -> Path:
    """Return where a table of a fit is kept."""
    return fit / TABLES_FOLDER / f"{name}.parquet"


def _other_version(fit: Path, manifest: Mapping[str, Any]) -> Fault:
    what = f"was made by another version of mfp_stats than this, {version('mfp-stats')}"
    return Fault(f"fit {fit.name}", what, fix=f"Run: mfp fit {manifest['survey']}")


def _failed_checks(manifest: Mapping[str, Any], name: str) -> list[Fault]:
    """Return what the steps failed that a table rests on."""
    steps = manifest["tables"].get(name, {"steps": ()})["steps"]
    return [fault for step in steps for fault in _gate_faults(gate_of(manifest, step), step)]


def _unreadable(fit: Path, manifest: Mapping[str, Any], name: str) -> list[Fault]:
    """Return that there is no such table, or that its file is not the one that was saved."""
    known, file = manifest["tables"], table_file(fit, name)
    if name not in known:
        return [Fault(f"fit {fit.name}", f"has no table {name!r}", known=tuple(known))]
    if file.is_file() and file_hash(file) == known[name]["sha256"]:
        return []
    what = f"its table {name!r} is not the file that the fit saved"
    return [Fault(f"fit {fit.name}", what, fix="Fit again.")]


def _gate_faults(gate: GateResult, step: str) -> list[Fault]:
    try:
        gate.require(step)
    except FitRefused as refusal:
        return list(refusal.faults)
    return []


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
