"""Run ``mfp`` as a user does, in a project of one's own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mfp_stats.cli import main
from mfp_stats.project import Project

VILLAGE = """\
survey: village
title: Our village
source: imported
values: {quiet: Quiet, shops: Shops, trees: Trees}
scales:
  agree3:
    labels: [Disagree, Neither, Agree]
    missing: [dont_know]
blocks:
  - block: top
    role: value_tradeoff
    type: select_multiple values
    max_choices: 2
  - block: about_you
    items:
      - {name: growth, role: belief, scale: agree3, label: The village grows}
      - {name: lives, role: group, type: select_one, label: Where,
         options: {centre: In the centre, edge: At the edge}}
"""

MAPPING = """\
survey: village
respondent: id
missing: {"": skipped}
items:
  top:
    columns: {quiet: p1, shops: p2, trees: p3}
    chosen: ["1"]
    not_chosen: ["0"]
  growth:
    column: g
    codes: {"3": agree, "2": neither, "1": disagree}
  lives:
    column: where
    codes: {Centre: centre, Edge: edge}
"""

ANSWERS = """\
id,p1,p2,p3,g,where,weather
a,1,0,1,3,Centre,sun
b,0,1,0,1,Edge,rain
c,0,0,1,,Edge,rain
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """What was printed as JSON; nothing may stand beside it."""
        found = json.loads(self.out, parse_constant=_no_such_number)
        assert isinstance(found, list)
        return found


#: Runs a command in the project's folder.
Mfp = Callable[..., Ended]


def _no_such_number(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


@pytest.fixture
def mfp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Mfp:
    """Run ``mfp`` with some words, in ``tmp_path``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["mfp", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Project:
    """A project in ``tmp_path`` with the village's survey and a file of answers to it."""
    folder = tmp_path / "surveys" / "village"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text(VILLAGE)
    (tmp_path / "answers.csv").write_text(ANSWERS)
    return Project(tmp_path, checkout)


@pytest.fixture
def mapping(project: Project) -> Path:
    """A mapping of the file of answers, outside the survey's folder."""
    file = project.root / "mapping.yaml"
    file.write_text(MAPPING)
    return file
