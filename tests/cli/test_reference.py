"""The written command reference says what the program says."""

import re

from tests.cli.reference import FILE, reference


def test_the_reference_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run: python -m tests.cli.reference"


def test_every_option_is_explained() -> None:
    lines = [line for line in reference().splitlines() if line.startswith("- `")]
    assert len(lines) > 20
    assert [line for line in lines if not re.match(r"- `\S+`: \w\S* \w", line)] == []
