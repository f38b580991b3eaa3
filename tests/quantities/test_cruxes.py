"""A gap in an outcome's probability: what of it a crux carries, and what is there without it."""

from itertools import permutations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import CruxesRejected
from mfp_stats.quantities.conditional_forecasts import COLUMNS
from mfp_stats.quantities.cruxes import PARTS, Cruxes, cruxes

PEOPLE = 12
CAMPS = ("calm", "wary")
#: What one person thinks: P(c), P(U | c) and P(U | not c).
Mind = tuple[float, float, float]


def forecasts(minds: dict[str, list[Mind]], crux: str = "war") -> pl.DataFrame:
    """Return what the people of each group say of one crux."""
    rows = [
        (f"{group}{i}", group, crux, p * a + (1 - p) * b, p, a)
        for group, people in minds.items()
        for i, (p, a, b) in enumerate(people)
    ]
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


def table(calm: Mind, wary: Mind, crux: str = "war") -> pl.DataFrame:
    """Everybody of a group answers alike."""
    return forecasts({"calm": [calm] * PEOPLE, "wary": [wary] * PEOPLE}, crux)


def split(frame: pl.DataFrame, **options) -> dict:
    return cruxes(frame, CAMPS, **options).split.row(0, named=True)


def test_who_disagree_about_the_event_alone_differ_by_it_alone() -> None:
    row = split(table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1)))
    assert row["gap_mean"] == pytest.approx(0.5 * 0.4)
    assert row["event_mean"] == pytest.approx(0.2)
    assert row["effect_mean"] == pytest.approx(0, abs=1e-9)
    assert (row["verdict"], row["verdict_probability"], row["clear"]) == ("crux", 1, True)


def test_who_disagree_about_its_effect_differ_by_that_alone() -> None:
    row = split(table((0.3, 0.1, 0.1), (0.3, 0.8, 0.1)))
    assert row["event_mean"] == pytest.approx(0, abs=1e-9)
    assert row["effect_mean"] == pytest.approx(row["gap_mean"]) == pytest.approx(0.3 * 0.7)
    assert row["verdict"] == "crux"


def test_a_disagreement_that_is_there_without_the_crux_is_not_carried_by_it() -> None:
    """To both it would add as much, and is as probable: settled, it would bring them no closer."""
    row = split(table((0.3, 0.3, 0.1), (0.3, 0.7, 0.5)))
    assert row["carried_mean"] == pytest.approx(0, abs=1e-9)
    assert row["without_mean"] == pytest.approx(0.4) == row["gap_happens_mean"]
    assert row["verdict"] == "without"


def test_what_nobody_thinks_to_change_anything_carries_nothing() -> None:
    """People who think the event likely think the outcome likely too: that is no effect of it."""
    minds = [(p, p, p) for p in np.linspace(0.1, 0.7, PEOPLE)]
    row = split(forecasts({"calm": [(0.5, 0.1, 0.1)] * PEOPLE, "wary": minds}))
    for part in ("carried", "event", "effect", "dependence"):
        assert row[f"{part}_q05"] == row[f"{part}_mean"] == row[f"{part}_q95"] == 0
    assert row["without_mean"] == row["gap_happens_mean"] == pytest.approx(0.3)
    assert row["verdict"] == "without" and not row["clear"]


def test_that_effect_and_event_go_together_in_one_group_is_a_part_of_its_own() -> None:
    """As likely and as large on average in both groups, but in one with the same people."""
    together = [(0.8, 0.9, 0.1), (0.2, 0.1, 0.1)] * (PEOPLE // 2)
    apart = [(0.8, 0.1, 0.1), (0.2, 0.9, 0.1)] * (PEOPLE // 2)
    row = split(forecasts({"calm": apart, "wary": together}))
    assert row["dependence_mean"] == pytest.approx(row["gap_mean"]) == pytest.approx(0.24)
    assert row["event_mean"] == pytest.approx(0) == row["effect_mean"]


@given(
    st.lists(st.tuples(*[st.floats(0.01, 0.95)] * 3), min_size=11, max_size=11),
    st.lists(st.tuples(*[st.floats(0.01, 0.95)] * 3), min_size=11, max_size=11),
)
@settings(max_examples=25)
def test_parts_sum_to_the_gap_and_are_the_means_over_orders(calm, wary) -> None:
    row = split(forecasts({"calm": calm, "wary": wary}))
    assert sum(row[f"{part}_mean"] for part in PARTS) == pytest.approx(row["gap_mean"])
    assert row["carried_mean"] + row["without_mean"] == pytest.approx(row["gap_mean"])
    here, there = (np.mean([(p, a - b, b) for p, a, b in minds], axis=0) for minds in (calm, wary))
    parts = np.zeros(3)
    for order in permutations(range(3)):
        now = here.copy()
        for cause in order:
            before = now[0] * now[1] + now[2]
            now[cause] = there[cause]
            parts[cause] += (now[0] * now[1] + now[2] - before) / 6
    expected = [row[f"{part}_mean"] for part in ("event", "effect", "without")]
    assert parts == pytest.approx(expected, abs=1e-9)


def test_groups_in_the_other_order_and_other_cruxes_change_nothing_but_the_sign() -> None:
    rng = np.random.default_rng(4)
    minds = {camp: list(rng.uniform(0.1, 0.6, (15, 3))) for camp in CAMPS}
    frame = forecasts(minds)
    one = split(frame)
    more = pl.concat([table((0.2, 0.5, 0.1), (0.3, 0.5, 0.1), "peace"), frame.reverse()])
    other = cruxes(more, CAMPS[::-1]).split.row(by_predicate=pl.col("crux") == "war", named=True)
    for part in ("gap", "carried", *PARTS):
        assert other[f"{part}_mean"] == pytest.approx(-one[f"{part}_mean"])
    assert other["gap_q05"] == pytest.approx(-one["gap_q95"], abs=0.02)


def test_without_a_gap_no_part_is_named() -> None:
    """One part undoes the other: each is large, and neither carries what is not there."""
    row = split(table((0.5, 0.4, 0.0), (0.25, 0.8, 0.0)))
    assert row["gap_mean"] == pytest.approx(0, abs=1e-9) and row["event_mean"] < -0.1
    assert row["verdict"] == "cannot_tell"


def test_parts_of_just_one_size_are_not_told_apart_by_arithmetic() -> None:
    row = split(table((0.5, 0.3, 0.1), (0.5, 0.15, 0.05)))
    assert row["carried_mean"] == pytest.approx(row["without_mean"])
    assert (row["verdict"], row["verdict_probability"]) == ("cannot_tell", 0)


def test_parts_of_one_size_leave_it_open() -> None:
    """0.09 of a gap of 0.18 by the crux and as much without it, and people who differ."""
    spread = np.linspace(-0.1, 0.1, 15)
    calm = [(0.2 + s, 0.3, 0.0) for s in spread]
    wary = [(0.5 + s, 0.39, 0.09) for s in spread[::-1]]
    row = split(forecasts({"calm": calm, "wary": wary}))
    assert row["gap_q05"] > 0 and row["verdict"] == "cannot_tell"


def test_cruxes_come_in_the_order_of_what_they_carry_of_the_gap() -> None:
    """One that works against the gap carries least, and one beside which there is none is last."""
    of = {"against": 0.1, "large": 0.9, "small": 0.6}
    frame = pl.concat(table((0.4, 0.5, 0.1), (p, 0.7, 0.3), name) for name, p in of.items())
    frame = pl.concat([table((0.5, 0.4, 0.0), (0.5, 0.4, 0.0), "level"), frame])
    expected = ["large", "small", "against", "level"]
    assert cruxes(frame, CAMPS).split["crux"].to_list() == expected
    assert cruxes(frame, CAMPS[::-1]).split["crux"].to_list() == expected


def test_medians_and_the_value_of_information() -> None:
    people = cruxes(table((0.2, 0.6, 0.1), (0.2, 0.6, 0.1)), CAMPS).people
    row = people.row(0, named=True)
    outcome = 0.2 * 0.6 + 0.8 * 0.1
    expected = 0.2 * abs(0.6 - outcome) + 0.8 * abs(0.1 - outcome)
    assert (row["probability"], row["happens"]) == (0.2, 0.6)
    assert row["outcome"] == pytest.approx(outcome) and row["fails"] == pytest.approx(0.1)
    assert row["information"] == pytest.approx(expected)
    assert row["information_q05"] == pytest.approx(row["information_q95"])


def minds_of(rng: np.random.Generator, n: int, outcome: float, likely: float) -> list[Mind]:
    """Draw people whose logits lie far apart: what they think of an outcome is skewed."""
    common, own = rng.standard_normal(n), rng.standard_normal((3, n))
    p = _share(likely + own[0] + 0.4 * common)
    b = _share(outcome + 1.3 * common + 0.3 * own[1])
    a = _share(np.log(b / (1 - b)) + 0.6 + 0.8 * own[2])
    return list(zip(p, a, b, strict=True))


def truly(calm, wary) -> dict[str, float]:
    """Return the parts of the gap between two populations, (people, 3) each."""
    (p, a, b), (q, c, d) = calm.T, wary.T
    here, there = (p * (a - b)).mean(), (q * (c - d)).mean()
    ends = (a - b).mean(), (c - d).mean()
    return {
        "gap": (there + d.mean()) - (here + b.mean()),
        "carried": there - here,
        "event": (q.mean() - p.mean()) * sum(ends) / 2,
        "effect": (ends[1] - ends[0]) * (p.mean() + q.mean()) / 2,
        "without": d.mean() - b.mean(),
        "gap_happens": c.mean() - a.mean(),
    }


def _share(logits):
    return 1 / (1 + np.exp(-logits))


def test_intervals_cover_what_is_true_of_a_population_of_which_few_answered() -> None:
    """Eleven people of each group; a bootstrap alone held the truth in seven of ten."""
    camps = {"calm": (-4.0, -2.0), "wary": (-1.6, -1.0)}
    rng = np.random.default_rng(1)
    truth = truly(*(np.array(minds_of(rng, 200_000, *of)) for of in camps.values()))
    held = dict.fromkeys(truth, 0)
    for k in range(120):
        rng = np.random.default_rng(100 + k)
        row = split(forecasts({c: minds_of(rng, 11, *of) for c, of in camps.items()}), seed=k)
        for name in held:
            held[name] += row[f"{name}_q05"] <= truth[name] <= row[f"{name}_q95"]
    assert min(held.values()) / 120 > 0.76
    assert 0.83 < sum(held.values()) / 720 < 0.95


def test_of_many_cruxes_that_carry_nothing_hardly_any_is_clear() -> None:
    """29 of them, each thought to raise the outcome by some and to lower it by as many."""
    clear = 0
    for k in range(8):
        rng = np.random.default_rng(k)
        base = {"calm": _share(-5 + rng.standard_normal(12)), "wary": _share(-1 - rng.random(12))}
        frames = []
        for crux in range(29):
            minds = {}
            for camp, outcome in base.items():
                p, side = rng.uniform(0.05, 0.6, 12), rng.choice([-1, 1], 12)
                change = 0.5 * outcome * side * rng.random(12)
                minds[camp] = list(
                    zip(p, outcome + (1 - p) * change, outcome - p * change, strict=True)
                )
            frames.append(forecasts(minds, f"crux {crux}"))
        clear += cruxes(pl.concat(frames), CAMPS).split["clear"].any()
    assert clear <= 2


def test_contradictions_and_missing_answers_are_left_out_and_counted_by_group() -> None:
    frame = table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1))
    wrong = frame.with_columns(
        conditional=pl.when(pl.col("person") == "wary0").then(0.99).otherwise("conditional"),
        outcome=pl.when(pl.col("person") == "calm0").then(None).otherwise("outcome"),
    )
    found = cruxes(wrong, CAMPS)
    assert found.people["n"].to_list() == [PEOPLE - 1, PEOPLE - 1]
    assert found.notes[0] == "Answers left out: 1 of “calm”; a probability is missing."
    assert found.notes[1].startswith("Answers left out: 1 of “wary”; together they give")


@pytest.mark.parametrize(
    "answer", [(0.10, 0.3, 0.35), (0.05, 0.95, 0.053), (1e-8, 0.6, 2e-8), (0.9, 0.4, 0.74)]
)
def test_rounding_is_no_contradiction(answer) -> None:
    """Without the crux the outcome would have to be a little less than impossible, or certain."""
    frame = table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1))
    first = pl.col("person") == "calm0"
    rounded = frame.with_columns(
        pl.when(first).then(value).otherwise(name).alias(name)
        for name, value in zip(("outcome", "probability", "conditional"), answer, strict=True)
    )
    found = cruxes(rounded, CAMPS)
    assert found.people["n"].to_list() == [PEOPLE, PEOPLE] and not found.notes


def test_what_was_rounded_is_made_to_agree_and_is_no_part_of_a_gap() -> None:
    """Everybody of a group says the same, so that nothing goes together with anything."""
    frame = table((0.3, 0.02, 0.02), (0.3, 0.4, 0.0)).with_columns(
        outcome=pl.when(pl.col("group") == "wary").then(0.1).otherwise("outcome")
    )
    row = split(frame)
    assert row["dependence_mean"] == 0
    assert row["without_mean"] == pytest.approx(-0.02)
    assert row["gap_happens_mean"] == pytest.approx(0.1 / 0.3 - 0.02)


def test_of_an_event_that_is_all_but_certain_nobody_knows_what_would_be_without_it() -> None:
    """A point of rounding would make it nothing, or half, and a crux of what changes nothing."""
    frame = table((0.5, 0.1, 0.1), (0.97, 0.52, 0.0)).with_columns(
        outcome=pl.when(pl.col("group") == "wary").then(0.5).otherwise("outcome")
    )
    found = cruxes(frame, CAMPS)
    assert found.split.is_empty() and found.notes[-1].endswith("all but certain: war.")


def test_shares_stay_shares_however_few_answered() -> None:
    calm, wary = [(0.5, 0.0, 0.0)] * 6, [(0.5, 1.0, 1.0)] * 5 + [(0.5, 0.6, 0.4)]
    row = split(forecasts({"calm": calm, "wary": wary}), floor=5)
    for part in ("gap", "without", "gap_happens"):
        assert row[f"{part}_q95"] <= 1


def test_who_takes_the_event_for_certain_must_say_the_same_twice() -> None:
    frame = table((0.9, 0.05, 0.1), (0.5, 0.1, 0.2))
    wrong = frame.with_columns(
        outcome=pl.when(pl.col("person") == "calm0").then(0.1).otherwise("outcome"),
        probability=pl.when(pl.col("person") == "calm0").then(1.0).otherwise("probability"),
        conditional=pl.when(pl.col("person") == "calm0").then(0.9).otherwise("conditional"),
    )
    found = cruxes(wrong, CAMPS)
    assert "1 of “calm”; together" in found.notes[0]
    assert found.people["n"].to_list() == [PEOPLE - 1, PEOPLE]


def test_to_whom_it_is_certain_it_tells_nothing() -> None:
    frame = table((1.0, 0.8, 0.0), (0.5, 0.8, 0.2)).with_columns(
        conditional=pl.when(pl.col("group") == "calm").then(0.9).otherwise("conditional")
    )
    assert cruxes(frame, CAMPS).people["information"].to_list()[0] == 0


def test_other_groups_are_not_looked_at() -> None:
    frame = table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1))
    third = forecasts({"loud": [(0.5, 0.5, 0.5)] * 3}).with_columns(
        person=pl.Series(["calm0", "x", "y"]), outcome=pl.lit(None, dtype=pl.Float64)
    )
    assert not cruxes(pl.concat([frame, third]), CAMPS).notes


def test_few_people_show_nothing() -> None:
    frame = table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1)).filter(pl.col("person") != "calm1")
    assert cruxes(frame, CAMPS, floor=10).split.height == 1
    fewer = cruxes(frame.filter(pl.col("person") != "calm2"), CAMPS)
    assert isinstance(fewer, Cruxes)
    assert fewer.split.is_empty() and fewer.people.is_empty()
    assert "war" in fewer.notes[-1]


@pytest.mark.parametrize("open_", [0, 1, 10])
def test_what_too_few_said_of_the_outcome_without_the_event_is_not_shown(open_) -> None:
    """The others take the event for certain: what is without it would be these few's answers."""
    calm = [(1.0, 0.3, 0.0)] * (PEOPLE - open_) + [(0.5, 0.3, 0.9)] * open_
    found = cruxes(forecasts({"calm": calm, "wary": [(0.5, 0.5, 0.1)] * PEOPLE}), CAMPS)
    assert found.split.is_empty()
    assert found.people["fails"].to_list() == [None, pytest.approx(0.1)]
    assert found.notes[-1].startswith("Not divided") and found.notes[-1].endswith("certain: war.")


def test_who_takes_it_for_certain_is_not_counted_where_the_gap_is_divided() -> None:
    calm = [(1.0, 0.3, 0.0)] * 4 + [(0.5, 0.3, 0.1)] * PEOPLE
    frame = forecasts({"calm": calm, "wary": [(0.5, 0.5, 0.1)] * PEOPLE})
    row = split(frame)
    assert (row["n_a"], row["n_b"]) == (PEOPLE, PEOPLE)
    assert row["without_mean"] == pytest.approx(0) and row["gap_mean"] == pytest.approx(0.1)
    assert cruxes(frame, CAMPS).notes[-1].endswith("gap is divided: 4 beside war.")


def test_few_who_doubt_the_event_do_not_stand_for_a_group_that_does_not() -> None:
    """Without them the groups would be ordered the other way round."""
    wary = [(1.0, 0.9, 0.0)] * 30 + [(0.5, 0.15, 0.05)] * 11
    found = cruxes(forecasts({"calm": [(0.5, 0.3, 0.1)] * PEOPLE, "wary": wary}), CAMPS)
    assert found.split.is_empty() and found.people["n"].to_list() == [PEOPLE, 41]


def test_an_event_that_one_group_thinks_impossible_is_split_as_one_that_it_hardly_does() -> None:
    """They agree on what it would mean, so that only what will happen sets them apart."""
    for least in (0.0, 1e-9):
        row = split(table((least, 0.9, 0.5), (0.5, 0.9, 0.5)))
        assert row["event_mean"] == pytest.approx(0.2, abs=1e-6)
        assert row["effect_mean"] == pytest.approx(0, abs=1e-6)


def test_an_event_that_both_think_impossible_carries_nothing() -> None:
    row = split(table((0.0, 0.9, 0.1), (0.0, 0.2, 0.3)))
    assert row["carried_mean"] == pytest.approx(0, abs=1e-9)
    assert row["without_mean"] == row["gap_mean"] == pytest.approx(0.2)


def test_all_faults_are_told_at_once() -> None:
    frame = table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1))
    wrong = pl.concat([frame, frame[:1]]).with_columns(pl.col("probability") * 100)
    with pytest.raises(CruxesRejected) as caught:
        cruxes(wrong, ("calm", "bold"))
    text = str(caught.value)
    for part in ("nobody is in 'bold'", "outside 0 to 1", "calm0, crux war", "more than once"):
        assert part in text
    with pytest.raises(CruxesRejected, match="column 'outcome' is missing"):
        cruxes(frame.drop("outcome"), CAMPS)
    with pytest.raises(CruxesRejected, match="no lower than 5"):
        cruxes(frame, CAMPS, floor=2)
    with pytest.raises(CruxesRejected, match="one and the same"):
        cruxes(frame, ("calm", "calm"))
    with pytest.raises(CruxesRejected, match="crux: is missing in 24 rows"):
        cruxes(frame.with_columns(crux=pl.lit(None, dtype=pl.String)), CAMPS)
    with pytest.raises(CruxesRejected, match="outcome: is not a number"):
        cruxes(frame.cast({"outcome": pl.String}), CAMPS)


def test_of_many_faults_of_one_kind_the_first_are_told() -> None:
    frame = pl.concat([table((0.1, 0.5, 0.1), (0.6, 0.5, 0.1))] * 2)
    with pytest.raises(CruxesRejected) as caught:
        cruxes(frame, CAMPS)
    told = str(caught.value)
    assert len(caught.value.faults) == 13 and "12 more answers are like these" in told
