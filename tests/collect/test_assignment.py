"""Arms, planned missingness and orders: repeatable, balanced, and kept where order has meaning."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from mfp_stats.collect import assign
from mfp_stats.collect.pages import LONGEST, paginate
from mfp_stats.collect.tokens import new_instance_id
from mfp_stats.questionnaire.model import ItemType

from .conftest import PROPOSALS, make_questionnaire

N = 3000


@pytest.fixture(scope="module")
def questionnaire():
    return make_questionnaire()


@pytest.fixture(scope="module")
def people(questionnaire):
    return [assign(questionnaire, f"person-{n}") for n in range(N)]


def within(count: int, share: float, n: int = N) -> bool:
    """Five standard deviations: a false alarm in about two million draws."""
    return abs(count - n * share) <= 5 * (n * share * (1 - share)) ** 0.5


def test_the_same_id_gets_the_same(questionnaire):
    for _ in range(20):
        instance = new_instance_id()
        assert assign(questionnaire, instance) == assign(questionnaire, instance)


def test_another_version_draws_anew(questionnaire):
    other = replace(questionnaire, hash="b" * 64)
    ids = [f"id-{n}" for n in range(50)]
    assert any(assign(questionnaire, i) != assign(other, i) for i in ids)


def test_arms_follow_their_shares(questionnaire):
    uneven = replace(questionnaire, arms={"told": {"natural": 0.75, "told": 0.25}})
    drawn = Counter(assign(uneven, f"p{n}").arms["told"] for n in range(N))
    assert within(drawn["told"], 0.25) and drawn.total() == N


def test_arms_are_independent(people):
    both = Counter((p.arms["told"], p.arms["order"]) for p in people)
    assert len(both) == 4 and all(within(count, 0.25) for count in both.values())


def test_every_intervention_and_pair_equally_often(people):
    singles = Counter(x for p in people for x in p.interventions)
    assert all(within(singles[x], 0.5) for x in PROPOSALS)
    pairs = Counter(frozenset(p.interventions) for p in people)
    assert all(within(pairs[frozenset(pair)], 1 / 6) for pair in combinations(PROPOSALS, 2))
    first = Counter(p.interventions[0] for p in people)
    assert all(within(first[x], 0.25) for x in PROPOSALS)


def test_blocks_of_a_person_are_about_the_same_interventions(questionnaire, people):
    known = {item.name: item.intervention for item in questionnaire.items}
    for person in people[:200]:
        for block in ("consequences", "signals", "support"):
            about = dict.fromkeys(known[name] for name in person.blocks[block])
            assert tuple(about) == person.interventions


def test_a_block_that_asks_for_fewer_takes_the_first(questionnaire):
    blocks = tuple(
        replace(b, interventions_per_person=3 if b.name == "consequences" else 1)
        if b.interventions_per_person
        else b
        for b in questionnaire.blocks
    )
    known = {item.name: item.intervention for item in questionnaire.items}
    person = assign(replace(questionnaire, blocks=blocks), "somebody")
    assert len(person.interventions) == 3
    assert {known[n] for n in person.blocks["signals"]} == {person.interventions[0]}


def test_order_arms_move_one_block_only(people):
    usual = ["you", "tradeoffs", "ranking", "beliefs", "consequences", "signals", "support", "end"]
    for person in people[:200]:
        blocks = [b for b in person.blocks if b != "stipulated"]
        if person.arms["order"] == "beliefs_first":
            assert blocks == usual
        else:
            assert blocks == [*usual[:3], "support", *usual[3:6], "end"]


def test_item_order_is_random_and_the_same_for_every_proposal(people):
    first = Counter(p.blocks["beliefs"][0] for p in people)
    assert len(first) == 3 and all(within(count, 1 / 3) for count in first.values())
    for person in people[:50]:
        names = person.blocks["consequences"]
        one, two = names[:3], names[3:]
        assert [n.split(".")[2] for n in one] == [n.split(".")[2] for n in two]


def test_option_order_is_random_only_where_order_means_nothing(questionnaire, people):
    first = Counter(p.options["tradeoffs.set1"][0] for p in people)
    assert len(first) == 4 and all(within(count, 0.25) for count in first.values())
    shuffling = replace(
        questionnaire,
        blocks=tuple(replace(b, randomise_options=True) for b in questionnaire.blocks),
    )
    for n in range(100):
        person = assign(shuffling, f"p{n}")
        assert person.options["picks"][-2:] == ("other", "none")
        assert person.options["beliefs.promises"] == shuffling.item("beliefs.promises").option_names


def test_what_was_shown_is_recorded(questionnaire, people):
    shown = people[0].shown()
    assert shown["blocks"] == list(people[0].blocks)
    assert shown["items:beliefs"] == list(people[0].blocks["beliefs"])
    assert sorted(shown["options:picks"]) == sorted(questionnaire.item("picks").option_names)
    assert all(isinstance(v, list) for v in shown.values())


def test_pages_hold_everything_once_and_one_set_each(questionnaire, people):
    for person in people[:100]:
        pages = paginate(questionnaire, person)
        names = [item.name for page in pages for item in page.items]
        assert sorted(names) == sorted(person.items)
        for page in pages:
            assert len(page.items) <= LONGEST
            sets = [i for i in page.items if i.type is ItemType.BEST_WORST]
            assert len(sets) <= 1
            assert not sets or len(page.items) == 1
