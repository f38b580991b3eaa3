"""The part of a fit: judged by the draws that it is made of, refused with the step it rests on."""

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from mfp_stats.errors import FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.saved import FitRecord, Step, read_draws, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import read_manifest
from mfp_stats.quantities.causal_map.tables import TABLES
from mfp_stats.questionnaire import parse
from mfp_stats.workflow.basis import ChosenWorldviews
from mfp_stats.workflow.causal_map import STEP, make_causal_map
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.show import topic_tables
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.topics import Topic
from mfp_stats.workflow.what_if import what_if
from tests.causal_map.conftest import CHAINS, document, drawn, mapped, shares
from tests.causal_map.test_links import ANSWERS, NAMES

TOY = "from mfp_stats.fitting import model\n@model(title='Toy')\ndef toy(data): ...\n"
WORLDVIEWS = "worldviews_two_classes"
SETTINGS = FitSettings(draws=400, tune=10)


def task_of(surveyed) -> Task:
    return Task(surveyed.data, surveyed.questionnaire, SETTINGS, {}, {}, None)


def worldviews_of(surveyed, *, stuck: bool = False, model=None) -> Part:
    """Return the earlier part as it would be, with independent draws, or of stuck chains."""
    rng = np.random.default_rng(2)
    few = drawn(surveyed, ANSWERS)
    size = (CHAINS, SETTINGS.draws)
    matched = few.isel(draw=np.zeros(SETTINGS.draws, dtype=int))
    move = rng.normal(0, 0.01, (*size, matched.sizes["answers"], 2))
    if stuck:
        move += np.arange(CHAINS)[:, None, None, None] * 0.1
    matched["profile"] = matched["profile"] + move
    share = shares(few, {"": 0.6, "left": 0.9, "right": 0.2})
    share = share.isel(draw=np.zeros(SETTINGS.draws, dtype=int))
    share = share + xr.DataArray(rng.normal(0, 0.01, size), dims=("chain", "draw"))
    kinds = {name: (("chain", "draw"), rng.standard_normal(size)) for name in ("logp", "energy")}
    statistics = xr.Dataset(kinds | {"diverging": (("chain", "draw"), np.zeros(size, dtype=bool))})
    step = Step(
        name=WORLDVIEWS,
        model=model,
        options={"classes": 2},
        priors={},
        settings=SETTINGS,
        draws=xr.DataTree.from_dict({"sample_stats": statistics}),
        gate=GateResult((Check("r_hat", 1.0, 1.01, True),)),
    )
    return Part(steps=(step,), basis=ChosenWorldviews(WORLDVIEWS, NAMES, matched, share))


def test_every_table_rests_on_the_worldviews_and_on_its_own_checks(surveyed):
    part = make_causal_map(task_of(surveyed), worldviews_of(surveyed))
    assert [table.name for table in part.tables] == list(TABLES)
    assert {table.steps for table in part.tables} == {(WORLDVIEWS, STEP)}
    (step,) = part.steps
    assert step.name == STEP and step.gate.shown
    assert len(part.tables[0].frame) == 2 * len(surveyed.design.links)


def test_draws_that_do_not_agree_fail_the_maps_own_checks(surveyed):
    part = make_causal_map(task_of(surveyed), worldviews_of(surveyed, stuck=True))
    assert part.failed == (STEP,)
    assert "r_hat" in {check.check for check in part.steps[0].gate.failed}


def test_nothing_is_made_of_worldviews_that_failed(surveyed):
    failed = SimpleNamespace(name=WORLDVIEWS, gate=SimpleNamespace(shown=False))
    part = make_causal_map(task_of(surveyed), Part(steps=(failed,)))
    assert not part.steps
    assert all(t.frame.is_empty() and t.steps == (WORLDVIEWS,) for t in part.tables)


def test_what_too_few_answered_about_is_noted_and_nothing_is_made_of_it():
    few = mapped(document(), n=9)
    part = make_causal_map(task_of(few), worldviews_of(few))
    assert len(part.notes) == 4
    assert not part.steps
    assert all(table.frame.is_empty() and not table.steps for table in part.tables)


def test_a_survey_that_links_nothing_has_no_map(surveyed):
    written = document()
    for item in written["blocks"][1]["items"][:5]:
        del item["cause"], item["effect"]
    other = SimpleNamespace(data=surveyed.data, questionnaire=parse(written, where="test"))
    part = make_causal_map(task_of(other), worldviews_of(surveyed))
    assert not part.steps and not part.notes
    assert all(table.frame.is_empty() and not table.steps for table in part.tables)


def saved(surveyed, tmp_path, *, stuck: bool = False) -> FitResults:
    """Return the map's part as a fit would keep it."""
    (tmp_path / "toy.py").write_text(TOY)
    worldviews = worldviews_of(surveyed, stuck=stuck, model=load_model(tmp_path / "toy.py"))
    part = make_causal_map(task_of(surveyed), worldviews)
    record = FitRecord("f1", "mapped", "0", "0", None, True, 1, datetime.now(UTC))
    steps = [*worldviews.steps, *part.steps]
    folder = save_fit(tmp_path / "fits", record, steps, part.tables)
    return FitResults(folder, read_manifest(folder))


def test_what_was_saved_tells_what_would_follow(surveyed, tmp_path):
    results = saved(surveyed, tmp_path)
    found = what_if(results)
    assert set(found["map_effects"]["worldview"]) == {1, 2}
    assert found["map_proposals"]["probability_opposite"].drop_nulls().len() > 0
    judged = read_draws(results.folder, STEP)["posterior"]
    assert {"strength", "strength_in_group", "effect", "said"} <= set(judged.data_vars)


def test_a_map_that_failed_its_checks_has_no_what_if(surveyed, tmp_path):
    results = saved(surveyed, tmp_path, stuck=True)
    assert results.failed_steps == [STEP]
    with pytest.raises(FitRefused, match="causal map"):
        what_if(results)
    with pytest.raises(FitRefused, match="causal map"):
        topic_tables(results, Topic.MAP)


def test_without_moves_the_map_is_kept_and_implies_nothing_of_proposals(tmp_path):
    written = document()
    for proposal in written["interventions"].values():
        del proposal["moves"]
    found = what_if(saved(mapped(written), tmp_path))
    assert len(found["map_effects"]) and found["map_proposals"].is_empty()
