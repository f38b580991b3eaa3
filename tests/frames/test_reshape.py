"""Wide and long forms of the same answers."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.frames import long_from_sheet, sheet_from_long, sheet_schema
from mfp_stats.questionnaire.model import Item, ItemType
from mfp_stats.responses import RESPONSE_SCHEMA, SHEET_HEAD, sheet_column
from tests.questionnaires import all_roles, sheet_of

QUESTIONNAIRE = all_roles()
MISSING = st.integers(-5, -1)
#: One item of every type keeps the examples small enough to shrink.
ITEMS = [QUESTIONNAIRE.item(n) for n in ("age", "why", "blame", "gains", "order", "tradeoffs.set1")]


def codes(item: Item) -> st.SearchStrategy[int]:
    low, high = 0, len(item.options) - 1
    if item.type is ItemType.SELECT_MULTIPLE:
        high = 1
    elif item.type is ItemType.RANK:
        low, high = 1, len(item.options)
    return st.one_of(st.integers(low, high), MISSING)


@st.composite
def cells(draw: st.DrawFn, item: Item) -> dict[str, object]:
    if item.type in (ItemType.INTEGER, ItemType.TEXT):
        is_text = item.type is ItemType.TEXT
        answers = st.text(max_size=5) if is_text else st.floats(allow_nan=False)
        answer = draw(st.one_of(answers, MISSING.map(lambda code: (code,))))
        gone = isinstance(answer, tuple)
        status = sheet_column(item.name, "status")
        return {item.name: None if gone else answer, status: answer[0] if gone else 0}
    if item.type is ItemType.SELECT_ONE or draw(st.booleans()):
        return {sheet_column(item.name, part): draw(codes(item)) for part in item.parts}
    gone = draw(MISSING)
    return {sheet_column(item.name, part): gone for part in item.parts}


@st.composite
def sheets(draw: st.DrawFn) -> pl.DataFrame:
    rows = [
        {"weight": weight, "arms": '{"video": "a"}'}
        for weight in draw(st.lists(st.none() | st.floats(0, 9), max_size=4))
    ]
    return sheet_of(
        QUESTIONNAIRE,
        [{**row, **{k: v for item in ITEMS for k, v in draw(cells(item)).items()}} for row in rows],
    )


@given(sheets())
@settings(max_examples=60)
def test_a_sheet_survives_the_way_to_long_form_and_back(sheet: pl.DataFrame) -> None:
    long = long_from_sheet(sheet, QUESTIONNAIRE)
    assert dict(long.schema) == RESPONSE_SCHEMA
    back = sheet_from_long(long, QUESTIONNAIRE, head=sheet.select(*SHEET_HEAD))
    assert back.equals(sheet)
    assert back.schema == sheet.schema


@given(sheets())
@settings(max_examples=30)
def test_long_form_survives_the_way_to_a_sheet_and_back(sheet: pl.DataFrame) -> None:
    long = long_from_sheet(sheet, QUESTIONNAIRE)
    assert long_from_sheet(sheet_from_long(long, QUESTIONNAIRE), QUESTIONNAIRE).equals(long)


def test_absent_answers_were_not_asked() -> None:
    sheet = sheet_of(QUESTIONNAIRE, [{"blame": 1}])
    long = long_from_sheet(sheet, QUESTIONNAIRE).filter(pl.col("item") == "blame")
    back = sheet_from_long(long, QUESTIONNAIRE)
    assert back["blame"].to_list() == [1]
    assert back["promises"].to_list() == [-1]
    assert back["age|status"].to_list() == [-1]
    assert list(back.columns) == list(sheet_schema(QUESTIONNAIRE))


def test_each_status_reads_as_its_name() -> None:
    rows = [{"blame": code} for code in (2, -1, -2, -3, -4, -5)]
    long = long_from_sheet(sheet_of(QUESTIONNAIRE, rows), QUESTIONNAIRE)
    blame = long.filter(pl.col("item") == "blame")
    assert blame["status"].to_list() == [
        *("answered", "not_asked", "skipped", "dont_know", "refused", "not_applicable")
    ]
    assert blame["code"].to_list() == [2, None, None, None, None, None]


def test_people_in_two_waves_keep_both_rows() -> None:
    first = sheet_of(QUESTIONNAIRE, [{"blame": 0}])
    second = sheet_of(QUESTIONNAIRE, [{"blame": 2}], wave="2")
    sheet = pl.concat([first, second])
    back = sheet_from_long(long_from_sheet(sheet, QUESTIONNAIRE), QUESTIONNAIRE)
    assert back.equals(sheet)
