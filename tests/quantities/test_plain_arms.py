"""How often simulated arms, by the plain shares of those in them, bear models out."""

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.observed_acceptance import resampled_shares
from mfp_stats.quantities.verdicts import SURE, lead_by_the_check
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import simulate_survey
from mfp_stats.simulate.truths import named_truth

DRAWS, SURVEYS = 300, 8
#: What a fit of such a survey says that models carry, and how well it knows any part.
MODELS, SD = 0.19, {60: 0.02, 300: 0.035, 900: 0.02}


@pytest.fixture(scope="module")
def instrument(checkout) -> Questionnaire:
    return load(checkout / "tests" / "acceptance")


def borne_out(instrument: Questionnaire, name: str, n: int, seed: int) -> bool:
    """Say whether one survey's arm bears out a split that takes beliefs for the cause of the gap.

    Nobody in the arm has expectations of their own, so that by this split no gap is left there.
    """
    truth = named_truth(instrument, name, seed=seed)
    simulated = simulate_survey(instrument, truth, n=n, seed=1000 + seed)
    data = build_model_data(simulated.sheet, instrument)
    support = simulated.persons["support"].groupby("group").mean("respondent")
    first, second = data.groups
    turn = np.sign((support.sel(group=second) - support.sel(group=first)).values)
    rng = np.random.default_rng(seed)
    told = data.responses.accepts_stipulated
    unclosed = np.empty(DRAWS)
    for s in range(DRAWS):
        weights = rng.exponential(size=len(data.group))
        a, b = (resampled_shares(told[r], weights[r], rng) for r in map(data.group.__eq__, (0, 1)))
        unclosed[s] = ((b - a) * turn).mean()
    parts = rng.normal(0, SD[n], (DRAWS, len(PARTS))) * [1, 1, 1, 1, 0]
    parts[:, PARTS.index("models")] += MODELS
    gap = parts.sum(axis=1)
    return bool(lead_by_the_check(gap[None], parts[None], unclosed[None])[0] > SURE)


@pytest.mark.parametrize(("n", "least"), [(300, 3), (900, 7)])
def test_arms_bear_models_out_where_these_carry_the_gap(instrument, n: int, least: int) -> None:
    """Of 32 surveys 22 of 300 people do, and 32 of 900."""
    named = [borne_out(instrument, "models", n, seed) for seed in range(SURVEYS)]
    assert sum(named) >= least


@pytest.mark.parametrize("n", [60, 300, 900])
def test_arms_bear_out_no_beliefs_that_follow_support(instrument, n: int) -> None:
    """Of 32 surveys none does: of 60 people, some eight a proposal and group are told."""
    assert not any(borne_out(instrument, "rationalised", n, seed) for seed in range(SURVEYS))
