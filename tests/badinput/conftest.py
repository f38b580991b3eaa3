"""A small survey with answers, and ``mfp`` as a user runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml

from mfp_stats.cli import main
from mfp_stats.frames import sheet_schema
from mfp_stats.project import Project
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.store import ImportSource, Store

QUESTIONNAIRE = """\
survey: vale
title: The vale
source: imported
group: side
values: {quiet: Quiet, shops: Shops, trees: Trees}
scales:
  agree3:
    labels: [Disagree, Neither, Agree]
    missing: [dont_know]
blocks:
  - {block: top, role: value_tradeoff, type: select_multiple values, max_choices: 1}
  - {block: importance, role: value_rating, scale: agree3}
  - block: beliefs
    role: belief
    scale: agree3
    items:
      - {name: growth, label: The vale grows}
      - {name: rain, label: It rains more}
      - {name: roads, label: Roads bring people}
  - block: about_you
    items:
      - {name: side, role: group, type: select_one, label: Side,
         options: {north: North, south: South, west: West}}
"""

MAPPING = """\
survey: vale
respondent: id
weight: w
missing: {"": skipped}
items:
  top: {column: top, separator: ";", codes: {"1": quiet, "2": shops, "3": trees}}
  growth: {column: growth, codes: {"1": disagree, "2": neither, "3": agree}}
  side: {column: side, codes: {n: north, s: south, w: west}}
not_in_file: [importance.quiet, importance.shops, importance.trees, rain, roads]
"""

ANSWERS = """\
id,w,top,growth,side
a,1,1,1,n
b,0.5,2,2,s
c,2,3,3,n
d,1,1,,s
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed, unwrapped."""

    code: int
    text: str


Mfp = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project, in a folder whose name has a space and an accent, as working directory."""
    root = tmp_path / "une vallée"
    (root / "surveys" / "vale").mkdir(parents=True)
    (root / "surveys" / "vale" / "questionnaire.yaml").write_text(QUESTIONNAIRE, encoding="utf-8")
    (root / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (root / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    monkeypatch.chdir(root)
    return Project.open(root)


@pytest.fixture
def mfp(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Mfp:
    """Run ``mfp``; anything but an exit of its own is a traceback and fails the test."""

    def run(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["mfp", *map(str, words)])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capfd.readouterr()
        return Ended(code, captured.out + captured.err)

    return run


def answer_sheet(questionnaire: Questionnaire, **columns: list[int] | list[float]) -> pl.DataFrame:
    """Return a sheet of people who differ, but for the columns given."""
    people = len(next(iter(columns.values())))
    cells: dict[str, object] = {}
    for place, (name, dtype) in enumerate(sheet_schema(questionnaire).items()):
        varied = [(person * (place + 1) // 2) % 3 for person in range(people)]
        cells[name] = varied if dtype == pl.Int16() else [None] * people
    picks = [name for name in cells if name.startswith("top|")]
    for place, name in enumerate(picks):
        cells[name] = [int(person % 3 == place) for person in range(people)]
    cells |= {"respondent": [f"p{k}" for k in range(people)], "wave": ["1"] * people, **columns}
    return pl.DataFrame(cells, schema=sheet_schema(questionnaire))


def store_sheet(project: Project, sheet: pl.DataFrame) -> None:
    """Store a sheet as one import."""
    with Store.open(project.data) as store:
        source = ImportSource("answers.csv", "0" * 64)
        store.append_sheet(sheet, project.questionnaire("vale"), source=source)


def keep_blocks(project: Project, names: Sequence[str]) -> None:
    """Leave every other block out of the questionnaire, but for the group item's."""
    file = project.root / "surveys" / "vale" / "questionnaire.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    kept = [block for block in document["blocks"] if block["block"] in (*names, "about_you")]
    text = yaml.safe_dump(document | {"blocks": kept}, sort_keys=False)
    file.write_text(text, encoding="utf-8")
