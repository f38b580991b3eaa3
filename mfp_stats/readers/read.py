"""Read a file in a process of its own, which may be killed."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import polars as pl
import psutil

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.naming import IN_MAPPING, Naming
from mfp_stats.readers.table import Format, Limits, RawTable, ReadOptions, short

_LOOK_EVERY: Final = 0.02


def read_file(
    path: Path | str,
    *,
    options: ReadOptions | None = None,
    limits: Limits | None = None,
    naming: Naming = IN_MAPPING,
) -> RawTable:
    """Read a file of answers: CSV, Qualtrics CSV, Parquet, Excel, SPSS or Stata.

    The format is told by the file's first bytes. Parsing runs in a child process that is stopped
    when it takes more memory or time than ``limits`` allow, so that no file can take this
    process with it.

    Parameters
    ----------
    path
        The file.
    options
        Delimiter, encoding, sheet and new column names, where the file needs them.
    limits
        What reading may cost.
    naming
        How users give the options, for remedies and notes.

    Returns
    -------
    RawTable
        Every cell as text, nothing interpreted.

    Raises
    ------
    ImportRejected
        With every fault found, each with the line (row, case) and column where there is one.
    """
    path = Path(path)
    limits = limits or Limits()
    name = short(path.name, 120)
    try:
        _refuse_unreadable(path)
        with tempfile.TemporaryDirectory(prefix="mfp-import-") as folder:
            answer = _ask_child(path, options or ReadOptions(), limits, Path(folder))
            return _table(name, answer, Path(folder) / "cells.parquet", naming)
    except ImportRejected as rejected:
        faults = (
            replace(fault, where=naming.in_place(fault.where), fix=naming.in_words(fault.fix))
            for fault in rejected.faults
        )
        raise ImportRejected(faults, about=name) from None


def _refuse_unreadable(path: Path) -> None:
    if path.is_dir():
        raise ImportRejected(Fault("", "is a folder", fix="Give the file in it."))
    if path.exists() and not path.is_file():
        raise ImportRejected(Fault("", "is no regular file"))
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        fix = "Check the name and that you may read it."
        raise ImportRejected(Fault("", f"cannot be opened: {error.strerror}", fix=fix)) from None


def _ask_child(path: Path, options: ReadOptions, limits: Limits, folder: Path) -> dict[str, Any]:
    request = {
        "path": str(path.resolve()),
        "options": options.model_dump(),
        "limits": asdict(limits),
    }
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    with (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", "mfp_stats.readers.child", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            _watch(child, limits)
        finally:
            child.kill()
            child.wait()
    return _answer(child.returncode, folder)


def _watch(child: subprocess.Popen[bytes], limits: Limits) -> None:
    """Wait for the child while it keeps to its limits."""
    started, process = time.monotonic(), psutil.Process(child.pid)
    while child.poll() is None:
        if time.monotonic() - started > limits.seconds:
            what = f"takes longer than {limits.seconds:g} seconds to read"
            raise ImportRejected(Fault("", what, fix="Export it as CSV or Parquet, or split it."))
        if _resident(process) > limits.memory:
            what = f"takes more than {limits.memory / 2**30:.1f} GiB of memory to read"
            raise ImportRejected(Fault("", what, fix="Leave out columns, or split it."))
        time.sleep(_LOOK_EVERY)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _answer(code: int, folder: Path) -> dict[str, Any]:
    if code != 0:
        said = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), f"exit code {code}")
        fix = "It may be damaged: export it again, or as CSV."
        what = f"the reader broke down on it ({short(last, 200)})"
        raise ImportRejected(Fault("", what, fix=fix))
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    if faults := answer.get("faults"):
        raise ImportRejected([Fault(w, what, tuple(known), fix) for w, what, known, fix in faults])
    return answer


def _table(name: str, answer: dict[str, Any], cells: Path, naming: Naming) -> RawTable:
    frame = pl.read_parquet(cells, glob=False)
    lines = frame.drop_in_place("line")
    frame.columns = answer["names"]
    return RawTable(
        file=name,
        format=Format(answer["format"]),
        sha256=answer["sha256"],
        size=answer["size"],
        frame=frame,
        lines=lines,
        unit=answer["unit"],
        column_labels=answer["column_labels"],
        value_labels=answer["value_labels"],
        declared_missing={k: tuple(v) for k, v in answer["declared_missing"].items()},
        notes=tuple(map(naming.in_words, answer["notes"])),
    )
