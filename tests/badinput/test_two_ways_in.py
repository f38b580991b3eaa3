"""Answers from the web form and from a file, in one survey and in one fit."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import ImportRejected
from mfp_stats.frames import sheet_schema
from mfp_stats.project import init_project
from mfp_stats.responses import Submission
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from mfp_stats.workflow.simulated import Simulation, simulate_into


def test_both_are_fitted_together(tmp_path: Path) -> None:
    project = init_project(tmp_path / "town")
    questionnaire = project.questionnaire("starter")
    drawn = simulate_survey(questionnaire, default_truth(questionnaire, seed=1), n=31, seed=1)
    by_file, by_web = drawn.sheet.head(30), drawn.sheet.tail(1)
    with Store.open(project.data) as store:
        store.append_sheet(by_file, questionnaire, source=ImportSource("file.csv", "0" * 64))
        store.append_submission(_handed_in(questionnaire, by_web))
        sheet = store.sheet(questionnaire)
        sources = store.respondents("starter")["source"].to_list()
    assert sources == ["import 1"] * 30 + ["web"]
    asked = [name for name in sheet_schema(questionnaire) if name in _answers(by_web)]
    assert sheet.tail(1).select(asked).equals(by_web.select(asked))
    data = build_model_data(sheet, questionnaire)
    assert len(data.respondents) == 31
    assert data.best_worst is not None and 30 in data.best_worst.person


def test_a_simulation_beside_answers_of_the_form_can_be_repeated_but_not_added_to(
    tmp_path: Path,
) -> None:
    project = init_project(tmp_path / "town")
    questionnaire = project.questionnaire("starter")
    drawn = simulate_survey(questionnaire, default_truth(questionnaire, seed=3), n=1, seed=3)
    with Store.open(project.data) as store:
        simulate_into(project, store, "starter", Simulation(20, 1))
        store.append_submission(_handed_in(questionnaire, drawn.sheet))
        again = simulate_into(project, store, "starter", Simulation(20, 1))
        assert (again.number, again.added) == (1, False)
        with pytest.raises(ImportRejected, match="1 real person has answered it"):
            simulate_into(project, store, "starter", Simulation(20, 2))


def _answers(sheet: pl.DataFrame) -> dict[str, int]:
    """Return one person's codes by sheet column."""
    codes = [name for name, dtype in sheet.schema.items() if dtype == pl.Int16()]
    return dict(sheet.select(codes).row(0, named=True))


def _handed_in(questionnaire, sheet: pl.DataFrame) -> Submission:
    now = datetime.now(UTC)
    return Submission(
        instance_id="web-1",
        survey=questionnaire.survey,
        questionnaire=questionnaire.hash,
        wave="1",
        answers=_answers(sheet),
        arms={},
        shown={},
        consent={"sha256": "0" * 64, "language": "en", "time": now.isoformat()},
        started=now,
        submitted=now,
        paradata={},
    )
