"""What conditioning does to the response model, held to refits under other measurements."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from mfp_stats.design.data import Index, ModelData
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.response_slots import response_slots
from tests.suites.provenance import ROOT
from tests.suites.sbc.cases.responses import design

NAMES = ("log_deviation", "expected_weight", "signal_weight", "centred_intercept")


def survey() -> ModelData:
    """Answers that follow what people are known to expect, and hardly what else they rated."""
    rng = np.random.default_rng(6)
    data = design(reduced=False)
    assert data.responses is not None and data.index is not None
    member = np.exp(data.index.log_membership)[:, None, :]
    place = (data.index.expected[..., 0] * member).sum(axis=2)

    def answered(asked: np.ndarray, place: np.ndarray) -> np.ndarray:
        noisy = place + rng.logistic(size=asked.shape)
        return np.where(asked < 0, -1, np.digitize(noisy, [-1.0, 0.0, 1.0]))

    given = data.responses
    assert given.stipulated is not None
    answers = answered(given.answers, place)
    stipulated = answered(given.stipulated, np.zeros_like(place))
    return replace(data, responses=replace(given, answers=answers, stipulated=stipulated))


def measured_otherwise(index: Index, seed: int) -> Index:
    rng = np.random.default_rng(seed)
    return replace(
        index,
        expected=index.expected + 0.5 * rng.standard_normal(index.expected.shape),
        signal=index.signal + 0.5 * rng.standard_normal(index.signal.shape),
    )


@pytest.mark.slow
def test_draws_move_as_far_as_refits_do() -> None:
    data = survey()
    assert data.responses is not None and data.index is not None
    slots = response_slots(data.responses)
    settings = FitSettings(draws=500, tune=400, seed=1, cores=1)
    model = load_model(ROOT / "models" / "responses.py").build(data)

    def fitted() -> xr.Dataset:
        return sample(model, settings)["posterior"].to_dataset()

    before = fitted()
    few = before.isel(draw=slice(None, None, 5))
    mean = {name: model[name].get_value() for name in slots.moments(data.index)}
    for seed in range(3):
        given = slots.moments(measured_otherwise(data.index, seed))
        total = few.sizes["chain"] * few.sizes["draw"]
        found = condition_draws(model, few, (given for _ in range(total)))
        for name, array in given.items():
            model[name].set_value(array)
        refitted = fitted()
        for name, array in mean.items():
            model[name].set_value(array)
        for name in NAMES:
            over = ("chain", "draw")
            off = (found[name] - few[name]).mean(over) - (refitted[name] - before[name]).mean(over)
            assert (abs(off) < 0.3 * before[name].std(over)).all(), (seed, name)
