"""Handing in: once and for all, however often it is sent and whatever fails on the way."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from mfp_stats.collect import Fielded, receipt_code
from mfp_stats.collect.drafts import Drafts
from mfp_stats.errors import QuestionnaireError
from mfp_stats.store import Store

from .conftest import Form, Person, make_questionnaire, words


@pytest.fixture
def ready(site):
    """A person whose answers are complete and not handed in."""
    person = site.person()
    return person, person.walk(person.begin())


def copy_of(site, person) -> Person:
    client = site.client()
    for cookie in person.client.cookies.jar:
        client.cookies.jar.set_cookie(cookie)
    return Person(client)


def stored_id(site) -> str:
    (instance_id,) = site.store.kept
    return instance_id


def test_a_double_click_stores_one(site, ready):
    person, review = ready
    first, second = person.hand_in(review), person.hand_in(review)
    assert first.status_code == second.status_code == 200
    code = receipt_code(stored_id(site))
    assert code in first.text and code in second.text
    assert site.store.effects == 1


def test_24_at_once_store_one_and_see_the_same_receipt(site, ready):
    person, review = ready
    people = [copy_of(site, person) for _ in range(24)]
    with ThreadPoolExecutor(24) as pool:
        pages = list(pool.map(lambda p: p.hand_in(review), people))
    assert {page.status_code for page in pages} == {200}
    assert site.store.effects == 1 and len(site.store.kept) == 1
    code = receipt_code(stored_id(site))
    assert all(code in page.text for page in pages)


def test_24_at_once_in_a_real_store(make_site, tmp_path):
    with Store.open(tmp_path / "data") as store:
        questionnaire = make_questionnaire()
        store.publish(questionnaire)
        site = make_site(questionnaire, append=store.append_submission)
        person = site.person()
        review = person.walk(person.begin())
        people = [copy_of(site, person) for _ in range(24)]
        with ThreadPoolExecutor(24) as pool:
            pages = list(pool.map(lambda p: p.hand_in(review), people))
        assert {page.status_code for page in pages} == {200}
        sheet = store.sheet(questionnaire)
        assert sheet.height == 1
        assert receipt_code(sheet["respondent"][0]) in pages[0].text
        assert sheet["wave"].to_list() == ["1"]


def test_back_after_handing_in_shows_the_receipt(site, ready):
    person, review = ready
    person.hand_in(review)
    code = receipt_code(stored_id(site))
    for path in ("", "/1", "/4", "/review", "/receipt", "/stop"):
        page = person.client.get(f"/s/water{path}")
        assert page.url.path == "/s/water/receipt" and code in page.text


def test_a_page_sent_again_unchanged_gives_the_receipt_and_changed_409(site):
    person = site.person()
    first = person.begin()
    fields = {**person.fill(first), "relation": ["i_live_near_it"]}
    person.hand_in(person.walk(person.post(first, fields)))
    again = person.post(first, fields)
    assert again.status_code == 200 and again.url.path == "/s/water/receipt"
    changed = person.post(first, {**fields, "relation": ["none_of_these"]})
    assert changed.status_code == 409
    assert "had already arrived" in changed.text
    assert receipt_code(stored_id(site)) in changed.text
    (submission,) = site.store.kept.values()
    assert submission.answers["relation"] == 0
    assert site.store.calls == 1


def test_no_answer_is_kept_outside_the_store_after_handing_in(site):
    person = site.person()
    page = person.walk(person.begin(), lambda n, v: None)
    person.hand_in(page)
    (draft,) = site.drafts.glob("*.json")
    assert '"answers": {}' in draft.read_text()


def test_a_failing_store_is_told_and_loses_nothing(site, ready):
    person, review = ready
    site.store.fail()
    page = person.hand_in(review)
    assert page.status_code == 503
    assert page.headers["retry-after"] == "30"
    assert "Nothing is lost" in page.text and "disk full" not in page.text
    site.store.failure = None
    done = person.hand_in(page)
    assert done.status_code == 200 and receipt_code(stored_id(site)) in done.text


def test_a_retry_hands_in_the_very_same(site, ready):
    person, review = ready
    kept = []
    site.store.fail()
    append = site.store.append
    person.hand_in(review)
    site.store.failure = None
    site.clock.advance(minutes=5)
    person.hand_in(review)
    kept.append(site.store.kept[stored_id(site)])
    assert kept[0].submitted == site.clock.now.replace(minute=0)
    assert append(kept[0]) == "stored"


def test_a_crash_between_store_and_draft_is_repaired_by_a_retry(site, ready, monkeypatch):
    person, review = ready
    save = Drafts.save

    def fail_at_the_end(self, draft):
        if draft.receipt:
            raise OSError(28, "No space left on device")
        save(self, draft)

    monkeypatch.setattr(Drafts, "save", fail_at_the_end)
    assert person.hand_in(review).status_code == 503
    assert site.store.effects == 1
    monkeypatch.setattr(Drafts, "save", save)
    done = person.hand_in(review)
    assert done.status_code == 200 and receipt_code(stored_id(site)) in done.text
    assert site.store.effects == 1


def test_erased_answers_that_are_handed_in_again_stay_erased(make_site, tmp_path):
    with Store.open(tmp_path / "data") as store:
        questionnaire = make_questionnaire()
        store.publish(questionnaire)
        site = make_site(questionnaire, append=store.append_submission)
        person = site.person()
        review = person.walk(person.begin())
        (draft,) = site.drafts.glob("*.json")
        backup = draft.read_bytes()
        person.hand_in(review)
        (instance_id,) = store.respondents("water")["respondent"]
        store.erase("water", instance_id, receipt=receipt_code(instance_id))
        draft.write_bytes(backup)
        again = person.hand_in(review)
        assert again.status_code == 409 and "were removed on request" in again.text
        assert store.sheet(questionnaire).is_empty() and not draft.exists()
        assert "Begin" in person.client.get("/s/water").text


def test_other_answers_under_the_same_id_in_the_store_are_409(site, ready):
    person, review = ready
    backup = {f.name: f.read_bytes() for f in site.drafts.glob("*.json")}
    person.hand_in(review)
    for name, content in backup.items():
        (site.drafts / name).write_bytes(content)
    changed = person.walk(
        person.client.get("/s/water/1"),
        lambda name, values: ["none_of_these"] if name == "relation" else None,
    )
    answer = person.hand_in(changed)
    assert answer.status_code == 409 and receipt_code(stored_id(site)) in answer.text
    assert len(site.store.kept) == 1


def test_a_full_disk_shows_the_page_again_with_its_answers(site, monkeypatch):
    person = site.person()
    page = person.begin()
    fields = {**person.fill(page), "bill": ["31.5"]}

    def full(self, draft):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Drafts, "save", full)
        again = person.post(page, fields)
        assert again.status_code == 503 and again.headers["retry-after"]
        assert Form(again.text).fields["bill"] == ["31.5"]
        assert "could not save" in again.text
        assert site.person().begin().status_code == 503
    assert person.post(again, person.fill(again)).status_code == 200


def test_drafts_and_tokens_survive_a_restart(make_site):
    site = make_site()
    person = site.person()
    page = person.begin()
    page = person.post(page, {**person.fill(page), "relation": ["i_live_near_it"]})
    restarted = make_site()
    after = copy_of(restarted, person)
    page = after.post(page, after.fill(page))
    assert page.status_code == 200
    after.hand_in(after.walk(page))
    assert len(restarted.store.kept) == 1


def test_a_lost_cookie_loses_no_answer(site):
    person = site.person()
    page = person.begin()
    fields = {**person.fill(page), "relation": ["i_live_near_it"]}
    person.client.cookies.clear()
    headers = {"sec-fetch-site": "same-origin"}
    after = person.client.post(page.url.path, data=fields, headers=headers)
    assert after.status_code == 200 and after.url.path == "/s/water/2"
    back = person.client.get("/s/water/1")
    assert Form(back.text).fields["relation"] == ["i_live_near_it"]


def test_a_page_left_open_overnight_keeps_its_answers(site):
    person = site.person()
    page = person.begin()
    fields = {**person.fill(page), "relation": ["i_live_near_it"], "bill": ["12"]}
    site.clock.advance(hours=13)
    again = person.post(page, fields)
    assert again.status_code == 422 and "open for a long time" in again.text
    shown = Form(again.text).fields
    assert shown["bill"] == ["12"] and shown["relation"] == ["i_live_near_it"]
    assert person.post(again, shown).url.path == "/s/water/2"


def test_a_new_version_is_answered_by_new_people_only(site):
    person = site.person()
    page = person.begin()
    old = site.surveys["water"].questionnaire
    new = replace(old, hash="b" * 64, title={"en": "Water, second version"})
    site.surveys["water"] = Fielded(new, earlier={old.hash: old})
    person.hand_in(person.walk(page))
    other = site.person()
    other.hand_in(other.walk(other.begin()))
    assert [s.questionnaire for s in site.store.kept.values()] == [old.hash, new.hash]


def test_a_version_that_is_gone_is_told(site):
    person = site.person()
    page = person.begin()
    old = site.surveys["water"].questionnaire
    site.surveys["water"] = Fielded(replace(old, hash="c" * 64))
    gone = person.post(page, person.fill(page))
    assert gone.status_code == 410 and "has changed" in gone.text
    assert person.begin().status_code == 200
    person.hand_in(person.walk(person.client.get("/s/water/1")))
    assert [s.questionnaire for s in site.store.kept.values()] == ["c" * 64]


def test_a_version_that_comes_back_is_gone_on_with(site):
    person = site.person()
    page = person.begin()
    begun = site.surveys["water"]
    site.surveys["water"] = Fielded(replace(begun.questionnaire, hash="c" * 64))
    assert person.client.get("/s/water/1").status_code == 410
    assert "Begin" in person.client.get("/s/water").text
    site.surveys["water"] = begun
    person.hand_in(person.walk(page))
    assert [s.questionnaire for s in site.store.kept.values()] == [begun.questionnaire.hash]


def test_a_closed_survey_takes_nothing(site, ready):
    person, review = ready
    site.surveys["water"] = replace(site.surveys["water"], closed=True)
    assert person.hand_in(review).status_code == 410
    page = site.client().get("/s/water")
    assert page.status_code == 410 and "This survey is closed" in page.text
    assert not site.store.kept


def test_a_receipt_outlives_the_survey(site, ready):
    person, review = ready
    person.hand_in(review)
    site.surveys["water"] = replace(site.surveys["water"], closed=True)
    assert receipt_code(stored_id(site)) in person.client.get("/s/water").text


def test_stopping_deletes_the_draft(site, ready):
    person, _ = ready
    ask = person.client.get("/s/water/stop")
    assert "cannot be undone" in ask.text
    gone = person.client.post("/s/water/stop", data=Form(ask.text).fields)
    assert gone.status_code == 200 and "are deleted" in gone.text
    assert not list(site.drafts.glob("*.json"))
    assert "Begin" in person.client.get("/s/water").text


def test_a_deleted_draft_is_told_when_its_page_is_posted(site, ready):
    person, review = ready
    for draft in site.drafts.glob("*.json"):
        draft.unlink()
    gone = person.hand_in(review)
    assert gone.status_code == 410 and "begin again" in gone.text.lower()


def test_the_next_person_at_the_device(site, ready):
    person, review = ready
    done = person.hand_in(review)
    left = person.client.post("/s/water/leave", data=Form(done.text).fields)
    assert "cleared" in left.text
    assert "I have read this" in person.client.get("/s/water").text
    person.hand_in(person.walk(person.begin()))
    assert len(site.store.kept) == 2


def test_required_answers_cannot_be_dodged(site):
    person = site.person()
    page = person.begin()
    token = Form(page.text).fields
    back = person.post(page, token, go="back")
    assert back.status_code == 200
    review = person.client.post("/s/water/review", data=Form(back.text).fields)
    assert not site.store.kept
    assert review.url.path.startswith("/s/water/") and review.url.path != "/s/water/receipt"
    blank = person.post(page, token)
    assert blank.status_code == 422
    text = words(blank.text)
    assert "One answer needs your attention" in text and "Please choose an answer." in text
    assert 'href="#q-relation"' in blank.text and 'id="q-relation"' in blank.text


def test_times_are_kept_and_nothing_about_the_device(site):
    person = site.person()
    page = person.begin()
    site.clock.advance(seconds=90)
    person.hand_in(person.walk(page))
    (submission,) = site.store.kept.values()
    assert submission.paradata["seconds"] == 90
    assert submission.paradata["seconds:you.1"] == 90
    assert {k.partition(":")[0] for k in submission.paradata} == {"language", "seconds"}
    assert (submission.submitted - submission.started).total_seconds() == 90


def test_old_drafts_are_purged(site, ready):
    (draft,) = site.drafts.glob("*.json")
    drafts = Drafts(site.drafts)
    assert drafts.purge(older_than=timedelta(days=30)) == 0
    os.utime(draft, (0, 0))
    assert drafts.purge(older_than=timedelta(days=30)) == 1
    assert (site.drafts / "key").exists()


def test_what_an_ended_save_left_is_purged_and_deleted_with_its_draft(site, ready):
    (draft,) = site.drafts.glob("*.json")
    drafts = Drafts(site.drafts)
    instance_id = json.loads(draft.read_text())["instance_id"]
    left = draft.with_name(f"{draft.name}.{'a' * 16}.new")
    other = draft.with_name(f"{'0' * 64}.json.{'b' * 16}.new")
    key = draft.with_name(f"key.{'c' * 16}.new")
    for path in (left, other, key):
        path.write_bytes(draft.read_bytes())
    drafts.delete(instance_id)
    assert set(site.drafts.iterdir()) == {other, key, site.drafts / "key"}
    assert drafts.purge(older_than=timedelta(days=30)) == 0
    for path in (other, key, site.drafts / "key"):
        os.utime(path, (0, 0))
    assert drafts.purge(older_than=timedelta(days=30)) == 2
    assert list(site.drafts.iterdir()) == [site.drafts / "key"]


def test_a_draft_that_goes_while_old_ones_are_purged_ends_nothing(site, ready):
    (draft,) = site.drafts.glob("*.json")
    os.utime(draft, (0, 0))
    gone = draft.with_name(f"{'0' * 64}.json")
    # What a listing shows of a file that is deleted before it is looked at: its name alone.
    gone.symlink_to("nowhere")
    assert Drafts(site.drafts).purge(older_than=timedelta(days=30)) == 1
    assert not draft.exists()


def test_an_imported_survey_cannot_be_fielded():
    with pytest.raises(QuestionnaireError, match="water, source"):
        Fielded(make_questionnaire(source="imported"))
