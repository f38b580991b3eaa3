"""Signs of careless or repeated answering: flags to look at, never a reason to drop by itself."""

from typing import Final

import polars as pl

from mfp_stats.frames.columns import PLAIN, columns_of, item_code
from mfp_stats.questionnaire.model import ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES, Status

#: Fewer equal answers in a row say nothing about care.
LEAST_ITEMS: Final = 5


def quality_flags(sheet: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Flag what may be careless or repeated answering.

    Returns
    -------
    polars.DataFrame
        One row a row of the sheet: ``respondent``, ``wave``, ``answered`` share of the items
        that the person was asked, ``straightlined`` number of blocks with at least
        :data:`LEAST_ITEMS` answers on one ordinal scale that are all the same option, and
        ``duplicate``: whether another row has the same answers to every closed item.
    """
    items = [i for i in questionnaire.items if i.type is not ItemType.NOTE]
    codes = [item_code(i) for i in items]
    unasked = [MISSING_CODES[Status.NOT_ASKED], MISSING_CODES[Status.NOT_APPLICABLE]]
    asked = pl.sum_horizontal((~code.is_in(unasked)).cast(pl.Int64) for code in codes)
    answered = pl.sum_horizontal((code >= 0).cast(pl.Int64) for code in codes)
    closed = [c for i in items if i.type not in PLAIN for c in columns_of(i)]
    return sheet.select(
        "respondent",
        "wave",
        answered=answered / pl.when(asked > 0).then(asked),
        straightlined=_straightlined(questionnaire),
        duplicate=pl.struct(closed).is_duplicated() if closed else pl.lit(False),
    )


def _straightlined(questionnaire: Questionnaire) -> pl.Expr:
    runs: dict[tuple[str, str | None], list[str]] = {}
    for item in questionnaire.items:
        if item.is_ordinal:
            runs.setdefault((item.block, item.scale), []).append(item.name)
    flags = [_one_answer(names) for names in runs.values() if len(names) >= LEAST_ITEMS]
    return pl.sum_horizontal(flags) if flags else pl.lit(0, pl.Int64)


def _one_answer(names: list[str]) -> pl.Expr:
    given = [pl.when(pl.col(n) >= 0).then(pl.col(n)) for n in names]
    enough = pl.sum_horizontal(g.is_not_null().cast(pl.Int64) for g in given) >= LEAST_ITEMS
    same = pl.max_horizontal(given) == pl.min_horizontal(given)
    return (enough & same).cast(pl.Int64)
