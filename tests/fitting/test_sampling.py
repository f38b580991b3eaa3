import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr

from mfp_stats.errors import FitCancelled, FitFailed, ModelError, ProjectError
from mfp_stats.fitting import compiling, sampling
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings

TINY = FitSettings(draws=60, tune=150, cores=2, seed=3, progress_seconds=0.05)
ANSWERS = np.array([0.9, 1.1, 1.0, 1.3, 0.7])


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(compiling.CACHE_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def small() -> pm.Model:
    with pm.Model(coords={"values": ["fair", "cheap", "safe"]}) as model:
        centre = pm.Normal("centre", 0, 10)
        pm.ZeroSumNormal("importance", dims="values")
        spread = pm.HalfNormal("spread", 1)
        pm.Deterministic("double", 2 * centre)
        pm.Normal("answers", centre, spread, observed=ANSWERS)
    return model


@pytest.fixture(scope="module")
def drawn(small) -> xr.DataTree:
    return sample(small, TINY)


def test_the_posterior_is_that_of_the_model(drawn):
    posterior = drawn["posterior"]
    assert dict(posterior["importance"].sizes) == {"chain": 4, "draw": 60, "values": 3}
    assert list(posterior["values"].values) == ["fair", "cheap", "safe"]
    assert float(posterior["centre"].mean()) == pytest.approx(ANSWERS.mean(), abs=0.1)
    assert np.allclose(posterior["double"], 2 * posterior["centre"])
    assert set(drawn.children) == {"posterior", "sample_stats"}
    assert {"diverging", "energy", "logp"} <= set(drawn["sample_stats"].data_vars)
    assert drawn["sample_stats"].attrs["sampling_seconds"] > 0


def test_a_seed_gives_the_same_draws_on_any_number_of_cores(small, drawn):
    alone = FitSettings.from_dict(TINY.to_dict() | {"cores": 1})
    again = sample(small, alone)
    assert np.array_equal(again["posterior"]["centre"], drawn["posterior"]["centre"])
    other = FitSettings.from_dict(TINY.to_dict() | {"seed": 4, "draws": 5, "tune": 20})
    assert not np.array_equal(
        sample(small, other)["posterior"]["centre"], drawn["posterior"]["centre"][:, :5]
    )


def test_compiled_code_is_kept(drawn, own_cache):
    assert any(own_cache.iterdir())


def test_another_cache_counts_from_the_next_model_on(drawn, small, monkeypatch, tmp_path):
    monkeypatch.setenv(compiling.CACHE_VARIABLE, str(tmp_path))
    sample(small, FitSettings.from_dict(TINY.to_dict() | {"draws": 5, "tune": 20}))
    assert any(tmp_path.iterdir())


def test_the_cache_is_the_users_unless_overridden(monkeypatch, tmp_path):
    monkeypatch.setenv(compiling.CACHE_VARIABLE, str(tmp_path))
    assert compiling.cache_folder() == tmp_path
    monkeypatch.delenv(compiling.CACHE_VARIABLE)
    assert "mfp-stats" in str(compiling.cache_folder())


ONE_THREAD = """
import sys
from pathlib import Path
import pymc as pm
from mfp_stats.fitting.compiling import compile_model
with pm.Model() as model:
    pm.Normal("x", shape=30)
compiled = compile_model(model)
compiled._make_logp_func()(compiled._make_initial_points(1))
names = [file.read_text().strip() for file in Path("/proc/self/task").glob("*/comm")]
sys.stdout.write(str(names.count("tf_XLAEigen")))
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are told by Linux only")
@pytest.mark.parametrize("asked", [None, "2"])
def test_gradients_are_computed_on_one_thread_unless_more_are_asked_for(asked, own_cache):
    others = {k: v for k, v in os.environ.items() if k != compiling.THREADS_VARIABLE}
    given = {} if asked is None else {compiling.THREADS_VARIABLE: asked}
    words = [sys.executable, "-c", ONE_THREAD]
    done = subprocess.run(words, env=others | given, capture_output=True, text=True, check=True)
    assert done.stdout == (asked or "1")


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ProjectError, match=f"file.*{compiling.CACHE_VARIABLE}"):
        compiling.configure_jax(tmp_path / "file")


def test_progress_reaches_the_callers_thread(small):
    seen = []
    sample(small, TINY, on_progress=lambda p: seen.append((threading.get_ident(), p)))
    assert {thread for thread, _ in seen} == {threading.get_ident()}
    last = seen[-1][1]
    assert len(last.chains) == 4
    assert {chain.total for chain in last.chains} == {210}


def test_only_what_is_asked_for_is_kept(small):
    brief = FitSettings(draws=5, tune=20, cores=2)
    posterior = sample(small, brief, keep=["importance"])["posterior"]
    assert "importance" in posterior
    assert "double" not in posterior


def test_chains_start_close_to_where_they_are_told(small):
    compiled = compiling.compile_model(
        small, initial={"importance": [1.0, -0.5, -0.5], "spread": 0.25}
    )
    starts = [compiled._make_initial_points(seed) for seed in (1, 2)]
    forward = small.rvs_to_transforms[small["importance"]].forward
    expected = forward(pt.as_tensor(np.array([1.0, -0.5, -0.5]))).eval()
    told = [*expected, np.log(0.25)]
    fixed = [np.isclose(s[:, None], told, atol=compiling.NUDGE).any(axis=1) for s in starts]
    assert [mask.sum() for mask in fixed] == [3, 3]
    centres = [start[~mask] for start, mask in zip(starts, fixed, strict=True)]
    assert centres[0] != centres[1]


def test_initial_values_that_do_not_fit_are_all_named(small):
    with pytest.raises(ModelError) as caught:
        compiling.compile_model(
            small,
            initial={"centre": [1.0, 2.0], "spread": np.nan, "spred": 1.0},
            keep=["dobule"],
        )
    assert sorted(fault.where for fault in caught.value.faults) == [
        "initial.centre",
        "initial.spread",
        "initial.spred",
        "keep.dobule",
    ]


def test_models_that_cannot_be_sampled_are_refused():
    with pm.Model() as discrete:
        pm.Bernoulli("member", 0.5)
    with pytest.raises(ModelError, match="member: is discrete"):
        sample(discrete, TINY)
    with pm.Model() as empty:
        pm.Deterministic("constant", pt.zeros(2))
    with pytest.raises(ModelError, match="no free variable"):
        sample(empty, TINY)


def test_a_model_without_a_finite_density_fails_with_the_reason():
    with pm.Model() as model:
        x = pm.Normal("x")
        pm.Potential("nowhere", pt.log(-1 - x**2))
    with pytest.raises(FitFailed, match="All initialization points failed") as caught:
        sample(model, TINY)
    assert "backtrace" not in str(caught.value)


def test_a_funnel_is_sampled_and_then_refused():
    with pm.Model(coords={"groups": range(8)}) as funnel:
        log_sd = pm.Normal("log_sd", 0, 3)
        pm.Normal("effect", 0, pt.exp(log_sd), dims="groups")
    drawn = sample(funnel, FitSettings(draws=100, tune=150, cores=2, maxtreedepth=7))
    result = check_draws(drawn["posterior"].to_dataset(), drawn["sample_stats"].to_dataset())
    assert not result.shown
    assert {"divergences", "r_hat", "bulk_ess"} & {check.check for check in result.failed}


def test_an_easy_posterior_is_shown():
    with pm.Model(coords={"groups": range(8)}) as easy:
        pm.Normal("effect", 0, 1, dims="groups")
    drawn = sample(easy, FitSettings(draws=400, tune=300, cores=2, seed=1))
    check_draws(drawn["posterior"].to_dataset(), drawn["sample_stats"].to_dataset()).require("easy")


def slow_model() -> pm.Model:
    with pm.Model() as model:
        pm.Normal("x", shape=2000)
    return model


def test_cancelling_stops_the_chains_at_once():
    long = FitSettings(draws=20000, tune=2000, cores=2, progress_seconds=0.05)
    asked: list[float] = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 8

    with pytest.raises(FitCancelled):
        sample(slow_model(), long, cancelled=cancelled)
    assert time.monotonic() - asked[-1] < 2


def test_what_a_callback_raises_reaches_the_caller(small):
    def broken(progress):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sample(slow_model(), TINY, on_progress=broken)


def padded(draws: int, chains: int = 4) -> xr.DataTree:
    values = np.ones((chains, draws))
    values[-1, draws // 2 :] = np.nan
    group = xr.Dataset({"x": (("chain", "draw"), values)})
    return xr.DataTree.from_dict({"posterior": group, "sample_stats": group})


def test_a_posterior_padded_with_nan_is_refused(monkeypatch, small):
    monkeypatch.setattr(sampling, "_run", lambda *_: padded(TINY.draws))
    with pytest.raises(FitFailed, match=r"posterior\.x: 12\.50% of its draws are NaN"):
        sample(small, TINY)


def test_a_short_posterior_is_refused(monkeypatch, small):
    monkeypatch.setattr(sampling, "_run", lambda *_: padded(10, chains=3))
    with pytest.raises(FitFailed) as caught:
        sample(small, TINY)
    assert "has 10 of 60 draws" in str(caught.value)
    assert "has 3 of 4 chains" in str(caught.value)


def test_chains_may_be_told_to_start_exactly_at_a_mode():
    with pm.Model() as model:
        centre = pm.Normal("centre", 0, 1, shape=2)
        pm.Bernoulli("answers", logit_p=centre[0], observed=[0, 1])
    posterior = sample(model, TINY, initial={"centre": np.zeros(2)})["posterior"]
    assert float(posterior["centre"].mean()) == pytest.approx(0, abs=0.5)
