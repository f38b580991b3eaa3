import numpy as np
import pymc as pm
import pytest
from scipy import stats

from mfp_stats.errors import ModelError
from mfp_stats.fitting.prior import prior_predictive


@pytest.fixture(scope="module")
def model() -> pm.Model:
    with pm.Model(coords={"values": ["fair", "cheap"]}) as model:
        spread = pm.HalfNormal("spread", 2.0)
        importance = pm.Normal("importance", 1.0, 0.5, dims="values")
        pm.Deterministic("scaled", spread * importance, dims="values")
        pm.Normal("answers", importance[0], 1.0, observed=np.full(50, 9.0))
        pm.Potential("more_answers", -100 * (importance[1] + 5) ** 2)
    return model


def test_draws_come_from_the_prior_not_the_answers(model):
    drawn = prior_predictive(model, ["importance", "spread"], draws=2000)
    assert dict(drawn["importance"].sizes) == {"chain": 1, "draw": 2000, "values": 2}
    for column in drawn["importance"].values[0].T:
        assert stats.kstest(column, stats.norm(1.0, 0.5).cdf).pvalue > 0.001
    assert stats.kstest(drawn["spread"].values[0], stats.halfnorm(scale=2).cdf).pvalue > 0.001


def test_what_follows_from_the_draws_fits_them(model):
    drawn = prior_predictive(model, ["scaled", "importance", "spread"], draws=50)
    assert np.allclose(drawn["scaled"], drawn["spread"] * drawn["importance"])
    assert list(drawn["scaled"]["values"].values) == ["fair", "cheap"]


def test_a_seed_gives_the_same_draws(model):
    one, same, other = (prior_predictive(model, ["spread"], draws=5, seed=s) for s in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


def test_unknown_variables_are_all_named(model):
    with pytest.raises(ModelError) as caught:
        prior_predictive(model, ["spred", "answers", "spread"])
    assert [fault.where for fault in caught.value.faults] == ["prior.spred", "prior.answers"]
