"""Persons whom the model integrated out are drawn from their conditional distribution."""

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit, softmax

from mfp_stats.design.data import ModelData, Picks, Ratings
from mfp_stats.quantities.drawn import pick_nodes
from mfp_stats.quantities.persons import answered, bootstrap_weights, person_values

VALUES = ("fair", "say", "jobs", "calm")
GROUP = np.array([0, 1, 0, 1, 1])
DRAWS = 600


def data(**evidence) -> ModelData:
    people = tuple(f"p{i}" for i in range(len(GROUP)))
    return ModelData(
        "s", "h", people, ("near", "far"), ("Near", "Far"), GROUP, None, VALUES, VALUES, **evidence
    )


def constant(**parameters: tuple[tuple[str, ...], np.ndarray]) -> xr.Dataset:
    """Return a posterior that says the same in every draw."""
    dims = ("chain", "draw")
    return xr.Dataset(
        {
            name: ((*dims, *own), np.broadcast_to(array, (2, DRAWS // 2, *np.shape(array))))
            for name, (own, array) in parameters.items()
        }
    )


def drawn(posterior: xr.Dataset, survey: ModelData, seed: int = 0) -> np.ndarray:
    return np.concatenate([v for _, v in person_values(posterior, survey, seed=seed)])


MU = np.array([[1.0, 0.2, -0.4, -0.8], [-0.5, 0.5, 0.3, -0.3]])
FACTOR = (np.eye(4) - 0.25)[:, :3] * 1.3


def test_picked_persons_follow_prior_times_likelihood_of_the_pick():
    chosen = np.array([[0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0]], dtype=bool)
    survey = data(picks=Picks(np.array([0, 1, 4]), np.ones_like(chosen), chosen))
    posterior = constant(mu=(("groups", "values"), MU), factor=(("values", "contrasts"), FACTOR))
    found = softmax(drawn(posterior, survey), axis=2)
    assert found.shape == (DRAWS, 3, 4)
    rng = np.random.default_rng(1)
    for place, person in enumerate((0, 1, 4)):
        v = MU[GROUP[person]] + rng.normal(size=(100_000, 3)) @ FACTOR.T
        # the first k of a ranking with Gumbel noise are the pick
        order = np.argsort(-(v + rng.gumbel(size=v.shape)), axis=1)
        picked = set(np.flatnonzero(chosen[place]).tolist())
        right = [set(o[: len(picked)].tolist()) == picked for o in order]
        expected = softmax(v[right], axis=1)
        error = 4 * expected.std(axis=0) / np.sqrt(DRAWS)
        assert (np.abs(found[:, place].mean(axis=0) - expected.mean(axis=0)) < error).all()
        np.testing.assert_allclose(found[:, place].std(axis=0), expected.std(axis=0), rtol=0.2)


def test_persons_without_a_pick_are_like_their_group():
    chosen = np.array([[0, 1, 1, 0]], dtype=bool)
    survey = data(picks=Picks(np.array([0]), np.ones_like(chosen), chosen))
    posterior = constant(mu=(("groups", "values"), MU), factor=(("values", "contrasts"), FACTOR))
    wanted = np.array([0, 2, 3])
    found = np.concatenate([v for _, v in person_values(posterior, survey, who=wanted)])
    assert found.shape == (DRAWS, 3, 4)
    alone = drawn(posterior, survey)
    np.testing.assert_array_equal(found[:, 0], alone[:, 0])
    for place, person in enumerate(wanted[1:], start=1):
        error = 4 * np.sqrt(np.diag(FACTOR @ FACTOR.T) / DRAWS)
        assert (np.abs(found[:, place].mean(axis=0) - MU[GROUP[person]]) < error).all()
        np.testing.assert_allclose(np.cov(found[:, place].T), FACTOR @ FACTOR.T, atol=0.35)


def test_rated_persons_follow_prior_times_likelihood_of_the_ratings():
    cuts = np.array([-1.0, 0.2, 1.5])
    person, value = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 2, 3, 0, 3])
    level = np.array([3, 3, 1, 0, 0, 2])
    ratings = Ratings(person, value, level, ("none", "some", "much", "most"))
    loading = np.array([[1.0, 0.8, 1.2, 1.1], [0.9, 1.0, 1.3, 0.9]])
    deviation, style, style_sd = np.array([1.0, 0.6, 1.4, 0.9]), np.array([0.4, -0.4]), 1.1
    posterior = constant(
        mu=(("groups", "values"), MU),
        position=(("groups", "values"), MU),
        group_style=(("groups",), style),
        style_spread=((), np.array(style_sd)),
        loading=(("groups", "values"), loading),
        deviation=(("values",), deviation),
        thresholds=(("cuts",), cuts),
    )
    found = drawn(posterior, data(ratings=ratings))
    np.testing.assert_allclose(found.sum(axis=2), 0, atol=1e-9)
    rng = np.random.default_rng(2)
    for i in (0, 1):
        g, rows = GROUP[i], person == i
        lam = loading[g]
        there = MU[g] / lam + deviation * rng.normal(size=(200_000, 4))
        eta = lam * there + style[g] + style_sd * rng.normal(size=(200_000, 1))
        above = np.pad(expit(eta[..., None] - cuts), ((0, 0), (0, 0), (1, 1)))
        above[..., 0] = 1
        each = -np.diff(above, axis=2)[:, value[rows], level[rows]]
        weight = each.prod(axis=1) / each.prod(axis=1).sum()
        shift = there.sum(axis=1, keepdims=True) / (1 / lam).sum()
        v = there - shift / lam
        mean = weight @ v
        sd = np.sqrt(weight @ (v - mean) ** 2)
        assert (np.abs(found[:, i].mean(axis=0) - mean) < 4 * sd / np.sqrt(DRAWS) + 0.01).all()
        np.testing.assert_allclose(found[:, i].std(axis=0), sd, rtol=0.15)


def test_sampled_persons_are_handed_on_as_they_are_if_they_answered():
    v = np.random.default_rng(0).normal(size=(2, DRAWS // 2, 5, 4))
    posterior = xr.Dataset({"v": (("chain", "draw", "respondents", "values"), v)})
    chosen = np.array([[0, 1, 1, 0], [0, 0, 0, 1]], dtype=bool)
    survey = data(picks=Picks(np.array([4, 1]), np.ones_like(chosen), chosen))
    assert answered(survey).tolist() == [False, True, False, False, True]
    np.testing.assert_array_equal(drawn(posterior, survey), v.reshape(-1, 5, 4)[:, [1, 4]])


def test_nodes_are_picked_in_proportion_to_their_weight():
    weights = np.array([[1.0, 3.0, 0.0], [2.0, 2.0, 4.0]])
    lists = np.tile([0, 1, 1], (20_000, 1))
    found = pick_nodes(weights, lists, np.random.default_rng(0))
    first = np.bincount(found[:, 0], minlength=3) / 20_000
    second = np.bincount(found[:, 1:].ravel(), minlength=3) / 40_000
    np.testing.assert_allclose(first, [0.25, 0.75, 0], atol=0.015)
    np.testing.assert_allclose(second, [0.25, 0.25, 0.5], atol=0.015)


def test_bootstrap_of_a_person_depends_on_seed_draw_and_person_alone():
    some = bootstrap_weights(None, np.array([1, 3]), np.array([5, 6]), seed=2)
    more = bootstrap_weights(None, np.array([0, 1, 3, 4]), np.array([6]), seed=2)
    np.testing.assert_array_equal(some[1], more[0, [1, 2]])
    heavy = bootstrap_weights(np.full(5, 2.5), np.array([1, 3]), np.array([5, 6]), seed=2)
    np.testing.assert_allclose(heavy, 2.5 * some)
    other = bootstrap_weights(None, np.array([1, 3]), np.array([5, 6]), seed=3)
    assert not np.isclose(some, other).any()


def test_bootstrap_means_vary_as_the_sample_says():
    x = np.random.default_rng(4).normal(size=80)
    w = bootstrap_weights(None, np.arange(80), np.arange(3000), seed=0)
    means = (w @ x) / w.sum(axis=1)
    assert means.mean() == pytest.approx(x.mean(), abs=0.01)
    assert means.std() == pytest.approx(x.std() / np.sqrt(81), rel=0.06)
