"""Each intervention predicted from the others: as a refit without it would, with honest width."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.forecast.left_out import left_out_parameters, left_out_scores
from mfp_stats.quantities.forecast.tables import summarise_scores
from mfp_stats.quantities.response_draws import draw_responses
from mfp_stats.quantities.response_rows import ResponseRows
from mfp_stats.questionnaire import load
from mfp_stats.workflow.responses import _fit_responses
from mfp_stats.workflow.task import Task
from tests.quantities.test_gaps_at_the_truth import known, response_draws
from tests.suites.acceptance import Quiet

SEED = 11


@pytest.fixture(scope="module")
def instrument(checkout):
    return load(checkout / "tests" / "acceptance")


def fitted(checkout, instrument, *, n: int, draws: int):
    """A survey in which all but responses is known, and what fits these with or without some."""
    _, measured = known(instrument, "models", n=n, draws=4 * draws)
    task = Task(
        data=measured.data,
        questionnaire=instrument,
        settings=FitSettings(draws=draws, tune=300, seed=SEED),
        models={"responses": load_model(checkout / "models" / "responses.py")},
        priors={},
        report=Quiet(),  # type: ignore[arg-type]
        patient=False,
    )

    def fit(without: int | None = None):
        data = measured.data
        if without is not None:
            answers = data.responses.answers.copy()
            answers[:, without] = -1
            data = replace(data, responses=replace(data.responses, answers=answers))
        made = _fit_responses(task, replace(measured, data=data)).made
        assert made is not None
        found, *_ = made.found
        return found

    return measured, fit


@pytest.mark.slow
def test_the_shortcut_is_near_a_refit_without_the_intervention(checkout, instrument):
    """What is shared is hardly known otherwise: means and widths are those of a refit."""
    _, fit = fitted(checkout, instrument, n=400, draws=300)
    whole = fit()
    for x in (0, 2):
        again = fit(without=x)
        ours, theirs = (found.left_out[:, 0, :, x] for found in (whole, again))
        assert abs(ours.mean(axis=0) - theirs.mean(axis=0)).max() < 0.04
        for q in (0.05, 0.25, 0.75, 0.95):
            assert abs(np.quantile(ours, q, axis=0) - np.quantile(theirs, q, axis=0)).max() < 0.06
        # Against widths of this size.
        assert (np.quantile(ours, 0.95, axis=0) - np.quantile(ours, 0.05, axis=0)).min() > 0.3


def at_the_truth(instrument, name="models"):
    truth, measured = known(instrument, name)
    found = response_draws(instrument, truth, measured)
    return truth, measured, found


def test_with_the_own_intercept_and_residual_it_is_the_acceptance_itself(instrument):
    truth, measured, found = at_the_truth(instrument)
    given = [one_draw(instrument, truth, measured)] * len(found.acceptance)
    groups = np.arange(len(measured.data.groups))
    same = draw_responses(measured, given, groups, {"unweighted": None}, given)
    np.testing.assert_allclose(same.left_out, same.acceptance)


def one_draw(instrument, truth, measured):
    from mfp_stats.likelihoods.logistic import NOISE
    from mfp_stats.quantities.gaps import ResponseParameters

    item = next(i for i in instrument.with_role("response") if not i.stipulated)
    return ResponseParameters(
        intercept=truth.intercepts
        - truth.thresholds[item.name][measured.data.responses.accept - 1],
        residual=truth.residuals,
        person_sd=truth.person_sd,
        expected_weight=truth.consequence_weight,
        class_effect=None,
        value_effect=None,
        signal_weight=truth.signal_weights,
        deviation_share=truth.consequence_sd**2 / (truth.consequence_sd**2 + NOISE),
    )


def test_intercepts_and_residuals_are_drawn_and_nothing_else(instrument):
    truth, measured, _ = at_the_truth(instrument)
    one = one_draw(instrument, truth, measured)
    alike = np.zeros((2000, *one.residual.shape))
    drawn = left_out_parameters(measured, [one] * 2000, np.full(2000, 0.3), alike)
    for k, intercept in enumerate(one.intercept):
        ours = np.array([d.intercept[k] for d in drawn])
        others = np.delete(one.intercept, k)
        assert abs(np.median(ours) - others.mean()) < 0.5 * ours.std()
        assert intercept not in ours
    residual = np.array([d.residual for d in drawn])
    np.testing.assert_allclose(residual.sum(axis=1), 0, atol=1e-9)
    assert residual.std() == pytest.approx(0.3 * np.sqrt(0.5), rel=0.05)
    changed = {"intercept", "residual"}
    for name in set(type(one).__slots__) - changed:
        assert getattr(drawn[0], name) is getattr(one, name)


def test_a_groups_use_of_the_scale_is_known_from_the_other_proposals(instrument):
    truth, measured, _ = at_the_truth(instrument)
    one = one_draw(instrument, truth, measured)
    use = np.array([[0.1, 0.2, 0.3, 0.4], [-0.1, -0.2, -0.3, -0.4]])
    still = np.zeros(500)
    drawn = left_out_parameters(measured, [one] * 500, still, np.broadcast_to(use, (500, 2, 4)))
    of_others = np.array([0.3, 0.8 / 3, 0.7 / 3, 0.2])
    for each in drawn:
        np.testing.assert_allclose(each.residual, [of_others, -of_others])


def test_nothing_is_predicted_where_nothing_tells_a_proposal_from_others(instrument):
    truth, measured, found = at_the_truth(instrument)
    given, sd = [one_draw(instrument, truth, measured)] * 8, np.full(8, 0.3)
    reduced = replace(measured, layout=replace(measured.layout, reduced=True))
    responses = measured.data.responses
    options = replace(responses, exclusive=True)
    exclusive = replace(measured, data=replace(measured.data, responses=options))
    few = replace(measured, layout=replace(measured.layout, interventions=2))
    for none in (reduced, exclusive, few):
        assert left_out_parameters(none, given, sd, np.zeros((8, *given[0].residual.shape))) is None
    rows = ResponseRows(found, measured, 10)
    assert left_out_scores(found, measured, rows).is_empty()
    assert isinstance(summarise_scores(pl.DataFrame()), pl.DataFrame)


def test_weights_count_in_what_was_observed(instrument):
    truth, measured, _ = at_the_truth(instrument)
    weight = np.where(np.arange(len(measured.data.group)) % 2, 1.8, 0.2)
    natural = replace(measured.data.responses, stipulated=None)
    measured = replace(measured, data=replace(measured.data, weight=weight, responses=natural))
    given = [one_draw(instrument, truth, measured)] * 8
    groups = np.arange(len(measured.data.groups))
    ways = {"unweighted": None, "weighted": weight}
    found = draw_responses(measured, given, groups, ways, given)
    # What weights tell of the other proposals is known when one is left out.
    raised = found.raised[:, 1]
    assert np.abs(raised).mean() > 0
    by_others = (raised.sum(axis=2, keepdims=True) - raised) / (raised.shape[2] - 1)
    moved = logit(found.left_out[:, 1]) - logit(found.acceptance[:, 1])
    # Shares of people who differ move by less than each of them does.
    assert np.corrcoef(moved.ravel(), (by_others - raised).ravel())[0, 1] > 0.97
    cells = left_out_scores(found, measured, ResponseRows(found, measured, 10))
    assert cells["weighting"].value_counts()["count"].to_list() == [8, 8]
    responses = measured.data.responses
    for row in cells.filter(weighting="weighted").to_dicts():
        x = responses.interventions.index(row["intervention"])
        rows = (measured.data.group == measured.data.groups.index(row["group"])) & (
            responses.answers[:, x] >= 0
        )
        accepts = responses.answers[rows, x] >= responses.accept
        assert row["observed"] == pytest.approx(np.average(accepts, weights=weight[rows]))
        # Nine times the weight: as much as 0.61 of the people who count alike.
        assert row["effective_n"] == pytest.approx(0.61 * row["asked"], rel=0.05)
