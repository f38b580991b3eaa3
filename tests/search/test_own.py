"""What designs have of their own: as spread as it should be, apart from others', and lasting."""

import numpy as np
import pytest

from mfp_stats.quantities.search.own import SIGNS, drawn_own, signs_of
from mfp_stats.quantities.search.sweep import accepts_twice, enumerate_designs
from tests.search.stand_in import space_of, stand_in


def test_every_design_has_signs_of_its_own_whatever_else_is_searched():
    space = space_of((3, 4, 2, 3), 8)
    signs = signs_of(space, space.designs())
    together = signs @ signs.T
    np.testing.assert_allclose(np.diag(together), 1, atol=1e-5)
    apart = together[np.triu_indices(space.size, 1)]
    assert abs(apart.mean()) < 0.01
    assert apart.std() == pytest.approx(1 / np.sqrt(SIGNS), rel=0.1)
    narrowed = space.restricted({"part_1": ["level 2", "level 0"]})
    words = [space.say(row) for row in space.designs()]
    same = [words.index(narrowed.say(row)) for row in narrowed.designs()]
    np.testing.assert_array_equal(signs_of(narrowed, narrowed.designs()), signs[same])


def test_draws_are_as_spread_within_and_between_worldviews_and_groups_as_their_sds_say():
    rng = np.random.default_rng(2)
    weight = rng.normal(1, 0.3, (60, 3, 2, 4)).astype(np.float32)
    lack = np.broadcast_to([0.3, 0.2, 0.1], (60, 4, 3))
    found = drawn_own(lack, weight)
    same = np.eye(3)[:, None, :, None] - 1 / 3, np.eye(2)[None, :, None, :] - 1 / 2
    of_a_cell = 0.3**2 + 0.2**2 * same[1] + 0.1**2 * same[0]  # (G, C, G, C)
    wanted = np.einsum("sgck,shdk->sgchd", weight, weight) * of_a_cell
    drawn = np.einsum("sgcm,shdm->sgchd", found, found) / SIGNS
    np.testing.assert_allclose(drawn.mean(axis=0), wanted.mean(axis=0), atol=0.03)


def test_designs_are_compared_as_if_each_were_drawn_by_itself():
    space = space_of((3, 2, 3, 2), 6)
    model = stand_in(space, draws=400, lack=0.3)
    nobody = np.full(space.size, -1)
    alone, compared = accepts_twice(model, space, space.designs(), nobody)
    # A design by itself is as uncertain either way.
    np.testing.assert_allclose(compared.mean(axis=1), alone.mean(axis=1), atol=0.025)
    assert compared.std(axis=1).mean() == pytest.approx(alone.std(axis=1).mean(), rel=0.05)
    # Designs are told apart by more than one draw for all lets them be.
    differ = [(one - one[:1])[1:].std(axis=1).mean() for one in (alone, compared)]
    assert differ[1] > 1.1 * differ[0]


def test_designs_that_have_nothing_of_their_own_are_compared_as_they_are():
    space = space_of((3, 2, 3, 2), 6)
    scores = enumerate_designs(stand_in(space, draws=40), space, 0.5)
    every = np.arange(space.size)
    np.testing.assert_array_equal(scores.compared(every), scores.worst_draws(every))
