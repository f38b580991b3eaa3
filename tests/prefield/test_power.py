"""Power by drawing: against verdicts on simulated estimates, and what few fits leave open."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from mfp_stats.quantities.gap_draws import GapDraws, RandomisedCheck
from mfp_stats.quantities.power import (
    SURVEYS,
    VERDICTS,
    FittedSplit,
    left_of_truth,
    pool_shares,
    pooled_split,
    pooled_unclosed,
    verdict_shares,
)
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.quantities.verdicts import judge

VALUES = np.array([0.2, 0.0, 0.0, 0.0, 0.0])
NOTHING = np.zeros(5)
#: Causes whose errors go together: what values are thought to carry, models are not.
CORRELATED = np.diag([0.05, 0.05, 0.04, 0.03, 0.005]) ** 2
CORRELATED[0, 1] = CORRELATED[1, 0] = -0.6 * 0.05**2


def brute_force(truth, covariance, *, complete, surveys=1500):
    """Average n = 50 people's noisy splits, and judge each average by its exact posterior."""
    rng = np.random.default_rng(1)
    counts = dict.fromkeys(VERDICTS, 0)
    for _ in range(surveys):
        people = rng.multivariate_normal(truth, 50 * covariance, size=50)
        posterior = rng.multivariate_normal(people.mean(axis=0), covariance, size=1000)
        said = judge(posterior.sum(axis=1), posterior, complete=complete).verdict
        counts[said] += 1
    return {verdict: number / surveys for verdict, number in counts.items()}


@pytest.mark.parametrize(
    ("truth", "covariance", "complete"),
    [
        (VALUES, CORRELATED, True),
        (VALUES, CORRELATED / 2, True),
        (NOTHING, CORRELATED / 8, True),
        (VALUES[[3, 1, 2, 0, 4]], CORRELATED / 2, True),
        (VALUES[[3, 1, 2, 0, 4]], CORRELATED / 2, False),
    ],
)
def test_drawn_verdicts_are_as_frequent_as_simulated_ones(truth, covariance, complete):
    drawn = verdict_shares(truth, covariance, complete=complete, surveys=1500, draws=1000)
    simulated = brute_force(truth, covariance, complete=complete)
    assert sum(drawn.values()) == pytest.approx(1)
    for verdict in VERDICTS:
        share = (drawn[verdict] + simulated[verdict]) / 2
        error = np.sqrt(2 * share * (1 - share) / 1500)
        assert abs(drawn[verdict] - simulated[verdict]) <= 4 * error + 0.004, verdict


def test_the_cases_tell_something():
    found = verdict_shares(VALUES, CORRELATED / 2)
    assert 0.1 < found["values"] < 0.95
    assert found["cannot_tell"] > 0.05


def test_certainty_names_the_cause_and_no_cause():
    exact = np.eye(5) * 1e-8
    assert verdict_shares(VALUES, exact)["values"] == 1
    assert verdict_shares(NOTHING, exact)["no_gap"] == 1
    residual = np.array([0.0, 0.0, 0.0, 0.2, 0.0])
    assert verdict_shares(residual, exact)["residual"] == 1
    assert verdict_shares(residual, exact, complete=False)["cannot_tell"] == 1


def with_check(sd: float) -> np.ndarray:
    """Return the covariance of a well-known split, and of a check that is known so well."""
    return np.diag([0.02, 0.02, 0.02, 0.02, 0.005, sd]) ** 2


def test_models_are_named_as_often_as_the_check_bears_them_out():
    models = VALUES[[1, 0, 2, 3, 4]]
    sharp, fair, vague = (
        verdict_shares(models, with_check(sd), surveys=1000, draws=2000)
        for sd in (0.001, 0.055, 0.3)
    )
    split = with_check(0)[:5, :5]
    assert sharp == pytest.approx(verdict_shares(models, split), abs=0.05)
    assert verdict_shares(models, split, unchecked=True)["cannot_tell"] > 0.98
    assert sharp["models"] > 0.98
    # By the check models lead by 0.2 − 2 sd z: above 0 in nine draws of ten.
    for found, sd in ((fair, 0.055), (vague, 0.3)):
        lead = 0.2 / np.hypot(2 * sd, np.hypot(0.02, 0.02))
        assert found["models"] == pytest.approx(norm.cdf(lead - norm.ppf(0.9)), abs=0.06)
    assert fair["cannot_tell"] == pytest.approx(1 - fair["models"], abs=0.01)
    assert verdict_shares(VALUES, with_check(0.3))["values"] > 0.95


def test_ignorance_cannot_tell():
    assert verdict_shares(VALUES, np.eye(5) * 0.3**2)["cannot_tell"] > 0.9


def shrunk(prior_sd, sd, surveys=1500):
    """Judge posteriors of a normal prior about no gap and noisy averages of people's splits."""
    rng = np.random.default_rng(3)
    noise, prior = np.full(5, sd**2), np.full(5, prior_sd**2)
    left = prior / (prior + noise)
    fits, named = [], 0
    for _ in range(surveys):
        mean = left * (VALUES + np.sqrt(noise) * rng.standard_normal(5))
        posterior = mean + np.sqrt(left * noise) * rng.standard_normal((1000, 5))
        named += judge(posterior.sum(axis=1), posterior).verdict == "values"
        fits.append(FittedSplit(VALUES, mean, np.diag(left * noise)))
    return fits, named / surveys


@pytest.mark.parametrize(("prior_sd", "sd"), [(0.2, 0.06), (0.15, 0.08), (5.0, 0.06)])
def test_what_priors_leave_of_the_truth_is_found_and_allowed_for(prior_sd, sd):
    fits, named = shrunk(prior_sd, sd)
    left = left_of_truth(fits[:200])
    assert left == pytest.approx(prior_sd**2 / (prior_sd**2 + sd**2), abs=0.03)
    drawn = verdict_shares(VALUES, fits[0].covariance, left=left, surveys=1500, draws=1000)
    assert drawn["values"] == pytest.approx(named, abs=0.06)


def test_few_and_vague_fits_say_little_of_what_priors_leave():
    nothing = FittedSplit(NOTHING, NOTHING, np.eye(5) * 0.01**2)
    assert left_of_truth([]) == left_of_truth([nothing]) == pytest.approx(0.9)
    vague = FittedSplit(VALUES, NOTHING, np.eye(5) * 0.3**2)
    assert left_of_truth([vague]) > 0.85
    exact = FittedSplit(VALUES, 0.7 * VALUES, np.eye(5) * 0.005**2)
    assert left_of_truth([exact]) == pytest.approx(0.7, abs=0.01)
    beyond = FittedSplit(VALUES, 1.3 * VALUES, np.eye(5) * 0.005**2)
    assert left_of_truth([beyond]) == 1


def test_the_same_seed_gives_the_same_shares():
    one, same, other = (verdict_shares(VALUES, CORRELATED / 2, seed=s) for s in (1, 1, 2))
    assert one == same
    assert abs(one["values"] - other["values"]) < 4 * np.sqrt(0.5 / SURVEYS)


def test_more_fits_and_likelier_ones_narrow_the_interval():
    def width(shares):
        found = pool_shares({"values": shares})["values"]
        assert found.low <= found.mean <= found.high
        return found.high - found.low

    assert width([0.8]) > width([0.8, 0.8]) > width([0.8] * 6) > 0.02
    assert width([0.6, 0.95]) > width([0.8, 0.8])


def test_two_fits_that_are_alike_by_chance_do_not_claim_certainty():
    found = pool_shares({"values": [0.85, 0.85]})["values"]
    assert found.low < 0.75
    assert found.high > 0.9


def test_kinds_share_what_is_known_of_the_spread():
    def width(**others):
        found = pool_shares({"values": [0.8, 0.8], **others})["values"]
        assert found.mean == pytest.approx(0.8)
        return found.high - found.low

    assert width(models=[0.6, 0.6], none=[0.1, 0.1]) < width()
    assert width(models=[0.1, 0.97], none=[0.1, 0.1]) > width(models=[0.6, 0.6], none=[0.1, 0.1])


def test_intervals_cover_the_mean_of_many_fits():
    rng = np.random.default_rng(5)
    spread, covered = 0.4, 0
    for _ in range(400):
        kinds = {k: norm.cdf(rng.normal(1.0, spread, 2)) for k in range(4)}
        found = pool_shares({str(k): v.tolist() for k, v in kinds.items()})["0"]
        covered += found.low <= norm.cdf(1.0) <= found.high
    assert 0.85 <= covered / 400 <= 0.95


def test_a_pooled_split_turns_every_proposal_towards_its_gap():
    rng = np.random.default_rng(2)
    parts = rng.normal(0, 0.01, (200, 1, 1, 3, 5))
    parts[..., 0, 1] += 0.2
    parts[..., 1, 1] -= 0.1
    parts[..., 2, 1] += 9.0
    empty = np.zeros((200, 1, 1, 3, 4))
    found = ResponseDraws(
        groups=np.array([0, 1]),
        weightings=("unweighted",),
        acceptance=np.zeros((200, 1, 2, 3)),
        gap=parts.sum(axis=-1),
        parts=parts,
        from_a=empty,
        from_b=empty,
        order_low=empty,
        order_high=empty,
        swap=np.zeros((200, 1, 1, 3, 0)),
        expects=np.zeros((200, 1, 2, 3, 0)),
        told=np.zeros((200, 1, 2, 3, 0)),
        told_within=np.zeros((200, 1, 1, 3, 0)),
        stipulated=None,
    )
    told = rng.uniform(0.2, 0.8, (2, 200, 1, 2, 3))
    checked = replace(found, stipulated=told[0], arm=told[0], foretold=told[1])
    both = GapDraws.of(checked, (0, 0), np.array([0, 1]), (np.zeros(3), np.ones(3)), turned=True)
    check = RandomisedCheck.of(checked, 0, (0, 1), both, models=True)
    left = pooled_unclosed(checked, (0, 0), (0, 1), np.array([0, 1]))
    np.testing.assert_allclose(left, check.unclosed)
    # Where arm and model are one, so are what is left unclosed and what is closed less.
    np.testing.assert_allclose(left, check.foretold - check.closed, atol=1e-12)
    split = pooled_split(found, 0, 0, np.array([0, 1]))
    assert split.mean(axis=0)[1] == pytest.approx(0.15, abs=0.005)
    turned = (found.gap[:, 0, 0, 0] - found.gap[:, 0, 0, 1]) / 2
    assert split.sum(axis=1) == pytest.approx(turned)
