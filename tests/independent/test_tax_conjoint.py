"""The published marginal effects of the conjoint on income tax come out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.marginal_effects import drawn_marginal_effects, plain_marginal_effects
from mfp_stats.quantities.summaries import HIGH, LOW
from tests.independent.conjoint_model import conjoint_choices, pairs
from tests.independent.tax_plans import read_tax_plans

#: As printed beside the published software: effect, standard error where printed.
PUBLISHED = {
    "<10k: 15%": (-0.0897702241, 0.009883554),
    "<10k: 25%": (-0.2215066470, None),
    "175-375k: 35%": (0.0716090284, None),
}

#: As many people are enough for every run; the slow test takes all 2,000.
PEOPLE = 500


def test_the_plain_estimator_gives_the_published_effects(shared_data: Path) -> None:
    found = plain_marginal_effects(read_tax_plans(shared_data))
    rows = {row["level"]: row for row in found.to_dicts()}
    assert len(rows) == 32
    for level, (effect, error) in PUBLISHED.items():
        assert rows[level]["effect"] == pytest.approx(effect, abs=5e-10)
        if error is not None:
            assert rows[level]["standard_error"] == pytest.approx(error, abs=5e-10)


def fitted(profiles: ConjointProfiles, *, pooled: bool = True) -> pl.DataFrame:
    """Return plain estimates with the model's mean, sd and 90 % interval, references left out."""
    model = conjoint_choices(profiles, pooled=pooled)
    drawn = sample(model, FitSettings(draws=1000, tune=800, seed=4, target_accept=0.95))
    posterior, statistics = (drawn[name].to_dataset() for name in ("posterior", "sample_stats"))
    utility = posterior["utility"].values.reshape(-1, int(profiles.sizes.sum()))
    effects = drawn_marginal_effects(utility, profiles, pairs(profiles))
    varied = np.setdiff1d(np.arange(effects.shape[1]), profiles.starts)
    by_chain = effects.reshape(4, -1, effects.shape[1])[:, :, varied]
    gate = check_draws(xr.Dataset({"effect": (("chain", "draw", "level"), by_chain)}), statistics)
    assert gate.shown, gate.failed
    low, high = np.quantile(effects, [LOW, HIGH], axis=0)
    columns = {"mean": effects.mean(axis=0), "sd": effects.std(axis=0), "low": low, "high": high}
    return plain_marginal_effects(profiles).with_columns(**columns)[varied]


def covered(intervals: pl.DataFrame, effects: pl.Series) -> float:
    return float(((intervals["low"] <= effects) & (effects <= intervals["high"])).mean())


def test_a_quarter_of_the_people_foretells_the_published_effects(shared_data: Path) -> None:
    everyone = plain_marginal_effects(read_tax_plans(shared_data))
    published = everyone.drop_nulls("standard_error")["effect"]
    found = fitted(read_tax_plans(shared_data, people=PEOPLE))
    assert len(found) == len(published) == 25
    assert covered(found, published) >= 0.85
    # The plain estimates of the same few people are further off: revenue follows from rates, and
    # only pooling keeps their effects apart.
    plain, pooled = (float((found[name] - published).abs().mean()) for name in ("effect", "mean"))
    assert pooled < plain


@pytest.mark.slow
def test_without_pooling_the_plain_estimates_of_the_same_people_are_covered(
    shared_data: Path,
) -> None:
    found = fitted(read_tax_plans(shared_data, people=PEOPLE), pooled=False)
    assert covered(found, found["effect"]) >= 0.85
    # People differ, which the plain estimator's clustered errors hold and the model does not.
    assert 0.8 < (found["sd"] / found["standard_error"]).mean() < 1.05


@pytest.mark.slow
def test_the_model_covers_the_published_effects(shared_data: Path) -> None:
    found = fitted(read_tax_plans(shared_data))
    assert covered(found, found["effect"]) >= 0.85
    rows = {row["level"]: row for row in found.to_dicts()}
    for level, (effect, _) in PUBLISHED.items():
        assert rows[level]["low"] <= effect <= rows[level]["high"]
