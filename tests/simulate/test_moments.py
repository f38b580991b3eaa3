"""What is simulated follows the model's probabilities, within Monte Carlo error.

Differences are held to 4.5 standard errors: with some hundred comparisons and a fixed seed a
false alarm would be a one in a thousand event, and a real fault shows at once.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, softmax

from mfp_stats.design import build_model_data
from mfp_stats.questionnaire import parse
from mfp_stats.simulate import (
    Profile,
    Simulated,
    default_truth,
    expected_importance,
    expected_overlap,
    simulate_survey,
)
from tests.questionnaires import all_roles, document, imported

ERRORS = 4.5
N = 4000
Q = all_roles()
TRUTH = default_truth(Q, seed=5)


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return simulate_survey(Q, TRUTH, n=N, seed=11)


def assert_frequencies(happened: np.ndarray, probability: np.ndarray) -> None:
    """Compare sums of independent events (rows) with the sums of their probabilities."""
    error = np.sqrt((probability * (1 - probability)).sum(axis=0))
    assert (np.abs(happened.sum(axis=0) - probability.sum(axis=0)) < ERRORS * error + 1e-9).all()


@pytest.mark.parametrize("name", ["tradeoffs.set1", "tradeoffs.set4", "tradeoffs.repeat1"])
def test_best_worst_choices_follow_the_model(simulated: Simulated, name: str) -> None:
    codes = simulated.sheet.select(f"{name}|best", f"{name}|worst").to_numpy()
    there = codes[:, 0] >= 0
    best, worst = codes[there].T
    persons = simulated.persons
    shown = list(Q.item(name).option_names)
    scaled = persons.v.sel(value=shown).values * persons.consistency.values[:, None]
    scaled = scaled[there]
    first = softmax(scaled, axis=1)
    assert_frequencies(np.eye(4)[best], first)
    # P(worst = l) = Σ_{k≠l} P(best = k) · exp(−s v_l) / Σ_{j≠k} exp(−s v_j)
    against = np.exp(-scaled)
    rest = against.sum(axis=1, keepdims=True) - against
    chance = np.zeros_like(first)
    for k in range(4):
        others = first[:, [k]] * against / rest[:, [k]]
        others[:, k] = 0
        chance += others
    assert_frequencies(np.eye(4)[worst], chance)


def test_first_ranks_and_values_next_to_them_follow_the_exploded_logit(
    simulated: Simulated,
) -> None:
    values = list(Q.values)
    ranks = simulated.sheet.select(f"order|{v}" for v in values).to_numpy()
    there = ranks[:, 0] >= 1
    assert (np.sort(ranks[there], axis=1) == np.arange(1, 6)).all()
    utility = simulated.persons.v.values[there]
    assert_frequencies(ranks[there] == 1, softmax(utility, axis=1))
    first = ranks[there].argmin(axis=1)
    left = utility.copy()
    left[np.arange(len(left)), first] = -np.inf
    assert_frequencies(ranks[there] == 2, softmax(left, axis=1))


def test_single_picks_follow_the_logit() -> None:
    changed = document()
    next(b for b in changed["blocks"] if b["block"] == "top")["max_choices"] = 1
    q = parse(changed, where="one_pick")
    single = simulate_survey(q, default_truth(q, seed=5), n=N, seed=11)
    names = q.item("top").option_names
    ticked = single.sheet.select(f"top|{o}" for o in names).to_numpy()
    there = ticked[:, 0] >= 0
    assert (ticked[there].sum(axis=1) == 1).all()
    utility = np.column_stack([single.persons.v.values, np.full(N, -2.0)])[there]
    assert_frequencies(ticked[there], softmax(utility, axis=1))


def test_ratings_follow_the_ordered_logit(simulated: Simulated) -> None:
    groups = list(TRUTH.groups)
    group = np.array([groups.index(g) for g in simulated.persons.group.values])
    for k, value in enumerate(Q.values):
        name = f"importance.{value}"
        codes = simulated.sheet[name].to_numpy()
        there = codes >= 0
        place = TRUTH.rating_loadings[group, k] * simulated.persons.v.values[:, k]
        place = (place + simulated.persons["style"].values)[there]
        above = expit(place[:, None] - TRUTH.thresholds[name])
        edges = np.pad(above, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
        assert_frequencies(np.eye(4)[codes[there]], edges[:, :-1] - edges[:, 1:])


def test_class_and_group_shares_match(simulated: Simulated) -> None:
    group, worldview = simulated.persons.group.values, simulated.persons.worldview.values
    in_group = group[:, None] == np.array(TRUTH.groups)
    assert_frequencies(in_group, np.tile(TRUTH.group_shares, (N, 1)))
    for g, name in enumerate(TRUTH.groups):
        members = worldview[group == name][:, None] == np.array(TRUTH.classes)
        assert_frequencies(members, np.tile(TRUTH.class_shares[g], (len(members), 1)))


def test_beliefs_follow_their_class_profiles(simulated: Simulated) -> None:
    classes = list(TRUTH.classes)
    worldview = np.array([classes.index(c) for c in simulated.persons.worldview.values])
    codes = simulated.sheet["blame"].to_numpy()
    there = codes >= 0
    profile = TRUTH.class_profiles["blame"]
    assert isinstance(profile, Profile)
    assert_frequencies(np.eye(3)[codes[there]], profile.probabilities[worldview[there]])
    assert_frequencies(codes[:, None] == -3, profile.dont_know[worldview][:, None])


def test_ticks_without_a_limit_are_independent_given_the_class() -> None:
    q = imported()
    truth = default_truth(q, seed=2)
    profile = Profile(np.array([[0.9, 0.3], [0.6, 0.8], [0.95, 0.95]]), np.zeros(3))
    truth = replace(truth, class_profiles={**truth.class_profiles, "harm": profile})
    s = simulate_survey(q, truth, n=N, seed=1)
    ticked = s.sheet.select("harm|art", "harm|work").to_numpy()
    classes = list(truth.classes)
    worldview = np.array([classes.index(c) for c in s.persons.worldview.values])
    there = ticked[:, 0] >= 0
    both = profile.probabilities[worldview].prod(axis=1)[:, None]
    assert_frequencies((ticked == 1).all(axis=1)[there][:, None], both[there])


def test_values_have_the_means_and_covariance_of_the_truth(simulated: Simulated) -> None:
    v, group = simulated.persons.v.values, simulated.persons.group.values
    assert v.sum(axis=1) == pytest.approx(np.zeros(N), abs=1e-9)
    sd = np.sqrt(np.diag(TRUTH.value_covariance))
    for g, name in enumerate(TRUTH.groups):
        members = v[group == name]
        error = sd / np.sqrt(len(members))
        assert (np.abs(members.mean(axis=0) - TRUTH.value_means[g]) < ERRORS * error).all()
    groups = list(TRUTH.groups)
    means = TRUTH.value_means[[groups.index(g) for g in group]]
    found = np.cov((v - means).T)
    assert found == pytest.approx(TRUTH.value_covariance, abs=ERRORS * 2 * sd.max() ** 2 / 63)


def test_support_is_expectancy_times_value(simulated: Simulated) -> None:
    p = simulated.persons
    expected = 5 * (p.importance * p.m).sum("value").transpose("respondent", "intervention").values
    groups = list(TRUTH.groups)
    group = [groups.index(g) for g in p.group.values]
    fixed = TRUTH.intercepts + TRUTH.consequence_weight * expected
    fixed = fixed + p.s.values @ TRUTH.signal_weights + TRUTH.residuals[group]
    own = p.support.values - fixed
    assert own == pytest.approx(np.tile(own[:, :1], (1, 3)))  # u_i is one number a person
    assert own[:, 0].std() == pytest.approx(TRUTH.person_sd, rel=0.06)


def test_live_with_it_and_support_agree_though_yes_comes_first(simulated: Simulated) -> None:
    table = simulated.sheet.select("support.fund.support5", "support.fund.live_with").to_numpy()
    support, live_with = table[(table >= 0).all(axis=1)].T
    assert Q.item("support.fund.live_with").option_names == ("yes", "no")
    assert np.corrcoef(support, live_with)[0, 1] < -0.1


def test_reversed_scales_give_mirrored_codes_and_the_same_ratings() -> None:
    changed = document()
    scale = changed["scales"]["important4"]
    changed["scales"]["important4"] = {"labels": scale["labels"][::-1], "reverse": True}
    reverse = parse(changed, where="reversed")
    plain = simulate_survey(Q, TRUTH, n=300, seed=4)
    turned = simulate_survey(reverse, TRUTH, n=300, seed=4)
    for value in Q.values:
        name = f"importance.{value}"
        there = plain.sheet[name].to_numpy() >= 0
        mirrored = 3 - plain.sheet[name].to_numpy()[there]
        assert (turned.sheet[name].to_numpy()[there] == mirrored).all()
    before, after = build_model_data(plain.sheet, Q).ratings, build_model_data(
        turned.sheet, reverse
    ).ratings  # fmt: skip
    assert before is not None
    assert after is not None
    assert (before.level == after.level).all()
    assert before.levels == after.levels == ("not_at_all", "little", "quite", "very")


def test_ratings_rise_with_the_value(simulated: Simulated) -> None:
    rated = build_model_data(simulated.sheet, Q).ratings
    assert rated is not None
    k = 2
    mine = rated.value == k
    people = np.array(simulated.sheet["respondent"])[rated.person[mine]]
    v = simulated.persons.v.sel(respondent=people).isel(value=k).values
    assert np.corrcoef(v, rated.level[mine])[0, 1] > 0.3


def test_rationalisation_moves_stated_consequences_toward_support() -> None:
    moved = replace(TRUTH, rationalisation=1.5)
    name = "consequences.fund.calm"
    found = {}
    for label, truth in (("plain", TRUTH), ("moved", moved)):
        s = simulate_survey(Q, truth, n=1500, seed=3)
        codes = s.sheet[name].to_numpy()
        support = s.persons.support.sel(intervention="fund").values
        found[label] = np.corrcoef(codes[codes >= 0], support[codes >= 0])[0, 1]
    assert found["moved"] > found["plain"] + 0.2


def test_expected_importance_and_overlap_match_a_large_sample(simulated: Simulated) -> None:
    w = simulated.persons.importance.groupby("group").mean()
    expected = expected_importance(TRUTH).sel(group=w.group)
    assert w.transpose("group", "value").values == pytest.approx(expected.values, abs=0.02)
    overlap = expected_overlap(TRUTH)
    assert np.diag(overlap.normalised) == pytest.approx(np.ones(4))
    assert (overlap.normalised.values <= 1 + 0.01).all()
    a, b = (simulated.persons.importance.values[simulated.persons.group.values == g]
            for g in TRUTH.groups[:2])  # fmt: skip
    raw = 1 - np.abs(a[:, None] - b[None]).sum(axis=2).mean() / 2
    assert overlap.raw.values[0, 1] == pytest.approx(raw, abs=0.02)
