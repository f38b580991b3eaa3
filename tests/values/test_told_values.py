"""By how much weights move groups' means, where answers tell only part of what persons hold."""

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import minimize
from scipy.special import softmax

from mfp_stats.design.data import ModelData, Picks
from mfp_stats.likelihoods.contrasts import contrast_basis
from mfp_stats.quantities.told_values import ToldValues
from mfp_stats.quantities.values import summarise_values

K = 4
BASIS = contrast_basis(K)


def centred(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_normal((*shape, K - 1)) @ BASIS.T


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0])
def test_means_move_by_as_much_as_weighted_persons_lie_apart(noise: float) -> None:
    rng = np.random.default_rng(3)
    people, draws = 3_000, 60
    heavy = np.arange(people) % 2 == 0
    group = (np.arange(people) % 4 > 1).astype(np.int64)
    held = centred(rng, people)
    # Within the model's spread, those who count for more hold the first value dearer.
    apart = BASIS @ np.array([0.5, 0, 0])
    held += np.where(heavy[:, None], apart, -apart)
    said = held + noise * centred(rng, people)
    kept = (1 + 0.5**2) / (1 + 0.5**2 + noise**2)
    spread = np.sqrt((1 - kept) * (1 + 0.5**2))
    v = kept * said + spread * centred(rng, draws, people)
    told = ToldValues.of([(v[:20], np.zeros((20, 2, K))), (v[20:], np.zeros((40, 2, K)))], group)
    weight = np.where(heavy, 3.0, 1.0)
    bootstrap = rng.standard_exponential((400, people))
    mean = told.moved(np.zeros((400, 2, K)), weight, bootstrap)
    # 3/4 of the weight is theirs, 1/2 of the people.
    shift = mean @ apart / (apart @ apart)
    assert shift.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.25 * (1 + noise) * 0.5)
    # What answers leave open widens the shift as a larger sample error would.
    error = np.sqrt((1 + 0.5**2 + noise**2) * (0.625 - 0.5) * 4 / (people / 2)) / 0.5
    assert shift.std(axis=0) == pytest.approx([error, error], rel=0.35)


def test_nothing_moves_where_answers_tell_nothing_or_all_count_alike() -> None:
    rng = np.random.default_rng(4)
    group, bootstrap = np.repeat([0, 2], 50), rng.standard_exponential((5, 100))
    mu = centred(rng, 5, 3)
    drawn = [(mu[:, group] + centred(rng, 5, 100), mu) for _ in range(40)]
    unknown = ToldValues.of(drawn, group)
    np.testing.assert_allclose(unknown.moved(mu, np.arange(100.0), bootstrap), mu, atol=1e-9)
    known = ToldValues.of([(mu[:, group] + centred(rng, 100), mu)], group)
    np.testing.assert_allclose(known.moved(mu, np.full(100, 2.0), bootstrap), mu, atol=1e-9)
    only_first = known.moved(mu, np.repeat([1.0, 0.0], 50), bootstrap)
    np.testing.assert_allclose(only_first, mu, atol=1e-9)
    assert np.abs(known.moved(mu, np.arange(100.0), bootstrap)[:, 1] - mu[:, 1]).max() < 1e-9


@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_raked_shares_of_single_picks_are_what_weighted_picks_say(spread: float) -> None:
    rng = np.random.default_rng(0)
    people = 1_200
    young = rng.random(people) < 0.5
    chance = np.where(young[:, None], [0.7, 0.1, 0.1, 0.1], [0.1, 0.3, 0.3, 0.3])
    picked = (rng.random((people, 1)) > chance.cumsum(axis=1)[:, :-1]).sum(axis=1)
    weight = np.where(young, 0.4, 1.6)
    group = np.repeat([0, 1], people // 2)
    data = ModelData(
        *("town", "1", tuple(f"r{i}" for i in range(people)), ("near", "far"), ("Near", "Far")),
        *(group, weight / weight.mean(), tuple("abcd"), tuple("ABCD")),
        picks=Picks(np.arange(people), np.ones((people, K), bool), np.eye(K, dtype=bool)[picked]),
        weighting="raked",
    )
    table = summarise_values(
        fitted(data, picked, spread), data, version="revealed", floor=10
    ).tables["values"]
    for g, name in enumerate(data.groups):
        for weighting, counted in (("unweighted", np.ones(people)), ("raked", weight)):
            rows = table.filter(group=name, weighting=weighting)
            said = np.bincount(picked[group == g], counted[group == g]) / counted[group == g].sum()
            assert rows["mean"].to_numpy() == pytest.approx(said, abs=0.035)
        # Of all, the young make it the first; of the population it is probably not.
        first = table.filter(value="a", group=name).sort("weighting", descending=True)
        assert first["top_probability"][0] == 1 and first["top_probability"][1] < 0.3


def fitted(data: ModelData, picked: np.ndarray, spread: float) -> xr.Dataset:
    """Return a posterior of one point: groups' means under which picks are as likely as seen."""
    z = np.random.default_rng(1).standard_normal((4_000, K - 1)) * spread

    def apart(place: np.ndarray, seen: np.ndarray) -> float:
        return float(((softmax((place + z) @ BASIS.T, axis=1).mean(axis=0) - seen) ** 2).sum())

    mu = []
    for g in range(2):
        seen = np.bincount(picked[data.group == g], minlength=K) / (data.group == g).sum()
        mu.append(BASIS @ minimize(apart, np.zeros(K - 1), seen).x)
    return xr.Dataset(
        {
            "mu": (("chain", "draw", "groups", "values"), np.tile(mu, (2, 20, 1, 1))),
            "factor": (
                ("chain", "draw", "values", "contrasts"),
                np.tile(BASIS * spread, (2, 20, 1, 1)),
            ),
        }
    )
