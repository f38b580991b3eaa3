"""Answers to an earlier version are read in the codes of a later one, by name."""

from dataclasses import replace

import pytest

from mfp_stats.errors import StoreError
from mfp_stats.questionnaire.model import ItemType
from mfp_stats.store.versions import document_of, questionnaire_from
from tests.questionnaires import sheet_of, with_plans


@pytest.fixture
def stored(store, sheet, questionnaire, source):
    store.append_sheet(sheet, questionnaire, source=source)
    return store


def test_codes_follow_their_option(stored, revised, item):
    later = revised(item("trust", ItemType.SELECT_ONE, ("none", "high", "middle", "low")))
    assert stored.sheet(later)["trust"].to_list() == [3, 1, -3]


def test_best_and_worst_follow_their_option(stored, revised, item):
    cards = ("safety", "fairness", "freedom")
    back = stored.sheet(revised(item("cards.set1", ItemType.BEST_WORST, cards)))
    assert back["cards.set1|best"].to_list() == [1, 0, -4]
    assert back["cards.set1|worst"].to_list() == [2, 1, -4]


@pytest.mark.parametrize(
    "cards", [("fairness", "freedom", "safety", "beauty"), ("safety", "beauty")]
)
def test_best_and_worst_of_other_cards_are_no_choice_among_these(stored, revised, item, cards):
    with pytest.raises(StoreError, match="out of other cards than these") as caught:
        stored.sheet(revised(item("cards.set1", ItemType.BEST_WORST, cards)))
    assert "give the changed question a new name" in str(caught.value)


def test_an_option_that_nobody_chose_may_go(stored, revised, item):
    later = revised(item("trust", ItemType.SELECT_ONE, ("low", "high")))
    assert stored.sheet(later)["trust"].to_list() == [0, 1, -3]


def test_a_chosen_option_that_is_gone_is_a_fault(stored, revised, item):
    later = revised(
        item("trust", ItemType.SELECT_ONE, ("low", "middle")),
        item("uses", ItemType.SELECT_MULTIPLE, ("home",)),
        item("age", ItemType.TEXT),
    )
    with pytest.raises(StoreError) as caught:
        stored.sheet(later)
    text = str(caught.value)
    assert "item trust: 1 respondents chose 'high', which this version lacks" in text
    assert "item uses: 1 respondents chose 'work', which this version lacks" in text
    assert "item age: was integer and is text" in text
    assert len(caught.value.faults) == 3


def test_an_unchosen_part_may_go_and_a_new_one_was_not_asked(stored, revised, item):
    later = revised(item("uses", ItemType.SELECT_MULTIPLE, ("school", "work")))
    back = stored.sheet(later)
    assert back["uses|work"].to_list() == [1, 0, -1]
    assert back["uses|school"].to_list() == [-1, -1, -1]


def test_who_refused_the_item_refused_its_new_part(stored, revised, item):
    later = revised(item("order", ItemType.RANK, ("fairness", "freedom", "safety")))
    assert stored.sheet(later)["order|safety"].to_list() == [-1, -1, -2]


def test_new_items_were_not_asked_and_dropped_ones_are_left_out(stored, questionnaire, item):
    items = (questionnaire.items[0], item("home", ItemType.TEXT), item("cars", ItemType.INTEGER))
    back = stored.sheet(replace(questionnaire, items=items, hash="b" * 64))
    assert back.columns[6:] == ["trust", "home", "home|status", "cars", "cars|status"]
    assert back["home"].to_list() == [None] * 3
    assert back["home|status"].to_list() == [-1] * 3


def test_versions_are_read_together_in_the_order_stored(
    stored, sheet, revised, item, source, submission, questionnaire
):
    later = revised(item("trust", ItemType.SELECT_ONE, ("high", "middle", "low")))
    second = sheet.with_columns(respondent=sheet["respondent"] + "2")
    stored.append_sheet(second, later, source=replace(source, sha256="e" * 64))
    stored.append_submission(submission("web"))
    back = stored.sheet(later)
    assert back["respondent"].to_list() == ["ann", "ben", "cy", "ann2", "ben2", "cy2", "web"]
    assert back["trust"].to_list() == [2, 0, -3, 0, 2, -3, 0]
    assert stored.sheet(questionnaire)["trust"].to_list() == [0, 2, -3, 2, 0, -3, 2]
    assert stored.respondents("town")["questionnaire"].n_unique() == 2
    long = stored.responses("town").filter(item="trust")
    assert long["code"].to_list() == [2, 0, None, 0, 2, None, 0]


def test_a_choice_between_profiles_follows_its_pair_and_fits_no_other(store, source):
    first = with_plans()
    people = [{"plans.pair1": 0}, {"plans.pair1": 1}, {"plans.pair1": -3}, {"plans.pair2": 1}]
    store.append_sheet(sheet_of(first, people), first, source=source)
    assert questionnaire_from(document_of(first)) == first
    assert store.sheet(first)["plans.pair1"].to_list() == [0, 1, -3, -1]

    reworded = with_plans(label="Which one?")
    assert store.sheet(reworded)["plans.pair1"].to_list() == [0, 1, -3, -1]
    pair = first.item("plans.pair1")
    sides = dict(zip(("first", "second"), reversed(pair.profiles.values()), strict=True))
    turned = tuple(replace(i, profiles=sides) if i.name == pair.name else i for i in first.items)
    back = store.sheet(replace(first, hash="b" * 64, items=turned))
    assert back["plans.pair1"].to_list() == [1, 0, -3, -1]

    with pytest.raises(StoreError) as caught:
        store.sheet(with_plans(pairs=19))  # a design of its own
    assert "plans.pair1: 1 respondents chose 'control=" in str(caught.value)
    assert " rather than control=" in str(caught.value)
