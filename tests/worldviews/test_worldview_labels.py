"""Same data, other seed, permuted labels or people: the same worldviews with the same names."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.design.data import Beliefs
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.quantities.worldview_labels import distance, match_draws
from mfp_stats.quantities.worldview_names import belief_phrase, name_worldviews
from mfp_stats.quantities.worldviews import reference_solution, summarise_worldviews

from .conftest import SHORT, relabel, simulate_types


@pytest.fixture(scope="module")
def reference(two_kinds):
    return reference_solution(two_kinds.data, 2)


@pytest.fixture(scope="module")
def posterior(two_kinds_fit) -> xr.Dataset:
    return two_kinds_fit["posterior"].to_dataset()


def shuffled(posterior: xr.Dataset, seed=5) -> xr.Dataset:
    """Swap the classes in half of the draws, as another sampler might have."""
    swap = np.random.default_rng(seed).random((posterior.sizes["chain"], posterior.sizes["draw"]))
    turned = posterior.isel(classes=slice(None, None, -1)).assign_coords(
        classes=posterior["classes"]
    )
    return xr.where(xr.DataArray(swap < 0.5, dims=("chain", "draw")), turned, posterior)


def test_permuted_labels_change_nothing(two_kinds, posterior, reference):
    one, other = (
        summarise_worldviews(p, two_kinds.data, reference, floor=10)
        for p in (posterior, shuffled(posterior))
    )
    assert one.names == other.names
    for table, frame in one.tables.items():
        assert frame.equals(other.tables[table]), table


def test_another_seed_gives_the_same_worldviews(fit, two_kinds, posterior, reference):
    again = fit(two_kinds.data, 2, replace(SHORT, seed=99))["posterior"].to_dataset()
    one, other = (
        summarise_worldviews(p, two_kinds.data, reference, floor=10).tables["worldviews"]
        for p in (posterior, again)
    )
    assert one.drop("mean", "q05", "q95").equals(other.drop("mean", "q05", "q95"))
    assert (one["mean"] - other["mean"]).abs().max() < 0.02


def test_people_in_another_order_give_the_same_names(two_kinds, reference):
    order = np.random.default_rng(0).permutation(len(two_kinds.data.respondents))
    moved = relabel(two_kinds.data, order)
    names = [
        name_worldviews(d.beliefs.indicators, Categories.of(d.beliefs), r)
        for d, r in ((two_kinds.data, reference), (moved, reference_solution(moved, 2)))
    ]
    assert names[0] == names[1]


def test_draws_are_matched_to_the_reference(posterior, reference):
    matched = match_draws(shuffled(posterior), reference.best)
    assert distance(matched, reference.best) < 0.05
    straight = match_draws(posterior, reference.best)
    xr.testing.assert_allclose(matched, straight)


def test_names_are_distinctive_and_different(two_kinds, reference):
    beliefs = two_kinds.data.beliefs
    names = name_worldviews(beliefs.indicators, Categories.of(beliefs), reference)
    assert len(set(names)) == 2
    for c, name in enumerate(names):
        assert len(name.split("; ")) == 2
        first = name.split("; ")[0].removeprefix("not ").split(":")[0]
        h = [i.label for i in beliefs.indicators].index(first)
        columns = np.flatnonzero(Categories.of(beliefs).indicator == h)
        gap = np.abs(reference.best.profile[columns, c] - reference.best.profile[columns, 1 - c])
        assert gap.max() > 0.3


def test_phrases_read_as_words(two_kinds):
    nominal, _, binary = two_kinds.data.beliefs.indicators[:3]
    assert belief_phrase(nominal, 2) == "Belief 0: High"
    assert belief_phrase(replace(nominal, label="What of jobs?"), 0) == "What of jobs? Low"
    assert belief_phrase(binary, 1) == "Belief 2"
    assert belief_phrase(binary, 0) == "not Belief 2"
    long = belief_phrase(replace(binary, label="word " * 40), 1)
    assert len(long) <= 60
    assert long.endswith("word…")


def test_tables_keep_small_groups_out_of_everything():
    known = simulate_types(n=40, items=4, shares=((0.5, 0.5), (0.5, 0.5), (0.5, 0.5)))
    data = replace(known.data, group=np.array([0] * 20 + [1] * 15 + [2] * 5))
    rng = np.random.default_rng(0)
    categories = Categories.of(data.beliefs)
    profile = rng.dirichlet(np.ones(2), size=(4, 50, len(categories.names)))
    composition = rng.dirichlet(np.ones(2), size=(4, 50, 3))
    posterior = xr.Dataset(
        {
            "answer_probability": (("chain", "draw", "answers", "classes"), profile),
            "composition": (("chain", "draw", "groups", "classes"), composition),
        },
        coords={"groups": list(data.groups)},
    )
    weighted = replace(data, weight=np.ones(40))
    found = summarise_worldviews(posterior, weighted, reference_solution(data, 2), floor=10)
    table = found.tables["worldviews"]
    assert set(table["group"]) == {"", "a", "b"}
    assert set(table["weighting"]) == {"unweighted", "weighted"}
    assert table.filter(group="")["n"].unique().to_list() == [35]
    sums = table.group_by("group", "weighting").agg(pl.col("mean").sum())["mean"]
    assert sums.to_list() == pytest.approx([1.0] * 6)


def test_tables_have_the_agreed_columns(two_kinds, posterior, reference):
    tables = summarise_worldviews(posterior, two_kinds.data, reference, floor=10).tables
    estimate = ["mean", "q05", "q95"]
    assert tables["worldviews"].columns == [
        "worldview", "name", "group", "group_label", "n", "weighting", *estimate,
    ]  # fmt: skip
    assert tables["worldview_beliefs"].columns[:11] == [
        "worldview", "name", "indicator", "label", "category", "category_label", *estimate,
        "everyone_mean", "distinctiveness",
    ]  # fmt: skip
    assert tables["memberships"].columns == ["respondent", "group", "worldview", "probability"]
    ranks = tables["worldview_beliefs"].group_by("worldview").agg(pl.col("rank").sort())
    assert all(r == list(range(1, len(r) + 1)) for r in ranks["rank"].to_list())


def test_weights_move_the_weighted_shares_alone(two_kinds, posterior, reference):
    weight = np.where(two_kinds.member == two_kinds.member[0], 2.0, 0.5)
    weight /= weight.mean()
    data = replace(two_kinds.data, weight=weight)
    found = summarise_worldviews(posterior, data, reference, floor=10)
    share = found.draws["share"].sel(group="").mean(("chain", "draw"))
    held = int(found.memberships.probability[0].argmax())
    same = two_kinds.member == two_kinds.member[0]
    for weighting, each in (("unweighted", np.ones_like(weight)), ("weighted", weight)):
        expected = np.average(same, weights=each)
        assert float(share.sel(weighting=weighting)[held]) == pytest.approx(expected, abs=0.04)
    assert share.sel(weighting="weighted")[held] > share.sel(weighting="unweighted")[held] + 0.2


def test_missing_answers_leave_the_group_share(two_kinds, posterior, reference):
    answers = two_kinds.data.beliefs.answers.copy()
    answers[0] = -1
    silent = replace(two_kinds.data, beliefs=Beliefs(two_kinds.data.beliefs.indicators, answers))
    found = summarise_worldviews(posterior, silent, reference, floor=10)
    group = two_kinds.data.groups[two_kinds.data.group[0]]
    share = found.draws["share"].sel(group=group, weighting="unweighted").mean(("chain", "draw"))
    np.testing.assert_allclose(found.memberships.probability[0], share, atol=1e-9)
