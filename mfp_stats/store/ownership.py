"""One process owns a store; a second is told which."""

import errno
import json
import os
import re
import sys
from pathlib import Path
from typing import IO, Final

import duckdb
import psutil

from mfp_stats.errors import Fault, StoreError, StoreLocked

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FIX: Final = "Use that program, or end it and try again."
#: The locked byte lies far behind the text, so that others can read who holds the lock.
_LOCKED_BYTE: Final = 1 << 30
#: What the system answers where another process holds the lock.
_HELD: Final = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class Ownership:
    """A lock file that the operating system frees when its owner ends, however it ends.

    The file stays behind and names its last owner; only the system's lock on it counts, so
    a file left by a process that died holds nobody up.

    Raises
    ------
    StoreLocked
        Another process, or another open store of this one, holds the lock.
    StoreError
        The folder cannot be written, or its disk knows no locks.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[str] = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StoreError(Fault(str(path.parent), f"cannot be written: {error}")) from error
        try:
            _lock(self._file)
        except OSError as error:
            with self._file:
                raise self._refusal(error, path) from error
        self._file.truncate(0)
        json.dump({"pid": os.getpid(), "started": psutil.Process().create_time()}, self._file)
        self._file.flush()

    def _refusal(self, error: OSError, path: Path) -> StoreError:
        if error.errno not in _HELD:
            return StoreError(Fault(str(path), f"cannot be locked on this disk: {error}"))
        self._file.seek(0)
        holder = _describe_recorded(self._file.read())
        return StoreLocked(Fault(str(path.parent), f"held by {holder}", fix=_FIX))

    def release(self) -> None:
        """Give the lock back."""
        self._file.close()


def locked_by_duckdb(error: duckdb.Error, database: Path) -> StoreLocked | None:
    """Translate DuckDB's own complaint that a process (a shell, an editor) has the file open."""
    found = re.search(r"lock is held in .*?\(PID (\d+)\)", str(error))
    if found is None:
        return None
    return StoreLocked(Fault(str(database), f"held by {_describe(int(found[1]))}", fix=_FIX))


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _describe_recorded(text: str) -> str:
    try:
        recorded = json.loads(text)
        pid, started = int(recorded["pid"]), float(recorded["started"])
    except (ValueError, KeyError, TypeError):
        return "a process that is just starting"
    return _describe(pid, started)


def _describe(pid: int, started: float | None = None) -> str:
    """Name a process by number and command line; ``started`` tells it from a later namesake."""
    try:
        process = psutil.Process(pid)
        if started is None or abs(process.create_time() - started) < 1:
            return f"process {pid}: {' '.join(process.cmdline())}"
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        pass
    except psutil.AccessDenied:
        return f"process {pid}, which belongs to another user"
    return f"a process started by process {pid}, which has ended"
