"""An append-only file of checksummed lines, forced to disk before anything is acknowledged."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from mfp_stats.errors import Fault, StoreError

Record = Mapping[str, Any]

_HEAD: Final = b'{"sha256":"'
_MIDDLE: Final = b'","record":'
_TAIL: Final = b"}\n"
_INSTANCE: Final = re.compile(rb'"instance_id":"([^"]*)"')
_BODY: Final = len(_HEAD) + 64 + len(_MIDDLE)


class Journal:
    """``journal/journal.jsonl``: one JSON object a line, ``{"sha256": …, "record": …}``.

    The hash covers the bytes of the record as they stand in the line. Opening reads nothing;
    call :meth:`recover` before the first :meth:`append`.

    Parameters
    ----------
    folder
        Where; made where it does not exist.

    Raises
    ------
    StoreError
        The folder or the file cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.jsonl"
        self._beside = folder / "journal.jsonl.new"
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            new = not self.path.exists()
            self._file = self.path.open("ab", buffering=0)
        except OSError as error:
            raise StoreError(Fault(str(self.path), f"cannot be written: {error}")) from error
        self._good = self.path.stat().st_size
        self._damaged = False
        if new:
            force_folder(folder)

    def append(self, record: Record) -> None:
        """Add a record; on return it is on the disk.

        Raises
        ------
        StoreError
            It could not be written (a full or failing disk). The journal then is as before, or
            takes no further record until it is opened anew.
        """
        line = _line(record)
        with self._lock:
            self._require_sound()
            try:
                written = self._file.write(line)
                if written != len(line):
                    raise OSError(f"only {written} of {len(line)} bytes were written")
                os.fsync(self._file.fileno())
            except OSError as error:
                self._take_back()
                raise self._error(f"cannot be written: {error}") from error
            self._good += len(line)

    def replace(self, gone: Callable[[Record], bool], record: Record) -> None:
        """Take records out for good and add one, at once: a crash keeps the old journal or the new.

        Raises
        ------
        StoreError
            A line is damaged, or the disk failed; the journal then is as before.
        """
        with self._lock:
            self._require_sound()
            try:
                self._write_beside(gone, record)
                # Until it is open again nothing can be added; Windows replaces no open file.
                self._damaged = True
                self._file.close()
                try:
                    self._beside.replace(self.path)
                finally:
                    self._file = self.path.open("ab", buffering=0)
                self._good = self.path.stat().st_size
                self._damaged = False
                force_folder(self.path.parent)
            except OSError as error:
                self._beside.unlink(missing_ok=True)
                raise self._error(f"cannot be written: {error}") from error

    def forget_torn(self, instance_id: str) -> None:
        """Delete the lines that :meth:`recover` put aside, except those of other submissions.

        Where a line was cut before it says whose it is, it may be of this one.

        Raises
        ------
        StoreError
            A file cannot be read or deleted.
        """
        try:
            for aside in self.path.parent.glob("torn-*.txt"):
                named = _INSTANCE.search(aside.read_bytes())
                if named is None or named[1] == instance_id.encode():
                    aside.unlink()
        except OSError as error:
            raise self._error(f"has a torn line that cannot be deleted: {error}") from error

    def recover(self) -> Path | None:
        """Move an unfinished last line, left by a crash, to a file beside the journal.

        A journal that was being written anew, when the program ended, is deleted.

        Returns
        -------
        Path or None
            The file with the line's bytes, if there was one. Such a line was never
            acknowledged: the crash came before it was whole on the disk.
        """
        self._beside.unlink(missing_ok=True)
        size = self.path.stat().st_size
        whole = self._end_of_last_line(size)
        if whole == size:
            return None
        with self.path.open("rb") as file:
            file.seek(whole)
            rest = file.read()
        aside = self.path.with_name(f"torn-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt")
        write_whole(aside, rest)
        self._cut(whole)
        return aside

    def records(self) -> Iterator[dict[str, Any]]:
        """Read every record, oldest first.

        Raises
        ------
        StoreError
            A line does not match its checksum; names the file and the line.
        """
        return (_record(line) for line in self._lines())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _lines(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield line if _whole(line) else self._corrupt(number)

    def _write_beside(self, gone: Callable[[Record], bool], record: Record) -> None:
        with self._beside.open("wb") as file:
            file.writelines(line for line in self._lines() if not gone(_record(line)))
            file.write(_line(record))
            file.flush()
            os.fsync(file.fileno())

    def _require_sound(self) -> None:
        if self._damaged:
            raise self._error("takes no record since an earlier failure; restart the program")

    def _end_of_last_line(self, size: int) -> int:
        step = 1 << 16
        with self.path.open("rb") as file:
            for end in range(size, 0, -step):
                start = max(0, end - step)
                file.seek(start)
                at = file.read(end - start).rfind(b"\n")
                if at >= 0:
                    return start + at + 1
        return 0

    def _take_back(self) -> None:
        """Remove what a failed write left, so that the next line starts on its own."""
        try:
            self._cut(self._good)
        except OSError:
            self._damaged = True

    def _cut(self, size: int) -> None:
        self._file.truncate(size)
        os.fsync(self._file.fileno())
        self._good = size

    def _corrupt(self, number: int) -> bytes:
        fix = (
            "Restore the journal from a backup, or move the line to another file (keep it) and "
            "open again."
        )
        fault = Fault(f"{self.path}, line {number}", "does not match its checksum", fix=fix)
        raise StoreError(fault)

    def _error(self, what: str) -> StoreError:
        fix = "Free space or repair the disk, then try again."
        return StoreError(Fault(str(self.path), what, fix=fix))


def canonical(content: object) -> str:
    """Return JSON that is the same for equal contents; plain ASCII, so any text survives."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def force_folder(folder: Path) -> None:
    """Force a folder's list of files to the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write a new file and force it and its name to the disk."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    force_folder(path.parent)


def _line(record: Record) -> bytes:
    body = canonical(record).encode()
    return _HEAD + sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def _whole(line: bytes) -> bool:
    body = line[_BODY : -len(_TAIL)]
    return line == _HEAD + sha256(body).hexdigest().encode() + _MIDDLE + body + _TAIL


def _record(line: bytes) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(line[_BODY : -len(_TAIL)])
    return record
