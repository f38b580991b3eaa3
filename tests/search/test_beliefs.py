"""The one belief whose change would help most: found by trying all of them by hand."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.quantities.search.beliefs import GAIN, NEUTRAL, best_change
from mfp_stats.quantities.search.front import front_of
from mfp_stats.quantities.search.rows import Cells, design_rows, summary_row
from mfp_stats.quantities.search.sweep import Scores, enumerate_designs
from tests.search.stand_in import space_of, stand_in, with_fielded

CELLS = Cells([(f"k{k}", f"Outcome {k}") for k in range(4)], [("q0", "Signal 0")])


def searched(*, groups=3, threshold=0.5, **more) -> Scores:
    space = space_of((2, 3), 4)
    model = stand_in(space, draws=80, groups=groups, seed=3, **more)
    return enumerate_designs(model, space, threshold)


def moved(scores: Scores, place: int, group: int, cell: int, toward: int) -> np.ndarray:
    """Return who accepts (S, G) once a group's belief of every design is moved."""
    model, space = scores.model, scores.space
    code = space.code(scores.levels[[place]])[0]
    attributes = len(code)
    z = np.concatenate([model.outcome, model.signal], axis=3)
    now = z[..., :attributes] @ code + z[..., -1] * (scores.proposal[place] < 0)
    if scores.proposal[place] >= 0:
        now = now + z[..., attributes + scores.proposal[place]]
    belief = np.einsum("sgc,sgck->sgk", model.share, now)
    goal = 0.0 if toward == NEUTRAL else belief[:, toward, cell]
    step = goal - belief[:, group, cell]
    changed = z.copy()
    changed[:, group, :, cell, 0] += step[:, None]
    outcome, signal = changed[..., :4, :], changed[..., 4:, :]
    other = replace(model, outcome=outcome, signal=signal)
    other = with_fielded(other, space)
    again = replace(scores, model=other)
    return again.accepts(np.array([place]))[0]


@pytest.mark.parametrize("place", range(6))
def test_the_change_that_helps_most_is_found(place: int):
    scores = searched()
    now = scores.accepts(np.array([place]))[0].min(axis=1)
    tried = {}
    for group in range(3):
        for cell in range(5):
            for toward in (NEUTRAL, 0, 1, 2):
                if toward != group:
                    worst = moved(scores, place, group, cell, toward).min(axis=1)
                    joint = (worst >= 0.5).mean() - (now >= 0.5).mean()
                    tried[group, cell, toward] = (round(joint, 2), (worst - now).mean())
    best = max(tried.values())
    found = best_change(scores, place)
    if found is None:
        assert best <= (0.0, GAIN + 1e-6)
        return
    cell = found.outcome if found.outcome is not None else 4 + found.signal
    assert (round(found.gain, 2), found.worst_gain.mean()) == pytest.approx(best, abs=1e-5)
    assert tried[found.group, cell, found.toward] == pytest.approx(best, abs=1e-5)


def test_where_everybody_accepts_no_belief_needs_to_change():
    scores = searched()
    rest = scores.model.rest.copy()
    rest[..., 0] += 30
    happy = with_fielded(replace(scores.model, rest=rest), scores.space)
    assert best_change(enumerate_designs(happy, scores.space, 0.5), 0) is None


def test_a_group_by_itself_can_only_move_to_no_difference():
    found = [best_change(searched(groups=1), place) for place in range(6)]
    assert {change.toward for change in found if change is not None} <= {NEUTRAL}
    assert any(change is not None for change in found)


def test_without_consequences_or_signals_there_is_no_belief_to_change():
    scores = searched(signals=0)
    bare = replace(scores, model=replace(scores.model, importance=None))
    assert best_change(bare, 0) is None


def test_rows_say_everything_of_a_design():
    scores = searched(threshold=0.4)
    front = front_of(scores)
    rows = design_rows(front, CELLS)
    assert rows["rank"].to_list() == list(range(1, len(rows) + 1))
    assert rows["design"].n_unique() == len(rows)
    fielded = rows.filter(rows["intervention"].is_not_null())
    assert set(fielded["distance"]) == {0} and not fielded["confirm"].any()
    for row in rows.to_dicts():
        shares = [row[f"accepts_g{g}_mean"] for g in range(3)]
        assert row["worst_mean"] <= min(shares) + 1e-6
        assert row["worst_group"] == f"g{int(np.argmin(shares))}"
        for name in ("worst", "accepts_g0", "effect_1", "effect_2", "regret"):
            assert row[f"{name}_q05"] <= row[f"{name}_mean"] <= row[f"{name}_q95"]
        if row["change_kind"] is not None:
            assert row["change_joint_probability"] >= row["joint_probability"]
            assert row["change_label"].startswith(("Outcome", "Signal"))
    about = summary_row(front)
    assert about["designs"] == about["looked_at"] == 6 and about["complete"]
    assert about["tied"] == 1
