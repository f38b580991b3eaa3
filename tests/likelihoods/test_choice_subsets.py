"""All picked sets at once, and single picks with persons integrated out."""

from itertools import permutations

import numpy as np
import pytest

from mfp_stats.design.data import ModelData, Picks, Ratings
from mfp_stats.likelihoods.answer_patterns import answer_counts, group_patterns
from mfp_stats.likelihoods.contrasts import contrast_basis
from mfp_stats.likelihoods.subsets import (
    is_integrable,
    normal_nodes,
    offers,
    set_probabilities,
)

W = np.exp([[0.3], [-1.1], [2.0], [0.9]])


def data(*, picks=None, ratings=None, persons=4, values=4):
    names = tuple("abcd"[:values])
    group = np.arange(persons) % 2
    people = tuple(str(i) for i in range(persons))
    return ModelData(
        "s", "h", people, ("g", "h"), ("G", "H"), group, None, names, names,
        picks=picks, ratings=ratings,
    )  # fmt: skip


def picked(rows, offered=None):
    chosen = np.array(rows, dtype=bool)
    offered = np.ones_like(chosen) if offered is None else np.array(offered, dtype=bool)
    return Picks(np.arange(len(rows)), offered, chosen)


def test_sets_have_the_probability_of_their_orders():
    survey = data(picks=picked([[1, 1, 1, 0], [0, 1, 0, 0]]))
    (offer,) = offers(survey)
    by_size = set_probabilities(W, offer)
    assert [len(p) for p in by_size] == [4, 6, 4]
    for level, probability in zip(offer.levels[1:], by_size, strict=True):
        assert probability.sum() == pytest.approx(1)
        for members, found in zip(level.members, probability[:, 0], strict=True):
            expected = 0.0
            for order in permutations(members):
                left, p = W.sum(), 1.0
                for k in order:
                    p *= W[k, 0] / left
                    left -= W[k, 0]
                expected += p
            assert found == pytest.approx(expected)


def test_each_person_is_counted_in_the_set_picked():
    rows = [[1, 1, 0, 0], [0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 1]]
    (offer,) = offers(data(picks=picked(rows)))
    members = [tuple(m) for level in offer.levels[1:] for m in level.members]
    counts = offer.counts(np.array([0, 1, 0, 1]), 2)
    assert counts[members.index((0, 1))].tolist() == [2, 0]
    assert counts[members.index((3,))].tolist() == [0, 2]
    assert counts.sum() == 4


def test_different_offers_are_kept_apart():
    offered = [[1, 1, 1, 1], [1, 1, 0, 1]]
    survey = data(picks=picked([[0, 1, 0, 0], [0, 0, 0, 1]], offered))
    narrow, wide = offers(survey)
    assert narrow.person.tolist() == [1]
    assert wide.person.tolist() == [0]
    assert set_probabilities(W, narrow)[0].sum() == pytest.approx(1)


def test_persons_are_integrated_out_only_where_one_pick_is_all_there_is():
    once = picked([[1, 0, 0, 0], [0, 1, 0, 0]])
    assert is_integrable(data(picks=once))
    twice = Picks(np.array([0, 0]), once.offered, once.chosen)
    assert not is_integrable(data(picks=twice))
    rated = Ratings(np.array([0]), np.array([1]), np.array([2]), ("low", "mid", "high"))
    assert not is_integrable(data(picks=once, ratings=rated))
    assert not is_integrable(data(ratings=rated))


def test_nodes_are_spread_like_a_standard_normal():
    nodes = normal_nodes(4)
    np.testing.assert_allclose(nodes.mean(axis=1), 0, atol=0.01)
    np.testing.assert_allclose(nodes @ nodes.T / nodes.shape[1], np.eye(4), atol=0.06)


@pytest.mark.parametrize("k", [2, 3, 7])
def test_contrasts_are_orthonormal_and_sum_to_zero(k):
    basis = contrast_basis(k)
    np.testing.assert_allclose(basis.T @ basis, np.eye(k - 1), atol=1e-12)
    np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)


def test_alike_answers_of_one_group_become_one_pattern():
    person, value = np.array([0, 0, 1, 2, 2, 3]), np.array([0, 1, 0, 0, 1, 0])
    level = np.array([2, 0, 1, 2, 0, 2])
    survey = data(ratings=Ratings(person, value, level, ("low", "mid", "high")), values=2)
    first, second = group_patterns(survey)
    assert first.persons.tolist() == [2]
    assert first.given[0].reshape(2, 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert second.persons.tolist() == [1, 1]
    np.testing.assert_array_equal(answer_counts(survey).sum(axis=1), [2, 1, 2, 1])
