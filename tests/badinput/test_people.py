"""Answers that can be stored but hardly be fitted: refused in words, or fitted without them."""

import re

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project
from mfp_stats.workflow.api import open_project
from mfp_stats.workflow.enough import leave_out_too_few

from .conftest import Mfp, answer_sheet, keep_blocks, store_sheet

TWO_GROUPS = [0, 1] * 15
SKIPPED = -2


def _kept(project: Project, **columns: list[int] | list[float]):
    questionnaire = project.questionnaire("vale")
    data = build_model_data(answer_sheet(questionnaire, **columns), questionnaire)
    return leave_out_too_few(data, questionnaire.floor)


@pytest.mark.parametrize("groups", [[0], [0, 1], [0] * 10 + [1] * 10 + [2]])
def test_groups_that_are_all_too_small(mfp: Mfp, project: Project, groups: list[int]) -> None:
    store_sheet(project, answer_sheet(project.questionnaire("vale"), side=groups))
    if len(groups) > 10:
        # Enough people for worldviews of everyone, and for nothing else.
        data = _kept(project, side=groups)
        assert data.beliefs is not None and not data.has_tradeoffs and data.ratings is None
        assert "trade-offs" in " ".join(data.notes)
        return
    ended = mfp("fit", "vale")
    assert ended.code == 2
    assert "groups of 10 or fewer people are not shown" in ended.text
    assert "North 1" not in ended.text
    assert not (project.data / "jobs").exists()


def test_groups_of_none_one_and_two_beside_a_large_one(project: Project) -> None:
    data = _kept(project, side=[0] * 27 + [1, 1])
    notes = " ".join(data.notes)
    assert "without anyone in them: West" in notes and "little is learnt: South" in notes
    assert data.groups == ("north", "south")


def test_one_group_alone(project: Project) -> None:
    assert "cannot be compared" in " ".join(_kept(project, side=[0] * 30).notes)


def test_everyone_gave_one_answer(project: Project) -> None:
    data = _kept(project, side=TWO_GROUPS, growth=[2] * 30)
    assert "growth is left out of the worldviews: everyone gave the same answer." in data.notes
    assert data.beliefs is not None
    assert {i.item for i in data.beliefs.indicators} == {"rain", "roads"}


def test_a_column_that_is_all_missing(project: Project) -> None:
    nothing = [SKIPPED] * 30
    data = _kept(project, side=TWO_GROUPS, growth=nothing)
    assert "growth is left out of the worldviews: nobody answered it." in data.notes
    tops = {f"top|{value}": nothing for value in ("quiet", "shops", "trees")}
    assert not _kept(project, side=TWO_GROUPS, **tops).has_tradeoffs


def test_too_few_answered_one_part(project: Project) -> None:
    few = [2, 1, 0] * 3 + [SKIPPED] * 21
    ratings = {f"importance.{value}": few for value in ("quiet", "shops", "trees")}
    data = _kept(project, side=TWO_GROUPS, **ratings)
    assert data.ratings is None and data.has_tradeoffs
    assert "importance ratings" in data.notes[-1]


def test_nobody_in_a_known_group(mfp: Mfp, project: Project) -> None:
    store_sheet(project, answer_sheet(project.questionnaire("vale"), side=[SKIPPED] * 30))
    ended = mfp("fit", "vale")
    assert ended.code == 2 and "nobody is in a known group" in ended.text


def test_an_unknown_item_to_group_by(mfp: Mfp, project: Project) -> None:
    store_sheet(project, answer_sheet(project.questionnaire("vale"), side=TWO_GROUPS))
    ended = mfp("fit", "vale", "--group", "town")
    assert ended.code == 2 and "'town'" in ended.text and "known: " in ended.text


def test_a_group_by_the_name_of_no_group_at_all(mfp: Mfp, project: Project) -> None:
    """Of an item that groups are not made of until someone asks for it."""
    file = project.root / "surveys" / "vale" / "questionnaire.yaml"
    item = "      - {name: view, role: covariate, type: select_one, label: View,\n"
    item += "         options: {neutral: Neutral, keen: Keen}}\n"
    file.write_text(file.read_text().rstrip("\n") + "\n" + item)
    questionnaire = project.questionnaire("vale")
    store_sheet(project, answer_sheet(questionnaire, side=TWO_GROUPS, view=TWO_GROUPS))
    ended = mfp("fit", "vale", "--group", "view")
    assert ended.code == 2
    assert "options of view: 'neutral' stands for no group at all in results" in ended.text


def test_nobody_has_answered(mfp: Mfp, project: Project) -> None:
    ended = mfp("fit", "vale")
    assert ended.code == 2 and "nobody has answered it yet" in ended.text


def test_weights_that_are_all_zero(mfp: Mfp, project: Project) -> None:
    sheet = answer_sheet(project.questionnaire("vale"), side=TWO_GROUPS, weight=[0.0] * 30)
    store_sheet(project, sheet)
    ended = mfp("fit", "vale")
    assert ended.code == 2 and "no weight is above zero" in ended.text


def test_a_group_without_weight(project: Project) -> None:
    with pytest.raises(DesignError, match="group South: everyone in it has weight zero"):
        _kept(project, side=TWO_GROUPS, weight=[1.0, 0.0] * 15)
    few = [1.0, 0.0] * 5 + [1.0, 3.0] * 10
    with pytest.raises(
        DesignError, match="South: no more than 10 people in it have a weight above"
    ):
        _kept(project, side=TWO_GROUPS, weight=few)
    assert _kept(project, side=TWO_GROUPS, weight=[1.0, 0.0] * 4 + [1.0] * 22).weight is not None


def test_a_group_in_which_none_of_those_with_evidence_has_weight(project: Project) -> None:
    """Found out before the fit, not after its sampling; without the evidence there is no fault."""
    south, others = 14, 12  # the others have weights, and did not answer
    side = [0] * 15 + [1] * (south + others)
    weight = [1.0] * 15 + [0.0] * south + [3.0] * others
    silent = [2, 1, 0] * 9 + [2, 1] + [SKIPPED] * others
    ratings = {f"importance.{value}": silent for value in ("quiet", "shops", "trees")}
    with pytest.raises(DesignError, match="South: everyone in it who rated what is important has"):
        _kept(project, side=side, weight=weight, **ratings)
    names = enumerate(("quiet", "shops", "trees"))
    tops = {
        f"top|{v}": [*(int(k % 3 == place) for k in range(29)), *[SKIPPED] * others]
        for place, v in names
    }
    with pytest.raises(DesignError, match="South: everyone in it who answered trade-offs has"):
        _kept(project, side=side, weight=weight, **tops)
    answered = _kept(project, side=side, weight=weight)
    assert answered.weight is not None and answered.ratings is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--n", "99999999999999999999"], "at most 100,000 people"),
        (["--seed", "-1"], "must be 0 or more"),
        (["--n", "0"], "greater than or equal to 1"),
    ],
)
def test_simulations_that_cannot_be(
    mfp: Mfp, project: Project, words: list[str], said: str
) -> None:
    ended = mfp("simulate", "vale", *words)
    assert ended.code == 2 and said in ended.text


def test_simulated_people_stay_away_from_real_ones(mfp: Mfp, project: Project) -> None:
    mfp("import", "vale", "answers.csv", "--mapping", "mapping.yaml")
    ended = mfp("simulate", "vale", "--n", 30)
    assert ended.code == 2 and "4 real people" in ended.text
    with open_project() as workspace:
        assert len(workspace.sheet("vale")) == 4


def test_real_people_stay_away_from_simulated_ones(mfp: Mfp, project: Project) -> None:
    words = ("import", "vale", "answers.csv", "--mapping", "mapping.yaml")
    mfp("simulate", "vale", "--n", 30)
    mfp("simulate", "vale", "--n", 20, "--seed", 2)
    refused = mfp(*words)
    assert refused.code == 2 and "holds simulated people" in refused.text
    said = re.findall(r"mfp withdraw vale \d+ --why", refused.text)
    with open_project() as workspace:
        stored = workspace.store.imports("vale")["number"].to_list()
    assert len(said) == len(stored) > 0
    for withdraw in said:
        assert mfp(*withdraw.split()[1:], "only a trial").code == 0
    assert mfp(*words).code == 0
    with open_project() as workspace:
        assert len(workspace.sheet("vale")) == 4


ROLES = {
    "trade-offs": ("top",),
    "ratings": ("importance",),
    "beliefs": ("beliefs",),
    "everything": ("top", "importance", "beliefs"),
}


@pytest.mark.slow
@pytest.mark.parametrize("roles", ROLES)
@pytest.mark.parametrize("sizes", [(30, 30), (40, 2, 1), (40, 0)])
def test_a_fit_ends_in_words_whatever_the_survey_lacks(
    project: Project, roles: str, sizes: tuple[int, ...]
) -> None:
    keep_blocks(project, ROLES[roles])
    questionnaire = project.questionnaire("vale")
    side = np.repeat(np.arange(len(sizes)), sizes).tolist()
    store_sheet(project, answer_sheet(questionnaire, side=side))
    with open_project() as workspace:
        fit = workspace.fit("vale", settings=FitSettings(draws=100, tune=100))
    assert fit.groups_shown == [
        option.label["en"]
        for option, n in zip(questionnaire.groups, sizes, strict=False)
        if n > questionnaire.floor
    ]
    assert fit.table("unavailable").height > 0
