"""Who may open a store, what becomes of older and newer files, and of a failing database."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from mfp_stats.errors import StoreError, StoreLocked
from mfp_stats.store import Store, database, ownership
from mfp_stats.store.clock import program, utc_now
from mfp_stats.store.database import Database
from mfp_stats.store.migrate import FOLDER, known_migrations, migrate

HOLD = "from pathlib import Path; from mfp_stats.store import Store; s = Store.open(Path({data!r}))"
HOLD_PLAINLY = "import duckdb; c = duckdb.connect({file!r})"


@contextmanager
def holder(script):
    """A process that runs the script, says so, and waits to be ended."""
    ready = script + "; print('ready', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", ready], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


def test_a_second_process_is_told_who_holds_the_store(data):
    with holder(HOLD.format(data=str(data))) as child:
        with pytest.raises(StoreLocked) as caught:
            Store.open(data)
        text = str(caught.value)
        assert f"process {child.pid}: " in text
        assert "from mfp_stats.store import Store" in text
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert (data / "store.lock").exists()
        Store.open(data).close()


def test_another_program_with_the_database_open_is_named(data):
    Store.open(data).close()
    script = HOLD_PLAINLY.format(file=str(data / "store.duckdb"))
    with holder(script) as child, pytest.raises(StoreLocked) as caught:
        Store.open(data)
    assert f"process {child.pid}: " in str(caught.value)
    assert "import duckdb" in str(caught.value)


def test_one_process_opens_a_store_once(data, store):
    with pytest.raises(StoreLocked, match=f"process {os.getpid()}: "):
        Store.open(data)
    store.close()
    Store.open(data).close()


@pytest.mark.parametrize("left", ["", "nonsense", '{"pid": 1}', '{"pid": 99999999, "started": 1}'])
def test_a_lock_file_left_behind_holds_nobody_up(data, left):
    data.mkdir()
    (data / "store.lock").write_text(left)
    Store.open(data).close()


def test_a_data_folder_that_is_a_file_is_named(data):
    data.write_text("not a folder")
    with pytest.raises(StoreError, match="data: cannot be written"):
        Store.open(data)


def test_a_disk_without_locks_is_not_mistaken_for_another_process(data, monkeypatch):
    def unsupported(_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(ownership, "_lock", unsupported)
    with pytest.raises(StoreError, match=r"store\.lock: cannot be locked on this disk") as caught:
        Store.open(data)
    assert not isinstance(caught.value, StoreLocked)


def test_opening_again_applies_no_migration(data):
    with Store.open(data) as first:
        assert first.opened.migrations == tuple(m.name for m in known_migrations())
    with Store.open(data) as second:
        assert second.opened.migrations == ()


def test_a_file_of_the_first_steps_is_brought_on_with_its_answers(
    data, questionnaire, sheet, source
):
    data.mkdir()
    old = Database(data / "store.duckdb")
    assert len(migrate(old, known_migrations()[:2])) == 2
    old.close()
    with Store.open(data) as store:
        assert store.opened.migrations == tuple(m.name for m in known_migrations()[2:])
        store.append_sheet(sheet, questionnaire, source=source)
    with Store.open(data) as again:
        assert again.sheet(questionnaire).height == sheet.height


def test_every_table_and_view_is_read_by_the_store(store):
    with store._database.reading() as cursor:
        named = cursor.execute("SELECT table_name FROM information_schema.tables").fetchall()
        views = cursor.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
    statements = [file.read_text(encoding="utf-8") for file in FOLDER.parent.glob("*.py")]
    statements += [sql for (sql,) in views]
    read = set(re.findall(r"\b(?:FROM|JOIN) (\w+)", "\n".join(statements)))
    assert {name for (name,) in named} - read == set()


def test_a_file_from_a_later_release_is_left_alone(data):
    with Store.open(data) as store, store._database.writing() as cursor:
        cursor.execute(
            "INSERT INTO schema_migrations VALUES (9001, '9001_x', ?, '99.1')", [utc_now()]
        )
    before = (data / "store.duckdb").read_bytes()
    with pytest.raises(StoreError, match=r"version 99\.1 .*step 9001.*this is version") as caught:
        Store.open(data)
    assert program() in str(caught.value)
    assert "Install version 99.1 or later" in str(caught.value)
    assert (data / "store.duckdb").read_bytes() == before


def test_a_migration_that_fails_midway_leaves_the_file_as_it_was(tmp_path):
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    second = folder / "0999_more.sql"
    second.write_text("CREATE TABLE more (x INTEGER); INSERT INTO nowhere VALUES (1);")
    opened = Database(tmp_path / "store.duckdb")
    with pytest.raises(StoreError, match="nowhere"):
        migrate(opened, known_migrations(folder))
    opened.close()

    second.write_text("CREATE TABLE more (x INTEGER);")
    opened = Database(tmp_path / "store.duckdb")
    assert migrate(opened, known_migrations(folder)) == ("0999_more",)
    assert migrate(opened, known_migrations(folder)) == ()
    with pytest.raises(StoreError, match="was last written by version"):
        migrate(opened, known_migrations())
    opened.close()


@pytest.mark.parametrize(
    "statement",
    ["COPY surveys TO 'out.csv'", "SELECT * FROM read_text('/etc/hostname')", "ATTACH 'x.db'",
     "INSTALL httpfs", "SET enable_external_access = true", "SET threads = 1"],
)  # fmt: skip
def test_no_statement_reaches_beyond_the_database(store, statement):
    with pytest.raises(StoreError, match=r"(?i)disabled|locked"), store._database.reading() as c:
        c.execute(statement)


def test_a_cut_log_is_made_whole_from_the_journal(data, store, questionnaire, submission, tmp_path):
    store.publish(questionnaire)
    sent = [store.append_submission(submission(f"p{k}")) for k in range(8)]
    wal = "store.duckdb.wal"
    whole = (data / wal).stat().st_size
    short = 0
    for number, size in enumerate(range(0, whole, whole // 6)):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(data, copy)
        os.truncate(copy / wal, size)
        with Store.open(copy) as again:
            short += bool(again.opened.replayed)
            assert [again.append_submission(submission(f"p{k}")) for k in range(8)] == sent
            assert again.sheet(questionnaire).height == 8
    assert short


def test_a_damaged_log_never_opens_short(data, store, questionnaire, submission, tmp_path):
    store.publish(questionnaire)
    for k in range(5):
        store.append_submission(submission(f"p{k}"))
    wal = (data / "store.duckdb.wal").read_bytes()
    for number in range(12):
        copy = tmp_path / f"copy{number}"
        shutil.copytree(data, copy)
        damaged = bytearray(wal)
        damaged[number * len(wal) // 12 + 5] ^= 16
        (copy / "store.duckdb.wal").write_bytes(damaged)
        try:
            again = Store.open(copy)
        except StoreError as error:
            assert "store.duckdb" in str(error)
            (copy / "store.duckdb.wal").unlink()
            again = Store.open(copy)
            assert again.opened.replayed
        assert sorted(again.sheet(questionnaire)["respondent"]) == [f"p{k}" for k in range(5)]
        again.close()


def test_a_file_that_is_no_database_is_named(data):
    data.mkdir()
    (data / "store.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"store\.duckdb: .*not a valid DuckDB"):
        Store.open(data)
    (data / "store.duckdb").unlink()
    Store.open(data).close()


def test_after_a_fatal_error_the_store_opens_itself_again(
    data, store, questionnaire, submission, monkeypatch
):
    store.publish(questionnaire)
    store.close()
    with monkeypatch.context() as broken:
        for name, value in (
            ("debug_checkpoint_abort", "before_header"), ("checkpoint_threshold", "1b"),
        ):  # fmt: skip
            broken.setitem(database._SETTINGS, name, value)
        store = Store.open(data)
        with pytest.raises(StoreError, match="FATAL"):
            store.append_submission(submission("p1"))
        with pytest.raises(StoreError, match="FATAL"):
            store.prove()
    store.prove()
    store.prove()
    assert store.sheet(questionnaire)["respondent"].to_list() == ["p1"]
    receipt = store.append_submission(submission("p1"))
    store.append_submission(submission("p2"))
    assert store.append_submission(submission("p1")) == receipt
    assert store.sheet(questionnaire)["respondent"].to_list() == ["p1", "p2"]
    store.close()
    with Store.open(data) as again:
        assert again.opened.messages == ()
        assert again.sheet(questionnaire).height == 2
