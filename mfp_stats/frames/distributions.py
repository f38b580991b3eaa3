"""How the answers to an item are distributed, over everyone and within groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from mfp_stats.frames.columns import columns_of
from mfp_stats.frames.missing import group_name
from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, say

_SCHEMA: Final = {
    "item": pl.String(),
    "part": pl.String(),
    "group": pl.String(),
    "option": pl.String(),
    "option_label": pl.String(),
    "n": pl.Int64(),
    "answered": pl.Int64(),
    "share": pl.Float64(),
    "weighted_share": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """One option of one part, and who chose it among those who answered that part."""

    item: Item
    part: str
    option: Option
    chosen: pl.Expr
    answered: pl.Expr

    def counts(self, key: int) -> list[pl.Expr]:
        weight = pl.col("weight")
        return [
            (self.chosen & self.answered).sum().alias(f"n{key}"),
            self.answered.sum().alias(f"answered{key}"),
            weight.filter(self.chosen & self.answered).sum().alias(f"weighted{key}"),
            weight.filter(self.answered).sum().alias(f"weight{key}"),
        ]


def distributions(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    *,
    by_group: bool = False,
    language: str = "en",
) -> pl.DataFrame:
    """Return how often each option of each closed item was chosen.

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
        select_multiple, "first" for rank), ``group`` (with ``by_group``, in the
        questionnaire's order), ``option``, ``option_label``, ``n`` who chose it, ``answered``
        (persons who gave this part an answer), ``share`` = n/answered, ``weighted_share``
        (null without weights). Reversed items keep the order and labels that people saw.
    """
    choices = [c for item in questionnaire.items for c in _choices(item)]
    order = [o.name for o in questionnaire.groups] if by_group else [""]
    group = group_name(questionnaire) if by_group else pl.lit("").alias("group")
    counted = (
        sheet.with_columns(group)
        .group_by("group")
        .agg(expression for key, c in enumerate(choices) for expression in c.counts(key))
    )
    by_name = {str(row["group"]): row for row in counted.iter_rows(named=True)}
    rows = [
        _row(choice, key, by_name[name], language)
        for key, choice in enumerate(choices)
        for name in order
        if name in by_name
    ]
    table = pl.DataFrame(rows, schema=_SCHEMA)
    return table if by_group else table.drop("group")


def _choices(item: Item) -> Iterator[_Choice]:
    columns = columns_of(item)
    anything = pl.max_horizontal(columns) >= 0 if columns else pl.lit(value=False)
    for k, option in enumerate(item.options):
        match item.type:
            case ItemType.SELECT_ONE:
                yield _Choice(item, "", option, pl.col(columns[0]) == k, anything)
            case ItemType.SELECT_MULTIPLE:
                yield _Choice(item, "chosen", option, pl.col(columns[k]) == 1, anything)
            case ItemType.RANK:
                yield _Choice(item, "first", option, pl.col(columns[k]) == 1, anything)
            case ItemType.BEST_WORST:
                for part, column in zip(item.parts, columns, strict=True):
                    yield _Choice(item, part, option, pl.col(column) == k, pl.col(column) >= 0)


def _row(
    choice: _Choice, key: int, counts: dict[str, float], language: str
) -> dict[str, str | float | None]:
    n, answered = counts[f"n{key}"], counts[f"answered{key}"]
    weight = counts[f"weight{key}"]
    return {
        "item": choice.item.name,
        "part": choice.part,
        "group": str(counts["group"]),
        "option": choice.option.name,
        "option_label": say(choice.option.label, language),
        "n": n,
        "answered": answered,
        "share": n / answered if answered else None,
        "weighted_share": counts[f"weighted{key}"] / weight if weight else None,
    }
