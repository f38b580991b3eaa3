"""Sentences on gaps, the surface, signals, predictions and guesses: never more than is carried."""

import polars as pl
import pytest

from mfp_stats.quantities.zones import Zone
from mfp_stats.views.divergence_findings import NO_SWAPS, describe_divergence
from mfp_stats.views.gap_findings import CHANGE, DESCRIPTIVE, DIRECTION, NO_PAIR, describe_gap
from mfp_stats.views.gap_pair_findings import CAUSES, direction_note
from mfp_stats.views.perception_findings import describe_perception
from mfp_stats.views.signal_findings import describe_signals, scale_note
from mfp_stats.views.surface_findings import ONE_BY_ONE, ZONES, ZONES_MEAN, describe_surface
from mfp_stats.views.words import GROUPS, WAVES
from tests.app.synthetic_responses import estimate, gap_row, pair

USERS, NEVER = ("users", "Users of AI", 120), ("never", "Never-users of AI", 140)
FEW = ("few", "Builders of AI", 24)
MORATORIUM, TAX = ("moratorium", "Moratorium"), ("tax", "Tax")
POOLED = ("pooled", "All proposals together")
NOTHING = pl.DataFrame()


def gaps(*rows: tuple, weighting: str = "unweighted", changed: dict | None = None) -> pl.DataFrame:
    made = [{"weighting": weighting, **gap_row(*row)} for row in rows]
    made[0] |= changed or {}
    return pl.DataFrame(made, infer_schema_length=None)


def overlap(mean: float, low: float, high: float) -> pl.DataFrame:
    ends = {"normalised_mean": mean, "normalised_q05": low, "normalised_q95": high}
    return pl.DataFrame(
        [{**pair(USERS, NEVER), "version": "revealed", "weighting": "unweighted", **ends}]
    )


def cell(a: float, b: float, swap: float, *, rank=1, proposal=MORATORIUM, half=0.2) -> dict:
    return {
        "weighting": "unweighted",
        **pair(USERS, NEVER),
        "intervention": proposal[0],
        "intervention_label": proposal[1],
        "value": "jobs",
        "value_label": "Jobs",
        "zero": "neutral",
        **estimate("expects_a", a, half),
        **estimate("expects_b", b, half),
        **estimate("difference", b - a, half),
        **estimate("swap", swap, 0.02),
        "rank": rank,
    }


def test_values_expectations_and_the_gap_are_told_as_one_story():
    told = describe_gap(
        gaps((POOLED, USERS, NEVER, 0.3, 0.24, "models")),
        overlap(0.963, 0.951, 0.974),
        pl.DataFrame([cell(-0.8, 0.9, -0.06)]),
    )
    assert told[0] == (
        "“Users of AI” and “Never-users of AI” put nearly the same weights on what matters "
        "(overlap 0.96, 0.95–0.97). They expect opposite things of “Moratorium” (for “Jobs”). "
        "Models carry 72 % (55–89) of the gap in support, on average 24 points (19–29)."
    )
    assert told[-2:] == [
        DESCRIPTIVE,
        "Unweighted: the numbers speak of the people who answered.",
    ]


def test_without_values_or_predictions_the_two_groups_are_named():
    told = describe_gap(gaps((POOLED, USERS, NEVER, 0.3, 0.24, "values")), NOTHING, NOTHING)
    assert told[0].startswith("“Users of AI” and “Never-users of AI”: Values carry 72 % (55–89)")


@pytest.mark.parametrize("verdict", CAUSES)
def test_only_the_cause_of_the_verdict_is_named(verdict):
    rows = [(x, USERS, NEVER, 0.3, 0.24, verdict) for x in (POOLED, MORATORIUM)]
    told = " ".join(describe_gap(gaps(*rows), NOTHING, NOTHING)[:2])
    subjects = {cause for cause, (subject, _) in CAUSES.items() if subject in told}
    assert subjects == {verdict}


def test_cannot_tell_is_said_with_why():
    credible = describe_gap(gaps((POOLED, USERS, NEVER, 0.3, 0.2, "cannot_tell")), NOTHING, NOTHING)
    assert credible[0].endswith(
        "They lie 20 points (15–25) apart in support, but the survey cannot tell what carries "
        "that: the likeliest is models, ahead of the rest with probability 0.62."
    )
    unsure = describe_gap(gaps((POOLED, USERS, NEVER, 0.3, 0.04, "cannot_tell")), NOTHING, NOTHING)
    assert unsure[0].endswith(
        "The survey cannot tell whether they differ in support by more than 3 points: on average "
        "4 points (−1 to 9)."
    )
    assert not any("carry 7" in sentence for sentence in [*credible, *unsure])


def test_where_no_cause_is_likely_none_is_called_the_likeliest():
    row = (POOLED, USERS, NEVER, 0.3, 0.2, "cannot_tell")
    none = {"leading": "values", "verdict_probability": 0.0}
    told = describe_gap(gaps(row, changed=none), NOTHING, NOTHING)
    assert told[0].endswith(
        "cannot tell what carries that: no cause is likely to carry most of it."
    )


def test_no_gap_is_said_to_be_none():
    told = describe_gap(gaps((POOLED, USERS, NEVER, 0.3, 0.01, "no_gap")), NOTHING, NOTHING)
    assert told[0].endswith("They hardly differ in support: on average 1 point (−4 to 6).")


def test_of_one_intervention_only_its_own_row_is_told():
    told = describe_gap(gaps((TAX, USERS, NEVER, 0.3, 0.24, "signals")), NOTHING, NOTHING)
    assert told[0].endswith(
        "Signals carry 72 % (55–89) of the gap in support, in all 24 points (19–29)."
    )


def test_who_accepts_more_is_told_by_the_sign_of_the_gap():
    rows = [(POOLED, USERS, NEVER, 0.3, 0.2, "models"), (TAX, USERS, NEVER, 0.3, 0.2, "models")]
    frame = gaps(*rows)
    turned = frame.with_columns(
        gap_mean=-pl.col("gap_mean"), gap_q05=-pl.col("gap_q95"), gap_q95=-pl.col("gap_q05")
    )
    assert "“Tax”: “Never-users of AI” accept it more, by 20 points (15–25)." in " ".join(
        describe_gap(frame, NOTHING, NOTHING)
    )
    assert "“Tax”: “Users of AI” accept it more, by 20 points (15–25)." in " ".join(
        describe_gap(turned, NOTHING, NOTHING)
    )


def test_a_randomised_check_that_disagrees_is_warned_of_first():
    rows = [
        (MORATORIUM, USERS, NEVER, 0.3, 0.24, "models"),
        (POOLED, USERS, NEVER, 0, 0.2, "models"),
    ]
    checked = estimate("randomised", 0.02, 0.06) | estimate("implied", 0.17, 0.03)
    checked |= {"disagreement_probability": 0.97, "checked_probability": 0.1}
    told = describe_gap(
        gaps(*rows, changed=checked | {"warning": "rationalised"}), NOTHING, NOTHING
    )
    assert told[0] == (
        "Warning on “Moratorium”: among people who were told the same consequences the gap was "
        "smaller by 2 points (−4 to 8); by the split it should have been smaller by 17 points "
        "(14–20). People may have stated consequences that fit what they already supported, so "
        "models are not named as the cause."
    )
    assert told[1].startswith("“Users of AI” and “Never-users of AI”: Models carry")
    fine = describe_gap(gaps(*rows, changed=checked | {"warning": ""}), NOTHING, NOTHING)
    assert (
        "The randomised check neither bears out nor contradicts the split on “Moratorium”." in fine
    )
    assert not any(sentence.startswith("Warning") for sentence in fine)
    agrees = checked | {"warning": "", "disagreement_probability": 0.04}
    told = describe_gap(gaps(*rows, changed=agrees), NOTHING, NOTHING)
    assert "The randomised check does not contradict the split on “Moratorium”." in told
    borne = agrees | {"checked_probability": 0.93}
    told = describe_gap(gaps(*rows, changed=borne), NOTHING, NOTHING)
    assert "The randomised check bears out the split on “Moratorium”." in told
    alone = checked | {"warning": "", "disagreement_probability": None}
    told = " ".join(describe_gap(gaps(*rows, changed=alone), NOTHING, NOTHING))
    assert "closed on “Moratorium” cannot be held against the split" in told


def test_models_that_the_check_does_not_bear_out_are_likely_and_not_named():
    row = (POOLED, USERS, NEVER, 0, 0.2, "cannot_tell")
    checked = estimate("randomised", 0.08, 0.11) | estimate("implied", 0.15, 0.05)
    checked |= {"disagreement_probability": 0.66, "checked_probability": 0.37}
    told = describe_gap(
        gaps(row, changed=checked | {"verdict_probability": 0.96}), NOTHING, NOTHING
    )
    assert told[0].endswith(
        "the likeliest is models, ahead of the rest with probability 0.96 by what people said, and "
        "0.37 by the randomised check."
    )
    assert "The randomised check does not bear out the split on all proposals together." in told
    unchecked = {"verdict_probability": 0.96}
    told = describe_gap(gaps(row, changed=unchecked), NOTHING, NOTHING)
    assert told[0].endswith(
        "0.96 by what people said; too few were told the same consequences to check it."
    )


def test_how_much_a_check_closes_is_told_whichever_group_accepts_more():
    row = (MORATORIUM, USERS, NEVER, 0.3, -0.24, "models")
    checked = estimate("randomised", -0.02, 0.01) | estimate("implied", -0.17, 0.03)
    checked |= {"disagreement_probability": 0.97, "warning": "rationalised"}
    told = describe_gap(gaps(row, changed=checked), NOTHING, NOTHING)
    assert "the gap was smaller by 2 points (1–3); by the split it should have been" in told[0]
    assert "smaller by 17 points (14–20)" in told[0]


def test_proposals_of_which_something_else_holds_are_named_beside_what_holds_of_all():
    rows = [
        (POOLED, USERS, NEVER, 0.3, 0.02, "no_gap"),
        (TAX, USERS, NEVER, 0.3, -0.3, "values"),
        (MORATORIUM, USERS, NEVER, 0.3, 0.01, "no_gap"),
    ]
    other = [(*row[:2], FEW, *row[3:]) for row in rows]
    told = describe_gap(gaps(*rows, *other), NOTHING, NOTHING)
    assert told[1].endswith(
        "They hardly differ in support: on average 2 points (−3 to 7). By themselves: “Tax” (more "
        "in “Users of AI” by 30 points, 25–35; values carry it)."
    )
    assert DIRECTION in told
    assert DIRECTION not in describe_gap(gaps(rows[0], rows[2]), NOTHING, NOTHING)


def test_a_warning_on_all_proposals_together_comes_before_those_on_single_ones():
    rows = [(TAX, USERS, NEVER, 0.3, 0.24, "models"), (POOLED, USERS, NEVER, 0, 0.2, "models")]
    frame = gaps(*rows).with_columns(
        warning=pl.lit("rationalised"),
        **{f"{n}_{k}": 0.0 for n in ("randomised", "implied") for k in ("mean", "q05", "q95")},
    )
    warned = [s for s in describe_gap(frame, NOTHING, NOTHING) if s.startswith("Warning")]
    assert [s.split("”")[0] for s in warned] == [
        "Warning on “All proposals together",
        "Warning on “Tax",
    ]


def test_shares_above_the_whole_are_explained():
    share = {"models_share_mean": 1.11, "models_share_q05": 0.81, "models_share_q95": 1.57}
    told = describe_gap(
        gaps((TAX, USERS, NEVER, 0.3, 0.24, "models"), changed=share), NOTHING, NOTHING
    )
    assert "Models carry 111 % (81–157)" in told[0]
    assert "More than 100 % means that other parts pull the other way." in told


def test_small_groups_reduced_splits_and_weights_are_named():
    frame = gaps(
        (POOLED, USERS, FEW, 0.3, 0.24, "models"),
        weighting="raked",
        changed={"split_form": "reduced"},
    )
    told = describe_gap(frame, NOTHING, NOTHING)
    assert "Small groups, whose estimates are rough: “Builders of AI” (24 people)." in told
    assert any(
        sentence.startswith("What every proposal would do, and what people value, is not")
        for sentence in told
    )
    assert told[-1].endswith("(raked to margins).")


def test_several_pairs_are_counted_and_told_with_named_causes_first():
    rows = [
        (POOLED, USERS, NEVER, 0.3, 0.01, "no_gap"),
        (POOLED, USERS, FEW, 0.3, 0.2, "cannot_tell"),
        (POOLED, NEVER, FEW, 0.3, 0.24, "models"),
    ]
    told = describe_gap(gaps(*rows), NOTHING, NOTHING)
    assert told[0] == (
        "Of three pairs of groups, models carry the gap in support for one, there is hardly a gap "
        "for one and there is a gap whose cause is open for one."
    )
    assert told[1].startswith("“Never-users of AI” and “Builders of AI”: Models carry")
    assert not any(sentence.startswith("Warning") for sentence in told)


@pytest.mark.parametrize(
    ("warning", "said"),
    [("rationalised", "the randomised check contradicts"), ("misfit", "the model does not")],
)
def test_of_several_pairs_a_warning_comes_before_the_sentence_of_its_own(warning, said):
    rows = [
        (POOLED, NEVER, FEW, 0.3, 0.24, "models"),
        (POOLED, USERS, NEVER, 0.3, 0.24, "values"),
        (POOLED, USERS, FEW, 0.3, 0.01, "no_gap"),
    ]
    told = describe_gap(gaps(*rows, changed={"warning": warning}), NOTHING, NOTHING)
    pair_of = "“Never-users of AI” and “Builders of AI”"
    (at,) = (k for k, sentence in enumerate(told) if sentence.startswith(f"{pair_of}: "))
    assert told[at - 1].startswith(f"Warning on {pair_of}: {said}")
    assert told[at - 2].startswith("“Users of AI” and “Never-users of AI”: Values carry")
    first = (
        "Warning: the randomised check contradicts the split on at least one proposal, or on all "
        "together, for one of three pairs of groups. There, people may have stated"
    )
    assert told[0].startswith(first) == (warning == "rationalised")


def test_a_warning_on_some_proposals_leaves_the_verdicts_of_pairs_standing():
    rows = [
        (proposal, *pair_of, 0.3, 0.24, "models")
        for pair_of in ((USERS, NEVER), (USERS, FEW))
        for proposal in (POOLED, TAX)
    ]
    frame = gaps(*rows).with_columns(
        warning=pl.when(intervention="tax").then(pl.lit("rationalised")).otherwise(pl.lit(""))
    )
    told = describe_gap(frame, NOTHING, NOTHING)
    assert told[0] == (
        "Warning: the randomised check contradicts the split on at least one proposal, for both "
        "pairs of groups. There, people may have stated consequences that fit what they already "
        "supported, so models are not named as the cause. What is said of a pair below is of all "
        "its proposals together."
    )
    assert told[1] == "Of two pairs of groups, models carry the gap in support for two."


def test_gaps_with_an_open_cause_are_told_apart_from_gaps_that_may_be_none():
    rows = [
        (POOLED, USERS, NEVER, 0.3, 0.2, "cannot_tell"),
        (POOLED, USERS, FEW, 0.3, 0.04, "cannot_tell"),
        (POOLED, NEVER, FEW, 0.3, 0.04, "cannot_tell"),
    ]
    told = describe_gap(gaps(*rows), NOTHING, NOTHING)
    assert told[0] == (
        "Of three pairs of groups, there is a gap whose cause is open for one and the survey "
        "cannot tell whether there is a gap for two."
    )
    missed = {"warning": "misfit", "dependence_share_mean": None}
    told = describe_gap(gaps(*rows, changed=missed), NOTHING, NOTHING)
    (summary,) = (sentence for sentence in told if sentence.startswith("Of three pairs"))
    assert summary.startswith("Of three pairs of groups, the model misses the gap for one and")


#: What a gap has where nothing that could carry it was asked: all of it is unmeasured.
UNSPLIT = {
    f"{cause}{kind}_{end}": None
    for cause in ("values", "models", "signals")
    for kind in ("", "_share")
    for end in ("mean", "q05", "q95")
} | {"leading": pl.lit("residual"), "verdict_probability": 1.0, "residual_share_mean": 1.02}


def test_no_likeliest_cause_is_told_where_none_was_asked():
    rows = [(x, USERS, NEVER, 0.3, 0.2, "cannot_tell") for x in (POOLED, TAX)]
    told = describe_gap(gaps(*rows).with_columns(**UNSPLIT), NOTHING, NOTHING)
    assert told[0].endswith(
        "the survey cannot tell what carries that: nothing that could carry it was asked about "
        "every proposal."
    )
    assert told[1] == (
        "They differ, but the survey cannot tell what carries it, on “Tax” (more in “Never-users "
        "of AI” by 20 points, 15–25; nothing that could carry it was asked)."
    )
    assert not any("likeliest" in s or "100 %" in s for s in told)


def test_what_was_not_asked_may_be_behind_what_was_not_measured():
    some = {f"signals_{end}": None for end in ("mean", "q05", "q95")}
    some |= {"leading": "residual", "verdict_probability": 0.999}
    rows = [(TAX, USERS, NEVER, 0.3, 0.2, "cannot_tell")]
    told = describe_gap(gaps(*rows, changed=some), NOTHING, NOTHING)
    assert told[0].endswith(
        "the likeliest is something that the survey did not measure, signals among it, ahead of "
        "the rest with probability above 0.99."
    )


def test_open_proposals_are_told_with_size_and_direction():
    rows = [
        (POOLED, USERS, NEVER, 0.3, 0.24, "models"),
        (TAX, USERS, NEVER, 0.3, 0.01, "cannot_tell"),
        (MORATORIUM, USERS, NEVER, 0.3, 0.2, "cannot_tell"),
    ]
    told = describe_gap(gaps(*rows), NOTHING, NOTHING)
    assert told[1:3] == [
        "They differ, but the survey cannot tell what carries it, on “Moratorium” (more in "
        "“Never-users of AI” by 20 points, 15–25; the likeliest is models, ahead of the rest with "
        "probability 0.62).",
        "The survey cannot tell whether they differ by more than 3 points on “Tax” (more in "
        "“Never-users of AI” by 1 point, −4 to 6).",
    ]


def test_a_gap_is_stated_only_where_its_verdict_finds_it_larger_than_nothing():
    near = {"gap_mean": 0.04, "gap_q05": 0.01, "gap_q95": 0.07}
    for proposal in (POOLED, TAX):
        frame = gaps((proposal, USERS, NEVER, 0.3, 0.04, "cannot_tell"), changed=near)
        told = " ".join(describe_gap(frame, NOTHING, NOTHING))
        assert "cannot tell whether they differ in support by more than 3 points" in told
        assert "apart in support" not in told and "They differ" not in told


def test_one_group_has_no_gap():
    assert describe_gap(NOTHING, NOTHING, NOTHING) == [NO_PAIR]


def zones(*rows: tuple[str, str, float | None, str], threshold=0.5, size=2) -> pl.DataFrame:
    names = " + ".join(f"g{k}" for k in range(size))
    return pl.DataFrame(
        [
            {
                "weighting": "unweighted",
                "intervention": label.lower(),
                "intervention_label": label,
                "coalition": coalition or names,
                "coalition_label": (coalition or names).upper(),
                "size": (coalition or names).count("+") + 1,
                "threshold": threshold,
                "joint_probability": joint,
                "zone": zone,
                "zone_why": "why not",
            }
            for label, zone, joint, coalition in rows
        ]
    )


def test_what_can_be_acted_on_is_told_first_and_every_zone_with_its_reason():
    frame = zones(
        ("Tax", Zone.MODELS_BLOCK, 0.2, ""),
        ("Vote", Zone.ACT_NOW, 0.97, ""),
        ("Fund", Zone.CANNOT_TELL, None, ""),
        threshold=0.6,
    )
    assert describe_surface(frame) == [
        "Of three proposals, one is very probably accepted by at least 60 % of each of the two "
        "groups: “Vote”.",
        "All reach the threshold, “Vote”: why not.",
        "Models block, “Tax”: why not.",
        "Cannot tell, “Fund”: why not.",
        "Unweighted: the numbers speak of the people who answered.",
    ]
    (alone, *_) = describe_surface(zones(("Tax", Zone.CANNOT_TELL, 0.6, "g0"), threshold=0.999))
    assert alone == "No proposal is very probably accepted by at least 99.9 % of “G0”."


def test_where_all_cannot_act_the_largest_coalition_that_can_is_named():
    frame = zones(
        ("Tax", Zone.VALUES_BLOCK, 0.1, "a + b + c"),
        ("Tax", Zone.ACT_NOW, 0.95, "a + b"),
        ("Tax", Zone.CANNOT_TELL, 0.5, "b + c"),
        ("Tax", Zone.ACT_NOW, 0.99, "a"),
    )
    told = describe_surface(frame)
    assert (
        told[0]
        == "No proposal is very probably accepted by at least 50 % of each of the three groups."
    )
    assert "“Tax” is very probably accepted in a smaller coalition: “A + B”." in told


@pytest.mark.parametrize("compared", [GROUPS, WAVES])
@pytest.mark.parametrize(
    ("threshold", "said"),
    [
        (0.0, "A threshold of 0 % is met by everything: choose a higher one."),
        (1.0, "A threshold of 100 % is reached by no estimated share: choose a lower one."),
    ],
)
def test_thresholds_of_nothing_and_of_everybody_say_nothing(compared, threshold, said):
    frame = zones(("Tax", Zone.CANNOT_TELL, 1 - threshold, ""), threshold=threshold)
    assert describe_surface(frame, compared) == [
        said,
        "Unweighted: the numbers speak of the people who answered.",
    ]


def test_every_zone_has_a_name_and_a_meaning():
    assert set(ZONES) == set(ZONES_MEAN) == set(Zone)
    assert describe_surface(NOTHING) == ["Nobody was asked whether they accept a proposal."]


def test_predictions_are_told_as_far_as_intervals_carry():
    opposite = describe_divergence(pl.DataFrame([cell(-0.8, 0.9, -0.06)]), NOTHING)
    assert (
        opposite[0]
        == "“Users of AI” and “Never-users of AI” expect opposite things of “Moratorium” "
        "(for “Jobs”)."
    )
    assert opposite[1] == (
        "If one of the two came to expect of “Moratorium” for “Jobs” what the other expects, "
        "support among “Users of AI” would gain 6 points (4–8) on that among “Never-users of AI”; "
        "the survey cannot tell who supports it more now."
    )
    apart = describe_divergence(pl.DataFrame([cell(0.4, 0.9, 0.01)]), NOTHING)
    assert "expect different things of “Moratorium”" in apart[0]
    assert apart[1].startswith("The survey cannot tell which single expectation")
    alike = describe_divergence(pl.DataFrame([cell(0.4, 0.5, 0.0)]), NOTHING)
    assert alike[0].startswith("The survey does not show that “Users of AI” and")
    assert describe_divergence(NOTHING, NOTHING) == [
        "No two groups can be compared by what they expect of the proposals."
    ]


@pytest.mark.parametrize(
    ("gap", "swap", "becomes"),
    [
        (0.24, -0.06, "the gap in support would close by 6 points (4–8)."),
        (-0.24, 0.06, "the gap in support would close by 6 points (4–8)."),
        (0.24, 0.06, "the gap in support would widen by 6 points (4–8)."),
        (0.08, -0.1, "the gap in support would close and may turn round, by 10 points (8–12)."),
        (0.04, -0.06, "the survey cannot tell who supports it more now."),
    ],
)
def test_a_change_of_expectations_is_said_to_close_or_to_widen_the_gap(gap, swap, becomes):
    rows = [(x, USERS, NEVER, 0.3, gap, "models") for x in (TAX, MORATORIUM)]
    told = describe_divergence(pl.DataFrame([cell(-0.8, 0.9, swap)]), gaps(*rows))
    assert told[1].endswith(becomes)
    missed = gaps(*rows).with_columns(warning=pl.lit("misfit"))
    told = describe_divergence(pl.DataFrame([cell(-0.8, 0.9, swap)]), missed)
    assert told[1].endswith("who supports it more now.")


def test_of_several_pairs_what_would_move_the_gap_stands_beside_the_pair():
    other = {**cell(-0.8, 0.9, -0.06), **pair(USERS, FEW)}
    told = describe_divergence(pl.DataFrame([cell(-0.8, 0.9, -0.06), other]), NOTHING)
    assert [s.split(" expect ")[0] for s in told[:2]] == [
        "“Users of AI” and “Never-users of AI”",
        "“Users of AI” and “Builders of AI”",
    ]
    assert all("of “Moratorium” (for “Jobs”). If one of the two came" in s for s in told[:2])
    unknown = pl.DataFrame([cell(-0.8, 0.9, -0.06), other]).with_columns(
        pl.lit(None, pl.Float64).alias(f"swap_{end}") for end in ("mean", "q05", "q95")
    )
    assert sum(NO_SWAPS in s for s in describe_divergence(unknown, NOTHING)) == 1


def test_without_swaps_it_is_told_how_far_apart_groups_are_and_why_no_more():
    row = cell(-0.8, 0.9, -0.06) | dict.fromkeys(("swap_mean", "swap_q05", "swap_q95"))
    frame = pl.DataFrame([row]).with_columns(pl.col("^swap_.*$").cast(pl.Float64()))
    told = describe_divergence(frame, NOTHING)
    assert told[0].endswith("expect opposite things of “Moratorium” (for “Jobs”).")
    assert told[1] == NO_SWAPS and len(told) == 3


def signal(group: tuple, mean: float, probability: float) -> dict:
    return {
        "weighting": "unweighted",
        "intervention": "tax",
        "intervention_label": "Tax",
        "signal": "respect",
        "signal_label": "Respect?",
        "zero": "neutral",
        "low_label": "Not at all",
        "high_label": "Fully",
        "group": group[0],
        "group_label": group[1],
        **estimate("tells", mean, 0.2),
        "probability_positive": probability,
    }


def signal_pair(difference: float, probability: float) -> dict:
    reading = signal(USERS, 0, 0.5)
    head = dict(list(reading.items())[: list(reading).index("group")])
    return {
        **head,
        **pair(USERS, NEVER),
        **estimate("difference", difference, 0.2),
        "probability_opposite": probability,
    }


def test_opposite_readings_are_told_by_their_sides():
    signals = pl.DataFrame([signal(USERS, 0.8, 0.99), signal(NEVER, -0.7, 0.02)])
    told = describe_signals(signals, pl.DataFrame([signal_pair(-1.5, 0.96)]))
    assert told[0] == (
        "Of one comparison (a proposal, a signal and two groups), one is very probably opposite: "
        "above the neutral answer for one group, below it for the other."
    )
    pairs = pl.DataFrame([signal_pair(-1.5, 1.0)])
    assert describe_signals(signals, pairs)[1] == (
        "“Tax” (Respect?): towards “Fully” for “Users of AI”, 0.80 (0.60–1.00); towards “Not at "
        "all” for “Never-users of AI”, −0.70 (−0.90 to −0.50) (probability of opposite readings "
        "above 0.99)."
    )
    assert not any(sentence.startswith("To all groups") for sentence in told)


def test_readings_that_may_be_alike_are_not_called_opposite():
    signals = pl.DataFrame([signal(USERS, 0.8, 0.99), signal(NEVER, 0.6, 0.97)])
    told = describe_signals(signals, pl.DataFrame([signal_pair(-0.2, 0.3)]))
    assert (
        told[0] == "The survey does not show that any two groups read a proposal in opposite ways."
    )
    assert told[1] == (
        "To all groups above neutral: “Tax” (Respect?; towards “Fully”; least probability 0.97)."
    )
    banned = signals.with_columns(intervention_label=pl.lit("Ban")).head(1)  # one group was asked
    assert describe_signals(pl.concat([signals, banned]), NOTHING)[1:-1] == told[1:-1]
    assert "not two groups" in describe_signals(signals, NOTHING)[0]
    assert "Nobody was asked" in describe_signals(NOTHING, NOTHING)[0]


MIDDLE = pl.lit("middle").alias("zero")


def test_where_no_answer_is_neutral_readings_lie_on_sides_of_the_middle():
    signals = pl.DataFrame([signal(USERS, 0.8, 0.99), signal(NEVER, -0.7, 0.02)])
    pairs = pl.DataFrame([signal_pair(-1.5, 0.96)])
    told = describe_signals(signals.with_columns(MIDDLE), pairs.with_columns(MIDDLE))
    assert "above the middle of the scale for one group, below it for the other" in told[0]
    assert "towards “Fully” for “Users of AI”" in told[1]
    alike = pl.DataFrame([signal(USERS, 0.8, 0.99), signal(NEVER, 0.6, 0.97)])
    both = pl.concat([alike, alike.with_columns(MIDDLE, intervention_label=pl.lit("Ban"))])
    sure = describe_signals(both, NOTHING)[1:3]
    assert sure[0].startswith("To all groups above neutral: “Tax”")
    assert sure[1].startswith("To all groups above the middle of the scale: “Ban”")
    assert not any("neutral" in sentence for sentence in told)


def test_what_0_is_stands_below_the_chart_of_signals():
    neutral = pl.DataFrame([signal(USERS, 0.8, 0.99)])
    middle = neutral.with_columns(MIDDLE)
    assert scale_note(neutral).startswith("0 is the neutral answer. Distances")
    assert scale_note(middle).startswith(
        "0 is the middle of the scale: the questionnaire names no neutral answer. Distances"
    )
    assert "where the questionnaire names none" in scale_note(pl.concat([neutral, middle]))


def test_expectations_on_both_sides_of_a_middle_are_not_called_opposite():
    apart = pl.DataFrame([cell(-0.8, 0.9, -0.06)]).with_columns(MIDDLE)
    assert describe_divergence(apart, NOTHING)[0] == (
        "“Users of AI” and “Never-users of AI” lie on both sides of the middle of the scale in "
        "what they expect of “Moratorium” (for “Jobs”); the questionnaire names no neutral answer."
    )


def guess(over: float, *, value: str | None = "jobs", guessed: float = 0.4) -> dict:
    return {
        "weighting": "unweighted",
        "guesser": "users",
        "guesser_label": "Users",
        "guessed": "never",
        "guessed_label": "Never-users",
        "value": value,
        "value_label": value and "Jobs",
        "intervention": None if value else "tax",
        "intervention_label": None if value else "Tax",
        **estimate("guess", guessed, 0.05),
        **estimate("actual", 0.2 if value else 0.6, 0.05),
        "overrated_probability": over,
        "underrated_probability": 1 - over,
    }


def test_guesses_are_told_as_mistakes_by_order_and_side_only():
    told = describe_perception(pl.DataFrame([guess(0.97), guess(0.02, value=None)]))
    assert (
        told[0] == "Of two things that groups guessed of others, two are very probably misjudged."
    )
    assert set(told[1:3]) == {
        "“Users” rank “Jobs” higher in guesses about “Never-users” than the people of that group "
        "do (probability 0.97): 40 % (35–45) guessed, 20 % (15–25) found.",
        "“Users” mostly think that most of “Never-users” reject “Tax”, but most accept it "
        "(probability 0.98): 40 % (35–45) guessed, 60 % (55–65) found.",
    }
    own = {"guessed": "users", "guessed_label": "Users"}
    told = describe_perception(pl.DataFrame([guess(0.97) | own, guess(0.02, value=None) | own]))
    assert told[0] == (
        "Of two things that groups guessed of others or of themselves, two are very probably "
        "misjudged."
    )
    assert any("in guesses about their own group than the people" in s for s in told)
    assert any("think that most of their own group reject “Tax”" in s for s in told)
    # A large difference in shares alone is no mistake.
    unsure = describe_perception(pl.DataFrame([guess(0.6, guessed=0.9)]))
    assert unsure[0] == "The survey does not show that groups misjudge what others want."
    assert "nobody was asked, or the notes" in describe_perception(NOTHING)[0]


#: What a gap that the model misses leaves open.
UNTOLD = {"warning": "misfit", "leading": None, "verdict_probability": None}


def test_a_gap_that_the_model_misses_is_said_and_nothing_is_made_of_stipulation():
    checked = estimate("randomised", 0.02, 0.06)
    checked |= {"disagreement_probability": 0.97, "checked_probability": 0.1}
    rows = [(TAX, USERS, NEVER, 0.3, 0.2, "cannot_tell")]
    told = describe_gap(gaps(*rows, changed=checked | UNTOLD), NOTHING, NOTHING)
    assert sum("does not reproduce" in sentence for sentence in told) == 1
    assert any("cannot tell what carries" in sentence for sentence in told)
    assert not any("likeliest" in sentence for sentence in told)
    assert not any("randomised" in sentence or "consequences" in sentence for sentence in told)


SPRING, SUMMER = ("spring", "Wave spring", 120), ("summer", "Wave summer", 40)


def test_a_change_between_waves_is_told_as_one():
    rows = [
        (POOLED, SPRING, SUMMER, 0.3, 0.24, "models"),
        (TAX, SPRING, SUMMER, 0.3, 0.24, "models"),
    ]
    told = describe_gap(gaps(*rows), NOTHING, NOTHING, WAVES)
    assert told[0].startswith("“Wave spring” and “Wave summer”: Models carry")
    assert any(s.startswith("“Tax”: more accept it in “Wave summer”, by 24 points") for s in told)
    assert not any("support rose" in s or "rose or fell" in s for s in told)  # said of it alone
    assert CHANGE in told
    assert "Small waves, whose estimates are rough: “Wave summer” (40 people)." in told
    assert CHANGE not in describe_gap(gaps(*rows), NOTHING, NOTHING)
    note = direction_note(gaps(*rows).row(1, named=True), WAVES)
    assert note.startswith("Right of 0 more accept in “Wave summer”")


def test_on_how_many_proposals_support_moved_is_told_of_waves_only():
    rows = [
        (POOLED, SPRING, SUMMER, 0.3, 0.24, "models"),
        (TAX, SPRING, SUMMER, 0.3, 0.24, "models"),
        (MORATORIUM, SPRING, SUMMER, 0.3, -0.2, "models"),
        (("vote", "Vote"), SPRING, SUMMER, 0.3, 0.01, "no_gap"),
    ]
    told = describe_gap(gaps(*rows), NOTHING, NOTHING, WAVES)
    assert told[1] == (
        "From “Wave spring” to “Wave summer” support rose on one and fell on one of three "
        "proposals; of one the survey cannot tell."
    )
    assert not any("support rose" in s for s in describe_gap(gaps(*rows), NOTHING, NOTHING))
    still = [(x, SPRING, SUMMER, 0.3, 0.01, "no_gap") for x in (TAX, MORATORIUM)]
    told = describe_gap(gaps(*still), NOTHING, NOTHING, WAVES)
    assert told[1].startswith("On none of two proposals can the survey tell whether support rose")


def test_what_not_every_wave_was_asked_is_said_beside_the_split():
    untold = {f"values_{end}": None for end in ("mean", "q05", "q95")}
    frame = gaps((TAX, SPRING, SUMMER, 0.3, 0.24, "models"), changed=untold)
    told = describe_gap(frame, NOTHING, NOTHING, WAVES)
    assert any(s.startswith("What people value was not asked of any two waves:") for s in told)


def test_what_was_not_asked_is_said_beside_the_verdict_on_groups_too():
    untold = {f"signals_{end}": None for end in ("mean", "q05", "q95")}
    rows = [(proposal, USERS, NEVER, 0.3, 0.24, "values") for proposal in (TAX, MORATORIUM)]
    frame = gaps(*rows)
    told = describe_gap(frame.with_columns(**untold), NOTHING, NOTHING)
    assert (
        "What proposals signal was not asked of any two groups: there it could not show what "
        "signals carry. That may stand under what was not measured, or under another cause that "
        "goes with it."
    ) in told
    told = describe_gap(gaps(*rows, changed=untold), NOTHING, NOTHING)
    said = "What proposals signal was not asked about every proposal of every two groups:"
    assert any(s.startswith(said) for s in told)
    assert not any("was not asked" in s for s in describe_gap(frame, NOTHING, NOTHING))


def test_waves_are_told_one_by_one_as_they_cannot_act_together():
    rows = [
        ("Tax", Zone.ACT_NOW, 0.95, "wave 1"),
        ("Vote", Zone.ACT_NOW, 0.97, "wave 1"),
        ("Tax", Zone.CANNOT_TELL, 0.4, "wave 2"),
    ]
    assert describe_surface(zones(*rows, threshold=0.6), WAVES) == [
        ONE_BY_ONE,
        "In “WAVE 1” very probably accepted by at least 60 %: “Tax” and “Vote”.",
        "In “WAVE 2” no proposal is very probably accepted by at least 60 %.",
        "Unweighted: the numbers speak of the people who answered.",
    ]


def test_nothing_to_compare_is_said_of_waves_too():
    assert "not two waves" in describe_gap(NOTHING, NOTHING, NOTHING, WAVES)[0]
    assert "No two waves" in describe_divergence(NOTHING, NOTHING, WAVES)[0]
