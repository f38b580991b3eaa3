"""How much is missing, of which kind, and how much of that was planned."""

from typing import Final

import polars as pl

from mfp_stats.frames.columns import item_code
from mfp_stats.questionnaire.model import Block, ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES, STATUS, Status

_SCHEMA: Final = {
    "item": pl.String(),
    "group": pl.String(),
    "status": STATUS,
    "n": pl.Int64(),
    "share": pl.Float64(),
}
_CODES: Final = {status: MISSING_CODES.get(status) for status in Status}


def missingness(
    sheet: pl.DataFrame, questionnaire: Questionnaire, *, by_group: bool = False
) -> pl.DataFrame:
    """Count the statuses of every item.

    Parameters
    ----------
    sheet, questionnaire
        An answer sheet and the version that it belongs to.
    by_group
        Count within stakeholder groups; ``group`` is null for persons of no known group.

    Returns
    -------
    polars.DataFrame
        ``item``, ``group`` (with ``by_group``), ``status``, ``n`` and ``share`` of the persons
        (of the group); a row for every status, in the order of :class:`Status`; groups in the
        questionnaire's order, those without anyone left out.
    """
    items = [item for item in questionnaire.items if item.type is not ItemType.NOTE]
    group = group_name(questionnaire) if by_group else pl.lit(None, pl.String).alias("group")
    counted = (
        sheet.with_columns(group)
        .group_by("group")
        .agg(
            pl.len(),
            *(
                (item_code(item) >= 0 if code is None else item_code(item) == code)
                .sum()
                .alias(f"{status}|{item.name}")
                for item in items
                for status, code in _CODES.items()
            ),
        )
    )
    by_name = {row["group"]: row for row in counted.iter_rows(named=True)}
    order = [*(o.name for o in questionnaire.groups), None]
    rows = [
        (item.name, name, status.value, n := by_name[name][f"{status}|{item.name}"],
         n / by_name[name]["len"])
        for item in items
        for name in order
        if name in by_name
        for status in Status
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return table if by_group else table.drop("group")


def planned_missing(sheet: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Compare how many people each proposal of a block was shown to with what was planned.

    Returns
    -------
    polars.DataFrame
        ``block``, ``intervention`` (of a conjoint: the item of the pair), ``n`` persons asked at
        least one of its items, ``share`` of all persons, and ``planned`` share: interventions or
        pairs a person gets over those of the block (1 where everyone gets all; before arms, which
        may withhold the whole block).
    """
    rows = [
        {
            "block": block.name,
            "intervention": intervention,
            "n": sheet.select(_asked(questionnaire, names).sum()).item(),
            "planned": min(1.0, (_drawn(block) or len(about)) / len(about)),
        }
        for block in questionnaire.blocks
        for about in [_about(questionnaire, block)]
        for intervention, names in about.items()
    ]
    schema = {"block": pl.String, "intervention": pl.String, "n": pl.Int64, "planned": pl.Float64}
    return pl.DataFrame(rows, schema=schema).select(
        "block", "intervention", "n", share=pl.col("n") / max(sheet.height, 1), planned="planned"
    )


def group_name(questionnaire: Questionnaire, item: str | None = None) -> pl.Expr:
    """Return an expression ``group``: the option name of the group item, null where unknown."""
    source = questionnaire.item(item or questionnaire.group)
    names = dict(enumerate(source.option_names))
    code = pl.col(source.name)
    return code.replace_strict(names, default=None, return_dtype=pl.String()).alias("group")


def _drawn(block: Block) -> int | None:
    return block.pairs_per_person if block.attributes else block.interventions_per_person


def _about(questionnaire: Questionnaire, block: Block) -> dict[str, list[str]]:
    """Return the items of each intervention; each pair of a conjoint is drawn by itself."""
    if block.attributes:
        return {name: [name] for name in block.items}
    about: dict[str, list[str]] = {}
    for name in block.items:
        if (intervention := questionnaire.item(name).intervention) is not None:
            about.setdefault(intervention, []).append(name)
    return about


def _asked(questionnaire: Questionnaire, names: list[str]) -> pl.Expr:
    not_asked = MISSING_CODES[Status.NOT_ASKED]
    return pl.any_horizontal(item_code(questionnaire.item(n)) != not_asked for n in names)
