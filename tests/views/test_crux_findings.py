"""What is said of cruxes: who is higher, what each carries, and that it cannot be told."""

import numpy as np
import polars as pl
import pytest

from mfp_stats.quantities.conditional_forecasts import COLUMNS
from mfp_stats.quantities.cruxes import cruxes
from mfp_stats.views.crux_findings import describe_cruxes

PEOPLE = 15
#: Name of a crux to P(c), P(U | c) and P(U | not c) of the calm and of the wary.
Minds = dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]


def said(these: Minds, *, spread=0.0, minds=0.0, groups=("calm", "wary"), people=PEOPLE) -> str:
    """Return the findings; people differ evenly in P(c) and P(U | c), by up to so much."""
    rows = []
    for crux, both in these.items():
        for group, (likely, happens, fails) in zip(("calm", "wary"), both, strict=True):
            for i, s in enumerate(np.linspace(-1, 1, people)):
                p, a = likely + s * spread, happens + s * minds
                rows.append((f"{group}{i}", group, crux, p * a + (1 - p) * fails, p, a))
    frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
    return "\n".join(describe_cruxes(cruxes(frame, groups)))


WAR = ((0.2, 0.5, 0.1), (0.6, 0.5, 0.1))
TALKS = ((0.5, 0.1, 0.1), (0.5, 0.16, 0.4))


@pytest.mark.parametrize("groups", [("calm", "wary"), ("wary", "calm")])
def test_the_higher_group_comes_first_whichever_way_they_were_asked_for(groups) -> None:
    text = said({"War": WAR}, groups=groups)
    assert (
        "“wary” think the outcome more probable than “calm” do beside the one crux: "
        "by 16 points (16–16)." in text
    )
    assert (
        "“War” carries 16 points (16–16), of a gap of 16: 16 points (16–16) by whether it will "
        "happen and 0 points (0–0) by what it would change." in text
    )
    assert "More of the gap than is there without the crux is carried by “War”." in text


def test_groups_that_are_higher_beside_some_cruxes_and_lower_beside_others() -> None:
    text = said({"War": WAR, "Peace": WAR[::-1]})
    assert "“wary” think the outcome more probable than “calm” do beside “War”: by 16" in text
    assert "“calm” think the outcome more probable than “wary” do beside “Peace”: by 16" in text
    assert "“War” carries 16 points (16–16), of a gap of 16 by which “wary” are higher" in text
    assert "“Peace” carries 16 points (16–16), of a gap of 16 by which “calm” are higher" in text


def test_what_changes_nothing_is_not_told_for_noise() -> None:
    text = said({"Rain": ((0.3, 0.3, 0.3), (0.7, 0.7, 0.7))}, spread=0.1)
    assert "No crux surely carries any of the gap or narrows it." in text
    assert "“Rain” carries" not in text and "“Rain” narrows" not in text


def test_a_gap_that_may_be_none_if_it_happened_has_no_sign() -> None:
    text = said({"Pause": ((0.5, 0.3, 0.1), (0.5, 0.28, 0.5))}, minds=0.2)
    assert "If it happened, they may be apart or not (−" in text


def test_one_gap_beside_all_cruxes_is_told_once() -> None:
    text = said({"War": WAR, "Flood": WAR})
    assert "beside both cruxes: by 16 points (16–16)." in text and "nearest" not in text


def test_what_brings_them_closer_is_told_with_both_gaps() -> None:
    text = said({"Talks": TALKS})
    assert "Beside the one crux more of the gap is there without the crux" in text
    assert "“Talks” narrows the gap by 12 points (12–12), to 18: " in text
    assert (
        "If it happened, they would be 6.0 points (6.0–6.0) apart; if it did not, they would be "
        "30 points (30–30) apart." in text
    )


def test_what_turns_the_gap_round_is_said_to() -> None:
    text = said({"Pause": ((0.5, 0.5, 0.1), (0.5, 0.2, 0.6))})
    assert (
        "If it happened, they would be 30 points (30–30) apart the other way round; if it did "
        "not, they would be 50 points (50–50) apart." in text
    )


def test_what_narrows_the_gap_by_being_likely_says_so() -> None:
    """Alike far apart with it and without it, but the wary think it the likelier."""
    text = said({"Pause": ((0.1, 0.1, 0.4), (0.7, 0.5, 0.8))})
    assert "narrows the gap by 18 points (18–18), to 22: 18 points (18–18) by whether" in text


def test_what_carries_more_than_the_gap_is_explained() -> None:
    text = said({"War": ((0.1, 0.5, 0.3), (0.9, 0.6, 0.1))})
    assert (
        "“War” carries 43 points (43–43), more than the gap of 23, as what they expect without it "
        "differs the other way round" in text
    )


def test_parts_that_cancel_are_not_passed_over() -> None:
    text = said({"War": ((0.5, 0.5, 0.1), (0.5, 0.3, 0.3))})
    assert "cannot tell whether the groups are apart beside “War”" in text
    assert (
        "“War” by itself lets “calm” think the outcome more probable than “wary” do, by 20 points "
        "(20–20); if it did not happen, they would be 20 points (20–20) apart the other way round."
        in text
    )


def test_where_they_may_be_no_farther_apart_than_chance_nothing_is_divided() -> None:
    text = said({"War": ((0.4, 0.5, 0.1), (0.41, 0.5, 0.1))}, spread=0.3)
    assert "cannot tell whether the groups are apart beside “War”" in text
    assert "narrows the gap" not in text and "by itself lets" not in text
    assert "No crux surely carries any of the gap or narrows it." in text
    assert "more of the gap" not in text


def test_a_gap_of_two_parts_alike_is_left_open() -> None:
    text = said({"War": ((0.2, 0.3, 0.0), (0.5, 0.39, 0.09))}, spread=0.15)
    assert "cannot tell whether more of the gap is carried by the crux" in text


def test_rare_outcomes_have_digits_enough() -> None:
    text = said({"War": ((0.2, 3e-5, 1e-5), (0.6, 3e-5, 1e-5))})
    assert "by 0.00080 points (0.00080–0.00080)" in text
    assert "Whether “War” happens would change the mind" in text


def test_many_cruxes_are_told_in_a_few_sentences() -> None:
    text = said({f"War {k}": WAR for k in range(6)} | {f"Talks {k}": TALKS for k in range(5)})
    assert text.count(" carries 16") == 3
    assert "Some of the gap is carried by “War 3”, “War 4” and “War 5” too." in text
    assert text.count(" narrows the gap by") == 3
    assert "The gap is narrowed by “Talks" in text


def test_whom_a_crux_would_tell_nothing() -> None:
    text = said({"Rain": ((0.5, 0.2, 0.2), (0.5, 0.6, 0.2))})
    assert "No crux by itself would tell half of “calm” anything" in text
    assert "Whether “Rain” happens would change the mind of the median forecaster" in text


def test_what_tells_most_is_told_as_surely_as_it_is_known() -> None:
    small = ((0.5, 0.2, 0.2), (0.5, 0.3, 0.2))
    text = said({"War": WAR, "Rain": small})
    assert "To “wary” “War” would tell most: whether “War” happens" in text
    text = said({"War": WAR, "Flood": WAR})
    assert "To “wary” “War” may tell most, or “Flood”: " in text


def test_few_people_are_said_to_be_few() -> None:
    assert "These are few people" in said({"War": WAR})
    assert "These are few people" not in said({"War": WAR}, people=31)
