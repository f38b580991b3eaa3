"""All designs or exchange, the front, regret, ties: against counting by hand and known truths."""

from dataclasses import dataclass, replace
from functools import cache
from time import process_time

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from mfp_stats.quantities.search.exchange import exchange_designs
from mfp_stats.quantities.search.front import HELD, MARKED, MOST, Front, front_of
from mfp_stats.quantities.search.rows import Cells, design_rows, summary_row
from mfp_stats.quantities.search.sweep import Scores, enumerate_designs, full_code
from tests.search.stand_in import accepted_in_truth, space_of, stand_in

LEVELS = (3, 2, 3, 2)


def whole(levels=LEVELS, *, draws=60, threshold=0.5, seed=1, **more) -> Scores:
    space = space_of(levels, seed=seed)
    return enumerate_designs(stand_in(space, draws=draws, seed=seed, **more), space, threshold)


def by_hand(scores: Scores) -> np.ndarray:
    """Return who accepts every design, (N, S, G), by the formula, one cell at a time."""
    model, space = scores.model, scores.space
    code = full_code(model, space, scores.levels, scores.proposal)
    found = np.zeros((len(code), model.draws, len(model.groups)))
    for n, row in enumerate(code):
        z = model.outcome.astype(float) @ row
        told = (model.signal.astype(float) @ row) * model.signal_weight[:, None, None]
        index = (model.weight * z).sum(-1) + told.sum(-1) + model.rest.astype(float) @ row
        covariance = np.einsum("sgckr,sgclr->sgckl", model.factor, model.factor)
        variance = model.variance + np.einsum("sgck,sgckl,sgcl->sgc", z, covariance, z)
        share = expit(index / np.sqrt(1 + np.pi / 8 * variance))
        found[n] = (model.share * share).sum(axis=2)
    return found


def test_every_design_is_looked_at_and_accepted_as_the_formula_says():
    scores = whole()
    assert len(scores.levels) == scores.space.size == 36 and scores.complete
    accepts = by_hand(scores)
    np.testing.assert_allclose(scores.accepts(np.arange(36)), accepts, atol=2e-6)
    worst = accepts.min(axis=2)
    np.testing.assert_allclose(scores.joint, (worst >= 0.5).mean(axis=1), atol=1 / 60 + 1e-9)
    np.testing.assert_allclose(scores.worst, worst.mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(scores.best_worst, worst.max(axis=0), atol=1e-6)


def test_the_expected_effect_is_the_importance_weighted_outcome_as_a_worldview_sees_it():
    scores = whole()
    model = scores.model
    code = full_code(model, scores.space, scores.levels, scores.proposal)
    outcome = np.einsum("sgckp,np->nsgck", model.outcome, code).mean(axis=2)  # (N, S, C, K)
    effect = np.einsum("nsck,sk->nsc", outcome, model.importance.mean(axis=1)).mean(axis=1)
    np.testing.assert_allclose(scores.effect, effect, atol=1e-5)


def test_a_normal_index_is_answered_as_people_drawn_from_it_would():
    space = space_of((2, 2), 3)
    model = stand_in(space, draws=4, seed=8)
    rng = np.random.default_rng(0)
    code = full_code(model, space, space.designs(), np.full(4, -1))
    found = model.accepts(code)
    for s in range(4):
        for g in range(3):
            for n, row in enumerate(code):
                total = 0.0
                for c in range(2):
                    z = model.outcome[s, g, c] @ row
                    omega = model.weight[s, g, c] + rng.standard_normal((4000, 3)) @ (
                        model.factor[s, g, c].T
                    )
                    told = model.signal_weight[s] @ (model.signal[s, g, c] @ row)
                    own = np.sqrt(model.variance[s, g, c]) * rng.standard_normal(4000)
                    index = omega @ z + told + model.rest[s, g, c] @ row + own
                    total += model.share[s, g, c] * expit(index).mean()
                assert found[n, s, g] == pytest.approx(total, abs=0.025)


def test_no_design_on_the_front_is_bettered_and_each_other_one_is():
    scores = whole(draws=200)
    front = front_of(scores)
    counts = np.column_stack([scores.joint, scores.worst, scores.effect])
    for place in range(len(counts)):
        # By more than the grains put together on one count, and less on none.
        better = (counts >= counts[place] + 0.02).any(axis=1) & (counts >= counts[place]).all(
            axis=1
        )
        if better.any():
            at = np.flatnonzero(front.which == place)
            assert not front.undominated[at].any()
    told = front.which[front.undominated]
    left_out = np.setdiff1d(np.arange(len(counts)), told)
    for place in left_out:
        assert (
            (counts[told] >= counts[place] - np.array([0.01, 0.002, 0.01, 0.01])).all(axis=1).any()
        )


def test_the_first_is_what_all_reach_most_probably():
    front = front_of(whole(draws=200))
    joint = front.scores.joint[front.which]
    assert (np.diff(joint) <= 1e-9).all()
    assert joint[0] == front.scores.joint.max()
    assert front.best_probability.sum() <= 1 + 1e-9
    assert (front.regret >= 0).all()
    assert front.confirm.sum() <= MARKED
    assert (front.scores.proposal[front.which][front.confirm] < 0).all()


#: Sd of what designs have of their own, beside effects of 0.5.
LACKS = (0.1, 0.3)


@dataclass(frozen=True)
class Held:
    """What a search said, and what is true."""

    on_front: bool
    regret: float
    stated: np.ndarray
    best: bool  #: whether the first design is the best in truth
    best_probability: float  #: as stated


@cache
def calibrated(lack: float) -> list[Held]:
    """Take one draw as the truth, in which every design has something of its own."""
    found = []
    for seed in range(80):
        space = space_of((3, 3, 2, 2, 2), 8, seed=seed)
        model = stand_in(space, draws=401, seed=seed, doubt=0.2, lack=lack)
        scores = enumerate_designs(model.of_draws(np.arange(400)), space, 0.45)
        front = front_of(scores)
        worst = accepted_in_truth(model, space, scores.levels, 400, lack, seed).min(axis=1)
        first = front.which[0]
        found.append(
            Held(
                on_front=worst.argmax() in front.which[front.on_front],
                regret=worst.max() - worst[first],
                stated=front.regret[0],
                best=worst.argmax() == first,
                best_probability=float(front.best_probability[0]),
            )
        )
    return found


@pytest.mark.parametrize("lack", LACKS)
def test_the_best_bundle_in_truth_lies_on_the_front(lack: float):
    assert np.mean([one.on_front for one in calibrated(lack)]) >= 0.90


@pytest.mark.parametrize("lack", LACKS)
def test_the_stated_regret_covers_the_true_one(lack: float):
    ends = [np.quantile(one.stated, [0.05, 0.95]) for one in calibrated(lack)]
    covered = [
        low <= one.regret <= high + 1e-7
        for one, (low, high) in zip(calibrated(lack), ends, strict=True)
    ]
    assert np.mean(covered) >= 0.85
    apart = [one.regret - one.stated.mean() for one in calibrated(lack)]
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(len(apart))


@pytest.mark.parametrize("lack", LACKS)
def test_the_first_is_the_best_as_often_as_is_stated(lack: float):
    chance = np.array([one.best_probability for one in calibrated(lack)])
    often = sum(one.best for one in calibrated(lack))
    assert abs(often - chance.sum()) < 2.5 * np.sqrt((chance * (1 - chance)).sum())


@pytest.mark.parametrize(("seed", "lack"), [*((seed, 0.05) for seed in range(6)), (6, 0.3)])
def test_exchange_finds_what_looking_at_all_designs_finds(seed: int, lack: float):
    levels = (3, 4, 2, 3, 3, 2, 2)  # 864 designs
    space = space_of(levels, 8, seed=seed)
    model = stand_in(space, draws=150, seed=seed, lack=lack)
    all_of_them = enumerate_designs(model, space, 0.5)
    some = exchange_designs(model, space, 0.5)
    assert not some.complete and len(some.levels) < space.size
    assert some.worst.max() == pytest.approx(all_of_them.worst.max(), abs=1e-6)
    assert some.joint.max() == pytest.approx(all_of_them.joint.max(), abs=1e-9)
    same = all_of_them.compared(space.numbers(some.levels))
    np.testing.assert_allclose(some.compared(np.arange(len(same))), same, atol=1e-6)
    # Where exchange stops short of a draw's best, it is by little.
    short = all_of_them.best_worst - some.best_worst
    assert (short >= -1e-6).all() and short.mean() < 0.002
    front, other = (front_of(s) for s in (all_of_them, some))
    np.testing.assert_array_equal(all_of_them.levels[front.which[0]], some.levels[other.which[0]])
    assert other.regret[0].mean() == pytest.approx(front.regret[0].mean(), abs=0.002)


def test_ten_thousand_designs_that_tie_are_not_ranked():
    space = space_of((10, 10, 10, 10), 10)
    model = stand_in(space, draws=50, groups=2, lack=0.1)
    flat = {}
    for name in ("outcome", "signal", "rest"):
        array = getattr(model, name).copy()
        array[..., 1:] = 0
        flat[name] = array
    same = replace(model, **flat)
    same = replace(
        same,
        fielded=np.repeat(
            same.unseen.accepts(space.code(space.designs(0, 1)))[0][:, :, None], 10, axis=2
        ),
    )
    front = front_of(enumerate_designs(same, space, 0.5))
    assert front.tied == 10_000 and front.as_good == 10_000
    assert front.size == 10_000 and len(front.which) <= MOST + 10
    assert not front.confirm.any()
    assert np.isnan(front.best_probability).all()


def seconds_of_search(levels: tuple[int, ...]) -> tuple[float, float]:
    """Search all designs of a space.

    Returns
    -------
    tuple
        The processor seconds that it took, and those of its peer: nothing but the matrix products
        that the index of every design and its variance are made of.
    """
    space = space_of(levels, 12)
    model = stand_in(space, draws=400, outcomes=7, signals=3, lack=0.1)
    begun = process_time()
    front = front_of(enumerate_designs(model, space, 0.5))
    searched = process_time() - begun
    assert front.scores.complete and len(front.scores.levels) == space.size
    used, columns = front.scores.model, space.code(space.designs()).astype(np.float32)
    terms = [used.unseen.mean, *np.moveaxis(used.unseen.spread, -2, 0)]
    flat = [np.ascontiguousarray(term.reshape(-1, columns.shape[1]).T) for term in terms]
    begun = process_time()
    for rows in np.array_split(columns, max(1, space.size // 60)):
        for term in flat:
            rows @ term
    return searched, process_time() - begun


def test_a_search_costs_a_few_times_its_matrix_products():
    """Two to five times where it runs alone: the rest grows no faster than the products do."""
    searched, products = np.sum([seconds_of_search((10,) * 4) for _ in range(2)], axis=0)
    assert searched < 10 * products


@pytest.mark.slow
def test_a_hundred_thousand_designs_take_less_than_twenty_processor_seconds():
    """Ten seconds of two cores; by the clock it is measured in the benchmark."""
    assert seconds_of_search((10,) * 5)[0] < 20


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_threshold_that_every_design_or_none_reaches_leaves_what_the_worst_group_accepts(
    threshold,
):
    front: Front = front_of(whole(threshold=threshold))
    assert set(front.scores.joint) == {1.0 - threshold}
    assert front.which[0] == front.scores.worst.argmax()


def test_a_proposal_that_too_few_of_a_group_were_asked_about_has_no_number():
    space = space_of(LEVELS)
    model = stand_in(space, draws=40)
    fielded = model.fielded.copy()
    fielded[:, 1, 2] = np.nan
    scores = enumerate_designs(replace(model, fielded=fielded), space, 0.5)
    at = np.flatnonzero(scores.proposal == 2)
    assert np.isnan(scores.joint[at]).all() and np.isnan(scores.worst[at]).all()
    assert not np.isin(at, front_of(scores).which).any()
    assert np.isfinite(scores.best_worst).all()
    alone = enumerate_designs(replace(model, fielded=fielded).only(["g0"]), space, 0.5)
    assert np.isfinite(alone.worst).all()


@pytest.mark.parametrize("seed", range(6))
def test_rows_on_the_front_are_as_many_as_are_told(seed: int):
    """A proposal that is the best in a few draws is a row, as any fielded one, and no more."""
    scores = whole(draws=400, seed=seed)
    front = front_of(scores)
    assert front.on_front.sum() == front.size <= MOST
    cells = Cells([(f"k{k}", "K") for k in range(4)], [("q0", "Q")])
    rows = design_rows(front, cells)
    assert rows["on_front"].sum() == front.size
    chance = rows.filter(~pl.col("on_front"))
    assert chance["intervention"].null_count() == 0
    assert rows.filter("on_front")["best_probability"].sum() >= HELD - 1e-9


def test_of_twin_proposals_the_one_that_enough_people_were_asked_about_is_shown():
    space = space_of(LEVELS)
    twins = space.fielded.copy()
    twins[1] = twins[0]
    space = replace(space, fielded=twins)
    model = stand_in(space, draws=60, seed=1)
    at = np.flatnonzero((space.designs() == space.proposal_levels[0]).all(axis=1))
    for gone, shown in (([], 0), ([0], 1), ([1], 0), ([0, 1], 0)):
        fielded = model.fielded.copy()
        fielded[:, 1, gone] = np.nan
        scores = enumerate_designs(replace(model, fielded=fielded), space, 0.5)
        assert scores.proposal[at].tolist() == [shown]
        assert bool(np.isnan(scores.worst[at][0])) == (gone == [0, 1])


@pytest.mark.parametrize("lack", [0.0, 0.1])
def test_designs_are_held_against_every_proposal_fielded_whatever_levels_are_searched(lack: float):
    """Fewer levels make no design better: a proposal outside them was fielded all the same."""
    space = space_of((3, 2, 3, 2), 6, seed=1)
    model = stand_in(space, draws=200, lack=lack, seed=1)
    narrow = space.restricted({"part_2": ["level 1", "level 2"]})
    assert (narrow.proposal_levels < 0).any()
    everywhere, within = (front_of(enumerate_designs(model, s, 0.5)) for s in (space, narrow))
    told, again = ([place_of(f, k) for k in range(len(f.which))] for f in (everywhere, within))
    for k, design in enumerate(again):
        if design in told:
            before = everywhere.betters_fielded[told.index(design)]
            assert within.betters_fielded[k] == pytest.approx(before, abs=1e-9)
    assert any(design in told for design in again)
    cells = summary_row(everywhere), summary_row(within)
    assert cells[0]["fielded_best"] == cells[1]["fielded_best"]
    assert (cells[0]["fielded_best_searched"], cells[1]["fielded_best_searched"]) == (True, False)


def place_of(front: Front, k: int) -> str:
    scores = front.scores
    return scores.space.say([int(level) for level in scores.levels[front.which[k]]])


def test_nothing_is_marked_where_no_proposal_has_an_estimate_to_be_held_against():
    space = space_of(LEVELS)
    model = stand_in(space, draws=40)
    front = front_of(
        enumerate_designs(replace(model, fielded=np.full_like(model.fielded, np.nan)), space, 0.5)
    )
    assert len(front.which) and not front.confirm.any()
    assert np.isnan(front.betters_fielded).all()
    assert summary_row(front)["fielded_best"] is None


def test_a_coalition_of_one_is_that_group():
    scores = whole()
    alone = enumerate_designs(scores.model.only(["g1"]), scores.space, 0.5)
    np.testing.assert_allclose(alone.worst, by_hand(scores)[:, :, 1].mean(axis=1), atol=1e-6)
