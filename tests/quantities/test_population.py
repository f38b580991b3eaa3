"""People drawn to stand for a group."""

import numpy as np
import pytest
from scipy import stats

from mfp_stats.errors import DesignError
from mfp_stats.quantities.population import resample, spread_normals


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


def test_spread_normals_are_normal_each_and_steady_together() -> None:
    rng = np.random.default_rng(1)
    drawn = np.stack([spread_normals(rng, 50, 3) for _ in range(2000)])  # (draws, rows, columns)
    assert np.isfinite(drawn).all()
    assert stats.kstest(drawn[:, 7, 1], "norm").pvalue > 0.001
    assert drawn.mean(axis=1).std() < 0.2 * 50**-0.5
    assert drawn.std(axis=1).std() < 0.5 * 100**-0.5
    # Columns, and rows of a draw, go their own ways.
    assert abs(np.corrcoef(drawn[:, :, 0].ravel(), drawn[:, :, 1].ravel())[0, 1]) < 0.03
    assert abs(np.corrcoef(drawn[:, 0, 0], drawn[:, 1, 0])[0, 1]) < 0.15
