"""``mfp simulate``: truths by name, into the store or into a file that import takes back."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.api import open_project
from tests.cli.conftest import Mfp

INSTRUMENT = Path(__file__).resolve().parents[1] / "acceptance" / "questionnaire.yaml"


@pytest.fixture
def instrument(project: Project) -> Project:
    """The village's project with the acceptance suite's survey in it."""
    folder = project.root / "surveys" / "acceptance"
    folder.mkdir()
    shutil.copy(INSTRUMENT, folder / "questionnaire.yaml")
    return project


def test_a_truth_is_stored_under_its_name(mfp: Mfp, instrument: Project) -> None:
    words = ("simulate", "acceptance", "--truth", "models", "--n", 40, "--seed", 3)
    ended = mfp(*words)
    assert (ended.code, ended.err) == (0, "")
    assert "as import 1. No real person gave these answers." in ended.out
    assert "already" in mfp(*words).out
    with Store.open(instrument.data) as store:
        names = store.imports("acceptance")["file"].to_list()
        assert len(store.respondents("acceptance")) == 40
    assert names == ["simulated: 40 people, truth models, effect 0.2, seed 3"]


@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
def test_a_file_and_its_mapping_come_back_as_the_same_people(
    mfp: Mfp, instrument: Project, name: str
) -> None:
    drawn = ("--truth", "rationalised", "--n", 60, "--seed", 5, "--effect", 0.3)
    ended = mfp("simulate", "acceptance", *drawn, "-o", name)
    assert (ended.code, ended.err) == (0, "")
    assert not (instrument.data / "store.duckdb").exists()
    mapping = instrument.root / "people-mapping.yaml"
    assert f"mfp import acceptance {name} --mapping {mapping.name}" in ended.out
    assert mfp("import", "acceptance", name, "--mapping", mapping).code == 0
    again = mfp("import", "acceptance", name, "--mapping", mapping)
    assert "already" in again.out
    q = instrument.questionnaire("acceptance")
    with Store.open(instrument.data) as store:
        through_file = store.sheet(q).sort("respondent")
        assert store.imports("acceptance")["file"].to_list() == [f"simulated: {name}"]
        store.withdraw("acceptance", 1, "to compare")
    mfp("simulate", "acceptance", *drawn)
    with Store.open(instrument.data) as store:
        stored = store.sheet(q).sort("respondent")
    assert through_file.height == 60
    assert through_file.drop("arms", "shown").equals(stored.drop("arms", "shown"))
    arms = [sheet["arms"].str.json_decode(pl.Struct({"stipulated": pl.String, "order": pl.String}))
            for sheet in (through_file, stored)]  # fmt: skip
    assert arms[0].equals(arms[1])


def test_simulated_files_and_real_ones_are_kept_apart(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    assert mfp("simulate", "village", "--n", 20, "-o", "people.csv").code == 0
    mfp("import", "village", "answers.csv", "--mapping", mapping)
    beside = project.root / "people-mapping.yaml"
    ended = mfp("import", "village", "people.csv", "--mapping", beside)
    assert ended.code == 2
    assert "3 real people have answered it" in ended.err
    assert mfp("withdraw", "village", 1, "--why", "to simulate").code == 0
    assert mfp("import", "village", "people.csv", "--mapping", beside).code == 0
    assert "holds simulated people" in mfp(
        "import", "village", "answers.csv", "--mapping", mapping
    ).err  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--truth", "value"), "there is no truth 'value'; known: values, models, signals"),
        (("--truth", "signals"), "village: asks nothing about signals"),
        (("--effect", 0.3), "effect: is the size of a truth's gap. Name a truth too."),
        (("-o", "people.sav"), "people.sav: is to be written as .sav; known: .csv, .parquet"),
        (("--truth", "none", "--effect", 1.5), "effect: is 1.5, but must be above 0 and below 1"),
    ],
)
def test_what_cannot_be_simulated_is_said(
    mfp: Mfp, project: Project, words: tuple[object, ...], says: str
) -> None:
    ended = mfp("simulate", "village", "--n", 20, *words)
    assert ended.code == 2
    assert says in ended.err
    assert not (project.data / "store.duckdb").exists() or not _stored(project)
    assert not list(project.root.glob("people*"))


def _stored(project: Project) -> int:
    with Store.open(project.data) as store:
        return len(store.respondents("village"))


def test_it_is_the_same_from_python(mfp: Mfp, instrument: Project) -> None:
    mfp("simulate", "acceptance", "--truth", "signals", "--n", 30, "-o", "by_command.csv")
    with open_project(instrument.root) as workspace:
        file = instrument.root / "by_call.csv"
        mapping = workspace.simulate_file("acceptance", file, n=30, seed=1, truth="signals")
        receipt = workspace.simulate("acceptance", n=30, seed=1, truth="signals")
        assert receipt.added
    assert mapping == instrument.root / "by_call-mapping.yaml"
    assert file.read_bytes() == (instrument.root / "by_command.csv").read_bytes()
