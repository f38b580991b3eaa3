"""What the response part of a fit says of what it does not tell, and why."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from mfp_stats.design.data import ModelData, Responses
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.workflow.basis import PeopleDraws
from mfp_stats.workflow.task import Task
from mfp_stats.workflow.unrated import unrated_note

UNVALUED: Final = (
    "What “{group}” supports is not told: support is analysed among people whose values are known, "
    "and too few of these said what they value."
)
SOME_UNVALUED: Final = (
    "Some people whose support counts gave no answer that their values are inferred from: "
    "{groups}. What they value is drawn from their group."
)
UNASKED: Final = (
    "Too few people in “{group}” were asked whether they accept {which} for anything of it to be "
    "shown. Gaps between them and others are not told there."
)
SEPARATED: Final = (
    "Everybody who answered in “{all}” accepts {which}, and nobody in “{none}”: where nothing "
    "varies within groups, causes cannot be told apart, and a fit may fail over it."
)


def response_notes(task: Task, people: PeopleDraws, measured: Measured) -> tuple[str, ...]:
    """Return the notes of a fit of responses.

    Parameters
    ----------
    task
        The fit under way; the survey has responses.
    people
        Whose responses are analysed.
    measured
        What is known of them.
    """
    given = measured.data.responses
    if given is None:
        return ()
    return (
        *_unrated(measured, given),
        *unvalued_notes(task, people),
        *_some_unvalued(measured, people, task.questionnaire.floor),
        *_unasked(measured, given, task.questionnaire.floor),
    )


def _unrated(measured: Measured, given: Responses) -> Iterator[str]:
    """Say which interventions kept the others from being split by what people expect."""
    rated = measured.data.expectations
    if not measured.layout.reduced or rated is None:
        return
    told = {rated.interventions[x] for x in rated.intervention[rated.value >= 0]}
    named = zip(given.interventions, given.intervention_labels, strict=True)
    without = [f"“{label}”" for name, label in named if name not in told]
    if told and without:
        yield unrated_note(without)


def unvalued_notes(task: Task, people: PeopleDraws) -> Iterator[str]:
    """Yield of which groups' support nothing is told because nobody's values are known there."""
    data, floor = task.data, task.questionnaire.floor
    if people.step is None or data.responses is None:
        return
    said = (data.responses.answers >= 0).any(axis=1)
    groups = len(data.groups)
    responded = np.bincount(data.group[said], minlength=groups)
    known = np.bincount(data.group[people.who], minlength=groups)
    for g in np.flatnonzero((responded > floor) & (known <= floor)):
        yield UNVALUED.format(group=data.group_labels[g])


def separated_notes(data: ModelData, floor: int) -> Iterator[str]:
    """Yield what everybody of one group accepts and nobody of another, of groups that are shown.

    Parameters
    ----------
    data
        With responses, or nothing is yielded.
    floor
        Groups of so many people or fewer, or of whom no more answered, are not looked at.
    """
    given = data.responses
    if given is None:
        return
    accepts, shown = given.accepts, []
    for g in np.flatnonzero(data.group_sizes > floor):
        own = accepts[data.group == g]
        asked = (own >= 0).sum(axis=0)
        shown.append((g, asked > floor, (own == 1).sum(axis=0), asked))
    for all_of, enough, yes, asked in shown:
        for none_of, theirs, their_yes, _ in shown:
            apart = enough & theirs & (yes == asked) & (their_yes == 0)
            if labels := [f"“{given.intervention_labels[x]}”" for x in np.flatnonzero(apart)]:
                yield SEPARATED.format(
                    which=", ".join(labels),
                    all=data.group_labels[all_of],
                    none=data.group_labels[none_of],
                )


def _some_unvalued(measured: Measured, people: PeopleDraws, floor: int) -> Iterator[str]:
    """Say of which groups the values of some people are those of their group."""
    if people.step is None:
        return
    data = measured.data
    sizes = data.group_sizes
    without = np.bincount(data.group[~people.told], minlength=len(data.groups))
    told = [
        f"{without[g]:,} in “{data.group_labels[g]}”"
        for g in np.flatnonzero((sizes > floor) & (without > 0))
    ]
    if told:
        yield SOME_UNVALUED.format(groups=", ".join(told))


def _unasked(measured: Measured, given: Responses, floor: int) -> Iterator[str]:
    """Say what too few people of a group that is otherwise shown were asked about."""
    data, answered = measured.data, given.answers >= 0
    for g in np.flatnonzero(data.group_sizes > floor):
        few = answered[data.group == g].sum(axis=0) <= floor
        labels = [f"“{given.intervention_labels[x]}”" for x in np.flatnonzero(few)]
        if labels:
            yield UNASKED.format(group=data.group_labels[g], which=", ".join(labels))
