"""A gap in an outcome's probability is divided between an event and what it would mean."""

import numpy as np
import polars as pl
import pytest

from mfp_stats.errors import CruxesRejected
from mfp_stats.quantities.conditional_forecasts import COLUMNS
from mfp_stats.quantities.cruxes import CAUSES, Cruxes, cruxes

PEOPLE = 12


def table(**of_group: tuple[float, float, float]) -> pl.DataFrame:
    """Everybody of a group answers alike: P(c), P(U | c), P(U | not c)."""
    rows = [
        (f"{group}{i}", group, "war", p * a + (1 - p) * b, p, a)
        for group, (p, a, b) in of_group.items()
        for i in range(PEOPLE)
    ]
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


def split(frame: pl.DataFrame, **options) -> dict:
    return cruxes(frame, ("calm", "wary"), **options).split.row(0, named=True)


def test_who_disagree_about_the_event_alone_differ_by_it_alone() -> None:
    row = split(table(calm=(0.1, 0.5, 0.1), wary=(0.6, 0.5, 0.1)))
    assert row["gap_mean"] == pytest.approx(0.5 * 0.4)
    assert row["event_mean"] == pytest.approx(0.2)
    assert row["effect_mean"] == pytest.approx(0, abs=1e-9)
    assert (row["verdict"], row["verdict_probability"]) == ("event", 1)


def test_who_disagree_about_its_effect_differ_by_that_alone() -> None:
    row = split(table(calm=(0.3, 0.1, 0.1), wary=(0.3, 0.8, 0.1)))
    assert row["event_mean"] == pytest.approx(0, abs=1e-9)
    assert row["effect_mean"] == pytest.approx(row["gap_mean"]) == pytest.approx(0.3 * 0.7)
    assert (row["verdict"], row["verdict_probability"]) == ("effect", 1)


def test_a_disagreement_that_is_there_without_the_crux_is_not_carried_by_it() -> None:
    """To both it would add as much, and is as probable: settled, it would bring them no closer."""
    row = split(table(calm=(0.3, 0.3, 0.1), wary=(0.3, 0.7, 0.5)))
    assert row["carried_mean"] == pytest.approx(0, abs=1e-9)
    assert row["without_mean"] == pytest.approx(0.4) == row["gap_happens_mean"]
    assert row["verdict"] == "without"


def test_how_far_apart_they_would_be_if_it_happened() -> None:
    row = split(table(calm=(0.3, 0.3, 0.1), wary=(0.6, 0.8, 0.2)))
    assert row["gap_happens_mean"] == pytest.approx(0.5)
    assert row["without_mean"] == pytest.approx(0.1)


def test_without_a_gap_no_part_is_named() -> None:
    """One part undoes the other: each is large, and neither carries what is not there."""
    frame = table(calm=(0.5, 0.4, 0.0), wary=(0.25, 0.8, 0.0))
    row = split(frame)
    assert row["gap_mean"] == pytest.approx(0, abs=1e-9) and row["event_mean"] < -0.1
    assert row["verdict"] == "cannot_tell"


def test_parts_of_one_size_leave_it_open() -> None:
    """0.09 of a gap of 0.18 by the event and as much by its effect, and people who differ."""
    rows = []
    for group, event, happens in (("calm", 0.2, 0.3), ("wary", 0.4, 0.6)):
        p = event + np.linspace(-0.12, 0.12, 15)
        rows += [(f"{group}{i}", group, "war", p[i] * happens, p[i], happens) for i in range(15)]
    row = split(pl.DataFrame(rows, schema=list(COLUMNS), orient="row"))
    assert row["gap_q05"] > 0 and row["verdict"] == "cannot_tell"


def test_a_part_that_works_against_the_gap_does_not_carry_it() -> None:
    row = split(table(calm=(0.5, 0.3, 0.0), wary=(0.3, 0.9, 0.0)))
    assert row["gap_mean"] > 0 > row["event_mean"]
    assert row["verdict"] == "effect"


def test_cruxes_come_in_the_order_of_what_they_carry_of_the_gap() -> None:
    """One that works against the gap carries least, however much it moves."""
    frame = pl.concat(
        table(calm=(0.4, 0.5, 0.1), wary=(p, 0.7, 0.3)).with_columns(crux=pl.lit(name))
        for name, p in (("against", 0.1), ("large", 0.9), ("small", 0.6))
    )
    assert cruxes(frame, ("calm", "wary")).split["crux"].to_list() == ["large", "small", "against"]
    turned = cruxes(frame, ("wary", "calm")).split["crux"].to_list()
    assert turned == ["large", "small", "against"]


def test_parts_sum_to_the_gap_and_turn_with_the_groups() -> None:
    frame = table(calm=(0.2, 0.4, 0.1), wary=(0.7, 0.6, 0.3))
    one = split(frame)
    other = cruxes(frame, ("wary", "calm")).split.row(0, named=True)
    for part in ("gap", "carried", *CAUSES):
        assert other[f"{part}_mean"] == pytest.approx(-one[f"{part}_mean"])
    assert sum(one[f"{part}_mean"] for part in CAUSES) == pytest.approx(one["gap_mean"])
    assert one["carried_mean"] + one["without_mean"] == pytest.approx(one["gap_mean"])
    assert one["gap_mean"] == pytest.approx(0.7 * 0.6 + 0.3 * 0.3 - 0.2 * 0.4 - 0.8 * 0.1)


def test_medians_and_the_value_of_information() -> None:
    people = cruxes(table(calm=(0.2, 0.6, 0.1), wary=(0.2, 0.6, 0.1)), ("calm", "wary")).people
    row = people.row(0, named=True)
    outcome = 0.2 * 0.6 + 0.8 * 0.1
    expected = 0.2 * abs(0.6 - outcome) + 0.8 * abs(0.1 - outcome)
    assert (row["probability"], row["happens"]) == (0.2, 0.6)
    assert row["fails"] == pytest.approx(0.1)
    assert row["information"] == pytest.approx(expected)
    assert row["information_q05"] == pytest.approx(row["information_q95"])


def test_intervals_cover_what_is_true_of_a_population() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for k in range(150):
        rows = []
        for group, centre in (("calm", 0.25), ("wary", 0.5)):
            p = np.clip(rng.normal(centre, 0.1, 40), 0.01, 0.99)
            rows += [
                (f"{group}{i}", group, "war", p[i] * 0.6 + (1 - p[i]) * 0.2, p[i], 0.6)
                for i in range(40)
            ]
        frame = pl.DataFrame(rows, schema=list(COLUMNS), orient="row")
        row = split(frame, seed=k)
        held += row["event_q05"] <= 0.25 * 0.4 <= row["event_q95"]
    assert 0.82 <= held / 150 <= 0.97


def test_contradictions_and_missing_answers_are_left_out_and_counted() -> None:
    frame = table(calm=(0.1, 0.5, 0.1), wary=(0.6, 0.5, 0.1))
    wrong = frame.with_columns(
        conditional=pl.when(pl.col("person") == "wary0").then(0.99).otherwise("conditional"),
        outcome=pl.when(pl.col("person") == "calm0").then(None).otherwise("outcome"),
    )
    found = cruxes(wrong, ("calm", "wary"))
    assert found.people["n"].to_list() == [PEOPLE - 1, PEOPLE - 1]
    assert found.notes[0] == "1 answer left out: a probability is missing."
    assert "together they give the outcome no probability" in found.notes[1]


def test_few_people_show_nothing() -> None:
    frame = table(calm=(0.1, 0.5, 0.1), wary=(0.6, 0.5, 0.1)).filter(pl.col("person") != "calm1")
    found = cruxes(frame, ("calm", "wary"), floor=11 - 1)
    assert found.split.height == 1
    fewer = cruxes(frame.filter(pl.col("person") != "calm2"), ("calm", "wary"))
    assert isinstance(fewer, Cruxes)
    assert fewer.split.is_empty() and fewer.people.is_empty()
    assert "war" in fewer.notes[-1]


def test_a_certain_event_is_not_split_and_said_to_be() -> None:
    """What would be without the event nobody of the group said; nothing may be made up of it."""
    found = cruxes(table(calm=(1.0, 0.3, 0.0), wary=(0.5, 0.5, 0.1)), ("calm", "wary"))
    assert found.split.is_empty() and found.people["fails"].to_list() == [None, pytest.approx(0.1)]
    assert found.notes[-1].startswith("Not split") and found.notes[-1].endswith("without it: war.")


def test_an_event_that_one_group_thinks_impossible_is_split_as_one_that_it_hardly_does() -> None:
    """They agree on what it would mean, so that only what will happen sets them apart."""
    for least in (0.0, 1e-9):
        row = split(table(calm=(least, 0.9, 0.5), wary=(0.5, 0.9, 0.5)))
        assert row["event_mean"] == pytest.approx(0.2, abs=1e-6)
        assert row["effect_mean"] == pytest.approx(0, abs=1e-6)


def test_an_event_that_both_think_impossible_carries_nothing() -> None:
    row = split(table(calm=(0.0, 0.9, 0.1), wary=(0.0, 0.2, 0.3)))
    assert row["carried_mean"] == pytest.approx(0, abs=1e-9)
    assert row["without_mean"] == row["gap_mean"] == pytest.approx(0.2)


def test_all_faults_are_told_at_once() -> None:
    frame = table(calm=(0.1, 0.5, 0.1), wary=(0.6, 0.5, 0.1))
    wrong = pl.concat([frame, frame[:1]]).with_columns(pl.col("probability") * 100)
    with pytest.raises(CruxesRejected) as caught:
        cruxes(wrong, ("calm", "bold"))
    text = str(caught.value)
    for part in ("nobody is in 'bold'", "outside 0 to 1", "calm0, crux war", "more than once"):
        assert part in text
    with pytest.raises(CruxesRejected, match="column 'outcome' is missing"):
        cruxes(frame.drop("outcome"), ("calm", "wary"))
    with pytest.raises(CruxesRejected, match="no lower than 5"):
        cruxes(frame, ("calm", "wary"), floor=2)
