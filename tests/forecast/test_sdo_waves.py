"""A published panel: four statements on equality, asked of 612 people in each of five years.

Statements stand for proposals and the upper answers for acceptance. There are no groups, so that
everybody is in one, and no covariates. Those who agree hardly change in number; those who neither
agree nor disagree become fewer after the first year, which a forecast from that year cannot know
and its scores have to show. The data are not in the repository.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import QUESTIONNAIRE_FILE, Project
from mfp_stats.quantities.observed_acceptance import FAR
from mfp_stats.store import Store
from mfp_stats.workflow.api import Workspace
from mfp_stats.workflow.forecasts.files import forecasts_of
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import Against, score_forecast
from tests.forecast.conftest import Town
from tests.questionnaires import sheet_of

YEARS = ("1996", "1997", "1998", "1999", "2000")
STATEMENTS = {
    "i1": "Some groups belong at the top",
    "i2": "Groups should keep to their place",
    "i3": "Conditions should be made equal (turned round)",
    "i4": "Equality is good for society (turned round)",
}


def document(accept_from: int) -> dict:
    return {
        "survey": "equality",
        "title": "Equality",
        "languages": ["en"],
        "source": "imported",
        "group": "who",
        "interventions": dict(STATEMENTS),
        "blocks": [
            {"block": "statements", "role": "response", "items": [
                {"name": name, "type": "select_one", "level": "ordinal", "label": text,
                 "intervention": name, "options": {f"a{k}": str(k) for k in range(1, 8)},
                 "accept_from": f"a{accept_from}"} for name, text in STATEMENTS.items()]},
            {"block": "about_you", "items": [
                {"name": "who", "type": "select_one", "role": "group", "label": "Who?",
                 "required": True, "options": {"everyone": "Everyone", "nobody": "Nobody"}}]},
        ],
    }  # fmt: skip


def panel(folder: Path, town: Town, year: str) -> pl.DataFrame:
    """Return one year's answers as an answer sheet."""
    frame = pl.read_csv(folder / "reference" / "SDOwave.csv")
    answers = frame.select(
        pl.col(f"{name.upper()}.{year}").cast(pl.Int16).sub(1).alias(name) for name in STATEMENTS
    )
    rows = [row | {"who": 0} for row in answers.to_dicts()]
    return sheet_of(town.questionnaire, rows, wave=year)


type Began = Callable[[int], Town]


@pytest.fixture
def began(tmp_path: Path, checkout: Path, shared_data: Path) -> Iterator[Began]:
    """Begin a project in which answers from a level on count as acceptance, the first year in."""
    opened = []

    def begin(accept_from: int) -> Town:
        root = tmp_path / str(accept_from)
        survey = root / "surveys" / "equality"
        survey.mkdir(parents=True)
        (survey / QUESTIONNAIRE_FILE).write_text(yaml.safe_dump(document(accept_from)))
        project = Project(root, checkout)
        store = Store.open(project.data)
        opened.append(store)
        town = Town(project, store, project.questionnaire("equality"))
        town.keep(panel(shared_data, town, YEARS[0]), YEARS[0])
        return town

    yield begin
    for store in opened:
        store.close()


def forecast_all(town: Town, shared_data: Path) -> pl.DataFrame:
    """Freeze the first year's forecast and hold it against the others; return all cells."""
    forecast = freeze(town.project, town.store, "equality").forecast
    cells = []
    for year in YEARS[1:]:
        town.keep(panel(shared_data, town, year), year)
        scores = score_forecast(town.project, town.store, forecast, Against(wave=year))
        again = "612 of the 612 people were asked in the wave that was fitted too"
        assert any(note.startswith(again) for note in scores.content["notes"])
        cells.append(scores.cells.with_columns(year=pl.lit(year)))
    return pl.concat(cells)


def test_what_was_observed_is_the_share_of_the_file(began, shared_data):
    town = began(5)
    town.fit()
    cells = forecast_all(town, shared_data)
    frame = pl.read_csv(shared_data / "reference" / "SDOwave.csv")
    assert len(cells) == 16 and set(cells["asked"]) == {612}
    for row in cells.to_dicts():
        accepts = (frame[f"{row['intervention'].upper()}.{row['year']}"] >= 5).mean()
        assert row["observed"] == pytest.approx(accepts)


def test_agreement_that_stays_is_forecast_and_a_middle_that_thins_out_is_caught(began, shared_data):
    """Both with the posterior of each statement's share in the first year as the fit."""
    for accept_from, low, high in ((5, 0.85, 1.0), (4, 0.0, 0.4)):
        town = began(accept_from)
        town.fit()
        cells = forecast_all(town, shared_data)
        assert low <= cells["model_covered_90"].mean() <= high


@pytest.mark.slow
def test_the_same_of_a_fit(began, shared_data):
    """The model itself, without values, worldviews or expectations to go by.

    The statements divide people to different degrees: what holds of each in the year that was
    fitted has to be met, at whichever answer acceptance begins.
    """
    frame = pl.read_csv(shared_data / "reference" / "SDOwave.csv")
    held = {}
    for accept_from in (5, 4):
        town = began(accept_from)
        town.store.close()
        with Workspace(town.project) as workspace:
            settings = FitSettings(draws=500, tune=500, seed=1)
            fit = workspace.fit("equality", settings=settings)
            assert not fit.failed_steps
            for row in fit.table("acceptance").to_dicts():
                answers = frame[f"{row['intervention'].upper()}.{YEARS[0]}"]
                assert row["accepts_q05"] <= (answers >= accept_from).mean() <= row["accepts_q95"]
            opened = Town(town.project, workspace.store, town.questionnaire)
            held[accept_from] = forecast_all(opened, shared_data)
            (forecast,) = forecasts_of(town.project.data, "equality")
            assert not any("misses what was observed" in n for n in forecast.content["notes"])
    assert held[5]["model_covered_90"].mean() >= 0.85
    assert held[4]["model_covered_90"].mean() <= 0.4
    for cells in held.values():
        assert cells["group_mean_log_score"].mean() > cells["model_log_score"].mean()


@pytest.mark.slow
def test_waves_are_compared_with_one_another(began, shared_data):
    """What changed between five years: every share is met, and no cause is made up for a change.

    Answers are counted as agreement from the middle on, of which there are fewer after 1996.
    """
    town = began(4)
    for year in YEARS[1:]:
        town.keep(panel(shared_data, town, year), year)
    town.store.close()
    settings = FitSettings(draws=500, tune=500, seed=1)
    with Workspace(town.project) as workspace:
        fit = workspace.fit("equality", group="wave", settings=settings)
    assert not fit.failed_steps
    frame = pl.read_csv(shared_data / "reference" / "SDOwave.csv")
    acceptance, gap = fit.table("acceptance"), fit.table("gap")
    assert acceptance["group"].unique(maintain_order=True).to_list() == list(YEARS)
    seen = [
        (frame[f"{row['intervention'].upper()}.{row['group']}"] >= 4).mean()
        for row in acceptance.to_dicts()
    ]
    share, found = np.array(seen), acceptance["accepts_mean"].to_numpy()
    assert len(share) == 20
    assert (np.abs(found - share) < FAR * np.sqrt(share * (1 - share) / 612)).all()
    assert np.abs(found - share).mean() < 0.015
    years = gap.filter(group_a=YEARS[0], group_b=YEARS[1])
    first = years.filter(intervention="pooled").row(0, named=True)
    # All statements together are told by how wide their gaps are.
    assert first["gap_q05"] > 0
    assert (years.filter(pl.col("intervention") != "pooled")["gap_q95"] < 0).all()
    assert first["values_mean"] is first["models_mean"] is first["signals_mean"] is None
    assert set(gap["verdict"]) <= {"cannot_tell", "no_gap"}
    assert any("answered in more than one wave" in note for note in fit.manifest["notes"])
