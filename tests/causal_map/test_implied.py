"""What a worldview's map implies of a proposal, held against what its people say."""

import numpy as np
import polars as pl
import pytest

from mfp_stats.errors import ChoiceError
from mfp_stats.quantities.causal_map.implied import TABLES, implied
from mfp_stats.quantities.causal_map.links import map_draws
from mfp_stats.quantities.causal_map.tables import map_tables
from tests.causal_map.conftest import drawn, shares
from tests.causal_map.test_links import LABELS, NAMES

#: Both say that the fund brings jobs; the second thinks that buildings, which it pushes, cost jobs.
ANSWERS = {
    "t_b": ({"more": 1.0}, {"as_much": 1.0}),
    "b_j": ({"much_more": 1.0}, {"much_less": 1.0}),
    "b_j_again": ({"most": 1.0}, {"less": 1.0}),
    "b_c": ({"as_much": 0.5, "more": 0.5}, {"more": 1.0}),
    "j_t": ({"less": 1.0}, {"as_much": 1.0}),
    "effects.fund.jobs": ({"better": 1.0}, {"better": 0.9, "worse": 0.1}),
    "effects.pause.jobs": ({"worse": 1.0}, {"better": 1.0}),
    "effects.fund.calm": ({"worse": 1.0}, {"worse": 1.0}),
}


def made(surveyed, answers, *, noise: float = 0.0) -> dict[str, pl.DataFrame]:
    matched = drawn(surveyed, answers, noise=noise)
    share = shares(matched, {"": 0.5, "left": 0.5, "right": 0.5})
    draws = map_draws(matched, share, surveyed.design)
    names = NAMES[: matched.sizes["worldview"]]
    return map_tables(draws, surveyed.design, names=names, group_labels=LABELS)


@pytest.fixture(scope="module")
def found(surveyed):
    return implied(made(surveyed, ANSWERS, noise=0.2), 0.5)


def test_effects_add_up_by_hand(surveyed):
    effects = implied(made(surveyed, ANSWERS), 0.5)["map_effects"]
    first = effects.filter(worldview=1).rows_by_key(["cause", "effect"], named=True, unique=True)
    round_ = 1 / (1 - 0.25 * 0.5 * -0.25)
    assert first["trust", "building"]["total_mean"] == pytest.approx(0.25 * round_, abs=1e-6)
    assert first["trust", "jobs"]["total_mean"] == pytest.approx(0.25 * 0.5 * round_, abs=1e-6)
    assert first["building", "jobs"]["direct"] and not first["trust", "jobs"]["direct"]
    assert ("calm", "jobs") not in first


def test_proposals_act_through_what_they_push(surveyed):
    rows = implied(made(surveyed, ANSWERS), 0.5)["map_proposals"]
    jobs = rows.filter(intervention="fund", concept="jobs", worldview=2).row(0, named=True)
    assert jobs["implied_mean"] == pytest.approx(-0.5, abs=1e-6)
    assert jobs["said_mean"] == pytest.approx(0.8, abs=1e-6)
    pause = rows.filter(intervention="pause", concept="calm", worldview=2).row(0, named=True)
    assert pause["implied_mean"] == pytest.approx(0.25, abs=1e-6)


def test_where_map_and_people_disagree_is_found_and_nothing_else(found):
    rows = found["map_proposals"].filter(pl.col("probability_opposite_least") >= 0.9)
    cells = rows.select("worldview", "intervention", "concept").rows()
    assert set(cells) == {(2, "fund", "jobs")}
    agreed = found["map_proposals"].filter(worldview=1, intervention="fund", concept="jobs")
    assert agreed["probability_opposite"].item() == 0


def test_a_concept_that_is_no_value_is_implied_but_not_said(found):
    rows = found["map_proposals"].filter(concept="building")
    assert len(rows) and rows["said_mean"].null_count() == len(rows)
    assert rows["probability_opposite"].null_count() == len(rows)


def test_a_map_that_hardly_settles_has_no_numbers_and_its_loop_is_named(surveyed):
    loop = {
        "t_b": ({"much_more": 1.0}, {"as_much": 1.0}),
        "b_j": ({"much_more": 1.0}, {"much_less": 1.0}),
        "b_j_again": ({"most": 1.0}, {"less": 1.0}),
        "j_t": ({"much_more": 1.0}, {"as_much": 1.0}),
    }
    tables = made(surveyed, ANSWERS | loop, noise=0.1)
    explodes = implied(tables, 1.0)
    first, second = explodes["map_worldviews"].sort("worldview").to_dicts()
    assert not first["settles"] and first["unsettled_share"] == 1 and second["settles"]
    # One loop passes on no more than it gets: its push dies away, if slowly.
    assert first["endless_share"] == 0 and first["only_loop"]
    assert set(first["loop"]) == {"trust", "building", "jobs"} and len(first["loop"]) == 3
    assert first["loop_raises"] == [True] * 3
    for name in ("map_effects", "map_proposals"):
        assert set(explodes[name]["worldview"]) == {2}
    assert set(implied(tables, 0.5)["map_effects"]["worldview"]) == {1, 2}


def everything_acts_on_everything(concepts: int, strength: float) -> dict[str, pl.DataFrame]:
    """Return tables of one worldview in which each concept is linked with every other."""
    names = [f"k{k}" for k in range(concepts)]
    ends = [{"cause": c, "effect": e} for c in names for e in names if c != e]
    rows = [
        {"draw": d, "worldview": 1, **end, "strength": strength} for end in ends for d in range(20)
    ]
    moves = {"intervention": pl.String(), "intervention_label": pl.String(), "concept": pl.String()}
    return {
        "map_links": pl.DataFrame([{"worldview": 1, "name": "One", **end} for end in ends]),
        "map_concepts": pl.DataFrame([{"concept": n, "concept_label": n} for n in names]),
        "map_moves": pl.DataFrame(schema=moves | {"move": pl.Float64()}),
        "map_draws": pl.DataFrame(rows),
        "map_said_draws": pl.DataFrame(),
    }


@pytest.mark.parametrize(("concepts", "radius", "endless"), [(3, 0.97, 0.0), (4, 1.455, 1.0)])
def test_only_loops_that_return_more_than_they_get_go_on_without_end(concepts, radius, endless):
    """Each link passes on 0.485 of a move, so that no single loop could."""
    found = implied(everything_acts_on_everything(concepts, 0.97), 0.5)
    (row,) = found["map_worldviews"].to_dicts()
    assert row["radius_mean"] == pytest.approx(radius)
    assert not row["settles"] and row["unsettled_share"] == 1
    assert row["endless_share"] == endless and not row["only_loop"]
    assert abs(row["loop_product"]) < 1
    assert found["map_effects"].is_empty()


def test_what_a_proposal_pushes_by_itself_is_marked(found):
    rows = found["map_proposals"].filter(worldview=1, intervention="fund")
    marked = dict(rows.select("concept", "pushed").rows())
    assert marked["building"] and marked["trust"] and not marked["jobs"] and not marked["calm"]


def test_the_transmission_is_a_share(surveyed):
    for wrong in (0.0, -0.5, 1.01):
        with pytest.raises(ChoiceError, match="above 0 and at most 1"):
            implied(made(surveyed, ANSWERS), wrong)


def test_nothing_is_made_of_nothing():
    empty = implied({"map_links": pl.DataFrame()}, 0.5)
    assert set(empty) == set(TABLES)
    assert all(frame.is_empty() for frame in empty.values())


def test_a_sign_that_hangs_on_the_transmission_is_no_disagreement(surveyed):
    """Trust costs calm through buildings and serves it by itself: which wins depends on it."""
    strength = {("trust", "calm"): 0.4, ("trust", "building"): 1.0, ("building", "calm"): -0.6}
    ends = [{"cause": c, "effect": e} for c, e in strength]
    draws = np.arange(40, dtype=np.int32)
    rows = [
        {"draw": int(d), "worldview": 1, "cause": c, "effect": e, "strength": s}
        for (c, e), s in strength.items()
        for d in draws
    ]
    said = [
        {"draw": int(d), "worldview": 1, "intervention": "fund", "concept": "calm", "said": -0.5}
        for d in draws
    ]
    move = {"intervention": "fund", "intervention_label": "F", "concept": "trust", "move": 1.0}
    names = [{"concept": n, "concept_label": n} for n in ("trust", "building", "calm")]
    tables = {
        "map_links": pl.DataFrame([{"worldview": 1, "name": "One", **end} for end in ends]),
        "map_concepts": pl.DataFrame(names),
        "map_moves": pl.DataFrame([move]),
        "map_draws": pl.DataFrame(rows),
        "map_said_draws": pl.DataFrame(said),
    }
    row = implied(tables, 0.5)["map_proposals"].filter(concept="calm").row(0, named=True)
    assert row["implied_mean"] == pytest.approx(0.5 * 0.4 - 0.25 * 0.6)
    assert row["probability_opposite"] == 1
    assert row["probability_opposite_least"] == 0
