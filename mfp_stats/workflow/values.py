"""The values part of a fit: revealed priorities from trade-offs, claimed ones from ratings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.asked import values_offered
from mfp_stats.design.data import ModelData
from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.overlap import overlap_differences
from mfp_stats.quantities.persons import answered
from mfp_stats.quantities.values import Values, offered_all, summarise_values
from mfp_stats.workflow.basis import PeopleDraws, thinned
from mfp_stats.workflow.perception import Revealed, fit_perception, perception_steps
from mfp_stats.workflow.task import Displayed, Judged, Part, Task

MODEL: Final = "values"
#: Everybody's values in every draw: needed for the quantities, too large for a saved fit.
PERSONS: Final = "v"
UNLIKE: Final = (
    "“{group}” was not offered {values} among the values, as others were: its priorities are not "
    "compared with theirs."
)
#: The tables of each version.
TABLES: Final = ("values", "overlap")


def step_name(version: str) -> str:
    """Return ``values_revealed`` or ``values_claimed``."""
    return f"values_{version}"


def versions(data: ModelData) -> dict[str, ModelData]:
    """Return the evidence for each version of the priorities that the survey asked for."""
    found = {}
    if data.has_tradeoffs:
        found["revealed"] = data.only_tradeoffs()
    if data.ratings is not None:
        found["claimed"] = data.only_ratings()
    return found


def values_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow."""
    return [*(step_name(version) for version in versions(data)), *perception_steps(data)]


def fit_values(task: Task) -> Part:
    """Fit each version of the priorities and make their tables, one set a version."""
    fitted = {version: _fit(task, version, data) for version, data in versions(task.data).items()}
    tables = [table for version, judged in fitted.items() for table in _tables(version, judged)]
    if len(fitted) == 2:
        tables.append(_differences(task.data, fitted))
    # What people choose says more than what they claim. Where choices were asked for and their fit
    # failed, nothing is built on claims in their place: they make groups look more alike.
    first = next((judged.usable for judged in fitted.values()), None)
    basis = None if first is None else first.found.people
    perceived = _perceived(task, fitted.get("revealed"))
    steps = (*(judged.step for judged in fitted.values()), *perceived.steps)
    return Part(steps, (*tables, *perceived.tables), (*_unlike(task), *perceived.notes), basis)


def _unlike(task: Task) -> tuple[str, ...]:
    """Say whose priorities are left out because they weighed other values than the rest did."""
    found: dict[str, None] = {}
    for data in versions(task.data).values():
        offered = values_offered(data)
        size = np.bincount(data.group[answered(data)], minlength=len(data.groups))
        for g in np.flatnonzero((size > task.questionnaire.floor) & ~offered_all(data)):
            lacking = np.flatnonzero(offered.any(axis=0) & ~offered[g])
            values = ", ".join(f"“{data.value_labels[k]}”" for k in lacking)
            found[UNLIKE.format(group=data.group_labels[g], values=values)] = None
    return tuple(found)


def built_on(data: ModelData) -> str | None:
    """Return the step that later parts build on; None where the survey asks about no values."""
    return next((step_name(version) for version in versions(data)), None)


def _tables(version: str, judged: "Judged[_Fitted]") -> list[Table]:
    """Return a version's tables; of a fit without results they are empty, and refused."""
    made = judged.made
    frames = dict.fromkeys(TABLES, pl.DataFrame()) if made is None else made.found.values.tables
    return [
        Table(f"{name}_{version}", frame, (judged.step.name,)) for name, frame in frames.items()
    ]


def _perceived(task: Task, revealed: "Judged[_Fitted] | None") -> Part:
    """Set what groups are thought to value beside what they do."""
    made = None if revealed is None else revealed.usable
    if revealed is None or made is None:
        failed = () if revealed is None else (revealed.step.name,)
        return fit_perception(task, None, failed)
    spread = revealed.step.draws["posterior"].to_dataset()["person_spread"]
    return fit_perception(task, Revealed(made.draws, made.found.people, spread), ())


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """What is made of one version's draws."""

    values: Values
    people: PeopleDraws


def _fit(task: Task, version: str, data: ModelData) -> Judged[_Fitted]:
    """Fit one version; groups too small to be shown stay in the model and out of the tables."""

    def display(posterior: xr.Dataset) -> Displayed[_Fitted]:
        # Of thousands of draws a few hundred a chain say as much, of everybody in a large survey.
        few = thinned(posterior, task.settings)
        found = summarise_values(
            few,
            data,
            version=version,
            floor=task.questionnaire.floor,
            seed=task.settings.seed,
        )
        people = PeopleDraws.of(
            step_name(version),
            few,
            data,
            floor=task.questionnaire.floor,
            seed=task.settings.seed,
        )
        return Displayed(_Fitted(found, people), found.draws)

    return task.fit(step_name(version), MODEL, data, display, drop=(PERSONS,))


def _differences(data: ModelData, fitted: Mapping[str, Judged[_Fitted]]) -> Table:
    """Return claimed minus revealed overlap, which rests on both fits."""
    revealed, claimed = fitted["revealed"].made, fitted["claimed"].made
    frame = pl.DataFrame()
    if revealed is not None and claimed is not None:
        frame = overlap_differences(revealed.draws, claimed.draws, data, version="claimed")
    return Table("overlap_differences", frame, tuple(step_name(version) for version in fitted))
