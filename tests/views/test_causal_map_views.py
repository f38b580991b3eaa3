"""Causal maps in words and charts: signs only where the survey is sure, loops by their names."""

import polars as pl
import pytest

from mfp_stats.views.causal_map_charts import (
    effects_chart,
    links_chart,
    map_chart,
    proposals_chart,
)
from mfp_stats.views.causal_map_findings import (
    BELIEVED,
    WHAT_IF_UNTESTED,
    assumed,
    describe_map,
)
from mfp_stats.views.theme import CONCEPTS, STYLE

NAMES = {1: "Hopeful", 2: "Wary"}
CHANCE = {"+": 1.0, "-": 0.0, "?": 0.6}
MEAN = {"+": 0.5, "-": -0.5, "?": 0.02}


def three(name: str, mean: float) -> dict[str, float]:
    return {f"{name}_mean": mean, f"{name}_q05": mean - 0.1, f"{name}_q95": mean + 0.1}


def ends(of: str) -> dict[str, str]:
    cause, effect = of.split(" ")
    return {"cause": cause, "cause_label": cause.capitalize(), "effect": effect,
            "effect_label": effect.capitalize(), "n": 90}  # fmt: skip


def tables(
    signs: dict[str, str], *, settles: tuple[bool, ...] = (True, True), **more: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return tables of links whose signs in each worldview are +, - or ?."""
    worldviews = range(1, len(next(iter(signs.values()))) + 1)
    links = [
        {"worldview": w, "name": NAMES[w], **ends(of), **three("strength", MEAN[sign[w - 1]])}
        | {"probability_positive": CHANCE[sign[w - 1]]}
        for w in worldviews
        for of, sign in signs.items()
    ]
    pairs = [
        {"worldview_a": 1, "name_a": NAMES[1], "worldview_b": 2, "name_b": NAMES[2], **ends(of)}
        | {"strength_a": MEAN[sign[0]], "strength_b": MEAN[sign[1]]}
        | {"probability_opposite": 0.97 if {*sign} == {"+", "-"} else 0.3}
        for of, sign in signs.items()
        if len(worldviews) > 1
    ]
    groups = [
        {"weighting": "unweighted", "group": g, "group_label": g.capitalize(), **ends(of)}
        | three("strength", MEAN[sign[k % len(sign)]])
        | {"probability_positive": CHANCE[sign[k % len(sign)]]}
        for of, sign in signs.items()
        for k, g in enumerate(("left", "right"))
    ]
    about = [
        {"worldview": w, "name": NAMES[w], "transmission": 0.5, "settles": settles[w - 1]}
        | dict.fromkeys(("unsettled_share", "endless_share"), 0.0 if settles[w - 1] else 0.34)
        | {"loop_labels": ["Trust", "Jobs"], "loop_raises": [True, True], "only_loop": False}
        for w in worldviews
    ]
    return {
        "map_links": pl.DataFrame(links),
        "map_pairs": pl.DataFrame(pairs),
        "map_groups": pl.DataFrame(groups),
        "map_worldviews": pl.DataFrame(about),
        "map_effects": more.get("effects", pl.DataFrame()),
        "map_proposals": more.get("proposals", pl.DataFrame()),
    }


def proposal(
    implied: float,
    said: float | None,
    opposite: float | None,
    w: int = 1,
    *,
    pushed: bool = False,
) -> dict:
    return {
        "worldview": w,
        "name": NAMES[w],
        "intervention": "fund",
        "intervention_label": "A fund",
        "concept": "jobs",
        "concept_label": "Jobs",
        "pushed": pushed,
        **three("implied", implied),
        **(three("said", said) if said is not None else dict.fromkeys(three("said", 0.0))),
        "probability_opposite": opposite,
        "probability_opposite_least": opposite,
    }


def effect(of: str, mean: float, *, direct: bool, w: int = 1, flips: bool = False) -> dict:
    chance = float(mean > 0)
    other = 1 - chance if flips else chance
    return {"worldview": w, "name": NAMES[w], "transmission": 0.5, **ends(of), "direct": direct,
            **three("total", mean), "probability_positive": chance,
            "probability_positive_least": min(chance, other),
            "probability_positive_most": max(chance, other)}  # fmt: skip


def test_links_are_told_by_who_is_sure_of_which_sign():
    told = describe_map(tables({"trust jobs": "+-", "jobs calm": "--", "calm trust": "??"}))
    assert told[0] == (
        "Of three links between three concepts, two worldviews very probably see one with opposite "
        "signs."
    )
    assert told[1] == (
        "In worldview 1, “Hopeful”, more “Trust” raises “Jobs”; in worldview 2, “Wary”, it lowers "
        "it (probability of opposite signs 0.97)."
    )
    assert "In every worldview, more “Jobs” lowers “Calm”." in told
    assert (
        "The survey cannot tell for any worldview whether “Calm” raises or lowers “Trust”." in told
    )
    assert "On average, more “Trust” raises “Jobs” for “Left”, and lowers it for “Right”." in told
    assert BELIEVED in told and assumed(0.5) in told


def test_without_opposite_signs_none_is_made_up():
    told = describe_map(tables({"trust jobs": "+?"}))
    assert told[0].startswith("The survey does not show that worldviews see any of one link")
    assert not any("lowers it" in sentence for sentence in told)


def test_of_one_worldview_there_is_one_map():
    told = describe_map(tables({"trust jobs": "+"}))
    assert told[0] == "All people are taken together, with one map: one link between two concepts."
    assert "More “Trust” raises “Jobs”." in told


@pytest.mark.parametrize(
    ("endless", "unsettled", "only", "how"),
    [
        (0.34, 0.34, False, "carry a push on without end in 34 % of draws."),
        (
            *(0.3, 0.5, False),
            "carry a push on without end in 30 % of draws and come too near to that to call in "
            "20 % of draws.",
        ),
        (
            *(0.0, 0.34, False),
            "come too near to carrying a push on without end to call in 34 % of draws.",
        ),
        (
            *(0.0, 1.0, True),
            "comes too near to carrying a push on without end to call in 100 % of draws.",
        ),
        (0.001, 0.001, False, "carry a push on without end in less than 1 % of draws."),
    ],
)
@pytest.mark.parametrize("second", ["raises", "lowers"])
def test_a_map_without_end_is_told_by_its_loops(endless, unsettled, only, how, second):
    found = tables({"trust jobs": "++", "jobs trust": "++"}, settles=(False, True))
    raises = pl.Series([[True, second == "raises"]] * 2, dtype=pl.List(pl.Boolean))
    about = found["map_worldviews"].with_columns(
        endless_share=endless, unsettled_share=unsettled, only_loop=only, loop_raises=raises
    )
    told = describe_map({**found, "map_worldviews": about})
    loops = "its loop, in which" if only else "its loops together, in the strongest of which"
    assert (
        f"What a push would do by the map of worldview 1 has no number: {loops} “Trust” raises "
        f"“Jobs” and “Jobs” {second} “Trust”, {how}"
    ) in told
    assert sum("has no number" in sentence for sentence in told) == 1


def test_a_disagreement_is_told_where_it_is_sure():
    rows = [proposal(-0.3, 0.4, 0.96), proposal(0.3, 0.4, 0.02, 2)]
    told = describe_map(tables({"trust jobs": "++"}, proposals=pl.DataFrame(rows)))
    assert (
        "If “A fund” pushes what the questionnaire assumes: by the map of worldview 1, “Hopeful”, "
        "it would lower “Jobs”; people of worldview 1 expect it to raise “Jobs” (probability of "
        "opposite signs 0.96)."
    ) in told
    assert not any("of worldview 2" in sentence for sentence in told)
    none = describe_map(tables({"trust jobs": "+-"}, proposals=pl.DataFrame(rows[1:])))
    assert any(s.startswith("The survey does not show that any map implies") for s in none)


def test_a_worldview_is_named_where_it_comes_first():
    rows = pl.DataFrame([proposal(-0.3, 0.4, 0.96)])
    told = " ".join(describe_map(tables({"trust jobs": "+-"}, proposals=rows)))
    assert told.count("“Hopeful”") == 1
    assert "by the map of worldview 1 it would lower “Jobs”; people of worldview 1" in told


def test_no_disagreement_is_told_of_what_the_questionnaire_itself_has_pushed():
    rows = pl.DataFrame([proposal(-0.3, 0.4, 0.96, pushed=True), proposal(0.3, 0.4, 0.02, 2)])
    told = describe_map(tables({"trust jobs": "++"}, proposals=rows))
    assert not any("expect it to" in sentence for sentence in told)
    assert any(s.startswith("The survey does not show that any map implies") for s in told)
    assert "Jobs (pushed, as assumed), worldview 1, Implied by" in proposals_chart(rows).alt
    assert "Jobs, worldview 2, Implied by" in proposals_chart(rows).alt
    none = describe_map(tables({"trust jobs": "++"}, proposals=rows.head(1)))
    assert not any("any map implies" in sentence for sentence in none)


def test_nobody_asked_is_no_disagreement_and_no_agreement():
    rows = pl.DataFrame([proposal(-0.3, None, None)])
    told = describe_map(tables({"trust jobs": "+-"}, proposals=rows))
    assert not any("expect" in sentence for sentence in told)


def test_the_strongest_effect_by_way_of_others_is_told():
    rows = [effect("trust jobs", 0.9, direct=True), effect("trust calm", -0.3, direct=False)]
    told = describe_map(tables({"trust jobs": "++"}, effects=pl.DataFrame(rows)))
    assert (
        "By the map of worldview 1 a push on “Trust” lowers “Calm” by way of others: −0.30 "
        "(−0.40 to −0.20) of the push."
    ) in told


def test_a_sign_that_hangs_on_what_links_pass_on_is_not_told():
    rows = [
        effect("trust calm", -0.4, direct=False, flips=True),
        effect("trust jobs", 0.2, direct=False),
    ]
    told = describe_map(tables({"trust jobs": "++"}, effects=pl.DataFrame(rows)))
    assert not any("lowers “Calm”" in sentence for sentence in told)
    assert any("a push on “Trust” raises “Jobs” by way of others" in sentence for sentence in told)
    assert WHAT_IF_UNTESTED in told
    assert WHAT_IF_UNTESTED not in describe_map(tables({"trust jobs": "++"}))


def test_without_a_map_there_is_one_sentence():
    assert describe_map({"map_links": pl.DataFrame()}) == ["Nobody was asked what leads to what."]


def test_charts_say_every_estimate():
    found = tables({"trust jobs": "+-", "jobs calm": "--"})
    first = found["map_links"].filter(worldview=1)
    drawn = map_chart(first, 0.9)
    assert drawn.alt.startswith("Map of worldview 1, “Hopeful”: Trust → Jobs 0.50 (0.40–0.60)")
    assert "Trust → Jobs, Worldview 2 −0.50" in links_chart(found["map_links"]).alt
    assert "Jobs → Calm, Left −0.50" in links_chart(found["map_groups"]).alt
    effects = pl.DataFrame([effect("trust calm", -0.3, direct=False)])
    assert "“Trust” does: Calm, Worldview 1 −0.30" in effects_chart(effects).alt
    proposals = pl.DataFrame([proposal(-0.3, 0.4, 0.96), proposal(0.3, None, None, 2)])
    shown = proposals_chart(proposals).alt
    assert "Jobs, worldview 1, Implied by the map −0.30" in shown
    assert "Jobs, worldview 1, Said by its people 0.40" in shown
    assert "Jobs, worldview 2, Said" not in shown


def test_signs_are_told_apart_without_colours():
    found = tables({"trust jobs": "+", "jobs calm": "-", "calm trust": "?"})
    lines, ends, names = map_chart(found["map_links"], 0.9).chart.to_dict()["layer"]
    assert ends["encoding"]["shape"]["scale"] == {
        "domain": ["Raises it", "Lowers it", "Cannot tell"],
        "range": ["triangle-up", "triangle-down", "circle"],
    }
    dash = lines["encoding"]["strokeDash"]
    assert dash["condition"]["test"] == "(datum.sign === 'Cannot tell')"
    assert dash["condition"]["value"] != dash["value"]
    # One channel without a legend would take that of all channels of the field away, and dashes in
    # it would break up the marks.
    assert not any("legend" in ends["encoding"][name] for name in ("shape", "color"))
    assert not {"field", "legend"} & set(dash)
    assert names["name"] == CONCEPTS and f".{CONCEPTS}_marks" in STYLE


def test_links_both_ways_are_drawn_apart():
    found = tables({"trust jobs": "+", "jobs trust": "?"})
    lines = map_chart(found["map_links"], 0.9).chart.to_dict()
    rows = next(d for d in lines["datasets"].values() if "x2" in d[0])
    assert {row["sign"] for row in rows} == {"Raises it", "Cannot tell"}
    assert (rows[0]["x"], rows[0]["y"]) != pytest.approx((rows[1]["x2"], rows[1]["y2"]))
