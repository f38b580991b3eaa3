"""Weighted shares of worldviews are those of the population, however much answers tell."""

import numpy as np
import pytest

from mfp_stats.quantities.weighted_composition import weighted_composition

PEOPLE, DRAWS = 3_000, 40


def memberships(
    rng: np.random.Generator, held: np.ndarray, shares: np.ndarray, group: np.ndarray, items: int
) -> np.ndarray:
    """Return membership probabilities (N, 2) given yes-or-no answers of which 3/4 are typical."""
    said = rng.random((len(held), items)) < np.where(held[:, None] == 1, 0.75, 0.25)
    likely = np.stack([np.where(said, 0.25, 0.75), np.where(said, 0.75, 0.25)], axis=-1).prod(
        axis=1
    )
    joint = likely * shares[group]
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("items", [1, 3, 8])
def test_few_questions_move_shares_as_far_as_many(items: int) -> None:
    rng = np.random.default_rng(items)
    young = rng.random(PEOPLE) < 0.5
    held = (rng.random(PEOPLE) < np.where(young, 0.85, 0.15)).astype(np.int64)
    group = np.arange(PEOPLE) % 2
    weight = np.where(young, 0.4, 1.6)
    shares = np.array([[1 - m, m] for m in (held[group == g].mean() for g in (0, 1))])
    member = memberships(rng, held, shares, group, items)
    found = weighted_composition(
        np.broadcast_to(member, (DRAWS, PEOPLE, 2)),
        np.broadcast_to(shares, (DRAWS, 2, 2)),
        weight,
        rng.standard_exponential((DRAWS, PEOPLE)),
        group,
    )
    np.testing.assert_allclose(found.sum(axis=2), 1)
    true = [np.average(held[group == g], weights=weight[group == g]) for g in (0, 1)]
    # The less answers tell, the more the sample's chance shows.
    error = {1: 0.045, 3: 0.03, 8: 0.015}[items]
    assert found[..., 1].mean(axis=0) == pytest.approx(true, abs=2.5 * error)
    assert (found[..., 1].std(axis=0) < 1.6 * error).all()
    # Weights had moved the memberships themselves by only part of that.
    if items < 8:
        naive = [np.average(member[group == g, 1], weights=weight[group == g]) for g in (0, 1)]
        assert min(naive) > max(true) + 0.05


def test_people_who_count_alike_leave_shares_about_where_the_model_has_them() -> None:
    rng = np.random.default_rng(5)
    held, group = (rng.random(PEOPLE) < 0.3).astype(np.int64), np.zeros(PEOPLE, dtype=np.int64)
    shares = np.array([[0.7, 0.3]])
    member = memberships(rng, held, shares, group, 5)
    bootstrap = rng.standard_exponential((DRAWS, PEOPLE))
    draws = np.broadcast_to(member, (DRAWS, PEOPLE, 2)), np.broadcast_to(shares, (DRAWS, 1, 2))
    found = weighted_composition(*draws, np.ones(PEOPLE), bootstrap, group)
    assert found[..., 1].mean() == pytest.approx(0.3, abs=0.02)
    scaled = weighted_composition(*draws, np.full(PEOPLE, 7.0), bootstrap, group)
    np.testing.assert_allclose(scaled, found)


def test_few_people_of_one_mind_and_groups_in_which_nobody_counts() -> None:
    member = np.array([[[0.99, 0.01], [0.98, 0.02], [0.5, 0.5]]])
    shares = np.array([[[0.6, 0.4], [0.5, 0.5]]])
    weight, group = np.array([2.0, 1.0, 0.0]), np.array([0, 0, 1])
    found = weighted_composition(member, shares, weight, np.ones((1, 3)), group)
    assert 0.75 < found[0, 0, 0] < 0.95  # near 1, and not 1
    np.testing.assert_array_equal(found[0, 1], [0.5, 0.5])
