"""The updating part of a fit: whether information reached beliefs, carried into support, lasted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
    known = _Known.of(task, worldviews, told)
    floor = task.questionnaire.floor
    membership, evidence = _mean(known, told)
    data = replace(task.data, told=told, log_membership=membership, log_evidence=evidence)

    def display(posterior: xr.Dataset) -> Displayed[pl.DataFrame]:
        few = thinned(posterior, task.settings)
        if known is not None:
            model = task.models[UPDATING].build(data, priors=task.priors.get(UPDATING))
            few = condition_draws(model, few, known.draws())
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


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known of people's worldviews without what they were told of."""

    step: str
    names: tuple[str, ...]
    matched: xr.Dataset
    data: ModelData
    told: Told

    @classmethod
    def of(cls, task: Task, worldviews: Part, told: Told) -> "_Known | None":
        """Return it; None where there is one worldview, or nothing that tells them apart."""
        chosen = worldviews.basis
        if not isinstance(chosen, ChosenWorldviews) or chosen.matched.sizes["worldview"] < 2:
            return None
        matched = thinned(chosen.matched, task.settings)
        known = cls(chosen.step, chosen.names, matched, task.data, told)
        return known if _certainty(known.mean("log_membership")) > LEAST_CERTAIN else None

    def draws(self) -> Iterator[Mapping[str, Floats]]:
        """Yield memberships and evidence of each draw, (P, C) logarithms."""
        composition = self.matched["composition"].transpose("chain", "draw", ...).values
        shares = composition.reshape(-1, *composition.shape[2:])
        members = memberships_without(self.matched, self.data, self.told.touched)
        group = self.data.group[self.told.person]
        for share, member in zip(shares, members, strict=True):
            held = _log(member[self.told.person])
            yield {"log_membership": held, "log_evidence": held - _log(share)[group]}

    def mean(self, name: str) -> Floats:
        """Return the logarithm of what one of :meth:`draws` is on average, (P, C)."""
        total = self.matched.sizes["chain"] * self.matched.sizes["draw"]
        return _log(np.asarray(sum(np.exp(one[name]) for one in self.draws()) / total))


def _mean(known: _Known | None, told: Told) -> tuple[Floats, Floats]:
    """Return log memberships and evidence to sample at; people together have one worldview."""
    if known is None:
        nothing = np.zeros((len(told.person), 1))
        return nothing, nothing
    return known.mean("log_membership"), known.mean("log_evidence")


def _certainty(log_membership: Floats) -> float:
    """Return how well memberships are known, entropy R²: 0 no better than not at all."""
    member = np.exp(log_membership)
    member /= member.sum(axis=1, keepdims=True)
    entropy = -(member * np.log(np.maximum(member, 1e-300))).sum(axis=1).mean()
    return float(1 - entropy / np.log(member.shape[1]))


def _log(membership: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(membership, 1e-12)))
