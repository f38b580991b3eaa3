"""Uploaded files between being sent and being stored: kept aside, read, mapped, confirmed."""

import hashlib
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from mfp_stats.errors import Fault, MappingError
from mfp_stats.importers import parse_mapping, save_mapping, suggest_mapping
from mfp_stats.importers.mapping_file import mapping_text
from mfp_stats.project import Project
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.readers import read_file

WAITING_FOLDER: Final = "waiting"
_UNSAFE: Final = re.compile(r"[^\w.() -]+")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An uploaded file that is not stored yet.

    Parameters
    ----------
    file
        Where its bytes wait, under a name that is safe on every system.
    """

    file: Path

    @property
    def mapping(self) -> Path:
        """Where the mapping that the user is editing is kept."""
        return self.file.parent.with_suffix(".yaml")

    def discard(self) -> None:
        """Delete the file and the edited mapping."""
        shutil.rmtree(self.file.parent, ignore_errors=True)
        self.mapping.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggested mapping as text, and what is uncertain in it, in sentences."""

    text: str
    uncertain: tuple[str, ...]


def keep_waiting(project: Project, name: str, content: bytes) -> Waiting:
    """Keep an uploaded file until it is confirmed or discarded; the same bytes are kept once."""
    folder = project.data / WAITING_FOLDER / hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / safe_name(name)
    if not file.is_file() or file.stat().st_size != len(content):
        part = folder / "part"
        part.write_bytes(content)
        part.replace(file)
    folder.touch()
    return Waiting(file)


def purge_waiting(project: Project, *, older_than: timedelta) -> int:
    """Delete uploads that nobody confirmed or discarded for so long; return how many."""
    limit = time.time() - older_than.total_seconds()
    waiting = project.data / WAITING_FOLDER
    names = sorted({path.stem for path in waiting.glob("*")})
    stale = [Waiting(waiting / name / "upload") for name in names]
    stale = [upload for upload in stale if _last_touched(upload) < limit]
    for upload in stale:
        upload.discard()
    return len(stale)


def _last_touched(upload: Waiting) -> float:
    """Return when a file was last uploaded or its mapping last edited, seconds since the epoch."""
    times = [0.0]
    for path in (upload.file.parent, upload.mapping):
        with suppress(FileNotFoundError):  # confirmed or discarded meanwhile
            times.append(path.stat().st_mtime)
    return max(times)


def safe_name(name: str) -> str:
    """Return a file's name without folders and without what a system could trip over."""
    last = re.split(r"[/\\]", name)[-1]
    return _UNSAFE.sub("_", last).strip(" .")[-100:] or "upload"


def draft_mapping(questionnaire: Questionnaire, waiting: Waiting) -> Draft:
    """Suggest a mapping for a waiting file, as text for the user to correct.

    Raises
    ------
    ImportRejected
        The file cannot be read.
    """
    suggestion = suggest_mapping(read_file(waiting.file), questionnaire)
    return Draft(mapping_text(suggestion.mapping, suggestion.comments), suggestion.uncertain)


def confirm_mapping(text: str, questionnaire: Questionnaire, waiting: Waiting) -> Path:
    """Keep a mapping that the user has read through and return its file.

    Raises
    ------
    MappingError
        The text is no mapping of this questionnaire; every fault.
    """
    mapping = parse_mapping(text, questionnaire, where="mapping")
    save_mapping(mapping.model_copy(update={"confirmed": True}), waiting.mapping)
    return waiting.mapping


def keep_mapping(project: Project, survey: str, name: str, mapping: Path) -> Path:
    """Keep a confirmed mapping in the project under a name, for the next file of its kind.

    Raises
    ------
    MappingError
        The name is none, or another mapping is kept under it.
    """
    if not _NAME.fullmatch(name):
        what = "is no name of a mapping"
        fix = "Use small letters, digits, - and _."
        raise MappingError(Fault(repr(name), what, fix=fix))
    target = project.mapping_file(survey, name)
    if target.exists() and target.read_bytes() != mapping.read_bytes():
        fix = "Choose another name."
        raise MappingError(Fault(target.name, "another mapping is kept under this name", fix=fix))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(mapping, target)
    return target
