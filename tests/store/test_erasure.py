"""An erased submission is gone: from readings, from the journal, and from the bytes on the disk."""

import shutil
import subprocess
import sys

import pytest

from mfp_stats.errors import ErasureRefused, StoreError, SubmissionErased
from mfp_stats.store import Store

SECRET = "a sentence that only one person wrote"
CODE = "ABCD-EFGH-JKMN"
PEOPLE = ["one", "gone", "three"]


@pytest.fixture
def filled(data, questionnaire, submission):
    """A data folder with three submissions, and a torn line of one of them."""
    with Store.open(data) as store:
        store.publish(questionnaire)
        for name in PEOPLE:
            store.append_submission(submission(name, answers=answers(submission, name)))
    line = (data / "journal" / "journal.jsonl").read_bytes().splitlines()[2]
    (data / "journal" / "torn-1.txt").write_bytes(line[: len(line) // 2])
    return data


def answers(submission, name):
    text = SECRET if name == "gone" else f"words of {name}"
    return {**submission().answers, "why": text}


def left(data):
    """Files in which something of the erased person can be read."""
    return [
        file.name
        for file in data.rglob("*")
        if file.is_file() and (SECRET.encode() in file.read_bytes() or b"gone" in file.read_bytes())
    ]


def people(data, questionnaire):
    with Store.open(data) as store:
        assert store.opened.messages == ()
        sheet = store.sheet(questionnaire)
        return dict(sheet.select("respondent", "why").iter_rows())


def test_nothing_of_it_is_left_on_the_disk(filled, questionnaire):
    assert left(filled)
    with Store.open(filled) as store:
        erasure = store.erase("town", "gone", receipt=CODE)
        assert store.sheet(questionnaire)["respondent"].to_list() == ["one", "three"]
        assert store.erasures("town") == (erasure,) and store.erasures("village") == ()
        assert store.audit_break() is None
        assert store.sources("town") == {"web": 2}
    assert erasure.receipt == CODE
    assert left(filled) == []
    assert people(filled, questionnaire) == {"one": "words of one", "three": "words of three"}


def test_it_is_not_stored_again(filled, questionnaire, submission):
    with Store.open(filled) as store:
        store.erase("town", "gone", receipt=CODE)
        for sent in (submission("gone", answers=answers(submission, "gone")), submission("gone")):
            with pytest.raises(SubmissionErased, match="erased on request"):
                store.append_submission(sent)
        store.append_submission(submission("four"))
    assert left(filled) == []
    assert list(people(filled, questionnaire)) == ["one", "three", "four"]


def test_a_store_rebuilt_from_the_journal_does_not_bring_it_back(filled, questionnaire, submission):
    with Store.open(filled) as store:
        store.erase("town", "gone", receipt=CODE)
        (erasure,) = store.erasures("town")
    (filled / "store.duckdb").unlink()
    with Store.open(filled) as store:
        assert store.opened.replayed == ("one", "three")
        assert store.erasures("town") == (erasure,)
        with pytest.raises(SubmissionErased):
            store.append_submission(submission("gone"))
    assert left(filled) == []


@pytest.mark.parametrize("restored", ["store.duckdb", "journal/journal.jsonl"])
def test_a_backup_of_one_of_the_two_does_not_bring_it_back(filled, questionnaire, restored):
    backup = (filled / restored).read_bytes()
    with Store.open(filled) as store:
        store.erase("town", "gone", receipt=CODE)
    (filled / restored).write_bytes(backup)
    assert left(filled) != []
    assert list(people(filled, questionnaire)) == ["one", "three"]
    assert left(filled) == []


def test_what_is_not_there_is_not_erased(filled):
    with Store.open(filled) as store:
        for survey, name in (("town", "nobody"), ("village", "gone")):
            with pytest.raises(ErasureRefused, match="holds no submission of that instance"):
                store.erase(survey, name, receipt=CODE)
        store.erase("town", "gone", receipt=CODE)
        with pytest.raises(ErasureRefused):
            store.erase("town", "gone", receipt=CODE)


def test_the_number_of_an_erased_person_is_given_to_nobody_else(filled, submission):
    with Store.open(filled) as store:
        store.erase("town", "three", receipt=CODE)
        assert store.people_stored() == 3
        store.append_submission(submission("four"))
        assert store.people_stored() == 4
        assert store.stored_among("town", 3)["respondent"].sort().to_list() == ["gone", "one"]


def test_a_torn_line_of_somebody_else_is_kept(filled):
    other = filled / "journal" / "torn-2.txt"
    other.write_bytes(b'{"record":{"submission":{"instance_id":"three","pa')
    with Store.open(filled) as store:
        store.erase("town", "gone", receipt=CODE)
    assert [file.name for file in filled.glob("journal/torn-*")] == [other.name]


def test_where_the_file_cannot_be_written_anew_that_is_told_and_done_later(
    filled, questionnaire, submission
):
    # Where a file is to come, a folder is in the way.
    blocked = filled / "store.duckdb.new"
    blocked.mkdir()
    with Store.open(filled) as store:
        with pytest.raises(StoreError, match="could not be written anew"):
            store.erase("town", "gone", receipt=CODE)
        assert store.sheet(questionnaire)["respondent"].to_list() == ["one", "three"]
        store.append_submission(submission("four"))
    with Store.open(filled) as store:
        assert "bytes of erased answers" in store.opened.messages[0]
    blocked.rmdir()
    assert list(people(filled, questionnaire)) == ["one", "three", "four"]
    assert left(filled) == []


ERASE = """
import os, sys
from pathlib import Path
from mfp_stats.store import Store

data, last = Path(sys.argv[1]), int(sys.argv[2])
steps = 0

def step(event, about):
    global steps
    writes = event == "open" and about[1] in ("wb", "ab")
    if writes or event in ("os.rename", "os.remove"):
        steps += 1
        if steps == last:
            os._exit(9)

store = Store.open(data)
sys.addaudithook(step)
store.erase("town", "gone", receipt="ABCD-EFGH-JKMN")
os._exit(0)
"""


def test_a_kill_at_any_step_leaves_it_whole_or_on_its_way_out(filled, questionnaire, tmp_path):
    endings = []
    for last in range(1, 60):
        data = tmp_path / f"killed-{last}"
        shutil.copytree(filled, data)
        command = [sys.executable, "-c", ERASE, str(data), str(last)]
        ended = subprocess.run(command, check=False, timeout=120).returncode
        with Store.open(data) as store:
            names = store.sheet(questionnaire)["respondent"].to_list()
            if "gone" in names:
                assert names == PEOPLE and not store.erasures("town")
                store.erase("town", "gone", receipt=CODE)
            assert len(store.erasures("town")) == 1
        assert left(data) == []
        assert list(people(data, questionnaire)) == ["one", "three"]
        endings.append("gone" in names)
        if ended == 0:
            break
    assert ended == 0
    # The answers were whole up to one step, and were erased from there on.
    assert endings == sorted(endings, reverse=True) and len(set(endings)) == 2
