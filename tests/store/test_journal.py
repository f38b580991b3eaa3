"""What the journal acknowledged is never lost, and damage to it is never passed over."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.errors import StoreError
from mfp_stats.store import Store
from mfp_stats.store.journal import Journal


@pytest.fixture
def journal(tmp_path: Path):
    opened = Journal(tmp_path / "journal")
    yield opened
    opened.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(
    records=st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=4), cut=st.floats(0, 1)
)
def test_a_cut_journal_keeps_every_whole_line(tmp_path_factory, records, cut):
    journal = Journal(tmp_path_factory.mktemp("journal"))
    ends = [0]
    for record in records:
        journal.append(record)
        ends.append(journal.path.stat().st_size)
    assert list(journal.records()) == records
    journal.close()
    size = int(cut * ends[-1])
    whole = sum(end <= size for end in ends) - 1
    content = journal.path.read_bytes()
    os.truncate(journal.path, size)

    again = Journal(journal.path.parent)
    torn = again.recover()
    assert (torn is None) == (size == ends[whole])
    if torn is not None:
        assert torn.read_bytes() == content[ends[whole] : size]
    again.append({"after": 1})
    assert list(again.records()) == [*records[:whole], {"after": 1}]
    again.close()


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(tmp_path_factory, place, bit):
    journal = Journal(tmp_path_factory.mktemp("journal"))
    for number in range(3):
        journal.append({"number": number, "text": "é\n"})
    journal.close()
    content = bytearray(journal.path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    journal.path.write_bytes(content)

    again = Journal(journal.path.parent)
    torn = again.recover()
    if torn is None:
        with pytest.raises(StoreError, match=r"journal\.jsonl, line \d: does not match"):
            list(again.records())
    else:
        assert not content.endswith(b"\n")
    again.close()


def test_a_failed_write_leaves_no_half_line(journal, monkeypatch):
    journal.append({"number": 1})

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mfp_stats.store.journal.os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        journal.append({"number": 2})
    monkeypatch.undo()
    with pytest.raises(StoreError, match="since an earlier failure"):
        journal.append({"number": 3})
    again = Journal(journal.path.parent)
    again.append({"number": 4})
    assert list(again.records())[-1] == {"number": 4}
    again.close()


def test_a_short_write_is_taken_back(journal, monkeypatch):
    class Short:
        """A file on a disk that fills up after ten bytes, once."""

        def __init__(self, file):
            self.file, self.full = file, True

        def write(self, line):
            if self.full:
                self.full = False
                return self.file.write(line[:10])
            return self.file.write(line)

        def __getattr__(self, name):
            return getattr(self.file, name)

    journal.append({"number": 1})
    journal._file = Short(journal._file)
    with pytest.raises(StoreError, match="only 10 of"):
        journal.append({"number": 2})
    journal.append({"number": 3})
    assert list(journal.records()) == [{"number": 1}, {"number": 3}]


@pytest.fixture
def filled(data, questionnaire, submission):
    """A closed store with five submissions; their receipts."""
    with Store.open(data) as store:
        store.publish(questionnaire)
        return [store.append_submission(submission(f"p{k}")) for k in range(5)]


def test_a_lost_database_is_rebuilt_from_the_journal(data, filled, questionnaire, submission):
    (data / "store.duckdb").unlink()
    with Store.open(data) as store:
        assert store.opened.replayed == tuple(f"p{k}" for k in range(5))
        assert store.opened.messages == ("5 submissions were restored from the journal",)
        back = store.sheet(questionnaire)
        assert back["respondent"].to_list() == [f"p{k}" for k in range(5)]
        assert back["why"].to_list() == ["because"] * 5
        assert [store.append_submission(submission(f"p{k}")) for k in range(5)] == filled
    with Store.open(data) as store:
        assert store.opened.messages == ()
        assert store.sheet(questionnaire).height == 5


def test_submissions_that_the_journal_lacks_are_reported(data, filled, questionnaire):
    (data / "journal" / "journal.jsonl").unlink()
    with Store.open(data) as store:
        assert store.opened.not_journaled == 5
        assert "5 stored submissions are missing from the journal" in store.opened.messages
        assert store.sheet(questionnaire).height == 5


def test_a_torn_line_is_moved_aside_and_reported(data, filled, questionnaire):
    path = data / "journal" / "journal.jsonl"
    with path.open("ab") as file:
        file.write(b'{"sha256":"12')
    with Store.open(data) as store:
        assert Path(store.opened.torn).read_bytes() == b'{"sha256":"12'
        assert "an unfinished line" in store.opened.messages[0]
        assert store.sheet(questionnaire).height == 5
    with Store.open(data) as store:
        assert store.opened.messages == ()


def test_a_damaged_line_stops_the_store_and_frees_it(data, filled):
    path = data / "journal" / "journal.jsonl"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"because", b"becauze", 1))
    with pytest.raises(StoreError, match=r"journal\.jsonl, line 2: does not match its checksum"):
        Store.open(data)
    path.write_bytes(content)
    Store.open(data).close()


def test_different_answers_in_journal_and_database_stop_the_store(
    data, filled, questionnaire, submission, tmp_path
):
    with Store.open(tmp_path / "other") as other:
        other.publish(questionnaire)
        other.append_submission(submission("p0", answers={"trust": 0}))
    journal = data / "journal" / "journal.jsonl"
    journal.write_bytes((tmp_path / "other" / "journal" / "journal.jsonl").read_bytes())
    with pytest.raises(StoreError, match="instance p0: the journal and the database hold diff"):
        Store.open(data)


def test_a_lost_import_is_reported(data, sheet, questionnaire, source):
    with Store.open(data) as store:
        store.append_sheet(sheet, questionnaire, source=source)
    (data / "store.duckdb").unlink()
    with Store.open(data) as store:
        (message,) = store.opened.messages
        assert message == "import it again, the store has lost it: town.csv (ffffffffffff)"
        store.append_sheet(sheet, questionnaire, source=source)
    with Store.open(data) as store:
        assert store.opened.messages == ()
