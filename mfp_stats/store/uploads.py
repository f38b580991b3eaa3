"""Keep the original bytes of every imported file under their hash, and of no other."""

import os
import re
import shutil
import tempfile
from collections.abc import Container
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final

from mfp_stats.errors import Fault, ImportRejected, StoreError
from mfp_stats.store.journal import force_folder

_INCOMING: Final = "incoming-"
#: Names that files get here; whatever else lies in the folder is not ours.
_OURS: Final = re.compile(rf"[0-9a-f]{{64}}|{_INCOMING}.*")


def save_upload(folder: Path, file: Path, sha256: str) -> None:
    """Keep a copy of a file in ``folder`` under its hash; on return it is on the disk.

    Raises
    ------
    ImportRejected
        The file has another hash by now; nothing is kept.
    StoreError
        It could not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source:
            _keep(folder, source, sha256)
    except OSError as error:
        what = f"the file could not be kept: {error}"
        raise StoreError(Fault(str(folder), what, fix="Nothing was stored.")) from error


def delete_unreferenced(folder: Path, referenced: Container[str]) -> int:
    """Delete what no import refers to, and return how many files that were.

    An import that was broken off between its file and its rows leaves one.

    Raises
    ------
    StoreError
        One could not be deleted.
    """
    if not folder.is_dir():
        return 0
    try:
        gone = [p for p in folder.iterdir() if _OURS.fullmatch(p.name) and p.name not in referenced]
        for path in gone:
            path.unlink()
    except OSError as error:
        what = f"a file that no import refers to could not be deleted: {error}"
        raise StoreError(Fault(str(folder), what)) from error
    return len(gone)


def _keep(folder: Path, source: BinaryIO, sha256: str) -> None:
    """Copy under a name of our own, force it to the disk, then give it its final name at once."""
    handle, name = tempfile.mkstemp(prefix=_INCOMING, dir=folder)
    try:
        with os.fdopen(handle, "w+b") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
            copy.seek(0)
            if file_digest(copy, "sha256").hexdigest() != sha256:
                what = "the file was changed while it was imported"
                raise ImportRejected(Fault("", what, fix="Nothing was stored: import it again."))
        Path(name).replace(folder / sha256)
    finally:
        Path(name).unlink(missing_ok=True)
    force_folder(folder)
