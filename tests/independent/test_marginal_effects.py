"""Marginal effects of made-up conjoints, where they are known without the estimator."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.design.conjoint import ConjointProfiles, conjoint_profiles
from mfp_stats.errors import DesignError
from mfp_stats.quantities.marginal_effects import drawn_marginal_effects, plain_marginal_effects

LEVELS = {"price": ["low", "middle", "high"], "place": ["near", "far"]}


def profiles_of(frame: pl.DataFrame, weight: str | None = None) -> ConjointProfiles:
    return conjoint_profiles(frame, LEVELS, chosen="chosen", respondent="id", weight=weight)


def balanced(answers: list[int], each: int) -> pl.DataFrame:
    """Every combination of levels equally often, judged by people of ``each`` profiles."""
    cells = list(product(*LEVELS.values()))
    rows = [cells[i % len(cells)] for i in range(len(answers))]
    return pl.DataFrame(rows, schema=list(LEVELS), orient="row").with_columns(
        chosen=pl.Series(answers), id=pl.int_range(len(answers)) // each
    )


@settings(max_examples=60)
@given(data=st.data(), copies=st.integers(2, 8), each=st.integers(1, 6))
def test_effects_of_a_balanced_design_are_differences_in_means(data, copies, each) -> None:
    total = 6 * copies
    answers = data.draw(st.lists(st.integers(0, 1), min_size=total, max_size=total))
    frame = balanced(answers, each)
    found = plain_marginal_effects(profiles_of(frame))
    for row in found.to_dicts():
        name = row["attribute"]
        means = dict(frame.group_by(name).agg(pl.col("chosen").mean()).rows())
        difference = means[row["level"]] - means[row["reference"]]
        assert row["effect"] == pytest.approx(difference, abs=1e-12)
        assert row["n"] == (frame[name] == row["level"]).sum()
        assert (row["standard_error"] is None) == (row["level"] == row["reference"])


def test_a_weight_counts_as_that_many_copies_of_a_respondent() -> None:
    rng = np.random.default_rng(0)
    frame = balanced(list(rng.integers(0, 2, 120)), 6)
    weighted = frame.with_columns(weight=1.0 + (pl.col("id") % 3))
    copied = pl.concat([weighted.filter(pl.col("weight") > k) for k in range(3)])
    a = plain_marginal_effects(profiles_of(weighted, "weight"))
    b = plain_marginal_effects(profiles_of(copied))
    np.testing.assert_allclose(a["effect"], b["effect"], atol=1e-12)
    # A respondent's copies stay one cluster, so that they do not count as evidence.
    errors = [frame["standard_error"].drop_nulls() for frame in (a, b)]
    np.testing.assert_allclose(*errors, atol=1e-12)


def test_answers_repeated_within_people_are_no_more_evidence() -> None:
    rng = np.random.default_rng(1)
    frame = balanced(list(rng.integers(0, 2, 240)), 6)
    doubled = pl.concat([frame, frame])
    once, twice = (plain_marginal_effects(profiles_of(one)) for one in (frame, doubled))
    np.testing.assert_allclose(
        once["standard_error"].drop_nulls(), twice["standard_error"].drop_nulls(), atol=1e-12
    )


def test_effects_of_draws_are_averages_over_the_other_attribute_and_the_rivals() -> None:
    frame = balanced([0, 1] * 6, 2)
    profiles = profiles_of(frame)
    utility = np.array([[0.1, 0.5, -0.7, 0.0, 1.2]])  # low, middle, high; near, far
    rival = np.arange(12) ^ 1

    def chosen(own: float, against: float) -> float:
        return 1 / (1 + np.exp(against - own))

    place = {name: utility[0, k] for k, name in enumerate(["low", "middle", "high", "near", "far"])}
    total = [place[p] + place[q] for p, q in frame.select("price", "place").rows()]
    high = np.mean([chosen(place["high"] + place[q], 0.0) for q in frame["place"]])
    low = np.mean([chosen(place["low"] + place[q], 0.0) for q in frame["place"]])
    alone = drawn_marginal_effects(utility, profiles)
    assert alone[0, 2] == pytest.approx(high - low)
    assert alone[0, [0, 3]].tolist() == [0, 0]
    far = np.mean([chosen(place[p] + 1.2, total[i ^ 1]) for i, p in enumerate(frame["price"])])
    near = np.mean([chosen(place[p] + 0.0, total[i ^ 1]) for i, p in enumerate(frame["price"])])
    paired = drawn_marginal_effects(utility, profiles, rival)
    assert paired[0, 4] == pytest.approx(far - near)


def test_all_faults_are_told_at_once() -> None:
    frame = balanced([0, 1, 2, 1, 0, 1] * 2, 2).with_columns(
        weight=pl.when(pl.col("id") == 0).then(-1.0).otherwise(1.0),
        price=pl.when(pl.col("price") == "high").then(pl.lit("dear")).otherwise("price"),
    )
    with pytest.raises(DesignError) as refused:
        profiles_of(frame, "weight")
    told = str(refused.value)
    for word in ("'dear'", "'high'", "chosen", "weight"):
        assert word in told
    with pytest.raises(DesignError, match=r"place: is no column(.|\n)*id: is missing in 12 rows"):
        profiles_of(frame.drop("place").with_columns(id=pl.lit(None)))


def test_levels_that_always_come_together_are_refused() -> None:
    frame = balanced([0, 1, 1] * 4, 2).with_columns(
        place=pl.when(pl.col("price") == "low").then(pl.lit("near")).otherwise(pl.lit("far"))
    )
    with pytest.raises(DesignError, match="come together"):
        plain_marginal_effects(profiles_of(frame))
