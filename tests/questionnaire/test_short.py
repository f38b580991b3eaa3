"""Short texts: where they may be written, where they are used, and that they are content."""

import pytest

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import load, parse, warnings
from mfp_stats.questionnaire.model import Role
from tests.questionnaire.test_shipped import FOLDERS, SURVEYS


@pytest.fixture
def short(document):
    """The small survey with a short text wherever one may stand."""
    document["values"]["jobs"] = {
        "label": "Jobs that last",
        "short": {"en": "Work", "es": "Empleo"},
    }
    document["interventions"]["fund"]["short"] = {"en": "Fund", "es": "Fondo"}
    document["blocks"][2]["items"][0]["short"] = {"en": "Promises", "es": "Promesas"}
    document["blocks"][3]["label"] = "How it goes with {value}"
    return document


def test_tables_show_the_short_text_and_pages_the_label(short):
    q = parse(short, where="test")
    kept = q.item("kept")
    assert (q.wording(kept), q.wording(kept, "es")) == ("Promises", "Promesas")
    assert kept.label["en"] == "Promises are kept."
    assert q.wording(q.item("broken")) == "Promises are broken."


def test_a_value_lends_its_short_text_to_what_is_generated_from_it(short):
    q = parse(short, where="test")
    assert q.values["jobs"].short["es"] == "Empleo"
    assert q.wording(q.item("importance.jobs")) == "Work"
    assert q.wording(q.item("effects.fund.jobs")) == "Fund: Work"
    assert q.wording(q.item("effects.fund.jobs"), "es") == "Fondo: Empleo"
    assert q.wording(q.item("effects.vote.jobs")) == "A vote: Work"
    assert q.wording(q.item("effects.fund.calm")) == "Fund: How it goes with Calm"


def test_a_written_rating_without_a_label_takes_both_texts_of_its_value(short):
    items = [{"name": "work", "role": "value_rating", "scale": "agree5", "value": "jobs"}]
    short["blocks"][1] = {"block": "importance", "items": items}
    q = parse(short, where="test")
    assert (q.item("work").label["en"], q.wording(q.item("work"))) == ("Jobs that last", "Work")
    items[0]["label"] = "My own job"
    assert q.wording(parse(short, where="test").item("work")) == "My own job"


def test_a_proposal_named_in_full_is_not_named_again(short):
    q = parse(short, where="test")
    assert q.wording(q.item("support.fund.support3")) == "Do you support A fund?"


def test_short_texts_are_content(short, document):
    hashes = {parse(short, where="test").hash}
    for part in (short["values"]["jobs"], short["interventions"]["fund"]):
        del part["short"]
        hashes.add(parse(short, where="test").hash)
    del short["blocks"][2]["items"][0]["short"]
    hashes.add(parse(short, where="test").hash)
    assert len(hashes) == 4


def test_a_short_text_that_lacks_a_language_is_pointed_out():
    text = (SURVEYS / "ai_datacentres" / "questionnaire.yaml").read_text(encoding="utf-8")
    assert text.count(", es: La IA quita empleos") == 1
    cut = parse(text.replace(", es: La IA quita empleos", ""), where="test")
    assert warnings(cut) == (("languages es", "no text in this language at ai_costs_jobs.short"),)


def test_a_language_that_the_survey_lacks_is_a_fault(short):
    short["blocks"][2]["items"][0]["short"]["fr"] = "Promesses"
    with pytest.raises(QuestionnaireError, match=r"items\[0\].short.fr: .*known: en, es"):
        parse(short, where="test")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_shipped_beliefs_have_names_that_fit_a_table(folder):
    q = load(folder)
    items = q.with_role(Role.BELIEF, Role.CONSEQUENCE, Role.VALUE_RATING)
    for language in q.languages:
        wordings = [q.wording(item, language) for item in items]
        assert max(map(len, wordings), default=0) <= 50
        beliefs = [q.wording(item, language) for item in q.with_role(Role.BELIEF)]
        assert all(len(wording.split()) <= 6 for wording in beliefs)
        assert len(set(beliefs)) == len(beliefs)
