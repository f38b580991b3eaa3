"""Who accepts what, on the scale of earlier answers; and what is known of people themselves."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.acceptance import acceptance
from mfp_stats.design.covariates import covariates
from mfp_stats.errors import DesignError
from mfp_stats.questionnaire import parse
from tests.questionnaires import sheet_of


def document(*items, interventions=("bridge", "road")):
    return {
        "survey": "small",
        "title": "Small",
        "languages": ["en"],
        "group": "side",
        "interventions": {name: name.title() for name in interventions},
        "blocks": [
            {"block": "responses", "role": "response", "items": list(items)},
            {"block": "about_you", "items": [
                {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                 "options": {"east": "East", "west": "West"}},
                {"name": "age", "type": "integer", "role": "covariate", "label": "Age",
                 "minimum": 0, "maximum": 120},
                {"name": "town", "type": "select_one", "role": "covariate", "label": "Town",
                 "options": {"old": "Old", "new": "New", "none": "None"}, "missing": ["refused"]},
                {"name": "uses", "type": "select_multiple", "role": "covariate", "label": "Uses",
                 "options": {"car": "Car", "bus": "Bus"}},
                {"name": "why", "type": "text", "role": "covariate", "label": "Why"}]},
        ],
    }  # fmt: skip


def support(name, *, levels=5, accept="l4"):
    options = {f"l{k}": str(k) for k in range(1, levels + 1)}
    return {"name": f"on_{name}", "type": "select_one", "level": "ordinal", "label": name,
            "intervention": name, "options": options, "accept_from": accept}  # fmt: skip


def survey(rows, **more):
    questionnaire = parse(document(support("bridge"), support("road"), **more), where="small")
    return sheet_of(questionnaire, rows), questionnaire


ROWS = [
    {"on_bridge": 4, "on_road": 1, "side": 0},
    {"on_bridge": 2, "on_road": 3, "side": 1},
    {"on_bridge": 3, "on_road": -2, "side": 1},
]


@pytest.fixture
def like():
    sheet, questionnaire = survey(ROWS)
    return build_model_data(sheet, questionnaire).responses


def test_answers_from_the_level_on_accept_and_missing_ones_are_none(like):
    found = acceptance(*survey(ROWS), like)
    assert found.interventions == ("bridge", "road") and found.groups == ("east", "west")
    assert found.accepts.tolist() == [[1, 0], [0, 1], [1, -1]]
    assert found.group.tolist() == [0, 1, 1] and found.weightings == {"unweighted": None}


def test_one_person_and_all_of_one_mind_are_answers_too(like):
    assert acceptance(*survey(ROWS[:1]), like).accepts.tolist() == [[1, 0]]
    same = [{"on_bridge": 4, "side": 0}] * 3
    found = acceptance(*survey(same), like)
    assert found.interventions == ("bridge",) and found.accepts.tolist() == [[1]] * 3


def test_another_answer_scale_is_not_read_as_this_one(like):
    other = parse(document(support("bridge", levels=3, accept="l2"), support("road")), where="x")
    sheet = sheet_of(other, [{"on_bridge": 1, "on_road": 4, "side": 0}])
    assert acceptance(sheet, other, like).interventions == ("road",)
    stricter = parse(document(support("bridge", accept="l5")), where="x")
    sheet = sheet_of(stricter, [{"on_bridge": 4, "side": 0}])
    found = acceptance(sheet, stricter, like)
    assert found.interventions == () and found.accepts.shape == (1, 0)


def test_options_of_one_question_are_matched_by_name():
    options = {"bridge": "B", "road": "R", "rail": "T"}
    choice = {"name": "build", "type": "select_one", "level": "nominal", "label": "Which?",
              "intervention": "bridge", "options": options}  # fmt: skip
    questionnaire = parse(document(choice), where="small")
    rows = [{"build": 0, "side": 0}, {"build": 2, "side": 1}, {"build": -2, "side": 1}]
    sheet = sheet_of(questionnaire, rows)
    like = build_model_data(sheet, questionnaire).responses
    assert like.exclusive
    found = acceptance(sheet, questionnaire, like)
    assert found.interventions == ("bridge", "rail")
    assert found.accepts.tolist() == [[1, 0], [0, 1], [-1, -1]]
    gone = replace(like, interventions=("tunnel",))
    assert acceptance(sheet, questionnaire, gone).interventions == ()


def test_a_group_item_that_is_gone_is_named(like):
    with pytest.raises(DesignError, match="'quarter'"):
        acceptance(*survey(ROWS), like, group="quarter")


def test_covariates_are_numbers_with_what_is_missing_told_apart():
    rows = [
        {"side": 0, "age": 20.0, "age|status": 0, "town": 0, "uses|car": 1, "uses|bus": 0},
        {"side": 0, "age": None, "age|status": -2, "town": -4, "uses|car": 1, "uses|bus": 0},
        {"side": 1, "age": 40.0, "age|status": 0, "town": 1, "uses|car": -2, "uses|bus": -2},
    ]
    sheet, questionnaire = survey(rows)
    found = covariates(sheet, questionnaire)
    assert found.items == ("age", "town", "uses")
    age, no_age, old, new, no_town, car, no_uses = found.columns.T
    assert age.tolist() == [20, 30, 40] and no_age.tolist() == [0, 1, 0]
    assert (old.tolist(), new.tolist(), no_town.tolist()) == ([1, 0, 0], [0, 0, 1], [0, 1, 0])
    assert car.tolist() == [1, 1, 0] and no_uses.tolist() == [0, 0, 1]
    assert np.isfinite(found.columns).all()


def test_covariates_that_nobody_answered_or_all_alike_are_none():
    sheet, questionnaire = survey([{"side": 0}, {"side": 1}])
    assert covariates(sheet, questionnaire) is None
    assert covariates(sheet.clear(), questionnaire) is None
    alike = sheet.with_columns(town=pl.lit(1, dtype=pl.Int16))
    assert covariates(alike, questionnaire) is None


def test_within_one_group_only_its_people_are_held_against_a_forecast(like):
    rows = [{**row, "town": k % 2} for k, row in enumerate(ROWS)]
    sheet, questionnaire = survey(rows)
    found = acceptance(sheet, questionnaire, like, group="town", within="west")
    assert found.groups == ("old", "new")
    assert found.respondents == ("p2", "p3")
    with pytest.raises(DesignError, match="would all be in one group"):
        acceptance(sheet, questionnaire, like, within="west")
