"""The report gives a verdict only on what was planned."""

from dataclasses import replace

import pytest

from tests.suites.replicates import results_file
from tests.suites.report import render
from tests.suites.rows import Row
from tests.suites.suite import Figure
from tests.suites.toy import toy


def rendered(folder, passed: bool | None, *, kept: int, bound: str = "0") -> str:
    """Return the line of one figure of a suite of which some replicates were kept."""
    suite = toy(cells=["works"], replicates=3)
    suite = replace(suite, summarise=lambda _: [Figure("failed", "x", bound, passed)])
    file = results_file(suite, folder)
    file.prepare()
    for k in range(kept):
        file.append(Row("toy", "does=works", k, k, "abc", True, 1.0, {"number": 1.0}))
    (line,) = (line for line in render([suite], folder).splitlines() if line.startswith("| failed"))
    return line.split("|")[-2].strip()


@pytest.mark.parametrize(
    ("passed", "said"),
    [(True, "2 of 3 so far"), (None, "2 of 3 so far"), (False, "**not met**, 2 of 3 so far")],
)
def test_nothing_holds_before_all_planned_replicates_are_there(tmp_path, passed, said):
    assert rendered(tmp_path, passed, kept=2) == said


@pytest.mark.parametrize(("passed", "said"), [(True, "holds"), (False, "**fails**"), (None, "")])
def test_with_all_of_them_a_figure_holds_or_fails(tmp_path, passed, said):
    assert rendered(tmp_path, passed, kept=3) == said


@pytest.mark.parametrize("bound", ["", "counted"])
def test_what_is_only_counted_has_no_verdict(tmp_path, bound):
    assert rendered(tmp_path, None, kept=1, bound=bound) == ""
