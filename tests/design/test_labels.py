"""What worldviews are named from: labels of indicators."""

import pytest

from mfp_stats.design import build_model_data
from mfp_stats.questionnaire import parse
from tests.questionnaires import document, sheet_of


@pytest.fixture
def labels() -> dict[str, str]:
    """Label by name of every indicator of two people who differ in four items."""
    written = document()
    written["values"]["income"] = {"label": "Steady jobs", "short": "Jobs"}
    written["interventions"]["fund"] = {"label": "A fund that pays residents", "short": "Fund"}
    beliefs = next(b for b in written["blocks"] if b["block"] == "beliefs")["items"]
    beliefs[2]["short"] = "Gains"
    beliefs[3]["short"] = "Prices"
    effect = "consequences.fund.income"
    rows = [
        {"relation": 0, "blame": 0, "promises": 1, "gains|health": 1, effect: 0},
        {"relation": 1, "blame": 1, "promises": 2, "gains|health": 0, effect: 4},
        {"relation": 1, "blame": -3, "promises": 3, "gains|health": 0, effect: 4},
    ]
    questionnaire = parse(written, where="test")
    data = build_model_data(sheet_of(questionnaire, rows), questionnaire)
    assert data.beliefs is not None
    return {i.name: i.label for i in data.beliefs.indicators}


def test_the_short_text_is_used_where_there_is_one(labels: dict[str, str]) -> None:
    assert labels["blame"] == "Prices"
    assert labels["promises"] == "Promises are kept"


def test_picks_and_not_knowing_follow_the_short_text(labels: dict[str, str]) -> None:
    assert labels["gains/health"] == "Gains: Health"
    assert labels["blame/dont_know"] == "Prices: Don't know"


def test_an_expected_consequence_names_its_proposal(labels: dict[str, str]) -> None:
    assert labels["consequences.fund.income"] == "Fund: Jobs"


def test_a_signal_is_named_without_a_place_for_the_proposal() -> None:
    questionnaire = parse(document(), where="test")
    item = next(i for i in questionnaire.items if i.signal == "interest")
    rows = [
        {"relation": 0, "consequences.fund.income": 0, item.name: 0},
        {"relation": 1, "consequences.fund.income": 4, item.name: 1},
    ]
    data = build_model_data(sheet_of(questionnaire, rows), questionnaire)
    assert data.expectations is not None
    assert data.expectations.signal_labels == ("Whose interest would … serve?",)
