"""Delimited text: header, raggedness and line numbers are ours, cells are polars'."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.delimited_faults import diagnose
from mfp_stats.readers.quotes import stray_quote
from mfp_stats.readers.sniff import sniff_delimiter
from mfp_stats.readers.table import Format, Parsed, ReadOptions
from mfp_stats.readers.text import to_utf8

_SHOWN = {"\t": "tab", " ": "space"}


@dataclass(frozen=True, slots=True)
class _Head:
    """The records above the answers, and where the answers begin."""

    records: tuple[list[str], ...]
    offset: int
    lines: int


def read_delimited(data: bytes, options: ReadOptions, *, most_columns: int) -> Parsed:
    """Read delimited text.

    Parameters
    ----------
    data
        The file's bytes.
    options
        Delimiter and encoding, where the user gave them.
    most_columns
        A header with more columns is left to the caller to reject; no cell is read then.

    Raises
    ------
    ImportRejected
        With every line whose number of cells differs from the header's, the line on which a
        quotation was opened and never closed, or what else keeps it from being a table.
    """
    text, encoding = to_utf8(data, options.encoding)
    if not text.strip():
        raise ImportRejected(Fault("", "is empty: it holds nothing but white space"))
    delimiter, how = options.delimiter, "given"
    if delimiter is None:
        delimiter, how = sniff_delimiter(text), "found from the first lines"
    head = _head(text, delimiter)
    names = head.records[0]
    if len(names) > most_columns:
        return _only_names(names)
    body = _body(text, head.offset, several=len(names) > 1)
    del text
    if not body.strip():
        fix = "Was the export filtered, or is this another file?"
        raise ImportRejected(Fault("", "has a header and no answers below it", fix=fix))
    frame = _cells(body, delimiter, len(names), head.lines + 1)
    notes = (encoding, f"delimiter: {_SHOWN.get(delimiter, delimiter)} ({how})")
    qualtrics = len(head.records) == 3
    return Parsed(
        format=Format.QUALTRICS if qualtrics else Format.CSV,
        names=names,
        frame=frame,
        lines=_lines(frame, body, head.lines + 1),
        unit="line",
        notes=notes,
        column_labels=dict(enumerate(head.records[1])) if qualtrics else {},
    )


def _body(text: bytes, start: int, *, several: bool) -> bytes:
    """Return what stands below the header, ending in one line feed.

    polars overlooks a cell too many on a last line that does not end. Blank lines at the end are
    left out, unless there is a single column, whose empty cells they are.
    """
    stop = len(text)
    while several and stop > start and text[stop - 1] in b"\r\n":
        stop -= 1
    if stop == start:
        return b""
    if text[stop : stop + 1] == b"\n":
        return text[start : stop + 1]
    return text[start:stop].removesuffix(b"\n") + b"\n"


def _only_names(names: list[str]) -> Parsed:
    empty = pl.Series("line", [], dtype=pl.Int64)
    return Parsed(Format.CSV, names, pl.DataFrame(), empty, "line")


def _head(text: bytes, delimiter: str) -> _Head:
    """Return the header; for Qualtrics' three rows also the wordings and import ids."""
    csv.field_size_limit(sys.maxsize)
    ends: list[int] = []
    reader = csv.reader(_counted(text, ends), delimiter=delimiter, strict=True)
    records: list[tuple[list[str], int]] = []
    try:
        for record in islice(reader, 3):
            records.append((record, reader.line_num))
            if len(record) > 1_000_000:
                break
    except csv.Error:
        if not records:
            raise ImportRejected(diagnose(text, delimiter, None, 1)) from None
    keep = 3 if len(records) == 3 and _is_import_ids(records[2][0]) else 1
    lines = records[keep - 1][1]
    return _Head(tuple(record for record, _ in records[:keep]), ends[lines - 1], lines)


def _counted(text: bytes, ends: list[int]) -> Iterator[str]:
    """Yield lines and note after each at which byte it ended."""
    position = 0
    for line in io.BytesIO(text):
        position += len(line)
        ends.append(position)
        yield line.decode("utf-8")


def _is_import_ids(record: Sequence[str]) -> bool:
    filled = [cell for cell in record if cell]
    return bool(filled) and all(_import_id(cell) for cell in filled)


def _import_id(cell: str) -> bool:
    try:
        found = json.loads(cell)
    except ValueError:
        return False
    return isinstance(found, dict) and "ImportId" in found


def _cells(body: bytes, delimiter: str, width: int, first_line: int) -> pl.DataFrame:
    if stray_quote(body, delimiter) is not None:
        raise ImportRejected(diagnose(body, delimiter, width, first_line))
    schema = {str(k): pl.String for k in range(width)}
    try:
        frame = pl.read_csv(body, has_header=False, schema=schema, separator=delimiter)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        raise ImportRejected(diagnose(body, delimiter, width, first_line, error)) from None
    if _delimiters(body, frame, delimiter) != frame.height * (width - 1):
        raise ImportRejected(diagnose(body, delimiter, width, first_line))
    return frame.select(pl.when(pl.all() != "").then(pl.all())) if b'""' in body else frame


def _delimiters(body: bytes, frame: pl.DataFrame, delimiter: str) -> int:
    """Return how many delimiters stand between cells: polars fills short rows silently."""
    total = body.count(delimiter.encode())
    if total == frame.height * (frame.width - 1) and b'"' not in body:
        return total
    inside = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches(delimiter, literal=True).sum())
    )
    return total - int(inside.item())


def _lines(frame: pl.DataFrame, body: bytes, first: int) -> pl.Series:
    """Return the line on which each row begins; cells may hold line breaks."""
    if body.count(b"\n") == frame.height:
        return pl.int_range(first, first + frame.height, eager=True, dtype=pl.Int64).alias("line")
    breaks = pl.sum_horizontal(
        pl.all().str.count_matches("\n", literal=True).fill_null(0).cast(pl.Int64)
    )
    lines = first + pl.int_range(pl.len()) + breaks.cum_sum() - breaks
    return frame.select(lines.cast(pl.Int64).alias("line")).to_series()
