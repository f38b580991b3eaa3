"""What attributes do: recovered where proposals tell it, wide where they do not, and calibrated."""

import numpy as np
import pytest

from mfp_stats.quantities.search.links import LACK, Link, design_code, fit_links

DRAWS = 400


def coded(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows) - 0.5


def factorial(attributes: int) -> np.ndarray:
    grid = np.meshgrid(*[[-0.5, 0.5]] * attributes, indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)


def linked(y, code, *, error=0.0, scale=0.5, seed=0, draws=DRAWS) -> Link:
    """Return links from y (X, n) that were measured with a known error."""
    rng = np.random.default_rng((seed, 1))
    drawn = y + error * rng.standard_normal((draws, *y.shape))
    return fit_links(drawn, np.ones(y.shape, bool), code, scale=scale, rng=rng)


def predicted(link: Link, code: np.ndarray, proposal: int, proposals: int) -> np.ndarray:
    """Return draws of one design, (S, n)."""
    row = design_code(np.concatenate([[1.0], code])[None], np.array([proposal]), proposals)[0]
    return np.einsum("p,spn->sn", row, link.coefficients)


def test_a_fielded_proposal_keeps_exactly_what_was_measured_of_it():
    code = factorial(3)[:5]
    y = np.random.default_rng(1).normal(size=(5, 2))
    link = linked(y, code)
    for x in range(5):
        np.testing.assert_allclose(predicted(link, code[x], x, 5), np.tile(y[x], (DRAWS, 1)))


def test_a_linear_link_that_many_proposals_show_is_found():
    code = factorial(4)
    rng = np.random.default_rng(2)
    b = rng.normal(0, 0.6, (4, 6))
    y = 0.3 + code[:12] @ b
    link = linked(y, code[:12], error=0.05)
    found = link.effect[:, 1:].mean(axis=0)
    np.testing.assert_allclose(found, b, atol=0.12)
    held_out = np.stack([predicted(link, c, -1, 12).mean(axis=0) for c in code[12:]])
    np.testing.assert_allclose(held_out, 0.3 + code[12:] @ b, atol=0.15)


def test_intervals_widen_with_every_step_away_from_what_was_fielded():
    code = coded([[0, 0, 0, 0], [1, 0, 0, 0]])  # the last three attributes never varied
    link = linked(np.array([[0.0], [0.4]]), code)
    path = coded([[0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0], [0, 1, 1, 1]])
    spread = [predicted(link, c, -1 if k else 0, 2).std() for k, c in enumerate(path)]
    assert spread[0] == pytest.approx(0, abs=1e-12)
    assert np.all(np.diff(spread) > 0.05)


def test_what_attributes_do_not_explain_is_told_from_errors_of_measurement():
    code = np.tile(factorial(3), (3, 1))[:20]
    rng = np.random.default_rng(3)
    b = rng.normal(0, 0.5, (3, 8))
    for lack, error in ((0.0, 0.25), (0.4, 0.02)):
        truth = code @ b + lack * rng.standard_normal((20, 8))
        y = truth + error * rng.standard_normal(truth.shape)
        link = linked(y, code, error=error)
        assert link.new.std() == pytest.approx(lack, abs=0.12)
        assert np.sqrt((link.lack**2).mean()) == pytest.approx(link.new.std(), rel=0.05)


def test_outcomes_that_too_few_proposals_were_asked_about_are_nothing():
    rng = np.random.default_rng(4)
    y = rng.normal(size=(DRAWS, 4, 3))
    there = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 1]], bool)
    link = fit_links(y, there, factorial(2), scale=0.5, rng=rng)
    assert np.abs(link.coefficients[:, :, 0]).max() > 0
    assert not link.coefficients[:, :, 2].any()
    assert not link.own[:, [1, 3], 1].any()
    row = design_code(np.array([[1.0, *factorial(2)[2]]]), np.array([2]), 4)[0]
    np.testing.assert_allclose(np.einsum("p,spn->sn", row, link.coefficients)[:, 1], y[:, 2, 1])


@pytest.mark.parametrize(("proposals", "attributes"), [(6, 6), (10, 4), (4, 5)])
def test_ninety_per_cent_intervals_of_designs_nobody_saw_are_calibrated(proposals, attributes):
    """The truth is drawn from the prior, with fewer proposals than levels and with more."""
    held, total = 0, 0
    for seed in range(40):
        rng = np.random.default_rng((seed, 5))
        scale = 0.5
        tau, rho = scale * np.exp(rng.normal(0, 0.6)), LACK * np.exp(rng.normal(0, 0.6))
        # As in surveys that field one idea at a time: each proposal has about one attribute.
        code = (rng.random((proposals + 6, attributes)) < 1.5 / attributes) - 0.5
        b = tau * rng.standard_normal((attributes, 8))
        error = 0.15
        truth = 0.2 + code @ b + tau * rho * rng.standard_normal((len(code), 8))
        measured = truth[:proposals] + error * rng.standard_normal((proposals, 8))
        link = linked(measured, code[:proposals], error=error, scale=scale, seed=seed)
        for c, true in zip(code[proposals:], truth[proposals:], strict=True):
            low, high = np.quantile(predicted(link, c, -1, proposals), [0.05, 0.95], axis=0)
            held, total = held + int(((low <= true) & (true <= high)).sum()), total + 8
    assert total == 40 * 6 * 8
    assert 0.85 <= held / total <= 0.95
