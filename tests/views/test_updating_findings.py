"""What is said of a piece of information, and what is left unsaid."""

import polars as pl
import pytest

from mfp_stats.views.updating_charts import updating_chart
from mfp_stats.views.updating_findings import BETWEEN_WAVES, RANDOMISED, describe_updating
from tests.app.synthetic_updating import updating_rows


def test_it_says_how_many_were_told_and_how() -> None:
    first, told, *_ = describe_updating(updating_rows())
    assert first == (
        "“The report”: beliefs moved with it among those who trust its source; it backfired among "
        "those who do not trust its source."
    )
    assert told == f"420 people were told, 380 were not. {RANDOMISED}"
    descriptive = describe_updating(updating_rows(randomised=False))[1]
    assert descriptive.endswith(BETWEEN_WAVES)


def test_moves_backfires_and_what_came_of_them() -> None:
    _, _, trusting, wary, *rest = describe_updating(updating_rows())
    assert trusting == (
        "Among those who trust its source, beliefs moved with it, by 10 points (6–14). Support of "
        "proposals went the same way: 5 points (1–9). By the next wave the move of beliefs had "
        "evaporated: 2 points (−2 to 6)."
    )
    assert "it backfired: beliefs moved against it, by 5 points (1–9)" in wary
    assert "Support of proposals did not go the same way" in wary
    assert any(
        s.startswith("Among holders of worldview 1, “Holds this”, who trust its source, beliefs")
        for s in rest
    )
    assert not any("worldview 2" in s for s in rest)
    assert rest[-1].startswith("Weighted")


def test_what_lasted_is_said() -> None:
    trusting = describe_updating(updating_rows(lasts=0.9))[2]
    said = "In the next wave at least half of the move of beliefs was still there: 9 points (5–13)."
    assert said in trusting
    assert "evaporated" not in trusting


def test_what_was_left_in_part_has_not_evaporated() -> None:
    partly, some = (
        describe_updating(updating_rows().with_columns(lasted=pl.lit(verdict)))[2]
        for verdict in ("partly", "some")
    )
    assert "some of the move of beliefs was still there, but less than half: 2 points" in partly
    assert (
        "some of the move of beliefs was still there; the survey cannot tell whether half: 2 points"
        in some
    )


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    told = describe_updating(updating_rows(moves={"": (0.01, 0.02, 0.0)}))
    assert told[0].endswith(
        "the survey cannot tell whether beliefs moved among all who were asked."
    )
    assert "with probability below 0.01 that it backfired" in told[2]
    assert "Support" not in told[2] and "wave" not in told[2]
    assert told[3] == "Of no single worldview can the survey tell that its beliefs moved."


def test_a_move_that_is_all_but_none_is_called_so() -> None:
    rows = updating_rows(moves={"": (0.01,)}).with_columns(verdict=pl.lit("unmoved"))
    assert "beliefs hardly moved, by 1 point (−3 to 5)" in describe_updating(rows)[2]


def test_nothing_at_all_is_said_plainly() -> None:
    assert describe_updating(pl.DataFrame()) == [
        "Nothing can be told of how people took any information."
    ]


@pytest.mark.parametrize("kind", ["belief", "support"])
def test_the_chart_holds_everybody_and_every_worldview_at_both_times(kind: str) -> None:
    rows = updating_rows(weightings=("unweighted",)).filter(kind=kind)
    told = updating_chart(rows).alt
    assert told.count("at once") == told.count("in the next wave") == 6
    assert "Worldview 2, those who do not trust its source" in told
    assert "Those who trust its source, at once" in told


def test_a_chart_of_one_occasion_has_no_legend() -> None:
    rows = updating_rows(weightings=("unweighted",)).filter(kind="belief", occasion="at_once")
    spec = updating_chart(rows).chart.to_dict()
    assert "yOffset" not in str(spec["layer"])


def test_worldviews_that_moved_apart_are_not_called_unmoved() -> None:
    rows = updating_rows(moves={"": (0.0, 0.2, -0.2)}).with_columns(
        verdict=pl.when(pl.col("worldview") == 0).then(pl.lit("unmoved")).otherwise("verdict")
    )
    first = describe_updating(rows)[0]
    assert first.endswith("worldviews moved in opposite directions among all who were asked.")


def test_what_was_told_between_waves_is_counted_in_answers() -> None:
    told = describe_updating(updating_rows(randomised=False))[1]
    assert told.startswith("420 answered after they were told, 380 before.")


def test_whether_it_lasted_is_said_of_worldviews_too() -> None:
    rest = describe_updating(updating_rows())
    one = next(s for s in rest if "holders of worldview 1, “Holds this”, who trust" in s)
    assert "By the next wave the move of beliefs had evaporated" in one
