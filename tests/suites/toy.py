"""A suite that takes no time, for the tests of the runner."""

import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.suites.replicates import run
from tests.suites.rows import Row
from tests.suites.suite import Figure, Replicate, Suite, grid


def toy(*, cells: Sequence[str], replicates: int, pause: float = 0.0, limit_s: float = 60) -> Suite:
    """Return a suite whose cells are named for what their replicates do."""
    return Suite(
        name="toy",
        title="A toy.",
        cells=grid(replicates, does=cells),
        settings={"pause": pause},
        prepare=partial(prepare, pause),
        summarise=summarise,
        limit_s=limit_s,
    )


def prepare(pause: float, cell: object) -> Replicate:
    """Return what a cell's replicates do."""
    does = str(getattr(cell, "options", {})["does"])
    if does == "unprepared":
        raise ValueError("there is nothing to prepare")
    return partial(replicate, does, pause)


def replicate(does: str, pause: float, seed: int) -> dict[str, float]:
    """Work, raise, return what is no number, die, or never end."""
    time.sleep(pause)
    if does == "raises":
        raise ValueError("as it should")
    if does == "dies":
        os._exit(3)
    if does == "hangs":
        while True:
            pass
    return {"number": float("nan") if does == "nan" else seed / 3}


def summarise(rows: Sequence[Row]) -> Sequence[Figure]:
    """Count results."""
    return [Figure("results", str(sum(row.result is not None for row in rows)), "", None)]


def run_toy(folder: str, processes: int, **options: object) -> None:
    """Run a toy suite from a command line."""
    suite = toy(**options)  # type: ignore[arg-type]
    run(suite, Path(folder), cache=Path(folder) / "cache", processes=processes)
