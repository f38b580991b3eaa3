"""Files gone wrong: one message that names file and place, exit code 2, nothing stored."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from mfp_stats.project import Project
from mfp_stats.store import Store

from .conftest import ANSWERS, Mfp

IMPORT = ("import", "vale", "answers.csv", "--mapping", "mapping.yaml")

FILES = {
    "ragged": (ANSWERS.replace("b,0.5,2,2,s", "b,0.5,2,2"), "line 3", "4 cells, 1 too few"),
    "unclosed quote": (ANSWERS.replace("c,2", 'c,"2'), "line 4", "never closed"),
    "empty": ("", "answers.csv", "is empty"),
    "nothing but a header": (ANSWERS.splitlines()[0], "answers.csv", "no answers below"),
    "NUL bytes": (ANSWERS.replace("c,2", "c\0,2"), "line 4", "NUL"),
    "the same column twice": (ANSWERS.replace("growth", "top"), "columns 3, 4", "stands twice"),
    "names that clash": (ANSWERS.replace("growth", "TOP"), "columns 3, 4", "only in case"),
    "off the scale": (ANSWERS.replace("b,0.5,2,2", "b,0.5,9,2"), "line 3", "'9' is off the scale"),
    "beyond all numbers": (ANSWERS.replace("0.5", "1e309"), "line 3", "finite numbers"),
    "negative weight": (ANSWERS.replace("0.5", "-1"), "line 3", "finite numbers of 0 or more"),
    "weight NaN": (ANSWERS.replace("0.5", "NaN"), "line 3", "finite numbers of 0 or more"),
    "unknown group": (ANSWERS.replace("2,s", "2,east"), "column side, line 3", "'n', 's', 'w'"),
    "the same person twice": (ANSWERS.replace("c,2", "a,2"), "column id, lines 2, 4", "'a'"),
    "a person without an id": (ANSWERS.replace("c,2", ",2"), "column id, line 4", "empty"),
    "no such column": (ANSWERS.replace("growth", "grow"), "unknown column 'growth'", "'grow'"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_csv_file_gone_wrong(mfp: Mfp, project: Project, kind: str) -> None:
    content, *said = FILES[kind]
    (project.root / "answers.csv").write_bytes(content.encode())
    _is_refused(mfp, project, IMPORT, "answers.csv", *said)


@pytest.mark.parametrize("ending", ["sav", "dta", "parquet"])
def test_a_file_cut_in_half(mfp: Mfp, project: Project, ending: str) -> None:
    file, frame = project.root / f"answers.{ending}", pl.read_csv(ANSWERS.encode())
    writers = {
        "sav": lambda: pyreadstat.write_sav(frame, str(file)),
        "dta": lambda: pyreadstat.write_dta(frame, str(file)),
        "parquet": lambda: frame.write_parquet(file),
    }
    writers[ending]()
    command = ("import", "vale", file.name, "--mapping", "mapping.yaml")
    assert mfp(*command, "--dry-run").code == 0
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    _is_refused(mfp, project, command, file.name, "cut off")


def test_a_million_columns(mfp: Mfp, project: Project) -> None:
    header = ",".join(f"c{k}" for k in range(1_000_000))
    (project.root / "answers.csv").write_text(f"{header}\n{'1,' * 999_999}1\n", encoding="utf-8")
    _is_refused(mfp, project, IMPORT, "1,000,000 columns", "at most 10,000")


@pytest.mark.parametrize("name", ["gone.csv", "surveys"])
def test_no_file_at_all(mfp: Mfp, project: Project, name: str) -> None:
    _is_refused(mfp, project, ("import", "vale", name, "--mapping", "mapping.yaml"), name)


def test_a_wave_without_a_name(mfp: Mfp, project: Project) -> None:
    _is_refused(mfp, project, (*IMPORT, "--wave", " "), "the wave has no name")


def test_the_same_file_twice_adds_nothing(mfp: Mfp, project: Project) -> None:
    assert "stored 4 respondents" in mfp(*IMPORT).text
    again = mfp(*IMPORT)
    assert again.code == 0 and "nothing added: this file is already import 1" in again.text
    assert _stored(project) == 4


def test_the_same_file_by_two_mappings(mfp: Mfp, project: Project) -> None:
    mfp(*IMPORT)
    other = project.root / "other.yaml"
    other.write_text((project.root / "mapping.yaml").read_text(encoding="utf-8") + "# other\n")
    ended = mfp("import", "vale", "answers.csv", "--mapping", "other.yaml")
    assert ended.code == 2 and "first: mfp withdraw vale 1 --why TEXT" in ended.text
    assert _stored(project) == 4


def test_people_who_are_stored_already(mfp: Mfp, project: Project) -> None:
    mfp(*IMPORT)
    (project.root / "more.csv").write_text(f"{ANSWERS}e,1,1,1,n\n", encoding="utf-8")
    ended = mfp("import", "vale", "more.csv", "--mapping", "mapping.yaml")
    assert ended.code == 2 and "4 respondents are stored already" in ended.text
    assert _stored(project) == 4
    assert len(list(project.root.glob("data/uploads/*"))) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"items: [", b"survey: other\n"])
def test_a_mapping_gone_wrong(mfp: Mfp, project: Project, content: bytes) -> None:
    (project.root / "mapping.yaml").write_bytes(content)
    _is_refused(mfp, project, IMPORT, "mapping.yaml")


def _is_refused(mfp: Mfp, project: Project, command: tuple[str, ...], *said: str) -> None:
    ended = mfp(*command)
    assert ended.code == 2, ended.text
    for words in said:
        assert words in ended.text
    assert _stored(project) == 0
    assert not list(Path(project.root).glob("data/uploads/*"))


def _stored(project: Project) -> int:
    with Store.open(project.data) as store:
        return len(store.respondents("vale"))
