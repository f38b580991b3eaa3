"""Designs from proposals' attributes: levels, codes, distances, words and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.errors import ChoiceError
from mfp_stats.quantities.search.attributes import say_level
from mfp_stats.quantities.search.space import DesignSpace

PLANS = {
    "pause": {"years": 2.0, "vote": False, "by": "law"},
    "fund": {"years": 0.0, "vote": False, "by": "office"},
    "ballot": {"years": 0.0, "vote": True, "by": "law"},
}


def space(plans=PLANS, **more) -> DesignSpace:
    plans = plans | more
    return DesignSpace.of(plans, {name: name.title() for name in plans})


def test_every_combination_of_fielded_levels_is_a_design():
    found = space()
    assert found.size == len(found.designs()) == 8
    np.testing.assert_array_equal(found.numbers(found.designs()), np.arange(8))
    assert found.designs(2, 5).tolist() == found.designs()[2:5].tolist()


def test_numbers_and_yes_no_count_by_their_size_and_words_have_no_order():
    years, vote, by = space().coding
    assert years.tolist() == [[-0.5], [0.5]] and vote.tolist() == [[-0.5], [0.5]]
    # Two words lie as far apart as the ends of a number.
    assert np.linalg.norm(by[0] - by[1]) == pytest.approx(1)
    assert space().code(space().designs()).shape == (8, 1 + 1 + 1 + 2)
    assert space(middle={"years": 1.0, "vote": True, "by": "law"}).coding[0].ravel().tolist() == [
        *(-0.5, 0.0, 0.5),
    ]


def test_proposals_are_found_again_among_the_designs_with_their_code():
    found = space()
    assert found.proposals == ("pause", "fund", "ballot")
    np.testing.assert_allclose(found.code(found.proposal_levels)[:, 1:], found.fielded_code)
    assert found.say(list(found.proposal_levels[0])) == "years 2 · vote no · by law"


def test_distance_is_the_number_of_attributes_unlike_the_nearest_proposal():
    found = space()
    levels = found.designs()
    by_hand = [min(int((row != known).sum()) for known in found.proposal_levels) for row in levels]
    assert found.distance(levels).tolist() == by_hand
    assert set(found.distance(found.proposal_levels)) == {0}


def test_a_design_is_named_by_what_most_proposals_have_not():
    found = space()
    assert found.say_usual() == "years 0, vote no, by law"
    both = [list(found.attributes[0].levels).index(2.0), 1, 1]
    assert found.say_briefly(both) == "years 2 · vote yes · by office"
    usual = [found.attributes[0].levels.index(0.0), 0, found.attributes[2].levels.index("law")]
    assert found.say_briefly(usual) == ""


def test_what_proposals_do_not_tell_is_noted():
    found = space(
        twin={"years": 2.0, "vote": False, "by": "law"},
        bare={},
        half={"years": 1.0},
    )
    assert found.notes == (
        "“Bare” is not described by attributes.",
        "“Half” does not say its by, vote.",
        "“Twin” has the same attributes as “Pause”: the first of which enough people were asked "
        "stands for both.",
    )
    mixed = DesignSpace.of({"a": {"x": 1.0}, "b": {"x": "much"}}, {"a": "A", "b": "B"})
    assert mixed.size == 0 and "mixes words with numbers" in mixed.notes[0]
    # Yes equals 1 to Python, and would be taken for the same level.
    for number in (0.0, 1.0, 2.0):
        beside = space({"a": {"x": True}, "b": {"x": number}, "c": {"x": False}})
        assert beside.size == 0
        assert beside.notes == ("The attribute 'x' mixes numbers with yes/no.",)
    every = space({"a": {"x": True}, "b": {"x": 1.0}, "c": {"x": "much"}})
    assert every.notes == ("The attribute 'x' mixes words with numbers with yes/no.",)
    same = DesignSpace.of({"a": {"x": 1.0}, "b": {"x": 1.0}}, {"a": "A", "b": "B"})
    assert same.size == 0 and same.notes[0].startswith("All proposals have the same x (1)")
    alone = DesignSpace.of({"a": {"x": 1.0}}, {"a": "A"})
    assert alone.size == 0
    assert DesignSpace.of({}, {}).size == 0


def test_numbers_between_are_new_and_those_beyond_are_refused():
    found = space().restricted({"years": ["0", "1"], "vote": ["yes"], "by": ["law"]})
    assert found.size == 2
    assert found.unseen(found.designs()).tolist() == [False, True]
    assert found.code(found.designs())[:, 1].tolist() == [-0.5, 0.0]
    assert found.proposal_levels[:, 0].tolist() == [-1, 0, 0]  # years 2 is not searched
    with pytest.raises(ChoiceError) as refused:
        space().restricted({"years": ["3"], "vote": ["0.5"], "by": ["decree"], "size": ["1"]})
    assert len(refused.value.faults) == 4


@given(st.floats(0, 2))
def test_a_level_between_lies_between_in_its_code(years: float):
    text = say_level(years)
    if not 0 <= float(text) <= 2:
        return
    found = space().restricted({"years": [text]})
    assert -0.5 <= found.code(found.designs())[0, 1] <= 0.5


def test_designs_that_cannot_be_are_never_listed():
    from dataclasses import replace

    found = space()
    possible = np.arange(found.size) % 2 == 0
    narrowed = replace(found, possible=possible)
    assert narrowed.count == len(narrowed.designs()) == 4
    fewer = narrowed.restricted({"vote": ["no"]})
    words = {fewer.say(row) for row in fewer.designs()}
    assert words == {narrowed.say(row) for row in narrowed.designs() if row[1] == 0}
