"""Plain-language findings on what attributes of proposals are worth to groups."""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.words import listed, percent, quoted

#: What the numbers mean.
MEANING: Final = (
    "Share of a group that prefers a proposal with the level to one of the experiment taken at "
    "random, all else as it was shown; half where the level makes no difference. Points are "
    "posterior means, lines 90 % intervals."
)
#: What accepting a design means here.
PREFERRED: Final = (
    "A design counts as accepted by those who prefer it to a proposal of the experiment taken at "
    "random: whether people would live with it was not asked."
)
#: Said of people of a group.
ALIKE: Final = (
    "Within a group and worldview people are taken to differ by chance alone; weights are not used."
)
#: Probability from which one thing is said to be more than another.
_SURE: Final = 0.9
_ENDS: Final = ("mean", "q05", "q95")


def describe_conjoint(
    levels: pl.DataFrame,
    worldviews: pl.DataFrame,
    pairs: pl.DataFrame,
    search: pl.DataFrame,
    summary: pl.DataFrame,
) -> list[str]:
    """Return sentences on what each group prefers, where groups agree, and on designs for all.

    Parameters
    ----------
    levels, worldviews, pairs
        The tables ``conjoint``, ``conjoint_worldviews`` and ``conjoint_pairs``.
    search, summary
        The tables ``conjoint_search`` and ``conjoint_search_summary``, of one coalition and
        threshold; empty where waves are compared.
    """
    if levels.is_empty():
        return ["This survey cannot tell what attributes of proposals are worth to people."]
    told: list[str] = []
    for (name, label), part in levels.group_by("conjoint", "conjoint_label", maintain_order=True):
        own = [f.filter(pl.col("conjoint") == name) if len(f) else f for f in (pairs, worldviews)]
        found = [*_attributes(part, own[0]), *_worldviews(own[1])]
        several = levels["conjoint"].n_unique() > 1
        told += [f"{quoted(label)}: {line}" if several else line for line in found]
        if len(search):
            rows, about = (f.filter(pl.col("conjoint") == name) for f in (search, summary))
            told += describe_search(rows, about, pl.DataFrame())[:-1]
    return [*told, *([PREFERRED] if len(search) else []), ALIKE]


def _attributes(levels: pl.DataFrame, pairs: pl.DataFrame) -> Iterator[str]:
    """Yield a sentence an attribute, those on which groups agree first."""
    agree, apart, unsure = [], [], []
    for (name, label), part in levels.group_by("attribute", "attribute_label", maintain_order=True):
        best = part.sort("best_probability", descending=True).unique("group", maintain_order=True)
        rows = best.join(part.select("group").unique(maintain_order=True), on="group").to_dicts()
        sure = [row for row in rows if row["best_probability"] >= _SURE]
        own = pairs.filter(pl.col("attribute") == name).to_dicts() if len(pairs) else []
        split = [row for row in own if row["same_best_probability"] <= 1 - _SURE]
        if len(sure) == len(rows) and len({row["level"] for row in rows}) == 1:
            agree.append(_agreed(str(label), rows))
        elif split:
            apart.append(_parted(str(label), split[0]))
        else:
            unsure.append(str(label))
    yield from agree
    yield from apart
    if unsure:
        which = listed([quoted(label) for label in unsure])
        yield f"The survey cannot tell whether groups prefer the same of {which}."


def _agreed(label: str, rows: Sequence[Row]) -> str:
    low = min(rows, key=lambda row: row["prefers_mean"])
    who = "Every group prefers" if len(rows) > 1 else f"{quoted(rows[0]['group_label'])} prefers"
    where = f", least of all {quoted(low['group_label'])}" if len(rows) > 1 else ""
    return (
        f"{quoted(label)}: {who[0].lower() if len(rows) > 1 else who[0]}{who[1:]} "
        f"{quoted(low['level_label'])}{where}: {percent(*(low[f'prefers_{e}'] for e in _ENDS))} "
        "prefer a proposal with it to one at random."
    )


def _parted(label: str, row: Row) -> str:
    one, other = quoted(row["group_a_label"]), quoted(row["group_b_label"])
    return (
        f"{quoted(label)}: groups part over it. {one} prefers {quoted(row['best_a_label'])}, "
        f"{other} {quoted(row['best_b_label'])}; that both prefer the same has probability "
        f"{row['same_best_probability']:.2f}."
    )


def _worldviews(levels: pl.DataFrame) -> Iterator[str]:
    """Yield the level in which two worldviews differ most, if any do beyond doubt."""
    if levels.is_empty():
        return
    widest: tuple[float, Row, Row] | None = None
    for _, part in levels.group_by("attribute", "level", maintain_order=True):
        rows = part.sort("prefers_mean").to_dicts()
        low, high = rows[0], rows[-1]
        gap = high["prefers_q05"] - low["prefers_q95"]
        if gap > 0 and (widest is None or gap > widest[0]):
            widest = (gap, low, high)
    if widest is None:
        yield "No level is preferred more in one worldview than in another beyond doubt."
        return
    _, low, high = widest
    shares = [percent(*(row[f"prefers_{e}"] for e in _ENDS)) for row in (high, low)]
    yield (
        f"Worldviews differ most over {quoted(high['attribute_label'])}: {shares[0]} of worldview "
        f"{high['worldview']}, {quoted(high['name'])}, prefer {quoted(high['level_label'])}, and "
        f"{shares[1]} of worldview {low['worldview']}, {quoted(low['name'])}."
    )
