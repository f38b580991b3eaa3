"""When a step is sampled once more, and what is said where it is not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.errors import Fault, FitFailed, FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.saved import FitRecord, Table, read_draws, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import read_manifest, read_table
from mfp_stats.workflow.task import Displayed, Judged, Task
from mfp_stats.workflow.tries import CAREFUL, TOLD_TUNE, second_settings

TOY = """
import pymc as pm
from collections.abc import Mapping
from mfp_stats.design.data import ModelData
from mfp_stats.fitting import Prior, model

@model(title="Toy", priors={"spread": Prior(1.0, "sd")})
def toy(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    with pm.Model() as built:
        pm.Normal("x", 0, priors["spread"], shape=3)
    return built
"""
DRAWS = 1000


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setenv("MFP_CACHE_DIR", str(tmp_path / "compiled"))
    file = tmp_path / "toy.py"
    file.write_text(TOY, encoding="utf-8")
    nobody = np.zeros(0, dtype=np.int64)
    data = ModelData("toy", "0", (), ("a",), ("A",), nobody, None, (), ())
    return Task(
        data=data,
        questionnaire=None,  # type: ignore[arg-type] - no step of the toy asks for it
        settings=FitSettings(draws=DRAWS, tune=200, seed=1),
        models={"toy": load_model(file)},
        priors={},
        report=WorkerReport(tmp_path),
    )


def fit(task: Task, memory: float) -> tuple[Judged[int], list[int]]:
    """Fit the toy; what is displayed of the first try forgets only ``memory`` of each draw."""
    tries: list[int] = []

    def display(posterior: xr.Dataset) -> Displayed[int]:
        tries.append(posterior.sizes["draw"])
        shown = posterior["x"].isel(x_dim_0=0)
        if len(tries) == 1:
            shown = shown.copy(data=slow(shown.values, memory))
        return Displayed(len(tries), shown.to_dataset(name="shown"))

    return task.fit("toy", "toy", task.data, display), tries


def slow(noise: np.ndarray, memory: float) -> np.ndarray:
    """Return an autoregression of order one driven by ``noise`` (chain, draw)."""
    found = noise.copy()
    for draw in range(1, noise.shape[1]):
        found[:, draw] = memory * found[:, draw - 1] + np.sqrt(1 - memory**2) * noise[:, draw]
    return found


def test_what_passes_is_sampled_once(task) -> None:
    judged, tries = fit(task, 0.0)
    assert judged.step.gate.shown
    assert tries == [DRAWS]


def test_what_nearly_passes_is_sampled_once_more(task) -> None:
    judged, tries = fit(task, 0.9)  # about 4,000 × 0.1 / 1.9 = 210 independent draws
    assert tries == [DRAWS, 2 * DRAWS]
    assert judged.made is not None and judged.made.found == 2
    assert judged.step.gate.shown
    assert judged.step.settings.draws == 2 * DRAWS
    assert not task.notes
    (first,) = judged.step.before
    assert (first.kind, first.settings.draws, first.long_directions) == ("first_try", DRAWS, ())
    assert {check.check for check in first.failed} <= {"r_hat", "bulk_ess", "tail_ess"}


def test_a_first_run_of_which_nothing_can_be_made_does_not_rule_out_a_second(task):
    """As where draws of one that hardly moved cannot be conditioned: the second may well be."""
    task = replace(task, settings=replace(task.settings, draws=60))  # too few for any check
    tries: list[int] = []

    def display(posterior: xr.Dataset) -> Displayed[int]:
        tries.append(posterior.sizes["draw"])
        if len(tries) == 1:
            raise FitFailed(Fault("conditioning", "some draws could not be conditioned"))
        return Displayed(2, posterior[["x"]])

    judged = task.fit("toy", "toy", task.data, display)
    assert len(tries) == 2
    assert judged.made is not None
    (first,) = judged.step.before
    assert "outcome" in {check.check for check in first.failed}


def test_nothing_made_of_draws_that_converged_is_a_failed_step(task):
    def display(posterior: xr.Dataset) -> Displayed[int]:
        raise FitFailed(Fault("conditioning", "some draws could not be conditioned"))

    judged = task.fit("toy", "toy", task.data, display)
    assert judged.made is None and judged.usable is None
    assert judged.step.before == ()
    assert judged.step.draws["posterior"].sizes["draw"] == DRAWS
    (fault,) = judged.step.gate.faults("toy")
    assert fault.what == "it ended without results"
    assert "conditioning: some draws could not be conditioned" in fault.fix


def test_a_sampler_that_fails_is_a_failed_step_and_its_pilot_none_at_all(task, tmp_path):
    """The other steps of the fit go on, and what can be saved is."""
    task.models["toy"] = load_model(write(tmp_path / "never.py", NEVER))

    def display(posterior: xr.Dataset) -> Displayed[int]:
        raise AssertionError("there is nothing to display")

    judged = task.fit("toy", "toy", task.data, display, pilot=100)
    assert judged.made is None
    assert [check.check for check in judged.step.gate.failed] == ["outcome"]
    assert "the sampler stopped" in judged.step.gate.failed[0].advice
    (pilot,) = judged.step.before
    assert (pilot.kind, pilot.settings.draws, pilot.failed[0].check) == ("pilot", 100, "outcome")
    record = FitRecord("f1", "toy", "0", "0", None, True, 1, datetime.now(UTC))
    table = Table("values", pl.DataFrame(), ("toy",))
    folder = save_fit(tmp_path / "fits", record, [judged.step], [table])
    (entry,) = read_manifest(folder)["steps"]
    assert entry["shown"] is False
    assert entry["before"][0]["run"] == "pilot"
    for ask in (lambda: read_draws(folder, "toy"), lambda: read_table(folder, "values")):
        with pytest.raises(FitRefused, match="toy: it ended without results"):
            ask()


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


#: Nowhere possible.
NEVER = TOY.replace(
    'pm.Normal("x", 0, priors["spread"], shape=3)',
    'x = pm.Normal("x", 0, priors["spread"], shape=3)\n'
    '        pm.Potential("never", pm.math.log(-1 - x[0] ** 2))',
)


def test_what_is_far_from_passing_stands_and_is_explained(task) -> None:
    judged, tries = fit(task, 0.985)  # about 30 independent draws
    assert tries == [DRAWS]
    assert not judged.step.gate.shown
    (note,) = task.notes
    assert note.startswith("toy was not sampled once more")


LONG = TOY.replace(
    'pm.Normal("x", 0, priors["spread"], shape=3)',
    'shared = pm.Normal("shared", 0, 30)\n'
    '        pm.Normal("x", shared, priors["spread"], shape=40)',
)


def test_a_pilot_tells_the_first_run_where_the_posterior_is_long(task, tmp_path) -> None:
    (tmp_path / "long.py").write_text(LONG, encoding="utf-8")
    models = {"toy": load_model(tmp_path / "long.py")}
    effective, tuned = [], []
    for pilot in (0, 250):
        own = replace(task, models=models, patient=False)

        def display(posterior: xr.Dataset) -> Displayed[None]:
            return Displayed(None, posterior[["shared"]])

        judged = own.fit("toy", "toy", own.data, display, pilot=pilot)
        effective.append(next(c.value for c in judged.step.gate.checks if c.check == "bulk_ess"))
        tuned.append(judged.step.settings.tune)
        assert judged.step.draws["posterior"].sizes["draw"] == DRAWS
    (told,) = judged.step.before
    assert (told.kind, told.settings.draws, told.failed) == ("pilot", 250, ())
    assert len(told.long_directions) == 1 and told.long_directions[0] > 2
    assert effective[1] > 1.5 * effective[0]
    assert tuned == [200, 200]  # no more than was asked for


def test_more_draws_alone_have_to_be_enough_where_a_pilot_told_the_rest(task, tmp_path) -> None:
    (tmp_path / "long.py").write_text(LONG, encoding="utf-8")
    own = replace(task, models={"toy": load_model(tmp_path / "long.py")})
    runs = {}
    for pilot in (0, 250):
        tries: list[int] = []

        def display(posterior: xr.Dataset, tries: list[int] = tries) -> Displayed[None]:
            tries.append(posterior.sizes["draw"])
            noise = np.random.default_rng(0).normal(size=(4, posterior.sizes["draw"]))
            shown = xr.DataArray(slow(noise, 0.93), dims=("chain", "draw"))  # about 140 of 4,000
            return Displayed(None, shown.to_dataset(name="shown"))

        own.fit("toy", "toy", own.data, display, pilot=pilot)
        runs[pilot] = len(tries)
    assert runs == {0: 2, 250: 1}


def judged_by(**passed: bool) -> GateResult:
    """Return the checks of a first try, 900 independent draws, some of which failed."""
    names = {"r_hat": 1.0, "bulk_ess": 900.0, "tail_ess": 900.0, "divergences": 1.0}
    return GateResult(
        tuple(Check(name, value, 0.0, passed.get(name, True)) for name, value in names.items())
    )


def test_a_run_that_only_diverged_is_made_again_as_long_with_smaller_steps(task) -> None:
    again = second_settings(task.settings, judged_by(divergences=False), None)
    assert again == replace(task.settings, target_accept=CAREFUL)
    eager = replace(task.settings, target_accept=0.96)  # the same again would diverge again
    assert second_settings(eager, judged_by(divergences=False), None).target_accept == 0.98


def test_a_run_that_diverged_and_was_too_short_is_made_longer_too(task) -> None:
    again = second_settings(task.settings, judged_by(divergences=False, tail_ess=False), None)
    assert (again.draws, again.tune) == (2 * DRAWS, 2 * task.settings.tune)
    assert again.target_accept == CAREFUL
    short = second_settings(task.settings, judged_by(bulk_ess=False), None)
    assert (short.draws, short.target_accept) == (2 * DRAWS, task.settings.target_accept)


def test_what_a_pilot_told_serves_the_second_try_of_a_run_that_diverged(task, tmp_path) -> None:
    (tmp_path / "long.py").write_text(LONG, encoding="utf-8")
    own = replace(task, models={"toy": load_model(tmp_path / "long.py")})
    used: list[tuple[FitSettings, bool]] = []
    once = Task._once

    def diverging(self, what, settings, directions, before):
        used.append((settings, directions is not None))
        judged = once(self, what, settings, directions, before)
        gate = judged_by(divergences=len(used) > 1)
        return replace(judged, step=replace(judged.step, gate=gate))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Task, "_once", diverging)
        judged = own.fit(
            "toy", "toy", own.data, lambda p: Displayed(None, p[["shared"]]), pilot=250
        )
    (first, along), (second, still_along) = used
    assert along and still_along
    assert second == replace(first, target_accept=CAREFUL)
    assert first.tune <= TOLD_TUNE
    assert [run.kind for run in judged.step.before] == ["pilot", "first_try"]
