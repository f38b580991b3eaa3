"""What is planned, and every reason for which a design cannot be checked."""

import json

import pytest

from mfp_stats.errors import DesignCheckRefused
from mfp_stats.weights import Margins
from mfp_stats.workflow.prefield.plan import DesignPlan, evidence, plan_design
from tests.questionnaires import all_roles, imported, without


def plan(questionnaire, **options):
    return plan_design(questionnaire, **({"n": 900} | options))


def faults(questionnaire, **options):
    with pytest.raises(DesignCheckRefused) as refused:
        plan(questionnaire, **options)
    return {fault.where: str(fault) for fault in refused.value.faults}


def test_the_plan_names_every_survey_with_a_seed_of_its_own(questionnaire):
    found = plan(questionnaire, replicates=3)
    tasks = found.tasks()
    assert len(tasks) == 15
    assert [task.name for task in tasks[:5]] == [
        f"{truth}-1" for truth in ("values", "models", "signals", "residual", "none")
    ]
    assert len({task.seed(found.seed) for task in tasks}) == 15
    assert {task.seed(2) for task in tasks}.isdisjoint({task.seed(1) for task in tasks})


def test_halved_blocks_share_the_survey_with_the_whole_one(questionnaire):
    found = plan(questionnaire, blocks=True)
    assert found.blocks == ("tradeoffs", "beliefs", "consequences", "signs", "support")
    halved = [task for task in found.tasks() if task.block]
    assert len(halved) == 10
    whole = {task.truth: task.seed(1) for task in found.tasks()[:5]}
    assert all(task.seed(1) == whole[task.truth] for task in halved)
    assert len({task.name for task in found.tasks()}) == len(found.tasks())


def test_a_plan_survives_json(questionnaire):
    found = plan(questionnaire, groups={"owners": 0.3, "residents": 0.7}, blocks=True)
    assert DesignPlan.from_dict(found.to_dict()) == found
    assert found.sizes() == {"residents": 630, "owners": 270}
    assert list(plan(questionnaire).shares.values()) == [0.5, 0.5]


def test_margins_are_part_of_a_plan():
    margins = Margins({"town": {"north": 0.7, "south": 0.3}})
    found = plan(all_roles(), margins=margins)
    assert found.margins == margins.shares
    assert DesignPlan.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_a_group_without_a_share_of_the_population_is_a_fault():
    margins = Margins({"relation": {"resident": 0.6, "worker": 0.3, "owner": 0.1}})
    found = faults(all_roles(), margins=margins)
    assert (
        "is to be asked, but its share of the population is 0"
        in found["margins, relation.official"]
    )
    assert len(found) == 1


def test_all_faults_are_named_at_once(questionnaire):
    found = faults(
        questionnaire,
        n=0,
        effect=1.5,
        replicates=0,
        seed=-1,
        groups={"owners": 0.5, "sheep": 0.3, "cats": -0.1},
    )
    assert set(found) >= {
        *("n", "effect", "replicates", "seed"),
        *("groups.sheep", "groups.cats", "groups.residents", "groups"),
    }
    assert "known: residents, owners" in found["groups.sheep"]
    assert "sum to 0.7" in found["groups"]


def test_shares_that_are_no_numbers(questionnaire):
    for share in (float("nan"), 0.0):
        assert "groups.owners" in faults(questionnaire, groups={"residents": 0.5, "owners": share})
    assert (
        "sum to inf"
        in faults(questionnaire, groups={"residents": 0.5, "owners": float("inf")})["groups"]
    )


def test_too_few_people_for_two_groups_to_be_shown(questionnaire):
    found = faults(questionnaire, n=20)
    assert "groups of 10 or fewer people are not shown, and none would be larger" in found["n"]
    assert "residents 10, owners 10" in found["n"]
    assert plan(questionnaire, n=23).n == 23
    assert "1 would" in faults(questionnaire, n=50, groups={"residents": 0.9, "owners": 0.1})["n"]


def test_more_people_than_can_be_simulated(questionnaire):
    assert "100,000" in faults(questionnaire, n=100_001)["n"]


def test_what_is_not_asked_about_is_not_simulated():
    assert plan(all_roles()).truths == ("values", "models", "signals", "residual", "none")
    assert "signals" not in plan(without("signal")).truths
    assert plan(without("response")).truths == ("moderate", "none")
    valueless = plan(without("value_tradeoff", "value_rating", "perception")).truths
    assert valueless == ("models", "signals", "residual", "none")
    no_models = plan(without("belief", "consequence"))
    assert no_models.truths == ("values", "signals", "residual", "none")
    assert no_models.halved_under() == ("values",)


def test_a_survey_that_shows_nothing_of_it():
    nothing = without("value_tradeoff", "value_rating", "perception", "response")
    assert "asks neither what people value" in faults(nothing)["all_roles"]


def test_somebody_elses_survey_is_planned_too():
    found = plan(imported())
    assert found.truths == ("moderate", "none")


def test_ratings_are_evidence_only_without_trade_offs():
    assert "importance" not in {block.name for block in evidence(all_roles())}
    assert "importance" in {
        block.name for block in evidence(without("value_tradeoff", "perception"))
    }
    assert {block.name for block in evidence(all_roles())}.isdisjoint({"others", "about_you"})
