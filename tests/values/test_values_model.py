"""The model file: every combination of evidence, odd groups, and what must not matter."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design.data import BestWorst, ModelData, Picks, Rankings, Ratings
from mfp_stats.errors import DesignError, ModelError
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.values import summarise_values

K = 4
PEOPLE = np.arange(9)
LEVELS = ("none", "little", "some", "much")


def evidence() -> dict[str, BestWorst | Picks | Rankings | Ratings]:
    rng = np.random.default_rng(5)
    order = np.array([rng.permutation(K) for _ in PEOPLE])
    offered = np.ones((len(PEOPLE), K), dtype=bool)
    chosen = np.zeros_like(offered)
    np.put_along_axis(chosen, order[:, :2], True, axis=1)
    sets = np.array([rng.permutation(K)[:3] for _ in range(18)])
    person, value = np.divmod(np.arange(len(PEOPLE) * K), K)
    return {
        "best_worst": BestWorst(np.repeat(PEOPLE, 2), sets, np.zeros(18, int), np.ones(18, int)),
        "picks": Picks(PEOPLE, offered, chosen),
        "rankings": Rankings(PEOPLE, offered, np.where(np.arange(K) < 3, order, -1)),
        "ratings": Ratings(person, value, rng.integers(4, size=len(person)), LEVELS),
    }


def data(*parts: str, groups: tuple[str, ...] = ("g", "h", "i")) -> ModelData:
    # group i has a single member
    group = np.zeros(9, int) if len(groups) == 1 else np.array([0, 0, 0, 0, 1, 1, 1, 1, 2])
    names = tuple("abcd")
    people = tuple(f"p{i}" for i in PEOPLE)
    return ModelData(
        "s", "h", people, groups, groups, group, None, names, names,
        **{k: v for k, v in evidence().items() if k in parts},
    )  # fmt: skip


@pytest.fixture(scope="module")
def model(checkout):
    return load_model(checkout / "models" / "values.py")


ALL = ("best_worst", "picks", "rankings", "ratings")


@pytest.mark.parametrize("groups", [("g", "h", "i"), ("everyone",)], ids=["three", "one"])
@pytest.mark.parametrize(
    "parts", [*((p,) for p in ALL), ("best_worst", "ratings"), ("picks", "rankings"), ALL]
)
def test_every_combination_has_a_finite_density(model, parts, groups):
    built = model.build(data(*parts, groups=groups))
    density = built.compile_logp(mode="FAST_COMPILE")(built.initial_point())
    assert np.isfinite(density)
    assert {"mu", "factor"} <= set(built.named_vars)


def test_persons_are_variables_only_where_they_answered_much(model):
    assert "v" in model.build(data("best_worst")).named_vars
    assert "v" not in model.build(data("picks")).named_vars
    assert "v" not in model.build(data("ratings")).named_vars
    assert "v" in model.build(data("picks", "ratings")).named_vars


def test_choice_consistency_needs_a_repeated_task(model):
    once = data("best_worst")
    assert once.best_worst is not None
    sets = np.tile([[0, 1, 2], [1, 2, 3]], (9, 1))
    apart = replace(once, best_worst=replace(once.best_worst, shown=sets))
    assert "consistency_sd" not in model.build(apart).named_vars
    again = np.tile([[0, 1, 2], [2, 0, 1]], (9, 1))
    repeated = replace(once, best_worst=replace(once.best_worst, shown=again))
    assert "consistency_sd" in model.build(repeated).named_vars


def test_priors_are_set_by_name(model):
    survey = data("picks")
    wide = model.build(survey, priors={"person": 3.0})
    assert np.exp(wide.initial_point()["person_spread_log__"]) == pytest.approx(3.0, rel=0.2)
    with pytest.raises(ModelError, match="no prior of that name"):
        model.build(survey, priors={"persons": 3.0})


def test_a_survey_without_values_is_refused(model):
    with pytest.raises(DesignError, match="tradeoffs or ratings"):
        model.build(data())


@pytest.mark.parametrize("part", ["picks", "ratings"])
def test_order_of_persons_does_not_matter_where_they_are_integrated_out(model, part):
    survey = data(part)
    order = np.random.default_rng(1).permutation(9)
    tasks = getattr(survey, part)
    moved = replace(
        survey,
        group=survey.group[order],
        **{part: replace(tasks, person=np.argsort(order)[tasks.person])},
    )
    first, second = model.build(survey), model.build(moved)
    point = first.initial_point(random_seed=3)
    point = {k: x + 0.3 * np.sin(np.arange(x.size)).reshape(x.shape) for k, x in point.items()}
    densities = [m.compile_logp(mode="FAST_COMPILE")(point) for m in (first, second)]
    assert densities[0] == pytest.approx(densities[1])


def fit(model, survey: ModelData):
    settings = FitSettings(draws=150, tune=200, seed=2)
    posterior = sample(model.build(survey), settings)["posterior"].to_dataset()
    return summarise_values(posterior, survey, version="any", floor=5)


def test_response_style_makes_no_value_gap(model):
    """Groups of the same values that use the scale higher or wider overlap like insiders."""
    rng = np.random.default_rng(8)
    group = np.arange(450) % 3
    v = np.array([0.9, 0.3, -0.3, -0.9]) + rng.normal(0, 0.8, (450, K))
    v -= v.mean(axis=1, keepdims=True)
    wide = np.array([1.0, 1.0, 1.5])[group, None]
    high = np.array([0.0, 0.9, 0.0])[group, None] + rng.normal(0, 0.6, (450, 1))
    level = np.searchsorted([-1.2, 0.0, 1.2], wide * v + high + rng.logistic(size=v.shape))
    person, value = np.divmod(np.arange(450 * K), K)
    people, names = tuple(map(str, range(450))), tuple("abcd")
    three = ("plain", "high", "wide")
    ratings = Ratings(person, value, level.ravel(), LEVELS)
    survey = ModelData("s", "h", people, three, three, group, None, names, names, ratings=ratings)
    found = fit(model, survey)
    assert (found.tables["overlap"]["normalised_q95"] > 0.97).all()
    assert (found.tables["overlap"]["normalised_mean"] > 0.93).all()
    share = found.draws["share"].sel(weighting="unweighted")
    gap = share.sel(group="high") - share.sel(group="plain")
    assert (gap.quantile(0.05, ("chain", "draw")) < 0.02).all()
    assert (gap.quantile(0.95, ("chain", "draw")) > -0.02).all()


def test_alike_groups_overlap_and_opposite_groups_do_not(model):
    """Single picks of two alike groups, an opposite one, and one too small to be shown."""
    rng = np.random.default_rng(9)
    group = np.repeat([0, 1, 2, 3], [150, 100, 120, 4])
    centre = np.array([2.0, 0.7, -0.7, -2.0])
    mu = np.array([centre, centre, -centre, -centre])
    v = mu[group] + rng.normal(0, 0.6, (len(group), K))
    order = np.argsort(-(v + rng.gumbel(size=v.shape)), axis=1)
    chosen = np.zeros(v.shape, dtype=bool)
    np.put_along_axis(chosen, order[:, :2], True, axis=1)
    four, names = ("one", "same", "opposite", "few"), tuple("abcd")
    picks = Picks(np.arange(len(group)), np.ones_like(chosen), chosen)
    people = tuple(map(str, range(len(group))))
    survey = ModelData("s", "h", people, four, four, group, None, names, names, picks=picks)
    found = fit(model, survey)
    pairs = {
        (row["group_a"], row["group_b"]): row["normalised_mean"]
        for row in found.tables["overlap"].to_dicts()
    }
    assert set(pairs) == {("one", "same"), ("one", "opposite"), ("same", "opposite")}
    assert pairs["one", "same"] > 0.95
    assert pairs["one", "opposite"] < 0.5
    top = found.tables["values"].filter(value="a").select("group", "top_probability").rows()
    assert dict(top)["one"] > 0.99
    assert dict(top)["opposite"] < 0.01
