"""What was observed of a group, whoever asks for it: share, people, effective people, error."""

import numpy as np
import pytest

from mfp_stats.quantities.forecast.tables import Observed
from mfp_stats.quantities.observed_acceptance import ObservedShare, resampled_shares

ACCEPTS = np.array([1, 0, 1, -1, 1, 0])
INSIDE = np.array([True, True, True, True, False, False])


def test_those_of_the_group_who_answered_count_alike_or_by_weight():
    alike = ObservedShare.of(ACCEPTS, INSIDE, None)
    assert (alike.share, alike.asked, alike.n) == (pytest.approx(2 / 3), 3, 3)
    weighed = ObservedShare.of(ACCEPTS, INSIDE, np.array([1.0, 2.0, 1.0, 9.0, 9.0, 9.0]))
    assert (weighed.share, weighed.asked) == (pytest.approx(0.5), 3)
    assert weighed.n == pytest.approx(16 / 6)
    assert Observed.of(weighed) == Observed(weighed.share, 3, 3, 2)


def test_the_error_is_the_binomial_one_and_never_nothing():
    many = ObservedShare(0.3, 400, 400.0)
    assert many.error == pytest.approx(np.sqrt(0.3 * 0.7 / 400), rel=0.01)
    assert ObservedShare(1.0, 20, 20.0).error > 0.02


def test_nobody_asked_is_no_share():
    assert ObservedShare.of(ACCEPTS, ACCEPTS == -1, None) is None
    assert ObservedShare.of(ACCEPTS, INSIDE, np.zeros(6)) is None


def resampled(accepts: np.ndarray, weight: float | np.ndarray = 1.0) -> np.ndarray:
    rng = np.random.default_rng(4)
    draws = [
        resampled_shares(accepts, weight * rng.exponential(size=len(accepts)), rng)
        for _ in range(3000)
    ]
    return np.array(draws)


def test_resampled_shares_scatter_as_shares_of_that_many_people_do():
    rng = np.random.default_rng(3)
    answers = (rng.random((80, 2)) < (0.3, 0.7)).astype(np.int64)
    answers[40:, 1] = -1
    drawn = resampled(answers)
    for x, n in ((0, 80), (1, 40)):
        share = answers[:n, x].mean()
        assert drawn[:, x].mean() == pytest.approx((share * n + 1) / (n + 2), abs=0.005)
        assert drawn[:, x].std() == pytest.approx(np.sqrt(share * (1 - share) / n), rel=0.12)


def test_answers_of_the_same_people_are_resampled_together():
    same = np.repeat(np.random.default_rng(3).integers(0, 2, (60, 1)), 2, axis=1)
    drawn = resampled(same)
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 1])


def test_people_of_more_weight_count_for_more():
    answers = np.repeat([[1], [0]], 50, axis=0)
    weight = np.repeat([3.0, 1.0], 50)
    assert resampled(answers, weight).mean() == pytest.approx(0.75, abs=0.01)


def test_few_of_one_mind_are_not_certain():
    drawn = resampled(np.ones((12, 1), dtype=np.int64))
    assert drawn.mean() < 0.96 and drawn.std() > 0.03
