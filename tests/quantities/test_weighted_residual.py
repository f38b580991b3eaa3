"""Weights reach acceptance also by what nobody was asked about; by nothing where they are noise."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design.data import ModelData, Responses
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.response_draws import Measured, draw_responses
from mfp_stats.quantities.weighted_residual import weighting_shift

N, DRAWS = 800, 60
WEIGHTED = "raked"


def survey(weight: np.ndarray, accepts: np.ndarray) -> Measured:
    """Two groups who were asked about one proposal and about nothing else."""
    group = np.repeat([0, 1], N // 2)
    given = Responses(("x",), ("X",), ("no", "yes"), 1, accepts[:, None].astype(np.int64))
    who = tuple(f"p{i}" for i in range(N))
    data = ModelData("s", "0", who, ("a", "b"), ("A", "B"), group, weight, (), (), responses=given)
    data = replace(data, weighting=WEIGHTED)
    nothing = np.zeros((DRAWS, N, 0))
    return Measured(
        data,
        nothing,
        np.zeros((DRAWS, N, 1)),
        None,
        IndexLayout.of(("x",), None, has_values=False),
        ImportanceMoments.of(nothing),
        3,
    )


def drawn(measured: Measured):
    """Return draws at the parameters that reproduce the shares of those asked."""
    accepts = measured.data.responses.accepts[:, 0]
    share = np.array([accepts[measured.data.group == g].mean() for g in (0, 1)])
    logit = np.log(share / (1 - share))
    one = ResponseParameters(
        intercept=np.array([logit.mean()]),
        residual=(logit - logit.mean())[:, None],
        person_sd=0.0,
        expected_weight=0.0,
        class_effect=None,
        value_effect=None,
        signal_weight=np.zeros(0),
        deviation_share=0.0,
    )
    weightings = {"unweighted": None, WEIGHTED: measured.data.weight}
    return draw_responses(measured, [one] * DRAWS, np.array([0, 1]), weightings)


def test_weights_that_go_with_acceptance_move_it() -> None:
    rng = np.random.default_rng(1)
    young = rng.random(N) < 0.5
    accepts = rng.random(N) < np.where(young, 0.9, 0.1)
    measured = survey(np.where(young, 0.2, 1.8), accepts)
    found = drawn(measured)
    weight, group = measured.data.weight, measured.data.group
    for g in (0, 1):
        inside = group == g
        observed = (weight * accepts)[inside].sum() / weight[inside].sum()
        assert observed < 0.3
        shares = found.acceptance[:, 1, g, 0]
        assert shares.mean() == pytest.approx(observed, abs=0.02)
        assert found.acceptance[:, 0, g, 0].mean() == pytest.approx(
            accepts[inside].mean(), abs=0.01
        )
        # As uncertain as a weighted mean of so many people is.
        error = np.sqrt((weight[inside] ** 2 * (accepts[inside] - observed) ** 2).sum())
        assert shares.std() == pytest.approx(error / weight[inside].sum(), rel=0.4)
    np.testing.assert_allclose(found.parts.sum(axis=-1), found.gap, atol=1e-9)


def test_weights_that_have_nothing_to_do_with_it_leave_it() -> None:
    rng = np.random.default_rng(2)
    accepts = rng.random(N) < 0.4
    found = drawn(survey(rng.uniform(0.5, 1.5, N), accepts))
    apart = found.acceptance[:, 1] - found.acceptance[:, 0]
    assert np.abs(apart.mean(axis=0)).max() < 0.02


def test_what_people_were_measured_to_hold_is_not_counted_twice() -> None:
    accepts = np.array([[1], [0], [1], [-1]])
    expected = np.array([[0.9], [0.1], [0.8], [0.5]])
    even = np.ones(4)
    weight = np.array([4.0, 0.0, 1.0, 9.0])
    more = (4 * 0.1 + 1 * 0.2) / 5 - (0.1 - 0.1 + 0.2) / 3
    assert weighting_shift(accepts, expected, even, weight) == pytest.approx([more])
    assert weighting_shift(np.full((4, 1), -1), expected, even, weight).tolist() == [0.0]
