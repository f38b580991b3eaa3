"""Whole questionnaires, page by page, from the first page to the receipt."""

from dataclasses import replace
from hashlib import sha256

import pytest

from mfp_stats.collect import Fielded, assign, receipt_code
from mfp_stats.responses import MISSING_CODES, Status, sheet_column

from .conftest import Form, make_questionnaire, words


def wanted_arms():
    return [(t, o) for t in ("natural", "told") for o in ("beliefs_first", "support_first")]


def begin_in_arm(site, told, order):
    for _ in range(60):
        person = site.person()
        page = person.begin()
        instance = Form(page.text).fields["instance"][0]
        arms = assign(site.surveys["water"].questionnaire, instance).arms
        if arms == {"told": told, "order": order}:
            return person, page
    raise AssertionError("no person came into this arm")


@pytest.mark.parametrize(("told", "order"), wanted_arms())
def test_whole_walk(site, told, order):
    person, page = begin_in_arm(site, told, order)
    review = person.walk(page)
    assert review.status_code == 200
    done = person.hand_in(review)
    assert done.status_code == 200
    (submission,) = site.store.kept.values()
    assert receipt_code(submission.instance_id) in done.text
    questionnaire = site.surveys["water"].questionnaire
    cells = {sheet_column(i.name, p) for i in questionnaire.items for p in i.parts}
    assert set(submission.answers) == cells
    assert submission.arms == {"told": told, "order": order}
    assert submission.questionnaire == questionnaire.hash
    assert submission.consent["language"] == "en" and len(submission.consent["text"]) == 64
    blocks = submission.shown["blocks"]
    assert ("stipulated" in blocks) == (told == "told")
    assert (blocks.index("support") < blocks.index("beliefs")) == (order == "support_first")
    asked = set(submission.shown["interventions"])
    assert len(asked) == 2
    for item in questionnaire.items:
        codes = [submission.answers[sheet_column(item.name, p)] for p in item.parts]
        if item.intervention and item.intervention not in asked:
            assert all(c == MISSING_CODES[Status.NOT_ASKED] for c in codes)
        elif item.intervention:
            assert all(c >= 0 for c in codes)


def test_codes_of_every_type(site):
    person = site.person()
    page = person.begin()

    def choose(name, values):
        return {
            "relation": ["i_work_there"],
            "picks": ["fair_bills", "other"],
            "beliefs.promises": ["!dont_know"],
            "beliefs.science": ["strongly_agree"],
        }.get(name)

    # The question about years applies only after the first answer, so the page comes again.
    again = person.post(page, person.fill(page, choose))
    assert again.url.path == "/s/water/1"
    assert "there is something more to ask" in again.text
    person.hand_in(person.walk(again, choose))
    (submission,) = site.store.kept.values()
    answers = submission.answers
    assert answers["relation"] == 1
    assert answers["years"] == 7.0 and isinstance(answers["years"], float)
    assert answers["comment"] == "7"
    assert answers["beliefs.promises"] == -3 and isinstance(answers["beliefs.promises"], int)
    assert answers["beliefs.science"] == 4
    assert {n: answers[f"picks|{n}"] for n in ("clean_water", "fair_bills", "other", "none")} == {
        "clean_water": 0,
        "fair_bills": 1,
        "other": 1,
        "none": 0,
    }
    ranks = [answers[f"ranking|{v}"] for v in ("clean_water", "fair_bills", "steady_work")]
    assert sorted(ranks) == [1, 2, 3]
    assert answers["ranking|a_say_in_plans"] == MISSING_CODES[Status.SKIPPED]
    best, worst = answers["tradeoffs.set1|best"], answers["tradeoffs.set1|worst"]
    assert {best, worst} <= set(range(4)) and best != worst


def test_what_does_not_apply_and_what_was_skipped(site):
    person = site.person()
    page = person.begin()
    review = person.walk(
        page, lambda name, values: ["none_of_these"] if name == "relation" else None
    )
    person.hand_in(review)
    (submission,) = site.store.kept.values()
    assert submission.answers["years"] == MISSING_CODES[Status.NOT_APPLICABLE]


def test_blank_optional_answers_are_skipped(site):
    person = site.person()
    page = person.begin()
    fields = {**Form(page.text).fields, "relation": ["i_live_near_it"]}
    page = person.post(page, fields)
    person.hand_in(person.walk(page))
    (submission,) = site.store.kept.values()
    assert submission.answers["bill"] == MISSING_CODES[Status.SKIPPED]


def test_an_answer_that_stops_applying_is_dropped(site):
    person = site.person()
    first = person.begin()
    page = person.post(first, {**Form(first.text).fields, "relation": ["i_work_there"]})
    page = person.post(page, {**Form(page.text).fields, "years": ["12"]})
    assert page.url.path == "/s/water/2"
    back = person.post(page, person.fill(page), go="back")
    assert Form(back.text).fields["years"] == ["12"]
    page = person.post(back, {**Form(back.text).fields, "relation": ["i_live_near_it"]})
    person.hand_in(person.walk(page))
    (submission,) = site.store.kept.values()
    assert submission.answers["years"] == MISSING_CODES[Status.NOT_APPLICABLE]


def test_back_keeps_answers_and_forward_shows_them(site):
    person = site.person()
    page = person.begin()
    page = person.post(page, person.fill(page, lambda n, v: None))
    for _ in range(3):
        filled = person.fill(page)
        after = person.post(page, filled)
        before = person.post(after, Form(after.text).fields, go="back")
        assert before.url.path == page.url.path
        shown = Form(before.text).fields
        assert {k: v for k, v in shown.items() if k != "token"} == {
            k: v for k, v in filled.items() if k != "token"
        }
        page = after


def test_the_check_shows_all_answers_and_leads_back(site):
    person = site.person()
    review = person.walk(person.begin())
    text = words(review.text)
    assert "Check your answers" in text and "Where you stand" in text
    assert "Nothing has been handed in yet" in text
    assert 'href="/s/water/1"' in review.text


def test_start_again_where_one_left_off(site):
    person = site.person()
    page = person.begin()
    page = person.post(page, person.fill(page))
    page = person.post(page, person.fill(page))
    start = person.client.get("/s/water")
    assert f'href="{page.url.path}"' in start.text


def test_pages_cannot_be_jumped_over(site):
    person = site.person()
    person.begin()
    review = person.client.get("/s/water/review")
    assert review.url.path == "/s/water/1"
    assert person.client.get("/s/water/99").status_code == 404


def test_the_other_language(site):
    person = site.person()
    start = person.client.get("/s/water?lang=es")
    assert '<html lang="es"' in start.text and "Empezar" in start.text
    page = person.client.post("/s/water", data={**Form(start.text).fields, "consent": "yes"})
    assert '<html lang="es"' in page.text and "¿Cuál es su relación?" in page.text
    assert "Siguiente" in page.text


def test_no_consent_no_draft(site):
    page = site.person().begin(consent="")
    assert page.status_code == 422
    assert "tick this box" in page.text
    assert not list(site.drafts.glob("*.json"))


def test_nobody_agrees_to_a_text_that_they_have_not_seen(site):
    person = site.person()
    seen = {**Form(person.client.get("/s/water").text).fields, "consent": ["yes"]}
    old = site.surveys["water"].questionnaire
    new = replace(old, hash="b" * 64, consent={"en": "Your answers are published."})
    site.surveys["water"] = Fielded(new, earlier={old.hash: old})
    again = person.client.post("/s/water", data=seen)
    assert again.status_code == 422 and not list(site.drafts.glob("*.json"))
    assert "This page has changed since you opened it" in words(again.text)
    assert "Your answers are published." in again.text
    person.client.post("/s/water", data={**Form(again.text).fields, "consent": ["yes"]})
    person.hand_in(person.walk(person.client.get("/s/water/1")))
    (submission,) = site.store.kept.values()
    assert submission.consent["text"] == sha256(new.consent["en"].encode()).hexdigest()


@pytest.mark.parametrize("claimed", [{"version": ["b" * 64]}, {"language": ["es"]}])
def test_what_the_first_page_showed_cannot_be_claimed(site, claimed):
    person = site.person()
    seen = {**Form(person.client.get("/s/water").text).fields, "consent": ["yes"]}
    assert person.client.post("/s/water", data={**seen, **claimed}).status_code == 403


def test_without_a_consent_text_one_begins_at_once(make_site):
    site = make_site(make_questionnaire(consent={}))
    person = site.person()
    person.hand_in(person.walk(person.begin()))
    (submission,) = site.store.kept.values()
    assert submission.consent == {}
