"""Coordinates of pooled groups: the same prior, and one width whatever the scale."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from mfp_stats.likelihoods.pooling import partly_centred, typical_size


def at(scale: float, noise: float) -> tuple[float, float]:
    value = pt.dscalar()
    outputs = list(partly_centred(value, noise))
    sd, factor = pytensor.function([value], outputs, mode="FAST_COMPILE")(scale)
    return float(sd), float(factor)


@pytest.mark.parametrize("noise", [0.01, 0.2, 50.0])
@pytest.mark.parametrize("scale", [1e-4, 0.03, 0.5, 4.0])
def test_deviations_keep_their_sd_and_coordinates_have_one_width(scale: float, noise: float):
    sd, factor = at(scale, noise)
    assert sd * factor == pytest.approx(scale)
    # A normal prior of that sd and data that tell the deviation to within the noise.
    precision = 1 / sd**2 + (factor / noise) ** 2
    assert precision == pytest.approx(1.0)


def test_few_data_leave_the_coordinate_uncentred_and_many_centre_it():
    assert at(0.5, 1e6) == pytest.approx((1.0, 0.5))
    sd, factor = at(0.5, 1e-6)
    assert (sd * 1e-6, factor / 1e-6) == pytest.approx((0.5, 1.0))


def test_typical_size():
    assert typical_size(np.array([10, 40])) == pytest.approx(16.0)
    assert typical_size(np.array([0, 1])) == pytest.approx(1.0)  # an empty group tells nothing
