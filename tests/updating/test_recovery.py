"""What a report did to two worldviews comes back from a fit, and nothing that it did not do."""

import json

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.design import build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.simulate.truth import Response
from mfp_stats.workflow.basis import ChosenWorldviews
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.updating import fit_updating
from tests.suites.acceptance import Quiet
from tests.updating.fitting import fit
from tests.updating.informed import (
    answers,
    informed,
    three_levels,
    true_support,
    truth_of,
    two_waves,
)

SETTINGS = FitSettings(draws=300, tune=300, seed=1)
#: κ by trust (distrusts, trusts) and worldview.
BELIEFS = np.array([[-1.0, 0.0], [1.2, 0.4]])
SUPPORT = np.array([[0.0, 0.0], [1.2, 0.0]])


@pytest.fixture(scope="module")
def fitted(checkout):
    """Two waves of the same people; in the second nothing is left of what the report did."""
    questionnaire = informed()
    truth = truth_of(questionnaire, Response(BELIEFS, SUPPORT, lasts=0.0))
    data = build_model_data(two_waves(questionnaire, truth, n=600, seed=6), questionnaire)
    worldviews, updating = fit(data, questionnaire, SETTINGS, checkout)
    assert worldviews.failed == updating.failed == ()
    return worldviews, updating.tables[0].frame, true_support(questionnaire, truth)


def by_class(worldviews: Part) -> list[int]:
    """Return the true worldview of each fitted one: the first agrees with the second statement."""
    profile = worldviews.basis.matched["profile"].mean(("chain", "draw"))
    agrees = profile.sel(answers="rules=very_much").values
    return [0 if agrees[c] == agrees.max() else 1 for c in range(2)]


def test_responses_come_back_by_trust_and_worldview(fitted) -> None:
    worldviews, table, _ = fitted
    order = by_class(worldviews)
    assert sorted(order) == [0, 1]
    rows = table.filter(pl.col("worldview") > 0, kind="belief", occasion="at_once").to_dicts()
    assert len(rows) == 4
    for row in rows:
        true = BELIEFS[int(row["trust"] == "trusts"), order[row["worldview"] - 1]]
        width = row["response_q95"] - row["response_q05"]
        assert row["response_q05"] - width / 4 < true < row["response_q95"] + width / 4
        assert width < 1.1
        if row["verdict"] in ("follows", "backfires"):
            assert (row["verdict"] == "follows") == (true > 0)
    strong = {(r["trust"], order[r["worldview"] - 1]): r["verdict"] for r in rows}
    assert strong["distrusts", 0] == "backfires" and strong["trusts", 0] == "follows"


def test_support_moved_where_it_did(fitted) -> None:
    worldviews, table, true = fitted
    order = by_class(worldviews)
    at_once = table.filter(pl.col("worldview") > 0, occasion="at_once")
    for row in at_once.filter(kind="support").to_dicts():
        moved = true[int(row["trust"] == "trusts"), order[row["worldview"] - 1]]
        width = row["shift_q95"] - row["shift_q05"]
        assert row["shift_q05"] - width / 4 < moved < row["shift_q95"] + width / 4
    first = at_once.filter(trust="trusts", kind="belief", worldview=1 + order.index(0))
    assert first["carried"].to_list() == ["yes"]


def test_what_evaporated_by_the_next_wave_is_not_said_to_have_lasted(fitted) -> None:
    worldviews, table, _ = fitted
    later = table.filter(pl.col("worldview") > 0, occasion="later")
    assert len(later.filter(kind="belief")) == 4
    told = 0
    for row in later.to_dicts():
        width = row["shift_q95"] - row["shift_q05"]
        assert row["shift_q05"] - width / 4 < 0 < row["shift_q95"] + width / 4
        told += row["verdict"] in ("follows", "backfires")
    assert told <= 1  # of eight, one in ten of which may be
    strong = {"trust": "trusts", "kind": "belief", "worldview": 1 + by_class(worldviews).index(0)}
    (first,) = table.filter(occasion="at_once", **strong).to_dicts()
    (left,) = later.filter(**strong).to_dicts()
    assert left["shift_q95"] < first["shift_q05"]
    assert left["lasted"] in ("no", "partly", "cannot_tell")


def test_what_everybody_was_told_before_the_next_wave_is_seen_between_waves(checkout) -> None:
    questionnaire = informed(trust=None, told={"wave": ["2"]})
    truth = truth_of(questionnaire, Response(np.full((2, 2), 1.2), np.zeros((2, 2))))
    data = build_model_data(two_waves(questionnaire, truth, n=200, seed=4), questionnaire)
    (told,) = data.information
    assert not told.randomised
    table = together(data, questionnaire, checkout, Part()).tables[0].frame
    belief = table.filter(kind="belief").row(0, named=True)
    assert belief["verdict"] == "follows" and belief["shift_q05"] > 0.1
    support = table.filter(kind="support").row(0, named=True)
    assert support["shift_q05"] < 0 < support["shift_q95"]


def test_another_leaflet_does_not_make_a_report_work(checkout) -> None:
    """The report does nothing; a leaflet in a third level of the arm lowers the same beliefs."""
    questionnaire = three_levels()
    leaflet = truth_of(informed(), Response(np.full((2, 2), -1.5), np.zeros((2, 2))))
    sheet = answers(informed(), leaflet, n=600, seed=8)
    told = np.array([json.loads(text)["briefing"] == "report" for text in sheet["arms"]])
    half = np.arange(600) % 2 == 0
    levels = np.where(told, "flyer", np.where(half, "report", "none"))
    arms = pl.Series([json.dumps({"briefing": level}) for level in levels])
    data = build_model_data(sheet.with_columns(arms=arms), questionnaire)
    part = together(data, questionnaire, checkout, Part())
    row = part.tables[0].frame.row(0, named=True)
    assert row["shift_q05"] < 0 < row["shift_q95"]
    assert row["verdict"] in ("cannot_tell", "unmoved")


def together(data, questionnaire, checkout, worldviews: Part) -> Part:
    task = Task(
        data=data,
        questionnaire=questionnaire,
        settings=FitSettings(draws=200, tune=200, seed=1),
        models={"updating": load_model(checkout / "models" / "updating.py")},
        priors={},
        report=Quiet(),  # type: ignore[arg-type]
    )
    part = fit_updating(task, worldviews)
    assert part.failed == ()
    return part


def test_where_nothing_tells_worldviews_apart_people_are_taken_together(checkout) -> None:
    questionnaire = informed(trust=None)
    truth = truth_of(questionnaire, Response(np.full((2, 2), 1.0), np.zeros((2, 2))))
    data = build_model_data(answers(questionnaire, truth, n=200, seed=8), questionnaire)
    sizes = [len(i.categories) for i in data.beliefs.indicators]
    shape = (2, 100)
    flat = np.concatenate([np.full(size, 1 / size) for size in sizes])
    matched = xr.Dataset(
        {
            "profile": (
                ("chain", "draw", "answers", "worldview"),
                np.broadcast_to(flat[:, None], (*shape, len(flat), 2)),
            ),
            "composition": (
                ("chain", "draw", "groups", "worldview"),
                np.full((*shape, len(data.groups), 2), 0.5),
            ),
        },
        coords={"worldview": [1, 2]},
    )
    share = xr.DataArray(np.full(shape, 0.5), dims=("chain", "draw"))
    basis = ChosenWorldviews("worldviews", ("One", "Other"), matched, share)
    part = together(data, questionnaire, checkout, Part(basis=basis))
    table = part.tables[0].frame
    assert table["worldview"].unique().to_list() == [0]
    assert table.filter(kind="belief")["verdict"].to_list() == ["follows"]
    assert "hardly tells who holds which" in part.notes[0]
