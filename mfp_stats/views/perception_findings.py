"""Plain-language findings on what groups think that others want, beside what those want."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row
from mfp_stats.views.words import count, percent, quoted

#: Misjudgements that a list of findings names.
GUESSES_NAMED: Final = 4
_ENDS: Final = ("mean", "q05", "q95")


def describe_perception(perception: pl.DataFrame) -> list[str]:
    """Return sentences on which guesses about other groups are clearly off, the worst first.

    Parameters
    ----------
    perception
        The table ``perception``: guessed and actual shares of importance, and their difference.
    """
    if perception.is_empty():
        return ["Nobody was asked what other groups want."]
    rows = perception.sort(pl.col("difference_mean").abs(), descending=True).to_dicts()
    off = [row for row in rows if row["difference_q05"] > 0 or row["difference_q95"] < 0]
    return [_summary(len(off), len(rows)), *_off(off)]


def _summary(off: int, total: int) -> str:
    if not off:
        return "The survey does not show that groups misjudge what others want."
    verb = "is" if off == 1 else "are"
    return (
        f"Of {count(total)} guesses (one group about another and one value), {count(off)} {verb} "
        "clearly off."
    )


def _off(rows: list[Row]) -> Iterator[str]:
    for row in rows[:GUESSES_NAMED]:
        more = "more" if row["difference_mean"] > 0 else "less"
        yield (
            f"{quoted(row['guesser_label'])} think that {quoted(row['value_label'])} matters "
            f"{more} to {quoted(row['guessed_label'])} than it does: "
            f"{percent(*(row[f'guess_{k}'] for k in _ENDS))} guessed, "
            f"{percent(*(row[f'actual_{k}'] for k in _ENDS))} found."
        )
    if len(rows) > GUESSES_NAMED:
        yield f"And {count(len(rows) - GUESSES_NAMED)} more; the table has all of them."
