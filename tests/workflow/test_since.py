"""What is said of answers that came in or were taken out after a fit."""

from pathlib import Path

import pytest

from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.simulated import Simulation, simulate_into
from mfp_stats.workflow.since import changes_since, looked_up

SURVEY = "starter"


def fitted(**sources: int) -> FitResults:
    held = {name.replace("_", " "): n for name, n in sources.items()}
    return FitResults(Path("fits/1"), {"id": "1", "survey": SURVEY, "sources": held})


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Project:
    (tmp_path / "surveys").mkdir()
    return Project(tmp_path, checkout)


@pytest.fixture
def store(project: Project):
    with Store.open(project.data) as opened:
        simulate_into(project, opened, SURVEY, Simulation(30, 1))
        yield opened


def test_nothing_is_said_where_nothing_changed(store) -> None:
    assert store.sources(SURVEY) == {"import 1": 30}
    assert changes_since(store, fitted(import_1=30)) == ""


def test_a_fit_that_does_not_know_its_answers_is_not_told_about(store) -> None:
    assert changes_since(store, FitResults(Path("1"), {"id": "1", "survey": SURVEY})) == ""


def test_what_came_in_since(store) -> None:
    said = "Since this fit 28 answer sheets came in. To have them counted: mfp fit starter"
    assert changes_since(store, fitted(import_1=2)) == said
    assert changes_since(store, fitted(import_1=29)).startswith("Since this fit 1 answer sheet ")


def test_what_was_withdrawn_since_and_brought_in_anew(project, store) -> None:
    store.withdraw(SURVEY, 1, "wrong mapping")
    assert store.sources(SURVEY) == {}
    before = fitted(import_1=30)
    assert changes_since(store, before).startswith(
        "Since this fit 30 answer sheets were taken out (import 1)."
    )
    simulate_into(project, store, SURVEY, Simulation(30, 1))
    assert store.sources(SURVEY) == {"import 2": 30}
    assert changes_since(store, before).startswith(
        "Since this fit 30 answer sheets came in and 30 answer sheets were taken out (import 1)."
    )


def test_a_store_that_is_in_use_is_not_looked_into(project, store) -> None:
    said = looked_up(project, fitted(import_1=30))
    assert said.startswith("Not known is whether answers changed since this fit: ")
    assert "held by process" in said


def test_a_project_without_a_store_gets_none(project) -> None:
    assert looked_up(project, fitted(import_1=30)) == ""
    assert not project.data.exists()
