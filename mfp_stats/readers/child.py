"""The reading process: whatever a hostile file does to a parser, it does it here.

Called as ``python -m mfp_stats.readers.child FOLDER`` by :mod:`mfp_stats.readers.read`.
FOLDER holds ``request.json``; the answer is ``answer.json`` and, for a file that could be read,
``cells.parquet``.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.columns import usable_names
from mfp_stats.readers.formats import recognise
from mfp_stats.readers.table import Format, Limits, Parsed, ReadOptions


def main(folder: Path) -> None:
    """Read the requested file and write the answer into the folder."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    try:
        answer = _read(Path(request["path"]), request, folder / "cells.parquet")
    except ImportRejected as rejected:
        answer = {"faults": [[f.where, f.what, list(f.known), f.fix] for f in rejected.faults]}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def _read(path: Path, request: dict[str, Any], cells: Path) -> dict[str, Any]:
    options, limits = ReadOptions(**request["options"]), Limits(**request["limits"])
    fmt = recognise(path)
    sha256, size = _digest(path)
    parsed = _parse(path, fmt, options, limits)
    names, notes = usable_names(parsed.names, options.rename, most=limits.columns)
    frame, dropped = _without_empty_tail(parsed.frame)
    lines = parsed.lines.head(frame.height)
    frame.with_columns(lines.alias("line")).write_parquet(
        cells, compression="uncompressed", statistics=False
    )
    return {
        "format": parsed.format,
        "sha256": sha256,
        "size": size,
        "names": names,
        "unit": parsed.unit,
        "notes": [*parsed.notes, *notes, *dropped],
        "column_labels": {names[k]: label for k, label in parsed.column_labels.items()},
        "value_labels": {names[k]: labels for k, labels in parsed.value_labels.items()},
        "declared_missing": {names[k]: codes for k, codes in parsed.declared_missing.items()},
    }


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _parse(path: Path, fmt: Format, options: ReadOptions, limits: Limits) -> Parsed:
    # Each needs libraries of its own, which take longer to load than most files to read.
    match fmt:
        case Format.PARQUET:
            from mfp_stats.readers.columnar import read_parquet  # noqa: PLC0415

            return read_parquet(path)
        case Format.EXCEL:
            from mfp_stats.readers.workbook import read_workbook  # noqa: PLC0415

            return read_workbook(path, options, limits)
        case Format.SPSS | Format.STATA:
            from mfp_stats.readers.statistical import read_statistical  # noqa: PLC0415

            return read_statistical(path, fmt)
        case _:
            from mfp_stats.readers.delimited import read_delimited  # noqa: PLC0415

            return read_delimited(path.read_bytes(), options, most_columns=limits.columns)


def _without_empty_tail(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Leave out rows without any cell at the end, which spreadsheets are fond of."""
    if any(cell is not None for cell in frame.row(-1)):
        return frame, []
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null()).arg_true()).to_series()
    if not len(filled):
        raise ImportRejected(Fault("", "has a header and no answers below it"))
    kept = int(filled[-1]) + 1
    return frame.head(kept), [f"{frame.height - kept} empty rows at the end were left out"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
