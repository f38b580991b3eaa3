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
from mfp_stats.quantities.memberships import bounded_log
from mfp_stats.quantities.updating import TABLE, updating_quantities
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.known_worldviews import KnownWorldviews
from mfp_stats.workflow.task import Displayed, Part, Task

UPDATING: Final = "updating"
#: Tuning draws a chain: there are few parameters, and nearly normal ones.
TUNE: Final = 400
#: Joins the name of a step or table, and that of a piece of information.
JOINED: Final = "-"
#: Entropy R² of memberships below which worldviews are not told apart.
LEAST_CERTAIN: Final = 0.05
_NOT_APART: Final = (
    "Information “{label}” is reported for all worldviews together: what it does not speak for "
    "hardly tells who holds which."
)
_TOGETHER: Final = (
    "Information is reported for all worldviews together, as these did not pass their checks."
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
        notes=(
            *((_TOGETHER,) if parts and worldviews.failed and not chosen else ()),
            *(note for part in parts for note in part.notes),
        ),
    )


def _name(told: Told) -> str:
    return f"{UPDATING}{JOINED}{told.name}"


def _fit_one(task: Task, worldviews: Part, told: Told) -> Part:
    known = _known(task, worldviews, told)
    floor = task.questionnaire.floor
    membership, evidence = _means(known, told)
    data = replace(task.data, told=told, log_membership=membership, log_evidence=evidence)

    def display(posterior: xr.Dataset) -> Displayed[pl.DataFrame]:
        few = thinned(posterior, task.settings)
        if known is not None:
            model = task.models[UPDATING].build(data, priors=task.priors.get(UPDATING))
            few = condition_draws(model, few, _draws(known, told))
        names = known.names if known is not None else ()
        held = np.exp(membership)
        return Displayed(*updating_quantities(few, data, held, names=names, floor=floor))

    judged = task.at_most(task.settings.draws, TUNE).fit(_name(told), UPDATING, data, display)
    found = pl.DataFrame() if judged.made is None else judged.made.found
    rests_on = (*(() if known is None else (known.step,)), _name(told))
    chosen = worldviews.basis
    several = isinstance(chosen, ChosenWorldviews) and chosen.matched.sizes["worldview"] > 1
    notes = (_NOT_APART.format(label=told.label),) if several and known is None else ()
    return Part((judged.step,), (Table(_name(told), found, rests_on),), notes)


def _known(task: Task, worldviews: Part, told: Told) -> KnownWorldviews | None:
    """Return what is known of worldviews without what people were told of.

    None where there is one worldview, or nothing that tells them apart.
    """
    known = KnownWorldviews.of(task, worldviews, told.person, without=told.touched)
    if known is None or _certainty(known.mean_log_membership()) <= LEAST_CERTAIN:
        return None
    return known


def _draws(known: KnownWorldviews, told: Told) -> Iterator[Mapping[str, Floats]]:
    """Yield memberships and evidence of each draw, (P, C) logarithms."""
    composition = known.matched["composition"].transpose("chain", "draw", ...).values
    shares = composition.reshape(-1, *composition.shape[2:])
    group = known.data.group[told.person]
    for share, held in zip(shares, known.log_memberships(), strict=True):
        yield {"log_membership": held, "log_evidence": held - bounded_log(share)[group]}


def _means(known: KnownWorldviews | None, told: Told) -> tuple[Floats, Floats]:
    """Return log memberships and evidence to sample at, (P, C), as they are on average.

    People together have one worldview.
    """
    if known is None:
        nothing = np.zeros((len(told.person), 1))
        return nothing, nothing
    total = known.matched.sizes["chain"] * known.matched.sizes["draw"]
    evidence = sum(np.exp(one["log_evidence"]) / total for one in _draws(known, told))
    return known.mean_log_membership(), bounded_log(np.asarray(evidence))


def _certainty(log_membership: Floats) -> float:
    """Return how well memberships are known, entropy R²: 0 no better than not at all."""
    member = np.exp(log_membership)
    member /= member.sum(axis=1, keepdims=True)
    entropy = -(member * np.log(np.maximum(member, 1e-300))).sum(axis=1).mean()
    return float(1 - entropy / np.log(member.shape[1]))
