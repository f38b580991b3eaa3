"""How the answers to an item are distributed, over everyone and within groups."""

import polars as pl

from mfp_stats.frames.columns import columns_of
from mfp_stats.frames.missing import group_name
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, say


def distributions(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    *,
    by_group: bool = False,
    language: str = "en",
) -> pl.DataFrame:
    """Return how often each option of each item was chosen.

    Parameters
    ----------
    sheet, questionnaire
        An answer sheet and the version that it belongs to.
    by_group
        Count within stakeholder groups (persons of no known group are left out).
    language
        Of the option labels.

    Returns
    -------
    polars.DataFrame
        ``item``, ``part`` ("" for select_one, "best"/"worst" for best_worst, "chosen" for
        select_multiple, "first" for rank), ``group`` (with ``by_group``), ``option``,
        ``option_label``, ``n`` who chose it, ``answered`` (persons who gave this part an
        answer), ``share`` = n/answered, ``weighted_share`` (null without weights). Reversed
        items keep the order and labels that people saw.
    """
    tables = [_item(sheet, questionnaire, i, by_group, language) for i in questionnaire.items]
    return pl.concat([t for part in tables for t in part])


def _item(
    sheet: pl.DataFrame, questionnaire: Questionnaire, item: Item, by_group: bool, language: str
) -> list[pl.DataFrame]:
    columns = columns_of(item)
    match item.type:
        case ItemType.SELECT_ONE:
            choices = {"": [pl.col(columns[0]) == k for k in range(len(item.options))]}
        case ItemType.BEST_WORST:
            choices = {
                part: [pl.col(column) == k for k in range(len(item.options))]
                for part, column in zip(item.parts, columns, strict=True)
            }
        case ItemType.SELECT_MULTIPLE:
            choices = {"chosen": [pl.col(column) == 1 for column in columns]}
        case ItemType.RANK:
            choices = {"first": [pl.col(column) == 1 for column in columns]}
        case _:
            return []
    answered = {
        "best": pl.col(columns[0]) >= 0,
        "worst": pl.col(columns[-1]) >= 0,
    }
    anything = pl.max_horizontal(columns) >= 0
    group = group_name(questionnaire) if by_group else pl.lit("").alias("group")
    return [
        _counted(
            sheet.filter(answered.get(part, anything)).select("weight", group, *_numbered(chosen)),
            item,
            part,
            by_group,
            language,
        )
        for part, chosen in choices.items()
    ]


def _numbered(chosen: list[pl.Expr]) -> list[pl.Expr]:
    return [expression.alias(str(k)) for k, expression in enumerate(chosen)]


def _counted(
    chosen: pl.DataFrame, item: Item, part: str, by_group: bool, language: str
) -> pl.DataFrame:
    labels = {str(k): (o.name, say(o.label, language)) for k, o in enumerate(item.options)}
    names = {k: name for k, (name, _) in labels.items()}
    texts = {k: text for k, (_, text) in labels.items()}
    weighted = pl.col("weight") * pl.col("value")
    known = chosen.drop_nulls("group")
    counts = (
        known.unpivot(list(labels), index=["weight", "group"], variable_name="k")
        .group_by("group", "k", maintain_order=True)
        .agg(
            n=pl.col("value").sum().cast(pl.Int64),
            answered=pl.len().cast(pl.Int64),
            share=pl.col("value").mean(),
            weighted_share=pl.when(pl.col("weight").count() > 0).then(
                weighted.sum() / pl.col("weight").sum()
            ),
        )
    )
    return counts.select(
        item=pl.lit(item.name),
        part=pl.lit(part),
        **({"group": pl.col("group")} if by_group else {}),
        option=pl.col("k").replace_strict(names, return_dtype=pl.String),
        option_label=pl.col("k").replace_strict(texts, return_dtype=pl.String),
        n="n",
        answered="answered",
        share="share",
        weighted_share="weighted_share",
    )
