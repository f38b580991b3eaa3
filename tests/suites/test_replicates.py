"""The runner: nothing lost, nothing run twice, every failure counted, whoever is killed."""

import subprocess
import sys
import time

import pytest

from tests.suites.replicates import missing, planned_rows, results_file, seed_of
from tests.suites.report import render
from tests.suites.rows import failures
from tests.suites.toy import toy


@pytest.fixture
def start(checkout, tmp_path):
    def started(processes=1, **options):
        call = f"run_toy({str(tmp_path)!r}, {processes}, **{options!r})"
        code = f"from tests.suites.toy import run_toy; {call}"
        return subprocess.Popen(
            [sys.executable, "-c", code], cwd=checkout, stderr=subprocess.PIPE, text=True
        )

    return started


def finish(process):
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


def test_what_fails_is_counted_with_its_kind(start, tmp_path):
    options = {"cells": ["works", "raises", "dies", "hangs", "nan"], "replicates": 2, "limit_s": 3}
    assert finish(start(processes=2, **options)) == (0, "")
    suite = toy(**options)
    rows = planned_rows(suite, tmp_path)
    assert len(rows) == 10
    assert failures(rows) == {"TimedOut": 2, "ValueError": 4, "WorkerDied": 2}
    assert {row.cell for row in rows if row.result} == {"does=works"}
    assert all(row.seed == seed_of("toy", row.cell, row.replicate) for row in rows)
    assert missing(suite, tmp_path) == []
    text = render([suite], tmp_path)
    assert "10 of 10 replicates" in text
    assert "2 TimedOut, 4 ValueError, 2 WorkerDied" in text


def test_a_killed_run_goes_on_where_it_was(start, tmp_path):
    options = {"cells": ["works"], "replicates": 30, "pause": 0.05}
    suite = toy(**options)
    kept = []
    for stop in (3, 9):
        run = start(processes=2, **options)
        while len(results_file(suite, tmp_path).read()) < stop:
            assert run.poll() is None, run.communicate()
            time.sleep(0.02)
        run.kill()
        finish(run)
        kept.append([row.to_line() for row in planned_rows(suite, tmp_path)])
    assert finish(start(processes=2, **options))[0] == 0
    lines = results_file(suite, tmp_path).path.read_text().splitlines(keepends=True)[1:]
    assert len(lines) == 30  # none twice
    for earlier in kept:
        assert lines[: len(earlier)] == earlier
    assert sorted(row.replicate for row in planned_rows(suite, tmp_path)) == list(range(30))


def test_two_runs_of_one_suite_do_not_meet(start, tmp_path):
    options = {"cells": ["works"], "replicates": 40, "pause": 0.1}
    first = start(**options)
    while not results_file(toy(**options), tmp_path).read():
        assert first.poll() is None, first.communicate()
        time.sleep(0.02)
    code, errors = finish(start(**options))
    first.kill()
    finish(first)
    assert code != 0
    assert "StoreLocked" in errors


def test_what_cannot_be_prepared_stops_the_run_and_counts_for_nothing(start, tmp_path):
    options = {"cells": ["unprepared"], "replicates": 3}
    code, errors = finish(start(**options))
    assert code != 0
    assert "there is nothing to prepare" in errors
    assert planned_rows(toy(**options), tmp_path) == []


def test_more_replicates_are_added_to_those_there_are(start, tmp_path):
    options = {"cells": ["works"], "replicates": 2}
    assert finish(start(**options))[0] == 0
    more = toy(**options).of_size(4)
    assert [task.replicate for task in missing(more, tmp_path)] == [2, 3]
