"""When a step is sampled once more, and what is said where it is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.workflow.task import Displayed, Judged, Task

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
    assert judged.found == 2
    assert judged.step.gate.shown
    assert judged.step.settings.draws == 2 * DRAWS
    assert not task.notes


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
    assert effective[1] > 1.5 * effective[0]
    assert tuned == [200, 200]  # no more than was asked for
