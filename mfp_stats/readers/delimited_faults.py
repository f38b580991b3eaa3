"""What is wrong with delimited text, line by line; slow, and run only once it failed."""

import csv
import io

from mfp_stats.errors import Fault, first_faults
from mfp_stats.readers.quotes import stray_quote


def diagnose(
    text: bytes,
    delimiter: str,
    width: int | None,
    first_line: int,
    error: BaseException | None = None,
) -> list[Fault]:
    """Return what keeps text from being a table.

    Parameters
    ----------
    text
        UTF-8, without the header.
    delimiter
        The character between cells.
    width
        Number of cells in the header; None while the header itself is at fault.
    first_line
        Line of the file on which the text begins.
    error
        What polars said, used where nothing else is found.
    """
    lines = io.StringIO(text.decode("utf-8"), newline="\n")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    ragged: list[tuple[int, int]] = []
    faults: list[Fault] = []
    while True:
        line = first_line + reader.line_num
        try:
            record = next(reader, None)
        except csv.Error as broken:
            faults.append(_quoting(line, first_line + reader.line_num - 1, str(broken)))
            break
        if record is None or width is None:
            break
        if len(record) != width:
            ragged.append((line, len(record)))
    faults = [*_ragged(ragged, width or 0), *faults]
    return faults or [_other(text, delimiter, first_line, error)]


def _quoting(start: int, line: int, said: str) -> Fault:
    if "unexpected end" in said:
        what = "a quotation mark opens a cell that is never closed"
        return Fault(f"line {start}", what, fix="Close it, or double a mark that is meant.")
    where = f"line {line}" if line == start else f"lines {start} to {line}"
    if "expected after" in said:
        what = "text follows a closing quotation mark within a cell"
        return Fault(where, what, fix='Double the marks that are part of the text: "".')
    if "new-line" in said:
        what = "a carriage return stands inside a cell that is not in quotation marks"
        return Fault(where, what, fix="Put the cell in quotation marks, or export again.")
    return Fault(where, f"cannot be split into cells: {said}")


def _ragged(ragged: list[tuple[int, int]], width: int) -> list[Fault]:
    fix = f"The header has {width}. Quote cells that hold the delimiter, or export again."
    lines = (Fault(f"line {line}", _said(cells, width)) for line, cells in ragged)
    faults = first_faults(lines, len(ragged), "lines")
    if faults:
        last = faults[-1]
        faults[-1] = Fault(last.where, last.what, fix=fix)
    return faults


def _said(cells: int, width: int) -> str:
    if cells == 0:
        return "is blank, amid the answers"
    many = "cell" if cells == 1 else "cells"
    return f"has {cells} {many}, {abs(cells - width)} too {'many' if cells > width else 'few'}"


def _other(text: bytes, delimiter: str, first_line: int, error: BaseException | None) -> Fault:
    place = stray_quote(text, delimiter)
    if place is not None:
        what = "a quotation mark stands inside a cell that is not in quotation marks"
        fix = "Put the whole cell in quotation marks and double the mark inside."
        line = first_line + text.count(b"\n", 0, place)
        return Fault(f"line {line}", what, fix=fix)
    said = str(error).split("\n", 1)[0] if error else "the rows do not have equal numbers of cells"
    return Fault("", f"cannot be parsed: {said}", fix="Export it again as CSV or Parquet.")
