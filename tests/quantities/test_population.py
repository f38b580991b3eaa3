"""People drawn to stand for a group."""

import numpy as np
import pytest

from mfp_stats.errors import DesignError
from mfp_stats.quantities.population import resample


def test_people_are_drawn_as_often_as_their_weight_give_or_take_one() -> None:
    weights = np.array([0.0, 1.0, 2.5, 0.5])
    drawn = np.bincount(resample(weights, 400, np.random.default_rng(1)), minlength=4)
    np.testing.assert_allclose(drawn, 400 * weights / weights.sum(), atol=1)
    assert drawn[0] == 0


def test_of_people_without_any_weight_nobody_is_drawn() -> None:
    """Not the first of them, over and over."""
    for nothing in (np.zeros(5), np.zeros(0)):
        with pytest.raises(DesignError, match="has a weight above zero"):
            resample(nothing, 10, np.random.default_rng(1))
