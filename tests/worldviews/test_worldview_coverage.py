"""90 % intervals hold the truth about nine times in ten, over many small surveys."""

import numpy as np
import pytest
from scipy.special import softmax

from mfp_stats.likelihoods.em import match_profiles
from mfp_stats.quantities.worldview_tables import asserted_answers
from mfp_stats.quantities.worldviews import reference_solution, summarise_worldviews

from .conftest import simulate_types

REPLICATES = 48
CLASSES, GROUPS, PEOPLE = 2, 3, 240


def survey(seed: int):
    rng = np.random.default_rng(1000 + seed)
    log_odds = rng.normal(0, 0.7, size=CLASSES) + rng.normal(0, 0.4, size=(GROUPS, CLASSES))
    return simulate_types(n=PEOPLE, shares=softmax(log_odds, axis=1), spread=1.2, seed=seed)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_compositions_and_beliefs_are_covered(fit, record_property):
    held, believed = [], []
    for seed in range(REPLICATES):
        known = survey(seed)
        reference = reference_solution(known.data, CLASSES)
        posterior = fit(known.data, CLASSES)["posterior"].to_dataset()
        found = summarise_worldviews(posterior, known.data, reference, floor=10)
        truth = np.eye(CLASSES)[known.member]
        order = match_profiles(truth, found.memberships.probability)  # true class of each
        low, high = (
            found.draws.quantile(q, dim=("chain", "draw")).isel(weighting=0) for q in (0.05, 0.95)
        )
        shares = np.vstack([known.shares.mean(axis=0), known.shares])[:, order]
        asserted = asserted_answers(known.data.beliefs)
        profile = known.profile[asserted][:, order]
        # Two worldviews: the second's share says nothing that the first's does not.
        held.append(((low["share"] <= shares) & (shares <= high["share"])).values[:, 0])
        believed.append(((low["belief"] <= profile) & (profile <= high["belief"])).values)
    compositions, beliefs = np.mean(held), np.mean(believed)
    record_property("coverage of compositions", compositions)
    record_property("coverage of answers", beliefs)
    assert 0.80 <= compositions <= 0.97
    assert 0.80 <= beliefs <= 0.97
