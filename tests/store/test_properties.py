"""Whatever the questionnaire and the answers: what went in comes out."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from unicodedata import category

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from mfp_stats.errors import SubmissionConflict
from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, Role
from mfp_stats.responses import SHEET_HEAD, Submission
from mfp_stats.store import ImportSource, Store
from mfp_stats.store.layout import Layout

NUMBER = count()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
#: Names are the questionnaire's business; the store must take any, hostile ones included.
MOMENT = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones())
HOSTILE = ["a", "A", "select", 'x"y', "'; DROP TABLE texts; --", "a\0b", "key", "code0", "%s", "?"]
NAME = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="|"), min_size=1, max_size=9
)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all examples; each uses a survey of its own."""
    with Store.open(tmp_path_factory.mktemp("data")) as store:
        yield store


@st.composite
def questionnaires(draw):
    kinds = st.sampled_from([kind for kind in ItemType if kind != ItemType.NOTE])
    names = draw(st.lists(NAME, unique=True, min_size=1, max_size=5))
    items = []
    for name in names:
        if name in SHEET_HEAD:
            continue
        options = draw(st.lists(NAME, unique=True, min_size=1, max_size=4))
        listed = tuple(Option(option, {}) for option in options)
        items.append(Item(name, draw(kinds), Role.COVARIATE, {}, "b", options=listed))
    number = next(NUMBER)
    return Questionnaire(
        survey=f"s{number}{draw(NAME)}", title={}, languages=(), source="fielded",
        hash=f"{number:064}", values={}, interventions={}, signals={}, arms={}, blocks=(),
        items=tuple(items), group="",
    )  # fmt: skip


@st.composite
def sheets(draw, questionnaire):
    layout = Layout.of(questionnaire)
    named = TEXT.filter(bool)  # a respondent and a wave must have a name
    readable = named.filter(lambda text: not any(category(c) == "Cc" for c in text))
    people = draw(st.lists(st.tuples(named, readable), unique=True, max_size=4))
    n = len(people)

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    weights = st.none() | st.floats(0, allow_infinity=False)
    moments = st.none() | st.datetimes()
    head = {
        "respondent": [name for name, _ in people], "wave": [wave for _, wave in people],
        "weight": column(weights), "arms": column(st.none() | TEXT),
        "shown": column(st.none() | TEXT), "submitted": column(moments),
    }  # fmt: skip
    naive = SHEET_HEAD | {"submitted": pl.Datetime("us")}
    series = list(
        pl.DataFrame(head, schema=naive).with_columns(
            pl.col("submitted").dt.replace_time_zone("UTC")
        )
    )
    for item, columns in layout.by_item().items():
        if draw(st.booleans(), label=f"asked {item!r}"):
            for c in columns:
                series += answers(column, c, layout.highest(c))
    return pl.DataFrame(series)


def answers(column, c, highest):
    if c.kind == "code":
        return [pl.Series(c.name, column(st.integers(-5, highest)), dtype=pl.Int16)]
    values, dtype = {
        "number": (st.floats(allow_nan=False, allow_infinity=False), pl.Float64),
        "text": (TEXT, pl.String),
    }[c.kind]
    status = column(st.integers(-5, 0))
    given_ = [v if s == 0 else None for v, s in zip(column(values), status, strict=True)]
    return [pl.Series(c.name, given_, dtype=dtype), pl.Series(c.code_name, status, dtype=pl.Int16)]


def source(number=None):
    return ImportSource("f.csv", f"{next(NUMBER) if number is None else number:064}")


@settings(max_examples=40)
@given(data=st.data(), questionnaire=questionnaires())
def test_any_sheet_comes_back_as_it_was(shared_store, data, questionnaire):
    sheet = data.draw(sheets(questionnaire))
    receipt = shared_store.append_sheet(sheet, questionnaire, source=source())
    assert receipt.respondents == sheet.height
    back = shared_store.sheet(questionnaire)
    assert_frame_equal(back.select(sheet.columns), sheet, check_exact=True)
    for name in set(back.columns) - set(sheet.columns):
        left_out = back[name].to_list()
        assert left_out in ([-1] * sheet.height, [None] * sheet.height)
    long = shared_store.responses(questionnaire.survey)
    assert long.height == sheet.height * len(Layout.of(questionnaire).columns)


@settings(max_examples=25)
@given(data=st.data(), questionnaire=questionnaires())
def test_shuffled_options_change_codes_and_nothing_else(shared_store, data, questionnaire):
    sheet = data.draw(sheets(questionnaire))
    shared_store.append_sheet(sheet, questionnaire, source=source())
    items = tuple(
        replace(item, options=tuple(data.draw(st.permutations(item.options))))
        for item in data.draw(st.permutations(questionnaire.items))
    )
    shuffled = replace(questionnaire, items=items, hash=f"{next(NUMBER):064}")
    there = shared_store.sheet(shuffled)
    assert_frame_equal(named(there, shuffled), named(sheet, questionnaire), check_exact=True)


def named(sheet, questionnaire):
    """The sheet with option names instead of codes, columns sorted, unasked items left out."""
    layout = Layout.of(questionnaire)
    columns = {}
    for c in layout.columns:
        if c.name in sheet.columns:
            options = layout.options.get(c.item, ())
            by_name = c.type in (ItemType.SELECT_ONE, ItemType.BEST_WORST)
            codes = sheet[c.code_name].to_list()
            columns[c.code_name] = [
                options[code] if by_name and code >= 0 else str(code) for code in codes
            ]
            if c.kind != "code":
                columns[c.name] = sheet[c.name].to_list()
    asked = {k: v for k, v in sorted(columns.items()) if not set(v) <= {"-1", None}}
    return pl.DataFrame({"respondent": sheet["respondent"], **asked})


@settings(max_examples=25)
@given(data=st.data(), questionnaire=questionnaires())
def test_a_submission_equals_the_sheet_of_its_answers(shared_store, data, questionnaire):
    sheet = data.draw(sheets(questionnaire).filter(lambda s: s.height > 0)).head(1)
    layout = Layout.of(questionnaire)
    (row,) = sheet.to_dicts()
    answered = [c for c in layout.columns if c.name in row]
    answers = {c.name: row[c.name] if row[c.code_name] >= 0 else row[c.code_name] for c in answered}
    moment = data.draw(MOMENT)
    sent = Submission(
        instance_id=f"{next(NUMBER)}{row['respondent']}", survey=questionnaire.survey,
        questionnaire=questionnaire.hash, wave=row["wave"], answers=answers, arms={},
        shown={}, consent={}, started=moment, submitted=moment,
    )  # fmt: skip
    shared_store.publish(questionnaire)
    receipt = shared_store.append_submission(sent)
    assert shared_store.append_submission(sent) == receipt
    changed = {**answers, answered[0].name: -5} if answered else {}
    if changed and changed != answers:
        with pytest.raises(SubmissionConflict):
            shared_store.append_submission(replace(sent, answers=changed))
    back = shared_store.sheet(questionnaire)
    columns = [name for c in answered for name in dict.fromkeys((c.name, c.code_name))]
    assert_frame_equal(back.select(columns), sheet.select(columns), check_exact=True)
