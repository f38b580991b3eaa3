"""Designs that the search marks for the next wave are frozen, and scored once they are fielded."""

import json
import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.project import QUESTIONNAIRE_FILE
from mfp_stats.questionnaire.model import Role
from mfp_stats.views.found import describe
from mfp_stats.workflow.forecasts.designs import fielded_since
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import Against, score_forecast
from mfp_stats.workflow.forecasts.told import NEW_DESIGN, cells_of
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.search import search
from mfp_stats.workflow.show import Asked, topic_tables
from mfp_stats.workflow.topics import Topic
from tests.forecast.conftest import SURVEY

NEW = "marked_design"


@pytest.fixture
def marked(empty):
    """A project with one wave, fitted and searched, and its frozen forecast."""
    empty.answer("1", seed=1)
    empty.fit(searched=True)
    return empty, freeze(empty.project, empty.store, SURVEY).forecast


def fielding(town, attributes):
    """Return the project with a questionnaire that asks about one more proposal."""
    own = town.project.root / "surveys" / SURVEY
    shutil.copytree(town.project.survey_folder(SURVEY), own)
    file = own / QUESTIONNAIRE_FILE
    before, after = file.read_text(encoding="utf-8").split("\nsignals:", 1)
    both = json.dumps({"en": "A design", "es": "Un plan"})
    made = f"  {NEW}:\n    label: {both}\n    description: {both}\n"
    made += f"    attributes: {json.dumps(attributes)}\n"
    file.write_text(f"{before}\n{made}\nsignals:{after}", encoding="utf-8")
    return replace(town, questionnaire=town.project.questionnaire(SURVEY))


def test_what_the_search_marks_is_frozen_with_who_accepts_it(marked):
    town, forecast = marked
    rows = search(fit_of(town.project, SURVEY))["search"].filter("confirm")
    assert len(forecast.designs) == len(rows) > 0
    for row, design in zip(rows.to_dicts(), forecast.designs, strict=True):
        assert design["label"] == row["design"]
        assert set(design["attributes"]) == set(
            next(iter(town.questionnaire.interventions.values())).attributes
        )
        for cell in design["cells"]:
            assert cell["mean"] == pytest.approx(row[f"accepts_{cell['group']}_mean"], abs=1e-4)
            assert np.mean(cell["model"]) == pytest.approx(cell["mean"], abs=1e-4)
    told = cells_of(forecast, None).filter(pl.col("intervention_label").str.starts_with(NEW_DESIGN))
    assert len(told) == sum(len(design["cells"]) for design in forecast.designs)


def test_a_marked_design_that_was_fielded_is_scored_by_itself(marked):
    town, forecast = marked
    design = forecast.designs[0]
    later = fielding(town, design["attributes"])
    assert fielded_since(forecast, later.questionnaire) == {NEW: design}
    later.answer("2")
    scores = score_forecast(later.project, later.store, forecast, Against(wave="2"))
    rows = scores.cells.filter(intervention=NEW)
    assert set(rows["group"]) == {cell["group"] for cell in design["cells"]}
    for row in rows.to_dicts():
        (cell,) = (c for c in design["cells"] if c["group"] == row["group"])
        assert row["model_mean"] == pytest.approx(cell["mean"], abs=0.02)
        assert row["intervention_label"] == "A design" and 0 <= row["observed"] <= 1
        assert row["group_mean_log_score"] is None
    notes = " ".join(scores.content["notes"])
    assert f"Predicted before anybody was asked about it: {NEW} ({design['label']})." in notes
    assert "not forecast" not in notes
    # The file is the one that was frozen: what is scored beside it is made of it.
    assert scores.content["forecast"] == forecast.sha256
    peers = scores.summary.filter(prediction="group_mean")["cells"].item()
    assert scores.summary.filter(prediction="model")["cells"].item() == peers + len(rows)


def test_a_new_proposal_that_is_no_marked_design_is_named_and_not_scored(marked):
    town, forecast = marked
    attributes = {**forecast.designs[0]["attributes"], "pause_years": 9}
    later = fielding(town, attributes)
    later.answer("2")
    scores = score_forecast(later.project, later.store, forecast, Against(wave="2"))
    assert NEW not in set(scores.cells["intervention"])
    notes = " ".join(scores.content["notes"])
    assert f"Asked about now and not forecast: {NEW}." in notes
    for design in forecast.designs:
        assert f"Marked for the next wave and not asked about: {design['label']}." in notes


def test_yes_is_not_one_and_an_attribute_more_is_another_design(marked):
    town, forecast = marked
    wanted = forecast.designs[0]["attributes"]
    names = [name for name, level in wanted.items() if isinstance(level, bool)]
    as_number = {**wanted, names[0]: int(wanted[names[0]])}
    first = next(iter(town.questionnaire.interventions.values()))
    for attributes, same in ((wanted, True), (as_number, False), ({**wanted, "more": 1}, False)):
        proposals = {NEW: replace(first, attributes=attributes)}
        questionnaire = replace(town.questionnaire, interventions=proposals)
        assert (NEW in fielded_since(forecast, questionnaire)) == same


def test_forecasts_of_earlier_forms_hold_no_designs(marked):
    town, forecast = marked
    early = {name: part for name, part in forecast.content.items() if name != "designs"}
    old = replace(forecast, content=early)
    assert old.designs == [] and fielded_since(old, town.questionnaire) == {}
    assert len(cells_of(old, None)) == len(old.cells())


def test_a_proposal_fielded_is_tested_where_every_group_of_the_coalition_was_scored(marked):
    town, forecast = marked

    def rows(**asked):
        found = search(fit_of(town.project, SURVEY), **asked)["search"]
        return found.select("intervention", "tested", "weighting")

    assert set(rows()["tested"]) == {False}

    def unasked(sheet: pl.DataFrame) -> pl.DataFrame:
        """Nobody is asked about all proposals but one; of its groups one is too small."""
        items = town.questionnaire.with_role(Role.RESPONSE)
        others = [i.name for i in items if i.intervention != "pause" and i.name in sheet.columns]
        kept = sheet.with_columns(pl.lit(-1, dtype=pl.Int16).alias(name) for name in others)
        group = pl.col(town.questionnaire.group)
        return kept.filter((group != 0) | (group.cum_count() <= 8))

    town.answer("2", change=unasked)
    score_forecast(town.project, town.store, forecast, Against(wave="2"))
    groups = [option.name for option in town.questionnaire.groups]
    assert set(rows()["tested"]) == {False}  # not all of the groups were scored
    others = rows(coalition=groups[1:])
    tested = others.filter("tested")
    assert set(tested["intervention"]) == {"pause"}
    assert set(tested["weighting"]) == set(others["weighting"])
    assert not others.filter(pl.col("intervention") != "pause")["tested"].any()
    words = describe(fit_of(town.project, SURVEY), Topic.SEARCH, tables_of(town, groups[1:]))
    (said,) = (line for line in words if line.startswith("But a later wave has scored"))
    assert "group by group; what is said of groups together is untested" in said


def tables_of(town, coalition):
    asked = Asked(coalition=coalition)
    return topic_tables(fit_of(town.project, SURVEY), Topic.SEARCH, asked)


def test_scores_that_cannot_be_read_leave_open_what_is_tested(marked):
    town, forecast = marked
    scores = forecast.folder / "scores"
    scores.mkdir(parents=True, exist_ok=True)
    (scores / "damaged.json").write_text("{")
    found = search(fit_of(town.project, SURVEY))["search"]
    fielded = found["intervention"].is_not_null()
    assert found.filter(fielded)["tested"].null_count() == fielded.sum()
    assert set(found.filter(~fielded)["tested"]) <= {False}
