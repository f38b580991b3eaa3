"""Whether quotation marks in delimited text are paired; polars overlooks some that are not."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_STEP: Final = 1 << 24
_QUOTE: Final = 34
_LINE_ENDS: Final = (10, 13)


def stray_quote(text: bytes, delimiter: str) -> int | None:
    """Return the position of the first quotation mark that is out of place, None if all are in.

    Marks alternate: one opens a cell and follows a delimiter or line end (or, doubled within a
    cell, the mark before it), the next closes it and is followed by one (RFC 4180, section 2).
    """
    if b'"' not in text:
        return None
    array = np.frombuffer(text, dtype=np.uint8)
    marks = _positions(array)
    before = np.where(marks > 0, array[marks - 1], 10)
    after = np.where(marks + 1 < len(array), array[np.minimum(marks + 1, len(array) - 1)], 10)
    ends = (ord(delimiter), *_LINE_ENDS)
    opens = np.isin(before[::2], ends) | _doubled(marks)[::2]
    closes = np.isin(after[1::2], (*ends, _QUOTE))
    wrong = np.concatenate([marks[::2][~opens], marks[1::2][~closes]])
    if len(wrong):
        return int(wrong.min())
    return int(marks[-1]) if len(marks) % 2 else None


def _positions(array: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where the marks are, looking at a piece at a time to spare memory."""
    found = [
        np.flatnonzero(array[start : start + _STEP] == _QUOTE) + start
        for start in range(0, len(array), _STEP)
    ]
    return np.concatenate(found).astype(np.int64)


def _doubled(marks: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each mark stands right behind another."""
    return np.asarray(np.diff(marks, prepend=-2) == 1, dtype=np.bool_)
