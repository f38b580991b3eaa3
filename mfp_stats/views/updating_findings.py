"""Plain-language findings on whether information reached beliefs, and what became of it."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import Row, preferred, worldview_once
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import capital, chance, listed, points, quoted

#: What people of each stratum are called.
TRUST_WORDS: Final = {
    "": "all who were asked",
    "trusts": "those who trust its source",
    "distrusts": "those who do not trust its source",
}
OCCASION_WORDS: Final = {"at_once": "At once", "later": "In the next wave"}
RANDOMISED: Final = (
    "Chance decided who was told, so that differences between the two are due to it, among people "
    "like those who answered."
)
BETWEEN_WAVES: Final = (
    "All who answered later count as told: whatever else happened between the waves is in these "
    "differences too. They are descriptive."
)
MEANING: Final = (
    "Points: out of 100, in the direction of the information, how much farther along the scale "
    "people answer who were told it than people of the same mind who were not; of support, how "
    "many more, or fewer, accept. With 90 % intervals."
)
#: Each verdict on a move of beliefs, in words.
VERDICT_WORDS: Final = {
    "follows": "beliefs moved with it",
    "backfires": "it backfired",
    "apart": "worldviews moved in opposite directions",
    "unmoved": "beliefs hardly moved",
    "cannot_tell": "the survey cannot tell whether beliefs moved",
}
#: What came of a move, in few words for tables.
CARRIED_WORDS: Final = {
    "yes": "yes",
    "little": "hardly moved",
    "no": "no",
    "cannot_tell": "cannot tell",
}
LASTED_WORDS: Final = {
    "yes": "half or more",
    "partly": "less than half",
    "some": "some, half or not unknown",
    "no": "no",
    "cannot_tell": "cannot tell",
}
_SUPPORT: Final = {
    "yes": "Support of proposals went the same way",
    "little": "Support of proposals went the same way, but hardly moved",
    "no": "Support of proposals did not go the same way",
    "cannot_tell": "The survey cannot tell whether support of proposals followed",
}
_LEFT: Final = {
    "yes": "In the next wave at least half of the move of beliefs was still there",
    "partly": "In the next wave some of the move of beliefs was still there, but less than half",
    "some": "In the next wave some of the move of beliefs was still there; the survey cannot tell "
    "whether half",
    "no": "By the next wave the move of beliefs had evaporated",
    "cannot_tell": "The survey cannot tell whether any of the move of beliefs was still there in "
    "the next wave",
}


def describe_updating(updating: pl.DataFrame) -> list[str]:
    """Return sentences on how people took each piece of information.

    Parameters
    ----------
    updating
        The table ``updating``; of several weightings the preferred one is told.
    """
    if updating.is_empty():
        return ["Nothing can be told of how people took any information."]
    told = preferred(updating)
    sentences: list[str] = []
    for part in told.partition_by("information", maintain_order=True):
        sentences += _of_one(part)
    return [*sentences, weighting_note(told["weighting"][0])]


def _of_one(rows: pl.DataFrame) -> Iterator[str]:
    label, randomised = rows.select("information_label", "randomised").row(0)
    strata = rows.filter(worldview=0, kind="belief", occasion="at_once").to_dicts()
    heard, not_heard = (sum(row[name] for row in strata) for name in ("n_told", "n_not_told"))
    if not strata:
        yield f"{quoted(label)}: too few people with a weight were told, or were not."
        return
    yield _summary(label, strata, rows)
    if randomised:
        yield f"{heard:,} people were told, {not_heard:,} were not. {RANDOMISED}"
    else:
        yield f"{heard:,} answered after they were told, {not_heard:,} before. {BETWEEN_WAVES}"
    for row in strata:
        yield f"{_moved(row, TRUST_WORDS[row['trust']])}{_carried(row, rows)}{_lasted(row, rows)}"
    named: set[int] = set()
    apart = rows.filter(pl.col("worldview") > 0, kind="belief", occasion="at_once").to_dicts()
    for row in apart:
        if row["verdict"] in ("follows", "backfires"):
            who = worldview_once(row, named).rstrip(",")
            among = TRUST_WORDS[row["trust"]].removeprefix("those ") if row["trust"] else ""
            whole = f"holders of {who}, {among}" if among else f"holders of {who}"
            yield f"{_moved(row, whole)}{_carried(row, rows)}{_lasted(row, rows)}"
    if apart and not named:
        yield "Of no single worldview can the survey tell that its beliefs moved."


def _summary(label: str, strata: list[Row], rows: pl.DataFrame) -> str:
    """Return in one sentence among whom it reached beliefs, and among whom it backfired."""
    parts = []
    verdicts = {row["trust"]: _verdict(row, rows) for row in strata}
    for verdict, words in VERDICT_WORDS.items():
        who = [TRUST_WORDS[trust] for trust, found in verdicts.items() if found == verdict]
        if who:
            parts.append(f"{words} among {listed(who)}")
    return f"{quoted(label)}: {'; '.join(parts)}."


def _verdict(row: Row, rows: pl.DataFrame) -> str:
    """Return the verdict on a stratum; of worldviews that moved apart there is none on all."""
    if row["verdict"] in ("follows", "backfires"):
        return str(row["verdict"])
    within = rows.filter(
        pl.col("worldview") > 0, kind="belief", occasion="at_once", trust=row["trust"]
    )
    apart = {"follows", "backfires"} <= set(within["verdict"])
    return "apart" if apart else str(row["verdict"])


def _moved(row: Row, who: str) -> str:
    mean, low, high = (row[f"shift_{end}"] for end in ("mean", "q05", "q95"))
    match row["verdict"]:
        case "follows":
            return f"Among {who}, beliefs moved with it, by {points(mean, low, high)}."
        case "backfires":
            return (
                f"Among {who}, it backfired: beliefs moved against it, by "
                f"{points(-mean, -high, -low)}."
            )
        case "unmoved":
            return f"Among {who}, beliefs hardly moved, by {points(mean, low, high)}."
        case _:
            return (
                f"Among {who}, the survey cannot tell whether beliefs moved: "
                f"{points(mean, low, high)}, with probability "
                f"{chance(row['backfire_probability'])} that it backfired."
            )


def _carried(row: Row, rows: pl.DataFrame) -> str:
    return _then(row, rows, row["carried"], _SUPPORT, kind="support", occasion="at_once")


def _lasted(row: Row, rows: pl.DataFrame) -> str:
    later = _same(row, rows, kind="belief", occasion="later")
    if later is None:
        return ""
    return _then(row, rows, later["lasted"], _LEFT, kind="belief", occasion="later")


def _then(
    row: Row,
    rows: pl.DataFrame,
    verdict: str | None,
    words: dict[str, str],
    *,
    kind: str,
    occasion: str,
) -> str:
    """Return a sentence on what came of a move of beliefs; nothing where nothing moved."""
    other = _same(row, rows, kind=kind, occasion=occasion)
    if verdict is None or other is None:
        return ""
    return f" {capital(words[verdict])}: {points(*(other[f'shift_{e}'] for e in _ENDS))}."


_ENDS: Final = ("mean", "q05", "q95")


def _same(row: Row, rows: pl.DataFrame, *, kind: str, occasion: str) -> Row | None:
    """Return the row of the same people about another answer, or at another time."""
    same = rows.filter(kind=kind, occasion=occasion, trust=row["trust"], worldview=row["worldview"])
    return same.row(0, named=True) if len(same) else None
