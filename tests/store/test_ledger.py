"""Uploads, fits, jobs and the audit."""

from hashlib import sha256

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


def test_fits_are_recorded_once_newest_first(store):
    first = {"id": "f1", "survey": "town", "seed": 1, "checks": [{"passed": True}]}
    second = first | {"id": "f2"}
    store.record_fit(first)
    store.record_fit(second)
    store.record_fit(first)
    store.record_fit(first | {"id": "f3", "survey": "village"})
    assert store.fits("town") == (second, first)
    assert store.fits("nowhere") == ()
    with pytest.raises(StoreError, match="fit f1: is recorded already with another manifest"):
        store.record_fit(first | {"seed": 2})
    with pytest.raises(StoreError, match=r"manifest\.id.*\n.*manifest\.survey"):
        store.record_fit({"seed": 1})


def test_a_jobs_newest_record_is_its_state(store):
    assert store.jobs().height == 0
    store.record_job("a", "running", {"draws": 10})
    store.record_job("b", "waiting")
    store.record_job("a", "failed", {"reason": "killed"})
    jobs = store.jobs()
    assert jobs.select("job", "status", "detail").rows() == [
        ("b", "waiting", "{}"),
        ("a", "failed", '{"reason":"killed"}'),
    ]
    assert (jobs["started"] <= jobs["changed"]).all()


@pytest.mark.parametrize(
    "tamper",
    ["UPDATE audit SET detail = '{}' WHERE id = 2", "DELETE FROM audit WHERE id = 2",
     "UPDATE audit SET recorded = '2020-01-01' WHERE id = 2"],
)  # fmt: skip
def test_the_audit_shows_who_changed_it(store, questionnaire, sheet, source, tamper):
    store.publish(questionnaire)
    store.publish(questionnaire)
    store.append_sheet(sheet, questionnaire, source=source)
    store.withdraw(1, "wrong")
    store.record_fit({"id": "f1", "survey": "town"})
    with store._database.reading() as cursor:
        lines = cursor.execute("SELECT action, detail FROM audit ORDER BY id").fetchall()
    assert [action for action, _ in lines] == ["publish", "import", "withdraw", "fit"]
    assert "ann" not in str(lines)
    assert store.audit_break() is None
    with store._database.writing() as cursor:
        cursor.execute(tamper)
    assert store.audit_break() == 2
