"""EM for the worldview mixture: known answers, determinism, honesty about modes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design.data import Beliefs, Indicator
from mfp_stats.errors import DesignError
from mfp_stats.likelihoods.categories import Categories, one_hot, zero_sum_basis
from mfp_stats.likelihoods.em import fit_classes, match_profiles


def layout(answers: np.ndarray, size: int) -> Categories:
    sizes = np.full(answers.shape[1], size)
    names = tuple(f"{h}={k}" for h in range(len(sizes)) for k in range(size))
    return Categories(sizes, np.zeros(len(sizes), bool), names, one_hot(answers, sizes))


def simulate(n=600, items=10, size=3, shares=(0.5, 0.3, 0.2), seed=1):
    rng = np.random.default_rng(seed)
    profile = rng.dirichlet(np.full(size, 0.6), size=(items, len(shares)))
    member = rng.choice(len(shares), n, p=shares)
    drawn = rng.random((n, items, 1)) > profile[:, member].transpose(1, 0, 2).cumsum(-1)
    return drawn.sum(-1), member, profile


@pytest.fixture(scope="module")
def survey():
    return simulate()


@pytest.mark.parametrize(
    ("classes", "log_likelihood"), [(1, -543.6498), (2, -504.4677), (3, -503.3011)]
)
def test_published_log_likelihoods(shared_data: Path, classes: int, log_likelihood: float):
    answers = pl.read_csv(shared_data / "reference" / "values.csv").to_numpy().astype(int) - 1
    found = fit_classes(layout(answers, 2), classes)
    assert found.best.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)


def test_shares_and_profiles_are_recovered(survey):
    answers, member, profile = survey
    found = fit_classes(layout(answers, 3), 3)
    truth = profile.transpose(0, 2, 1).reshape(-1, 3)
    order = match_profiles(found.best.profile, truth)
    np.testing.assert_allclose(found.best.shares[order], (0.5, 0.3, 0.2), atol=0.05)
    assert np.abs(found.best.profile[:, order] - truth).mean() < 0.03
    assert np.mean(found.responsibilities[:, order].argmax(1) == member) > 0.9
    np.testing.assert_allclose(found.responsibilities.sum(1), 1.0)


def test_shares_are_ordered_and_the_best_start_is_the_best(survey):
    found = fit_classes(layout(survey[0], 3), 3)
    assert list(found.best.shares) == sorted(found.best.shares, reverse=True)
    assert found.best.log_likelihood == found.starts.max()
    assert 1 <= found.best.reached <= len(found.starts)


def test_row_order_changes_nothing(survey):
    answers = survey[0]
    again = np.random.default_rng(0).permutation(len(answers))
    one, other = (fit_classes(layout(a, 3), 3) for a in (answers, answers[again]))
    np.testing.assert_allclose(one.best.profile, other.best.profile, atol=1e-6)
    np.testing.assert_allclose(one.responsibilities[again], other.responsibilities, atol=1e-6)


def test_missing_answers_contribute_nothing(survey):
    answers = survey[0].copy()
    silent = np.full((50, answers.shape[1]), -1)
    alone = fit_classes(layout(answers, 3), 2)
    joined = fit_classes(layout(np.vstack([answers, silent]), 3), 2)
    assert joined.best.log_likelihood == pytest.approx(alone.best.log_likelihood, abs=1e-3)
    shares = np.tile(joined.best.shares, (50, 1))
    np.testing.assert_allclose(joined.responsibilities[-50:], shares, atol=1e-6)


def test_smoothing_keeps_every_answer_possible(survey):
    found = fit_classes(layout(survey[0][:40], 3), 3, smoothing=1.0)
    assert found.best.profile.min() > 0
    np.testing.assert_allclose(found.best.profile.reshape(10, 3, 3).sum(1), 1.0)


def test_rival_modes_are_reported():
    # Two unrelated halves of the items, made exactly symmetric: splitting people by either
    # half is equally good.
    rng = np.random.default_rng(3)
    sides = rng.integers(0, 2, size=(150, 2)).repeat(4, axis=1)
    answers = np.where(rng.random((150, 8)) < 0.85, sides, 1 - sides)
    found = fit_classes(layout(np.vstack([answers, np.roll(answers, 4, axis=1)]), 2), 2)
    assert len(found.others) == 1
    assert found.others[0].log_likelihood == pytest.approx(found.best.log_likelihood, abs=0.1)
    assert found.best.reached + found.others[0].reached <= 10


def test_one_clear_maximum_has_no_rivals(survey):
    assert fit_classes(layout(survey[0], 3), 3).others == ()


def test_more_classes_than_patterns_are_refused():
    with pytest.raises(DesignError, match="2 different patterns"):
        fit_classes(layout(np.array([[0, 0], [0, 1], [0, 1]]), 2), 3)


def test_layout_names_every_fault():
    indicators = (
        Indicator("a", "a", "nominal", ("x",), "A", ("X",)),
        Indicator("b", "b", "binary", ("no", "yes"), "B", ("No", "Yes")),
    )
    with pytest.raises(DesignError) as caught:
        Categories.of(Beliefs(indicators, np.array([[0, 2]])))
    assert {f.where for f in caught.value.faults} == {"belief a", "belief b"}


def test_layout_spreads_answers():
    indicators = (
        Indicator("a", "a", "ordinal", ("x", "y", "z"), "A", ("X", "Y", "Z")),
        Indicator("b", "b", "binary", ("no", "yes"), "B", ("No", "Yes")),
    )
    table = Categories.of(Beliefs(indicators, np.array([[2, 0], [-1, 1]])))
    assert table.chosen.tolist() == [[0, 0, 1, 1, 0], [0, 0, 0, 0, 1]]
    assert table.names == ("a=x", "a=y", "a=z", "b=no", "b=yes")
    assert table.is_ordinal.tolist() == [True] * 3 + [False] * 2


@pytest.mark.parametrize("n", [1, 2, 5])
def test_zero_sum_basis(n: int):
    basis = zero_sum_basis(n)
    assert basis.shape == (n, n - 1)
    np.testing.assert_allclose(basis.sum(0), 0, atol=1e-12)
    np.testing.assert_allclose(basis.T @ basis, np.eye(n - 1), atol=1e-12)
