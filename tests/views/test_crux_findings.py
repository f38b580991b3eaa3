"""What is said of cruxes: who is higher, what each carries, and that it cannot be told."""

import numpy as np
import polars as pl
import pytest

from mfp_stats.quantities.conditional_forecasts import COLUMNS
from mfp_stats.quantities.cruxes import cruxes
from mfp_stats.views.crux_findings import describe_cruxes

PEOPLE = 15
#: Name of a crux to P(c), P(U | c) and P(U | not c) of the calm and of the wary.
Cruxes = dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]]


def said(these: Cruxes, *, spread: float = 0.0, groups=("calm", "wary")) -> str:
    """Return the findings; people differ evenly in P(c), by up to ``spread``."""
    rows = [
        (f"{group}{i}", group, crux, (p + s) * happens + (1 - p - s) * fails, p + s, happens)
        for crux, both in these.items()
        for group, (p, happens, fails) in zip(("calm", "wary"), both, strict=True)
        for i, s in enumerate(np.linspace(-spread, spread, PEOPLE))
    ]
    frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
    return "\n".join(describe_cruxes(cruxes(frame, groups)))


WAR = ((0.2, 0.5, 0.1), (0.6, 0.5, 0.1))
TALKS = ((0.5, 0.1, 0.1), (0.5, 0.15, 0.4))


@pytest.mark.parametrize("groups", [("calm", "wary"), ("wary", "calm")])
def test_the_higher_group_comes_first_whichever_way_they_were_asked_for(groups) -> None:
    text = said({"War": WAR}, groups=groups)
    assert (
        "“wary” think the outcome more probable than “calm” do beside the one crux: "
        "by 16 points (16–16)." in text
    )
    assert "“War” carries 16 points (16–16) of 16, of which 16 points (16–16) by whether" in text


def test_groups_that_are_higher_beside_some_cruxes_and_lower_beside_others() -> None:
    text = said({"War": WAR, "Peace": WAR[::-1]})
    assert "“wary” think the outcome more probable than “calm” do beside one of two cruxes" in text
    assert "“calm” think the outcome more probable than “wary” do beside one of two cruxes" in text


def test_what_brings_them_closer_is_told_with_both_gaps() -> None:
    text = said({"Talks": TALKS})
    assert "Beside the one crux most of the gap lies in what they expect without it" in text
    assert (
        "“Talks” works against the gap: they would be 5.0 points (5.0–5.0) apart if it happened, "
        "and 30 points (30–30) if it did not." in text
    )
    assert "No crux can be told to carry any of the gap." in text


def test_where_they_may_be_no_farther_apart_than_chance_nothing_is_divided() -> None:
    text = said({"War": ((0.4, 0.5, 0.1), (0.41, 0.5, 0.1))}, spread=0.3)
    assert "cannot tell whether the groups are apart beside “War”" in text
    assert "carries" not in text and "against the gap" not in text


def test_a_gap_of_two_causes_alike_is_left_open() -> None:
    text = said({"War": ((0.2, 0.3, 0.0), (0.4, 0.6, 0.0))}, spread=0.12)
    assert "cannot tell what carries most of the gap beside “War”" in text


def test_rare_outcomes_have_digits_enough() -> None:
    text = said({"War": ((0.2, 0.003, 0.001), (0.6, 0.003, 0.001))})
    assert "by 0.080 points (0.080–0.080)" in text


def test_many_cruxes_are_told_in_a_few_sentences() -> None:
    text = said({f"War {k}": WAR for k in range(6)} | {f"Talks {k}": TALKS for k in range(5)})
    assert text.count(" carries ") == 3
    assert "Some of the gap is carried by “War 3”, “War 4” and “War 5” too." in text
    assert text.count("works against") == 3
    assert "So do “Talks" in text


def test_whom_a_crux_would_tell_nothing() -> None:
    text = said({"Rain": ((0.5, 0.2, 0.2), (0.5, 0.6, 0.2))})
    assert "To half or more of “calm” no crux would tell anything" in text
    assert "To “wary” “Rain” would tell most: whether it happens would change" in text


def test_few_people_are_said_to_be_few() -> None:
    assert "nobody was drawn at random" in said({"War": WAR})
