"""Choices between profiles follow what levels are worth to the chooser's group."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from mfp_stats.design import build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import Questionnaire, Role
from mfp_stats.simulate import Truth, default_truth, named_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from tests.questionnaires import PLANS, all_roles, document, with_plans

Q = with_plans()
TRUTH = default_truth(Q, seed=1)
N = 8_000


def worths_of(truth: Truth, group: int) -> dict[tuple[str, str], float]:
    """Worth of each (attribute, level), read off the questionnaire's own order."""
    attributes = Q.blocks[-1].attributes
    names = [(a, level.name) for a, one in attributes.items() for level in one.levels]
    return dict(zip(names, truth.part_worths["plans"][group].tolist(), strict=True))


def test_a_default_truth_has_worths_that_sum_to_nothing_in_each_attribute() -> None:
    worths = TRUTH.part_worths["plans"]
    assert worths.shape == (4, 3 + 2 + 2)
    for start, stop in ((0, 3), (3, 5), (5, 7)):
        assert worths[:, start:stop].sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-12)
    assert np.ptp(worths, axis=0).min() > 0


def test_worths_are_of_the_size_that_they_are_said_to_have() -> None:
    """Within an attribute of J levels, 1 − 1/J of the variance is left after centring."""
    drawn = np.array([default_truth(Q, seed=s).part_worths["plans"] for s in range(80)])
    common, apart = drawn.mean(axis=1)[:, :3], drawn[:, :, :3] - drawn.mean(axis=1)[:, None, :3]
    expected = 0.3**2 * (1 - 1 / 3)
    assert apart.var() * 4 / 3 == pytest.approx(expected, rel=0.2)
    assert common.var() == pytest.approx(0.5**2 * (1 - 1 / 3) + expected / 4, rel=0.35)


def test_people_choose_by_their_groups_worths() -> None:
    survey = simulate_survey(Q, TRUTH, n=N, seed=3)
    groups = survey.persons.group.to_numpy()
    z = []
    for item in Q.with_role(Role.CONJOINT):
        codes = survey.sheet[item.name].to_numpy()
        for g, group in enumerate(TRUTH.groups):
            worths = worths_of(TRUTH, g)
            first, second = (
                sum(worths[a, level] for a, level in item.profiles[side].items())
                for side in ("first", "second")
            )
            own = codes[groups == group]
            n, p = (own >= 0).sum(), expit(first - second)
            assert n > 100
            z.append(((own == 0).sum() - n * p) / np.sqrt(n * p * (1 - p)))
    assert np.abs(z).max() < 4.5
    assert np.mean(np.square(z)) == pytest.approx(1, abs=0.5)


def test_each_person_is_asked_eight_pairs() -> None:
    sheet = simulate_survey(Q, TRUTH, n=200, seed=3).sheet
    asked = sheet.select(pl.col("^plans.pair.*$")).to_numpy() != -1
    assert (asked.sum(axis=1) == 8).all()
    assert asked.any(axis=0).all()


def test_an_imported_survey_withholds_pairs_too() -> None:
    made = document()
    tree = {**made, "source": "imported", "blocks": [*made["blocks"], PLANS]}
    q = parse(tree, where="imported")
    sheet = simulate_survey(q, default_truth(q, seed=1), n=50, seed=3).sheet
    asked = sheet.select(pl.col("^plans.pair.*$")).to_numpy() != -1
    assert (asked.sum(axis=1) == 8).all() and sheet["shown"].null_count() == 50


def test_what_else_is_true_stays_as_it_was() -> None:
    """Worths come from generators of their own."""
    without = default_truth(all_roles(), seed=1)
    assert without.part_worths == {}
    assert np.array_equal(without.value_means, TRUTH.value_means)
    assert list(without.group_profiles) == list(TRUTH.group_profiles)
    assert list(without.class_profiles) == list(TRUTH.class_profiles)
    a = simulate_survey(all_roles(), without, n=60, seed=2).sheet
    b = simulate_survey(Q, TRUTH, n=60, seed=2).sheet
    always = ["relation", "age", "promises", "tradeoffs.set1|best"]
    assert a.select(always).equals(b.select(always))


def test_named_truths_let_groups_differ_for_their_one_cause_alone() -> None:
    worths = named_truth(Q, "values", seed=1).part_worths["plans"]
    assert np.abs(worths - worths[0]).max() == pytest.approx(0, abs=1e-12)
    assert np.abs(worths).max() > 0.1


def test_answers_are_stored_and_come_back_as_sides(tmp_path: Path) -> None:
    sheet = simulate_survey(Q, TRUTH, n=80, seed=5).sheet
    with Store.open(tmp_path) as store:
        store.append_sheet(sheet, Q, source=ImportSource("simulated", "0" * 64))
        back = store.sheet(Q).sort("respondent")
    pairs = [item.name for item in Q.with_role(Role.CONJOINT)]
    assert back.select(pairs).equals(sheet.sort("respondent").select(pairs))
    assert set(back.select(pairs).unpivot()["value"].unique()) >= {-3, -1, 0, 1}
    assert set(back.select(pairs).unpivot()["value"].unique()) <= {-3, -2, -1, 0, 1}


def test_other_models_are_fitted_beside_it() -> None:
    sheet = simulate_survey(Q, TRUTH, n=80, seed=5).sheet
    assert len(build_model_data(sheet, Q).respondents) == 80


def refused(truth: Truth, questionnaire: Questionnaire = Q) -> dict[str, str]:
    with pytest.raises(DesignError) as caught:
        simulate_survey(questionnaire, truth, n=5, seed=1)
    return {fault.where: fault.what for fault in caught.value.faults}


def test_worths_that_do_not_fit_are_refused() -> None:
    own = TRUTH.part_worths["plans"]
    where = "truth.part_worths.plans"
    for wrong, says in (
        (own[:2], "has the shape (2, 7), not (groups, levels) (4, 7)"),
        (own[:, :5], "has the shape (4, 5)"),
        (own * np.nan, "no finite number"),
        (own + np.array([0, 0, 0, 0, 0, 1, 0]), "does not sum to 0 over the levels of control"),
    ):
        assert says in refused(replace(TRUTH, part_worths={"plans": wrong}))[where]
    says = "does not match the blocks that ask for choices between profiles"
    assert refused(replace(TRUTH, part_worths={}))["truth.part_worths"] == says
    without = replace(default_truth(all_roles(), seed=1), part_worths={"plans": own})
    assert refused(without, all_roles())["truth.part_worths"] == says
