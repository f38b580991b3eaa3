"""The perception part of a fit: what groups think that groups value, and would answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.design.perception import guesses_as_people
from mfp_stats.fitting.saved import Table
from mfp_stats.quantities.overlap import overlap_differences
from mfp_stats.quantities.perception import (
    OwnValues,
    Perceived,
    shown_guesses,
    summarise_perception,
    values_not_offered,
    weighed_enough,
)
from mfp_stats.quantities.support_perception import support_perception
from mfp_stats.workflow.basis import PeopleDraws, thinned
from mfp_stats.workflow.task import Displayed, Part, Task

MODEL: Final = "values"
STEP: Final = "values_perceived"
#: Everybody's values in every draw: needed for the quantities, too large for a saved fit.
PERSONS: Final = "v"
#: How sure the guesses' fit is at most of the spread of people, as a sd of its logarithm.
LEAST_LOG_SD: Final = 0.05
#: The tables that rest on the guesses about values.
TABLES: Final = (
    "perception_perceived",
    "overlap_perceived",
    "overlap_directions",
    "overlap_differences_perceived",
)
UNLIKE: Final = (
    "Guesses of what groups want are not told where people could not pick {values}, which "
    "trade-offs offered: {pairs}."
)
LIGHT: Final = (
    "Guesses of what groups want are not told where {floor} or fewer of the people who made them "
    "have a weight above zero: {pairs}."
)


def perception_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow."""
    return [STEP] if data.guesses is not None and data.has_tradeoffs else []


@dataclass(frozen=True, slots=True, eq=False)
class Revealed:
    """What the guesses are set beside: revealed priorities that passed their checks.

    Parameters
    ----------
    draws
        The displayed draws, thinned.
    people
        Everybody's values.
    spread
        Draws of the spread of persons in a group.
    """

    draws: xr.Dataset
    people: PeopleDraws
    spread: xr.DataArray


def fit_perception(task: Task, revealed: Revealed | None, failed: tuple[str, ...]) -> Part:
    """Fit what groups are thought to value, and set it beside what they do.

    One pick tells nothing of how much the people of the guessed group are thought to differ, so
    that their spread is taken over from the revealed priorities: its posterior there is the prior
    here, whatever the user's prior of it.

    Parameters
    ----------
    task
        The fit under way.
    revealed
        None where there are no revealed priorities that may be built on.
    failed
        Steps that failed for this to be so; the tables then rest on them.
    """
    floor, seed = task.questionnaire.floor, task.settings.seed
    support = Table("perception", support_perception(task.data, floor=floor, seed=seed))
    if not perception_steps(task.data):
        return Part(tables=(support,))
    if revealed is None:
        return Part(tables=(support, *(Table(name, pl.DataFrame(), failed) for name in TABLES)))
    known = revealed.draws["group"].values.tolist()
    notes = notes_on_guesses(task.data, floor, known)
    if not shown_guesses(task.data, floor, known):
        return Part(tables=(support,), notes=notes)
    people = revealed.people
    own = OwnValues(people.who[people.told], people.v[:, people.told], people.mu)

    def display(posterior: xr.Dataset) -> Displayed[Perceived]:
        few = thinned(posterior, task.settings)
        found = summarise_perception(
            few,
            task.data,
            own,
            revealed.draws,
            rows=np.arange(few.sizes["chain"] * few.sizes["draw"]),
            floor=floor,
            seed=seed,
        )
        return Displayed(found, found.draws)

    data = guesses_as_people(task.data)
    informed = replace(task, priors={**task.priors, MODEL: _priors(task, revealed.spread)})
    judged = informed.fit(STEP, MODEL, data, display, drop=(PERSONS,))
    frames = _frames(task.data, revealed, judged.made)
    rests_on = (*([] if people.step is None else [people.step]), STEP)
    return Part(
        steps=(judged.step,),
        tables=(
            support,
            *(Table(name, frame, rests_on) for name, frame in zip(TABLES, frames, strict=True)),
        ),
        notes=notes,
    )


def notes_on_guesses(data: ModelData, floor: int, known: Sequence[str]) -> tuple[str, ...]:
    """Say which guesses are not shown that enough people made, and why.

    Parameters
    ----------
    data, floor
        The survey, and the largest number of people that is not shown.
    known
        Groups whose own priorities are shown.
    """
    lacking, weighed = values_not_offered(data), weighed_enough(data, floor)
    unlike: dict[str, list[str]] = {}
    light = []
    for g, h in shown_guesses(data, floor):
        if data.groups[h] not in known:
            continue
        pair = f"“{data.group_labels[g]}” about “{data.group_labels[h]}”"
        if lacking[g, h].any():
            values = ", ".join(f"“{data.value_labels[k]}”" for k in np.flatnonzero(lacking[g, h]))
            unlike.setdefault(values, []).append(pair)
        elif not weighed[g, h]:
            light.append(pair)
    notes = [UNLIKE.format(values=v, pairs="; ".join(pairs)) for v, pairs in unlike.items()]
    if light:
        notes.append(LIGHT.format(floor=floor, pairs="; ".join(light)))
    return tuple(notes)


def _frames(
    data: ModelData, revealed: Revealed, made: Displayed[Perceived] | None
) -> tuple[pl.DataFrame, ...]:
    """Return the frames of ``TABLES``, empty where the fit ended without results."""
    if made is None:
        return tuple(pl.DataFrame() for _ in TABLES)
    tables = made.found.tables
    differences = overlap_differences(revealed.draws, made.draws, data, version="perceived")
    return (tables["perception"], tables["overlap"], tables["overlap_directions"], differences)


def _priors(task: Task, spread: xr.DataArray) -> dict[str, float]:
    """Return the user's priors with that of the spread replaced by what is known of it."""
    log_spread = np.log(spread.values)
    return {
        **task.priors.get(MODEL, {}),
        "person": float(np.exp(log_spread.mean())),
        "person_log_sd": max(LEAST_LOG_SD, float(log_spread.std())),
    }
