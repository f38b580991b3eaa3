"""An answer sheet as a file, and the mapping by which the same answers are read back."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from mfp_stats.importers.mapping import (
    MISSING_WORDS,
    ArmFrom,
    Binding,
    ImportMapping,
    Pick,
    RespondentFrom,
)
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.responses import MISSING_CODES, sheet_column

#: How a missing answer is written; no option can be named so.
_MISSING_TEXT: Final[Mapping[int, str]] = {
    MISSING_CODES[status]: f"({word})" for status, word in MISSING_WORDS.items()
}
_TICKED: Final = "yes"
_NOT_TICKED: Final = "no"
_PLAIN: Final = (ItemType.INTEGER, ItemType.DECIMAL, ItemType.TEXT)


def export_sheet(
    sheet: pl.DataFrame, questionnaire: Questionnaire, *, simulated: bool = False
) -> tuple[pl.DataFrame, ImportMapping]:
    """Return an answer sheet as a table of texts, and its mapping.

    Parameters
    ----------
    sheet
        One row a respondent and wave (see :mod:`mfp_stats.responses`).
    questionnaire
        What was asked.
    simulated
        Nobody gave these answers; the mapping says so.

    Returns
    -------
    table : polars.DataFrame
        Only texts: options by name, ticks as yes and no, missing answers as ``(skipped)`` and so
        on, one column an arm.
    mapping : ImportMapping
        Imported through it, the table gives the sheet again, but for what was shown in which
        order and when it was handed in, which no file holds.
    """
    arms = _arms(sheet, questionnaire)
    weighted = sheet["weight"].null_count() == 0
    head = ["respondent", "wave", *(["weight"] if weighted else [])]
    items = [item for item in questionnaire.items if item.type is not ItemType.NOTE]
    answers = [pl.Series(n, s) for item in items for n, s in _texts(sheet, item)]
    table = pl.DataFrame([*(sheet[name].cast(pl.String) for name in head), *arms, *answers])
    mapping = ImportMapping(
        survey=questionnaire.survey,
        simulated=simulated,
        respondent=RespondentFrom(column="respondent"),
        wave="wave",
        weight="weight" if weighted else None,
        arms={s.name.removeprefix(_ARM): ArmFrom(column=s.name) for s in arms},
        missing={_MISSING_TEXT[MISSING_CODES[s]]: word for s, word in MISSING_WORDS.items()},
        items={item.name: _binding(item) for item in items},
    )
    return table, mapping


_ARM: Final = "arm "


def _arms(sheet: pl.DataFrame, questionnaire: Questionnaire) -> list[pl.Series]:
    """Return a column an arm; none where the arms of somebody are not known."""
    if not questionnaire.arms or sheet["arms"].null_count():
        return []
    drawn = [json.loads(row) for row in sheet["arms"]]
    return [
        pl.Series(_ARM + arm, [levels[arm] for levels in drawn], dtype=pl.String)
        for arm in questionnaire.arms
    ]


def _texts(sheet: pl.DataFrame, item: Item) -> Iterator[tuple[str, pl.Series]]:
    if item.type in _PLAIN:
        status = sheet[sheet_column(item.name, "status")]
        said = _written(status, {})
        yield item.name, said.fill_null(sheet[item.name].cast(pl.String))
        return
    for part in item.parts:
        column = sheet_column(item.name, part)
        yield column, _written(sheet[column], _answer_texts(item))


def _answer_texts(item: Item) -> dict[int, str]:
    match item.type:
        case ItemType.SELECT_MULTIPLE:
            return {0: _NOT_TICKED, 1: _TICKED}
        case ItemType.RANK:
            return {rank: str(rank) for rank in range(1, len(item.options) + 1)}
        case _:
            return dict(enumerate(item.option_names))


def _written(codes: pl.Series, answers: Mapping[int, str]) -> pl.Series:
    texts = {**_MISSING_TEXT, **answers}
    return codes.replace_strict(texts, default=None, return_dtype=pl.String)


def _binding(item: Item) -> Binding:
    column = {part: sheet_column(item.name, part) for part in item.parts}
    match item.type:
        case ItemType.BEST_WORST:
            return Binding(best=column["best"], worst=column["worst"])
        case ItemType.RANK:
            picks = {option: Pick(column=name) for option, name in column.items()}
            return Binding(columns=picks, nothing_chosen="answered")
        case ItemType.SELECT_MULTIPLE:
            picks = {option: Pick(column=name) for option, name in column.items()}
            return Binding(
                columns=picks,
                chosen=[_TICKED],
                not_chosen=[_NOT_TICKED],
                nothing_chosen="answered",
            )
        case _:
            return Binding(column=item.name)
