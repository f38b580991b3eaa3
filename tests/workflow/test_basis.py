"""Whose responses are analysed, and with what values."""

from dataclasses import replace

import numpy as np
import xarray as xr

from mfp_stats.design.data import ModelData, Picks, Responses
from mfp_stats.workflow.basis import PeopleDraws

#: Four who picked and two who did not among the near, one and three among the far.
GROUP = np.repeat([0, 1], [6, 4])
PICKED = np.array([0, 1, 2, 3, 6])
DRAWS = 40


def survey(answers: np.ndarray) -> ModelData:
    """Ten people of two groups, of whom five said what they value."""
    people = tuple(f"p{i}" for i in range(len(GROUP)))
    chosen = np.tile([True, False, False], (len(PICKED), 1))
    values = ("fair", "jobs", "calm")
    data = ModelData(
        "s", "h", people, ("near", "far"), ("Near", "Far"), GROUP, None, values, values,
        picks=Picks(PICKED, np.ones_like(chosen), chosen),
    )  # fmt: skip
    given = Responses(("x",), ("X",), ("no", "yes"), 1, answers[:, None])
    return replace(data, responses=given)


def people_of(data: ModelData, floor: int) -> PeopleDraws:
    """Return the people of a posterior in which the groups value other things."""
    mu = np.array([[2.0, -1.0, -1.0], [-1.0, -1.0, 2.0]])
    factor = np.array([[0.5, 0.0], [-0.25, 0.4], [-0.25, -0.4]])
    posterior = xr.Dataset(
        {
            "mu": (
                ("chain", "draw", "groups", "values"),
                np.broadcast_to(mu, (2, DRAWS // 2, 2, 3)),
            ),
            "factor": (
                ("chain", "draw", "values", "contrasts"),
                np.broadcast_to(factor, (2, DRAWS // 2, 3, 2)),
            ),
        }
    )
    return PeopleDraws.of("values_revealed", posterior, data, floor=floor, seed=1)


def test_who_answers_about_proposals_and_leaves_out_values_counts_all_the_same():
    found = people_of(survey(np.array([1, 0, 1, 0, 1, -1, 1, 0, 1, 0])), floor=0)
    assert found.who.tolist() == [0, 1, 2, 3, 4, 6, 7, 8, 9]  # the sixth answered nothing
    assert found.told.tolist() == [True] * 4 + [False] + [True] + [False] * 3
    assert found.v.shape == (DRAWS, 9, 3)
    assert found.v[:, ~found.told & (GROUP[found.who] == 0)].mean(axis=(0, 1)).argmax() == 0
    assert found.v[:, ~found.told & (GROUP[found.who] == 1)].mean(axis=(0, 1)).argmax() == 2


def test_who_answered_under_stipulated_consequences_alone_counts_as_well():
    answers = np.array([1, 0, 1, 0, -1, -1, 1, 0, 1, 0])
    data = survey(answers)
    supposed = np.full((10, 1), -1)
    supposed[4] = 1
    data = replace(data, responses=replace(data.responses, stipulated=supposed))
    assert people_of(data, floor=0).who.tolist() == [0, 1, 2, 3, 4, 6, 7, 8, 9]
    assert PeopleDraws.without_values(data, 2).who.tolist() == [0, 1, 2, 3, 4, 6, 7, 8, 9]


def test_of_a_group_whose_values_hardly_anybody_told_nobody_is_made_up():
    found = people_of(survey(np.ones(10, dtype=np.int64)), floor=1)
    assert found.who.tolist() == [0, 1, 2, 3, 4, 5, 6]
