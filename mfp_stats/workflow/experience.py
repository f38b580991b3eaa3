"""The experience part of a fit: what people's record has to do with the worldview they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.experience import TABLES, experience_quantities
from mfp_stats.quantities.memberships import log_evidence
from mfp_stats.quantities.worldview_names import NOT_DIVIDED
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.task import Displayed, Part, Task

EXPERIENCE: Final = "experience"
#: Tuning draws a chain: there are few parameters, and nearly normal ones.
TUNE: Final = 300


def experience_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow."""
    return [EXPERIENCE] if data.experience is not None and data.beliefs is not None else []


def fit_experience(task: Task, worldviews: Part) -> Part:
    """Fit how people's record goes with their worldview.

    Parameters
    ----------
    task
        The fit under way.
    worldviews
        The earlier part. Where it failed its checks nothing is computed; the tables then rest on
        the failed steps.
    """
    empty = tuple(Table(name, pl.DataFrame()) for name in TABLES)
    if not experience_steps(task.data):
        return Part(tables=empty)
    chosen = worldviews.basis
    if not isinstance(chosen, ChosenWorldviews):
        return Part(tables=tuple(Table(t.name, t.frame, worldviews.failed) for t in empty))
    if chosen.matched.sizes["worldview"] == 1:
        return Part(tables=empty, notes=(NOT_DIVIDED,))
    matched = thinned(chosen.matched, task.settings)
    names = chosen.names

    def evidence() -> Iterator[Mapping[str, Floats]]:
        return ({"log_evidence": one} for one in log_evidence(matched, task.data))

    total = matched.sizes["chain"] * matched.sizes["draw"]
    # Added up one by one: all of them at once are a matrix of people a draw.
    mean = np.asarray(sum(one["log_evidence"] for one in evidence()) / total)
    data = replace(task.data, log_evidence=mean)

    def display(posterior: xr.Dataset) -> Displayed[Mapping[str, pl.DataFrame]]:
        model = task.models[EXPERIENCE].build(data, priors=task.priors.get(EXPERIENCE))
        conditioned = condition_draws(model, thinned(posterior, task.settings), evidence())
        floor = task.questionnaire.floor
        return Displayed(*experience_quantities(conditioned, data, names=names, floor=floor))

    brief = task.at_most(task.settings.draws, TUNE)
    judged = brief.fit(EXPERIENCE, EXPERIENCE, data, display)
    found = {} if judged.made is None else judged.made.found
    rests_on = (chosen.step, judged.step.name)
    return Part(
        steps=(judged.step,),
        tables=tuple(Table(name, found.get(name, pl.DataFrame()), rests_on) for name in TABLES),
    )
