"""Scores of predictions: against sums written out, uniform where they hold, worse where not."""

import numpy as np
import polars as pl
import pytest
from scipy import stats
from scipy.special import expit, logit

from mfp_stats.quantities.forecast.peers import beta_draws, beta_of, next_like
from mfp_stats.quantities.forecast.scores import Paired, interval, paired, predictive, score
from mfp_stats.quantities.forecast.tables import Cell, Observed, score_cells, summarise_scores


def test_a_known_share_is_a_binomial():
    expected = stats.binom.pmf(np.arange(21), 20, 0.3)
    np.testing.assert_allclose(predictive(np.full(7, 0.3), 20), expected, rtol=1e-10)


def test_beta_draws_make_a_beta_binomial():
    a, b = beta_of(0.4, 60)
    assert (a, b) == (24.5, 36.5)
    expected = stats.betabinom.pmf(np.arange(51), 50, a, b)
    np.testing.assert_allclose(predictive(beta_draws(a, b), 50), expected, atol=2e-5)


def test_many_people_and_draws_are_summed_in_parts():
    shares = np.random.default_rng(1).beta(30, 20, 2000)
    whole = predictive(shares, 9000)
    assert whole.sum() == pytest.approx(1)
    assert whole @ np.arange(9001) / 9000 == pytest.approx(shares.mean(), abs=1e-8)


def test_the_crps_is_that_of_the_predicted_shares():
    """E|Y − y| − ½ E|Y − Y'| over all pairs of counts."""
    shares = np.random.default_rng(2).beta(3, 5, 50)
    p, n = predictive(shares, 12), 12
    share = np.arange(n + 1) / n
    for count in (0, 4, 12):
        first = p @ np.abs(share - count / n)
        second = p @ np.abs(share[:, None] - share) @ p
        assert score(shares, n, count, 0.5).crps == pytest.approx(first - second / 2)


def test_the_log_score_is_that_of_the_count_and_the_pit_lies_within_its_step():
    shares = np.random.default_rng(3).beta(3, 5, 50)
    p = predictive(shares, 12)
    for count in (0, 5, 12):
        low, high = (score(shares, 12, count, u) for u in (0.0, 1.0))
        assert low.log_score == pytest.approx(np.log(p[count]))
        assert high.pit - low.pit == pytest.approx(p[count])
        assert low.pit == pytest.approx(p[:count].sum())


def test_intervals_hold_at_least_what_they_say_and_not_much_more():
    shares = np.random.default_rng(4).beta(30, 20, 500)
    for n in (1, 7, 400):
        p = predictive(shares, n)
        for level in (0.5, 0.9):
            low, high = (round(n * end) for end in interval(p, level))
            assert p[low : high + 1].sum() >= level - 1e-9
            assert p[low + 1 : high].sum() < level


def test_an_impossible_count_has_a_finite_score():
    assert np.isfinite(score(np.zeros(10), 50, 50, 0.5).log_score)


def test_the_standard_error_counts_interventions_not_cells():
    apart = np.array([1.0, 1.0, 3.0, 3.0])
    found = paired(apart, ["a", "a", "b", "b"])
    assert found.mean == 2 and found.error == pytest.approx(np.std([1, 3], ddof=1) / np.sqrt(2))
    assert found.above == pytest.approx(stats.t.cdf(2 / found.error, 1))
    assert paired(apart, ["a"] * 4) == Paired(2.0, None, None)
    same = np.ones(4)
    assert [paired(k * same, ["a", "a", "b", "b"]).above for k in (-1, 0, 1)] == [0, 0.5, 1]


def simulated(rng, wrong, *, cells=24, draws=400, n=120):
    """Draw truths from what is predicted, and score that and a wrong prediction of the same."""
    right, other, seen = {}, {}, {}
    for k in range(cells):
        centre, sd = rng.normal(0, 1), 0.25
        cell = Cell("unweighted", f"x{k // 3}", f"g{k % 3}")
        right[cell] = expit(rng.normal(centre, sd, draws))
        count = rng.binomial(n, expit(rng.normal(centre, sd)))
        seen[cell] = Observed(count / n, n, n, int(count))
        other[cell] = wrong(right[cell])
    both = {cell: {"model": right[cell], "group_mean": other[cell]} for cell in right}
    return score_cells(both, seen, seed=[int(rng.integers(1 << 30))])


def overconfident(shares):
    logits = logit(shares)
    return expit(logits.mean() + 0.05 * (logits - logits.mean()))


def shifted(shares):
    return expit(logit(shares) + 0.6)


def vague(shares):
    logits = logit(shares)
    return expit(logits.mean() + 6 * (logits - logits.mean()))


def test_the_pit_is_uniform_and_intervals_cover_where_predictions_hold():
    rng = np.random.default_rng(11)
    cells = pl.concat(simulated(rng, shifted) for _ in range(80))
    assert len(cells) == 1920
    assert stats.kstest(cells["model_pit"], "uniform").pvalue > 0.05
    summary = summarise_scores(cells).filter(prediction="model").row(0, named=True)
    # Intervals end at counts, so that they hold a little more than they say.
    assert 0.48 < summary["covered_50"] < 0.57
    assert 0.885 < summary["covered_90"] < 0.93
    # And of a shifted prediction it is not.
    assert stats.kstest(cells["group_mean_pit"], "uniform").pvalue < 1e-6


@pytest.mark.parametrize("wrong", [overconfident, shifted, vague])
def test_a_wrong_prediction_is_caught_by_its_scores(wrong):
    """With three groups and 16 interventions of 300 people each, in more than 19 of 20 waves.

    Of 24 cells of 120 people one that is too sure is caught by its log score in 95 of 100.
    """
    rng = np.random.default_rng(12)
    worse = {"log_score": 0, "crps": 0, "covered": 0}
    waves = 60
    for _ in range(waves):
        cells = simulated(rng, wrong, cells=48, n=300)
        found = {row["prediction"]: row for row in summarise_scores(cells).to_dicts()}
        right, other = found["model"], found["group_mean"]
        worse["log_score"] += other["log_score_difference"] > 0
        worse["crps"] += other["crps_difference"] < 0
        off = {name: abs(row["covered_90"] - 0.9) for name, row in found.items()}
        worse["covered"] += off["group_mean"] > off["model"]
        assert right["log_score_difference"] is None
    assert min(worse.values()) > 0.95 * waves


def test_the_next_of_a_few_lies_as_they_spread():
    rng = np.random.default_rng(13)
    pit = []
    for _ in range(400):
        sd, mean = abs(rng.normal(0, 1)), rng.normal(0, 1.5)
        *others, new = rng.normal(mean, sd, 5)
        drawn = next_like(np.tile(others, (300, 1)), rng)
        pit.append((drawn < new).mean())
    assert stats.kstest(pit, "uniform").pvalue > 0.05


def test_one_other_leaves_the_next_wide_open():
    rng = np.random.default_rng(14)
    one = next_like(np.full((4000, 1), 0.5), rng)
    many = next_like(np.tile(rng.normal(0.5, 0.1, 30), (4000, 1)), rng)
    assert one.std() > 0.9 and many.std() < 0.2
    assert abs(many.mean() - 0.5) < 0.1


def test_cells_that_were_not_observed_are_left_out_and_peers_may_be_absent():
    shares = np.random.default_rng(15).beta(30, 20, 100)
    cells = {Cell("unweighted", x, "g"): {"model": shares} for x in ("a", "b", "c")}
    cells[Cell("unweighted", "a", "g")]["demographic"] = shares
    seen = {cell: Observed(0.5, 40, 40, 20) for cell in list(cells)[:2]}
    found = score_cells(cells, seen, seed=[1])
    assert found["intervention"].to_list() == ["a", "b"]
    summary = {row["prediction"]: row for row in summarise_scores(found).to_dicts()}
    assert summary["model"]["cells"] == 2 and summary["demographic"]["cells"] == 1
    assert summary["demographic"]["log_score_difference"] == 0
    assert summary["demographic"]["log_score_difference_se"] is None
    assert summarise_scores(score_cells(cells, {}, seed=[1])).is_empty()
