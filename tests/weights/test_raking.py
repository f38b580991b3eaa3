"""Raked weights meet every margin, as iterative fitting does, or what hinders is named."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import DesignError
from mfp_stats.weights import Margins, rake, raking_faults

Answers = Mapping[str, Sequence[str | None]]


def fitted(answers: Answers, margins: Margins, base: np.ndarray) -> np.ndarray:
    """Iterative proportional fitting as in a textbook, for answers without gaps."""
    w = base / base.mean()
    for _ in range(2_000):
        for item, shares in margins.shares.items():
            chosen = np.array(answers[item])
            for option, share in shares.items():
                inside = chosen == option
                w[inside] *= share * w.sum() / w[inside].sum()
    return w / w.mean()


def share(answers: Answers, item: str, option: str, weights: np.ndarray) -> float:
    """Return the weighted share of an option among those who answered."""
    chosen = np.array([a or "" for a in answers[item]])
    return float(weights[chosen == option].sum() / weights[chosen != ""].sum())


def sample(n: int, seed: int) -> dict[str, list[str]]:
    rng = np.random.default_rng(seed)
    side = rng.choice(["left", "right"], n, p=[0.6, 0.4])
    age = np.where(rng.random(n) < np.where(side == "left", 0.3, 0.7), "old", "young")
    town = rng.choice(["north", "south", "east"], n, p=[0.2, 0.5, 0.3])
    return {"side": side.tolist(), "age": age.tolist(), "town": town.tolist()}


MARGINS = Margins(
    {
        "side": {"left": 0.45, "right": 0.55},
        "age": {"old": 0.35, "young": 0.65},
        "town": {"north": 0.3, "south": 0.3, "east": 0.4},
    }
)


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), spread=st.floats(0, 0.6))
def test_raking_is_iterative_proportional_fitting(seed: int, spread: float) -> None:
    answers = sample(300, seed)
    base = np.random.default_rng(seed).lognormal(0, spread, 300)
    found = rake(answers, MARGINS, base)
    plain = fitted(answers, MARGINS, base)
    if plain.max() <= found.limit:
        np.testing.assert_allclose(found.weights, plain, rtol=1e-4)
    assert found.weights.mean() == pytest.approx(1)
    for item, shares in MARGINS.shares.items():
        for option, wanted in shares.items():
            assert share(answers, item, option, found.weights) == pytest.approx(wanted, abs=1e-5)


def test_margins_that_hold_already_leave_the_weights_as_they_are() -> None:
    base = np.array([1.0, 3.0, 2.0, 2.0])
    answers = {"side": ["left", "left", "right", "right"]}
    found = rake(answers, Margins({"side": {"left": 0.5, "right": 0.5}}), base)
    np.testing.assert_allclose(found.weights, base / 2, rtol=1e-6)


def test_people_without_an_answer_stay_with_the_weight_they_had() -> None:
    answers = sample(200, 3)
    answers["age"][:30] = [None] * 30
    base = np.random.default_rng(0).lognormal(0, 0.3, 200)
    found = rake(answers, MARGINS, base)
    for item, shares in MARGINS.shares.items():
        for option, wanted in shares.items():
            assert share(answers, item, option, found.weights) == pytest.approx(wanted, abs=1e-5)
    assert (found.weights > 0).all()
    kept = found.weights[:30].sum() / found.weights.sum()
    assert kept == pytest.approx(base[:30].sum() / base.sum(), abs=1e-5)


def test_people_of_weight_zero_stay_out() -> None:
    answers = sample(200, 4)
    base = np.ones(200)
    base[:20] = 0
    found = rake(answers, MARGINS, base)
    assert (found.weights[:20] == 0).all()
    assert share(answers, "age", "old", found.weights) == pytest.approx(0.35, abs=1e-5)


def test_nobody_counts_more_than_the_limit_where_the_margins_allow_it() -> None:
    # Only who is both rare ones is heavy when fitted plainly; others can take that weight over.
    a = ["x"] * 90 + ["y"] * 10
    b = ["p"] * 86 + ["q"] * 4 + ["q"] * 1 + ["p"] * 9
    margins = Margins({"a": {"x": 0.7, "y": 0.3}, "b": {"p": 0.8, "q": 0.2}})
    answers = {"a": a, "b": b}
    plain = fitted(answers, margins, np.ones(100))
    assert plain.max() > 5
    found = rake(answers, margins, None)
    assert found.within
    assert found.heaviest <= 5.001
    for item, shares in margins.shares.items():
        for option, wanted in shares.items():
            assert share(answers, item, option, found.weights) == pytest.approx(wanted, abs=1e-5)


def test_where_limit_and_margins_clash_the_margins_hold_and_it_is_told() -> None:
    answers = {"a": ["x"] * 98 + ["y"] * 2}
    found = rake(answers, Margins({"a": {"x": 0.8, "y": 0.2}}), None)
    assert not found.within
    assert found.heaviest == pytest.approx(10)
    assert share(answers, "a", "y", found.weights) == pytest.approx(0.2, abs=1e-5)


def test_heavy_weights_of_the_file_are_no_reason_to_trim() -> None:
    base = np.ones(100)
    base[0] = 9.0
    answers = {"a": ["x", "y"] * 50}
    found = rake(answers, Margins({"a": {"x": 0.54, "y": 0.46}}), base)
    assert found.within
    assert found.heaviest == pytest.approx(9 / 1.08, rel=0.02)


def test_options_without_people_and_people_without_a_share_are_all_named() -> None:
    answers = {"side": ["left", "left", "up", None], "age": ["old", "old", "old", "old"]}
    margins = Margins({"side": {"left": 0.5, "right": 0.5}, "age": {"old": 0.4, "young": 0.6}})
    faults = raking_faults(answers, margins, None)
    assert [f.where for f in faults] == [
        "margins, side.right",
        "margins, side.up",
        "margins, age.young",
    ]
    with pytest.raises(DesignError, match="no respondent is in it"):
        rake(answers, margins, None)


def test_an_option_held_only_by_people_of_weight_zero_has_nobody() -> None:
    answers = {"side": ["left", "right"]}
    margins = Margins({"side": {"left": 0.5, "right": 0.5}})
    faults = raking_faults(answers, margins, np.array([2.0, 0.0]))
    assert [f.where for f in faults] == ["margins, side.right"]


def test_margins_that_contradict_one_another_are_refused() -> None:
    answers = {"a": ["x", "x", "y", "y"], "b": ["p", "p", "q", "q"]}
    margins = Margins({"a": {"x": 0.3, "y": 0.7}, "b": {"p": 0.7, "q": 0.3}})
    with pytest.raises(DesignError, match="no weights meet all of a, b at once"):
        rake(answers, margins, None)
