"""Waves as what is compared: every answer in its own, and what a reader has to know beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.asked import Asked
from mfp_stats.design.compared import wave_label
from mfp_stats.errors import DesignError
from mfp_stats.questionnaire.model import Item, Questionnaire, Role
from mfp_stats.weights import Margins
from tests.questionnaires import all_roles, sheet_of

Q = all_roles()
VALUES = tuple(Q.values)
#: Enough people in every cell for shares to be told.
MANY = 40


def sheet(**waves: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return the answers of waves ``w1``, ``w2``, …; people of the same place are the same."""
    return pl.concat([sheet_of(Q, rows, wave=name[1:]) for name, rows in waves.items()])


def strangers(frame: pl.DataFrame) -> pl.DataFrame:
    """Give everybody a name of their own."""
    return frame.with_columns(respondent=pl.format("{}-{}", "wave", "respondent"))


def by_wave(frame: pl.DataFrame, **options: Any) -> ModelData:
    return build_model_data(frame, Q, group="wave", **options)


def people(residents: int, workers: int) -> list[dict[str, int]]:
    kinds = [0] * residents + [1] * workers
    return [{"relation": kind, "blame": k % 3} for k, kind in enumerate(kinds)]


def faults_of(frame: pl.DataFrame, **options: Any) -> str:
    with pytest.raises(DesignError) as caught:
        build_model_data(frame, Q, **options)
    return str(caught.value)


def note_on(data: ModelData, text: str) -> str:
    return next((note for note in data.notes if text in note), "")


def test_every_answer_counts_in_its_own_wave_and_waves_come_in_order() -> None:
    data = by_wave(sheet(w10=people(1, 2), w9=people(2, 0)))
    assert data.groups == ("9", "10")
    assert data.group_labels == ("Wave 9", "Wave 10")
    assert data.group.tolist() == [1, 1, 1, 0, 0]
    assert data.respondents[0] == "p1, wave 10"
    assert len(set(data.respondents)) == len(data.respondents) == 5
    assert not note_on(data, "earlier answer row")


def test_people_of_no_known_group_count_in_their_wave_too() -> None:
    rows = [{"blame": 0}, {"relation": 0, "blame": 1}]
    assert len(by_wave(sheet(w1=rows, w2=rows)).respondents) == 4


def test_one_wave_alone_has_no_change() -> None:
    told = faults_of(sheet(w1=people(3, 3)), group="wave")
    assert "only wave '1' has answers; a change shows from two waves on" in told
    assert "mfp import SURVEY FILE --wave NAME" in told


def test_one_wave_cannot_be_chosen_and_compared_at_once() -> None:
    assert "only wave '2'" in faults_of(
        sheet(w1=people(3, 3), w2=people(3, 3)), group="wave", wave="2"
    )


def test_within_keeps_the_people_of_one_group() -> None:
    rows = [*people(2, 3), {"relation": -2, "blame": 1}]
    data = by_wave(sheet(w1=rows, w2=rows), within="worker")
    assert data.group_sizes.tolist() == [3, 3]
    assert note_on(data, "Only people of “Worker” are in this fit.")
    assert note_on(data, "2 people left out: not known whether they are of “Worker”.")
    by_town = [{**row, "town": k % 2} for k, row in enumerate(rows)]
    towns = build_model_data(sheet(w1=by_town), Q, group="town", within="worker")
    assert towns.groups == ("north", "south")
    assert towns.respondents == ("p3", "p4", "p5")


def test_each_persons_latest_wave_says_of_which_group_they_are() -> None:
    first, second = people(3, 0), [{"relation": 1, "blame": 1, "town": 0}]
    frame = sheet(w1=[{**row, "town": 1} for row in first], w2=second)
    data = build_model_data(frame, Q, group="town", within="resident")
    assert data.respondents == ("p2", "p3")


@pytest.mark.parametrize("group", [None, "relation"])
def test_within_needs_another_comparison(group: str | None) -> None:
    told = faults_of(sheet(w1=people(2, 2)), group=group, within="worker")
    assert "people are compared by relation, and would all be in one group of it" in told
    assert "--group wave" in told


def test_an_unknown_group_to_stay_within_is_refused_with_the_known_ones() -> None:
    both = sheet(w1=people(2, 2), w2=people(2, 2))
    told = faults_of(both, group="wave", within="tourist")
    assert "no group 'tourist'; known: resident, worker, owner, official" in told
    assert "nobody who answered is of the group “Owner”" in faults_of(
        both, group="wave", within="owner"
    )
    alone = sheet(w1=people(2, 2), w2=people(2, 0))
    assert "only wave '1' has answers of people of “Worker”;" in faults_of(
        alone, group="wave", within="worker"
    )


def test_an_item_that_holds_the_wave_is_no_item_of_groups() -> None:
    items: list[Item] = [replace(i, role=Role.WAVE) if i.name == "town" else i for i in Q.items]
    q: Questionnaire = replace(Q, items=tuple(items))
    with pytest.raises(DesignError, match="role wave: it says when people answered") as caught:
        build_model_data(sheet(w1=people(2, 2)), q, group="town")
    assert "--group wave" in str(caught.value)
    with pytest.raises(DesignError) as caught:
        build_model_data(sheet(w1=people(2, 2)), q, group="nothing")
    assert "wave" in caught.value.faults[0].known
    assert "town" not in caught.value.faults[0].known


def test_a_panel_is_told_with_what_it_does_to_intervals() -> None:
    many = by_wave(sheet(w1=people(30, 20), w2=people(20, 10)))
    note = note_on(many, "in more than one wave")
    assert note.startswith("30 of 50 people answered in more than one wave")
    assert "known better than its intervals say" in note and "known less well" in note
    fresh = by_wave(strangers(sheet(w1=people(3, 2), w2=people(2, 1))))
    assert not note_on(fresh, "in more than one wave")


def test_nobody_of_a_small_wave_is_counted_by_the_way() -> None:
    few = by_wave(sheet(w1=people(30, 20), w2=people(3, 2)))
    assert note_on(few, "in more than one wave").startswith("Some people answered")


def test_who_answered_is_told_where_the_groups_have_other_shares() -> None:
    waves = {"w1": people(3 * MANY, MANY), "w2": people(MANY, MANY)}
    note = note_on(by_wave(sheet(**waves)), "Waves differ by 5 points or more")
    assert "“Resident” (75 % in Wave 1, 50 % in Wave 2)" in note
    assert "“Worker” (25 % in Wave 1, 50 % in Wave 2)" in note
    assert "--within GROUP (resident, worker)" in note
    alike = by_wave(sheet(w1=people(52, 48), w2=people(50, 50)))
    assert not note_on(alike, "Waves differ")
    inside = by_wave(sheet(**waves), within="worker")
    assert not note_on(inside, "Waves differ")


def test_shares_of_few_people_are_not_told_as_numbers() -> None:
    note = note_on(by_wave(sheet(w1=people(MANY, 4), w2=people(MANY, MANY))), "Waves differ")
    assert "“Resident”, “Worker”" in note and "%" not in note


def test_a_wave_of_unknown_people_is_named() -> None:
    unknown = [{"blame": k % 3} for k in range(20)]
    data = by_wave(sheet(w1=people(20, 20), w2=unknown))
    assert note_on(data, "Nobody's stakeholder group is known in: Wave 2.")
    assert not note_on(data, "Waves differ")


def test_weights_are_of_each_wave_and_make_who_answered_no_news() -> None:
    def weighted(scale: float) -> list[dict[str, Any]]:
        return [{**row, "weight": scale * (1 + k % 2)} for k, row in enumerate(people(30, 10))]

    data = by_wave(sheet(w1=weighted(1000.0), w2=[*weighted(1.0), *weighted(1.0)[10:]]))
    assert data.weight is not None
    means = [data.weight[data.group == g].mean() for g in (0, 1)]
    assert means == pytest.approx([1, 1])
    assert not note_on(data, "Waves differ")


def test_a_wave_without_weights_leaves_all_waves_unweighted() -> None:
    rows = people(20, 20)
    data = by_wave(sheet(w1=rows, w2=[{**row, "weight": 2.0} for row in rows]))
    assert data.weight is None
    assert note_on(data, "Without weights: Wave 1. The other waves' weights are not used either")


def test_margins_are_met_in_every_wave() -> None:
    margins = Margins({"relation": {"resident": 0.5, "worker": 0.5}})
    data = by_wave(sheet(w1=people(30, 10), w2=people(12, 28)), margins=margins)
    assert data.weighting == "raked" and data.weight is not None
    residents = np.array([True] * 30 + [False] * 10 + [True] * 12 + [False] * 28)
    for wave in (0, 1):
        inside = data.group == wave
        assert data.weight[inside & residents].sum() == pytest.approx(20, abs=1e-2)
    assert note_on(data, "Wave 2: Weights are raked to shares of the population")
    assert not note_on(data, "Waves differ")
    only = [{"relation": 0, "blame": 0}] * 20
    told = faults_of(sheet(w1=people(20, 20), w2=only), group="wave", margins=margins)
    assert "Wave 2, margins, relation.worker" in told


def test_what_a_wave_was_not_asked_is_said() -> None:
    rows = [{**row, "importance.calm": k % 4} for k, row in enumerate(people(10, 10))]
    more = [{**row, "promises": k % 5} for k, row in enumerate(people(10, 10))]
    data = by_wave(sheet(w1=rows, w2=more))
    assert note_on(data, "Nobody answered any question on these in Wave 2: importance ratings.")
    note = note_on(data, "answered only in some waves")
    assert "promises (Wave 2)" in note and "importance" not in note


def test_the_groups_of_other_people_are_not_guessed_about_in_waves() -> None:
    data = by_wave(sheet(w1=people(3, 3), w2=people(3, 3)))
    assert note_on(data, "they are about the groups of relation, and people are compared by wave")
    assert data.guesses is None and data.support_guesses == ()


def ranked(*places: int) -> dict[str, int]:
    return {f"order|{v}": p for v, p in zip(VALUES, places, strict=True)}


def test_a_value_that_a_version_lacked_is_not_ranked_last() -> None:
    """Answers to an earlier version hold "not asked" where it lacked an option."""
    rows = [{**people(1, 0)[0], **ranked(1, 2, 3, 4, -1)}]
    more = [{**people(1, 0)[0], **ranked(5, 4, 3, 2, 1)}]
    data = by_wave(sheet(w1=rows, w2=more))
    assert data.rankings is not None
    assert data.rankings.offered.tolist() == [[True] * 4 + [False], [True] * 5]
    asked = Asked.of(data)
    assert asked.values.tolist() == data.rankings.offered.tolist()
    assert asked.same_values(1) and not asked.same_values(0)
    assert not asked.same_values(0, 1)


def test_what_is_asked_is_told_by_wave() -> None:
    effect = next(i.name for i in Q.with_role(Role.CONSEQUENCE))
    rows = [{**row, effect: k % 5} for k, row in enumerate(people(3, 3))]
    more = [{"relation": 0, "promises": k % 5} for k in range(6)]
    asked = Asked.of(by_wave(sheet(w1=rows, w2=more)))
    assert asked.cells.tolist() == [[True], [False]]
    assert asked.common_beliefs(0) and asked.common_beliefs(1)
    assert not asked.common_beliefs(0, 1)


def test_ratings_count_only_where_there_are_no_trade_offs() -> None:
    rows = [{**row, **{f"importance.{v}": k % 4 for v in VALUES[:-1]}}
            for k, row in enumerate(people(3, 3))]  # fmt: skip
    more = [{**row, **{f"importance.{v}": k % 4 for v in VALUES}}
            for k, row in enumerate(people(3, 3))]  # fmt: skip
    asked = Asked.of(by_wave(sheet(w1=rows, w2=more)))
    assert not asked.same_values(0, 1) and asked.same_values(1)
    chosen = by_wave(sheet(w1=rows, w2=[{**more[0], **ranked(1, 2, 3, 4, 5)}, *more[1:]]))
    assert Asked.of(chosen).values.tolist() == [[False] * 5, [True] * 5]


def test_a_wave_that_is_called_so_is_not_called_so_twice() -> None:
    assert [wave_label(name) for name in ("2", "spring", "wave 2", "Wave one")] == [
        "Wave 2", "Wave spring", "Wave 2", "Wave one"
    ]  # fmt: skip
