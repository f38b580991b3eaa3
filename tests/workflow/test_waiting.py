"""Uploads that nobody came back to are deleted, and nothing else is."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from mfp_stats.project import Project
from mfp_stats.workflow.waiting import Waiting, keep_waiting, purge_waiting

DAY = timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, None)


def age(upload: Waiting, **hours: float) -> None:
    """Set how long ago an upload's folder and its mapping were touched."""
    for name, path in (("file", upload.file.parent), ("mapping", upload.mapping)):
        if name in hours:
            then = time.time() - 3600 * hours[name]
            os.utime(path, (then, then))


def test_abandoned_uploads_are_deleted_with_their_mappings(project: Project) -> None:
    abandoned = keep_waiting(project, "old.csv", b"old")
    abandoned.mapping.write_text("survey: town\n")
    age(abandoned, file=30, mapping=25)
    edited = keep_waiting(project, "edited.csv", b"edited")
    edited.mapping.write_text("survey: town\n")
    age(edited, file=30, mapping=1)
    fresh = keep_waiting(project, "new.csv", b"new")
    assert purge_waiting(project, older_than=DAY) == 1
    assert not abandoned.file.parent.exists() and not abandoned.mapping.exists()
    assert edited.file.read_bytes() == b"edited" and edited.mapping.exists()
    assert fresh.file.read_bytes() == b"new"


def test_a_file_sent_again_waits_anew(project: Project) -> None:
    age(keep_waiting(project, "answers.csv", b"x"), file=30)
    again = keep_waiting(project, "answers.csv", b"x")
    assert purge_waiting(project, older_than=DAY) == 0
    assert again.file.exists()


def test_a_mapping_left_without_its_file_goes_too(project: Project) -> None:
    left = keep_waiting(project, "answers.csv", b"x")
    left.mapping.write_text("survey: town\n")
    left.file.unlink()
    left.file.parent.rmdir()
    os.utime(left.mapping, (0, 0))
    assert purge_waiting(project, older_than=DAY) == 1
    assert not left.mapping.exists()


def test_nothing_ever_uploaded(project: Project) -> None:
    assert purge_waiting(project, older_than=DAY) == 0
