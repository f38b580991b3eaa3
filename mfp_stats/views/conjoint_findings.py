"""Plain-language findings on what attributes of proposals are worth to groups."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row, preferred
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.search_words import PREFERRING, UNTESTED
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, Compared, chance, listed, percent, quoted

#: What the numbers mean.
MEANING: Final = (
    "Share that prefers a proposal with the level to one of the experiment taken at random, all "
    "else as it was shown; half where the level makes no difference. Points are posterior means, "
    "lines 90 % intervals."
)
#: What preferring a design means here.
PREFERRED: Final = (
    "Preferred means: to a proposal of the experiment taken at random, so that half of a group "
    "prefer an average design, whatever they think of all of them. Whether people would accept it, "
    "or live with it, was not asked."
)
#: Said of people who are alike to the model.
ALIKE: Final = "People of {whom} are taken to differ in what they prefer by chance alone."
#: Probability from which one thing is said to be more than another.
_SURE: Final = 0.9
_ENDS: Final = ("mean", "q05", "q95")


def describe_conjoint(tables: Mapping[str, pl.DataFrame], compared: Compared = GROUPS) -> list[str]:
    """Return sentences on what each group prefers, where groups agree, and on designs for all.

    Parameters
    ----------
    tables
        ``conjoint``, ``conjoint_worldviews`` and ``conjoint_pairs``; ``conjoint_search`` and
        ``conjoint_search_summary`` of one coalition and threshold, empty where waves are compared.
        Of several weightings the weighted one is told.
    compared
        Groups or waves, in words.
    """
    shown = {
        name: preferred(frame) if "weighting" in frame.columns else frame
        for name, frame in tables.items()
    }
    levels, worldviews, search = (
        shown[name] for name in ("conjoint", "conjoint_worldviews", "conjoint_search")
    )
    if levels.is_empty():
        return ["This survey cannot tell what attributes of proposals are worth to people."]
    told: list[str] = []
    blocks = levels.partition_by("conjoint", maintain_order=True)
    for part in blocks:
        name, label = part["conjoint"][0], part["conjoint_label"][0]
        own = {table: _of(frame, name) for table, frame in shown.items()}
        found = [
            *_attributes(part, own["conjoint_pairs"], compared),
            *_worldviews(own["conjoint_worldviews"]),
        ]
        if len(rows := own["conjoint_search"]):
            designs = describe_search(
                rows, own["conjoint_search_summary"], pl.DataFrame(), PREFERRING
            )
            # Said of all blocks at once: that it is untested, and how people are weighted.
            found += designs[: designs.index(UNTESTED)]
        told += [f"{quoted(label)}: {line}" if len(blocks) > 1 else line for line in found]
    whom = f"a {compared.one}" if worldviews.is_empty() else f"a {compared.one} and worldview"
    return [
        *told,
        *((PREFERRED, UNTESTED) if len(search) else ()),
        ALIKE.format(whom=whom),
        weighting_note(levels["weighting"][0]),
    ]


def _of(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.filter(pl.col("conjoint") == name) if len(frame) else frame


def _attributes(levels: pl.DataFrame, pairs: pl.DataFrame, compared: Compared) -> Iterator[str]:
    """Yield a sentence an attribute, those on which groups agree first."""
    agree, apart, unsure = [], [], []
    for (name, label), part in levels.group_by("attribute", "attribute_label", maintain_order=True):
        rows = [
            max(own, key=lambda row: row["best_probability"])
            for own in part.rows_by_key("group", named=True).values()
        ]
        sure = [row for row in rows if row["best_probability"] >= _SURE]
        own = _of_attribute(pairs, str(name))
        if len(sure) == len(rows) and len({row["level_label"] for row in rows}) == 1:
            agree.append(_agreed(str(label), rows, compared))
        elif own and own[0]["same_best_probability"] <= 1 - _SURE:
            apart.append(_parted(str(label), own[0], compared))
        else:
            unsure.append(str(label))
    yield from agree
    yield from apart
    if unsure:
        which = listed([quoted(label) for label in unsure])
        what = f"whether {compared.many} prefer the same"
        if levels["group"].n_unique() == 1:
            what = "which level is preferred most"
        yield f"The survey cannot tell {what} of {which}."


def _of_attribute(pairs: pl.DataFrame, name: str) -> list[Row]:
    """Return the pairs of groups, those first that most surely prefer different levels."""
    if pairs.is_empty():
        return []
    return pairs.filter(pl.col("attribute") == name).sort("same_best_probability").to_dicts()


def _agreed(label: str, rows: Sequence[Row], compared: Compared) -> str:
    low = min(rows, key=lambda row: row["prefers_mean"])
    level, least = quoted(low["level_label"]), quoted(low["group_label"])
    share = percent(*(low[f"prefers_{end}"] for end in _ENDS))
    if len(rows) == 1:
        who = f"{least} prefers {level}"
    else:
        who = f"every {compared.one} shown prefers {level}, least of all {least}"
    return f"{quoted(label)}: {who}: {share} prefer a proposal with it to one at random."


def _parted(label: str, row: Row, compared: Compared) -> str:
    """Return that two groups part, with their favourites where those are known."""
    favourites = [
        f"{quoted(row[f'group_{side}_label'])} prefers {_favourite(row, side)}" for side in "ab"
    ]
    return (
        f"{quoted(label)}: {compared.many} part over it. {listed(favourites)}; that both prefer "
        f"the same has probability {chance(row['same_best_probability'])}."
    )


def _favourite(row: Row, side: str) -> str:
    if row[f"best_{side}_probability"] >= _SURE:
        return quoted(row[f"best_{side}_label"])
    return "another level, though which is not known"


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
