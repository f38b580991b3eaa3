"""Which character stands between the cells."""

import csv
import io
from itertools import islice
from typing import Final

from mfp_stats.errors import Fault, ImportRejected

CANDIDATES: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 1 << 18
_RECORDS: Final = 50


def sniff_delimiter(text: bytes) -> str:
    """Return the candidate that splits most records of the beginning like the first one.

    A file in which none of the candidates splits the first record has a single column.

    Raises
    ------
    ImportRejected
        Two candidates split the file equally well.
    """
    sample = text[:_SAMPLE].decode("utf-8", errors="ignore")
    scores = {c: _score(sample, c, cut=len(text) > _SAMPLE) for c in CANDIDATES}
    best = max(scores.values())
    if best[1] <= 1:
        return ","
    found = [c for c, score in scores.items() if score == best]
    if len(found) > 1:
        fix = "Name it {delimiter}."
        what = "the cells may be divided by either of several characters"
        raise ImportRejected(Fault("line 1", what, known=tuple(map(repr, found)), fix=fix))
    return found[0]


def _score(sample: str, delimiter: str, *, cut: bool) -> tuple[float, int]:
    """Return the share of records as wide as the first, and that width; (0, 1) if it is 1."""
    widths: list[int] = []
    try:
        for record in islice(csv.reader(io.StringIO(sample), delimiter=delimiter), _RECORDS):
            widths.append(len(record))
    except csv.Error:
        cut = False
    if cut and len(widths) > 1 and len(widths) < _RECORDS:
        widths.pop()
    if not widths or widths[0] <= 1:
        return 0.0, 1
    return sum(w == widths[0] for w in widths) / len(widths), widths[0]
