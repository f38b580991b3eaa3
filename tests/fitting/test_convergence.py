import time

import arviz_stats as az
import numpy as np
import pytest
from scipy.signal import lfilter

from mfp_stats.fitting.convergence import bulk_ess, e_bfmi, separation, split_rhat, tail_ess


def autoregressive(rng, rho, shape):
    noise = rng.normal(size=shape)
    return lfilter([1.0], [1.0, -rho], noise, axis=1)


@pytest.fixture(scope="module")
def draws():
    """Quantities of many kinds: white, slow, oscillating, heavy-tailed, shifted, binary."""
    rng = np.random.default_rng(5)
    shape = (4, 301, 4)
    shifted = rng.normal(size=shape) + np.array([0, 0, 0, 1.0])[:, None, None]
    kinds = [
        *(autoregressive(rng, rho, shape) for rho in (0.0, 0.5, 0.95, 0.999, -0.5, -0.9)),
        rng.standard_cauchy(shape),
        shifted,
        (rng.random(shape) < 0.3).astype(float),
        (rng.random(shape) < 0.002).astype(float),
    ]
    return np.concatenate(kinds, axis=2)


def one_by_one(function, draws, **kwargs):
    columns = np.moveaxis(draws, 2, 0)
    return np.array([function(column, chain_axis=0, draw_axis=1, **kwargs) for column in columns])


@pytest.mark.parametrize("length", [4, 5, 6, 9, 50, 301])
def test_figures_equal_arvizs(draws, length):
    short = draws[:, :length]
    short = short[:, :, np.ptp(short, axis=(0, 1)) > 0]
    assert split_rhat(short) == pytest.approx(one_by_one(az.rhat, short), nan_ok=True)
    assert bulk_ess(short) == pytest.approx(one_by_one(az.ess, short, method="bulk"))
    expected = one_by_one(az.ess, short, method="tail", prob=(0.05, 0.95))
    assert tail_ess(short) == pytest.approx(expected)


def test_energy_fraction_equals_arvizs(draws):
    energy = draws[:, :, 5]
    assert e_bfmi(energy) == pytest.approx(az.bfmi(energy, chain_axis=0, draw_axis=1))
    assert np.isnan(e_bfmi(np.ones((2, 10)))).all()


def test_white_noise_is_worth_its_number_of_draws():
    white = np.random.default_rng(1).normal(size=(4, 1000, 50))
    assert bulk_ess(white).mean() == pytest.approx(4000, rel=0.05)
    assert split_rhat(white).max() < 1.01


def test_a_slow_chain_is_worth_what_theory_says():
    slow = autoregressive(np.random.default_rng(1), 0.8, (4, 2000, 50))
    assert bulk_ess(slow).mean() == pytest.approx(8000 * (1 - 0.8) / (1 + 0.8), rel=0.1)


def test_a_constant_has_no_rhat():
    assert np.isnan(split_rhat(np.ones((4, 20, 1))))[0]
    stuck = np.ones((4, 20, 1)) * np.arange(4)[:, None, None]
    assert split_rhat(stuck)[0] == np.inf


def test_too_few_draws_give_no_figure():
    for figure in (split_rhat, bulk_ess, tail_ess):
        assert np.isnan(figure(np.zeros((4, 3, 2)))).all()


def test_separation_is_in_sds_within_a_chain():
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(4, 500, 1), scale=3)
    assert separation(draws)[0] < 0.3
    draws[2] += 30
    assert separation(draws)[0] == pytest.approx(10, rel=0.05)
    assert separation(draws[:1]) == [0]
    assert separation(np.ones((4, 5, 1)) * np.arange(4)[:, None, None])[0] == np.inf
    assert separation(np.ones((4, 5, 1)))[0] == 0


def test_a_thousand_quantities_take_less_than_two_seconds():
    draws = np.random.default_rng(3).normal(size=(4, 500, 1000))
    start = time.process_time()
    split_rhat(draws), bulk_ess(draws), tail_ess(draws)
    assert time.process_time() - start < 2
