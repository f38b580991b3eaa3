"""Choices between two profiles, and yes or no to one, from known worths to designs."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from mfp_stats.design.conjoint import conjoint_profiles
from mfp_stats.errors import ChoiceError, DesignError, FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.search.conjoint import conjoint_model, conjoint_space
from mfp_stats.workflow.conjoint import ConjointFit, fit_conjoint

ATTRIBUTES = {
    "fund": ["none", "small", "large"],
    "vote": ["no", "yes"],
    "power": ["any", "clean", "own"],
}
#: Worth of every level to two groups, zero-sum within attributes.
WORTH = {
    "residents": [-0.5, 0.0, 0.5, -0.4, 0.4, -0.3, 0.3, 0.0],
    "workers": [-0.3, 0.2, 0.1, 0.3, -0.3, 0.1, 0.1, -0.2],
}
GATE = GateResult((Check("chains", 4, 4, passed=True),))


def experiment(*, people=150, tasks=8, pairs=True, level=0.0, seed=1) -> pl.DataFrame:
    """Return answers of people of two groups to random profiles."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(2 * people):
        group = list(WORTH)[person % 2]
        worth = np.array(WORTH[group])
        for task in range(tasks):
            levels = [[rng.integers(len(t)) for t in ATTRIBUTES.values()] for _ in range(1 + pairs)]
            value = [worth[a] + worth[3 + b] + worth[5 + c] for a, b, c in levels]
            if pairs:
                first = rng.random() < expit(value[0] - value[1])
                chosen = [int(first), int(not first)]
            else:
                chosen = [int(rng.random() < expit(level + value[0]))]
            for row, yes in zip(levels, chosen, strict=True):
                texts = [t[k] for t, k in zip(ATTRIBUTES.values(), row, strict=True)]
                named = dict(zip(ATTRIBUTES, texts, strict=True))
                rows.append(
                    {"person": f"p{person}", "group": group, "task": task, "chosen": yes} | named
                )
    return pl.DataFrame(rows)


def read(frame: pl.DataFrame, *, task: str | None = "task"):
    return conjoint_profiles(
        frame, ATTRIBUTES, chosen="chosen", respondent="person", group="group", task=task
    )


def known(frame: pl.DataFrame, *, task: str | None = "task", level=0.0, draws=40, sd=0.0):
    """Return a fit whose draws are the truth, with an error of known size."""
    profiles = read(frame, task=task)
    worth = np.array([WORTH[g] for g in profiles.groups])
    noise = sd * np.random.default_rng(3).standard_normal((draws, *worth.shape))
    return ConjointFit(profiles, GATE, (worth + noise)[:, :, None], np.full((draws, 2), level))


def test_accepting_a_profile_is_preferring_it_to_a_random_rival():
    frame = experiment(people=400)
    fit = known(frame, draws=1)
    space = conjoint_space(fit.profiles)
    model = conjoint_model(fit.utility, fit.intercept, fit.profiles, space)
    accepts = model.unseen.accepts(space.code(space.designs()))[:, 0]  # (18, G)
    rows = fit.profiles.level
    rng = np.random.default_rng(0)
    rivals = rows[rng.integers(len(rows), size=4000)]
    for n, design in enumerate(space.designs()):
        texts = [str(a.levels[k]) for a, k in zip(space.attributes, design, strict=True)]
        places = [ATTRIBUTES[a.name].index(t) for a, t in zip(space.attributes, texts, strict=True)]
        for g, name in enumerate(fit.profiles.groups):
            worth = np.array(WORTH[name])
            own = worth[places[0]] + worth[3 + places[1]] + worth[5 + places[2]]
            other = worth[rivals[:, 0]] + worth[3 + rivals[:, 1]] + worth[5 + rivals[:, 2]]
            assert accepts[n, g] == pytest.approx(expit(own - other).mean(), abs=0.01)


@pytest.mark.parametrize("strength", [4.0, 8.0])
def test_strong_preferences_do_not_blow_up_acceptance(strength):
    frame = experiment(people=200)
    profiles = known(frame, draws=1).profiles
    worth = strength * np.array(list(WORTH.values()))
    space = conjoint_space(profiles)
    model = conjoint_model(worth[None, :, None], np.zeros((1, 2)), profiles, space)
    accepts = model.unseen.accepts(space.code(space.designs()))[:, 0]
    starts = np.array([0, 3, 5])
    rivals = worth[:, profiles.level + starts].sum(axis=2)
    for n, design in enumerate(space.designs()):
        texts = [str(a.levels[k]) for a, k in zip(space.attributes, design, strict=True)]
        places = [ATTRIBUTES[a.name].index(t) for a, t in zip(space.attributes, texts, strict=True)]
        own = worth[:, np.array(places) + starts].sum(axis=1)
        exact = expit(own[:, None] - rivals).mean(axis=1)
        assert accepts[n] == pytest.approx(exact, abs=0.02)


def test_a_profile_judged_by_itself_is_accepted_at_the_level_of_its_group():
    frame = experiment(people=20, tasks=12, pairs=False)
    fit = known(frame, task=None, level=-0.7, draws=1)
    found = fit.search(threshold=0.2)["search"]
    for row in found.to_dicts():
        places = [ATTRIBUTES[a].index(row[f"attribute_{a}"]) for a in ATTRIBUTES]
        for name, worth in WORTH.items():
            value = -0.7 + worth[places[0]] + worth[3 + places[1]] + worth[5 + places[2]]
            assert row[f"accepts_{name}_mean"] == pytest.approx(expit(value), abs=1e-4)


def test_the_best_plan_in_truth_is_found_and_told_from_those_fielded():
    frame = experiment(people=60, tasks=6)
    withheld = ~((pl.col("fund") == "large") & (pl.col("power") != "any"))
    pairs = frame.filter(withheld.all().over("person", "task"))
    fit = known(pairs, sd=0.05)
    found = fit.search()
    rows = found["search"]
    total = {
        (a, b, c): min(w[i] + w[3 + j] + w[5 + k] for w in WORTH.values())
        for i, a in enumerate(ATTRIBUTES["fund"])
        for j, b in enumerate(ATTRIBUTES["vote"])
        for k, c in enumerate(ATTRIBUTES["power"])
    }
    best = max(total, key=total.__getitem__)
    assert best[0] == "large" and best[2] != "any"
    named = rows.filter(attribute_fund=best[0], attribute_vote=best[1], attribute_power=best[2])
    assert len(named) == 1 and named["distance"].item() == 1
    assert named["betters_fielded_probability"].item() > 0.5
    assert named["confirm"].item()
    assert found["search_summary"]["designs"].item() == 18
    assert not any(name.startswith("effect_") for name in rows.columns)
    assert rows["change_kind"].null_count() == len(rows)


def test_designs_that_cannot_be_are_not_looked_at_even_when_levels_are_narrowed():
    fit = known(experiment(people=30))
    levels = fit.design_levels
    grid = np.stack(np.meshgrid(*[np.arange(len(t)) for t in levels.values()], indexing="ij"), -1)
    flat = grid.reshape(-1, 3)
    names = list(levels)
    clean = [levels["power"].index("clean")]
    possible = ~np.isin(flat[:, names.index("power")], clean)
    everything = fit.search(possible=possible)
    assert set(everything["search"]["attribute_power"]) <= {"any", "own"}
    assert everything["search_summary"]["designs"].item() == 12
    narrowed = fit.search(possible=possible, levels={"fund": ["none", "large"]})
    assert narrowed["search_summary"]["designs"].item() == 8
    assert set(narrowed["search"]["attribute_power"]) <= {"any", "own"}


def test_where_no_design_can_be_that_is_said():
    fit = known(experiment(people=20))
    with pytest.raises(ChoiceError, match="no design can be made"):
        fit.search(possible=np.zeros(18, dtype=np.bool_))


def test_each_profile_has_the_other_of_its_choice_as_its_rival_in_whatever_order():
    frame = experiment(people=12).sample(fraction=1, shuffle=True, seed=5)
    profiles = read(frame)
    rows = frame.select("person", "task").rows()
    for k, other in enumerate(profiles.rival):
        assert other != k and rows[other] == rows[k]
    assert (profiles.chosen + profiles.chosen[profiles.rival] == 1).all()


def test_worths_are_recovered_with_honest_intervals_from_choices():
    held, slopes = [], []
    for seed in (1, 2, 3):
        fit = fit_conjoint(
            experiment(people=120, tasks=8, seed=seed),
            ATTRIBUTES,
            chosen="chosen",
            respondent="person",
            group="group",
            task="task",
            settings=FitSettings(draws=600, tune=600, seed=2, target_accept=0.95),
        )
        assert fit.gate.shown, fit.gate.failed
        truth = np.array([WORTH[g] for g in fit.profiles.groups])[:, None]
        low, high = np.quantile(fit.utility, [0.05, 0.95], axis=0)
        held.append(((low <= truth) & (truth <= high)).mean())
        slopes.append((fit.utility.mean(axis=0) * truth).sum() / (truth**2).sum())
    # Sixteen worths of five free ones a survey go together, so that few surveys tell it roughly.
    assert np.mean(held) >= 0.75
    assert np.mean(slopes) == pytest.approx(1, abs=0.15)  # neither shrunk nor blown up


def test_a_failed_fit_is_refused_and_wrong_questions_are_named():
    fit = known(experiment(people=30))
    failed = GateResult((Check("r_hat", 1.3, 1.01, False, "utility", "Take more draws."),))
    with pytest.raises(FitRefused, match="Take more draws"):
        replace(fit, gate=failed).search()
    with pytest.raises(ChoiceError, match="'martians'"):
        fit.search(coalition=["martians"])
    with pytest.raises(ChoiceError, match="no share"):
        fit.search(threshold=2)


def test_tables_that_are_no_choices_between_two_are_refused():
    frame = experiment(people=12)
    with pytest.raises(DesignError, match="not of one profile out of two"):
        read(frame[1:])
    small = frame.filter(pl.col("person").is_in([f"p{k}" for k in range(8)]))
    with pytest.raises(DesignError, match="no group has more than 10 people"):
        fit_conjoint(
            small, ATTRIBUTES, chosen="chosen", respondent="person", group="group", task="task"
        )
