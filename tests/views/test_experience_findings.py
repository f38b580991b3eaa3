"""What goes with a worldview is told with its interval, and what does not is said too."""

import polars as pl

from mfp_stats.views.experience_charts import experience_chart
from mfp_stats.views.experience_findings import DESCRIPTIVE, describe_experience


def answer(item: str, level: str, worldview: int, mean: float, apart: float, **more) -> dict:
    return {
        "weighting": "unweighted",
        "item": item,
        "item_label": item.capitalize(),
        "kind": more.get("kind", "ordinal"),
        "level": level,
        "level_label": level.capitalize(),
        "n": 50,
        "worldview": worldview,
        "name": "Hopeful" if worldview == 1 else "Wary",
        "mean": mean,
        "q05": mean - 0.1,
        "q95": mean + 0.1,
        "apart_mean": apart,
        "apart_q05": apart - 0.1,
        "apart_q95": apart + 0.1,
        "probability_more": 0.5,
    }


def contrast(item: str, worldview: int, mean: float) -> dict:
    return {
        "weighting": "unweighted",
        "item": item,
        "item_label": item.capitalize(),
        "low_label": "Never",
        "high_label": "Always",
        "worldview": worldview,
        "name": "Hopeful" if worldview == 1 else "Wary",
        "mean": mean,
        "q05": mean - 0.1,
        "q95": mean + 0.1,
        "probability_more": float(mean > 0),
    }


def answers() -> pl.DataFrame:
    return pl.DataFrame(
        [
            *(answer("promises", lv, w, 0.5, 0.0) for lv in ("never", "always") for w in (1, 2)),
            *(answer("costs", lv, w, 0.5, 0.0) for lv in ("never", "always") for w in (1, 2)),
            answer("job", "miner", 2, 0.8, 0.3, kind="nominal"),
            answer("job", "clerk", 2, 0.5, 0.0, kind="nominal"),
        ]
    )


def test_what_goes_with_a_worldview_is_named_and_the_rest_left_open():
    ends = pl.DataFrame(
        [contrast("promises", w, m) for w, m in ((1, 0.25), (2, -0.35))]
        + [contrast("costs", w, m) for w, m in ((1, 0.05), (2, -0.05))]
    )
    told = describe_experience(answers(), ends)
    assert told[0] == "Of three parts of people's record, two go with the worldview held."
    assert told[1] == (
        "“Promises”: worldview 2, “Wary”, is held more often by those who answer “Never” than by "
        "those who answer “Always”, by 35 points (25–45)."
    )
    assert told[2] == (
        "“Job”: those who answer “Miner” hold worldview 2 more often than everybody does, "
        "by 30 points (20–40)."
    )
    assert told[3] == "The survey does not show that a worldview goes with “Costs”."
    assert told[4] == DESCRIPTIVE


def test_all_parts_are_told_as_all():
    ends = pl.DataFrame([contrast("promises", 1, 0.3), contrast("costs", 2, 0.3)])
    told = describe_experience(answers().filter(pl.col("item") != "job"), ends)
    assert told[0] == "Both parts of people's record go with the worldview held."
    one = answers().filter(item="costs")
    assert describe_experience(one, ends)[0].startswith("The one part of people's record goes")


def test_nothing_is_made_of_nothing():
    ends = pl.DataFrame([contrast("promises", 1, 0.05), contrast("costs", 1, 0.0)])
    told = describe_experience(answers().filter(pl.col("item") != "job"), ends)
    assert told[0].startswith("The survey does not show that any part")
    assert not any("more often" in sentence for sentence in told)
    assert len(describe_experience(pl.DataFrame(), pl.DataFrame())) == 1


def test_the_chart_says_every_share():
    figure = experience_chart(answers().filter(item="promises"))
    assert "Never, worldview 1 50 % (40–60)" in figure.alt
    assert figure.alt.startswith("Shares of worldviews by “Promises”")
