"""``docs/calibration.md``: what the kept rows say, short enough to be read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.suites.carried import CARRIED
from tests.suites.provenance import ROOT
from tests.suites.replicates import planned_rows, results_file
from tests.suites.rows import Row, failures
from tests.suites.suite import Figure, Suite

RESULTS: Final = ROOT / "tests" / "suites" / "results"
REPORT: Final = ROOT / "docs" / "calibration.md"

HEAD: Final = """# Calibration

What the slow suites say of the shipped models, rendered by `python -m tests.suites report` from
the rows in `tests/suites/results/`. A row is one replicate; failed replicates are rows too, and
are counted. Intervals of counts are exact 95 % binomial intervals. A figure holds or fails only
once all replicates that are planned of its suite are there.

In simulation-based calibration (Talts et al. 2018) parameters come from a model's own prior, a
survey from the parameters, and the true value of each quantity is ranked among its posterior
draws. Over many surveys ranks are uniform if model, code and sampler are right. `p` is the
probability that uniform ranks stray as far anywhere (Säilynoja et al. 2022): below 0.01 the rank
ECDF leaves the simultaneous 99 % band. A mean rank above 0.5 says that the posterior lies too low.
"""

VERDICTS: Final = {True: "holds", False: "**fails**", None: ""}
#: What stands in the place of a bound where nothing is required.
NO_BOUND: Final = ("", "counted")


def render(suites: Sequence[Suite], folder: Path = RESULTS) -> str:
    """Return the report on some suites as Markdown."""
    return "\n".join([HEAD, *(line for suite in suites for line in _section(suite, folder))])


def write(suites: Sequence[Suite]) -> Path:
    """Write the report and return where it is."""
    REPORT.write_text(render(suites), encoding="utf-8")
    return REPORT


def _section(suite: Suite, folder: Path) -> Iterator[str]:
    rows = planned_rows(suite, folder)
    older = results_file(suite, folder).others()
    yield f"## {suite.name}\n\n{suite.title}\n"
    if about := " ".join(filter(None, (suite.note, CARRIED.get(suite.name)))):
        yield f"{about}\n"
    yield f"{_counts(suite, rows)}{_older(older)}\n"
    if rows:
        yield "| figure | value | has to be | |\n|---|---|---|---|"
        yield from (_line(figure, len(rows), suite.planned) for figure in suite.summarise(rows))
        yield ""


def _counts(suite: Suite, rows: Sequence[Row]) -> str:
    if not rows:
        return f"None of {suite.planned} replicates has been run with the present settings."
    failed = failures(rows)
    kinds = ", ".join(f"{n} {kind}" for kind, n in failed.items()) or "none"
    minutes = sum(row.seconds for row in rows) / 60
    return (
        f"{len(rows)} of {suite.planned} replicates ({minutes:.0f} minutes of one core); "
        f"failed: {kinds}. Commits: {_commits(rows)}."
    )


def _commits(rows: Sequence[Row]) -> str:
    counted = Counter((row.git, row.clean) for row in rows)
    return ", ".join(
        f"`{git}`{'' if clean else ' with changes'} ({n})" for (git, clean), n in counted.items()
    )


def _older(rows: int) -> str:
    if not rows:
        return ""
    return f" {rows} rows of other settings or of an earlier model are kept and not counted."


def _line(figure: Figure, rows: int, planned: int) -> str:
    verdict = VERDICTS[figure.passed] if rows == planned else _so_far(figure, rows, planned)
    return f"| {figure.name} | {figure.value} | {figure.threshold} | {verdict} |"


def _so_far(figure: Figure, rows: int, planned: int) -> str:
    """Return what stands for the verdict while replicates are missing: none, but a warning."""
    if figure.threshold in NO_BOUND:
        return ""
    reached = f"{rows} of {planned} so far"
    return f"**not met**, {reached}" if figure.passed is False else reached
