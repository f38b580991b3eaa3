"""What a survey cannot tell is named with the question that would help."""

import polars as pl

from mfp_stats.design import build_model_data, unavailable
from mfp_stats.frames.columns import columns_of
from mfp_stats.questionnaire import parse
from mfp_stats.questionnaire.model import Role
from mfp_stats.simulate import default_truth, simulate_survey
from tests.questionnaires import all_roles, document, imported, sheet_of, with_plans


def test_a_survey_with_every_role_lacks_only_attributes_information_and_stipulation() -> None:
    q = with_plans()
    simulated = simulate_survey(q, default_truth(q, seed=1), n=60, seed=1)
    found = unavailable(q, simulated.sheet)
    assert [u.quantity for u in found] == [
        "randomised check of the cause of a gap",
        "search for better interventions",
        "response to information",
    ]
    assert "attributes" in found[1].add
    assert "the arm in which people are told it" in found[2].add


def test_only_stipulated_consequences_check_a_split_not_an_order_drawn_at_random() -> None:
    check = "randomised check of the cause of a gap"
    q = all_roles()
    simulated = simulate_survey(q, default_truth(q, seed=1), n=60, seed=1)
    (lacking,) = (u for u in unavailable(q, simulated.sheet) if u.quantity == check)
    assert lacking.why == (
        "the survey has no arm with stipulated consequences (the order of blocks that order draws "
        "is not used for it)"
    )
    assert "stipulates" in lacking.add and "before or after" not in lacking.add
    made = document()
    told = {
        "block": "supposed",
        "role": "response",
        "ask": ["support5"],
        "stipulates": {"income": 1},
    }
    q = parse({**made, "blocks": [*made["blocks"], told | {"arms": {"video": ["b"]}}]}, where="t")
    sheet = simulate_survey(q, default_truth(q, seed=1), n=60, seed=1).sheet
    assert check not in {u.quantity for u in unavailable(q, sheet)}


def with_supposed():
    """Return a survey in which part of the people are told what to suppose, and answers to it."""
    made = document()
    told = {"block": "supposed", "role": "response", "ask": ["support5"]}
    told |= {"stipulates": {"income": 1}, "arms": {"video": ["b"]}}
    blocks = [*(b | {"arms": {"video": ["a"]}} if b["block"] == "support" else b
                for b in made["blocks"]), told]  # fmt: skip
    q = parse({**made, "blocks": blocks}, where="t")
    return q, simulate_survey(q, default_truth(q, seed=1), n=200, seed=1).sheet


def of_arm(sheet, level):
    return sheet.filter(pl.col("arms").str.contains(f'"video": ?"{level}"'))


def test_an_arm_that_nobody_was_in_checks_nothing() -> None:
    q, sheet = with_supposed()
    check = "randomised check of the cause of a gap"
    assert check not in {u.quantity for u in unavailable(q, sheet)}
    natural, supposed = of_arm(sheet, "a"), of_arm(sheet, "b")
    assert len(natural) + len(supposed) == len(sheet) and len(supposed) > q.floor
    for few in (natural, pl.concat([natural, supposed.head(q.floor)])):
        (lacking,) = (u for u in unavailable(q, few) if u.quantity == check)
        assert lacking.why == (
            "the survey has no answers of enough people in the arm with stipulated consequences"
        )
        assert "drawn at random" in lacking.add
        built = build_model_data(few, q)
        assert built.responses is not None


def test_answers_to_what_people_suppose_are_no_responses_to_the_proposals() -> None:
    q, sheet = with_supposed()
    supposed = of_arm(sheet, "b")
    found = {u.quantity: u.why for u in unavailable(q, supposed)}
    nobody = "nobody has answered the questions on responses to interventions yet"
    assert found["coordination surface"] == nobody
    data = build_model_data(supposed, q)
    assert data.responses is None
    (note,) = (note for note in data.notes if note.startswith("The responses are left out"))
    assert "everybody who answered was told what to suppose" in note


def test_an_imported_survey_is_told_what_to_ask() -> None:
    q = imported(ratings=False)
    simulated = simulate_survey(q, default_truth(q, seed=1), n=60, seed=1)
    found = {u.quantity: u for u in unavailable(q, simulated.sheet)}
    assert "revealed priorities and overlap" not in found
    assert "worldviews" not in found
    assert "role conjoint" in found["worth of attributes"].add
    claimed = found["claimed priorities and overlap"]
    assert claimed.why == "the survey has no importance ratings of values"
    assert "value_rating" in claimed.add
    assert "value_rating" in found["claimed minus revealed overlap"].add
    assert "role response" in found["coordination surface"].add
    assert found["weighted estimates"].why == "the survey has no weights"


def test_questions_without_answers_are_not_the_same_as_no_questions() -> None:
    q = imported()
    found = {u.quantity: u for u in unavailable(q, sheet_of(q, []))}
    assert found["worldviews"].why == (
        "nobody has answered the questions on beliefs about how things work yet"
    )
    answered = sheet_of(q, [{"side": 0, "jobs": 1}])
    assert "worldviews" not in {u.quantity for u in unavailable(q, answered)}
    unsure = sheet_of(q, [{"side": 0, "jobs": -3}])
    assert "worldviews" in {u.quantity for u in unavailable(q, unsure)}


def test_each_cause_of_a_gap_needs_its_own_questions() -> None:
    q = all_roles()
    simulated = simulate_survey(q, default_truth(q, seed=1), n=60, seed=1)
    whole = "values, models or signals as the cause of a gap"
    parts = {name: f"what {name} carry of a gap" for name in ("values", "models", "signals")}

    def lacking(*roles: str) -> set[str]:
        unasked = {c for i in q.with_role(*map(Role, roles)) for c in columns_of(i)}
        sheet = sheet_of(q, [
            {k: v for k, v in row.items() if k not in unasked}
            for row in simulated.sheet.to_dicts()
        ])  # fmt: skip
        return {u.quantity for u in unavailable(q, sheet)} & {whole, *parts.values()}

    assert lacking("signal") == {parts["signals"]}
    assert lacking("value_tradeoff", "value_rating") == {parts["values"]}
    assert lacking("belief", "consequence") == {parts["models"]}
    causes = ("value_tradeoff", "value_rating", "belief", "consequence", "signal")
    assert lacking(*causes) == {whole, *parts.values()}
    assert lacking("response") == {whole, *parts.values()}
