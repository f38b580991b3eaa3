"""A simulated survey keeps to its questionnaire, and comes out the same each time."""

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.frames import sheet_schema
from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import ItemType, Role
from mfp_stats.simulate import Simulated, default_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from tests.questionnaires import all_roles, imported

Q = all_roles()
TRUTH = default_truth(Q, seed=1)


@pytest.fixture(scope="module")
def simulated() -> Simulated:
    return simulate_survey(Q, TRUTH, n=400, seed=7)


def test_every_column_is_there_and_typed(simulated: Simulated) -> None:
    assert dict(simulated.sheet.schema) == sheet_schema(Q)
    assert simulated.sheet.height == 400


def test_every_item_that_people_are_asked_is_answered(simulated: Simulated) -> None:
    for item in Q.items:
        if item.role is Role.WEIGHT:
            continue
        column = simulated.sheet.columns.index(f"{item.name}|{item.parts[0]}".rstrip("|"))
        assert simulated.sheet.to_series(column).drop_nulls().n_unique() >= 1
        assert item.type is not ItemType.NOTE


def test_the_store_takes_it_and_gives_it_back(simulated: Simulated, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        receipt = store.append_sheet(simulated.sheet, Q, source=ImportSource("simulated", "0" * 64))
        assert receipt.added
        back = store.sheet(Q).sort("respondent")
    assert back.drop("shown", "arms").equals(simulated.sheet.drop("shown", "arms"))


def test_it_can_be_fitted_at_once(simulated: Simulated) -> None:
    data = build_model_data(simulated.sheet, Q)
    assert data.best_worst is not None
    assert data.picks is not None
    assert data.rankings is not None
    assert data.ratings is not None
    assert data.beliefs is not None
    assert data.weight is not None
    assert data.group_sizes.sum() == 400
    groups = [data.groups[g] for g in data.group]
    assert groups == simulated.persons.group.values.tolist()


def test_people_see_only_what_was_assigned_to_them(simulated: Simulated) -> None:
    names = [i.name for i in Q.items if i.type is ItemType.SELECT_ONE]
    for row in simulated.sheet.head(50).iter_rows(named=True):
        shown = json.loads(row["shown"])
        seen = {name for key, items in shown.items() if key.startswith("items:") for name in items}
        for name in names:
            assert (row[name] == -1) == (name not in seen)
        has_others = json.loads(row["arms"])["video"] == "b"
        assert has_others == (row["others.resident"] != -1)


def test_each_person_rates_two_proposals(simulated: Simulated) -> None:
    columns = [f"consequences.{x}.calm" for x in Q.interventions]
    asked = simulated.sheet.select(columns).to_numpy() != -1
    assert (asked.sum(axis=1) == 2).all()


def test_relevance_is_kept(simulated: Simulated) -> None:
    rows = simulated.sheet.select("blame", "age", "why", "why|status")
    applies = (pl.col("blame") == 0) & (pl.col("age") >= 30).fill_null(value=False)
    assert rows.filter(~applies)["why|status"].unique().to_list() == [-5]
    asked = rows.filter(applies)
    assert asked.height > 0
    assert asked["why|status"].is_in([0, -2]).all()
    assert (asked["why"].is_null() == (asked["why|status"] != 0)).all()


def test_only_offered_ways_not_to_answer_are_used(simulated: Simulated) -> None:
    for item in Q.items:
        if item.type is ItemType.SELECT_ONE:
            codes = set(simulated.sheet[item.name].unique())
            assert (-3 in codes) <= any(s.value == "dont_know" for s in item.missing)
            assert (-4 in codes) <= any(s.value == "refused" for s in item.missing)
            assert not (item.required and -2 in codes)


def test_limits_on_ticks_and_exclusive_options_are_kept(simulated: Simulated) -> None:
    gains = simulated.sheet.select(f"gains|{o}" for o in Q.item("gains").option_names).to_numpy()
    gains = gains[gains[:, 0] >= 0]
    assert (gains.sum(axis=1) >= 1).all()
    assert (gains.sum(axis=1) <= 2).all()
    assert (gains[gains[:, -1] == 1, :-1] == 0).all()
    assert (gains[:, -1] == 1).any()


def test_numbers_keep_to_their_limits(simulated: Simulated) -> None:
    for name, low, high in (("age", 18, 99), ("broken", 0, 9), ("sure", 0, 1)):
        numbers = simulated.sheet[name].drop_nulls().to_numpy()
        assert low <= numbers.min() <= numbers.max() <= high
    ages = simulated.sheet["age"].drop_nulls().to_numpy()
    assert (ages == np.round(ages)).all()


def test_weights_fill_both_their_places(simulated: Simulated) -> None:
    assert simulated.sheet["weight"].mean() == pytest.approx(1)
    assert simulated.sheet["survey_weight"].equals(simulated.sheet["weight"], check_names=False)


def test_the_same_seed_gives_the_same_survey_in_another_process(simulated: Simulated) -> None:
    program = (
        "import hashlib; from tests.questionnaires import all_roles;"
        "from mfp_stats.simulate import default_truth, simulate_survey; q = all_roles();"
        "s = simulate_survey(q, default_truth(q, seed=1), n=400, seed=7);"
        "print(hashlib.sha256(s.sheet.write_csv().encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root,
        env={"PYTHONHASHSEED": "99", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    here = hashlib.sha256(simulated.sheet.write_csv().encode()).hexdigest()
    assert done.stdout.strip() == here


def test_the_order_of_dicts_does_not_matter(simulated: Simulated) -> None:
    turned = replace(
        TRUTH,
        thresholds=dict(reversed(TRUTH.thresholds.items())),
        class_profiles=dict(reversed(TRUTH.class_profiles.items())),
        group_profiles=dict(reversed(TRUTH.group_profiles.items())),
    )
    assert simulate_survey(Q, turned, n=400, seed=7).sheet.equals(simulated.sheet)


def test_another_seed_gives_another_survey(simulated: Simulated) -> None:
    other = simulate_survey(Q, TRUTH, n=400, seed=8).sheet
    assert not other.drop("respondent").equals(simulated.sheet.drop("respondent"))


def test_a_question_more_leaves_the_other_answers_alone() -> None:
    few, many = imported(ratings=False), imported()
    a = simulate_survey(few, default_truth(few, seed=3), n=50, seed=3).sheet
    b = simulate_survey(many, default_truth(many, seed=3), n=50, seed=3).sheet
    assert b.select(a.columns).equals(a)


def test_imported_surveys_have_no_record_of_what_was_shown() -> None:
    q = imported()
    s = simulate_survey(q, default_truth(q, seed=3), n=30, seed=3)
    assert s.sheet["shown"].null_count() == s.sheet["arms"].null_count() == 30
    assert (s.sheet["jobs"] != -1).all()
    assert s.sheet["weight"].null_count() == 30


def test_a_truth_of_another_questionnaire_is_refused() -> None:
    with pytest.raises(DesignError) as caught:
        simulate_survey(Q, default_truth(imported(), seed=1), n=0, seed=1)
    where = [f.where for f in caught.value.faults]
    assert where == ["truth.groups", "truth.interventions", "truth.signals", "n"]


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_people_are_a_survey(n: int) -> None:
    s = simulate_survey(Q, TRUTH, n=n, seed=2)
    data = build_model_data(s.sheet, Q)
    assert len(data.respondents) == n
    assert len(data.groups) <= n


def test_five_thousand_people_take_seconds() -> None:
    """A guard against loops over people, not a benchmark: ten times slower would fail."""
    import time

    start = time.process_time()
    simulate_survey(Q, TRUTH, n=5_000, seed=1)
    assert time.process_time() - start < 15


def test_a_survey_of_a_group_and_one_belief_can_be_simulated() -> None:
    q = parse(
        {
            "survey": "small",
            "title": "Small",
            "group": "side",
            "scales": {"agree3": {"labels": ["no", "so so", "yes"]}},
            "blocks": [
                {"block": "all", "items": [
                    {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                     "options": {"left": "Left", "right": "Right"}},
                    {"name": "jobs", "type": "select_one agree3", "role": "belief",
                     "label": "Jobs will come"}]},
            ],
        },
        where="small",
    )  # fmt: skip
    s = simulate_survey(q, default_truth(q, seed=1, classes=1), n=40, seed=1)
    data = build_model_data(s.sheet, q)
    assert data.values == ()
    assert data.beliefs is not None
    assert s.persons.v.shape == (40, 0)
