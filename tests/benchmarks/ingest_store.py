"""How long a large answer sheet takes into the store and out, against DuckDB's own read_csv.

Run: ``python tests/benchmarks/ingest_store.py [rows]``; prints one JSON object.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, Role
from mfp_stats.responses import SHEET_HEAD
from mfp_stats.store import ImportSource, Store
from mfp_stats.store.uploads import save_upload

COLUMNS = 60


def questionnaire() -> Questionnaire:
    """Sixty questions of seven options."""
    options = tuple(Option(f"o{k}", {"en": f"Option {k}"}) for k in range(7))
    items = tuple(
        Item(f"q{k}", ItemType.SELECT_ONE, Role.BELIEF, {"en": f"q{k}"}, "b", options=options)
        for k in range(COLUMNS)
    )
    return Questionnaire(
        survey="large", title={}, languages=("en",), source="imported", hash="0" * 64, values={},
        interventions={}, signals={}, arms={}, blocks=(), items=items, group="q0",
    )  # fmt: skip


def answer_sheet(rows: int) -> pl.DataFrame:
    """Random codes, some of them missing."""
    random = np.random.default_rng(20261124)
    head = pl.DataFrame({"respondent": [f"person{k}" for k in range(rows)]}).with_columns(
        wave=pl.lit("1"), weight=pl.lit(1.0)
    )
    empty = {n: pl.lit(None, dtype=t) for n, t in SHEET_HEAD.items() if n not in head.columns}
    codes = {f"q{k}": random.integers(-3, 7, rows).astype(np.int16) for k in range(COLUMNS)}
    return head.with_columns(**empty).select(*SHEET_HEAD).with_columns(**codes)


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def read_csv_into_table(csv: Path, database: Path) -> None:
    """Load the file as DuckDB does it by itself."""
    with duckdb.connect(database) as connection:
        connection.execute("CREATE TABLE answers AS SELECT * FROM read_csv(?)", [str(csv)])


def measure(rows: int, folder: Path) -> dict[str, float]:
    """Time the whole round."""
    sheet, asked = answer_sheet(rows), questionnaire()
    csv = folder / "answers.csv"
    sheet.select("respondent", *(f"q{k}" for k in range(COLUMNS))).write_csv(csv)
    digest = sha256(csv.read_bytes()).hexdigest()
    source = ImportSource(csv.name, digest)
    duck = seconds(lambda: read_csv_into_table(csv, folder / "plain.duckdb"))
    with Store.open(folder / "data") as store:
        append = seconds(lambda: store.append_sheet(sheet, asked, source=source))
        keep = seconds(lambda: save_upload(folder / "uploads", csv, digest))
        read = seconds(lambda: store.sheet(asked))
        snapshot = seconds(lambda: store.snapshot(asked, folder / "job"))
    return {
        "rows": rows,
        "columns": COLUMNS,
        "read_csv_seconds": duck,
        "append_sheet_seconds": append,
        "append_to_read_csv": append / duck,
        "save_upload_seconds": keep,
        "sheet_seconds": read,
        "snapshot_seconds": snapshot,
        "store_megabytes": (folder / "data" / "store.duckdb").stat().st_size / 1e6,
        "peak_gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "load_average": os.getloadavg()[0],
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        result = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, Path(temporary))
    sys.stdout.write(json.dumps({k: round(v, 3) for k, v in result.items()}, indent=2) + "\n")
