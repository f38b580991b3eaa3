"""Simulated surveys of a check: shares of groups, half a block, and what is true of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.errors import DesignError
from mfp_stats.frames.columns import item_code
from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import Role
from mfp_stats.simulate import default_truth, named_truth, simulate_survey, true_decomposition
from mfp_stats.simulate.truth import Profile
from mfp_stats.weights import Margins, effective_n
from mfp_stats.workflow.prefield.margins import met, unmet
from mfp_stats.workflow.prefield.plan import SurveyTask, plan_design
from mfp_stats.workflow.prefield.survey import _truth, halved, simulated_survey, widest_split
from tests.questionnaires import all_roles, document, imported, without


def codes(sheet, items):
    return np.stack([sheet.select(item_code(i)).to_series().to_numpy() for i in items], axis=1)


@pytest.mark.parametrize(
    ("block", "role"),
    [
        ("tradeoffs", Role.VALUE_TRADEOFF),
        ("beliefs", Role.BELIEF),
        ("consequences", Role.CONSEQUENCE),
    ],
)
def test_halving_takes_half_of_what_each_person_was_asked(block, role):
    questionnaire = all_roles()
    truth = default_truth(questionnaire, seed=1)
    sheet = simulate_survey(questionnaire, truth, n=200, seed=1).sheet
    items = [i for i in questionnaire.items if i.block == block and i.role is role]
    less = halved(sheet, questionnaire, block, seed=3)
    before, after = (codes(s, items) != -1 for s in (sheet, less))
    asked, left = before.sum(axis=1), after.sum(axis=1)
    assert set(np.unique(2 * left - asked)) <= {-1, 0, 1}
    assert left.sum() == pytest.approx(asked.sum() / 2, rel=0.1)
    assert not (after & ~before).any()
    # Other columns, and the answers that are left, are as they were.
    assert (codes(sheet, items)[after] == codes(less, items)[after]).all()
    changed = [c for c in sheet.columns if not sheet[c].equals(less[c])]
    assert {c.split("|")[0] for c in changed} == {i.name for i in items}
    assert sheet.schema == less.schema


def test_halving_falls_on_every_question_alike():
    questionnaire = all_roles()
    truth = default_truth(questionnaire, seed=1)
    sheet = simulate_survey(questionnaire, truth, n=400, seed=2).sheet
    less = halved(sheet, questionnaire, "tradeoffs", seed=5)
    items = [i for i in questionnaire.items if i.block == "tradeoffs"]
    kept = (codes(less, items) != -1).mean(axis=0)
    assert kept.min() > 0.4
    assert kept.max() < 0.6


@pytest.mark.parametrize("name", ["values", "models", "signals", "residual"])
def test_the_widest_split_is_the_truth_s(questionnaire, name):
    truth = named_truth(questionnaire, name, seed=3, effect=0.2)
    split, widest = widest_split(
        true_decomposition(questionnaire, truth, people=5000), truth.groups
    )
    assert set(widest) == set(truth.groups)
    assert split.sum() == pytest.approx(0.2, abs=0.02)
    assert split.argmax() == ("values", "models", "signals", "residual").index(name)
    assert split.max() > 0.15


def test_of_several_groups_the_two_most_different_ones_count():
    questionnaire = all_roles()
    truth = named_truth(questionnaire, "residual", seed=4, effect=0.3)
    true = true_decomposition(questionnaire, truth, people=4000)
    gaps = np.nanmean(np.abs(true["gap"].values), axis=2)
    assert len(truth.groups) == 4
    split, (a, b) = widest_split(true, truth.groups)
    assert split.sum() == pytest.approx(gaps.max(), abs=1e-6)
    mean = np.abs(true["gap"].sel(reference=a, other=b)).mean()
    assert float(mean) == pytest.approx(gaps.max(), abs=1e-6)
    others = [group for group in truth.groups if group != a]
    less, pair = widest_split(true, others)
    assert set(pair) <= set(others)
    assert 0 < less.sum() < split.sum()


def test_a_survey_has_the_groups_and_the_evidence_that_were_planned(questionnaire):
    plan = plan_design(questionnaire, n=400, groups={"residents": 0.8, "owners": 0.2})
    found = simulated_survey(questionnaire, plan, SurveyTask("none", 0))
    assert found.data.group_sizes.sum() == 400
    assert found.data.group_sizes[0] == pytest.approx(320, abs=30)
    assert found.data.ratings is None
    assert found.data.has_tradeoffs
    assert not found.split.any()
    assert found.widest == ()
    assert found.data.responses is not None
    asked = (found.data.responses.answers >= 0).sum(axis=1)
    assert Counter(asked.tolist())[4] == 0, "each person meets three of four proposals"


def test_groups_differ_moderately_where_no_cause_can_be_simulated():
    unasked = without("response")
    plan = plan_design(unasked, n=200)
    apart, alike = (_truth(unasked, plan, name, 1).value_means for name in ("moderate", "none"))
    assert np.ptp(apart, axis=0).max() > 0.5
    assert np.ptp(alike, axis=0).max() == 0
    found = simulated_survey(unasked, plan, SurveyTask("moderate", 0))
    assert found.widest == () and not found.split.any()


def test_surveys_differ_and_can_be_repeated(questionnaire):
    plan = plan_design(questionnaire, n=60)
    one, same, other = (
        simulated_survey(questionnaire, plan, SurveyTask("none", k)).data for k in (0, 0, 1)
    )
    assert one.best_worst is not None and same.best_worst is not None
    assert other.best_worst is not None
    assert (one.best_worst.best == same.best_worst.best).all()
    assert one.respondents != other.respondents


def test_a_gap_that_its_cause_cannot_make_is_refused(questionnaire):
    plan = plan_design(questionnaire, n=60, effect=0.95)
    with pytest.raises(DesignError, match="cannot be reached"):
        simulated_survey(questionnaire, plan, SurveyTask("models", 0))


def test_numbers_lose_their_value_and_say_that_they_were_not_asked():
    questionnaire = all_roles()
    sheet = pl.DataFrame({"age": [30.0, 40.0], "age|status": pl.Series([0, 0], dtype=pl.Int16)})
    from mfp_stats.workflow.prefield.survey import _without

    value, status = _without(sheet, questionnaire.item("age"), np.array([True, False]))
    assert value.to_list() == [None, 40.0]
    assert status.to_list() == [-1, 0]


TOWN = {"town": {"north": 0.8, "south": 0.2}}


def weight_of(questionnaire, shares, **options):
    margins = None if shares is None else Margins(shares)
    plan = plan_design(questionnaire, **({"n": 400, "margins": margins} | options))
    return simulated_survey(questionnaire, plan, SurveyTask("none", 0)).data


def test_simulated_answers_are_raked_to_the_margins():
    # Weights of the file, which all_roles has, are where raking starts.
    plain, raked = weight_of(all_roles(), None), weight_of(all_roles(), TOWN)
    assert plain.weighting == "weighted"
    assert raked.weighting == "raked"
    assert raked.respondents == plain.respondents
    assert raked.weight is not None and plain.weight is not None
    sheet = simulate_survey_of_none(all_roles(), TOWN)
    town = sheet["town"].to_numpy()
    answered = town >= 0
    north = raked.weight[town == 0].sum() / raked.weight[answered].sum()
    assert north == pytest.approx(0.8, abs=1e-4)
    assert effective_n(raked.weight) < effective_n(plain.weight)


def simulate_survey_of_none(questionnaire, shares):
    """Return the sheet of the survey of weight_of."""
    plan = plan_design(questionnaire, n=400, margins=Margins(shares))
    task = SurveyTask("none", 0)
    truth = _truth(questionnaire, plan, "none", task.seed(1))
    return simulate_survey(questionnaire, truth, n=400, seed=task.seed(1)).sheet


def test_nobody_gives_an_answer_that_has_no_share_of_the_population():
    questionnaire = imported()
    sheet = simulate_survey_of_none(questionnaire, {"town": {"north": 0.9, "south": 0.1}})
    assert set(sheet["town"].unique()) - {-2, -3, -4, -5} == {0, 1}
    assert set(simulate_survey_of_none(questionnaire, {})["town"].unique()) >= {0, 1, 2}
    raked = weight_of(questionnaire, {"town": {"north": 0.9, "south": 0.1}})
    assert raked.weighting == "raked"


def test_answers_are_about_as_common_as_in_the_population():
    questionnaire = imported()
    shares = {"town": {"north": 0.8, "south": 0.05, "east": 0.15}}
    town = simulate_survey_of_none(questionnaire, shares)["town"].to_numpy()
    found = np.bincount(town[town >= 0], minlength=3) / (town >= 0).sum()
    assert found.argsort().tolist() == [1, 2, 0]
    raked = weight_of(questionnaire, shares)
    assert raked.weight is not None
    # Somewhat unlike it: raking costs something, and not most of the people.
    assert 0.5 * 400 < effective_n(raked.weight) < 400


def test_what_simulated_people_have_no_answer_to_is_left_out_of_the_margins():
    mode = {
        "name": "mode",
        "type": "select_one",
        "role": "arm",
        "label": "Mode",
        "options": {"web": "Web", "paper": "Paper"},
    }
    given = document()
    given["blocks"][0]["items"].append(mode)
    questionnaire = parse(given, where="all_roles")
    shares = {"mode": {"web": 0.5, "paper": 0.5}}
    assert unmet(questionnaire, shares | TOWN) == ["mode"]
    assert met(questionnaire, shares) is None
    assert met(questionnaire, shares | TOWN) == Margins(TOWN)
    assert weight_of(questionnaire, shares).weighting == "weighted"
    assert weight_of(questionnaire, shares | TOWN).weighting == "raked"


def test_margins_that_so_few_cannot_meet_are_refused():
    shares = {"town": {"north": 0.5, "south": 0.3, "east": 0.2}}
    plan = plan_design(imported(), n=60, margins=Margins(shares))
    truth = _truth(imported(), plan, "none", 1)
    nobody = Profile(np.array([[0.5, 0.5, 0.0]] * 2), np.zeros(2))
    profiles = {**truth.group_profiles, "town": nobody}
    with pytest.MonkeyPatch.context() as patch:
        changed = replace(truth, group_profiles=profiles)
        patch.setattr("mfp_stats.workflow.prefield.survey.named_truth", lambda *_, **__: changed)
        with pytest.raises(DesignError, match=r"town.east: its share of the population is 0.2"):
            simulated_survey(imported(), plan, SurveyTask("none", 0))
