"""The conjoint part of a fit: what attributes are worth, from choices between made-up proposals."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.conjoint_choices import Conjoint
from mfp_stats.design.data import Floats, ModelData
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.part_worths import (
    TABLES,
    HeldWorths,
    PartWorths,
    part_worth_quantities,
)
from mfp_stats.quantities.persons import bootstrap_weights
from mfp_stats.quantities.weighted_part_worths import weighted_utility
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.known_worldviews import KnownWorldviews
from mfp_stats.workflow.task import Displayed, Part, Task

MODEL: Final = "part_worths"
#: What steps and tables of a block are called: this, and the block's name.
STEP: Final = "conjoint"
JOINED: Final = "-"
#: Sds of groups near nothing ask for small steps.
TARGET_ACCEPT: Final = 0.95
_TOGETHER: Final = (
    "What attributes of proposals are worth is reported for all worldviews together, as these did "
    "not pass their checks."
)


def part_worths_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow, one a block of choices."""
    return [_name(STEP, one) for one in data.conjoints]


def fit_part_worths(task: Task, worldviews: Part) -> Part:
    """Fit what attributes are worth in each block of choices.

    Parameters
    ----------
    task
        The fit under way.
    worldviews
        The earlier part. Where it failed its checks, or the survey has no beliefs, people of a
        group are taken together.
    """
    parts = [_fit_one(task, worldviews, one) for one in task.data.conjoints]
    empty = () if parts else tuple(Table(name, pl.DataFrame()) for name in TABLES)
    chosen = isinstance(worldviews.basis, ChosenWorldviews)
    return Part(
        steps=tuple(step for part in parts for step in part.steps),
        tables=(*empty, *(table for part in parts for table in part.tables)),
        notes=(_TOGETHER,) if parts and worldviews.failed and not chosen else (),
    )


def _name(table: str, one: Conjoint) -> str:
    return f"{table}{JOINED}{one.name}"


def _fit_one(task: Task, worldviews: Part, one: Conjoint) -> Part:
    known = KnownWorldviews.of(task, worldviews, one.person)
    alone = np.zeros((len(one.person), 1))
    held = alone if known is None else known.mean_log_membership()
    data = replace(task.data, conjoint=one, log_membership=held)
    names = ("",) if known is None else known.names

    def display(posterior: xr.Dataset) -> Displayed[dict[str, pl.DataFrame]]:
        few = thinned(posterior, task.settings)
        if known is not None:
            model = task.models[MODEL].build(data, priors=task.priors.get(MODEL))
            drawn = ({"log_membership": each} for each in known.log_memberships())
            few = condition_draws(model, few, drawn)
        rows = np.arange(few.sizes["chain"] * few.sizes["draw"])
        held = _held(flat_draws(few["utility"], rows), known, data, seed=task.settings.seed)
        worths = PartWorths(held, few.sizes["chain"])
        floor = task.questionnaire.floor
        return Displayed(*part_worth_quantities(worths, data, names=names, floor=floor))

    careful = replace(
        task,
        settings=replace(
            task.settings, target_accept=max(TARGET_ACCEPT, task.settings.target_accept)
        ),
    )
    judged = careful.fit(_name(STEP, one), MODEL, data, display)
    found = {} if judged.made is None else judged.made.found
    rests_on = (*(() if known is None else (known.step,)), judged.step.name)
    tables = tuple(
        Table(_name(name, one), found.get(name, pl.DataFrame()), rests_on) for name in TABLES
    )
    return Part((judged.step,), tables)


def _held(
    utility: Floats, known: KnownWorldviews | None, data: ModelData, *, seed: int
) -> dict[str, HeldWorths]:
    """Return what groups hold in every draw, (S, G, C, T), by weighting."""
    rows = np.arange(len(utility))
    found = {}
    for name, weight in data.weightings.items():
        share = np.ones(utility.shape[:3])
        if known is not None:
            of_groups = known.share.sel(weighting=name).reindex(group=list(data.groups))
            share = flat_draws(of_groups, rows)
        worth = utility
        if weight is not None:
            worth, share = _weighted(utility, share, weight, data, seed)
        found[name] = HeldWorths(worth, share)
    return found


def _weighted(
    utility: Floats, share: Floats, weight: Floats, data: ModelData, seed: int
) -> tuple[Floats, Floats]:
    """Return worths that weights have moved; shares are NaN where nobody who chose counts."""
    one = data.conjoint
    assert one is not None and data.log_membership is not None
    own = weight[one.person]
    counted = np.bincount(data.group[one.person], own, minlength=len(data.groups)) > 0
    bootstrap = bootstrap_weights(None, one.person, np.arange(len(utility)), seed=seed)
    member = np.exp(data.log_membership)
    moved = weighted_utility(utility, member, one.profiles, own, bootstrap)
    return moved, np.where(counted[:, None], share, np.nan)
