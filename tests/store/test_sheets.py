"""An answer sheet goes in whole and comes out as it was."""

from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from mfp_stats.errors import ImportRejected, StoreError, WithdrawalRefused
from mfp_stats.project import Project
from mfp_stats.questionnaire.model import ItemType
from mfp_stats.responses import RESPONDENT_SCHEMA, RESPONSE_SCHEMA
from mfp_stats.store import append


def test_a_sheet_comes_back_as_it_was(store, sheet, questionnaire, source):
    receipt = store.append_sheet(sheet, questionnaire, source=source)
    assert (receipt.added, receipt.respondents, receipt.answers) == (True, 3, 27)
    back = store.sheet(questionnaire)
    assert_frame_equal(back.select(sheet.columns), sheet)
    assert store.surveys() == ("town",)
    assert store.versions("town") == (questionnaire.hash,)
    assert store.questionnaire(questionnaire.hash) == questionnaire
    with pytest.raises(StoreError, match=r"version 0000.* is not published"):
        store.questionnaire("0" * 64)


def test_it_is_there_after_reopening(data, store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    store.close()
    with type(store).open(data) as again:
        assert_frame_equal(again.sheet(questionnaire).select(sheet.columns), sheet)
        assert again.opened.messages == ()


def test_a_survey_without_answers_is_an_empty_sheet(store, sheet, questionnaire):
    empty = store.sheet(questionnaire)
    assert empty.height == 0
    assert {name: empty.schema[name] for name in sheet.columns} == dict(sheet.schema)
    assert store.responses("town").schema == RESPONSE_SCHEMA
    assert store.imports("town").height == 0
    assert store.versions("town") == ()
    store.publish(questionnaire)
    assert store.sheet(questionnaire).height == 0
    assert store.surveys() == ("town",)


def test_the_same_file_adds_nothing_and_says_so(store, sheet, questionnaire, source, counts):
    first = store.append_sheet(sheet, questionnaire, source=source)
    before = counts(store)
    again = store.append_sheet(sheet, questionnaire, source=source)
    assert not again.added
    assert "nothing added" in again.message
    assert replace(again, added=True, message=first.message) == first
    assert counts(store) == before


def test_the_same_file_by_another_mapping_is_refused(store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    other = replace(source, mapping="items: {trust: {}}")
    with pytest.raises(ImportRejected, match="mfp withdraw town 1 --why"):
        store.append_sheet(sheet.with_columns(wave=pl.lit("w2")), questionnaire, source=other)
    assert store.sheet(questionnaire).height == 3


def test_a_withdrawn_import_is_left_out_and_may_be_made_again(store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    store.withdraw("town", 1, "wrong codes for trust")
    assert store.sheet(questionnaire).height == 0
    assert store.respondents("town").height == 0
    assert store.responses("town").height == 0
    assert store.imports("town")["withdrawn_because"].to_list() == ["wrong codes for trust"]
    other = replace(source, mapping="items: {trust: {}}")
    assert store.append_sheet(sheet, questionnaire, source=other).number == 2
    assert_frame_equal(store.sheet(questionnaire).select(sheet.columns), sheet)


@pytest.mark.parametrize(
    ("survey", "number", "why", "said"),
    [
        ("town", 1, "again", r"import 1: is withdrawn already: wrong; known: 2 \(town\.csv\)"),
        ("town", 7, "no such", r"import 7: is not one of town; known: 2 \(town\.csv\)"),
        ("city", 2, "typo", "survey city: has no imports; known: town"),
        ("town", 2, " ", "why: is empty"),
        ("town", 2, "one\ntwo", "why: holds control characters"),
        ("town", 7, "", r"\(2 faults\)\n- import 7.*\n- why: is empty"),
    ],
)
def test_what_cannot_be_withdrawn_says_what_can(
    store, sheet, questionnaire, source, survey, number, why, said
):
    store.append_sheet(sheet, questionnaire, source=source)
    store.withdraw("town", 1, "wrong")
    store.append_sheet(sheet, questionnaire, source=source)
    with pytest.raises(WithdrawalRefused, match=said):
        store.withdraw(survey, number, why)
    assert store.sheet(questionnaire).height == sheet.height


def test_a_wave_may_not_hold_what_cannot_be_read(store, sheet, questionnaire, source):
    odd = sheet.with_columns(wave=pl.lit("w1\r"))
    with pytest.raises(ImportRejected, match=r"wave.*holds control characters"):
        store.append_sheet(odd, questionnaire, source=source)
    assert store.imports("town").is_empty()


def test_respondents_stored_from_elsewhere_are_refused_by_name(
    store, sheet, questionnaire, source, counts
):
    many = pl.concat([sheet.head(1)] * 15).with_columns(
        respondent=pl.Series([f"p{k:02}" for k in range(15)])
    )
    store.append_sheet(many, questionnaire, source=source)
    before = counts(store)
    new = pl.concat([sheet, many])
    with pytest.raises(ImportRejected, match=r"15 respondents .*: p00, .*, p11 and 3 more"):
        store.append_sheet(new, questionnaire, source=replace(source, sha256="e" * 64))
    assert counts(store) == before
    later = new.with_columns(wave=pl.lit("w2"))
    store.append_sheet(later, questionnaire, source=replace(source, sha256="e" * 64))
    assert store.sheet(questionnaire).height == 33


def test_another_survey_may_use_the_same_names_and_file(store, sheet, questionnaire, source):
    other = replace(questionnaire, survey="village", hash="c" * 64)
    store.append_sheet(sheet, questionnaire, source=source)
    assert store.append_sheet(sheet.head(2), other, source=source).added
    assert store.sheet(questionnaire).height == 3
    assert_frame_equal(store.sheet(other).select(sheet.columns), sheet.head(2))
    assert store.respondents("village")["source"].to_list() == ["import 2", "import 2"]


def test_provenance_is_kept(store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    (row,) = store.imports("town").to_dicts()
    assert row["file"] == "town.csv"
    assert row["sha256"] == source.sha256
    assert row["mapping"] == "items: {}"
    assert row["imported_by"] == "ann"
    assert row["questionnaire"] == questionnaire.hash
    assert row["imported"].utcoffset().total_seconds() == 0
    people = store.respondents("town")
    assert people.schema == RESPONDENT_SCHEMA
    assert people["source"].to_list() == ["import 1"] * 3


@pytest.mark.parametrize("step", ["_insert_respondents", "_insert_column", "note"])
def test_a_failure_midway_stores_nothing(
    store, sheet, questionnaire, source, counts, monkeypatch, step
):
    before = counts(store)
    real, calls = getattr(append, step), []

    def fail_late(*arguments):
        calls.append(arguments)
        if step != "_insert_column" or len(calls) == 5:
            raise OSError("the disk is gone")
        return real(*arguments)

    monkeypatch.setattr(append, step, fail_late)
    with pytest.raises(OSError, match="the disk is gone"):
        store.append_sheet(sheet, questionnaire, source=source)
    assert counts(store) == before
    monkeypatch.undo()
    store.append_sheet(sheet, questionnaire, source=source)
    assert_frame_equal(store.sheet(questionnaire).select(sheet.columns), sheet)


def test_items_left_out_come_back_as_not_asked(store, sheet, questionnaire, source):
    part = sheet.drop("why", "why|status", "uses|work", "uses|home")
    store.append_sheet(part, questionnaire, source=source)
    back = store.sheet(questionnaire)
    assert back["uses|work"].to_list() == [-1, -1, -1]
    assert back["why|status"].to_list() == [-1, -1, -1]
    assert back["why"].to_list() == [None, None, None]


def test_every_fault_of_shape_is_reported_at_once(store, sheet, questionnaire, source, counts):
    bad = sheet.drop("weight", "uses|home", "age|status").with_columns(
        pl.col("trust").cast(pl.Int64), pl.lit(1, dtype=pl.Int16).alias("'; DROP TABLE texts; --")
    )
    before = counts(store)
    with pytest.raises(ImportRejected) as caught:
        store.append_sheet(bad, questionnaire, source=source)
    assert counts(store) == before
    wheres = [f.where for f in caught.value.faults]
    assert wheres == [
        "column weight", "column trust", "column '; DROP TABLE texts; --", "item uses", "item age",
    ]  # fmt: skip
    assert "town.csv" in str(caught.value)


def test_every_fault_of_content_names_column_and_row(store, sheet, questionnaire, source, counts):
    bad = sheet.with_columns(
        respondent=pl.Series(["ann", "", "ann"]),
        weight=pl.Series([float("nan"), -1.0, float("inf")]),
        trust=pl.Series([3, -6, None], dtype=pl.Int16),
        age=pl.Series([float("inf"), None, 3.0]),
        why=pl.Series(["x", "y", "z"]),
    )
    before = counts(store)
    with pytest.raises(ImportRejected) as caught:
        store.append_sheet(bad, questionnaire, source=source)
    assert counts(store) == before
    text = str(caught.value)
    assert "column respondent, rows 2 (''): is empty" in text
    assert "1 respondents appear more than once in a wave: ann" in text
    assert "column weight, rows 1 (nan), 2 (-1.0), 3 (inf)" in text
    assert "column trust, rows 1 (3), 2 (-6): is off the scale; codes are 0 to 2" in text
    assert "column trust, rows 3 (None): is null" in text
    assert "column age, rows 1 (inf): is not a finite number" in text
    assert "column age, rows 2 (None), 3 (3.0): does not agree with age|status" in text
    assert "column why, rows 2 ('y'): does not agree with why|status" in text


def test_an_item_named_like_a_leading_column_is_refused(store, questionnaire, item):
    named = replace(questionnaire, items=(item("weight", ItemType.DECIMAL),))
    with pytest.raises(StoreError, match="weight: this column name is taken"):
        store.publish(named)


def test_a_hash_stands_for_one_questionnaire(store, questionnaire, item):
    store.publish(questionnaire)
    store.publish(questionnaire)
    changed = replace(questionnaire, items=questionnaire.items[:2])
    with pytest.raises(StoreError, match="a version never changes"):
        store.publish(changed)


def test_a_shipped_questionnaire_comes_back_whole(store, checkout):
    shipped = Project.open(checkout).questionnaire("ai_datacentres")
    store.publish(shipped)
    back = store.questionnaire(shipped.hash)
    assert back == shipped
    assert list(back.values) == list(shipped.values)
    assert list(back.interventions) == list(shipped.interventions)


def test_responses_in_long_form(store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    long = store.responses("town")
    assert long.schema == RESPONSE_SCHEMA
    assert long.height == 27
    ann = long.filter(respondent="ann").rows_by_key(["item", "part"], named=True, unique=True)
    assert ann["cards.set1", "worst"]["code"] == 1
    assert (ann["age", ""]["number"], ann["age", ""]["code"]) == (30.0, None)
    assert ann["why", ""]["text"] == 'it\'s; "x" \0 é'
    cy = long.filter(respondent="cy").rows_by_key(["item", "part"], named=True, unique=True)
    assert (cy["trust", ""]["code"], cy["trust", ""]["status"]) == (None, "dont_know")
    assert (cy["age", ""]["number"], cy["age", ""]["status"]) == (None, "refused")
    assert (cy["why", ""]["text"], cy["why", ""]["status"]) == ("", "answered")


def test_a_snapshot_is_the_sheet_as_a_file(store, sheet, questionnaire, source, tmp_path):
    store.append_sheet(sheet, questionnaire, source=source)
    path = store.snapshot(questionnaire, tmp_path / "job")
    assert_frame_equal(pl.read_parquet(path), store.sheet(questionnaire))
    assert [p.name for p in path.parent.iterdir()] == ["sheet.parquet"]
    assert store.snapshot(questionnaire, tmp_path / "job") == path
