"""A submission is stored once, acknowledged only then, and never changed."""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from mfp_stats.errors import ImportRejected, SubmissionConflict, SubmissionRejected
from mfp_stats.store import ImportSource


@pytest.fixture
def open_store(store, questionnaire):
    store.publish(questionnaire)
    return store


def test_a_submission_is_a_row_of_the_sheet(open_store, questionnaire, submission):
    sent = submission()
    receipt = open_store.append_submission(sent)
    assert (receipt.instance_id, receipt.survey, receipt.questionnaire) == (
        "one", "town", questionnaire.hash,
    )  # fmt: skip
    (row,) = open_store.sheet(questionnaire).to_dicts()
    assert row == {
        **sent.answers, "respondent": "one", "wave": "w1", "weight": None,
        "arms": '{"order":"beliefs_first"}', "shown": '{"trust":["high","low"]}',
        "submitted": sent.submitted, "age": 41.0, "age|status": 0, "why|status": 0,
    }  # fmt: skip
    assert open_store.respondents("town")["source"].to_list() == ["web"]


def test_missing_answers_keep_their_reason(open_store, questionnaire, submission):
    answers = {"trust": -3, "age": -4, "why": -2, "uses|work": -1, "uses|home": -1}
    open_store.append_submission(submission(answers=answers))
    open_store.append_submission(submission("two", answers={"age": -1.0, "why": ""}))
    back = open_store.sheet(questionnaire)
    assert back["trust"].to_list() == [-3, -1]
    assert back["age"].to_list() == [None, -1.0]
    assert back["age|status"].to_list() == [-4, 0]
    assert back["why"].to_list() == [None, ""]
    assert back["why|status"].to_list() == [-2, 0]
    assert back["cards.set1|best"].to_list() == [-1, -1]


def test_the_same_answers_again_give_the_same_receipt(open_store, counts, submission):
    first = open_store.append_submission(submission())
    before = counts(open_store)
    later = submission(submitted=submission().submitted.replace(hour=23), paradata={"seconds": 9})
    assert open_store.append_submission(later) == first
    assert counts(open_store) == before


def test_the_receipt_outlives_the_process(data, open_store, submission):
    first = open_store.append_submission(submission())
    open_store.close()
    with type(open_store).open(data) as again:
        assert again.append_submission(submission()) == first
        assert again.opened.messages == ()


def test_other_answers_under_the_same_id_are_a_conflict(open_store, questionnaire, submission):
    open_store.append_submission(submission())
    changed = submission(answers={**submission().answers, "trust": 0})
    with pytest.raises(SubmissionConflict, match="the first are kept"):
        open_store.append_submission(changed)
    assert open_store.sheet(questionnaire)["trust"].to_list() == [2]


def test_twenty_four_at_once_give_one_row_and_one_receipt(open_store, questionnaire, submission):
    start = threading.Barrier(24)

    def send():
        start.wait()
        return open_store.append_submission(submission())

    with ThreadPoolExecutor(24) as pool:
        receipts = [f.result() for f in [pool.submit(send) for _ in range(24)]]
    assert set(receipts) == {receipts[0]}
    assert open_store.sheet(questionnaire).height == 1


def test_readers_and_writers_share_an_open_store(open_store, questionnaire, submission):
    def send(name):
        open_store.append_submission(submission(name))
        return open_store.sheet(questionnaire).height

    with ThreadPoolExecutor(8) as pool:
        heights = list(pool.map(send, [f"p{k}" for k in range(40)]))
    assert max(heights) == 40
    assert sorted(open_store.sheet(questionnaire)["respondent"]) == sorted(
        f"p{k}" for k in range(40)
    )


def test_every_fault_is_named_and_nothing_is_stored(open_store, counts, submission, data):
    before, journal = counts(open_store), (data / "journal" / "journal.jsonl").read_bytes()
    answers = {
        "trust": 3, "uses|work": 2, "order|fairness": 3, "order|freedom": 1.0, "age": math.inf,
        "why": 7, "cards.set1|best": True, "cards.set1|worst": None, "'; DROP TABLE texts; --": 1,
    }  # fmt: skip
    bad = submission("", answers=answers, started=datetime(2026, 5, 4), paradata={"x": math.nan})
    with pytest.raises(SubmissionRejected) as caught:
        open_store.append_submission(bad)
    assert {f.where for f in caught.value.faults} == {
        "instance_id", "started", "paradata", "answers.trust", "answers.uses|work",
        "answers.order|fairness", "answers.order|freedom", "answers.age", "answers.why",
        "answers.cards.set1|best", "answers.cards.set1|worst", "answers.'; DROP TABLE texts; --",
        "answers.uses",
    }  # fmt: skip
    assert counts(open_store) == before
    assert (data / "journal" / "journal.jsonl").read_bytes() == journal


def test_a_time_beyond_the_calendar_is_refused(open_store, submission):
    last = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))
    with pytest.raises(SubmissionRejected, match=r"submitted: is 9999-.* out of range"):
        open_store.append_submission(submission(submitted=last))


@pytest.mark.parametrize("field", ["instance_id", "wave"])
def test_text_that_is_none_is_refused(open_store, submission, field):
    with pytest.raises(SubmissionRejected, match=f"{field}: holds half of a character pair"):
        open_store.append_submission(submission(**{field: "\ud800"}))
    with pytest.raises(SubmissionRejected, match=r"answers.why: holds half of a character pair"):
        open_store.append_submission(submission(answers={"why": "\udfff"}))


def test_hostile_texts_are_kept_to_the_letter(open_store, questionnaire, submission):
    texts = ["'; DROP TABLE texts; --", "a\0b", '"', "\\", "é\u202e", "=1+1", "{}", "\r\n"]
    for k, text in enumerate(texts):
        open_store.append_submission(submission(f"id{k}'; --\0", wave=text, answers={"why": text}))
    back = open_store.sheet(questionnaire)
    assert back["why"].to_list() == texts
    assert back["wave"].to_list() == texts


def test_an_unpublished_version_is_refused(open_store, submission):
    with pytest.raises(SubmissionRejected, match="has no published version '0000"):
        open_store.append_submission(submission(questionnaire="0" * 64))
    with pytest.raises(SubmissionRejected, match="but the version is of 'town'"):
        open_store.append_submission(submission(survey="village"))


def test_a_name_that_an_import_holds_is_refused(open_store, sheet, questionnaire, submission):
    open_store.append_sheet(sheet, questionnaire, source=ImportSource("f", "f" * 64))
    with pytest.raises(SubmissionRejected, match="an imported respondent has this name"):
        open_store.append_submission(submission("ann"))
    open_store.append_submission(submission("ann", wave="w2"))
    with pytest.raises(ImportRejected, match="1 respondents are stored already"):
        open_store.append_sheet(
            sheet.with_columns(wave=sheet["wave"].str.replace("w1", "w2")), questionnaire,
            source=ImportSource("f2", "e" * 64),
        )  # fmt: skip


def test_answers_are_stored_under_the_version_begun(
    open_store, questionnaire, revised, item, submission
):
    from mfp_stats.questionnaire.model import ItemType

    later = revised(item("trust", ItemType.SELECT_ONE, ("high", "middle", "low")))
    open_store.publish(later)
    open_store.append_submission(submission("before"))
    open_store.append_submission(replace(submission("after"), questionnaire=later.hash))
    assert open_store.sheet(later)["trust"].to_list() == [0, 2]
    assert open_store.respondents("town")["questionnaire"].to_list() == [
        questionnaire.hash,
        later.hash,
    ]
