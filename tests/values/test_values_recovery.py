"""What went into a simulated survey comes out of the values model."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.values import Values, summarise_values
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import (
    Truth,
    default_truth,
    expected_importance,
    expected_overlap,
    simulate_survey,
)

REPLICATES = 40


@pytest.fixture(scope="module")
def starter(checkout) -> Questionnaire:
    return load(checkout / "surveys" / "starter")


def survey(questionnaire: Questionnaire, *, n: int, seed: int) -> tuple[Truth, ModelData]:
    truth = default_truth(questionnaire, seed=seed)
    simulated = simulate_survey(questionnaire, truth, n=n, seed=seed)
    return truth, build_model_data(simulated.sheet, questionnaire)


def posterior_of(checkout, data: ModelData, *, draws: int, tune: int, seed: int) -> xr.Dataset:
    model = load_model(checkout / "models" / "values.py").build(data)
    settings = FitSettings(draws=draws, tune=tune, seed=seed)
    return sample(model, settings)["posterior"].to_dataset()


def values_of(checkout, data: ModelData, version: str, **settings: int) -> Values:
    posterior = posterior_of(checkout, data, **settings)
    return summarise_values(posterior, data, version=version, floor=10)


@pytest.fixture(scope="module")
def revealed(checkout, starter) -> tuple[Truth, ModelData, Values]:
    truth, data = survey(starter, n=240, seed=11)
    evidence = data.only_tradeoffs()
    return truth, data, values_of(checkout, evidence, "revealed", draws=150, tune=250, seed=3)


def test_importance_shares_lie_near_the_truth(revealed) -> None:
    truth, data, found = revealed
    share = found.draws["share"].sel(weighting="unweighted")
    expected = expected_importance(truth).sel(group=list(data.groups))
    off = (share.mean(("chain", "draw")) - expected.values) / share.std(("chain", "draw"))
    assert float(np.abs(off).max()) < 4
    assert float(share.std(("chain", "draw")).max()) < 0.06


def test_overlap_lies_near_the_truth(revealed) -> None:
    truth, _, found = revealed
    expected = expected_overlap(truth)["normalised"]
    for row in found.tables["overlap"].to_dicts():
        true = float(expected.sel(group_a=row["group_a"], group_b=row["group_b"]))
        width = row["normalised_q95"] - row["normalised_q05"]
        assert abs(row["normalised_mean"] - true) < 1.5 * width + 0.01


def test_tables_hold_every_group_value_and_pair_once(revealed) -> None:
    _, data, found = revealed
    values, overlap = found.tables["values"], found.tables["overlap"]
    assert len(values) == len(data.groups) * len(data.values)
    assert len(overlap) == len(data.groups) * (len(data.groups) - 1) // 2
    by_group = values.group_by("group").agg(pl.col("mean").sum())["mean"].to_numpy()
    np.testing.assert_allclose(by_group, 1.0, atol=1e-9)


def test_small_groups_are_left_out(revealed) -> None:
    _, data, _ = revealed
    evidence = data.only_tradeoffs()
    posterior = xr.Dataset(
        {
            "mu": (("chain", "draw", "groups", "values"), np.zeros((1, 4, 3, 5))),
            "v": (
                ("chain", "draw", "respondents", "values"),
                np.random.default_rng(0).normal(size=(1, 4, len(data.respondents), 5)),
            ),
        }
    )
    floor = int(np.sort(data.group_sizes)[0])
    found = summarise_values(posterior, evidence, version="revealed", floor=floor)
    assert len(found.draws["group"]) == 2
    hidden = data.groups[int(np.argmin(data.group_sizes))]
    assert hidden not in found.tables["values"]["group"].to_list()


def test_weights_change_what_they_should(revealed) -> None:
    _, data, _ = revealed
    evidence = data.only_tradeoffs()
    heavy = replace(evidence, weight=np.where(np.arange(len(data.respondents)) < 60, 3.0, 0.5))
    v = np.zeros((1, 8, len(data.respondents), 5))
    v[:, :, :60, 0] = 2.0
    posterior = xr.Dataset(
        {
            "mu": (("chain", "draw", "groups", "values"), np.zeros((1, 8, 3, 5))),
            "v": (("chain", "draw", "respondents", "values"), v),
        }
    )
    found = summarise_values(posterior, heavy, version="revealed", floor=10)
    share = found.draws["share"].mean(("chain", "draw")).sel(value=data.values[0])
    assert (share.sel(weighting="weighted") > share.sel(weighting="unweighted")).all()


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("version", ["revealed", "claimed"])
def test_intervals_cover_group_means(checkout, starter, version: str, record_property) -> None:
    """90 % intervals of the groups' importance shares cover 80–97 % of the true ones."""
    hits, cells = 0, 0
    for seed in range(REPLICATES):
        truth, data = survey(starter, n=240, seed=1000 + seed)
        evidence = data.only_tradeoffs() if version == "revealed" else data.only_ratings()
        found = values_of(checkout, evidence, version, draws=200, tune=300, seed=seed)
        share = found.draws["share"].sel(weighting="unweighted")
        low, high = (share.quantile(q, ("chain", "draw")).values for q in (0.05, 0.95))
        true = expected_importance(truth).sel(group=share["group"].values).values
        hits += int(((low <= true) & (true <= high)).sum())
        cells += true.size
    covered = hits / cells
    assert 0.80 <= covered <= 0.97, f"{version}: {hits} of {cells}"
    record_property("covered", f"{version}: {hits} of {cells}, {covered:.3f}")
