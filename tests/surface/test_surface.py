"""Joint acceptance and zones: from draws of all groups at once, at any threshold."""

from itertools import chain, combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.errors import ChoiceError
from mfp_stats.quantities.surface import (
    EVERY_COALITION,
    SCHEMA,
    coalitions_of,
    joint_acceptance,
    members,
    surface,
)
from mfp_stats.quantities.zones import MET_BY_ALL, MET_BY_NONE, Zone

GROUPS = ("a", "b", "c")


def tables(shares: dict[str, dict[str, np.ndarray]], *, weighting: str = "unweighted"):
    """Return acceptance_draws and acceptance of shares by intervention and group."""
    cells = [(x, g, draws) for x, groups in shares.items() for g, draws in groups.items()]
    drawn = [
        pl.DataFrame(
            {
                "weighting": weighting,
                "draw": pl.Series(range(len(draws)), dtype=pl.Int32),
                "intervention": x,
                "group": g,
                "accepts": draws,
            }
        )
        for x, g, draws in cells
    ]
    acceptance = pl.DataFrame(
        [
            {
                "weighting": weighting,
                "intervention": x,
                "intervention_label": f"Plan {x}",
                "group": g,
                "group_label": g.upper(),
                "n": 50,
                "accepts_mean": float(draws.mean()),
                "accepts_q05": float(np.quantile(draws, 0.05)),
                "accepts_q95": float(np.quantile(draws, 0.95)),
            }
            for x, g, draws in cells
        ]
    )
    return pl.concat(drawn), acceptance


def verdicts(*rows: tuple[str, str, str, str], weighting: str = "unweighted") -> pl.DataFrame:
    names = ["intervention", "group_a", "group_b", "verdict"]
    schema = dict.fromkeys(names, pl.String)
    more = {
        "weighting": weighting,
        "warning": "",
        "pooled_warning": "",
        "dependence_share_mean": 0.0,
        "leading": "models",
        "verdict_probability": 0.7,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(pl.lit(value).alias(name) for name, value in more.items())


def around(mean: float, *, sd: float = 0.02, seed: int = 0, draws: int = 400) -> np.ndarray:
    return np.clip(np.random.default_rng(seed).normal(mean, sd, draws), 0, 1)


def zone(shares, gap, *, threshold=0.5, coalition=("a", "b")) -> dict:
    draws, acceptance = tables({"x": shares})
    found = surface(draws, gap, acceptance, threshold=threshold, coalitions=[coalition])
    assert found.schema == SCHEMA
    return found.row(0, named=True)


def test_joint_acceptance_keeps_what_groups_have_in_common():
    rng = np.random.default_rng(3)
    common = rng.normal(0.51, 0.05, 20_000)
    own = {g: common + rng.normal(0, 0.008, common.size) for g in GROUPS}
    draws, acceptance = tables({"x": own})
    all_three = surface(draws, verdicts(), acceptance, threshold=0.5, coalitions=[GROUPS])
    joint = all_three["joint_probability"][0]
    product = np.prod([(share >= 0.5).mean() for share in own.values()])
    counted = np.mean([all(own[g][s] >= 0.5 for g in GROUPS) for s in range(common.size)])
    assert joint == pytest.approx(counted, abs=1e-12)
    assert joint > 0.48 and product < 0.22


shares = st.lists(
    st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]), min_size=3, max_size=3),
    min_size=1,
    max_size=8,
)


@given(shares, st.sampled_from([0.0, 0.2, 0.5, 0.81, 1.0]))
def test_joint_acceptance_is_that_of_counting_draw_by_draw(rows, threshold):
    accepts = np.array(rows)
    every_coalition = list(chain(*(combinations(GROUPS, k) for k in (1, 2, 3))))
    every, none = joint_acceptance(accepts, members(GROUPS, every_coalition), threshold)
    for coalition, yes, no in zip(every_coalition, every, none, strict=True):
        columns = [GROUPS.index(g) for g in coalition]
        reach = [[row[c] >= threshold for c in columns] for row in rows]
        assert yes == pytest.approx(np.mean([all(r) for r in reach]))
        assert no == pytest.approx(np.mean([not any(r) for r in reach]))


def test_larger_coalitions_never_accept_more_and_higher_thresholds_neither():
    drawn = {g: around(0.5 + 0.02 * k, sd=0.1, seed=k) for k, g in enumerate(GROUPS)}
    draws, acceptance = tables({"x": drawn})
    last = None
    for threshold in (0.3, 0.45, 0.6):
        found = surface(draws, verdicts(), acceptance, threshold=threshold)
        joint = dict(found.select("coalition", "joint_probability").rows())
        assert joint["a + b + c"] <= min(joint["a + b"], joint["a + c"], joint["b + c"])
        assert joint["a + b"] <= min(joint["a"], joint["b"])
        if last:
            assert all(joint[c] <= last[c] for c in joint)
        last = joint


def test_every_coalition_is_there_with_its_labels_in_the_order_of_the_groups():
    draws, acceptance = tables({"x": {g: around(0.7) for g in GROUPS}, "y": {"b": around(0.2)}})
    found = surface(draws, verdicts(), acceptance, threshold=0.5)
    assert found["coalition"].to_list()[:7] == [
        *("a", "b", "c", "a + b", "a + c", "b + c", "a + b + c"),
    ]
    assert len(found) == 14
    assert found["coalition_label"][6] == "A + B + C" and found["size"][6] == 3


def test_of_many_groups_only_small_coalitions_and_all_are_worked_out_unasked():
    many = [f"g{k}" for k in range(EVERY_COALITION + 1)]
    assert len(coalitions_of(many[:-1])) == 2**EVERY_COALITION - 1
    assert {len(c) for c in coalitions_of(many)} == {1, 2, len(many)}
    assert coalitions_of(many, [["g7", "g2", "g7"]]) == [("g2", "g7")]


def test_what_all_very_probably_accept_can_be_acted_on():
    row = zone({"a": around(0.7), "b": around(0.9)}, verdicts(("x", "a", "b", "models")))
    assert row["zone"] == Zone.ACT_NOW and row["joint_probability"] == 1
    assert row["worst_group"] == "a" and "probability above 0.99" in row["zone_why"]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("values", Zone.VALUES_BLOCK),
        ("models", Zone.MODELS_BLOCK),
        ("signals", Zone.FIX_SIGNAL),
        ("residual", Zone.OTHER_BLOCKS),
        ("cannot_tell", Zone.CANNOT_TELL),
    ],
)
@pytest.mark.parametrize("pair", [("a", "b"), ("b", "a")])
def test_the_verdict_on_the_least_and_the_most_accepting_group_is_the_zone(verdict, expected, pair):
    gap = verdicts(("x", *pair, verdict), ("y", *pair, "no_gap"), ("pooled", *pair, "no_gap"))
    row = zone({"a": around(0.3), "b": around(0.8)}, gap)
    assert row["zone"] == expected
    assert row["worst_group"] == "a"
    assert "“A” (30 % accept, 27–33) and “B” (80 % accept, 77–83)" in row["zone_why"]


def test_of_three_groups_the_two_that_lie_farthest_apart_are_compared():
    gap = verdicts(("x", "a", "b", "values"), ("x", "b", "c", "models"), ("x", "a", "c", "signals"))
    shares = {"a": around(0.5), "b": around(0.2), "c": around(0.9)}
    assert zone(shares, gap, coalition=GROUPS)["zone"] == Zone.MODELS_BLOCK
    assert zone(shares, gap, coalition=("a", "b"))["zone"] == Zone.VALUES_BLOCK


def test_below_the_threshold_are_all_groups_without_a_gap_to_close():
    gap = verdicts(("x", "a", "b", "no_gap"))
    low = zone({"a": around(0.2), "b": around(0.22)}, gap)
    assert low["zone"] == Zone.BELOW_THRESHOLD and "no gap to close" in low["zone_why"]
    assert "below the threshold with probability above 0.99; " in low["zone_why"]
    near = zone({"a": around(0.49, sd=0.1), "b": around(0.51, sd=0.1, seed=1)}, gap)
    assert near["zone"] == Zone.CANNOT_TELL and "too near the threshold" in near["zone_why"]


def test_a_gap_does_not_block_what_no_group_accepts():
    low = zone({"a": around(0.1), "b": around(0.3)}, verdicts(("x", "a", "b", "models")))
    assert low["zone"] == Zone.BELOW_THRESHOLD
    said = "all groups stay below the threshold with probability above 0.99; models of what it "
    assert low["zone_why"].startswith(f"{said}would do carry the gap between “A” (10 % accept, ")


def test_a_gap_does_not_block_what_all_rather_accept_than_not():
    gap = verdicts(("x", "a", "b", "models"))
    rather = zone({"a": around(0.54, sd=0.06), "b": around(0.9)}, gap)
    assert 0.5 < rather["joint_probability"] < 0.9
    assert rather["zone"] == Zone.CANNOT_TELL
    assert rather["zone_why"].startswith("all may reach the threshold as it is (probability 0.7")
    assert "models of what it would do carry the gap" in rather["zone_why"]
    hardly = zone({"a": around(0.46, sd=0.06), "b": around(0.9)}, gap)
    assert 0.1 < hardly["joint_probability"] < 0.5
    assert hardly["zone"] == Zone.MODELS_BLOCK
    assert "; all may reach the threshold as it is (probability 0.2" in hardly["zone_why"]


def test_a_gap_that_may_be_none_is_not_said_to_be_there():
    gap = verdicts(("x", "a", "b", "cannot_tell"))
    shares = {"a": around(0.3), "b": around(0.7)}
    assert "no cause of the gap between" in zone(shares, gap)["zone_why"]
    row = zone(shares, gap.with_columns(dependence_share_mean=pl.lit(None, pl.Float64)))
    assert row["zone"] == Zone.CANNOT_TELL
    assert row["zone_why"] == (
        "the survey cannot tell whether “A” (30 % accept, 27–33) and “B” (70 % accept, 67–73) "
        "differ by more than 3 points"
    )


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("models", "; the same holds for “B” (35 % accept, 32–38)"),
        ("values", "; values carry that of “B” (35 % accept, 32–38)"),
        ("cannot_tell", "; what keeps “B” (35 % accept, 32–38) below it, the survey cannot tell"),
    ],
)
def test_a_third_group_below_the_threshold_is_not_passed_over(verdict, said):
    gap = verdicts(("x", "a", "c", "models"), ("x", "b", "c", verdict))
    shares = {"a": around(0.3), "b": around(0.35), "c": around(0.7)}
    row = zone(shares, gap, coalition=GROUPS)
    assert row["zone"] == Zone.MODELS_BLOCK and row["zone_why"].endswith(said)
    above = zone(shares | {"b": around(0.6)}, gap, coalition=GROUPS)
    assert above["zone"] == Zone.MODELS_BLOCK and "“B”" not in above["zone_why"]


@pytest.mark.parametrize(
    ("warning", "pooled", "said"),
    [
        ("rationalised", "", "the randomised check contradicts what is said to carry the gap"),
        ("", "understated", "the randomised check contradicts what is said to carry the gap"),
        ("misfit", "rationalised", "the model does not reproduce the gap"),
        ("", "", "no cause of the gap"),
    ],
)
def test_why_a_verdict_was_withheld_is_said(warning, pooled, said):
    gap = verdicts(("x", "a", "b", "cannot_tell"))
    gap = gap.with_columns(warning=pl.lit(warning), pooled_warning=pl.lit(pooled))
    row = zone({"a": around(0.1), "b": around(0.7)}, gap)
    assert row["zone"] == Zone.CANNOT_TELL and row["zone_why"].startswith(said)


def test_models_that_a_check_does_not_bear_out_block_nothing():
    gap = verdicts(("x", "a", "b", "cannot_tell"))
    gap = gap.with_columns(verdict_probability=pl.lit(0.96))
    row = zone({"a": around(0.1), "b": around(0.7)}, gap)
    said = "the randomised check does not bear out that models carry the gap between “A”"
    assert row["zone"] == Zone.CANNOT_TELL and row["zone_why"].startswith(said)


def test_without_a_verdict_nothing_is_named():
    row = zone({"a": around(0.1), "b": around(0.7)}, pl.DataFrame())
    assert row["zone"] == Zone.CANNOT_TELL and "cannot say what carries" in row["zone_why"]


@pytest.mark.parametrize(
    ("mean", "sd", "expected"),
    [
        (0.8, 0.02, Zone.ACT_NOW),
        (0.2, 0.02, Zone.BELOW_THRESHOLD),
        (0.5, 0.1, Zone.CANNOT_TELL),
    ],
)
def test_a_coalition_of_one_has_no_gap_to_look_at(mean, sd, expected):
    shares = {"a": around(mean, sd=sd), "b": around(0.9)}
    row = zone(shares, verdicts(("x", "a", "b", "models")), coalition=("a",))
    assert (row["zone"], row["size"], row["worst_group"]) == (expected, 1, "a")


def test_a_survey_with_one_group_only():
    draws, acceptance = tables({"x": {"a": around(0.8)}})
    found = surface(draws, pl.DataFrame(), acceptance, threshold=0.5)
    assert found["coalition"].to_list() == ["a"] and found["zone"].to_list() == [Zone.ACT_NOW]


def test_thresholds_of_nothing_and_of_everyone():
    shares = {"a": np.zeros(10), "b": np.ones(10)}
    for nobody in (shares, dict.fromkeys("ab", np.zeros(10)), dict.fromkeys("ab", np.ones(10))):
        nothing = zone(nobody, verdicts(("x", "a", "b", "models")), threshold=0)
        assert (nothing["joint_probability"], nothing["zone"]) == (1, Zone.CANNOT_TELL)
        assert nothing["zone_why"] == MET_BY_ALL
    shares = {"a": np.ones(10), "b": np.ones(10)}
    assert zone(shares, verdicts(), threshold=1)["joint_probability"] == 1
    for b in (0.999, 0.5, 0.0):
        shares["b"] = np.full(10, b)
        for gap in ("models", "no_gap"):
            everyone = zone(shares, verdicts(("x", "a", "b", gap)), threshold=1)
            assert (everyone["joint_probability"], everyone["zone"]) == (0, Zone.CANNOT_TELL)
            assert everyone["zone_why"] == MET_BY_NONE


def test_what_nearly_all_accept_lies_below_a_higher_threshold_and_is_not_called_little_support():
    gap = verdicts(("x", "a", "b", "no_gap"))
    row = zone({"a": around(0.97, sd=0.003), "b": around(0.97, sd=0.003)}, gap, threshold=0.99)
    assert row["zone"] == "below_threshold"
    assert row["zone_why"].startswith("all groups stay below the threshold")


def test_a_group_that_never_saw_an_intervention_leaves_no_number():
    draws, acceptance = tables(
        {"x": {"a": around(0.9), "b": around(0.9)}, "y": {"a": around(0.9), "c": around(0.9)}}
    )
    found = surface(draws, verdicts(), acceptance, threshold=0.5, coalitions=[("a", "b"), ("a",)])
    seen = {(r["intervention"], r["coalition"]): r for r in found.to_dicts()}
    assert seen["x", "a + b"]["joint_probability"] == 1
    unasked = seen["y", "a + b"]
    assert unasked["joint_probability"] is None and unasked["worst_group"] is None
    assert unasked["zone"] == Zone.CANNOT_TELL
    assert unasked["zone_why"] == "too few of “B” were asked about it"
    assert seen["y", "a"]["zone"] == Zone.ACT_NOW


def test_means_without_draws_leave_no_number():
    draws, acceptance = tables({"x": {"a": around(0.9), "b": around(0.9)}})
    found = surface(draws.clear(), verdicts(), acceptance, threshold=0.5)
    assert found["joint_probability"].null_count() == len(found) == 3
    assert set(found["zone"]) == {Zone.CANNOT_TELL}


def test_weightings_are_kept_apart():
    plain = tables({"x": {"a": around(0.9), "b": around(0.9)}})
    raked = tables({"x": {"a": around(0.1), "b": around(0.1)}}, weighting="raked")
    draws, acceptance = (pl.concat(both) for both in zip(plain, raked, strict=True))
    gap = verdicts(("x", "a", "b", "no_gap"), weighting="raked")
    zones = {
        w: surface(draws, gap, acceptance, threshold=0.5, weighting=w)["zone"][-1]
        for w in ("unweighted", "raked")
    }
    assert zones == {"unweighted": Zone.ACT_NOW, "raked": Zone.BELOW_THRESHOLD}


def test_what_is_not_there_is_named_with_what_is():
    draws, acceptance = tables({"x": {"a": around(0.9), "b": around(0.9)}})
    for threshold in (-0.1, 1.2, float("nan")):
        with pytest.raises(ChoiceError, match="is no share of a group"):
            surface(draws, verdicts(), acceptance, threshold=threshold)
    with pytest.raises(ChoiceError, match="'z'; known: a, b"):
        surface(draws, verdicts(), acceptance, threshold=0.5, coalitions=[("a", "z")])
    with pytest.raises(ChoiceError, match="it has no group"):
        surface(draws, verdicts(), acceptance, threshold=0.5, coalitions=[()])
    with pytest.raises(ChoiceError, match=r"'raked'.*known: unweighted"):
        surface(draws, verdicts(), acceptance, threshold=0.5, weighting="raked")


def test_an_intervention_that_nobody_was_asked_about_has_no_row():
    draws, acceptance = tables({"x": {"a": around(0.9)}})
    nothing = surface(draws.clear(), verdicts(), acceptance.clear(), threshold=0.5)
    assert nothing.is_empty() and nothing.schema == SCHEMA
    assert surface(pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), threshold=0.5).is_empty()
