"""A step that fails takes nothing with it but what rests on it."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import Fault, FitFailed, FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import SPEC_FILE, Job
from mfp_stats.project import Project
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from mfp_stats.workflow import perception, start, task, values, worker
from mfp_stats.workflow.basis import PeopleDraws
from mfp_stats.workflow.responses import TABLES, fit_responses
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.simulated import Simulation, simulate_into
from mfp_stats.workflow.start import start_fit
from mfp_stats.workflow.task import Displayed, Judged, Part, Task
from mfp_stats.workflow.values import fit_values

STUCK = Fault("sampling", "the sampler stopped: all chains were stuck")
PASSED = GateResult((Check("r_hat", 1.0, 1.01, True),))


@pytest.fixture
def survey(checkout: Path) -> Questionnaire:
    return Project(checkout, checkout).questionnaire("ai_datacentres")


@pytest.fixture
def fitting(survey: Questionnaire, monkeypatch: pytest.MonkeyPatch):
    """Return a fit whose steps fail where named, and pass else with a stand-in for results."""
    truth = default_truth(survey, seed=2)
    sheet = simulate_survey(survey, truth, n=60, seed=2).sheet
    data = build_model_data(sheet, survey)

    def prepared(*failing: str) -> Any:
        def fit(own: Task, name: str, *_: Any, **__: Any) -> Judged[Any]:
            step = SimpleNamespace(name=name, gate=PASSED)
            if name in failing:
                step.gate = GateResult(()).and_no_results(FitFailed(STUCK))
                return Judged(step, None)
            found = SimpleNamespace(
                values=SimpleNamespace(tables=dict.fromkeys(values.TABLES, pl.DataFrame())),
                people=replace(PeopleDraws.without_values(data, 4), step=name),
            )
            return Judged(step, Displayed(found, None))

        monkeypatch.setattr(task.Task, "fit", fit)
        monkeypatch.setattr(values, "_perceived", lambda *_: Part())
        return Task(data, survey, None, {}, {}, None)

    return prepared


def rests_on(part: Part) -> dict[str, tuple[str, ...]]:
    return {table.name: tuple(table.steps) for table in part.tables}


def test_claims_are_not_put_in_the_place_of_choices_whose_fit_failed(fitting) -> None:
    own = fitting("values_revealed")
    assert own.data.has_tradeoffs and own.data.ratings is not None
    found = fit_values(own)
    assert found.failed == ("values_revealed",)
    assert found.basis is None
    assert rests_on(found)["values_claimed"] == ("values_claimed",)
    responses = fit_responses(own, found, Part(basis=SimpleNamespace(step="worldviews")))
    assert rests_on(responses) == dict.fromkeys(TABLES, ("values_revealed",))


def test_a_failed_fit_of_claims_keeps_nothing_from_being_built_on_choices(fitting) -> None:
    own = fitting("values_claimed")
    found = fit_values(own)
    assert found.basis.step == "values_revealed"
    assert rests_on(found)["overlap_differences"] == ("values_revealed", "values_claimed")
    # Worldviews are asked about and have failed too; claims are not to blame.
    failed = fitting("worldviews_two_classes")
    step = failed.fit("worldviews_two_classes").step
    responses = fit_responses(own, found, Part(steps=(step,)))
    assert rests_on(responses) == dict.fromkeys(TABLES, ("worldviews_two_classes",))


def test_claims_are_built_on_where_they_are_all_that_was_asked(fitting) -> None:
    own = fitting()
    own = replace(own, data=own.data.only_ratings())
    assert fit_values(own).basis.step == "values_claimed"


def test_tables_of_a_failed_fit_of_guesses_are_there_and_empty() -> None:
    made = perception._frames(None, None, None)
    assert len(made) == len(perception.TABLES)
    assert all(frame.is_empty() for frame in made)


@pytest.fixture
def project(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose fits end as where the sampler fails throughout."""

    def keep(folder: Path, spec: dict[str, object]) -> Job:
        write_json(folder / SPEC_FILE, spec)
        return Job(folder, pid=0)

    def fail(*_: Any, **__: Any) -> None:
        raise FitFailed(STUCK)

    monkeypatch.setattr(start, "start_job", keep)
    monkeypatch.setattr(task, "sample", fail)
    (tmp_path / "surveys").mkdir()
    return Project(tmp_path, checkout)


def test_a_fit_whose_sampler_fails_throughout_is_saved_and_says_why(project: Project) -> None:
    with Store.open(project.data) as store:
        simulate_into(project, store, "starter", Simulation(120, 3))
        job = start_fit(project, store, "starter")
    worker.main(job.job.folder)
    assert job.status.result == {"fit": job.fit_id}
    results = fit_of(project, "starter")
    assert {"values_revealed", "values_claimed"} <= set(results.failed_steps)
    for name in ("values", "overlap", "overlap_differences", "worldviews"):
        with pytest.raises(FitRefused, match=r"it ended without results.*all chains were stuck"):
            results.table(name)
    assert results.table("group_sizes")["n"].sum() == 120
    assert results.manifest["sources"] == {"import 1": 120}
    outcome = results.table("diagnostics").filter(check="outcome")
    assert not outcome["passed"].any() and len(outcome) == len(results.failed_steps)


def test_a_saved_fit_does_not_tell_how_small_a_group_is_that_it_hides(project: Project) -> None:
    questionnaire = project.questionnaire("starter")
    small, *others = (group.name for group in questionnaire.groups)
    sheet = Simulation(120, 3).sheet(questionnaire)
    of_small = pl.col(questionnaire.group) == 0
    sheet = pl.concat([sheet.filter(of_small).head(4), sheet.filter(~of_small)])
    with Store.open(project.data) as store:
        store.append_sheet(sheet, questionnaire, source=ImportSource("simulated: few", "0" * 64))
        job = start_fit(project, store, "starter")
    worker.main(job.job.folder)
    results = fit_of(project, "starter")
    sizes = results.table("group_sizes")
    assert sizes.filter("suppressed")["group"].to_list() == [small]
    withheld = sizes.filter(~pl.col("suppressed"), pl.col("n").is_null())["group"].to_list()
    assert len(withheld) == 1 and withheld[0] in others
    weights = results.table("weights").filter(pl.col("n").is_null())
    assert sorted(weights["group"]) == ["", *withheld]
    assert results.people is None
