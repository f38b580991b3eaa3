"""Bringing a file in through the Data page: nothing is stored before it is confirmed."""

import html

import pytest

from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.waiting import keep_waiting, safe_name
from tests.app.conftest import texts

QUESTIONNAIRE = """
survey: town
title: Town
source: imported
blocks:
  - block: beliefs
    role: belief
    items:
      - {name: keeps, type: select_one, label: Promises are kept, options: {agree: Yes, deny: No}}
  - block: about
    items:
      - {name: side, type: select_one, role: group, label: Side, options: {east: E, west: W}}
"""
MAPPING = """
survey: town
respondent: id
items:
  keeps: {column: Q1, codes: {"Yes": agree, "No": deny}, missing: {"": skipped}}
  side: {column: side}
"""
EVIL = "<img src=x> **Q**"
GOOD = f"id,Q1,side,{EVIL}\n1,Yes,east,a\n2,No,west,b\n3,,west,c\n".encode()
BAD = f"id,Q1,side\n1,Yes,east\n2,{EVIL},west\n".encode()


@pytest.fixture
def town(tmp_path, checkout):
    folder = tmp_path / "surveys" / "town"
    (folder / "mappings").mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text(QUESTIONNAIRE)
    (folder / "mappings" / "kept.yaml").write_text(MAPPING)
    project = Project(tmp_path, checkout)
    with Store.open(project.data) as store:
        yield PageContext(project, store)


def button(test, label):
    return next(b for b in test.button if b.label == label)


@pytest.fixture
def uploaded(town, open_page):
    """Open the Data page and give it a file."""

    def give(content, name="answers.csv"):
        test = open_page(town, "data.py", "town")
        test.file_uploader[0].set_value((name, content, "text/csv")).run()
        assert not test.exception
        return test

    return give


def test_a_file_is_rehearsed_then_stored_then_waits_no_more(town, uploaded):
    test = uploaded(GOOD)
    button(test, "Rehearse").click().run()
    assert not test.exception
    assert {m.label: m.value for m in test.metric[-3:]} == {
        "People": "3",
        "Items answered": "2 of 2",
        "Columns not used": "1",
    }
    assert town.store.respondents("town").is_empty()
    raw = "\n".join(str(e.body) for e in test.get("html"))
    assert html.escape(EVIL) in raw and "<img" not in raw
    assert "encoding: utf-8" in raw
    button(test, "Store these answers").click().run()
    assert not test.exception
    assert [s.value for s in test.success] == ["The import is done."]
    assert len(town.store.respondents("town")) == 3
    assert not [p for p in (town.project.data / "waiting").rglob("*") if p.is_file()]
    assert len(list((town.project.data / "uploads").iterdir())) == 1


def test_the_same_file_twice_adds_nothing_and_says_so(town, uploaded):
    for _ in range(2):
        test = uploaded(GOOD)
        button(test, "Rehearse").click().run()
        button(test, "Store these answers").click().run()
    assert len(town.store.respondents("town")) == 3
    assert "already" in texts(test)


def test_a_fault_is_told_with_its_line_as_text_and_nothing_is_stored(town, uploaded):
    test = uploaded(BAD)
    button(test, "Rehearse").click().run()
    assert not test.exception
    raw = "\n".join(str(e.body) for e in test.get("html"))
    assert "line 3" in raw and html.escape(EVIL) in raw and "<img" not in raw
    assert "nothing was stored" in raw
    assert not [b for b in test.button if b.label == "Store these answers"]
    assert town.store.respondents("town").is_empty()


def test_what_is_no_table_is_refused_in_words(town, uploaded):
    test = uploaded(b"\x00\x01\x02" * 50, "answers.sav")
    button(test, "Rehearse").click().run()
    assert not test.exception
    assert "The file was not imported; nothing was stored." in texts(test)


def test_a_change_after_the_rehearsal_asks_for_another(town, uploaded):
    test = uploaded(GOOD)
    button(test, "Rehearse").click().run()
    test.text_input[0].set_value("2").run()
    assert "rehearse again" in texts(test)
    assert not [b for b in test.button if b.label == "Store these answers"]


def test_a_suggestion_is_used_only_after_it_was_read_and_may_be_kept(town, uploaded):
    test = uploaded(GOOD)
    mapping = next(s for s in test.selectbox if s.label == "Mapping")
    mapping.set_value("Suggest one for this file").run()
    assert not test.exception
    assert button(test, "Rehearse").disabled
    assert "survey: town" in test.text_area[0].value
    test.text_area[0].set_value(MAPPING)
    test.text_input[0].set_value("mine")
    test.checkbox[0].check().run()
    button(test, "Rehearse").click().run()
    assert not test.exception
    button(test, "Store these answers").click().run()
    assert len(town.store.respondents("town")) == 3
    assert "mine" in town.project.mappings("town")


def test_faults_of_an_edited_mapping_are_told(town, uploaded):
    test = uploaded(GOOD)
    next(s for s in test.selectbox if s.label == "Mapping").set_value(
        "Suggest one for this file"
    ).run()
    test.text_area[0].set_value("survey: town\nrespondent: id\nitems: {nothing: Q1}\n")
    test.checkbox[0].check().run()
    assert not test.exception
    assert "The mapping cannot be used." in texts(test)


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\data\answers.csv", "answers.csv"),
        ("an:s|w<e>rs.csv", "an_s_w_e_rs.csv"),
        ("...", "upload"),
        ("été.csv", "été.csv"),
    ],
)
def test_names_of_uploads_cannot_leave_their_folder(town, given, safe):
    assert safe_name(given) == safe
    waiting = keep_waiting(town.project, given, b"x")
    assert waiting.file.read_bytes() == b"x"
    assert (town.project.data / "waiting") in waiting.file.parents
