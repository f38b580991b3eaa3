"""Uploads and the audit."""

from dataclasses import replace
from hashlib import sha256

import polars as pl
import pytest

from mfp_stats.errors import StoreError
from mfp_stats.store import uploads


@pytest.mark.parametrize("as_file", [False, True])
def test_the_original_bytes_are_kept_by_hash(store, data, tmp_path, as_file):
    content = b"respondent;Q1\r\n\x00\xff" * 100_000
    upload = content
    if as_file:
        upload = tmp_path / "../evil name;.csv"
        upload.write_bytes(content)
    digest = store.save_upload(upload)
    assert digest == sha256(content).hexdigest()
    assert store.save_upload(upload) == digest
    assert [p.name for p in (data / "uploads").iterdir()] == [digest]
    assert (data / "uploads" / digest).read_bytes() == content


def test_an_upload_that_cannot_be_written_leaves_nothing(store, data, monkeypatch, tmp_path):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        store.save_upload(b"x")
    monkeypatch.undo()
    with pytest.raises(StoreError, match="No such file"):
        store.save_upload(tmp_path / "absent.csv")
    assert list((data / "uploads").iterdir()) == []


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
