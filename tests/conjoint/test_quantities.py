"""Shares that prefer a level, agreement of groups, and designs, where worths are known."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from mfp_stats.quantities.part_worths import (
    TABLES,
    HeldWorths,
    PartWorths,
    part_worth_quantities,
)
from tests.conjoint.experiment import ATTRIBUTES, GROUPS, SHARE, WORTH, draws, survey

NAMES = ("Trusting", "Wary")


def found(
    *, sd: float = 0.0, count: int = 40, floor: int = 10, names=NAMES, people=(60, 40), **weighted
):
    """Return tables and judged draws; ``weighted`` are further weightings' shares (G, C)."""
    held = {
        name: HeldWorths(draws(count, sd=sd), np.broadcast_to(share, (count, *SHARE.shape)))
        for name, share in {"unweighted": SHARE, **weighted}.items()
    }
    worths = PartWorths(held, chains=4)
    return part_worth_quantities(worths, survey(people), names=names, floor=floor)


def preferred(group: int, worldview: int, level: int) -> float:
    """Work out the share by letting profiles meet, without the approximation."""
    shown = survey().conjoint.profiles
    worth = WORTH[group, worldview]
    rng = np.random.default_rng(7)
    own, other = (shown.level[rng.integers(0, len(shown.level), 40_000)] for _ in range(2))
    attribute = int(level >= 3)
    own[:, attribute] = level - 3 * attribute
    value = [worth[a[:, 0]] + worth[3 + a[:, 1]] for a in (own, other)]
    return float(expit(value[0] - value[1]).mean())


def test_shares_are_those_of_profiles_that_meet_at_random():
    tables, _ = found(count=4)
    rows = tables["conjoint"].rows(named=True)
    assert [r["group"] for r in rows] == [g for g in GROUPS for _ in range(5)]
    for row, (g, t) in zip(rows, np.ndindex(2, 5), strict=True):
        expected = sum(SHARE[g, c] * preferred(g, c, t) for c in range(2))
        assert row["prefers_mean"] == pytest.approx(expected, abs=0.01)
        reference = sum(SHARE[g, c] * preferred(g, c, 0 if t < 3 else 3) for c in range(2))
        assert row["effect_mean"] == pytest.approx(expected - reference, abs=0.015)
        assert row["reference"] == (t in (0, 3))


@pytest.mark.parametrize("strength", [3.0, 6.0])
def test_strong_preferences_are_no_stronger_than_rivals_allow(strength):
    worths = np.array([strength, 0.0, -strength, strength / 2, -strength / 2])
    utility = np.broadcast_to(worths, (4, 2, 1, 5))
    data = survey()
    tables, _ = part_worth_quantities(
        PartWorths({"unweighted": HeldWorths(utility, np.ones((4, 2, 1)))}, chains=4),
        data,
        names=("",),
        floor=10,
    )
    shown = data.conjoint.profiles.level
    value = worths[shown[:, 0]] + worths[3 + shown[:, 1]]
    for row, t in zip(tables["conjoint"].rows(named=True), (0, 1, 2, 3, 4), strict=False):
        own = worths[t] + (worths[3 + shown[:, 1]] if t < 3 else worths[shown[:, 0]])
        exact = expit(own[:, None] - value).mean()
        assert row["prefers_mean"] == pytest.approx(exact, abs=0.002)
    payer = tables["conjoint"].filter(attribute="Payer", group="residents")["prefers_mean"]
    assert payer.max() < 1 - (shown[:, 1] == 0).mean() / 2 + 0.01


def test_worldviews_are_told_over_the_same_mix_of_groups():
    tables, _ = found(count=4)
    for row, (c, t) in zip(
        tables["conjoint_worldviews"].rows(named=True), np.ndindex(2, 5), strict=True
    ):
        expected = 0.6 * preferred(0, c, t) + 0.4 * preferred(1, c, t)
        assert row["prefers_mean"] == pytest.approx(expected, abs=0.01)
        assert (row["worldview"], row["name"]) == (c + 1, NAMES[c])


def test_groups_agree_on_one_attribute_and_part_over_the_other():
    pairs = found(sd=0.05)[0]["conjoint_pairs"].to_dicts()
    pause, payer = pairs
    assert (pause["best_a_label"], pause["best_b_label"]) == ("five years", "none")
    assert pause["same_best_probability"] < 0.05
    assert payer["best_a_label"] == payer["best_b_label"] == "firms"
    assert payer["same_best_probability"] > 0.95


def test_intervals_are_as_wide_as_draws_differ_and_levels_compete():
    tables, kept = found(sd=0.4, count=400)
    rows = tables["conjoint"]
    assert (
        (rows["prefers_q05"] < rows["prefers_mean"]) & (rows["prefers_mean"] < rows["prefers_q95"])
    ).all()
    best = rows.group_by("group", "attribute").agg(total=pl.col("best_probability").sum())
    assert best["total"].to_numpy() == pytest.approx(1)
    assert kept["prefers_by_group"].dims == ("chain", "draw", "group", "level")
    assert kept["prefers_by_group"].shape == (4, 100, 2, 5)


def test_small_groups_and_a_single_worldview_are_not_told():
    tables, _ = found(people=(60, 10))
    assert tables["conjoint"]["group"].unique().to_list() == ["residents"]
    assert set(tables["conjoint_draws"]["group"]) == {"residents"}
    assert tables["conjoint_pairs"].is_empty()
    assert tables["conjoint_pairs"].columns
    alone = part_worth_quantities(
        PartWorths({"unweighted": HeldWorths(draws(4)[:, :, :1], np.ones((4, 2, 1)))}, chains=4),
        survey(),
        names=("",),
        floor=10,
    )
    assert alone[0]["conjoint_worldviews"].is_empty()
    assert alone[1]["prefers_by_group_and_worldview"].sizes["worldview"] == 1


def test_weights_count_for_how_many_hold_each_worldview():
    weighted = np.array([[0.2, 0.8], [0.4, 0.6]])
    tables, kept = found(count=4, raked=weighted)
    rows = tables["conjoint"].filter(weighting="raked", group="residents").rows(named=True)
    for t, row in enumerate(rows):
        expected = sum(weighted[0, c] * preferred(0, c, t) for c in range(2))
        assert row["prefers_mean"] == pytest.approx(expected, abs=0.01)
    owners = tables["conjoint"].filter(group="owners").partition_by("weighting")
    assert owners[0].drop("weighting").equals(owners[1].drop("weighting"))
    assert set(tables["conjoint_pairs"]["weighting"]) == {"unweighted", "raked"}
    drawn = tables["conjoint_draws"].filter(weighting="raked", draw=0, group="residents")
    assert drawn["share"].to_list() == pytest.approx(weighted[0])
    assert {"prefers_by_group", "prefers_by_raked_group"} < set(kept)


def test_a_group_in_which_nobody_counts_is_told_unweighted_alone():
    tables, kept = found(count=4, raked=np.array([[0.2, 0.8], [np.nan, np.nan]]))
    there = tables["conjoint"].select("weighting", "group").unique().rows()
    assert set(there) == {("unweighted", g) for g in GROUPS} | {("raked", "residents")}
    assert tables["conjoint_pairs"]["weighting"].unique().to_list() == ["unweighted"]
    assert all(np.isfinite(kept[name]).all() for name in kept)


def test_what_a_search_needs_is_kept():
    tables, _ = found(count=8)
    assert set(tables) == set(TABLES)
    kept = tables["conjoint_draws"]
    assert len(kept) == 8 * 2 * 2
    row = kept.filter(draw=3, group="owners", worldview=2).row(0, named=True)
    assert row["utility"] == pytest.approx(WORTH[1, 1])
    assert row["share"] == pytest.approx(SHARE[1, 1])
    profiles = tables["conjoint_profiles"]
    assert profiles["times"].sum() == len(survey().conjoint.profiles.level)
    assert len(profiles) == np.prod([len(levels) for levels in ATTRIBUTES.values()])
