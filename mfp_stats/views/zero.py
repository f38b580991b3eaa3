"""What 0 is on the scales of expectations and signals, in words.

Only an answer that a questionnaire names can be called neutral. Without one the zero is the middle
of the scale, and on which side of it a group lies says nothing of for or against.
"""

from collections.abc import Iterable

import polars as pl

from mfp_stats.design.data import MIDDLE, NEUTRAL
from mfp_stats.quantities.in_words import ZEROS
from mfp_stats.views.findings import Row


def zeros_in(frame: pl.DataFrame) -> list[str]:
    """Return what 0 is in the rows of a table."""
    return frame["zero"].unique(maintain_order=True).to_list()


def is_neutral(row: Row) -> bool:
    """Whether 0 is an answer that the questionnaire calls neutral, in one row of a table."""
    return bool(row["zero"] == NEUTRAL)


def zero_words(zeros: Iterable[str]) -> str:
    """Return what 0 is, as ``the neutral answer``; of rows with either, both."""
    found = set(zeros)
    return " or ".join(words for zero, words in ZEROS.items() if zero in found)


def zero_sentence(zeros: Iterable[str]) -> str:
    """Return the sentence that says what 0 is in a chart."""
    found = set(zeros)
    if found == {NEUTRAL}:
        return "0 is the neutral answer."
    if found == {MIDDLE}:
        return "0 is the middle of the scale: the questionnaire names no neutral answer."
    return "0 is the neutral answer; where the questionnaire names none, the middle of the scale."
