"""The causal map of a fit: what each worldview believes to lead to what, from its own draws."""

from typing import Final

import polars as pl
import xarray as xr

from mfp_stats.design.causal import CausalDesign, causal_design
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.saved import Step, Table
from mfp_stats.quantities.causal_map.links import judged_draws, map_draws
from mfp_stats.quantities.causal_map.tables import TABLES, map_tables
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.task import Part, Task

#: The step's name. It samples nothing: its draws are made of those of the chosen worldviews.
STEP: Final = "causal_map"


def make_causal_map(task: Task, worldviews: Part) -> Part:
    """Make the causal map, and judge everything that is displayed of it.

    Parameters
    ----------
    task
        The fit under way.
    worldviews
        The earlier part, whose draws hold the probability of every answer in each worldview.
        Where it failed its checks nothing is computed; the tables then rest on the failed steps.
    """
    design = causal_design(task.questionnaire, task.data)
    empty = tuple(Table(name, pl.DataFrame()) for name in TABLES)
    if design is None:
        return Part(tables=empty)
    chosen = worldviews.basis
    if not isinstance(chosen, ChosenWorldviews):
        return Part(tables=tuple(Table(t.name, t.frame, worldviews.failed) for t in empty))
    if not len(design.links):
        return Part(tables=empty, notes=design.notes)
    matched = thinned(chosen.matched, task.settings)
    share = thinned(chosen.share.to_dataset(name="share"), task.settings)["share"]
    draws = map_draws(matched, share, design)
    labels = dict(zip(task.data.groups, task.data.group_labels, strict=True))
    tables = map_tables(draws, design, names=chosen.names, group_labels={**labels, "": "Everyone"})
    source = next(step for step in worldviews.steps if step.name == chosen.step)
    rests_on = (chosen.step, STEP)
    return Part(
        steps=(_judged(source, draws, design),),
        tables=tuple(Table(name, tables[name], rests_on) for name in TABLES),
        notes=design.notes,
    )


def _judged(source: Step, draws: xr.Dataset, design: CausalDesign) -> Step:
    """Return the step of the map, judged by the sampler's statistics of the worldviews."""
    judged = judged_draws(draws, design)
    statistics = source.draws["sample_stats"].to_dataset()
    return Step(
        name=STEP,
        model=source.model,
        options=source.options,
        priors=source.priors,
        settings=source.settings,
        draws=xr.DataTree.from_dict({"posterior": judged, "sample_stats": xr.Dataset()}),
        gate=check_draws(judged, statistics),
    )
