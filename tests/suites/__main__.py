"""Run the slow suites, or render the report on them.

``python -m tests.suites sbc --only values --n 150 --processes 2`` runs what is missing;
``python -m tests.suites report`` writes ``docs/calibration.md``. Stop and start at will.
"""

import argparse
import sys
from pathlib import Path

import platformdirs

from tests.suites.catalogue import FAMILIES, suites
from tests.suites.replicates import run
from tests.suites.report import RESULTS, render, write
from tests.suites.rows import Row


def main() -> None:
    """Read the command line and do what it says."""
    words = _parser().parse_args()
    if words.what == "report":
        sys.stdout.write(f"{write(suites())}\n")
        return
    chosen = [
        suite.of_size(words.n).of_cells(words.cells) for suite in suites(words.what, words.only)
    ]
    if not chosen:
        known = ", ".join(suite.name for suite in suites(words.what))
        sys.exit(f"no suite of {words.what} has {words.only!r} in its name; known: {known}")
    for suite in chosen:
        run(
            suite,
            words.results,
            cache=words.cache,
            processes=words.processes,
            minutes=words.minutes,
            note=_note,
        )
    sys.stdout.write(render(chosen, words.results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.suites", description=__doc__)
    parser.add_argument("what", choices=[*FAMILIES, "report"])
    parser.add_argument("--only", "--model", default="", help="suites with this in their name")
    parser.add_argument(
        "--cells", default="", help="cells in whose name this regular expression is found"
    )
    parser.add_argument("--n", type=int, help="replicates a cell, instead of those planned")
    parser.add_argument("--processes", type=int, default=1, help="workers of one thread each")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin none after so long, each suite"
    )
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the rows")
    cache = Path(platformdirs.user_cache_dir("mfp-stats")) / "suites"
    parser.add_argument("--cache", type=Path, default=cache, help="folder of compiled code")
    return parser


def _note(row: Row) -> None:
    said = f"{row.failure.kind}: {row.failure.message}" if row.failure else "done"
    name = " ".join(filter(None, (row.suite, row.cell)))
    sys.stderr.write(f"{name} {row.replicate}: {said} ({row.seconds:.1f} s)\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
