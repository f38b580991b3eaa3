"""Answers as numbers: reverse-scored items turned round, missing answers null."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mfp_stats.frames.columns import status_column
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire


def scores(sheet: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Return the numeric answers of a sheet.

    Parameters
    ----------
    sheet, questionnaire
        An answer sheet and the version that it belongs to.

    Returns
    -------
    polars.DataFrame
        ``respondent``, ``wave`` and a Float64 column for each ordinal select_one item (0 to
        J − 1, higher = more of the construct) and each integer or decimal item (its own unit).
        Every kind of missing answer is null.
    """
    columns = [score for item in questionnaire.items if (score := _score(item)) is not None]
    return sheet.select("respondent", "wave", *columns)


def scored_levels(sheet: pl.DataFrame, item: Item) -> NDArray[np.int64]:
    """Return everybody's place among ``item.scored_names``, (N,), -1 where an answer is missing."""
    codes = sheet[item.name].to_numpy().astype(np.int64)
    turned = len(item.options) - 1 - codes if item.reverse else codes
    return np.where(codes >= 0, turned, -1)


def _score(item: Item) -> pl.Expr | None:
    if item.is_ordinal:
        code = pl.col(item.name)
        turned = len(item.options) - 1 - code if item.reverse else code
        return pl.when(code >= 0).then(turned).cast(pl.Float64).alias(item.name)
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        answered = pl.col(status_column(item)) >= 0
        return pl.when(answered).then(pl.col(item.name)).alias(item.name)
    return None
