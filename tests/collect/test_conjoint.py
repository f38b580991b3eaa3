"""Choices between two profiles: drawn, laid out side by side, stored and shown for a last check."""

import html
import json
import re
from collections import Counter

import pytest

from mfp_stats.collect import assign
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.responses import MISSING_CODES, Status
from mfp_stats.store import Store

from .conftest import Form, Person, words

EACH = 3


def plans(**more: object) -> Questionnaire:
    """Two profiles of three attributes, in two languages."""
    conjoint = {
        "block": "plans",
        "role": "conjoint",
        "title": {"en": "Two plans", "es": "Dos planes"},
        "pairs": 12,
        "pairs_per_person": EACH,
        "missing": {"dont_know": {"en": "Cannot say", "es": "No sé decir"}},
        "attributes": {
            "pause": {
                "label": {"en": "Pause of new data centres", "es": "Pausa"},
                "levels": {
                    "none": {"en": "No pause", "es": "Sin pausa"},
                    "two_years": {"en": "Two years", "es": "Dos años"},
                    "five_years": {"en": "Five years & more", "es": "Cinco años"},
                },
            },
            "payer": {
                "label": {"en": "Who pays for the grid", "es": "Quién paga"},
                "levels": {
                    "residents": {"en": "Residents", "es": "Vecinos"},
                    "companies": {"en": "The companies", "es": "Empresas"},
                },
            },
            "control": {
                "label": {"en": "Who can stop a building", "es": "Quién decide"},
                "levels": {
                    "nobody": {"en": "Nobody", "es": "Nadie"},
                    "council": {"en": "The town council", "es": "El ayuntamiento"},
                    "vote": {"en": "A vote of all residents", "es": "Una votación"},
                },
            },
        },
    }
    about = {
        "name": "relation",
        "role": "group",
        "type": "select_one",
        "label": {"en": "What are you here?", "es": "¿Qué es usted aquí?"},
        "options": {
            "resident": {"en": "Resident", "es": "Vecino"},
            "worker": {"en": "Worker", "es": "Trabajador"},
        },
    }
    tree = {
        "survey": "water",
        "title": "Plans",
        "languages": ["en", "es"],
        "consent": {"en": "You may stop.", "es": "Puede parar."},
        "blocks": [{**conjoint, **more}, {"block": "you", "items": [about]}],
    }
    return parse(tree, where="test")


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return plans()


def test_each_person_gets_so_many_pairs_in_an_order_of_chance(questionnaire):
    drawn = [assign(questionnaire, f"person-{n}").blocks["plans"] for n in range(2400)]
    assert all(len(set(pairs)) == EACH for pairs in drawn)
    share, n = EACH / 12, len(drawn)
    counts = Counter(name for pairs in drawn for name in pairs)
    first = Counter(pairs[0] for pairs in drawn)
    for name in questionnaire.blocks[0].items:
        assert abs(counts[name] - n * share) < 5 * (n * share * (1 - share)) ** 0.5
        assert abs(first[name] - n / 12) < 5 * (n / 12) ** 0.5
    assert assign(questionnaire, "person-1") == assign(questionnaire, "person-1")


def test_all_pairs_are_drawn_where_the_author_asks_for_no_fewer():
    every = plans(pairs_per_person=12)
    orders = {assign(every, f"person-{n}").blocks["plans"] for n in range(20)}
    assert {frozenset(order) for order in orders} == {frozenset(every.blocks[0].items)}
    assert len(orders) == 20


def test_sides_keep_their_places(questionnaire):
    shown = assign(questionnaire, "person-1")
    assert all(shown.options[n] == ("first", "second") for n in shown.blocks["plans"])


def test_a_pair_has_a_page_and_says_what_differs(make_site, questionnaire):
    person = make_site(questionnaire).person()
    page = person.begin()
    (name,) = (n for n in Form(page.text).choices if n.startswith("plans."))
    assert Form(page.text).choices[name] == ["first", "second", "!dont_know"]
    text = words(html.unescape(page.text))
    assert "Choice 1 of 3" in text and "Plan A" in text and "Plan B" in text
    block = questionnaire.blocks[0]
    item = questionnaire.item(name)
    for attribute in block.attributes.values():
        labels = {level.name: level.label["en"] for level in attribute.levels}
        both = [labels[item.profiles[side][attribute.name]] for side in ("first", "second")]
        assert f"{attribute.label['en']} {both[0]} {both[1]}" in text
    # A reader by ear hears the whole profile with its radio button.
    spoken = [html.unescape(said) for said in re.findall(r'aria-label="(Plan .*?)"', page.text)]
    notes = [option.note["en"].replace("\n", "; ") for option in item.options]
    assert spoken == [f"Plan A: {notes[0]}", f"Plan B: {notes[1]}"]


def test_it_speaks_the_persons_language(make_site, questionnaire):
    page = make_site(questionnaire).person().begin(language="es")
    text = words(html.unescape(page.text))
    assert "Elección 1 de 3" in text and "¿Cuál de los dos preferiría?" in text
    assert "Quién paga" in text and "Who pays" not in text


def test_what_is_chosen_is_stored_and_what_was_shown(make_site, questionnaire, tmp_path):
    with Store.open(tmp_path / "data") as store:
        store.publish(questionnaire)
        site = make_site(questionnaire, append=store.append_submission)
        person = site.person()
        given: dict[str, str] = {}

        def choose(name: str, _values: list[str]) -> list[str] | None:
            if not name.startswith("plans."):
                return None
            given[name] = ("second", "first", "!dont_know")[len(given)]
            return [given[name]]

        review = person.walk(person.begin(), choose)
        assert _chosen_text(questionnaire, given) in words(html.unescape(review.text))
        assert person.hand_in(review).status_code == 200
        row = store.sheet(questionnaire).row(0, named=True)
    codes = {"second": 1, "first": 0, "!dont_know": MISSING_CODES[Status.DONT_KNOW]}
    not_asked = MISSING_CODES[Status.NOT_ASKED]
    for name in questionnaire.blocks[0].items:
        assert row[name] == (codes[given[name]] if name in given else not_asked)
    assert json.loads(row["shown"])["items:plans"] == list(given)


def _chosen_text(questionnaire: Questionnaire, given: dict[str, str]) -> str:
    """What the page for a last check says of the first pair: the profile and not its name alone."""
    name, side = next(iter(given.items()))
    option = next(o for o in questionnaire.item(name).options if o.name == side)
    return f"{option.label['en']} " + " ".join(option.note["en"].split())


def test_a_required_pair_that_is_left_out_is_asked_again(make_site):
    person: Person = make_site(plans(required=True)).person()
    page = person.begin()
    again = person.post(page, Form(page.text).fields)
    assert again.url.path == page.url.path and "Please choose an answer." in again.text
