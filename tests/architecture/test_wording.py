"""Words that results never come in."""

import re
from pathlib import Path

import pytest

#: What readers and users of the product may see.
PLACES = ("mfp_stats", "app", "models", "surveys", "docs", "README.md", "ARCHITECTURE.md")
#: Of samples that were not drawn at random nothing has such a margin (docs: estimates come with
#: intervals of their posterior).
MARGIN = re.compile(r"margins?\s+of\s+(sampling\s+)?error|m[aá]rgen(es)?\s+de\s+error", re.I)
#: What lies between the words of a text that goes over several lines of code.
JOINT = re.compile(r"""["']?\s*\n\s*(?:#:?\s*)?(?:f?["'])?""")


def speaks_of_margin(text: str) -> bool:
    """Whether a text calls anything a margin of error, over line ends too."""
    return bool(MARGIN.search(text) or MARGIN.search(JOINT.sub(" ", text)))


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_called_a_margin_of_error(checkout: Path, place: str) -> None:
    at = checkout / place
    kinds = {".py", ".md", ".yaml", ".html", ".js", ".json"}
    files = [at] if at.is_file() else [f for f in at.rglob("*") if f.suffix in kinds]
    assert files
    said = [f for f in files if speaks_of_margin(f.read_text(encoding="utf-8"))]
    assert not said


@pytest.mark.parametrize(
    "text",
    [
        "Margin of error: 3 points",
        'f"with a margin "\n        f"of error of {points}"',
        "the margins\nof error",
        "el margen de error",
    ],
)
def test_the_guard_sees_it(text: str) -> None:
    assert speaks_of_margin(text)
