"""How long a large survey takes to import, beside DuckDB's own reading of the same file.

Run with ``python tests/benchmarks/import_speed.py [--rows N]``. Prints one JSON object: seconds of
each step, ``ratio`` (our whole import over DuckDB's ``read_csv`` into a table) and ``peak_gib``,
the largest resident memory of this process and its children together.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import psutil

from mfp_stats.importers import apply_mapping, parse_mapping
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.readers import read_file
from mfp_stats.store import ImportSource, Store

LABELS = ["Regular user", "Occasional user", "No experience at all"]
ITEMS, PICKS = 50, 7


def questionnaire() -> Questionnaire:
    """Return a questionnaire of 50 ratings, one pick of 7, a group and a weight: 60 columns."""
    names = [f"option{k}" for k in range(PICKS)]
    document = {
        "survey": "large",
        "title": "A large survey",
        "source": "imported",
        "group": {"item": "use"},
        "scales": {"agree5": {"labels": ["Not at all", "A little", "Partly", "Mostly", "Fully"]}},
        "blocks": [
            {
                "block": "beliefs",
                "role": "belief",
                "items": [
                    {"name": f"q{k}", "type": "select_one agree5", "label": f"Statement {k}"}
                    for k in range(ITEMS)
                ]
                + [
                    {
                        "name": "pick",
                        "type": "select_multiple",
                        "label": "Where",
                        "options": {name: name for name in names},
                    }
                ],
            },
            {
                "block": "about",
                "items": [
                    {
                        "name": "use",
                        "role": "group",
                        "type": "select_one",
                        "label": "Use",
                        "options": {f"use{k}": label for k, label in enumerate(LABELS)},
                    }
                ],
            },
        ],
    }
    return parse(document, where="large")


def mapping_text(q: Questionnaire) -> str:
    """Return the mapping of the generated file."""
    scale = q.item("q0").option_names
    codes = ", ".join(f"'{k + 1}': {name}" for k, name in enumerate(scale))
    lines = ["survey: large", "respondent: id", "weight: weight", "missing: {'-1': refused}"]
    lines += ["items:", *(f"  q{k}: {{column: q{k}, codes: {{{codes}}}}}" for k in range(ITEMS))]
    columns = ", ".join(f"option{k}: pick{k}" for k in range(PICKS))
    lines.append(f"  pick: {{columns: {{{columns}}}, chosen: [Public services], ")
    lines.append("    nothing_chosen: answered}")
    groups = ", ".join(f"{label}: use{k}" for k, label in enumerate(LABELS))
    lines.append(f"  use: {{column: grp, codes: {{{groups}}}}}")
    return "\n".join(lines)


def write_survey(path: Path, rows: int) -> None:
    """Write ids, weights, a group, 50 codes from 1 to 5 or -1, and 7 ticks as texts."""
    rng = np.random.default_rng(20_260_101)
    columns: dict[str, object] = {
        "id": np.arange(rows) + 100_000,
        "weight": np.round(rng.lognormal(0, 0.3, rows), 4),
        "grp": np.array(LABELS)[rng.integers(0, 3, rows)],
    }
    for k in range(ITEMS):
        columns[f"q{k}"] = rng.choice([1, 2, 3, 4, 5, -1], rows)
    for k in range(PICKS):
        columns[f"pick{k}"] = np.array(["", "Public services"])[rng.integers(0, 2, rows)]
    pl.DataFrame(columns).write_csv(path)


@contextmanager
def peak_memory() -> Iterator[Callable[[], float]]:
    """Watch the memory of this process and its children; yields a reading in GiB."""
    me, peak, done = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: peak[0] / 2**30
    finally:
        done.set()
        watcher.join()


def time_duckdb(path: Path, database: Path) -> float:
    """Return the seconds of ``read_csv`` into a table of a new database, checkpoint included."""
    started = time.perf_counter()
    with duckdb.connect(database) as connection:
        relation = connection.read_csv(str(path))
        relation.create("answers")
        connection.execute("CHECKPOINT")
    return time.perf_counter() - started


def time_import(path: Path, data: Path) -> dict[str, float]:
    """Return the seconds of each step of our import, the store opened beforehand."""
    q = questionnaire()
    mapping = parse_mapping(mapping_text(q), q, where="large")
    seconds: dict[str, float] = {}
    with Store.open(data) as store:
        store.publish(q)
        started = time.perf_counter()
        raw = read_file(path)
        seconds["read"] = time.perf_counter() - started
        sheet = apply_mapping(raw, mapping, q, wave="1")
        seconds["apply"] = time.perf_counter() - started - seconds["read"]
        source = ImportSource(file=raw.file, sha256=raw.sha256)
        del raw
        store.append_sheet(sheet, q, source=source)
        seconds["whole"] = time.perf_counter() - started
    seconds["append"] = seconds["whole"] - seconds["read"] - seconds["apply"]
    return seconds


def main() -> None:
    """Generate, time both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.csv"
        write_survey(path, rows)
        theirs = time_duckdb(path, Path(folder) / "duckdb.db")
        with peak_memory() as peak:
            ours = time_import(path, Path(folder) / "data")
        result = {
            "rows": rows,
            "file_mib": path.stat().st_size / 2**20,
            "duckdb_seconds": theirs,
            **{f"{step}_seconds": s for step, s in ours.items()},
            "ratio": ours["whole"] / theirs,
            "peak_gib": peak(),
        }
    print(json.dumps({k: round(v, 3) for k, v in result.items()}, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
