import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.views.findings import (
    NAMED,
    describe_differences,
    describe_overlap,
    describe_overlap_briefly,
    describe_values,
    describe_worldviews,
    preferred,
)
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, WAVES

NOTE = weighting_note("unweighted")


def pair(mean, low, high, *, a="A", b="B", version="revealed", weighting="unweighted"):
    return {
        "group_a_label": a,
        "group_b_label": b,
        "version": version,
        "weighting": weighting,
        "normalised_mean": mean,
        "normalised_q05": low,
        "normalised_q95": high,
    }


AT_LEAST, AT_MOST = (0.91, 0.87, 0.94), (0.94, 0.91, 0.98)
ALIKE, BETWEEN = (0.98, 0.96, 0.99), (0.92, 0.905, 0.94)
APART, OPEN = (0.80, 0.75, 0.88), (0.93, 0.85, 0.99)


@pytest.mark.parametrize(
    ("numbers", "summary"),
    [
        (ALIKE, "The two groups have nearly the same priorities in trade-offs."),
        (BETWEEN, "The two groups have somewhat different priorities in trade-offs."),
        (AT_LEAST, "The two groups have at least somewhat different priorities in trade-offs."),
        (AT_MOST, "The two groups have at most somewhat different priorities in trade-offs."),
        (APART, "The two groups have clearly different priorities in trade-offs."),
        (OPEN, "The survey cannot tell how far the two groups share priorities in trade-offs."),
    ],
)
def test_one_pair_is_told_only_as_far_as_its_interval_carries(numbers, summary):
    assert describe_overlap(pl.DataFrame([pair(*numbers)]))[0] == summary


def test_waves_are_called_waves():
    told = describe_overlap(pl.DataFrame([pair(*APART, a="Wave 1", b="Wave 2")]), WAVES)
    assert told == [
        "The two waves have clearly different priorities in trade-offs.",
        "Clearly different: “Wave 1” and “Wave 2”, overlap 0.80 (0.75–0.88).",
        NOTE,
    ]
    several = pl.DataFrame([pair(*ALIKE), pair(*APART, b="C"), pair(*OPEN, a="B", b="C")])
    assert describe_overlap(several, WAVES)[0].startswith("Of three pairs of waves, one sets")
    assert describe_overlap(several.filter(normalised_mean=0.98).clear(), WAVES) == [
        "There are not two waves large enough to compare."
    ]


def test_several_pairs_are_counted_by_kind_and_named_with_intervals():
    frame = pl.DataFrame([pair(*ALIKE), pair(*APART, b="C"), pair(*OPEN, a="B", b="C")])
    summary, *details, _ = describe_overlap(frame)
    assert summary == (
        "Of three pairs of groups, one sets clearly different priorities in trade-offs and one "
        "nearly the same ones; for one the survey cannot tell."
    )
    assert details == [
        "Clearly different: “A” and “C”, overlap 0.80 (0.75–0.88).",
        "Nearly the same: “A” and “B”, overlap 0.98 (0.96–0.99).",
        "The survey cannot tell: “B” and “C”, overlap 0.93 (0.85–0.99).",
    ]


def test_many_pairs_are_named_up_to_a_limit():
    rows = [pair(*APART, b=f"G{k}") for k in range(NAMED + 2)]
    summary, details, _ = describe_overlap(pl.DataFrame(rows))
    assert summary == "Every pair of groups has clearly different priorities in trade-offs."
    assert details.count("overlap") == NAMED and details.endswith("; and two more pairs.")


def test_weighted_estimates_are_told_where_there_are_any():
    frame = pl.DataFrame([pair(*APART), pair(*ALIKE, weighting="weighted")])
    assert "nearly the same" in describe_overlap(frame)[0]
    assert describe_overlap(frame)[-1] == weighting_note("weighted")
    assert describe_overlap_briefly(frame) == describe_overlap(frame)
    assert preferred(frame)["weighting"].to_list() == ["weighted"]


def test_versions_are_told_apart_and_briefly_only_once_in_full():
    frame = pl.DataFrame([pair(*APART), pair(*ALIKE, version="claimed")])
    assert len(describe_overlap(frame)) == 5
    assert describe_overlap_briefly(frame)[-2:] == [
        "The two groups have nearly the same priorities in importance ratings.",
        NOTE,
    ]
    assert len(describe_overlap_briefly(frame)) == 4


def test_no_pair_of_groups_is_said():
    nothing = pl.DataFrame([pair(*ALIKE)]).clear()
    assert describe_overlap(nothing) == ["There are not two groups large enough to compare."]
    assert describe_overlap_briefly(nothing) == describe_overlap(nothing)


def values(*rows):
    return pl.DataFrame(
        [
            {
                "version": "revealed",
                "weighting": "unweighted",
                "group": "g",
                "group_label": "Farmers",
                "value_label": label,
                "mean": mean,
                "q05": mean - 0.02,
                "q95": mean + 0.02,
                "top_probability": top,
            }
            for label, mean, top in rows
        ]
    )


def test_a_first_value_is_named_where_it_is_sure():
    sure = values(("Water", 0.4, 0.95), ("Work", 0.3, 0.05), ("Land", 0.3, 0.0))
    assert describe_values(sure) == [
        "“Farmers”, in trade-offs: “Water” comes first, with 40 % (38–42) of the importance.",
        NOTE,
    ]


def test_rivals_for_the_first_place_are_named_where_it_is_not():
    unsure = values(("Water", 0.4, 0.6), ("Work", 0.38, 0.38), ("Land", 0.22, 0.02))
    assert describe_values(unsure) == [
        "“Farmers”, in trade-offs: the survey cannot tell which comes first, “Water” or “Work”.",
        NOTE,
    ]
    assert (
        "“Water” or “Work”"
        in describe_values(values(("Water", 0.4, 0.89), ("Work", 0.3, 0.08), ("Land", 0.3, 0.03)))[
            0
        ]
    )


def worldviews(*held):
    rows = [("", "Everyone", 0.5, 0.45, 0.55), *held]
    return pl.DataFrame(
        [
            {
                "worldview": number,
                "name": f"N{number}",
                "group": group,
                "group_label": label,
                "weighting": "unweighted",
                "mean": mean,
                "q05": low,
                "q95": high,
            }
            for number in (1, 2)
            for group, label, mean, low, high in rows
        ]
    )


def models(verdict="worldviews", classes=2, at_limit=False):
    return pl.DataFrame(
        [
            {"classes": classes, "chosen": True, "verdict": verdict, "at_limit": at_limit},
            {"classes": 0, "chosen": False, "verdict": verdict, "at_limit": at_limit},
        ]
    )


def test_who_holds_a_worldview_is_told_where_groups_differ():
    apart = worldviews(("a", "A", 0.8, 0.7, 0.9), ("b", "B", 0.3, 0.2, 0.4))
    first, second, _, note = describe_worldviews(apart, models())
    assert note == NOTE
    assert first == "The answers fall into two distinct worldviews."
    assert second == (
        "Worldview 1, which leans to “N1”, is held by 50 % (45–55) of all: most among “A”, 80 % "
        "(70–90); least among “B”, 30 % (20–40)."
    )


def test_overlapping_shares_are_not_told_as_a_difference():
    touching = worldviews(("a", "A", 0.6, 0.4, 0.8), ("b", "B", 0.5, 0.3, 0.7))
    assert (
        "the survey cannot tell that its share differs"
        in describe_worldviews(touching, models())[1]
    )


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("one_worldview", "do not fall into distinct worldviews"),
        ("gradual", "Beliefs differ by degree"),
        ("cannot_tell", "The survey cannot tell whether there are distinct worldviews"),
    ],
)
def test_worldviews_are_not_claimed_against_the_comparison(verdict, words):
    assert words in describe_worldviews(worldviews(), models(verdict))[0]


def test_a_largest_number_that_was_tried_is_said_to_be_that():
    assert "perhaps more" in describe_worldviews(worldviews(), models(at_limit=True))[0]


def test_reasons_for_caution_come_last():
    beware = pl.DataFrame({"caution": ["Another way of dividing people fits as well."]})
    told = describe_worldviews(worldviews(), models(), beware)
    assert told == [*describe_worldviews(worldviews(), models()), *beware["caution"]]
    assert describe_worldviews(worldviews(), models(), beware.clear()) == told[:-1]


def test_a_survey_without_beliefs_says_so():
    assert "asked for no beliefs" in describe_worldviews(worldviews(), models().clear())[0]


def test_only_shares_are_called_weighted():
    nobody = worldviews().filter(worldview=1)
    assert len(describe_worldviews(nobody, models("one_worldview", classes=1))) == 1


def test_differences_between_ratings_and_trade_offs():
    def table(*rows):
        frame = pl.DataFrame(rows, schema=["mean", "q05", "q95"], orient="row")
        return frame.with_columns(weighting=pl.lit("raked"))

    def told(frame, compared=GROUPS):
        sentence, note = describe_differences(frame, compared=compared)
        assert note == weighting_note("raked")
        return sentence

    assert told(table((0.1, 0.05, 0.2), (0.0, -0.1, 0.1))) == (
        "Of two pairs of groups, one looks more alike in ratings than in trade-offs; for the other "
        "the survey cannot tell."
    )
    assert "cannot tell" in told(table((0.0, -0.1, 0.1)))
    less, more = (-0.1, -0.2, -0.05), (0.1, 0.05, 0.2)
    assert told(table(less)) == ("The two groups look less alike in ratings than in trade-offs.")
    assert told(table(more, more, more), compared=WAVES) == (
        "All three pairs of waves look more alike in ratings than in trade-offs."
    )
    assert told(table(more, less, more)) == (
        "Of three pairs of groups, two look more alike and one looks less alike in ratings than in "
        "trade-offs."
    )


def test_no_mistake_is_told_from_guesses_that_agree_more_than_the_group_does():
    """What most want is guessed with one voice: overlap between guesses is lower for that alone."""
    row = {"mean": -0.3, "q05": -0.4, "q95": -0.2, "weighting": "unweighted"}
    told, note = describe_differences(pl.DataFrame([row]), "perceived_revealed")
    assert note == NOTE
    assert "guesses do not tell" in told and "less alike" not in told


@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)).map(sorted),
        min_size=1,
        max_size=12,
    )
)
def test_every_pair_is_counted_once_whatever_its_interval(triples):
    rows = [pair(mean, low, high, b=f"G{k}") for k, (low, mean, high) in enumerate(triples)]
    summary, *details, _ = describe_overlap(pl.DataFrame(rows))
    named = sum(text.count("overlap ") for text in details)
    assert named == sum(min(NAMED, text.count("overlap ")) for text in details)
    assert summary.endswith(".") and 1 <= len(details) <= 6


def test_what_a_survey_did_not_ask_is_said():
    nothing = pl.DataFrame()
    assert "no priorities" in describe_overlap(nothing)[0]
    assert "no priorities" in describe_overlap_briefly(nothing)[0]
    assert "no beliefs" in describe_worldviews(nothing, nothing)[0]
    assert describe_values(nothing) == []
