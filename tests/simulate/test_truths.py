"""Each truth has the gap that was asked for, one cause of it, and nothing else between groups."""

import json
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mfp_stats.errors import DesignError
from mfp_stats.questionnaire import load, parse
from mfp_stats.simulate import (
    DEFAULT_EFFECT,
    NAMES,
    Simulated,
    Truth,
    named_truth,
    simulate_survey,
    true_decomposition,
)
from mfp_stats.simulate.acceptance import draw_group
from mfp_stats.simulate.truth import NumberProfile
from tests.questionnaires import all_roles, document, imported

ROOT = Path(__file__).resolve().parents[2]
Q = load(ROOT / "tests" / "acceptance" / "questionnaire.yaml")
ERRORS = 4.5
#: What a truth changes, beside nothing.
CHANGED = {
    "values": {"value_means"},
    "models": {"class_shares"},
    "signals": {"signal_deviations"},
    "residual": {"residuals"},
    "rationalised": {"residuals", "rationalisation"},
    "style": {"style_means", "rating_loadings"},
    "none": set(),
}
CAUSE = {
    "values": "values",
    "models": "models",
    "signals": "signals",
    "residual": "residual",
    "rationalised": "residual",
}


@cache
def truth(name: str, seed: int = 1) -> Truth:
    return named_truth(Q, name, seed=seed)


@cache
def found(name: str, seed: int = 1) -> xr.Dataset:
    # Other people than those on whom the truth was scaled.
    return true_decomposition(Q, truth(name, seed), people=20_000, seed=9)


@cache
def simulated(name: str) -> Simulated:
    return simulate_survey(Q, truth(name), n=5_000, seed=3)


def extremes(data: xr.Dataset) -> list[xr.Dataset]:
    """Both groups as the reference of the other."""
    first, second = data.group.values[[0, -1]]
    return [data.sel(reference=a, other=b) for a, b in ((first, second), (second, first))]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", CAUSE)
def test_the_gap_is_as_large_as_asked_and_has_one_sign(name: str, seed: int) -> None:
    for one in extremes(found(name, seed)):
        assert abs(one.gap).mean() == pytest.approx(DEFAULT_EFFECT, abs=0.01)
        assert len(set(np.sign(one.gap.values))) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", CAUSE)
def test_the_cause_carries_the_gap(name: str, seed: int) -> None:
    for one in extremes(found(name, seed)):
        shares = one.phi.mean("intervention") / one.gap.mean("intervention")
        assert shares.sel(part=CAUSE[name]) > 0.9
        others = shares.drop_sel(part=CAUSE[name])
        assert abs(others).max() < 0.1
        assert one.phi.sum("part").values == pytest.approx(one.gap.values, abs=1e-9)


@pytest.mark.parametrize("name", ["style", "none"])
def test_without_a_cause_there_is_no_gap(name: str) -> None:
    for one in extremes(found(name)):
        assert abs(one.gap).max() < 1e-9
        assert abs(one.phi).max() < 1e-9


@pytest.mark.parametrize("name", NAMES)
def test_priorities_are_the_same_unless_values_differ(name: str) -> None:
    overlap = found(name).overlap.values[0, 1]
    assert overlap < 0.95 if name == "values" else overlap > 0.99


def same(a: object, b: object) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if hasattr(a, "__dataclass_fields__"):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))  # type: ignore[arg-type]
    return bool(np.array_equal(a, b))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_differs_but_what_the_truth_is_named_after(name: str) -> None:
    one, none = truth(name), truth("none")
    differing = {
        f.name for f in fields(Truth) if not same(getattr(one, f.name), getattr(none, f.name))
    }
    assert differing == CHANGED[name]


def test_without_a_cause_groups_have_the_same_parameters() -> None:
    none = named_truth(all_roles(), "none", seed=1)
    by_group = ("value_means", "class_shares", "rating_loadings", "consequence_deviations",
                "signal_deviations", "residuals")  # fmt: skip
    for name in by_group:
        rows = getattr(none, name)
        assert (rows == rows[:1]).all(), name
    assert (none.style_means == 0).all()
    for profile in none.group_profiles.values():
        rows = profile.means if isinstance(profile, NumberProfile) else profile.probabilities
        assert (rows == rows[:1]).all()
        assert (profile.dont_know == profile.dont_know[0]).all()


@pytest.mark.parametrize("name", NAMES)
def test_people_of_a_group_differ_in_everything_that_decides_support(name: str) -> None:
    one = truth(name)
    people = draw_group(one, 0, people=10_000, seed=3)
    expected = len(one.values) * np.einsum("ik,ixk->ix", people.importance, people.consequences)
    part = {
        "expected": (one.consequence_weight * expected).std(axis=0).mean(),
        "told": (people.signals @ one.signal_weights).std(axis=0).mean(),
        "own": people.own.std(),
    }
    assert min(part.values()) > 0.4
    assert max(part, key=lambda k: part[k]) == "expected"
    assert part["expected"] < 3
    assert 0.8 < one.consequence_means.std() < 1.2
    assert people.importance.std(axis=0).min() > 0.05


@pytest.mark.parametrize("name", ["values", "models", "signals"])
def test_values_worldviews_and_signals_are_independent_within_a_group(name: str) -> None:
    n = 10_000
    people = draw_group(truth(name), 1, people=n, seed=4)
    kinds = [people.values, people.worldview[:, None], people.signals.reshape(n, -1)]
    for i, a in enumerate(kinds):
        for b in kinds[i + 1 :]:
            r = np.corrcoef(a.T, b.T)[: a.shape[1], a.shape[1] :]
            assert abs(r).max() < ERRORS / np.sqrt(n)


@pytest.mark.parametrize("effect", [0.05, 0.35])
def test_the_effect_can_be_chosen(effect: float) -> None:
    made = named_truth(Q, "signals", seed=2, effect=effect)
    gap = true_decomposition(Q, made, people=20_000, seed=5).gap.values[0, 1]
    assert abs(gap).mean() == pytest.approx(effect, abs=0.01)


def test_of_four_groups_two_are_furthest_apart_and_the_others_between() -> None:
    q = load(ROOT / "surveys" / "ai_datacentres")
    made = named_truth(q, "residual", seed=1)
    shares = true_decomposition(q, made, people=2_000).acceptance.mean("intervention").values
    assert len(shares) == 4
    assert shares.max() - shares.min() == pytest.approx(DEFAULT_EFFECT, abs=0.02)
    steps = np.diff(np.sort(shares))
    assert steps == pytest.approx(np.full(3, DEFAULT_EFFECT / 3), abs=0.02)


def test_the_same_seed_gives_the_same_truth_and_another_another() -> None:
    again = named_truth(Q, "models", seed=1)
    assert same(again.class_shares, truth("models").class_shares)
    assert same(again.intercepts, truth("models").intercepts)
    assert not same(again.intercepts, truth("models", 2).intercepts)


@pytest.mark.parametrize("turned", [False, True])
def test_simulated_answers_accept_as_often_as_is_true(turned: bool) -> None:
    """Also where the first option is the accepting one."""
    q, made = Q, truth("residual")
    if turned:
        changed = document()
        next(b for b in changed["blocks"] if b["block"] == "support")["ask"] = ["live_with"]
        q = parse(changed, where="yes first")
        made = replace(named_truth(q, "residual", seed=1), dont_know_rate=0.0)
    name = "support.fund.live_with" if turned else "support.fund.support5"
    accepting = [0] if turned else [3, 4]
    truly = true_decomposition(q, made, people=20_000, seed=7).acceptance
    s = simulate_survey(q, made, n=4_000, seed=2)
    codes, group = s.sheet[name].to_numpy(), s.persons.group.values
    for g in made.groups:
        given = codes[(group == g) & (codes >= 0)]
        share = np.isin(given, accepting).mean()
        p = float(truly.sel(group=g, intervention="fund"))
        assert abs(share - p) < ERRORS * np.sqrt(p * (1 - p) / len(given))


def shares_in(name: str, block: str) -> tuple[float, float]:
    """Gap in acceptance in the answers of a block, averaged over proposals, and its error."""
    s = simulated(name)
    group = s.persons.group.values
    gaps, errors = [], []
    for x in Q.interventions:
        codes = s.sheet[f"{block}.{x}.support5"].to_numpy()
        accepting = [codes[(codes >= 0) & (group == g)] >= 3 for g in Q.item(Q.group).option_names]
        gaps.append(accepting[0].mean() - accepting[1].mean())
        errors.append(sum(a.var() / len(a) for a in accepting))
    return abs(float(np.mean(gaps))), float(np.sqrt(np.mean(errors)))


@pytest.mark.parametrize(
    ("name", "stays"),
    [("models", False), ("signals", True), ("residual", True), ("rationalised", True)],
)
def test_stipulated_consequences_take_away_what_models_carry_and_no_more(
    name: str, stays: bool
) -> None:
    natural, error = shares_in(name, "support")
    supposed, supposed_error = shares_in(name, "support_supposed")
    assert natural == pytest.approx(DEFAULT_EFFECT, abs=ERRORS * error)
    if stays:
        # Without differing expectations support varies less, so that the gap is larger.
        assert supposed > natural - ERRORS * supposed_error
        assert supposed > 0.15
    else:
        assert supposed < ERRORS * supposed_error


def test_rationalised_beliefs_follow_support_more_where_it_was_asked_first() -> None:
    s = simulated("rationalised")
    arms = [json.loads(row) for row in s.sheet["arms"]]
    first = np.array([a["order"] == "support_first" and a["stipulated"] == "natural" for a in arms])
    support = s.persons.support.sel(intervention="vote").values
    codes = s.sheet["consequences.vote.nature"].to_numpy()
    group = s.persons.group.values == "owners"
    slopes, gaps = [], []
    for asked in (first, ~first):
        there = asked & (codes >= 0)
        slopes.append(np.polyfit(support[there], codes[there], 1)[0])
        gaps.append(abs(codes[there & group].mean() - codes[there & ~group].mean()))
    plain = simulated("residual")
    stated = plain.sheet["consequences.vote.nature"].to_numpy()
    there = stated >= 0
    unmoved = np.polyfit(plain.persons.support.sel(intervention="vote").values[there],
                         stated[there], 1)[0]  # fmt: skip
    assert slopes[0] > slopes[1] > unmoved + 0.1
    assert min(gaps) > 0.2
    assert abs(stated[there & group].mean() - stated[there & ~group].mean()) < 0.2


def test_who_takes_rationalised_beliefs_at_their_word_finds_models() -> None:
    """A regression of support on what was stated, with perfect measurement of all else."""
    made = truth("rationalised")
    groups = [draw_group(made, g, people=20_000, seed=g) for g in (0, 1)]
    shares = []
    for x in range(len(made.interventions)):
        support = np.concatenate([p.support[:, x] for p in groups])
        moved = made.rationalisation * made.rationalisation_before_support
        shift = np.split(moved * (support - support.mean()), 2)
        index = np.concatenate(
            [
                len(made.values) * (p.importance * (p.consequences[:, x] + d[:, None])).sum(axis=1)
                for p, d in zip(groups, shift, strict=True)
            ]
        )
        told = np.concatenate([p.signals[:, x] @ made.signal_weights for p in groups])
        second = np.repeat([0.0, 1.0], 20_000)
        design = np.column_stack([np.ones_like(index), index, told, second])
        slope, residual = np.linalg.lstsq(design, support)[0][[1, 3]]
        gap = support[second == 1].mean() - support[second == 0].mean()
        models = slope * (index[second == 1].mean() - index[second == 0].mean())
        shares.append((models / gap, residual / gap))
    models, residual = np.mean(shares, axis=0)
    assert models > 0.55
    assert models > 1.5 * residual


def test_style_moves_ratings_and_no_other_answer() -> None:
    style = simulate_survey(Q, truth("style"), n=2_000, seed=4)
    none = simulate_survey(Q, truth("none"), n=2_000, seed=4)
    ratings = [c for c in style.sheet.columns if c.startswith("importance.")]
    assert style.sheet.drop(ratings).equals(none.sheet.drop(ratings))
    group = style.persons.group.values == truth("style").groups[0]
    level = style.sheet.select(ratings).to_numpy().mean(axis=1)
    before = none.sheet.select(ratings).to_numpy().mean(axis=1)
    assert abs(level[group].mean() - level[~group].mean()) > 0.5
    assert abs(before[group].mean() - before[~group].mean()) < 0.2


def test_what_a_survey_lacks_is_named() -> None:
    starter = load(ROOT / "surveys" / "starter")
    for name, lacking in [
        ("values", ["accept"]),
        ("signals", ["signals", "accept"]),
        ("rationalised", ["expected consequences", "accept"]),
        ("residual", ["accept"]),
    ]:
        with pytest.raises(DesignError) as caught:
            named_truth(starter, name, seed=1)
        said = [fault.what for fault in caught.value.faults]
        assert len(said) == len(lacking)
        assert all(word in what for word, what in zip(lacking, said, strict=True))
        assert all(fault.fix for fault in caught.value.faults)
    with pytest.raises(DesignError, match="ratings of values"):
        named_truth(imported(ratings=False), "style", seed=1)


@pytest.mark.parametrize("name", ["style", "none"])
def test_surveys_without_proposals_have_the_truths_without_a_gap(name: str) -> None:
    q = load(ROOT / "surveys" / "starter")
    made = named_truth(q, name, seed=1)
    assert simulate_survey(q, made, n=40, seed=1).sheet.height == 40


def test_wrong_names_and_effects_are_refused_together() -> None:
    with pytest.raises(DesignError) as caught:
        named_truth(Q, "value", seed=1, effect=1.5, classes=0)
    assert [f.where for f in caught.value.faults] == ["truth", "effect", "classes"]
    assert caught.value.faults[0].known == NAMES
    with pytest.raises(DesignError, match="classes"):
        named_truth(Q, "models", seed=1, classes=1)


def test_a_gap_out_of_reach_is_refused_with_what_can_be_reached() -> None:
    with pytest.raises(DesignError, match=r"models alone make a gap of at most 0\.\d\d"):
        named_truth(Q, "models", seed=1, effect=0.9)
