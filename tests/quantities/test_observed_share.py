"""What was observed of a group, whoever asks for it: share, people, effective people, error."""

import numpy as np
import pytest

from mfp_stats.quantities.forecast.tables import Observed
from mfp_stats.quantities.observed_acceptance import ObservedShare

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
