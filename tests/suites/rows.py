"""What is kept of a suite: one JSON line a replicate, on disk before the next one is begun."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

#: Significant digits of kept numbers: the rows live in the repository.
DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a replicate has no result."""

    kind: str  #: name of the exception, or how the process ended
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One replicate: exactly one of ``result`` and ``failure`` is there."""

    suite: str
    cell: str  #: of the suite's grid
    replicate: int
    seed: int
    git: str  #: commit of the checkout that ran it
    clean: bool  #: whether the checkout was as committed
    seconds: float  #: of a core, without what is prepared once for all replicates
    result: Mapping[str, Any] | None = None
    failure: Failure | None = None

    @property
    def refused(self) -> bool:
        """Whether it ran, and its fits did not pass their checks."""
        return self.result is not None and "refused" in self.result

    @property
    def shown(self) -> Mapping[str, Any] | None:
        """Return what the product would have shown; None where it failed or was refused."""
        return None if self.refused else self.result

    def to_line(self) -> str:
        """Return the row as a line of JSON."""
        return to_json({k: v for k, v in asdict(self).items() if v is not None}) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Undo :meth:`to_line`."""
        found = json.loads(line)
        failure = found.pop("failure", None)
        return cls(**found, failure=Failure(**failure) if failure else None)


def to_json(value: Any) -> str:
    """Return a value on one line, numbers rounded.

    Raises
    ------
    ValueError
        It holds NaN or infinity.
    TypeError
        It holds something that is not JSON.
    """
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Return numbers of numpy as Python's, rounded to ``DIGITS``; containers likewise."""
    match value:
        case np.generic():
            return plain(value.item())
        case np.ndarray():
            return plain(value.tolist())
        case float() if isfinite(value) and value:
            return float(f"{value:.{DIGITS}g}")
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
        case _:
            return value


class ResultsFile:
    """The rows of one suite under one lot of settings, append-only.

    The settings are the first line, and a digest of them is in the file's name: rows of different
    settings never meet. A line that a killed process left half written is cut off when the file
    is next opened for appending: its replicate is run again.

    Parameters
    ----------
    folder
        Where results are.
    suite
        Its name.
    settings
        All that makes rows comparable, as plain values.
    """

    def __init__(self, folder: Path, suite: str, settings: Mapping[str, Any]) -> None:
        self._head = to_json({"suite": suite, "settings": settings}) + "\n"
        digest = hashlib.sha256(self._head.encode()).hexdigest()[:8]
        self.path = folder / f"{suite}.{digest}.jsonl"
        self._family = f"{suite}.*.jsonl"

    def read(self) -> list[Row]:
        """Return all whole rows, the first of each replicate."""
        first: dict[tuple[str, int], Row] = {}
        for row in _rows(self.path):
            first.setdefault((row.cell, row.replicate), row)
        return list(first.values())

    def others(self) -> int:
        """Count the rows of the same suite under other settings."""
        files = [file for file in self.path.parent.glob(self._family) if file != self.path]
        return sum(1 for file in files for _ in _rows(file))

    def prepare(self) -> None:
        """Write the settings where there are none, and cut off what follows the last whole line."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = self.path.read_bytes() if self.path.is_file() else b""
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(self.path, whole)
        if not whole:
            self._append(self._head)

    def append(self, row: Row) -> None:
        """Add a row; it is on disk when this returns."""
        self._append(row.to_line())

    def _append(self, line: str) -> None:
        with self.path.open("ab", buffering=0) as file:
            file.write(line.encode())
            os.fsync(file.fileno())


def _rows(path: Path) -> Iterator[Row]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="\n") as lines:
        next(lines, "")  # the settings
        yield from (Row.from_line(line) for line in lines if line.endswith("\n"))


def failures(rows: Sequence[Row]) -> dict[str, int]:
    """Count failed replicates by kind."""
    kinds = [row.failure.kind for row in rows if row.failure]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}
