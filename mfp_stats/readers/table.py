"""A file as it was read: texts in columns, nothing interpreted yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import polars as pl
from pydantic import BaseModel, ConfigDict, Field


class Format(StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    QUALTRICS = "qualtrics"
    PARQUET = "parquet"
    EXCEL = "excel"
    SPSS = "spss"
    STATA = "stata"


class ReadOptions(BaseModel):
    """How a file is to be read where it does not say so itself."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    delimiter: str | None = Field(default=None, pattern=r"^[\t -!#-~]$")
    """CSV: the one character between cells. Default: found from the first lines and reported."""
    encoding: str | None = None
    """CSV: e.g. ``utf-8``, ``cp1252``. Default: found from the bytes and reported."""
    sheet: str | None = None
    """Excel: name of the sheet. Needed where several hold anything."""
    rename: dict[int, str] = {}
    """New names of columns by position (1 = first), for names that stand twice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost; a file that needs more is rejected.

    ``memory`` is the resident memory of the reading process in bytes, ``unpacked`` what an Excel
    file may hold once it is unpacked. Reading a CSV of 1,000,000 rows of 60 columns
    takes about 1.6 GiB in all.
    """

    memory: int = 3 * 2**30
    seconds: float = 300.0
    columns: int = 10_000
    unpacked: int = 2**30


@dataclass(frozen=True, slots=True, eq=False)
class RawTable:
    """The cells of a file as texts.

    Parameters
    ----------
    file
        Name of the file, without its folder.
    format
        What it was read as.
    sha256, size
        Hash (hex) and number of the original bytes.
    frame
        String columns; null is an empty cell.
    lines
        Where each row stands in the file: line of a text file, row of a sheet, else the number
        of the case; 1 is the first.
    unit
        What ``lines`` counts: ``line``, ``row`` or ``case``.
    column_labels
        Column -> the question's wording, where the format has it.
    value_labels
        Column -> code -> label, where the format has them.
    declared_missing
        Column -> the codes that the file itself declares to be missing.
    notes
        What was decided on the way and the user should see: encoding, delimiter, new names.
    """

    file: str
    format: Format
    sha256: str
    size: int
    frame: pl.DataFrame
    lines: pl.Series
    unit: str
    column_labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    declared_missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in the file's order."""
        return tuple(self.frame.columns)

    def __len__(self) -> int:
        return self.frame.height

    def line(self, row: int) -> int:
        """Return where row ``row`` (0-based) of the frame stands in the file."""
        return int(self.lines[row])


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """What one format's reader returns, before the names of the columns are checked.

    ``frame`` has String columns named by position ("0", "1", …); labels are keyed by position.
    """

    format: Format
    names: list[str]
    frame: pl.DataFrame
    lines: pl.Series
    unit: str
    notes: tuple[str, ...] = ()
    column_labels: Mapping[int, str] = field(default_factory=dict)
    value_labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    declared_missing: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its columns named by position: "0", "1", …."""
    frame.columns = [str(k) for k in range(frame.width)]
    return frame


def short(text: str, longest: int = 60) -> str:
    """Return a text for a message: one line, no control characters, not too long."""
    shown = "".join(c if c.isprintable() else "�" for c in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
