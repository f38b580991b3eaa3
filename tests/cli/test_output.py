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


class Screen(io.StringIO):
    """A terminal of some width."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_screen(monkeypatch):
    """Print records to a terminal so wide, and return what it shows."""

    def printed(records, width: int) -> str:
        screen = Screen()
        plain = Console(file=screen, width=width, highlight=False, color_system=None)
        monkeypatch.setattr(output, "Console", lambda **_: plain)
        output.table(records)
        return screen.getvalue()

    return printed


def test_a_terminal_with_room_for_numbers_folds_labels_alone(on_screen) -> None:
    records = [{"label": "long words in a label " * 4, "gap": "0.12 (−0.10 to 0.40)", "n": 12}]
    shown = on_screen(records, 60)
    assert "0.12 (−0.10 to 0.40)" in shown and "│ 12 │" in shown
    assert "…" not in shown and shown.count("words") == 4


def test_a_terminal_without_room_tells_records_one_below_the_other(on_screen) -> None:
    shown = on_screen(ESTIMATES * 2, 80)
    assert "│" not in shown and "…" not in shown
    assert shown.count("estimate 11") == 2
    assert " ".join(shown.split()).count("0.123 (0.100–0.400)") == 2 * len(ESTIMATES[0])


def test_labels_are_printed_as_they_were_written(capsys) -> None:
    output.say("12:o2:30")
    output.findings(["a :rocket: b [bold]c[/bold]"])
    output.table([{"label": ":smile: [red]x"}])
    printed = capsys.readouterr().out
    for text in ("12:o2:30", "a :rocket: b [bold]c[/bold]", ":smile: [red]x"):
        assert text in printed


def test_findings_are_a_line_each_where_nobody_looks(capsys) -> None:
    output.findings(["a finding " * 30, "another"])
    assert len(capsys.readouterr().out.splitlines()) == 2


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
