"""From answer sheets to arrays, answer by answer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.questionnaire.model import Option, Role
from mfp_stats.weights import Margins
from tests.questionnaires import all_roles, document, imported, sheet_of

Q = all_roles()
VALUES = tuple(Q.values)
RESIDENT, WORKER = {"relation": 0}, {"relation": 1}


def noted(notes: tuple[str, ...], text: str) -> bool:
    return any(text in note for note in notes)


def test_people_of_no_known_group_are_dropped_and_counted() -> None:
    sheet = sheet_of(Q, [{**RESIDENT, "blame": 0}, {"relation": -2, "blame": 1}, {"blame": 2},
                         {**WORKER, "blame": 1}])  # fmt: skip
    data = build_model_data(sheet, Q)
    assert data.respondents == ("p1", "p4")
    assert data.groups == ("resident", "worker")
    assert data.group.tolist() == [0, 1]
    assert noted(data.notes, "2 people left out: no group known")
    assert noted(data.notes, "Groups without anyone in them: Owner, Official")
    assert noted(data.notes, "so few people that little is learnt: Resident, Worker")


def test_any_select_one_item_can_form_the_groups() -> None:
    sheet = sheet_of(Q, [{**RESIDENT, "town": 1, "blame": 0}, {"town": 0, "blame": 1}])
    data = build_model_data(sheet, Q, group="town")
    assert data.groups == ("north", "south")
    assert data.group.tolist() == [1, 0]


def test_a_belief_that_forms_the_groups_is_no_indicator() -> None:
    rows = [{"blame": 0, "promises": 1}, {"blame": 1, "promises": 2}]
    data = build_model_data(sheet_of(Q, rows), Q, group="blame")
    assert data.beliefs is not None
    assert {i.item for i in data.beliefs.indicators} == {"promises"}
    assert noted(data.notes, "blame is left out of the worldviews because it forms the groups")


@pytest.mark.parametrize(
    ("labels", "neutral", "zero", "named"),
    [
        (["a", "b", "c", "d"], None, 1.5, "middle"),  # an even scale has no middle answer
        (["a", "b", "c", "d"], "c", 2.0, "neutral"),
        (["a", "b", "c"], None, 1.0, "middle"),  # nobody says what the middle answer means
        (["a", "b", "c"], "b", 1.0, "neutral"),
    ],
)
def test_only_an_answer_that_is_named_is_neutral(labels, neutral, zero, named) -> None:
    scale = {"labels": labels} | ({"neutral": neutral} if neutral else {})
    made = document()
    made["scales"]["interest3"] = scale
    q = parse(made, where="test")
    name = next(i.name for i in q.with_role(Role.SIGNAL) if i.intervention == "fund")
    rows = [{**RESIDENT, "blame": 0, name: 0}, {**WORKER, "blame": 1, name: 1}]
    data = build_model_data(sheet_of(q, rows), q)
    assert data.expectations is not None
    assert data.expectations.neutral.tolist() == [zero]
    assert data.expectations.zero(0) == named


@pytest.mark.parametrize("group", ["gains", "nobody", "age"])
def test_a_group_item_must_be_select_one(group: str) -> None:
    with pytest.raises(DesignError, match=group) as caught:
        build_model_data(sheet_of(Q, [{**RESIDENT, "blame": 0}]), Q, group=group)
    assert "relation" in caught.value.faults[0].known


def test_one_group_alone_is_fitted_and_said() -> None:
    data = build_model_data(sheet_of(Q, [{**WORKER, "blame": k} for k in (0, 1, 2)]), Q)
    assert data.groups == ("worker",)
    assert noted(data.notes, "Only one group")


def test_each_person_counts_in_their_latest_wave() -> None:
    first = sheet_of(Q, [{**RESIDENT, "blame": 0}, {**WORKER, "blame": 0}], wave="9")
    second = sheet_of(Q, [{**WORKER, "blame": 1}], wave="10")
    data = build_model_data(pl.concat([first, second]), Q)
    assert data.respondents == ("p2", "p1")
    assert data.beliefs is not None
    assert data.beliefs.answers[:, 0].tolist() == [0, 1]
    assert noted(data.notes, "1 earlier answer row")


def test_one_wave_can_be_chosen() -> None:
    first = sheet_of(Q, [{**RESIDENT, "blame": 0}, {**WORKER, "blame": 2}], wave="9")
    second = sheet_of(Q, [{**WORKER, "blame": 1}], wave="10")
    data = build_model_data(pl.concat([first, second]), Q, wave="9")
    assert data.respondents == ("p1", "p2")
    assert data.beliefs is not None
    assert data.beliefs.indicators[0].categories == ("firms", "chance")


def test_best_worst_positions_refer_to_the_set_shown() -> None:
    item = Q.item("tradeoffs.set2")
    rows = [
        {**RESIDENT, "tradeoffs.set2|best": 3, "tradeoffs.set2|worst": 0},
        {**WORKER, "tradeoffs.set2|best": 1, "tradeoffs.set2|worst": -2},
        {**WORKER, "tradeoffs.set2|best": -2, "tradeoffs.set2|worst": -2},
        {**WORKER, "tradeoffs.set2|best": 2, "tradeoffs.set2|worst": 2},
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    tasks = data.best_worst
    assert tasks is not None
    assert tasks.person.tolist() == [0, 1]
    shown = [VALUES.index(name) for name in item.option_names]
    assert tasks.shown.tolist() == [shown, shown]
    assert tasks.best.tolist() == [3, 1]
    assert tasks.worst.tolist() == [0, -1]
    assert noted(data.notes, "tradeoffs.set2: 1 person left out")


def test_a_repeated_set_is_a_task_of_its_own() -> None:
    both = {"tradeoffs.set1|best": 0, "tradeoffs.set1|worst": 1,
            "tradeoffs.repeat1|best": 3, "tradeoffs.repeat1|worst": 2}  # fmt: skip
    data = build_model_data(sheet_of(Q, [{**RESIDENT, **both}]), Q)
    assert data.best_worst is not None
    first, repeat = data.best_worst.shown
    assert first.tolist() == repeat[::-1].tolist()


def picked(*names: str, dont_know: bool = False) -> dict[str, int]:
    options = Q.item("top").option_names
    return {f"top|{o}": -3 if dont_know else int(o in names) for o in options}


def test_picks_ignore_what_is_no_value_and_what_orders_nothing() -> None:
    rows = [
        {**RESIDENT, **picked("voice", "other")},
        {**RESIDENT, **picked("other")},
        {**RESIDENT, **picked(*VALUES)},
        {**WORKER, **picked(dont_know=True)},
        {**WORKER, **picked("nature", "calm")},
        WORKER,
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.picks is not None
    assert data.picks.person.tolist() == [0, 4]
    assert data.picks.offered.all()
    chosen = [[VALUES[k] for k in np.flatnonzero(row)] for row in data.picks.chosen]
    assert chosen == [["voice"], ["nature", "calm"]]
    assert data.undecided == {"resident": 0, "worker": 1}
    assert noted(data.notes, "top: 1 person left out, who chose none of the values")
    assert noted(data.notes, "top: 1 person left out, who chose all of them")


def test_full_and_partial_rankings() -> None:
    def ranked(*places: int) -> dict[str, int]:
        return {f"order|{v}": p for v, p in zip(VALUES, places, strict=True)}

    rows = [
        {**RESIDENT, **ranked(2, 1, 5, 4, 3)},
        {**RESIDENT, **ranked(-2, 1, -2, 2, -2)},
        {**RESIDENT, **ranked(1, 1, 2, 3, 4)},
        {**RESIDENT, **ranked(-2, -2, -2, -2, -2)},
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.rankings is not None
    assert data.rankings.person.tolist() == [0, 1]
    assert data.rankings.order.tolist() == [[1, 0, 4, 3, 2], [1, 3, -1, -1, -1]]
    assert data.rankings.offered.all()
    assert noted(data.notes, "order: 1 person left out, who gave two values the same rank")


def test_ratings_leave_out_unused_levels() -> None:
    rows = [
        {**RESIDENT, "importance.voice": 3, "importance.calm": 1},
        {**WORKER, "importance.calm": 0},
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    rated = data.ratings
    assert rated is not None
    assert rated.levels == ("not_at_all", "little", "very")
    found = list(
        zip(rated.person.tolist(), rated.value.tolist(), rated.level.tolist(), strict=True)
    )
    assert found == [(0, VALUES.index("voice"), 2), (0, VALUES.index("calm"), 1),
                     (1, VALUES.index("calm"), 0)]  # fmt: skip
    assert noted(data.notes, "nobody used: quite")


def test_ratings_that_all_agree_carry_nothing() -> None:
    rows = [
        {**RESIDENT, "blame": 0, "importance.calm": 1},
        {**WORKER, "blame": 1, "importance.calm": 1},
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.ratings is None
    assert noted(data.notes, "everyone gave the same answer")


def test_beliefs_are_decomposed_with_their_dont_knows() -> None:
    gains = [f"gains|{o}" for o in Q.item("gains").option_names]
    rows = [
        {**RESIDENT, "promises_broken": 0, **dict(zip(gains, (1, 0, 1, 0), strict=True))},
        {**RESIDENT, "promises_broken": 4, **dict(zip(gains, (0, 1, 0, 0), strict=True))},
        {**RESIDENT, "promises_broken": -3, **dict.fromkeys(gains, -3)},
        {**RESIDENT, "promises_broken": -4, **dict.fromkeys(gains, -2)},
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.beliefs is not None
    by_name = {
        i.name: (i, data.beliefs.answers[:, k].tolist())
        for k, i in enumerate(data.beliefs.indicators)
    }
    turned, answers = by_name["promises_broken"]
    assert turned.kind == "ordinal"
    assert turned.categories == ("by_all_means", "no_way")  # reversed, unused levels gone
    assert answers == [1, 0, -1, -1]
    unsure, answers = by_name["promises_broken/dont_know"]
    assert (unsure.kind, unsure.categories) == ("binary", ("no", "yes"))
    assert answers == [0, 0, 1, -1]
    assert by_name["gains/health"][1] == [1, 0, -1, -1]
    assert by_name["gains/dont_know"][1] == [0, 0, 1, -1]
    assert "gains/none" not in by_name
    assert noted(data.notes, "promises is left out of the worldviews: nobody answered it")


def several_picks() -> Questionnaire:
    """One belief with "none of these" and "other", one with two exclusive answers."""
    document = imported(ratings=False)
    return replace(
        document,
        items=(
            document.item("side"),
            *(
                replace(
                    document.item("harm"),
                    name=name,
                    options=tuple(Option(o, {}, exclusive=o in exclusive) for o in options),
                )
                for name, options, exclusive in (
                    ("harm", ("art", "work", "other", "nothing"), ("nothing",)),
                    ("gain", ("firms", "everyone", "nobody"), ("everyone", "nobody")),
                )
            ),
        ),
    )


def picks_of(item: str, options: Sequence[str], *ticked: str) -> dict[str, int]:
    return {f"{item}|{o}": int(o in ticked) for o in options}


def test_none_of_these_is_a_no_to_each_and_no_indicator_of_its_own() -> None:
    q = several_picks()
    options = q.item("harm").option_names
    answers = [("art",), ("work", "other"), ("nothing",), ("other",)]
    rows = [{"side": k % 2, **picks_of("harm", options, *a)} for k, a in enumerate(answers)]
    data = build_model_data(sheet_of(q, rows), q)
    assert data.beliefs is not None
    assert [i.name for i in data.beliefs.indicators] == ["harm/art", "harm/work"]
    assert data.beliefs.answers.tolist() == [[1, 0], [0, 1], [0, 0], [0, 0]]
    assert noted(data.notes, "harm/nothing is left out of the worldviews: ticking it is a no to")
    assert noted(data.notes, "harm/other is left out of the worldviews: people mean different")


def test_of_two_exclusive_answers_one_stays_to_tell_them_apart() -> None:
    q = several_picks()
    options = q.item("gain").option_names
    answers = ("firms", "everyone", "nobody")
    rows = [{"side": k % 2, **picks_of("gain", options, a)} for k, a in enumerate(answers)]
    data = build_model_data(sheet_of(q, rows), q)
    assert data.beliefs is not None
    assert [i.name for i in data.beliefs.indicators] == ["gain/firms", "gain/everyone"]
    assert len({tuple(row) for row in data.beliefs.answers.tolist()}) == 3


def test_other_stays_an_answer_where_one_is_chosen() -> None:
    q = imported(ratings=False)
    jobs = replace(q.item("jobs"), options=tuple(Option(o, {}) for o in ("yes", "no", "other")))
    q = replace(q, items=(q.item("side"), jobs))
    rows = [{"side": k % 2, "jobs": k} for k in range(3)]
    data = build_model_data(sheet_of(q, rows), q)
    assert data.beliefs is not None
    assert data.beliefs.indicators[0].categories == ("yes", "no", "other")


def test_weights_have_mean_one_and_missing_ones_count_nothing() -> None:
    rows = [{**RESIDENT, "blame": k, "weight": w} for k, w in enumerate((1.0, 3.0, None))]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.weight is not None
    assert data.weight.tolist() == pytest.approx([0.75, 2.25, 0.0])
    assert noted(data.notes, "1 person without a weight")
    bare = [{**row, "weight": None} for row in rows]
    assert build_model_data(sheet_of(Q, bare), Q).weight is None


def test_all_faults_are_told_at_once() -> None:
    rows = [
        {**RESIDENT, "blame": 9, "weight": -1.0},
        {**RESIDENT, "promises": -9},
    ]
    sheet = sheet_of(Q, rows).drop("age")
    with pytest.raises(DesignError) as caught:
        build_model_data(sheet, Q)
    assert {f.where for f in caught.value.faults} == {"age", "blame", "promises"}


def test_waves_with_weights_on_other_scales_count_as_much_as_people_answered() -> None:
    rows = [
        {
            **RESIDENT,
            "blame": k % 2,
            "wave": "12"[k > 3],
            "weight": (1.0, 1500.0)[k > 3] * (1 + k % 2),
        }
        for k in range(6)
    ]
    data = build_model_data(sheet_of(Q, rows), Q)
    assert data.weight == pytest.approx([2 / 3, 4 / 3] * 3)
    assert noted(data.notes, "Weights in wave 2 are on average 1,500 times those in wave 1")
    alike = [{**row, "weight": 1.0 + (row["wave"] == "2")} for row in rows]
    kept = build_model_data(sheet_of(Q, alike), Q)
    assert kept.weight == pytest.approx([0.75] * 4 + [1.5] * 2)
    assert not noted(kept.notes, "another scale")


def test_weights_and_double_rows_are_faults_together() -> None:
    sheet = sheet_of(Q, [{**RESIDENT, "blame": 1, "weight": -1.0}, {**WORKER, "blame": 0}])
    with pytest.raises(DesignError) as caught:
        build_model_data(pl.concat([sheet, sheet.tail(1)]), Q)
    where = {f.where for f in caught.value.faults}
    assert where == {"respondent p1, weight", "respondent p2, wave 1"}


def test_ratings_on_two_scales_are_a_fault() -> None:
    q = mixed_scales()
    with pytest.raises(DesignError, match="one common scale"):
        build_model_data(sheet_of(q, [{"side": 0, "a": 1, "b": 2}]), q)


def mixed_scales() -> Questionnaire:
    from mfp_stats.questionnaire import parse

    items = [
        {"name": "side", "type": "select_one", "role": "group", "label": "Side",
         "options": {"left": "Left", "right": "Right"}},
        {"name": "a", "role": "value_rating", "value": "fairness", "label": "A",
         "scale": "three"},
        {"name": "b", "role": "value_rating", "value": "voice", "label": "B", "scale": "four"},
    ]  # fmt: skip
    return parse(
        {
            "survey": "mixed",
            "title": "Mixed",
            "group": "side",
            "values": {"fairness": "Fairness", "voice": "Voice"},
            "scales": {"three": {"labels": ["low", "mid", "high"]},
                       "four": {"labels": ["none", "low", "mid", "high"]}},
            "blocks": [{"block": "all", "items": items}],
        },
        where="mixed",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "there are none yet"),
        ([{"relation": -1, "blame": 1}], "nobody is in a known group"),
        ([RESIDENT, WORKER], "nobody gave an answer about values, beliefs or"),
    ],
)
def test_what_cannot_be_fitted_says_why(rows: list[dict[str, int]], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        build_model_data(sheet_of(Q, rows), Q)


def test_a_wave_nobody_answered_is_named() -> None:
    with pytest.raises(DesignError, match="known: 1"):
        build_model_data(sheet_of(Q, [{**RESIDENT, "blame": 1}]), Q, wave="7")


def test_a_survey_without_trade_offs_still_gives_beliefs() -> None:
    q = imported(ratings=False)
    rows = [{"side": 0, "jobs": 0}, {"side": 1, "jobs": 2}]
    data = build_model_data(sheet_of(q, rows), q)
    assert not data.has_tradeoffs
    assert data.ratings is None
    assert data.beliefs is not None
    assert data.groups == ("left", "right")


def raked_to(sheet: pl.DataFrame, **shares: dict[str, float]) -> ModelData:
    return build_model_data(sheet, Q, margins=Margins(shares))


def test_weights_are_raked_to_margins_and_called_so() -> None:
    rows = [{**RESIDENT, "town": 0, "blame": 0}] * 30 + [{**WORKER, "town": 1, "blame": 1}] * 10
    rows += [{**WORKER, "blame": 1}] * 2
    sheet = sheet_of(Q, rows)
    data = raked_to(sheet, town={"north": 0.5, "south": 0.5})
    assert data.weighting == "raked"
    assert data.weight is not None
    assert data.weight[:30].sum() == pytest.approx(20, abs=1e-3)
    assert data.weight[40:] == pytest.approx([1, 1], abs=1e-4)
    assert noted(data.notes, "Weights are raked to shares of the population in: “Where?”.")
    assert noted(data.notes, "2 people without an answer to “Where?”: kept")
    assert build_model_data(sheet, Q).weighting == "weighted"


def test_raking_starts_from_the_weights_of_the_file() -> None:
    rows = [{**RESIDENT, "town": 0, "blame": 0}] * 20 + [{**WORKER, "town": 1, "blame": 1}] * 20
    file = [3.0] * 10 + [1.0] * 30
    sheet = sheet_of(Q, rows).with_columns(weight=pl.Series(file))
    data = raked_to(sheet, town={"north": 0.3, "south": 0.7})
    assert data.weight is not None
    assert data.weight[0] / data.weight[10] == pytest.approx(3, rel=1e-4)
    assert data.weight[:20].sum() == pytest.approx(12, rel=1e-4)


def test_people_who_count_for_many_are_told_of() -> None:
    rows = [{**RESIDENT, "town": 0, "blame": 0}] * 39 + [{**WORKER, "town": 1, "blame": 1}]
    data = raked_to(sheet_of(Q, rows), town={"north": 0.8, "south": 0.2})
    assert noted(data.notes, "somebody counts 8.0 times as much as the average; more than 5.0")


def test_margins_that_these_people_cannot_meet_stop_the_fit_with_every_reason() -> None:
    rows = [{**RESIDENT, "town": 0, "blame": 0}, {**WORKER, "town": 0, "blame": 1}]
    shares = {"town": {"north": 0.5, "south": 0.5}, "relation": {"resident": 0.6, "owner": 0.4}}
    with pytest.raises(DesignError) as caught:
        raked_to(sheet_of(Q, rows), **shares)
    assert [f.where for f in caught.value.faults] == [
        "margins, town.south",
        "margins, relation.owner",
        "margins, relation.worker",
    ]
