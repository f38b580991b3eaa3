"""Rows come back as they were kept, whatever was cut off."""

from dataclasses import replace

import numpy as np
import pytest

from tests.suites.intervals import binomial_interval
from tests.suites.provenance import model_digest
from tests.suites.rows import Failure, ResultsFile, Row, failures, plain, to_json

ROW = Row("toy", "n=3", 0, 17, "abc", True, 1.5, {"x": 0.125, "ranks": [1, 2]})


@pytest.fixture
def file(tmp_path):
    made = ResultsFile(tmp_path, "toy", {"people": 3})
    made.prepare()
    return made


def test_rows_come_back(file):
    failed = replace(ROW, replicate=1, result=None, failure=Failure("ValueError", "no\u2028luck"))
    file.append(ROW)
    file.append(failed)
    assert file.read() == [ROW, failed]
    assert failures(file.read()) == {"ValueError": 1}


def test_a_line_cut_short_is_forgotten_and_written_anew(file):
    other = replace(ROW, replicate=1)
    for row in (ROW, other):
        file.append(row)
    whole = file.path.read_bytes()
    for kept in range(len(whole) - len(other.to_line()), len(whole)):
        file.path.write_bytes(whole[:kept])
        assert file.read() == [ROW]
        file.prepare()
        file.append(other)
        assert file.path.read_bytes() == whole


def test_a_first_line_cut_short_is_written_anew(file):
    whole = file.path.read_bytes()
    file.path.write_bytes(whole[:5])
    file.prepare()
    assert file.path.read_bytes() == whole


def test_the_first_row_of_a_replicate_counts(file):
    file.append(ROW)
    file.append(replace(ROW, seconds=9.0))
    assert file.read() == [ROW]


def test_rows_of_other_settings_stay_apart(file, tmp_path):
    file.append(ROW)
    other = ResultsFile(tmp_path, "toy", {"people": 4})
    assert other.read() == []
    assert other.others() == 1
    assert file.others() == 0


def test_numbers_are_rounded_and_nan_is_refused():
    found = plain({"a": np.float64(1 / 3), "b": np.arange(2), "c": (True, None, 123456789)})
    assert found == {"a": 0.33333, "b": [0, 1], "c": [True, None, 123456789]}
    with pytest.raises(ValueError, match="Out of range"):
        to_json({"x": [np.nan]})


def test_binomial_intervals_are_exact():
    low, high = binomial_interval(0, 10)
    assert (low, high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 10)))
    assert binomial_interval(10, 10) == (pytest.approx(0.025 ** (1 / 10)), 1.0)


def test_words_do_not_change_a_model_and_numbers_do(tmp_path):
    model = tmp_path / "m.py"
    found = []
    for text in ('"""A."""\nx = 1  # one\n', '"""B."""\n\nx = 1\n', "x = 2\n"):
        model.write_text(text)
        found.append(model_digest(model))
    assert found[0] == found[1] != found[2]


def test_a_change_of_a_likelihood_changes_its_models(tmp_path):
    model, part = tmp_path / "m.py", tmp_path / "mfp_stats" / "likelihoods" / "choice.py"
    part.parent.mkdir(parents=True)
    model.write_text("from mfp_stats.likelihoods.choice import x\n")
    found = []
    for text in ("x = 1\n", "x = 2\n"):
        part.write_text(text)
        found.append(model_digest(model, tmp_path))
    assert found[0] != found[1]
