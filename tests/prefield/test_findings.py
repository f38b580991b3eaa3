"""What is said of a check: the answer first, approximate where it is, and what cannot be said."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import Role
from mfp_stats.views.prefield_blocks import _left_out
from mfp_stats.views.prefield_findings import describe_design, design_records
from mfp_stats.views.prefield_power import WORLDVIEWS_KNOWN
from mfp_stats.weights import Margins
from mfp_stats.workflow.prefield.blocks import lost_without
from mfp_stats.workflow.prefield.plan import evidence, plan_design
from mfp_stats.workflow.prefield.tables import DesignCheck
from tests.prefield.stand_in import rows_of
from tests.questionnaires import all_roles, document, imported, without


@pytest.fixture
def checked(questionnaire):
    def made(n=900, change=None, rows=None, of=questionnaire, **options):
        plan = plan_design(of, n=n, **options)
        found = rows_of(plan, **(rows or {}))
        if change is not None:
            change(found)
        return DesignCheck(of, plan, found)

    return made


def told(check):
    return "\n".join(describe_design(check))


def test_a_design_that_can_tell(checked):
    check = checked(n=2700, groups={"residents": 0.6, "owners": 0.4})
    text = told(check)
    assert text.startswith("This design can tell values from models.")
    assert (
        "With 2,700 people in groups of 1,620 and 1,080, a gap of 20 points that models carry"
        in text
    )
    assert "would be put down to models in nearly all surveys" in text
    assert "a cause would be named all the same in hardly any survey" in text
    assert "approximate" in text
    assert "two simulated surveys of each kind" in text
    assert (
        "10 verdicts of these fits themselves: eight right, two “cannot tell”, none wrong" in text
    )


def test_a_design_is_said_to_tell_only_where_few_fits_leave_no_doubt(checked):
    check = checked(n=2700)
    assert WORLDVIEWS_KNOWN in describe_design(check)
    surely, vaguely, wrongly = (replace(check) for _ in range(3))
    power = check.power
    vaguely.__dict__["power"] = power.with_columns(right_low=pl.lit(0.7))
    wrongly.__dict__["power"] = power.with_columns(wrong=pl.lit(0.15), wrong_high=pl.lit(0.3))
    assert describe_design(surely)[0] == "This design can tell values from models."
    assert describe_design(vaguely)[0] == (
        "This design can probably tell values from models: too few surveys were fitted to be sure."
    )
    assert describe_design(wrongly)[0] == (
        "This design can probably tell values from models, but wrong verdicts are not rare."
    )


def test_a_design_that_can_hardly_tell(checked):
    text = told(checked(n=100))
    assert text.startswith("This design can hardly tell values from models.")
    assert "of 10 surveys (" in text or "hardly any survey" in text


def test_widths_and_minutes(checked):
    check = checked()
    text = told(check)
    # 3.3 · 1.2/√900 = 0.132 of each cause, √5 times that of the gap, half as much again of one.
    assert "30 points for a gap in all proposals together (44 points for one proposal's)" in text
    assert "what a cause carries that is the true one (13 for values, 13 for models" in text
    assert "8 points for a group's acceptance" in text
    assert "up to 0.04 for overlap" in text
    assert f"A respondent needs about {check.minutes:.0f} minutes" in text
    other = told(checked(of=all_roles()))
    assert "No verdict on gaps rests on these blocks (minutes): “importance” 0.4 and" in other
    assert "“others” " in other


def test_the_weighting_that_is_told_and_what_it_costs(checked):
    def raked(rows):
        for k, row in enumerate(rows.values()):
            weights = {"weighting": "raked", "n": 900, "effective_n": 700.0 + 20 * (k % 2)}
            row["result"]["weights"] = weights

    check = checked(change=raked)
    assert (
        "Verdicts and intervals are of estimates weighted so that shares of the population hold "
        "(raked to margins), which a fit tells first: 900 simulated people tell as much as 710 who "
        "count alike." in told(check)
    )
    assert {r["weighting"] for r in design_records(check) if r["part"] == "weights"} == {"raked"}
    assert "who count alike" not in told(checked())


def test_margins_that_cannot_be_met_before_fieldwork_are_named(checked):
    given = document()
    mode = {"name": "mode", "type": "select_one", "role": "arm", "label": "Mode"}
    given["blocks"][0]["items"].append(mode | {"options": {"web": "Web", "paper": "Paper"}})
    margins = Margins({"mode": {"web": 0.5, "paper": 0.5}})
    text = told(checked(of=parse(given, where="all_roles"), margins=margins))
    assert "Simulated answers are not raked to “mode”, which is filled in by the organiser" in text


def test_blocks_are_advised_on(checked):
    check = checked(blocks=True)
    rows = {row["block"]: row for row in check.blocks.to_dicts()}
    assert {b: row["advice"] for b, row in rows.items() if row["advice"] == "shorten"} == {
        "beliefs": "shorten",
        "support": "shorten",
    }
    assert [row["advice"] for row in rows.values()].count("lengthen") == 1
    assert rows["tradeoffs"]["growth_values"] == pytest.approx(0.3)
    assert rows["tradeoffs"]["most"] == "values"
    assert rows["tradeoffs"]["power_half"] < rows["tradeoffs"]["power"]
    assert sum(row["minutes"] for row in rows.values()) < check.minutes
    text = told(check)
    assert "is the block to lengthen first: asking half of it saves" in text
    assert "widens the interval of what signals carry by 30 %" in text
    assert "“beliefs” may be shortened" in text
    assert {name: row["lost"] for name, row in rows.items()} == {
        "tradeoffs": ["revealed"],  # ratings stay
        "beliefs": [],
        "consequences": [],
        "signs": ["signals", "residual"],
        "support": ["values", "models", "signals", "residual"],
    }
    assert text.count("Leaving it out was not tried.") == 1
    assert (
        "Without it, the survey could not tell whether values, models, signals and something not "
        "asked about carry a gap." in text
    )
    assert _left_out({"lost": ["residual", "revealed"]}) == (
        "Without it, the survey could not tell whether something not asked about carries a gap and "
        "how far groups share priorities in trade-offs."
    )


def test_without_responses_blocks_are_advised_on_that_overlap_rests_on(checked):
    check = checked(of=without("response"), blocks=True)
    assert check.plan.blocks == ("tradeoffs", "top", "order")
    text = told(check)
    (said,) = [line for line in text.splitlines() if "these blocks (minutes)" in line]
    assert said.startswith("Nothing that is said here rests on these blocks (minutes): ")
    assert all(f"“{name}”" in said for name in ("beliefs", "consequences", "importance"))
    assert "about_you" not in said  # holds the question on people's group


def test_a_block_with_the_group_question_can_be_asked_what_it_is_worth():
    given = document()
    group = given["blocks"][0]["items"][0]
    assert group["role"] == "group"
    given["blocks"][0]["items"].remove(group)
    beliefs = next(block for block in given["blocks"] if block["block"] == "beliefs")
    beliefs["items"] = [group, *beliefs["items"]]
    together = parse(given, where="all_roles")
    assert lost_without(together, "beliefs") == []


def test_answers_under_stipulated_consequences_are_no_evidence_on_acceptance(questionnaire):
    items = tuple(
        replace(item, stipulated=True) if item.role is Role.RESPONSE else item
        for item in questionnaire.items
    )
    found = [block.name for block in evidence(replace(questionnaire, items=items))]
    assert found == ["tradeoffs"]


@pytest.mark.parametrize(("lost", "of"), [("moderate", without("response")), ("values", None)])
def test_widths_of_groups_that_are_alike_are_called_that(checked, questionnaire, lost, of):
    def failed(rows):
        for name in [name for name in rows if name.startswith(lost)]:
            rows[name] = {"seconds": 1.0, "failure": ["it ended."]}

    text = told(checked(of=of or questionnaire, change=failed))
    assert "up to 0.04 for overlap where groups have the same values" in text


def test_figures_say_from_how_many_surveys_they_are_drawn(checked):
    def failed(rows):
        rows["models-2"] = {"seconds": 1.0, "failure": ["it ended."]}

    assert "one to two simulated surveys of each kind" in told(checked(change=failed))


def test_what_is_not_asked_cannot_be_checked(checked):
    found = checked(of=without("signal"), rows={"causes": ("values", "models", "residual")})
    text = told(found)
    assert (
        "Whether signals carry a gap cannot be checked: the survey asks nothing about signals"
        in text
    )
    assert "A gap that is left unexplained cannot be named as that" in text
    assert not found.complete
    assert "named as unexplained" not in text
    residual = found.power.filter(truth="residual")
    assert (residual["right"] == 0).all()


def test_without_responses_there_is_overlap_alone(checked):
    def no_gap(rows):
        for row in rows.values():
            row["result"]["pairs"] = []
            row["result"]["causes"] = []
            kept = [w for w in row["result"]["widths"] if w["quantity"] == "overlap"]
            row["result"]["widths"] = kept
        for name in ("none-1", "none-2"):
            for width in rows[name]["result"]["widths"]:
                width["width"] = 0.01

    check = checked(of=without("response"), change=no_gap)
    text = told(check)
    assert text.startswith("Whether this design can tell values from models is not known")
    assert "asks nobody whether they accept an intervention" in text
    assert "Whether values, models, signals and residual carry a gap cannot be checked" in text
    assert "up to 0.04 for overlap where groups differ moderately, and up to 0.01 where" in text
    assert set(check.widths["truth"]) == {"moderate", "none"}
    assert check.power.is_empty()
    assert "approximate" not in text


def test_of_what_is_not_tried_one_cause_at_a_time_no_verdict_is_foretold(checked):
    check = checked(of=imported())
    assert set(check.plan.truths) == {"moderate", "none"}
    assert set(check.power["truth"]) == {"none"}

    def lost(rows):
        rows["moderate-1"] = {"seconds": 1.0, "failure": ["it ended."]}

    assert "simulated surveys of groups that differ moderately gave" in told(
        checked(of=imported(), change=lost)
    )


def test_somebody_elses_survey_has_no_minutes(checked):
    def no_gap(rows):
        for row in rows.values():
            row["result"] |= {"pairs": [], "widths": []}

    text = told(checked(of=imported(), change=no_gap))
    assert "is not estimated" in text
    assert "asks nobody whether they accept" in text


def test_nothing_shown_of_any_proposal_is_said(checked):
    def no_pairs(rows):
        for row in rows.values():
            kept = [w for w in row["result"]["widths"] if w["quantity"] == "overlap"]
            row["result"] |= {"pairs": [], "causes": [], "widths": kept}

    text = told(checked(n=30, change=no_pairs))
    assert "of no proposal would more than 10 people of two groups be asked" in text


def test_of_several_pairs_the_hardest_leads(checked):
    def vague(rows):
        for row in rows.values():
            pair = row["result"]["pairs"][2]
            pair["covariance"] = [[9 * x for x in line] for line in pair["covariance"]]

    shares = {"resident": 0.6, "worker": 0.2, "owner": 0.19, "official": 0.01}
    check = checked(of=all_roles(), groups=shares, change=vague)
    assert len(check.power.filter(truth="values")) == 6
    text = told(check)
    assert "between “Resident” and “Official”, the hardest pair," in text
    assert "Nothing would be shown of “Official”: 9 people are expected in it" in text


def test_surveys_without_a_result_are_told(checked):
    def lost(rows):
        rows["models-1"] = {"seconds": 1.0, "refused": ["responses"]}
        rows["models-2"] = {"seconds": 1.0, "failure": ["effect: 0.9 cannot be reached"]}

    text = told(checked(change=lost))
    assert text.startswith("Whether this design can tell values from models is not known")
    assert "Two of two simulated surveys of a gap that models carry gave no result" in text
    assert "did not pass its checks in responses; effect: 0.9 cannot be reached" in text


def test_an_empty_check_says_so(questionnaire):
    plan = plan_design(questionnaire, n=900)
    lost = {task.name: {"seconds": 1.0, "failure": ["no"]} for task in plan.tasks()}
    check = DesignCheck(questionnaire, plan, lost)
    assert "no survey of both kinds passed its checks" in told(check)
    assert check.power.is_empty()
    assert check.widths.is_empty()
    assert design_records(check)[0]["part"] == "design"


def test_records_are_flat_json_and_say_the_same(checked):
    check = checked(blocks=True)
    records = design_records(check)
    assert json.loads(json.dumps(records)) == records
    assert all(not isinstance(v, dict | list) for record in records for v in record.values())
    parts = {record["part"] for record in records}
    assert parts == {"design", "finding", "power", "width", "block", "fits"}
    power = [record for record in records if record["part"] == "power"]
    assert {row["truth"]: row["right"] for row in power} == dict(
        check.power.select("truth", "right").iter_rows()
    )
    for row in power:
        assert 0 <= row["right_low"] <= row["right"] <= row["right_high"] <= 1
        assert row["right"] + row["wrong"] + row["cannot_tell"] == pytest.approx(1)


def test_other_pairs_are_as_unsure_of_a_wide_gap_as_the_widest_is(checked):
    def surer_without_a_gap(rows):
        for name, row in rows.items():
            for k, pair in enumerate(row["result"]["pairs"]):
                # Large groups are known better; and the pair that is apart less than it would be.
                factor = (1.0, 0.25, 4.0)[k]
                if not name.startswith("none") and k == 0:
                    factor = 9.0
                pair["covariance"] = [[factor * x for x in line] for line in pair["covariance"]]

    three = document()
    options = {"resident": "Resident", "worker": "Worker", "owner": "Owner"}
    three["scales"]["relations"] = {"options": options}
    of = parse(three, where="all_roles")
    check = checked(of=of, n=2000, change=surer_without_a_gap)
    results = [result for task, result in check._whole() if task.truth == "values"]
    whole, none = results[0], next(r for t, r in check._whole() if t.truth == "none")
    found = [check.learnt._covariance(pair, whole) for pair in whole["pairs"]]
    base = [np.array(pair["covariance"]) for pair in none["pairs"]]
    for own, quiet, times in zip(found, base, (9, 9, 9), strict=True):
        assert own == pytest.approx(times * quiet)
    power = check.power.filter(truth="values").sort("right")
    assert power["group_b"].to_list()[-1] == "owner"
    assert power["verdicts"].sum() == 2, "only the widest pair's own verdicts count"


def with_check(sd):
    """Return a change of rows: what their randomised check leaves unclosed is known so well."""

    def change(rows):
        for row in rows.values():
            for pair in row["result"]["pairs"]:
                pair["check"] = [0.0] * 5 + [sd**2]

    return change


def test_a_vague_check_leaves_models_unnamed_and_no_other_cause(checked):
    options = {"n": 2700, "groups": {"residents": 0.6, "owners": 0.4}}
    without, sharp, vague = (
        dict(checked(change=change, **options).power.select("truth", "right").iter_rows())
        for change in (None, with_check(0.01), with_check(0.2))
    )
    assert without["models"] > 0.9 and sharp["models"] > 0.9
    assert vague["models"] < 0.4
    for truth in ("values", "signals", "residual", "none"):
        assert vague[truth] == pytest.approx(without[truth], abs=0.06)


def test_a_check_in_which_too_few_are_told_anything_names_no_models(checked):
    def too_few(rows):
        for row in rows.values():
            for pair in row["result"]["pairs"]:
                pair["check"] = []

    check = checked(n=2700, groups={"residents": 0.6, "owners": 0.4}, change=too_few)
    models = check.power.row(by_predicate=pl.col("truth") == "models", named=True)
    assert (models["right"], models["cannot_tell"]) == (0, 1)


def test_pairs_whose_check_was_lost_in_some_surveys_are_drawn_from_the_others(checked):
    """Nothing known of a check is not a check that leaves nothing unclosed."""
    three = document()
    options = {"resident": "Resident", "worker": "Worker", "owner": "Owner"}
    three["scales"]["relations"] = {"options": options}
    of = parse(three, where="all_roles")

    def power(lost):
        def change(rows):
            with_check(0.2)(rows)
            for name, row in rows.items():
                for k, pair in enumerate(row["result"]["pairs"]):
                    if lost(name, k):
                        pair["check"] = []

        found = checked(of=of, n=2700, change=change).power.filter(truth="models")
        return dict(found.select("group_b", "right").iter_rows())

    whole = power(lambda name, k: False)
    quiet = power(lambda name, k: name == "none-0")
    widest = power(lambda name, k: name == "models-0" and k == 0)
    assert max(*whole.values(), *quiet.values(), *widest.values()) < 0.4


def test_a_widest_pair_that_is_not_shown_tells_nothing_of_others(checked):
    def hidden(rows):
        for name, row in rows.items():
            if not name.startswith("none"):
                row["result"]["pairs"] = row["result"]["pairs"][1:]

    three = document()
    options = {"resident": "Resident", "worker": "Worker", "owner": "Owner"}
    three["scales"]["relations"] = {"options": options}
    check = checked(of=parse(three, where="all_roles"), change=hidden)
    assert set(check.power["truth"]) == {"none"}
    assert told(check).startswith("Whether this design can tell values from models is not known")
