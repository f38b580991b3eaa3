"""One survey of a check, simulated and fitted for real: a short questionnaire, a wide gap."""

from types import SimpleNamespace

import numpy as np
import pytest

from mfp_stats.fitting.loader import load_model
from mfp_stats.questionnaire import parse
from mfp_stats.weights import Margins
from mfp_stats.workflow.prefield.fit import survey_row
from mfp_stats.workflow.prefield.plan import SurveyTask, plan_design
from mfp_stats.workflow.prefield.power import Learnt, power_records
from mfp_stats.workflow.prefield.rows import MODELS

SHORT = {
    "survey": "short",
    "title": "Short",
    "consent": "Nobody is asked",
    "group": "side",
    "values": {"fair": "Fair", "calm": "Calm", "green": "Green", "work": "Work"},
    "interventions": {"pause": "Pause", "fund": "Fund"},
    "scales": {
        "support4": {"labels": ["never", "rather not", "rather", "gladly"], "accept_from": "rather"}
    },
    "blocks": [
        {"block": "top", "role": "value_tradeoff", "type": "select_multiple", "max_choices": 2},
        {"block": "support", "role": "response", "ask": ["support4"]},
        {
            "block": "you",
            "items": [
                {
                    "name": "side",
                    "type": "select_one",
                    "role": "group",
                    "label": "Side",
                    "options": {"left": "Left", "right": "Right"},
                },
                {
                    "name": "town",
                    "type": "select_one",
                    "role": "covariate",
                    "label": "Town",
                    "options": {"north": "North", "south": "South", "abroad": "Abroad"},
                },
            ],
        },
    ],
}


def test_a_survey_is_simulated_fitted_and_summed_up(checkout):
    questionnaire = parse(SHORT, where="short")
    margins = Margins({"town": {"north": 0.85, "south": 0.15}})
    plan = plan_design(questionnaire, n=150, effect=0.4, margins=margins)
    assert plan.truths == ("values", "residual", "none")
    models = {name: load_model(checkout / "models" / f"{name}.py") for name in MODELS}
    report = SimpleNamespace(
        begin=lambda step: None, progress=lambda chains: None, cancelled=lambda: False
    )
    task = SurveyTask("residual", 0)
    row = survey_row(questionnaire, plan, task, models, report, cores=2)
    assert "result" in row, row
    result = row["result"]
    assert result["causes"] == ["values", "residual"]
    assert sum(result["split"]) == pytest.approx(0.4, abs=0.02)
    assert set(result["widest"]) == {"left", "right"}
    # What is told of is raked to the margins, as in a fit.
    weights = result["weights"]
    assert weights["weighting"] == "raked"
    assert weights["effective_n"] < 0.99 * weights["n"]
    (pair,) = result["pairs"]
    sd = np.sqrt(np.diag(pair["covariance"]))
    assert abs(pair["mean"][3] - result["split"][3]) < 4 * sd[3]
    assert sd[1] == sd[2] == 0
    width = {(w["quantity"], w["what"]): w["width"] for w in result["widths"] if "group" not in w}
    assert width["residual", "pooled"] == pytest.approx(3.29 * sd[3], rel=0.15)
    assert width["gap", "proposal"] > width["gap", "pooled"]
    assert {w["group"] for w in result["widths"] if "group" in w} == {"left", "right"}
    learnt = Learnt.of([(task, result)], 0.4)
    assert not learnt.complete
    (record,) = power_records([(task, result)], learnt)
    # A residual may be what was not asked about, and is never named.
    assert record["right"] == 0
    assert record["cannot_tell"] > 0.5
