"""Folders and files of a project that are locked, damaged or not to be written."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mfp_stats.fitting.tables import read_table
from mfp_stats.project import Project
from mfp_stats.serve import is_healthy
from mfp_stats.store import Store
from tests.app.synthetic import save_synthetic

from .conftest import Mfp
from .test_files import IMPORT

FAULTY = """\
survey: Vale Town
title:
languages: [en, en]
colour: blue
source: elsewhere
floor: 3
group: nobody
values: {Quiet: Quiet}
scales: {agree3: {level: wild, labels: [Yes]}}
blocks:
  - {block: top, role: value_tradeof, type: best_worst, sets: 5, size: 3}
  - {block: about, items: [{name: Side, type: select_one sides, label: Side}]}
"""


def test_a_questionnaire_with_ten_faults_names_all(mfp: Mfp, project: Project) -> None:
    file = project.root / "surveys" / "vale" / "questionnaire.yaml"
    file.write_text(FAULTY, encoding="utf-8")
    ended = mfp("check", "vale")
    assert ended.code == 2 and str(file) in ended.text
    faults = [line for line in ended.text.splitlines() if line.startswith("- ")]
    assert len(faults) >= 10
    assert all(": " in fault for fault in faults)


@pytest.mark.parametrize("command", [IMPORT, ("fit", "vale"), ("simulate", "vale"), ("serve",)])
def test_a_second_process_is_told_which_holds_the_store(
    mfp: Mfp, project: Project, command: tuple[str, ...]
) -> None:
    with Store.open(project.data):
        ended = mfp(*command, *(["--port", 18_499] if command == ("serve",) else []))
    assert ended.code == 2
    assert "in use by another process" in ended.text and f"process {os.getpid()}" in ended.text


@pytest.mark.parametrize("name", ["store.lock", "store.duckdb", "journal", "uploads"])
def test_a_part_of_the_store_that_is_something_else(mfp: Mfp, project: Project, name: str) -> None:
    project.data.mkdir()
    part = project.data / name
    if name.startswith("store"):
        part.mkdir()
    else:
        part.write_text("not a folder", encoding="utf-8")
    ended = mfp(*IMPORT)
    assert ended.code == 2 and str(part) in ended.text


@pytest.mark.parametrize("content", [b"", b"nonsense" * 1000])
def test_a_damaged_database(mfp: Mfp, project: Project, content: bytes) -> None:
    project.data.mkdir()
    (project.data / "store.duckdb").write_bytes(content)
    ended = mfp(*IMPORT)
    assert ended.code == 2 and "store.duckdb" in ended.text and "backup" in ended.text


@pytest.mark.parametrize("name", ["jobs", "fits"])
def test_results_that_could_not_be_saved_stop_a_fit_before_it_starts(
    mfp: Mfp, project: Project, name: str
) -> None:
    mfp("simulate", "vale", "--n", 60)
    (project.data / name).write_text("not a folder", encoding="utf-8")
    ended = mfp("fit", "vale")
    assert ended.code == 2 and str(project.data / name) in ended.text


def test_a_project_below_a_file(mfp: Mfp, project: Project) -> None:
    ended = mfp("init", "answers.csv/town")
    assert ended.code == 2 and "cannot be written" in ended.text


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="closes folders to root as Linux does")
CAPABILITIES_VERSION = 0x20080522
OVERRIDE_RIGHTS = 1 << 1


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let modes of folders count for root too, to whom Linux else opens every folder."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    held = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, held) == 0
    fewer = (ctypes.c_uint32 * 6)(*held)
    fewer[0] &= ~OVERRIDE_RIGHTS
    assert libc.capset(header, fewer) == 0
    try:
        yield
    finally:
        assert libc.capset(header, held) == 0


@pytest.fixture
def closed(project: Project) -> Iterator[Path]:
    """The project with a store in it, which anybody may read and nobody may write."""
    Store.open(project.data).close()
    inside = (project.root, *project.root.rglob("*"))
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with without_privileges():
        yield project.root
    for path in inside:
        path.chmod(0o755)


WRITING = (
    IMPORT,
    IMPORT[:3],
    ("fit", "vale"),
    ("simulate", "vale"),
    ("withdraw", "vale", "1", "--why", "wrong"),
    ("serve", "--port", "18498"),
    ("init", "x"),
    ("demo", "--no-serve"),
    ("demo", "--no-serve", "--folder", "x/y"),
)


@LINUX
@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_a_project_that_may_not_be_written(mfp: Mfp, closed: Path, command: tuple[str, ...]):
    ended = mfp(*command)
    assert ended.code == 2
    assert str(closed) in ended.text and "cannot be written" in ended.text
    assert len(ended.text.splitlines()) <= 3


@LINUX
def test_a_project_that_may_not_be_written_can_still_be_read(mfp: Mfp, closed: Path):
    assert mfp("check", "vale").code == 0
    rehearsed = mfp(*IMPORT, "--dry-run")
    assert rehearsed.code == 0 and "4 respondents" in rehearsed.text


@pytest.mark.parametrize("target", ["folder", "answers.csv/found.json"])
def test_findings_that_could_not_be_written_stop_a_demo_before_it_starts(
    mfp: Mfp, project: Project, target: str
) -> None:
    (project.root / "folder").mkdir()
    ended = mfp("demo", "--no-serve", "--folder", "demo", "--json", target)
    assert ended.code == 2 and target.split("/", maxsplit=1)[0] in ended.text
    assert not (project.root / "demo" / "data").exists()


def test_a_fault_of_the_users_that_only_the_worker_finds_ends_as_one(
    mfp: Mfp, project: Project
) -> None:
    mfp("simulate", "vale", "--n", 60)
    (project.root / "models").mkdir()
    (project.root / "models" / "values.py").write_text("x = 1\n", encoding="utf-8")
    ended = mfp("fit", "vale")
    assert ended.code == 2
    assert "values.py" in ended.text and "Traceback" not in ended.text


def test_health_proves_that_the_database_stores(project: Project, tmp_path: Path) -> None:
    class Proving:
        proved = False

        def prove(self) -> None:
            self.proved = True

    store = Proving()
    assert is_healthy(store, tmp_path)  # type: ignore[arg-type]
    assert store.proved


@pytest.fixture
def fit(project: Project) -> Path:
    """A saved fit of made-up numbers, in which the two versions have tables of their own."""
    questionnaire = project.questionnaire("ai_datacentres")
    return save_synthetic(project.data / "fits", questionnaire, by_version=True)


def _show(mfp: Mfp, topic: str = "overlap", *more: str):
    return mfp("show", "ai_datacentres", topic, *more)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe\0"])
def test_a_damaged_manifest(mfp: Mfp, fit: Path, content: bytes) -> None:
    (fit / "manifest.json").write_bytes(content)
    ended = _show(mfp)
    assert ended.code == 1
    assert str(fit / "manifest.json") in ended.text and "Move the folder" in ended.text


def test_a_damaged_table_is_named_and_not_left_out(mfp: Mfp, fit: Path) -> None:
    table = fit / "tables" / "overlap_revealed.parquet"
    whole = table.read_bytes()
    for content in (b"", whole[: len(whole) // 2], None):
        table.unlink() if content is None else table.write_bytes(content)
        ended = _show(mfp)
        assert ended.code == 1 and "Fit again" in ended.text
        assert f"{fit.name}: its table 'overlap_revealed' is not the file" in ended.text
    assert _show(mfp, "values").code == 0


def test_a_fit_in_a_folder_whose_name_looks_like_a_pattern(project: Project, tmp_path: Path):
    fits = tmp_path / "study [2026]" / "fits"
    fit = save_synthetic(fits, project.questionnaire("ai_datacentres"))
    assert read_table(fit, "overlap").height


def test_a_fit_that_was_never_saved_whole_is_none(mfp: Mfp, fit: Path) -> None:
    fit.rename(fit.with_name(f".{fit.name}.0123"))
    ended = _show(mfp)
    assert ended.code == 2 and "has not been fitted yet" in ended.text


def test_an_unknown_fit(mfp: Mfp, fit: Path) -> None:
    ended = _show(mfp, "overlap", "--fit", "nosuch")
    assert ended.code == 2 and fit.name in ended.text
