"""Choice likelihoods against enumeration of every possible answer."""

from itertools import combinations, permutations

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from mfp_stats.design.data import BestWorst, Picks, Rankings
from mfp_stats.errors import DesignError
from mfp_stats.likelihoods import choice

UTILITY = np.array([[0.3, -1.2, 2.0], [1.1, 0.4, -3.0], [-0.7, 0.9, 0.5], [-0.7, -0.1, 0.5]])
K, N = UTILITY.shape


def stage_log_likelihood(best_worst=None, rankings=None, utility=UTILITY):
    values, persons = utility.shape
    found = choice.stages(best_worst, rankings, persons=persons, values=values)
    u = pt.matrix()
    out = choice.choice_stages(u, *(pt.constant(array) for array in found.arrays().values()))
    return pytensor.function([u], out, mode="FAST_COMPILE")(utility)


def pick_log_likelihood(picks, utility=UTILITY):
    found = choice.picked_sets(picks, persons=utility.shape[1])
    u = pt.matrix()
    out = choice.pick_sets(
        u,
        pt.constant(found.chosen),
        pt.constant(found.unchosen),
        pt.constant(found.size),
        largest=len(found.size),
    )
    return pytensor.function([u], out, mode="FAST_COMPILE")(utility)


def softmax(u):
    w = np.exp(u)
    return w / w.sum()


def exploded(u, order, offered):
    left, p = list(offered), 1.0
    for k in order:
        p *= softmax(u[left])[left.index(k)]
        left.remove(k)
    return p


def test_best_worst_is_best_by_softmax_then_worst_by_reversed_softmax():
    tasks = BestWorst(
        person=np.array([0, 2, 0]),
        shown=np.array([[0, 2, 3], [3, 1, 0], [1, 3, -1]]),
        best=np.array([1, 0, 0]),
        worst=np.array([0, 2, -1]),
    )
    u = UTILITY
    first = np.log(softmax(u[[0, 2, 3], 0])[1] * softmax(-u[[0, 3], 0])[0])
    third = np.log(softmax(u[[1, 3], 0])[0])
    second = np.log(softmax(u[[3, 1, 0], 2])[0] * softmax(-u[[1, 0], 2])[1])
    np.testing.assert_allclose(stage_log_likelihood(tasks), [first + third, 0, second])


def test_best_worst_answers_of_one_set_sum_to_one():
    answers = [(b, w) for b in range(4) for w in range(4) if b != w]
    total = 0.0
    for best, worst in answers:
        task = BestWorst(
            np.array([0]), np.array([[2, 0, 1, 3]]), np.array([best]), np.array([worst])
        )
        total += np.exp(stage_log_likelihood(task)[0])
    assert total == pytest.approx(1)


def test_sets_are_counted_where_a_design_has_few_and_kept_by_person_where_it_has_many():
    u = np.random.default_rng(5).normal(0, 2, size=(4, 6))
    pairs = np.array(list(combinations(range(4), 2)))
    answers = {"best": np.array([0, 1, 0, 1, 1, 0]), "worst": np.full(6, -1)}
    own = BestWorst(np.arange(6), pairs, **answers)
    kept = choice.stages(own, None, persons=6, values=4)
    assert kept.best_sets.shape == (1, 4, 6)
    same = BestWorst(np.arange(6), np.tile([2, 0, 3], (6, 1)), **answers)
    counted = choice.stages(same, None, persons=6, values=4)
    assert counted.best_sets.shape == (1, 4)
    assert (counted.best_times == 1).all()
    for tasks in (own, same):
        each = [
            np.log(softmax(u[shown, person])[best])
            for person, shown, best in zip(tasks.person, tasks.shown, tasks.best, strict=True)
        ]
        np.testing.assert_allclose(stage_log_likelihood(tasks, utility=u), each)


def test_arrays_of_a_design_have_the_same_shapes_whatever_was_answered():
    shown = np.tile(np.arange(4), (6, 1))
    shapes = {
        tuple(array.shape for array in found.arrays().values())
        for best in range(4)
        for worst in {*range(4)} - {best}
        for found in [
            choice.stages(
                BestWorst(np.repeat(np.arange(3), 2), shown, np.full(6, best), np.full(6, worst)),
                None,
                persons=3,
                values=4,
            )
        ]
    }
    assert len(shapes) == 1


@pytest.mark.parametrize("ranked", [1, 2, 3, 4])
def test_rankings_are_exploded_logits_and_sum_to_one(ranked):
    total = 0.0
    for order in permutations(range(K), ranked):
        task = Rankings(
            person=np.array([1]),
            offered=np.ones((1, K), dtype=bool),
            order=np.array([[*order, *[-1] * (K - ranked)]]),
        )
        found = np.exp(stage_log_likelihood(rankings=task)[1])
        assert found == pytest.approx(exploded(UTILITY[:, 1], order, range(K)))
        total += found
    assert total == pytest.approx(1)


def test_ranking_of_what_was_offered_only():
    task = Rankings(
        person=np.array([0]),
        offered=np.array([[True, False, True, True]]),
        order=np.array([[2, 0, 3, -1]]),
    )
    expected = np.log(exploded(UTILITY[:, 0], (2, 0, 3), (0, 2, 3)))
    assert stage_log_likelihood(rankings=task)[0] == pytest.approx(expected)


def test_picked_sets_sum_the_orders_that_could_have_led_to_them():
    sets = [s for size in (1, 2, 3) for s in combinations(range(K), size)]
    for picked in sets:
        chosen = np.zeros((1, K), dtype=bool)
        chosen[0, list(picked)] = True
        task = Picks(np.array([2]), np.ones((1, K), dtype=bool), chosen)
        expected = sum(exploded(UTILITY[:, 2], o, range(K)) for o in permutations(picked))
        assert np.exp(pick_log_likelihood(task)[2]) == pytest.approx(expected)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_sets_of_one_size_sum_to_one_even_for_extreme_utilities(size):
    u = np.array([[-30.0], [0.1], [25.0], [3.0], [-2.0], [1.0]])
    rows = list(combinations(range(6), size))
    chosen = np.zeros((len(rows), 6), dtype=bool)
    for row, picked in zip(chosen, rows, strict=True):
        row[list(picked)] = True
    persons = np.arange(len(rows))
    task = Picks(persons, np.ones_like(chosen), chosen)
    found = pick_log_likelihood(task, np.tile(u, (1, len(rows))))
    assert np.isfinite(found).all()
    assert np.exp(found).sum() == pytest.approx(1)


def test_tasks_of_different_sizes_and_counts_share_one_evaluation():
    offered = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]], dtype=bool)
    chosen = np.array([[1, 1, 1, 0], [0, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)
    together = pick_log_likelihood(Picks(np.array([0, 0, 2]), offered, chosen))
    alone = [
        pick_log_likelihood(Picks(np.array([p]), offered[[t]], chosen[[t]]))
        for t, p in enumerate([0, 0, 2])
    ]
    np.testing.assert_allclose(together, np.sum(alone, axis=0))
    assert together[1] == 0


def test_more_picks_than_the_recursion_holds_are_refused():
    chosen = np.array([[True] * 9 + [False]])
    with pytest.raises(DesignError, match="at most 8"):
        choice.picked_sets(Picks(np.array([0]), np.ones((1, 10), dtype=bool), chosen), persons=1)


def test_slots_count_within_each_person():
    np.testing.assert_array_equal(choice.slots(np.array([3, 1, 3, 3, 1])), [0, 0, 1, 2, 1])
