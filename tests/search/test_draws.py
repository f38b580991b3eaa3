"""From people to designs: proposals that were fielded are accepted as their people accept them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.response_draws import draw_responses
from mfp_stats.quantities.response_tables import response_tables
from mfp_stats.quantities.search.draws import kept_draws, search_draws
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import full_code
from mfp_stats.quantities.search.tables import (
    design_model,
    design_space,
    proposal_table,
    search_tables,
)
from mfp_stats.questionnaire import load
from tests.quantities.test_gaps_at_the_truth import DRAWS, known

ATTRIBUTES = {
    "pause": {"years": 2.0, "paid": False, "by": "law"},
    "fund": {"years": 0.0, "paid": True, "by": "law"},
    "vote": {"years": 0.0, "paid": False, "by": "vote"},
    "permits": {"years": 1.0, "paid": False, "by": "office"},
}
LABELS = {name: name.title() for name in ATTRIBUTES}


@pytest.fixture(scope="module")
def instrument(checkout):
    return load(checkout / "tests" / "acceptance")


def true_parameters(instrument, truth, measured) -> ResponseParameters:
    given = measured.data.responses
    item = next(i for i in instrument.with_role("response") if not i.stipulated)
    return ResponseParameters(
        intercept=truth.intercepts - truth.thresholds[item.name][given.accept - 1],
        residual=truth.residuals,
        person_sd=truth.person_sd,
        expected_weight=truth.consequence_weight,
        class_effect=None,
        value_effect=None,
        signal_weight=truth.signal_weights,
        deviation_share=truth.consequence_sd**2 / (truth.consequence_sd**2 + NOISE),
    )


def both_ways(instrument, measured, one: ResponseParameters, weight=None):
    """Return the exact acceptance (S, G, X), the model's, and the model."""
    data = measured.data
    groups = np.arange(len(data.groups))
    weighting = "unweighted" if weight is None else "weighted"
    weightings = {weighting: weight}
    exact = draw_responses(measured, [one] * DRAWS, groups, weightings)
    space = DesignSpace.of(ATTRIBUTES, LABELS)
    found = search_draws(measured, [one] * DRAWS, groups, weightings, space, exact.raised)
    values = list(zip(data.values, data.value_labels, strict=True))
    rated = data.expectations
    signals = list(zip(rated.signals, rated.signal_labels, strict=True))
    told = signals if measured.layout.signals else []
    tables = search_tables(
        found, groups=data.groups, weightings=[weighting], values=values, signals=told
    )
    shown = response_tables(exact, measured, instrument)
    read = design_space(proposal_table(ATTRIBUTES, LABELS))
    labels = dict(zip(data.groups, data.group_labels, strict=True))
    model = design_model(tables, read, shown["acceptance_draws"], labels, weighting)
    own = np.arange(4)
    code = full_code(model, read, read.proposal_levels, own)
    return exact.acceptance[:, 0], model.accepts(code).transpose(1, 2, 0), model


@pytest.mark.parametrize(
    ("draws", "numbers", "kept"),
    # Of 40 groups with 103,000 numbers a draw 58 draws were kept.
    [(4000, 100, 800), (4000, 20_000, 300), (4000, 103_000, 200), (150, 103_000, 150),
     (4000, 400_000, 100), (4000, 10**9, 1)],
)  # fmt: skip
def test_a_large_survey_keeps_the_fewest_draws_that_a_search_is_made_with(draws, numbers, kept):
    found = kept_draws(draws, numbers)
    assert len(np.unique(found)) == kept
    assert (found[0], found[-1]) == (0, draws - 1 if kept > 1 else 0)


@pytest.mark.parametrize("name", ["values", "models", "signals", "residual"])
def test_fielded_proposals_are_accepted_as_their_people_accept_them(instrument, name) -> None:
    truth, measured = known(instrument, name)
    one = true_parameters(instrument, truth, measured)
    exact, found, model = both_ways(instrument, measured, one)
    np.testing.assert_array_equal(model.fielded, exact.astype(np.float32))
    # The same people: what is left is the normal approximation and chance deviations.
    assert np.abs(found - exact).max() < 0.03
    assert np.abs((found - exact).mean(axis=0)).max() < 0.015


def test_weights_that_go_with_support_alone_reach_new_designs_too(instrument) -> None:
    """Else designs nobody saw would be held, unweighted, against weighted proposals."""
    truth, measured = known(instrument, "values")
    natural = replace(measured.data.responses, stipulated=None, supposed=None)
    measured = replace(measured, data=replace(measured.data, responses=natural))
    one = true_parameters(instrument, truth, measured)
    accepts = measured.data.responses.accepts
    weight = np.where((accepts == 1).sum(axis=1) > (accepts == 0).sum(axis=1), 1.0, 3.0)
    alike, _, _ = both_ways(instrument, measured, one)
    exact, found, model = both_ways(instrument, measured, one, weight)
    np.testing.assert_array_equal(model.fielded, exact.astype(np.float32))
    assert (alike - exact).mean() > 0.05  # weights matter
    assert np.abs(found - exact).max() < 0.04
    assert np.abs((found - exact).mean(axis=0)).max() < 0.015


def test_a_survey_without_consequences_is_searched_by_the_reduced_form(instrument) -> None:
    truth, measured = known(instrument, "values")
    data = measured.data
    layout = IndexLayout.of(data.responses.interventions, None)
    rng = np.random.default_rng(4)
    classes, values = measured.worldviews, measured.v.shape[2]
    effect = rng.normal(0, 0.4, (values, 4))
    one = replace(
        true_parameters(instrument, truth, measured),
        expected_weight=0.0,
        signal_weight=np.zeros(0),
        class_effect=np.array([[0.5], [-0.5]]) * np.array([1.0, -1.0, 0.5, 0.2]),
        value_effect=effect - effect.mean(axis=0),
    )
    assert classes == 2
    bare = replace(measured, layout=layout, expected=None, moments=ImportanceMoments.of(measured.v))
    exact, found, model = both_ways(instrument, bare, one)
    assert np.abs(found - exact).max() < 0.03
    assert model.importance is None and model.effect.shape[1] == 0


def test_proposals_that_are_not_described_alike_are_left_out_with_a_note() -> None:
    described = ATTRIBUTES | {"bare": {}, "short": {"years": 1.0, "paid": True}}
    labels = LABELS | {"bare": "Bare", "short": "Short"}
    space = design_space(proposal_table(described, labels))
    assert space.proposals == tuple(ATTRIBUTES)
    assert space.notes == (
        "“Bare” is not described by attributes.",
        "“Short” does not say its by.",
    )
    assert [a.levels for a in space.attributes] == [
        (0.0, 1.0, 2.0),
        (False, True),
        ("law", "vote", "office"),
    ]


def test_the_table_of_proposals_keeps_their_kinds() -> None:
    table = proposal_table(ATTRIBUTES | {"bare": {}}, LABELS | {"bare": "Bare"})
    assert table["attribute"].null_count() == 1
    assert set(table["kind"].drop_nulls()) == {"number", "yes_no", "text"}
    assert isinstance(table, pl.DataFrame)
