"""Tables on the command line: no number is cut, to a terminal or to a file."""

import io

import pytest
from rich.console import Console

from mfp_stats.cli import output

ESTIMATES = [{f"estimate_{k}": "0.123 (0.100–0.400)" for k in range(12)}]


def test_a_piped_table_has_a_line_a_record(capsys) -> None:
    output.table(ESTIMATES)
    lines = capsys.readouterr().out.splitlines()
    assert sum("0.123" in line for line in lines) == 1
    assert lines[-2].count("0.123 (0.100–0.400)") == len(ESTIMATES[0])


def test_a_narrow_terminal_folds_numbers_and_leaves_none_out(monkeypatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(
        output, "Console", lambda **_: Console(file=screen, force_terminal=True, width=80)
    )
    output.table([{"a": "0.123 (0.100–0.400)", "b": "x" * 200}])
    printed = screen.getvalue()
    assert "…" not in printed
    assert printed.count("x") == 200


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((0.5, 0.25, 0.75), "0.50 (0.25–0.75)"),
        ((-0.001, -0.2, 0.2), "0.00 (−0.20 to 0.20)"),
        ((-0.3, -0.4, -0.2), "−0.30 (−0.40 to −0.20)"),
    ],
)
def test_an_estimate_reads_as_everywhere_else(ends, text) -> None:
    record = dict(zip(("gap_mean", "gap_q05", "gap_q95"), ends, strict=True))
    assert output.estimate(record, "gap") == text
    assert output.estimate({"gap_mean": None, "gap_q05": None, "gap_q95": None}, "gap") is None
    assert output.estimate({}, "gap") is None
