"""Which kind of file it is, by its first bytes; its name must agree."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.table import Format

_TEXT: Final = "text"
#: Names that promise a format.
_SUFFIXES: Final[Mapping[str, str]] = {
    ".csv": _TEXT,
    ".tsv": _TEXT,
    ".tab": _TEXT,
    ".txt": _TEXT,
    ".parquet": Format.PARQUET,
    ".xlsx": Format.EXCEL,
    ".xlsm": Format.EXCEL,
    ".xls": Format.EXCEL,
    ".sav": Format.SPSS,
    ".zsav": Format.SPSS,
    ".dta": Format.STATA,
}
#: Files about a survey that hold no answers.
_NOT_ANSWERS: Final[Mapping[str, str]] = {
    ".qsf": "is a Qualtrics questionnaire, not its answers. Export the data as CSV",
    ".lss": "is a LimeSurvey questionnaire, not its answers. Export the responses as CSV",
    ".lsq": "is a LimeSurvey question, not answers. Export the responses as CSV",
    ".lsa": "is a LimeSurvey archive. Export the responses as CSV",
    ".por": "is an SPSS portable file. Save it as .sav",
    ".sas7bdat": "is a SAS file. Save it as CSV or .sav",
    ".rda": "is an R workspace. Write the data frame as CSV or Parquet",
    ".rdata": "is an R workspace. Write the data frame as CSV or Parquet",
    ".rds": "is an R object. Write the data frame as CSV or Parquet",
    ".ods": "is an OpenDocument sheet. Save it as .xlsx or CSV",
    ".json": "is JSON. Write the answers as CSV or Parquet",
    ".yaml": "is YAML, not answers",
}
#: First bytes -> format, or what is wrong with such a file.
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PAR1", Format.PARQUET),
    (b"$FL2", Format.SPSS),
    (b"$FL3", Format.SPSS),
    (b"<stata_dta>", Format.STATA),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format.EXCEL),
)
_PACKED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x1f\x8b", "is packed with gzip. Unpack it first"),
    (b"BZh", "is packed with bzip2. Unpack it first"),
    (b"\xfd7zXZ\x00", "is packed with xz. Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is packed with zstd. Unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive. Unpack it first"),
    (b"%PDF", "is a PDF. Export the answers as CSV"),
    (b"RDX", "is an R workspace. Write the data frame as CSV or Parquet"),
    (b"SQLite format 3", "is an SQLite database. Export the answers as CSV"),
)
#: Versions 104 to 115 of .dta begin with their number, then byte order 1 or 2, then 1, then 0.
_OLD_STATA: Final = range(104, 116)


def recognise(path: Path) -> Format:
    """Return the format of a file; CSV stands for every kind of delimited text.

    Raises
    ------
    ImportRejected
        The file is empty, of a kind that holds no answers, or named as what it is not.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    suffix = path.suffix.lower()
    if not head:
        raise ImportRejected(Fault("", "is empty: it has 0 bytes"))
    if suffix in _NOT_ANSWERS:
        raise _reject(_NOT_ANSWERS[suffix])
    found = _by_content(path, head)
    promised = _SUFFIXES.get(suffix)
    if promised is not None and promised != found:
        fix = f"Give it the name of what it is ({_endings(found)}), or export it again."
        broken = "" if found == _TEXT else f" but holds {found}"
        what = f"is named {suffix}{broken}" if broken else f"is named {suffix} but is not one"
        raise ImportRejected(Fault("", what, fix=fix))
    return Format.CSV if found == _TEXT else Format(found)


def _by_content(path: Path, head: bytes) -> str:
    for magic, fmt in _MAGIC:
        if head.startswith(magic):
            return fmt
    for magic, what in _PACKED:
        if head.startswith(magic):
            raise _reject(what)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path)
    if len(head) > 3 and head[0] in _OLD_STATA and head[1] in (1, 2) and head[2:4] == b"\x01\x00":
        return Format.STATA
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower()
    if start.startswith((b"<?xml", b"<html", b"<!doctype")):
        raise _reject("is a web page or XML, not a table. Export the answers as CSV or .xlsx")
    return _TEXT


def _zipped(path: Path) -> str:
    """Return Excel for a workbook; only the archive's list of contents is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        what = "is a damaged zip archive or workbook: its list of contents cannot be read"
        raise ImportRejected(
            Fault("", what, fix="It may have been cut off: copy or export it again.")
        ) from None
    if any(name in names for name in ("xl/workbook.xml", "xl/workbook.bin")):
        return Format.EXCEL
    raise _reject("is a zip archive. Unpack it and import the file inside")


def _reject(said: str) -> ImportRejected:
    what, _, fix = said.partition(". ")
    return ImportRejected(Fault("", what, fix=f"{fix}." if fix else ""))


def _endings(fmt: str) -> str:
    return ", ".join(suffix for suffix, promised in _SUFFIXES.items() if promised == fmt)
