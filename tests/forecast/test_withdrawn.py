"""Scores on answers that were withdrawn are no test any more, wherever they are told."""

import json

import polars as pl
import pytest

from mfp_stats.errors import ForecastRefused
from mfp_stats.views.forecast_findings import badge, describe_forecasts
from mfp_stats.workflow.api import Workspace
from mfp_stats.workflow.forecasts import told
from mfp_stats.workflow.forecasts.files import read_forecast
from mfp_stats.workflow.forecasts.withdrawn import WITHDRAWN_FILE, note_withdrawals
from mfp_stats.workflow.results import fit_of
from tests.forecast.conftest import SURVEY
from tests.forecast.test_hindsight import frozen, scored

WHY = "invented by the interviewers"


def said(town) -> str:
    return " ".join(describe_forecasts(told.forecast_tables(fit_of(town.project, SURVEY))))


@pytest.fixture
def held(town):
    """A forecast that wave 2, stored after it was frozen, was scored by."""
    imports = town.store.imports(SURVEY)
    if len(imports) > 1:
        town.store.withdraw(SURVEY, int(imports["number"][-1]), "for the test")
    forecast = frozen(town)
    number = town.answer("2", seed=5)
    assert scored(town, forecast).sources == [f"import {number}"]
    assert told.tested(fit_of(town.project, SURVEY)) is not None
    return number


def test_what_scored_a_forecast_is_withdrawn(town, held) -> None:
    town.store.close()
    with Workspace(town.project) as workspace:
        workspace.withdraw(SURVEY, held, why=WHY)
    results = fit_of(town.project, SURVEY)
    assert told.tested(results) is None
    assert badge(told.tested(results)).label == "Untested"
    assert told.forecast_tables(results)["forecasts"]["state"].to_list() == [told.WITHDRAWN]
    assert f"held against import {held}, which was withdrawn since: {WHY}." in said(town)
    assert "no test" in said(town)


def test_what_a_forecast_was_made_from_is_withdrawn(town, held) -> None:
    first = int(town.store.imports(SURVEY).filter(pl.col("number") < held)["number"][0])
    town.store.withdraw(SURVEY, first, WHY)
    assert told.tested(fit_of(town.project, SURVEY)) is not None  # nobody noted it
    note_withdrawals(town.project.data, town.store)
    assert told.tested(fit_of(town.project, SURVEY)) is None
    assert f"made from import {first}, which was withdrawn since" in said(town)


def test_scoring_notes_what_was_missed(town, held) -> None:
    """A machine that stopped between withdrawal and note: the next scoring makes up for it."""
    town.store.withdraw(SURVEY, held, WHY)
    number = town.answer("3", seed=6)
    forecast = next(iter(town.project.data.glob("forecasts/*/forecast.json")))
    scored(town, read_forecast(forecast.parent), wave="3")
    found = told.tested(fit_of(town.project, SURVEY))
    assert found is not None and found.of == "wave 3" and number > held
    states = told.forecast_tables(fit_of(town.project, SURVEY))["forecasts"]
    assert dict(states.select("of", "state").rows())["wave 2"] == told.WITHDRAWN


@pytest.mark.parametrize("content", ["{", "[]", '{"ai_datacentres": null}'])
def test_a_note_that_cannot_be_read_is_no_badge_and_written_anew(town, held, content) -> None:
    file = town.project.data / "forecasts" / WITHDRAWN_FILE
    file.write_text(content)
    with pytest.raises(ForecastRefused):
        told.tested(fit_of(town.project, SURVEY))
    town.store.close()
    with Workspace(town.project) as workspace:
        workspace.withdraw(SURVEY, held, why=WHY)
    assert json.loads(file.read_text())[SURVEY][f"import {held}"] == WHY
    assert told.tested(fit_of(town.project, SURVEY)) is None
