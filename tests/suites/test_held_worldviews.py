"""Fitted worldviews are told apart by what they believe, whatever their order."""

import polars as pl
import pytest

from mfp_stats.questionnaire import load
from mfp_stats.questionnaire.model import Role
from mfp_stats.simulate import named_truth
from tests.suites.held_worldviews import true_worldviews
from tests.suites.provenance import ROOT


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_worldviews_in_another_order_are_found(order: tuple[int, int]) -> None:
    questionnaire = load(ROOT / "tests" / "acceptance")
    truth = named_truth(questionnaire, "models", seed=2)
    rows = [
        (c + 1, item.name, option, float(truth.class_profiles[item.name].probabilities[true, k]))
        for c, true in enumerate(order)
        for item in questionnaire.with_role(Role.BELIEF)
        for k, option in enumerate(item.option_names)
    ]
    unsure = "promises_kept/dont_know"
    rows += [(c, unsure, answer, 0.5) for c in (1, 2) for answer in ("no", "yes")]
    columns = ("worldview", "indicator", "category", "mean")
    beliefs = pl.DataFrame(rows, schema=columns, orient="row").sample(fraction=1, shuffle=True)
    assert true_worldviews(beliefs, questionnaire, truth) == order
