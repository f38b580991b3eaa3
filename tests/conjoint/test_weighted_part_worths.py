"""Weights move what levels are worth to a group, not only who holds which worldview."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.quantities.part_worths import HeldWorths, PartWorths, part_worth_quantities
from mfp_stats.quantities.weighted_part_worths import weighted_utility
from tests.conjoint.experiment import survey

PEOPLE, DRAWS = (300, 200), 30
YOUNG = np.arange(sum(PEOPLE)) % 2 == 0
WEIGHT = np.where(YOUNG, 0.4, 1.6)
#: What the first three levels are worth to the young; to the old it is the opposite.
WORTH = np.array([-0.8, 0.0, 0.8])


def chosen_by_age(pairs: int = 6) -> ConjointProfiles:
    """Return choices in which only age tells who prefers what, in both groups alike."""
    profiles = survey(PEOPLE, pairs=pairs).conjoint.profiles
    worth = WORTH[profiles.level[:, 0]] * np.where(YOUNG, 1, -1)[profiles.respondent]
    first = np.flatnonzero(np.arange(len(worth)) < profiles.rival)
    rng = np.random.default_rng(3)
    wins = rng.random(len(first)) < expit(worth[first] - worth[profiles.rival[first]])
    chosen = np.zeros(len(worth))
    chosen[np.where(wins, first, profiles.rival[first])] = 1
    return replace(profiles, chosen=chosen)


def moved(profiles: ConjointProfiles, weight: np.ndarray, utility: np.ndarray) -> np.ndarray:
    member = np.full((sum(PEOPLE), 2), 0.5)
    bootstrap = np.random.default_rng(4).standard_exponential((DRAWS, sum(PEOPLE)))
    return weighted_utility(utility, member, profiles, weight, bootstrap)


def test_people_who_count_for_more_move_worths_as_far_as_they_lie_apart() -> None:
    profiles, utility = chosen_by_age(), np.zeros((DRAWS, 2, 2, 5))
    found = moved(profiles, WEIGHT, utility)
    asked = survey(PEOPLE)
    data = replace(asked, conjoint=replace(asked.conjoint, profiles=profiles), weight=WEIGHT)
    half = np.full((DRAWS, 2, 2), 0.5)
    held = {"unweighted": HeldWorths(utility, half), "weighted": HeldWorths(found, half)}
    tables, _ = part_worth_quantities(PartWorths(held, chains=1), data, names=("a", "b"), floor=10)
    rows = tables["conjoint"].filter(attribute="Pause", weighting="weighted")
    for g, name in enumerate(data.groups):
        own = (profiles.group == g)[:, None] & (profiles.level[:, :1] == np.arange(3))
        counted = own * WEIGHT[profiles.respondent][:, None]
        said = profiles.chosen @ counted / counted.sum(axis=0)
        estimates = rows.filter(group=name)
        assert estimates["prefers_mean"].to_numpy() == pytest.approx(said, abs=0.03)
        assert said[0] > 0.55 > 0.45 > said[2]
        # The worths are known here. What is left open is how far weights move a mean over people
        # with variance v: √(v (1.36 − 1) / n), v about 0.07 with four proposals of a level each.
        width = (estimates["prefers_q95"] - estimates["prefers_q05"]).to_numpy()
        wanted = 3.3 * np.sqrt(0.07 * 0.36 / PEOPLE[g])
        assert width == pytest.approx(wanted, rel=0.4)
    assert tables["conjoint"].filter(weighting="unweighted")["prefers_mean"].to_numpy() == (
        pytest.approx(0.5)
    )


def test_people_who_count_alike_move_nothing() -> None:
    utility = np.random.default_rng(5).normal(size=(DRAWS, 2, 2, 5))
    alike = moved(chosen_by_age(), np.full(sum(PEOPLE), 2.0), utility)
    np.testing.assert_allclose(alike, utility, atol=1e-6)


def test_few_people_of_one_mind_move_worths_by_a_few_logits() -> None:
    profiles = chosen_by_age(pairs=2)
    level, rival = profiles.level[:, 0], profiles.level[profiles.rival, 0]
    chosen = np.where(level == rival, profiles.chosen, level > rival)
    agreed = replace(profiles, chosen=chosen)
    weight = np.zeros(sum(PEOPLE))
    weight[[0, 1, 2]] = 1.0
    found = moved(agreed, weight, np.zeros((DRAWS, 2, 2, 5)))
    assert np.isfinite(found).all() and np.abs(found).max() < 4
    np.testing.assert_array_equal(found[:, 1], 0)
