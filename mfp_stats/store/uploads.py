"""Keep the original bytes of every imported file under their hash."""

import os
import shutil
import tempfile
from hashlib import file_digest
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.journal import force_folder


def save_upload(folder: Path, content: bytes | Path) -> str:
    """Keep bytes, or a copy of a file, in ``folder`` under their sha256; see the Store's method."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _readable(content) as source:
            return _keep(folder, source)
    except OSError as error:
        what = f"the file could not be kept: {error}"
        raise StoreError(Fault(str(folder), what, fix="Nothing was stored.")) from error


def _readable(content: bytes | Path) -> BinaryIO:
    return content.open("rb") if isinstance(content, Path) else BytesIO(content)


def _keep(folder: Path, source: BinaryIO) -> str:
    """Copy under a name of our own, force it to the disk, then give it its final name at once."""
    handle, name = tempfile.mkstemp(prefix="incoming-", dir=folder)
    try:
        with os.fdopen(handle, "w+b") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
            copy.seek(0)
            digest = file_digest(copy, "sha256").hexdigest()
        Path(name).replace(folder / digest)
    finally:
        Path(name).unlink(missing_ok=True)
    force_folder(folder)
    return digest
