"""Unfinished questionnaires on disk: one file a person, replaced as a whole at every page.

Drafts survive a restart of the server. A finished one keeps its receipt and keyed fingerprints
of its pages, by which a repeated page is told from a changed one, and no answers.
"""

import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

from mfp_stats.collect.answers import Answer

_LOG: Final = logging.getLogger("mfp_stats.collect")

#: Where they are kept in a project's data.
DRAFTS_FOLDER: Final = "drafts"
#: Ends the name of a file that is being written; one that stays was left when the program ended.
_UNFINISHED: Final = ".new"


@dataclass(frozen=True, slots=True)
class Draft:
    """Where one person stands.

    ``questionnaire`` is the hash of the version begun. ``submitted`` is fixed at the first try
    to hand in, so that a retry hands in the very same thing, and forgotten when an answer
    changes. ``receipt`` is set, and ``answers`` emptied, once the submission is stored.
    """

    instance_id: str
    survey: str
    questionnaire: str
    language: str
    started: datetime
    consent: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    submitted: datetime | None = None
    receipt: str = ""
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    def finished(self, receipt: str, fingerprints: Mapping[str, str]) -> Self:
        """Return the draft as it is kept after its submission was stored."""
        return replace(self, answers={}, seconds={}, receipt=receipt, fingerprints=fingerprints)


class Drafts:
    """The folder of drafts, readable by its owner only.

    Parameters
    ----------
    folder
        Made where it is absent. Holds one JSON file a draft, named by the digest of the
        instance id, so that a listing of the folder opens no draft, and the secret key.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def key(self) -> bytes:
        """Return the secret key of this folder, made at the first call.

        Raises
        ------
        OSError
            The key cannot be read or written.
        """
        path = self.folder / "key"
        if not path.exists():
            _write(path, secrets.token_bytes(32))
        return path.read_bytes()

    def load(self, instance_id: str) -> Draft | None:
        """Return the draft of this instance, None where there is none.

        Raises
        ------
        OSError
            The file is there and cannot be read.
        """
        try:
            record = json.loads(self._path(instance_id).read_bytes())
        except FileNotFoundError:
            return None
        return _from_json(record)

    def save(self, draft: Draft) -> None:
        """Write the draft to disk; it is whole there when this returns.

        Raises
        ------
        OSError
            The disk is full or the folder is gone; the earlier file is untouched.
        """
        _write(self._path(draft.instance_id), json.dumps(_to_json(draft)).encode())

    def delete(self, instance_id: str) -> None:
        """Remove the draft of this instance, if there is one, and what an ended save left of it."""
        path = self._path(instance_id)
        for left in self.folder.glob(f"{path.name}.*{_UNFINISHED}"):
            left.unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def purge(self, *, older_than: timedelta) -> int:
        """Remove drafts that nobody touched for so long, half-written ones too; return how many.

        One that cannot be removed is logged, and keeps no other.
        """
        limit = (datetime.now(UTC) - older_than).timestamp()
        kept = (*self.folder.glob("*.json"), *self.folder.glob(f"*{_UNFINISHED}"))
        return sum(_removed_if_older(path, limit) for path in kept)

    def _path(self, instance_id: str) -> Path:
        return self.folder / f"{sha256(instance_id.encode()).hexdigest()}.json"


def _removed_if_older(path: Path, limit: float) -> bool:
    try:
        stale = path.stat().st_mtime < limit
        if stale:
            path.unlink()
    except FileNotFoundError:  # its owner deleted it meanwhile
        return False
    except OSError as error:
        _LOG.warning("an old draft cannot be deleted: %s", error)
        return False
    return stale


def _write(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` at once, on disk before this returns."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_UNFINISHED}")
    try:
        beside.touch(mode=0o600, exist_ok=False)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _to_json(draft: Draft) -> dict[str, Any]:
    return {
        "instance_id": draft.instance_id,
        "survey": draft.survey,
        "questionnaire": draft.questionnaire,
        "language": draft.language,
        "started": draft.started.isoformat(),
        "consent": dict(draft.consent),
        "answers": {name: answer.to_json() for name, answer in draft.answers.items()},
        "seconds": dict(draft.seconds),
        "submitted": draft.submitted and draft.submitted.isoformat(),
        "receipt": draft.receipt,
        "fingerprints": dict(draft.fingerprints),
    }


def _from_json(record: dict[str, Any]) -> Draft:
    times = {
        name: record[name] and datetime.fromisoformat(record[name])
        for name in ("started", "submitted")
    }
    answers = {name: Answer.from_json(answer) for name, answer in record["answers"].items()}
    return Draft(**{**record, **times, "answers": answers})
