"""Margins of the population on their way into a fit, and what a fit says of its weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import DesignError, MarginsError
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import SPEC_FILE, Job
from mfp_stats.project import MARGINS_FILE, Project
from mfp_stats.store import Store
from mfp_stats.views.weighting import describe_weights
from mfp_stats.weights import Margins, design_effect
from mfp_stats.workflow import start, worker
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.simulated import Simulation, simulate_into
from mfp_stats.workflow.start import start_fit
from mfp_stats.workflow.tables import weights
from mfp_stats.workflow.task import Part
from tests.questionnaires import all_roles, sheet_of

SHARES = "relation: {residents: 0.6, workers: 0.3, owners: 0.1}\n"


@pytest.fixture
def project(tmp_path: Path, checkout: Path) -> Project:
    """A project that holds nothing yet but its margins of the shipped survey."""
    (tmp_path / "surveys" / "starter").mkdir(parents=True)
    (tmp_path / "surveys" / "starter" / MARGINS_FILE).write_text(SHARES)
    found = Project(tmp_path, checkout)
    with Store.open(found.data) as store:
        simulate_into(found, store, "starter", Simulation(120, 3))
    return found


@pytest.fixture
def started(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Start a fit, but not its process; return the job's folder."""
    jobs: list[Path] = []

    def keep(folder: Path, spec: dict[str, object]) -> Job:
        write_json(folder / SPEC_FILE, spec)
        jobs.append(folder)
        return Job(folder, pid=0)

    monkeypatch.setattr(start, "start_job", keep)

    def run(**options: Path) -> Path:
        with Store.open(project.data) as store:
            start_fit(project, store, "starter", **options)
        return jobs[-1]

    return run


def test_the_margins_beside_the_questionnaire_go_with_the_job(project, started) -> None:
    assert (started() / MARGINS_FILE).read_text() == SHARES


def test_margins_that_are_given_come_first(started, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("relation: {residents: 0.5, workers: 0.3, owners: 0.2}")
    assert (started(margins=file) / MARGINS_FILE).read_text() == file.read_text()


def test_a_survey_without_margins_is_not_raked(project, started) -> None:
    (project.root / "surveys" / "starter" / MARGINS_FILE).unlink()
    assert not (started() / MARGINS_FILE).exists()


def test_faulty_margins_stop_a_fit_before_it_starts(started, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("relation: {residents: 0.5, farmers: 0.5}")
    with pytest.raises(MarginsError, match="unknown option of relation 'farmers'"):
        started(margins=file)
    file.write_text("relation: {residents: 0.5, workers: 0.5}")
    with pytest.raises(DesignError, match=r"relation.owners: \d+ respondents chose it"):
        started(margins=file)
    with pytest.raises(MarginsError, match="cannot be read"):
        started(margins=tmp_path / "none.yaml")


def test_the_fit_says_that_it_is_raked_and_what_that_costs(
    project, started, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("fit_values", "fit_worldviews", "fit_responses"):
        monkeypatch.setattr(worker, part, lambda task, *_: Part(), raising=False)
    worker.main(started())
    results = fit_of(project, "starter")
    assert results.manifest["weighting"] == "raked"
    assert results.manifest["margins"] == {
        "relation": {"residents": 0.6, "workers": 0.3, "owners": 0.1}
    }
    assert any("raked to shares of the population" in n for n in results.manifest["notes"])
    assert "weighted estimates" not in results.table("unavailable")["quantity"].to_list()
    table = results.table("weights")
    assert set(table["weighting"]) == {"unweighted", "raked"}
    # Within a group everybody counts alike, as the margin is of the groups; over all they differ.
    raked = table.filter(pl.col("weighting") == "raked")
    inside = raked.filter(pl.col("group") != "")
    np.testing.assert_allclose(inside["design_effect"], 1)
    assert raked.filter(pl.col("group") == "")["design_effect"].item() > 1.01


def test_small_groups_are_left_out_of_the_weights() -> None:
    q = all_roles()
    rows = [{"relation": 0, "town": k % 2, "blame": k % 2} for k in range(20)]
    rows += [{"relation": 1, "town": 0, "blame": 1}] * 5
    margins = Margins({"town": {"north": 0.3, "south": 0.7}})
    data = build_model_data(sheet_of(q, rows), q, margins=margins)
    frame = weights(data, floor=10).frame
    assert frame.select("weighting", "group", "n").rows() == [
        ("unweighted", "", 20),
        ("unweighted", "resident", 20),
        ("raked", "", 20),
        ("raked", "resident", 20),
    ]
    assert data.weight is not None
    effect = design_effect(data.weight[:20])
    assert frame["design_effect"].to_list() == pytest.approx([1, 1, effect, effect])
    assert frame["effective_n"].to_list() == pytest.approx([20, 20, 20 / effect, 20 / effect])
    assert weights(data, floor=30).frame.is_empty()


def test_weights_in_words() -> None:
    rows = [
        ("unweighted", "", "Everyone", 600, 600.0, 1.0),
        ("unweighted", "a", "Owners", 90, 90.0, 1.0),
        ("raked", "", "Everyone", 600, 400.0, 1.5),
        ("raked", "a", "Owners", 90, 45.0, 2.0),
    ]
    names = ["weighting", "group", "group_label", "n", "effective_n", "design_effect"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    assert describe_weights(frame) == [
        "Beside unweighted estimates there are some weighted so that shares of the population hold "
        "(raked to margins).",
        "Where estimates are weighted, 600 people tell as much as 400 who count alike (design "
        "effect 1.50).",
        "Weighting costs most among “Owners”, where 90 people tell as much as 45 who count alike.",
    ]
    alone = frame.filter(pl.col("weighting") == "unweighted")
    assert describe_weights(alone) == [
        "Estimates are unweighted: everybody who answered counts alike."
    ]
    assert describe_weights(pl.DataFrame()) == []
