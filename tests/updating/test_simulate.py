"""Simulated people respond to what they are told as the truth says, and no one else does."""

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from mfp_stats.simulate import default_truth, named_truth, simulate_survey
from mfp_stats.simulate.information import moved_probabilities
from mfp_stats.simulate.truth import Response
from tests.updating.informed import informed, told_of, truth_of, two_waves

N = 12_000
QUESTIONNAIRE = informed()
TRUTH = truth_of(
    QUESTIONNAIRE,
    Response(np.array([[-0.8, 0.0], [1.0, 0.4]]), np.array([[0.0, 0.0], [0.9, 0.0]]), lasts=0.25),
)


@pytest.fixture(scope="module")
def simulated():
    return simulate_survey(QUESTIONNAIRE, TRUTH, n=N, seed=4)


def move(sheet: pl.DataFrame, among: np.ndarray, item: str, level: int) -> float:
    """Return the log-odds of an answer above a level: those told minus those who were not."""
    codes, told = sheet[item].to_numpy(), told_of(sheet)
    shares = [(codes[among & (codes >= 0) & (told == heard)] > level).mean() for heard in (0, 1)]
    return float(logit(shares[1]) - logit(shares[0]))


def kinds(simulated) -> dict[tuple[int, int], np.ndarray]:
    trusts = (simulated.sheet["source"].to_numpy() >= 2).astype(int)
    held = (simulated.persons["worldview"].values == "worldview_2").astype(int)
    return {(s, c): (trusts == s) & (held == c) for s in (0, 1) for c in (0, 1)}


def test_beliefs_move_by_trust_and_worldview_in_the_direction_of_the_report(simulated) -> None:
    response = TRUTH.information["report"].beliefs
    for (s, c), among in kinds(simulated).items():
        assert move(simulated.sheet, among, "kept", 2) == pytest.approx(response[s, c], abs=0.25)
        # "hidden" is reverse scored: agreeing is less of it, and the report lowers it.
        assert move(simulated.sheet, among, "hidden", 2) == pytest.approx(response[s, c], abs=0.25)


def test_what_the_report_does_not_speak_for_stays(simulated) -> None:
    everybody = np.ones(N, dtype=bool)
    assert move(simulated.sheet, everybody, "luck", 2) == pytest.approx(0, abs=0.1)
    assert move(simulated.sheet, everybody, "support.panel.support4", 1) == pytest.approx(
        0, abs=0.1
    )


def test_support_moves_up_or_down_by_proposal(simulated) -> None:
    among = kinds(simulated)[1, 0]
    assert move(simulated.sheet, among, "support.fund.support4", 1) > 0.4
    assert move(simulated.sheet, among, "support.pause.support4", 1) < -0.4


def test_the_same_people_answer_anew_and_what_is_left_is_the_share_that_lasts(simulated) -> None:
    sheet = two_waves(QUESTIONNAIRE, TRUTH, n=N, seed=4)
    first, second = sheet.filter(pl.col("wave") == "1"), sheet.filter(pl.col("wave") == "2")
    assert first["respondent"].equals(second["respondent"])
    assert first["arms"].equals(second["arms"]) and first["side"].equals(second["side"])
    assert not first["kept"].equals(second["kept"])
    among = kinds(simulated)[1, 0]
    assert move(first, among, "kept", 2) == pytest.approx(1.0, abs=0.25)
    assert move(second, among, "kept", 2) == pytest.approx(0.25, abs=0.25)


def test_who_does_not_respond_changes_no_answer_of_anybody() -> None:
    silent = truth_of(QUESTIONNAIRE, Response(np.zeros((2, 2)), np.zeros((2, 2))))
    plain = simulate_survey(QUESTIONNAIRE, silent, n=60, seed=4).sheet
    told = simulate_survey(QUESTIONNAIRE, TRUTH, n=60, seed=4).sheet
    others = [name for name in plain.columns if not name.startswith(("kept", "hidden", "support"))]
    assert plain.select(others).equals(told.select(others))
    heard = told_of(plain)
    assert plain.filter(~heard).equals(told.filter(~heard))


def test_moved_probabilities_move_every_log_odds_alike() -> None:
    start = np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]])
    moved = moved_probabilities(start, np.array([0.5, -1.0]))
    assert moved.sum(axis=1) == pytest.approx(1)
    above = [1 - p.cumsum(axis=1)[:, :-1] for p in (start, moved)]
    difference = logit(above[1]) - logit(above[0])
    assert difference == pytest.approx(np.array([[0.5] * 3, [-1.0] * 3]))


def test_by_default_people_respond_and_under_a_named_truth_nobody_does() -> None:
    moved = default_truth(QUESTIONNAIRE, seed=1).information["report"]
    assert moved.beliefs.shape == (2, 3)
    assert (moved.beliefs[1] > moved.beliefs[0]).all() and moved.lasts == 0.5
    assert named_truth(QUESTIONNAIRE, "none", seed=1).information == {}
