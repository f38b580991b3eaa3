"""Best–worst designs are balanced, and the same everywhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.questionnaire.designs import balance, best_worst_sets


@pytest.mark.parametrize(
    ("values", "sets", "size", "together"),
    [(7, 7, 3, 1), (7, 7, 4, 2), (13, 13, 4, 1), (6, 10, 3, 2), (9, 12, 3, 1), (5, 5, 4, 3)],
)
def test_a_block_design_is_found_where_there_is_one(values, sets, size, together):
    found = balance(best_worst_sets(values, sets, size), range(values))
    assert found.pairs == (together, together)
    assert found.values[0] == found.values[1] == sets * size // values
    assert found.even


@pytest.mark.parametrize("values", [5, 6, 7, 8, 9, 10])
def test_as_many_sets_as_values_are_even(values):
    assert balance(best_worst_sets(values, values, 4), range(values)).even


@settings(max_examples=40)
@given(st.data())
def test_every_design_is_sound(data):
    values = data.draw(st.integers(3, 10))
    size = data.draw(st.integers(3, min(values, 5)))
    sets = data.draw(st.integers(-(-values // size), 14))
    design = best_worst_sets(values, sets, size)
    assert len(design) == sets
    assert all(len(set(chosen)) == size for chosen in design)
    found = balance(design, range(values))
    assert found.values[0] >= 1
    assert found.values[1] - found.values[0] <= 1
    assert found.places[1] - found.places[0] <= 1
    if sets >= values:
        assert found.pairs[1] - found.pairs[0] <= 2


def test_a_design_does_not_change():
    """Stored answers are positions in these sets: another design is another questionnaire."""
    first = best_worst_sets(7, 7, 4)
    best_worst_sets.cache_clear()
    assert best_worst_sets(7, 7, 4) == first == FANO


FANO = (
    (6, 3, 1, 2),
    (0, 2, 5, 3),
    (2, 0, 4, 6),
    (5, 4, 2, 1),
    (1, 6, 0, 5),
    (4, 1, 3, 0),
    (3, 5, 6, 4),
)


def test_impossible_designs_are_refused():
    for values, sets, size in ((3, 4, 4), (9, 2, 4), (5, 5, 1)):
        with pytest.raises(ValueError, match="no design"):
            best_worst_sets(values, sets, size)


def test_balance_counts_names_too():
    found = balance([("a", "b"), ("b", "c")], ("a", "b", "c"))
    assert (found.values, found.pairs, found.places) == ((1, 2), (0, 1), (0, 1))
    assert found.even
