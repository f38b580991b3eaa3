"""A project with the acceptance suite's questionnaire, and a worker that fits nothing."""

import json
import shutil
from pathlib import Path

import pytest

from mfp_stats.project import Project
from mfp_stats.questionnaire import Questionnaire, load


@pytest.fixture(scope="session")
def questionnaire(checkout: Path) -> Questionnaire:
    return load(checkout / "tests" / "acceptance")


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Project:
    folder = tmp_path / "surveys" / "acceptance"
    folder.mkdir(parents=True)
    shutil.copy(checkout / "tests" / "acceptance" / "questionnaire.yaml", folder)
    return Project(tmp_path, checkout)


@pytest.fixture
def stand_in(monkeypatch, checkout):
    """Name the worker that fits nothing; called, say what goes wrong in it and when."""
    monkeypatch.setenv("PYTHONPATH", str(checkout))

    def told(**does):
        monkeypatch.setenv("MFP_STAND_IN", json.dumps(does))
        return "tests.prefield.stand_in"

    return told
