"""Worldviews are found where there are some, and not where there are none."""

import numpy as np
import pytest
import xarray as xr

from mfp_stats.errors import FitRefused
from mfp_stats.quantities.worldview_models import (
    Candidate,
    Prediction,
    compare,
    is_promising,
    model_name,
    predict_left_out,
)

from .conftest import simulate_coins, simulate_degrees, simulate_types


def candidates(fit, data, classes=(0, 1, 2, 3)):
    fits = {c: fit(data, c)["posterior"]["person_log_likelihood"] for c in classes}
    return [Candidate(c, predict_left_out(draws)) for c, draws in fits.items()]


def test_two_kinds_of_people_are_two_worldviews(fit):
    found = compare(candidates(fit, simulate_types(n=200).data))
    assert (found.chosen, found.verdict, found.at_limit) == (2, "worldviews", False)


def test_people_who_differ_by_degree_are_no_worldviews(fit):
    found = compare(candidates(fit, simulate_degrees(n=200).data, classes=(0, 2)))
    assert found.verdict == "gradual"


def test_people_who_think_alike_hold_one_worldview(fit):
    found = compare(candidates(fit, simulate_coins(n=200).data, classes=(0, 1, 2)))
    assert (found.chosen, found.verdict) == (1, "one_worldview")


def prediction(level: float, noise: float = 0.0, seed: int = 0) -> Prediction:
    wiggle = np.random.default_rng(seed).normal(0, noise, 100)
    return Prediction(-10.0 + level + wiggle - wiggle.mean(), 0)


def test_fewer_are_preferred_within_the_error():
    near = [
        Candidate(1, prediction(-1)),
        Candidate(2, prediction(0)),
        Candidate(3, prediction(0.03)),
    ]
    assert compare(near).chosen == 2
    noisy = [Candidate(1, prediction(0.0)), Candidate(2, prediction(0.1, noise=1.0))]
    assert compare(noisy).chosen == 1


def test_without_a_credible_lead_over_the_continuum_nobody_can_tell():
    close = [Candidate(1, prediction(-1)), Candidate(2, prediction(0)), Candidate(0, prediction(0))]
    assert compare(close).verdict == "cannot_tell"
    assert compare(close[:2]).verdict == "cannot_tell"


def test_failed_candidates_are_neither_chosen_nor_shown():
    found = compare([Candidate(1, prediction(-1)), Candidate(2, None), Candidate(3, prediction(0))])
    table = found.table()
    assert found.chosen == 3
    assert found.at_limit
    failed = table.filter(model="two_classes").to_dicts()[0]
    assert failed["elpd"] is None
    assert failed["chosen"] is False
    assert table["model"].to_list() == ["three_classes", "one_class", "two_classes"]
    assert table["elpd_difference"].to_list() == [0.0, pytest.approx(-100.0), None]
    with pytest.raises(FitRefused, match="no number of worldviews"):
        compare([Candidate(1, None), Candidate(0, prediction(0))])


def test_one_worldview_is_not_claimed_where_two_could_not_be_judged():
    scale, one, two, three = (Candidate(k, prediction(0)) for k in (0, 1, 2, 3))
    failed = Candidate(2, None)
    assert compare([scale, one, failed]).verdict == "cannot_tell"
    assert compare([scale, one, failed, three]).verdict == "cannot_tell"
    assert compare([scale, one]).verdict == "cannot_tell"
    assert compare([one, two]).verdict == "cannot_tell"
    assert compare([Candidate(0, None), one, two]).verdict == "cannot_tell"
    assert compare([scale, one, two]).verdict == "one_worldview"
    assert compare([scale, one, two, Candidate(3, None)]).verdict == "one_worldview"


def test_degrees_are_not_claimed_where_no_division_could_be_judged():
    """One pattern for all is easily bettered; that says nothing of two worldviews."""
    scale, one, two = Candidate(0, prediction(5)), Candidate(1, prediction(0)), Candidate(2, None)
    found = compare([scale, one, two, Candidate(3, None)])
    assert (found.chosen, found.verdict) == (1, "cannot_tell")
    (caution,) = found.cautions
    assert caution.startswith("All people are taken together only because no division of them")
    assert "Fit again with more draws" in caution
    judged = compare([scale, one, Candidate(2, prediction(0))])
    assert (judged.verdict, judged.cautions) == ("gradual", ())
    assert compare([scale, one]).cautions == ()


def test_one_worldview_is_not_claimed_where_two_might_well_predict_better():
    scale, one = Candidate(0, prediction(0)), Candidate(1, prediction(0))
    unsure = Candidate(2, prediction(0.02, noise=0.5))  # 2 ± 5 log units
    assert compare([scale, one, unsure]).verdict == "cannot_tell"
    assert compare([Candidate(0, prediction(0.02, noise=0.5)), one]).verdict == "cannot_tell"


def test_a_number_beyond_which_none_could_be_judged_is_said_to_be_that():
    passed = [Candidate(1, prediction(-1)), Candidate(2, prediction(0))]
    (caution,) = compare([*passed, Candidate(3, None)]).cautions
    assert caution == (
        "More than 2 worldviews might predict the answers better still: the draws of a finer "
        "division did not pass their checks."
    )
    (untried,) = compare(passed).cautions
    assert untried.endswith("better still: finer divisions than that are not looked for.")
    assert not compare([*passed, Candidate(3, prediction(0))]).cautions


def test_a_coarser_division_that_failed_its_checks_is_named():
    one, three = Candidate(1, prediction(0)), Candidate(3, prediction(1))
    found = compare([one, Candidate(2, None), three, Candidate(4, prediction(0))])
    assert found.chosen == 3
    assert found.cautions == (
        "Fewer than 3 worldviews might predict the answers as well: the draws of a coarser "
        "division did not pass their checks.",
    )


def test_the_search_ends_where_more_worldviews_are_worse_or_cannot_be_judged():
    continuum, one, two = (Candidate(k, prediction(-k / 10)) for k in (0, 1, 2))
    assert is_promising([continuum, one])
    assert not is_promising([continuum, one, two])  # worse by more than two standard errors
    better = Candidate(2, prediction(1))
    assert is_promising([continuum, one, better])
    assert not is_promising([continuum, one, better, Candidate(3, None)])
    # Three kinds of people make two ones hard to find: that two fail says nothing about three.
    assert is_promising([one, Candidate(2, None)])
    assert is_promising([Candidate(1, None)])


def test_names_of_models():
    assert [model_name(c) for c in (0, 1, 2, 12)] == [
        "continuum",
        "one_class",
        "two_classes",
        "12_classes",
    ]


def test_leave_one_out_against_exact_normal_theory():
    # Known variance, flat prior: the left-out predictive density is normal in closed form.
    rng = np.random.default_rng(0)
    y = rng.normal(size=60)
    mean = y.mean() + rng.normal(size=(4, 1000)) / np.sqrt(len(y))
    density = -0.5 * (y - mean[..., None]) ** 2 - 0.5 * np.log(2 * np.pi)
    draws = xr.DataArray(density, dims=("chain", "draw", "respondents"))
    others = (y.sum() - y) / (len(y) - 1)
    variance = 1 + 1 / (len(y) - 1)
    exact = -0.5 * (y - others) ** 2 / variance - 0.5 * np.log(2 * np.pi * variance)
    found = predict_left_out(draws)
    np.testing.assert_allclose(found.elpd, exact, atol=0.02)
    assert found.high_pareto_k == 0
    assert found.se == pytest.approx(np.sqrt(60) * exact.std(), rel=0.02)


def test_people_without_answers_do_not_stop_the_comparison():
    # In a mixture their memberships sum to one only up to rounding.
    rng = np.random.default_rng(0)
    given = rng.normal(-5, 0.1, size=(4, 200, 3))
    rounding = rng.choice([0.0, 1e-16, -1e-16], size=(4, 200, 1))
    both = np.concatenate([given, np.zeros((4, 200, 1)), rounding], axis=2)
    dims = ("chain", "draw", "respondents")
    found = predict_left_out(xr.DataArray(both, dims=dims))
    np.testing.assert_allclose(found.elpd[3:], 0.0, atol=1e-12)
    alone = predict_left_out(xr.DataArray(given, dims=dims))
    np.testing.assert_allclose(found.elpd[:3], alone.elpd)
    assert found.high_pareto_k == alone.high_pareto_k
    nobody = predict_left_out(xr.DataArray(np.zeros((4, 200, 2)), dims=dims))
    assert (nobody.total, nobody.high_pareto_k) == (0.0, 0)
