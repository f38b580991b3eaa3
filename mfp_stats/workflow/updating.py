"""The updating part of a fit: whether information reached beliefs, carried into support, lasted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, ModelData, Told
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.memberships import memberships_without
from mfp_stats.quantities.updating import TABLE, updating_quantities
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.task import Displayed, Part, Task

UPDATING: Final = "updating"
#: Tuning draws a chain: there are few parameters, and nearly normal ones.
TUNE: Final = 400
#: Joins the name of a step or table, and that of a piece of information.
JOINED: Final = "-"
_TOGETHER: Final = (
    "What people were told is reported for all worldviews together, as these did not pass their "
    "checks."
)


def updating_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow, one a piece of information."""
    return [_name(told) for told in data.information]


def fit_updating(task: Task, worldviews: Part) -> Part:
    """Fit the response to each piece of information.

    Parameters
    ----------
    task
        The fit under way.
    worldviews
        The earlier part. Where it failed its checks, or the survey has no beliefs, people are
        taken together.
    """
    parts = [_fit_one(task, worldviews, told) for told in task.data.information]
    empty = () if parts else (Table(TABLE, pl.DataFrame()),)
    chosen = isinstance(worldviews.basis, ChosenWorldviews)
    return Part(
        steps=tuple(step for part in parts for step in part.steps),
        tables=(*empty, *(table for part in parts for table in part.tables)),
        notes=(_TOGETHER,) if parts and worldviews.failed and not chosen else (),
    )


def _name(told: Told) -> str:
    return f"{UPDATING}{JOINED}{told.name}"


def _fit_one(task: Task, worldviews: Part, told: Told) -> Part:
    chosen = worldviews.basis
    names: tuple[str, ...] = ()
    rests_on = [_name(told)]
    matched: xr.Dataset | None = None
    if isinstance(chosen, ChosenWorldviews) and chosen.matched.sizes["worldview"] > 1:
        matched = thinned(chosen.matched, task.settings)
        names = chosen.names
        rests_on.insert(0, chosen.step)

    def memberships() -> Iterator[Floats]:
        assert matched is not None
        members = memberships_without(matched, task.data, told.touched)
        return (one[told.person] for one in members)

    mean = np.ones((len(told.person), 1))
    if matched is not None:
        total = matched.sizes["chain"] * matched.sizes["draw"]
        mean = np.asarray(sum(memberships()) / total)
    data = replace(task.data, told=told, log_membership=_log(mean))

    def measured() -> Iterator[Mapping[str, Floats]]:
        return ({"log_membership": _log(one)} for one in memberships())

    def display(posterior: xr.Dataset) -> Displayed[pl.DataFrame]:
        few = thinned(posterior, task.settings)
        if matched is not None:
            model = task.models[UPDATING].build(data, priors=task.priors.get(UPDATING))
            few = condition_draws(model, few, measured())
        return Displayed(*updating_quantities(few, data, mean, names=names))

    judged = task.at_most(task.settings.draws, TUNE).fit(_name(told), UPDATING, data, display)
    found = pl.DataFrame() if judged.made is None else judged.made.found
    return Part(steps=(judged.step,), tables=(Table(_name(told), found, tuple(rests_on)),))


def _log(membership: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(membership, 1e-12)))
