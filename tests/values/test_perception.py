"""What groups are thought to value, by hand, against the definition and against the truth."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.special import softmax

from mfp_stats.design import ModelData, Picks, build_model_data
from mfp_stats.design.data import Guesses, SupportGuesses
from mfp_stats.design.perception import guesses_as_people
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.overlap import overlap_differences, pair_coordinates
from mfp_stats.quantities.perception import (
    OwnValues,
    shown_guesses,
    summarise_perception,
    values_not_offered,
)
from mfp_stats.quantities.persons import answered, person_values
from mfp_stats.quantities.support_perception import support_perception
from mfp_stats.quantities.values import group_means, summarise_values
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.simulate import Truth, default_truth, expected_importance, simulate_survey
from mfp_stats.simulate.people import draw_zero_sum

VALUES = ("fair", "say", "jobs")
DRAWS = 40
CHAINS = 2


def survey(sizes: tuple[int, ...] = (12, 14, 3), **more) -> ModelData:
    """Everybody guesses about the first two groups."""
    groups = ("near", "far", "new")[: len(sizes)]
    group = np.repeat(np.arange(len(sizes)), sizes)
    n = len(group)
    person = np.tile(np.arange(n), 2)
    chosen = np.eye(3, dtype=bool)[np.arange(2 * n) % 3]
    picks = Picks(person, np.ones_like(chosen), chosen)
    own = Picks(np.arange(n), np.ones((n, 3), dtype=bool), chosen[:n])
    return ModelData(
        survey="s",
        questionnaire="h",
        respondents=tuple(f"p{i}" for i in range(n)),
        groups=groups,
        group_labels=tuple(g.title() for g in groups),
        group=group,
        weight=None,
        values=VALUES,
        value_labels=VALUES,
        picks=own,
        guesses=Guesses(picks, np.repeat([0, 1], n)),
        **more,
    )


def made_up(v: np.ndarray, people: ModelData) -> xr.Dataset:
    """Persons, with the group means that they have in each draw."""
    chains, draws, rows, values = v.shape
    flat = v.reshape(-1, rows, values)
    mu = group_means(flat, np.ones(flat.shape[:2]), people.group, len(people.groups))
    dims = ("chain", "draw", "respondents", "values")
    mean = mu.reshape(chains, draws, len(people.groups), values)
    return xr.Dataset({"v": (dims, v), "mu": (("chain", "draw", "groups", "values"), mean)})


def own_values(posterior: xr.Dataset) -> OwnValues:
    v, mu = (posterior[name].values for name in ("v", "mu"))
    return OwnValues(
        np.arange(v.shape[2]), v.reshape(-1, *v.shape[2:]), mu.reshape(-1, *mu.shape[2:])
    )


def summed(data: ModelData, *, floor: int = 10, draws: int = DRAWS, own_draws: int = DRAWS):
    """Summarise made-up draws in which persons and guesses were sampled; return what went in."""
    rng = np.random.default_rng(1)
    n, guesses = len(data.respondents), len(guesses_as_people(data).respondents)
    seen = rng.normal(size=(CHAINS, draws, guesses, 3))
    mine = rng.normal(size=(CHAINS, own_draws, n, 3))
    evidence = replace(data, guesses=None)
    posterior = made_up(seen, guesses_as_people(data))
    own_posterior = made_up(mine, evidence)
    revealed = summarise_values(own_posterior, evidence, version="revealed", floor=floor)
    own = own_values(own_posterior)
    found = summarise_perception(
        posterior, data, own, revealed.draws, rows=np.arange(CHAINS * draws), floor=floor
    )
    return found, seen, mine, revealed


def moved_out(v: np.ndarray) -> np.ndarray:
    """Distances of one sample's persons from its mean, as far as members stand from theirs."""
    return (v - v.mean(axis=0)) / np.sqrt(1 - 1 / len(v))


def test_a_guess_is_the_mean_of_what_guessers_see() -> None:
    data = survey()
    found, seen, _, _ = summed(data)
    person, guessed = data.guesses.picks.person, data.guesses.guessed
    inside = (data.group[person] == 0) & (guessed == 1)
    for chain, draw in ((0, 0), (1, 7)):
        v = seen[chain, draw, inside]
        expected = softmax(v.mean(axis=0) + moved_out(v), axis=1).mean(axis=0)
        got = found.draws["guess"].sel(about="near about far", weighting="unweighted")
        np.testing.assert_allclose(got.isel(chain=chain, draw=draw), expected)


def test_perceived_overlap_follows_its_definition() -> None:
    data = survey()
    found, seen, mine, _ = summed(data)
    person, guessed = data.guesses.picks.person, data.guesses.guessed

    def alike(g: int, h: int) -> tuple[float, float]:
        """How alike people would be who stand around both means as all do around their own."""
        around = np.concatenate([moved_out(mine[1, 3, data.group == k]) for k in range(3)])
        guess = np.flatnonzero((data.group[person] == g) & (guessed == h))
        means = mine[1, 3, data.group == g].mean(axis=0), seen[1, 3, guess].mean(axis=0)
        w, u = (softmax(mean + around, axis=1) for mean in means)

        def of_two(x, y) -> float:
            each = 1 - np.abs(x[:, None] - y[None]).sum(axis=2) / 2
            return float(each[~np.eye(len(x), dtype=bool)].mean())

        return of_two(w, u), of_two(w, u) / np.sqrt(of_two(w, w) * of_two(u, u))

    at = found.draws.isel(chain=1, draw=3).sel(weighting="unweighted")
    for g, h, name in ((0, 1, "near about far"), (1, 0, "far about near")):
        raw, normal = alike(g, h)
        assert float(at["direction_raw"].sel(direction=name)) == pytest.approx(raw)
        assert float(at["direction_normalised"].sel(direction=name)) == pytest.approx(normal)
    both = (alike(0, 1)[1] + alike(1, 0)[1]) / 2
    assert float(at["overlap_normalised"].sel(pair="near and far")) == pytest.approx(both)


def test_who_sees_what_is_so_is_neither_off_nor_less_alike() -> None:
    data = survey((40, 40))
    person, guessed = data.guesses.picks.person, data.guesses.guessed
    rng = np.random.default_rng(0)
    means = np.array([[1.0, 0.0, -1.0], [-1.0, 0.5, 0.5]])
    shape = (CHAINS, DRAWS)
    mine = means[data.group] + 0.4 * rng.normal(size=(*shape, 80, 3))
    seen = means[guessed] + 0.4 * rng.normal(size=(*shape, len(person), 3))
    own = made_up(mine, replace(data, guesses=None))
    revealed = summarise_values(own, replace(data, guesses=None), version="revealed", floor=10)
    rows = np.arange(CHAINS * DRAWS)
    posterior = made_up(seen, guesses_as_people(data))
    found = summarise_perception(
        posterior, data, own_values(own), revealed.draws, rows=rows, floor=10
    )
    assert float(np.abs(found.draws["difference"].mean(("chain", "draw"))).max()) < 0.03
    table = overlap_differences(revealed.draws, found.draws, data, version="perceived")
    assert table["difference"].to_list() == ["perceived_revealed"]
    assert table["mean"].item() == pytest.approx(0, abs=0.03)
    perceived, truly = found.tables["overlap"], revealed.tables["overlap"]
    assert perceived.columns == truly.columns
    assert perceived["version"].to_list() == ["perceived"]


def test_order_tells_a_mistake_and_concentration_does_not() -> None:
    data = survey((40, 40))
    person, guessed = data.guesses.picks.person, data.guesses.guessed
    shape = (CHAINS, DRAWS)
    true = np.array([[0.5, 0.1, -0.6], [0.5, 0.1, -0.6]])
    mine = np.broadcast_to(true[data.group], (*shape, 80, 3))
    # Near sees far as it is, only more sharply; far takes near's second value for its first.
    sees = {(0, 0): 3 * true[0], (0, 1): 3 * true[0], (1, 0): true[0][[1, 0, 2]], (1, 1): true[0]}
    each = np.array(
        [sees[int(g), int(h)] for g, h in zip(data.group[person], guessed, strict=True)]
    )
    own = made_up(mine, replace(data, guesses=None))
    revealed = summarise_values(own, replace(data, guesses=None), version="revealed", floor=10)
    found = summarise_perception(
        made_up(np.broadcast_to(each, (*shape, len(person), 3)), guesses_as_people(data)),
        data,
        own_values(own),
        revealed.draws,
        rows=np.arange(CHAINS * DRAWS),
        floor=10,
    )
    rows = {
        (r["guesser"], r["guessed"], r["value"]): r for r in found.tables["perception"].to_dicts()
    }
    sharp = rows["near", "far", "fair"]
    assert sharp["difference_q05"] > 0.1
    assert sharp["overrated_probability"] == sharp["underrated_probability"] == 0
    assert rows["far", "near", "say"]["overrated_probability"] == 1
    assert rows["far", "near", "fair"]["underrated_probability"] == 1
    assert rows["far", "near", "jobs"]["underrated_probability"] == 0


def test_small_groups_are_neither_guessers_nor_guessed() -> None:
    data = survey()
    assert shown_guesses(data, 10) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert shown_guesses(data, 12) == [(1, 0), (1, 1)]
    found, *_ = summed(data)
    assert set(found.tables["perception"]["guesser"]) == {"near", "far"}
    found, *_ = summed(data, floor=12)
    table = found.tables["perception"]
    assert set(zip(table["guesser"], table["guessed"], strict=True)) == {("far", "far")}
    assert found.tables["overlap"].is_empty()
    assert found.tables["overlap_directions"].is_empty()


def asked_twice(data: ModelData) -> Guesses:
    """The same guesses, all of them asked for a second time."""
    given = data.guesses.picks
    twice = Picks(*(np.concatenate([part, part]) for part in (given.person, given.offered)),
                  np.concatenate([given.chosen, np.roll(given.chosen, 1, axis=1)]))  # fmt: skip
    return Guesses(twice, np.tile(data.guesses.guessed, 2))


def test_who_guesses_twice_counts_once() -> None:
    data = survey((6, 14))
    data = replace(data, guesses=asked_twice(data))
    assert shown_guesses(data, 10) == [(1, 0), (1, 1)]
    people = guesses_as_people(data)
    assert len(people.respondents) == 2 * 20
    assert sorted(np.bincount(people.picks.person).tolist()) == [2] * 40
    found, *_ = summed(data)
    assert set(found.tables["perception"]["n"]) == {14}


def test_guesses_that_offered_only_some_values_are_not_shown() -> None:
    data = survey((12, 14))
    given = data.guesses.picks
    fewer = given.offered.copy()
    near_about_far = (data.group[given.person] == 0) & (data.guesses.guessed == 1)
    fewer[near_about_far, 2] = False
    data = replace(data, guesses=Guesses(replace(given, offered=fewer), data.guesses.guessed))
    assert shown_guesses(data, 10) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert shown_guesses(data, 10, data.groups) == [(0, 0), (1, 0), (1, 1)]
    assert np.argwhere(values_not_offered(data)).tolist() == [[0, 1, 2]]
    found, *_ = summed(data)
    pairs = found.tables["perception"].select("guesser", "guessed").unique().rows()
    assert sorted(pairs) == [("far", "far"), ("far", "near"), ("near", "near")]
    assert found.tables["overlap"].is_empty()
    # Values that nobody weighed for themselves need not be among those that are guessed.
    own = replace(data.picks, offered=np.ones((26, 3), dtype=bool) & [True, True, False])
    assert not values_not_offered(replace(data, picks=own)).any()


def test_questions_that_offer_all_values_between_them_are_shown() -> None:
    data = survey((12, 14))
    twice = asked_twice(data)
    halves = np.ones((len(twice.guessed), 3), dtype=bool)
    halves[: len(halves) // 2, 0] = False
    halves[len(halves) // 2 :, 2] = False
    data = replace(data, guesses=Guesses(replace(twice.picks, offered=halves), twice.guessed))
    assert not values_not_offered(data).any()


def test_weighted_guesses_need_enough_people_who_weigh_something() -> None:
    data = survey((30, 14))
    few = np.where((data.group == 0) & (np.arange(44) >= 10), 0.0, 1.0)  # 10 of near have a weight
    assert shown_guesses(replace(data, weight=few), 10) == shown_guesses(data, 10)
    assert shown_guesses(replace(data, weight=few), 10, data.groups) == [(1, 0), (1, 1)]
    enough = np.where((data.group == 0) & (np.arange(44) >= 11), 0.0, 1.0)
    assert shown_guesses(replace(data, weight=enough), 10, data.groups) == shown_guesses(data, 10)
    nobody = np.where(data.group == 1, 0.0, 1.0)
    assert shown_guesses(replace(data, weight=nobody), 10, data.groups) == [(0, 0), (0, 1)]


def test_fewer_draws_of_ones_own_values_are_used_again() -> None:
    data = survey()
    found, _, _, revealed = summed(data, draws=DRAWS, own_draws=DRAWS // 2)
    assert found.draws.sizes["draw"] == DRAWS
    actual = found.draws["actual"].sel(about="near about far", weighting="unweighted")
    share = revealed.draws["share"].sel(group="far", weighting="unweighted")
    np.testing.assert_array_equal(actual.isel(draw=slice(None, None, 2)), share)
    np.testing.assert_array_equal(actual.isel(draw=slice(1, None, 2)), share)


def test_every_row_has_its_keys_and_numbers() -> None:
    data = survey((30, 25), weighting="raked")
    data = replace(data, weight=np.where(np.arange(55) % 2, 1.6, 0.4))
    found, *_ = summed(data)
    table = found.tables["perception"]
    assert set(table["weighting"]) == {"unweighted", "raked"}
    assert len(table) == 2 * 4 * 3
    assert table.drop("intervention", "intervention_label").null_count().to_numpy().sum() == 0
    assert table["n"].to_list()[:3] == [30, 30, 30]
    near = table.filter(guesser="near", guessed="far", value="fair").sort("weighting")
    assert near["guess_mean"].n_unique() == 2
    difference = table["guess_mean"] - table["actual_mean"]
    np.testing.assert_allclose(table["difference_mean"], difference)


def test_differences_hold_the_pairs_that_both_have() -> None:
    data = survey((20, 20, 20))
    shape = (CHAINS, DRAWS, 1)
    rng = np.random.default_rng(0)

    def draws(pairs: list[tuple[str, str]]) -> xr.Dataset:
        array = rng.normal(size=(*shape, len(pairs)))
        dims = ("chain", "draw", "weighting", "pair")
        coords = {"weighting": ["unweighted"], **pair_coordinates(pairs)}
        return xr.Dataset({"overlap_normalised": (dims, array)}, coords=coords)

    revealed = draws([("near", "far"), ("near", "new"), ("far", "new")])
    perceived = draws([("far", "new"), ("near", "far")])
    table = overlap_differences(revealed, perceived, data, version="perceived")
    assert sorted(table.select("group_a", "group_b").rows()) == [("far", "new"), ("near", "far")]
    row = table.filter(group_a="far", group_b="new").row(0, named=True)
    a, b = (x["overlap_normalised"].sel(pair="far and new") for x in (perceived, revealed))
    assert row["mean"] == pytest.approx(float((a - b).mean()))
    assert draws([])["overlap_normalised"].size == 0
    assert overlap_differences(revealed, draws([]), data, version="perceived").is_empty()


def guessed_support(share_guessed: float, share_true: float, n: int = 40) -> SupportGuesses:
    """Near guesses what far would say; the first so many say yes."""
    near, far = np.arange(n), np.arange(n, 2 * n)
    return SupportGuesses(
        intervention="pause",
        label="Pause",
        person=near,
        guessed=np.ones(n, dtype=np.int64),
        accepts=np.arange(n) < share_guessed * n,
        asked=far,
        accepted=np.arange(n) < share_true * n,
    )


def test_guessed_support_is_set_beside_support() -> None:
    data = survey((40, 40), support_guesses=(guessed_support(0.2, 0.7),))
    row = support_perception(data, floor=10).row(0, named=True)
    assert (row["guesser"], row["guessed"], row["n"]) == ("near", "far", 40)
    assert (row["intervention"], row["value"]) == ("pause", None)
    assert row["guess_mean"] == pytest.approx(8.5 / 41, abs=0.01)
    assert row["actual_mean"] == pytest.approx(28.5 / 41, abs=0.01)
    # Beta(8.5, 32.5) has its 5 % and 95 % points at 0.115 and 0.318.
    assert row["guess_q05"] == pytest.approx(0.115, abs=0.015)
    assert row["guess_q95"] == pytest.approx(0.318, abs=0.015)
    assert row["underrated_probability"] > 0.95
    assert row["overrated_probability"] == 0


def test_unanimous_guesses_keep_an_interval_and_are_no_mistake_about_the_majority() -> None:
    data = survey((40, 40), support_guesses=(guessed_support(1.0, 0.7),))
    row = support_perception(data, floor=10).row(0, named=True)
    assert 0.9 < row["guess_q05"] < row["guess_q95"] < 1
    assert row["difference_q05"] > 0.1
    assert row["overrated_probability"] < 0.02


def test_guessed_support_is_weighted_and_small_cells_are_left_out() -> None:
    about = guessed_support(0.5, 0.5)
    data = survey((40, 40), support_guesses=(about,), weighting="raked")
    weight = np.ones(80)
    weight[:20] = 3.0
    found = support_perception(replace(data, weight=weight / weight.mean()), floor=10)
    assert found["weighting"].to_list() == ["unweighted", "raked"]
    assert found["guess_mean"].to_list() == pytest.approx([0.5, 60.4 / 81], abs=0.02)
    assert support_perception(data, floor=40).is_empty()
    assert support_perception(data, floor=40).columns == found.columns
    nobody = replace(data, weight=np.where(np.arange(80) < 40, 0.0, 2.0))
    assert support_perception(nobody, floor=10)["weighting"].to_list() == ["unweighted"]


@pytest.mark.parametrize("group", [0, 1])
@pytest.mark.parametrize(
    ("without", "shown"), [(0, True), (1, False), (10, False), (11, True), (29, True), (30, False)]
)
def test_guessed_support_gives_no_few_people_away(group: int, without: int, shown: bool) -> None:
    about = guessed_support(0.5, 0.5)
    data = survey((40, 40), support_guesses=(about,), weighting="raked")
    place = np.arange(80) - 40 * group
    weight = np.where((place >= 0) & (place < without), 0.0, 1.0)
    found = support_perception(replace(data, weight=weight), floor=10)
    assert found["weighting"].to_list() == ["unweighted", *(["raked"] if shown else [])]


def test_guessed_support_counts_people() -> None:
    about = guessed_support(0.5, 0.5, n=6)
    twice = replace(
        about,
        **{name: np.tile(getattr(about, name), 2) for name in ("person", "guessed", "accepts")},
        asked=np.arange(6, 26),
        accepted=np.arange(20) < 10,
    )
    data = survey((6, 20), support_guesses=(twice,))
    assert support_perception(data, floor=10).is_empty()
    assert support_perception(data, floor=5)["n"].to_list() == [6]


# ---------------------------------------------------------------- from simulated truth

GUESSING = {
    "survey": "guessing",
    "title": "Guessing",
    "group": "side",
    "values": {"fairness": "Fairness", "voice": "A say", "nature": "Nature", "income": "Jobs"},
    "blocks": [
        {"block": "you", "items": [
            {"name": "side", "type": "select_one", "role": "group", "label": "Side",
             "options": {"near": "Near", "far": "Far"}}]},
        {"block": "sets", "role": "value_tradeoff", "type": "best_worst", "sets": 4, "size": 3},
        {"block": "others", "role": "perception"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def guessing() -> Questionnaire:
    return parse(GUESSING, where="guessing")


#: People drawn from the truth for what nobody can work out on paper.
PEOPLE = 50_000


def posterior_of(
    checkout, data: ModelData, seed: int, priors: dict[str, float] | None = None
) -> xr.Dataset:
    model = load_model(checkout / "models" / "values.py").build(data, priors=priors)
    settings = FitSettings(draws=200, tune=300, seed=seed)
    return sample(model, settings)["posterior"].to_dataset()


def seen_by(truth: Truth, g: int, h: int, rng: np.random.Generator, n: int) -> np.ndarray:
    """Importance shares that people of g see in h."""
    own = truth.value_means[g] + draw_zero_sum(truth.value_covariance, n, rng)
    bias, noise = truth.perception_bias, truth.perception_sd * rng.standard_normal(own.shape)
    return softmax(bias * own + (1 - bias) * truth.value_means[h] + noise, axis=1)


@pytest.fixture(scope="module")
def fitted(checkout, guessing):
    truth = default_truth(guessing, seed=5)
    sheet = simulate_survey(guessing, truth, n=500, seed=5).sheet
    data = build_model_data(sheet, guessing)
    evidence = data.only_tradeoffs()
    own_posterior = posterior_of(checkout, evidence, seed=1)
    revealed = summarise_values(own_posterior, evidence, version="revealed", floor=10)
    own = np.concatenate([v for _, v in person_values(own_posterior, evidence)])
    mu = flat_draws(own_posterior["mu"], np.arange(len(own)))
    log_spread = np.log(own_posterior["person_spread"].values)
    known = {
        "person": float(np.exp(log_spread.mean())),
        "person_log_sd": max(0.05, float(log_spread.std())),
    }
    posterior = posterior_of(checkout, guesses_as_people(data), seed=2, priors=known)
    found = summarise_perception(
        posterior,
        data,
        OwnValues(np.flatnonzero(answered(evidence)), own, mu),
        revealed.draws,
        rows=np.arange(800),
        floor=10,
    )
    return truth, found


def test_guessed_shares_lie_near_the_truth(fitted) -> None:
    truth, found = fitted
    rng = np.random.default_rng(0)
    actual = expected_importance(truth)
    for row in found.tables["perception"].to_dicts():
        g, h = (truth.groups.index(row[k]) for k in ("guesser", "guessed"))
        k = truth.values.index(row["value"])
        true = float(seen_by(truth, g, h, rng, PEOPLE)[:, k].mean())
        for kind, value in (
            ("guess", true),
            ("actual", float(actual[h, k])),
            ("difference", true - float(actual[h, k])),
        ):
            width = row[f"{kind}_q95"] - row[f"{kind}_q05"]
            assert width < 0.2  # of 500 people: two shares of about 0.4 ± 0.06 each, at most
            assert abs(row[f"{kind}_mean"] - value) < 1.2 * width, (kind, row, value)


def pictured(truth: Truth, g: int, h: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Two samples of people who differ as people do, with the shares that g sees in h."""
    wanted = seen_by(truth, g, h, rng, PEOPLE).mean(axis=0)
    spread = draw_zero_sum(truth.value_covariance, PEOPLE, rng)
    mean = np.log(wanted)
    for _ in range(50):
        mean += np.log(wanted) - np.log(softmax(mean + spread, axis=1).mean(axis=0))
    again = draw_zero_sum(truth.value_covariance, PEOPLE, rng)
    return [softmax(mean + each, axis=1) for each in (spread, again)]


def test_perceived_overlap_lies_near_the_truth(fitted) -> None:
    truth, found = fitted
    rng = np.random.default_rng(0)
    each = []
    for g, h in ((0, 1), (1, 0)):
        own = [
            softmax(
                truth.value_means[g] + draw_zero_sum(truth.value_covariance, PEOPLE, rng), axis=1
            )
            for _ in range(2)
        ]
        seen = pictured(truth, g, h, rng)
        raw, inner, outer = (
            1 - np.abs(a - b).sum(axis=1).mean() / 2 for a, b in ((own[0], seen[1]), own, seen)
        )
        each.append(raw / np.sqrt(inner * outer))
    row = found.tables["overlap"].row(0, named=True)
    width = row["normalised_q95"] - row["normalised_q05"]
    assert width < 0.1
    assert abs(row["normalised_mean"] - float(np.mean(each))) < width
