"""Fits of surveys at the edge of what can be fitted: a number that is known, or words.

Everyone accepts; two groups have nothing in common; a group, or everybody, was not asked about a
proposal; supposing something makes all of one mind; there is one group alone; what people expect
and accept separates two groups perfectly.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import beta

from mfp_stats.design import build_model_data
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.surface import surface
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.views.gap_findings import NO_PAIR, describe_gap
from mfp_stats.views.surface_findings import describe_surface
from mfp_stats.workflow.prefield.fit import FittedSurvey
from tests.questionnaires import sheet_of
from tests.suites.acceptance import fit

#: Names of levels by number: the upper two accept.
LEVELS = ("never", "rather not", "rather", "gladly")
PEOPLE = 80
SCALES = {
    "agree3": {"labels": ["no", "so so", "yes"]},
    "effect5": {"labels": ["much worse", "worse", "same", "better", "much better"]},
}


def questionnaire(
    proposals: Sequence[str], blocks: Sequence[dict[str, Any]] = (), **arms: Any
) -> Questionnaire:
    """Return a survey of three values and proposals, with a stipulated arm where arms are named.

    ``blocks`` are asked before support.
    """
    support = {"block": "support", "role": "response", "ask": ["support4"]}
    supposed = {**support, "block": "supposed", "stipulates": {}, "intro": "Suppose this."}
    if arms:
        support["arms"], supposed["arms"] = {"told": ["natural"]}, {"told": ["supposed"]}
    options = {"left": "Left", "right": "Right"}
    side = {"name": "side", "type": "select_one", "role": "group", "label": "Side"}
    return parse(
        {
            "survey": "edges",
            "title": "Edges",
            "source": "imported",
            "group": "side",
            "values": {"fair": "Fair", "calm": "Calm", "green": "Green"},
            "interventions": {name: name.title() for name in proposals},
            "scales": {"support4": {"labels": list(LEVELS), "accept_from": "rather"}, **SCALES},
            **({"arms": {"told": {"natural": 0.5, "supposed": 0.5}}} if arms else {}),
            "blocks": [
                {
                    "block": "top",
                    "role": "value_tradeoff",
                    "type": "select_multiple",
                    "max_choices": 1,
                },
                *blocks,
                support,
                *([supposed] if arms else []),
                {"block": "you", "items": [{**side, "options": options}]},
            ],
        },
        where="edges",
    )


type Answer = Callable[[int, np.random.Generator], dict[str, Any]]


def fitted(asked: Questionnaire, answer: Answer, people: int = PEOPLE) -> FittedSurvey:
    """Fit a survey of people who answer as told, by their number."""
    rng, rows = np.random.default_rng(1), []
    for person in range(people):
        first = rng.integers(len(asked.values))
        picks = {f"top|{name}": int(k == first) for k, name in enumerate(asked.values)}
        rows.append(picks | answer(person, rng))
    data = build_model_data(sheet_of(asked, rows), asked)
    return fit(data, asked, FitSettings(draws=500, tune=300, seed=3, cores=1))


def told(found: FittedSurvey) -> list[str]:
    """Return what is said of the gap and of the surface."""
    gap, accepts = found.table("gap"), found.table("acceptance")
    drawn = found.table("acceptance_draws")
    zones = surface(drawn, gap, accepts, threshold=0.5, weighting="unweighted")
    nothing = pl.DataFrame()
    said = describe_gap(gap, found.table("overlap_revealed"), nothing)
    return [*said, *describe_surface(zones.with_columns(weighting=pl.lit("unweighted")))]


def accepted(found: FittedSurvey, proposal: str) -> dict[str, dict[str, Any]]:
    """Return what is known of a proposal's acceptance, by group."""
    rows = found.table("acceptance").filter(intervention=proposal).to_dicts()
    return {row["group"]: row for row in rows}


def assert_sound(found: FittedSurvey) -> None:
    """Nothing failed, no number is NaN or infinite, and shares are shares."""
    assert found.failed == []
    for name in ("gap", "acceptance", "acceptance_draws", "overlap_revealed", "values_revealed"):
        frame = found.table(name)
        numbers = frame.select(pl.selectors.float())
        for column in numbers.iter_columns():
            assert column.drop_nulls().is_finite().all(), (name, column.name)
    shares = found.table("acceptance_draws")["accepts"]
    assert shares.min() >= 0 and shares.max() <= 1  # type: ignore[operator]
    assert not any("nan" in sentence.lower() for sentence in told(found))


@pytest.fixture(scope="module")
def edges() -> FittedSurvey:
    """Beside an ordinary proposal some that are not; not all of them were put to everybody."""
    proposals = ("plain", "welcome", "apart", "left_only", "unasked")

    def answer(person: int, rng: np.random.Generator) -> dict[str, Any]:
        side = person % 2
        given = {
            "plain": int(rng.integers(4)),
            "welcome": int(rng.integers(2, 4)),
            "apart": int(rng.integers(2)) + 2 * side,
            **({"left_only": int(rng.integers(4))} if side == 0 else {}),
        }
        return {"side": side, **{f"support.{n}.support4": level for n, level in given.items()}}

    return fitted(questionnaire(proposals), answer)


def test_survey_of_edges_is_sound(edges: FittedSurvey) -> None:
    assert_sound(edges)


def test_what_everyone_accepts_is_near_certain_and_no_gap(edges: FittedSurvey) -> None:
    rows = accepted(edges, "welcome")
    assert set(rows) == {"left", "right"}
    assert all(row["accepts_mean"] > 0.9 for row in rows.values())
    assert all(row["accepts_q95"] < 1 for row in rows.values())  # 40 people are not everybody
    (row,) = edges.table("gap").filter(intervention="welcome").to_dicts()
    assert row["observed_gap"] == 0 and row["observed_gap_se"] > 0
    assert row["verdict"] in ("no_gap", "cannot_tell")


def test_groups_with_nothing_in_common_lie_far_apart_and_no_cause_is_invented(
    edges: FittedSurvey,
) -> None:
    rows = accepted(edges, "apart")
    assert rows["left"]["accepts_mean"] < 0.15 and rows["right"]["accepts_mean"] > 0.85
    (row,) = edges.table("gap").filter(intervention="apart").to_dicts()
    assert row["gap_mean"] > 0.7 and row["observed_gap"] == 1
    # Nobody was asked what they expect, and values are alike.
    assert row["models_mean"] is None and abs(row["values_mean"]) < 0.1
    assert row["verdict"] == "cannot_tell"
    assert any("“Apart”" in s and "cannot tell what carries their gap" in s for s in told(edges))


def test_what_one_group_never_saw_has_no_gap_and_that_is_said(edges: FittedSurvey) -> None:
    assert set(accepted(edges, "left_only")) == {"left"}
    assert edges.table("gap").filter(intervention="left_only").is_empty()
    (note,) = (note for note in edges.responses.notes if "were asked" in note)
    assert "in “Right”" in note and "“Left_Only”" in note
    assert "“Plain”" not in note


def test_what_separates_groups_perfectly_is_said_to(edges: FittedSurvey) -> None:
    """Of what everyone accepts, and of what people differ in, nothing is."""
    (note,) = (note for note in edges.responses.notes if "Everybody who answered" in note)
    assert note.startswith(
        "Everybody who answered in “Right” accepts “Apart”, and nobody in “Left”: "
    )


def test_what_nobody_was_asked_about_has_no_number_and_that_is_said(edges: FittedSurvey) -> None:
    assert accepted(edges, "unasked") == {}
    assert [n for n in edges.data.notes if "“Unasked”" in n] == [
        "Nobody answered about “Unasked”, so that nothing is told of who accepts that."
    ]
    assert not any("Unasked" in sentence for sentence in told(edges))


@pytest.fixture(scope="module")
def agreed() -> FittedSurvey:
    """Everyone accepts both proposals; those who suppose something all say the same."""

    def answer(person: int, rng: np.random.Generator) -> dict[str, Any]:
        supposes = person % 4 < 2
        kind = "supposed" if supposes else "support"
        levels = (3, 3) if supposes else rng.integers(2, 4, 2)
        given = {f"{kind}.{n}.support4": int(k) for n, k in zip("ab", levels, strict=True)}
        arms = json.dumps({"told": "supposed" if supposes else "natural"})
        return {"side": person % 2, "arms": arms, **given}

    return fitted(questionnaire("ab", told=True), answer)


def test_where_everyone_accepts_everything_there_is_no_gap_to_split(agreed: FittedSurvey) -> None:
    assert_sound(agreed)
    shares = agreed.table("acceptance")["accepts_mean"]
    assert len(shares) == 4 and (shares > 0.85).all()
    gap = agreed.table("gap")
    assert set(gap["verdict"]) <= {"no_gap", "cannot_tell"}
    assert (gap["gap_mean"].abs() < 0.05).all()


def test_supposing_what_makes_all_of_one_mind_closes_nothing_that_is_not_there(
    agreed: FittedSurvey,
) -> None:
    rows = agreed.table("gap").to_dicts()
    assert {row["warning"] for row in rows} == {""}
    assert all(row["randomised_mean"] is not None for row in rows)
    assert all(row["randomised_q05"] < 0 < row["randomised_q95"] for row in rows)


def test_one_group_alone_has_numbers_and_no_gap_to_split() -> None:
    def answer(person: int, rng: np.random.Generator) -> dict[str, Any]:
        return {"side": 0, "support.a.support4": int(rng.integers(4))}

    found = fitted(questionnaire("a"), answer)
    assert_sound(found)
    assert set(accepted(found, "a")) == {"left"}
    assert found.table("gap").is_empty()
    assert told(found)[0] == NO_PAIR


@pytest.mark.slow
def test_perfect_separation_is_refused_or_left_as_open_as_a_count_leaves_it() -> None:
    """One group rates everything worst and never accepts, the other rates all best and does.

    Of so many answers that are all alike, a share is no better known than a count of them tells.
    """
    people, beliefs = 100, [f"b{k}" for k in range(4)]
    asked = questionnaire(
        "ab",
        [
            {
                "block": "beliefs",
                "role": "belief",
                "scale": "agree3",
                "items": [{"name": name, "label": name.upper()} for name in beliefs],
            },
            {"block": "effects", "role": "consequence", "scale": "effect5"},
        ],
    )
    cells = [f"effects.{x}.{value}" for x in "ab" for value in asked.values]

    def answer(person: int, rng: np.random.Generator) -> dict[str, Any]:
        side = person % 2
        return {
            "side": side,
            **{name: int(rng.integers(3)) for name in beliefs},
            **dict.fromkeys(cells, 4 * side),
            **{f"support.{x}.support4": 3 * side for x in "ab"},
        }

    found = fitted(asked, answer, people)
    (note,) = (note for note in found.responses.notes if "Everybody who answered" in note)
    assert note.startswith("Everybody who answered in “Right” accepts “A”, “B”, and nobody in")
    if {"expectations", "responses"} & set(found.failed):
        return  # what rests on a failed step is refused everywhere, which other tests show
    least, most = beta.ppf([0.05, 0.95], 0.5, people / 2 + 0.5)  # Jeffreys, none of half of them
    for proposal in "ab":
        rows = accepted(found, proposal)
        assert rows["left"]["accepts_q95"] >= most and rows["left"]["accepts_q05"] <= least
        assert (
            rows["right"]["accepts_q05"] <= 1 - most and rows["right"]["accepts_q95"] >= 1 - least
        )
