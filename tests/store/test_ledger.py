"""Uploads and the audit."""

from dataclasses import replace
from hashlib import sha256

import polars as pl
import pytest

from mfp_stats.errors import ImportRejected, StoreError
from mfp_stats.store import Store, uploads


@pytest.fixture
def original(tmp_path):
    """A file that somebody imports, under a name that no other file may get from it."""
    file = tmp_path / "../evil name;.csv"
    file.write_bytes(b"respondent;Q1\r\n\x00\xff" * 100_000)
    return file


@pytest.fixture
def origin(source, original):
    return replace(source, sha256=sha256(original.read_bytes()).hexdigest())


def kept(data):
    return sorted(path.name for path in (data / "uploads").glob("*"))


def test_the_original_bytes_are_kept_by_hash(store, data, questionnaire, sheet, origin, original):
    for added in (True, False):
        receipt = store.append_sheet(sheet, questionnaire, source=origin, original=original)
        assert receipt.added is added
        assert kept(data) == [origin.sha256]
    assert (data / "uploads" / origin.sha256).read_bytes() == original.read_bytes()


def test_the_file_of_a_refused_import_is_not_kept(
    store, data, questionnaire, sheet, source, origin, original
):
    store.append_sheet(sheet, questionnaire, source=source)
    with pytest.raises(ImportRejected, match="stored already"):
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
    assert kept(data) == []


def test_a_file_that_was_changed_meanwhile_is_refused(
    store, data, questionnaire, sheet, origin, original
):
    original.write_bytes(b"other")
    with pytest.raises(ImportRejected, match="changed while it was imported"):
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
    assert kept(data) == [] and store.surveys() == ()


def test_an_upload_that_cannot_be_written_leaves_nothing(
    store, data, questionnaire, sheet, origin, original, monkeypatch
):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
    monkeypatch.undo()
    original.unlink()
    with pytest.raises(StoreError, match="No such file"):
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
    assert kept(data) == [] and store.surveys() == ()


def test_a_file_whose_import_was_broken_off_is_deleted_at_the_next_start(
    data, questionnaire, sheet, origin, original
):
    with Store.open(data) as store:
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
        store.withdraw("town", 1, "wrong")
    for name in ("b" * 64, "incoming-1x", "notes.txt"):
        (data / "uploads" / name).write_text("ann")
    with Store.open(data) as store:
        assert store.opened.messages == ("2 files that no import refers to were deleted",)
    assert kept(data) == sorted([origin.sha256, "notes.txt"])
    with Store.open(data) as store:
        assert store.opened.messages == ()


def test_the_file_of_an_import_that_the_database_has_lost_is_kept(
    data, questionnaire, sheet, origin, original
):
    with Store.open(data) as store:
        store.append_sheet(sheet, questionnaire, source=origin, original=original)
    (data / "store.duckdb").unlink()
    with Store.open(data) as store:
        assert store.opened.lost_imports and not store.opened.unreferenced
    assert kept(data) == [origin.sha256]


@pytest.mark.parametrize(
    "tamper",
    ["UPDATE audit SET detail = '{}' WHERE id = 2", "DELETE FROM audit WHERE id = 2",
     "UPDATE audit SET recorded = '2020-01-01' WHERE id = 2"],
)  # fmt: skip
def test_the_audit_shows_who_changed_it(store, questionnaire, sheet, source, tamper):
    store.publish(questionnaire)
    store.publish(questionnaire)
    store.append_sheet(sheet, questionnaire, source=source)
    store.withdraw("town", 1, "wrong")
    with store._database.reading() as cursor:
        lines = cursor.execute("SELECT action, detail FROM audit ORDER BY id").fetchall()
    assert [action for action, _ in lines] == ["publish", "import", "withdraw"]
    assert "ann" not in str(lines)
    assert store.audit_break() is None
    with store._database.writing() as cursor:
        cursor.execute(tamper)
    assert store.audit_break() == 2


def test_who_was_stored_by_then_is_told_later_whatever_was_withdrawn(
    store, questionnaire, sheet, source
):
    assert store.people_stored() == 0
    store.append_sheet(sheet, questionnaire, source=source)
    first = store.people_stored()
    assert first == len(sheet)
    store.withdraw("town", 1, "wrong")
    other = sheet.with_columns(wave=pl.lit("2"))
    store.append_sheet(other, questionnaire, source=replace(source, sha256="b" * 64))
    keys = ["respondent", "wave"]
    known = store.stored_among("town", first)
    assert known.sort(keys).equals(sheet.select(keys).sort(keys))
    assert len(store.stored_among("town", store.people_stored())) == 2 * first
    assert store.stored_among("nowhere", first).is_empty()
    assert store.stored_among("town", 0).is_empty()
