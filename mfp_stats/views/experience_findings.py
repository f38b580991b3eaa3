"""Plain-language findings on what people's record has to do with the worldview they hold."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row, preferred, worldview_once
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import count, listed, points, quoted

DESCRIPTIVE: Final = (
    "This says what goes together among people alike in group and in the rest of their record, not "
    "what brings a worldview about: they may differ in what nobody asked."
)
#: Answers to a question without an order that a list of findings names.
ANSWERS_NAMED: Final = 2


def describe_experience(experience: pl.DataFrame, contrasts: pl.DataFrame) -> list[str]:
    """Return sentences on which parts of people's record go with a worldview.

    Parameters
    ----------
    experience, contrasts
        The tables ``experience`` and ``experience_contrasts``; of several weightings the
        preferred one is told.
    """
    if experience.is_empty():
        return ["Nothing can be told of what people's experience has to do with their worldview."]
    answers = preferred(experience)
    ends = preferred(contrasts) if len(contrasts) else contrasts
    told: list[str] = []
    open_: list[str] = []
    named: set[int] = set()
    for (item, label), part in answers.group_by("item", "item_label", maintain_order=True):
        own = ends.filter(pl.col("item") == item) if len(ends) else ends
        ordered = part["kind"][0] != "nominal"
        found = list(_ordered(own, named)) if ordered else list(_nominal(part, named))
        told += found
        if not found:
            open_.append(str(label))
    note = weighting_note(answers["weighting"][0])
    return [*_summary(answers, open_), *told, *_open(open_), DESCRIPTIVE, note]


def _summary(answers: pl.DataFrame, open_: list[str]) -> Iterator[str]:
    total = answers["item"].n_unique()
    found = total - len(open_)
    if not found:
        yield "The survey does not show that any part of people's record goes with a worldview."
        return
    if found == total:
        who = {1: "The one part", 2: "Both parts"}.get(total, f"All {count(total)} parts")
        yield f"{who} of people's record {'go' if total > 1 else 'goes'} with the worldview held."
        return
    verb = "goes" if found == 1 else "go"
    yield (
        f"Of {count(total)} parts of people's record, {count(found)} {verb} with the worldview "
        "held."
    )


def _ordered(contrasts: pl.DataFrame, named: set[int]) -> Iterator[str]:
    """Yield the worldview that the two ends of an ordered answer set apart most, if any does."""
    rows = [row for row in contrasts.to_dicts() if row["q05"] > 0 or row["q95"] < 0]
    if not rows:
        return
    row = max(rows, key=lambda r: abs(r["mean"]))
    more, less = row["high_label"], row["low_label"]
    if row["mean"] < 0:
        more, less = less, more
    yield (
        f"{quoted(row['item_label'])}: {worldview_once(row, named)} is held more often by those "
        f"who answer {quoted(more)} than by those who answer {quoted(less)}, by {_forward(row)}."
    )


def _nominal(answers: pl.DataFrame, named: set[int]) -> Iterator[str]:
    """Yield the answers that stand farthest from everybody's share of a worldview."""
    rows = [r for r in answers.to_dicts() if r["apart_q05"] > 0 or r["apart_q95"] < 0]
    rows.sort(key=lambda r: -abs(r["apart_mean"]))
    for row in rows[:ANSWERS_NAMED]:
        often = "more" if row["apart_mean"] > 0 else "less"
        yield (
            f"{quoted(row['item_label'])}: those who answer {quoted(row['level_label'])} hold "
            f"{worldview_once(row, named)} {often} often than everybody does, by "
            f"{_forward(row, 'apart_')}."
        )


def _forward(row: Row, head: str = "") -> str:
    mean, low, high = (row[f"{head}{end}"] for end in ("mean", "q05", "q95"))
    return points(mean, low, high) if mean >= 0 else points(-mean, -high, -low)


def _open(labels: list[str]) -> Iterator[str]:
    if labels:
        which = listed([quoted(label) for label in labels])
        yield f"The survey does not show that a worldview goes with {which}."
