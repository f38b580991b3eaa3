"""The response part of a fit: expectations, responses, and what carries the gaps between groups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.asked import Asked
from mfp_stats.design.data import Floats, Index, ModelData
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.saved import Step, Table
from mfp_stats.likelihoods.response_slots import response_slots
from mfp_stats.quantities.expected import Expected
from mfp_stats.quantities.forecast.left_out import left_out_parameters
from mfp_stats.quantities.gaps import parameters, scale_use
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout, index_of
from mfp_stats.quantities.memberships import belief_log_memberships, mean_of_log
from mfp_stats.quantities.response_draws import Measured, ResponseDraws, draw_responses
from mfp_stats.quantities.response_rows import ResponseRows
from mfp_stats.quantities.response_tables import CONSTANT, displayed_draws, response_tables
from mfp_stats.quantities.search.tables import TABLES as SEARCH_TABLES
from mfp_stats.quantities.unused_expectations import unused_means
from mfp_stats.workflow.basis import DRAWS, ChosenWorldviews, PeopleDraws, thinned
from mfp_stats.workflow.designs import kept_for_search
from mfp_stats.workflow.response_notes import response_notes, separated_notes
from mfp_stats.workflow.task import Displayed, Judged, Part, Task
from mfp_stats.workflow.values import built_on

EXPECTATIONS: Final = "expectations"
RESPONSES: Final = "responses"
#: Tuning draws a chain of the response model, whose few parameters are nearly normal.
TUNE: Final = 300
#: Draws that are sampled for each that is kept: they are cheap, and what is made of each is not,
#: so that a second try for want of independent draws would cost more.
SAMPLED: Final = 1.5
#: Draws that the mean measurement, at which the response model is sampled, is averaged over.
AVERAGED: Final = 100
TOO_FEW: Final = (
    "In no group did enough people answer about proposals, and about values where these were "
    "asked: nothing of what rests on responses is shown."
)
#: The tables of this part, there even where nothing is in them.
TABLES: Final = (
    "gap",
    "acceptance",
    "acceptance_draws",
    "signals",
    "signal_worldviews",
    "signal_pairs",
    "divergence",
    "left_out",
    "left_out_summary",
    *SEARCH_TABLES,
)


def responses_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow."""
    if data.responses is None:
        return []
    return [EXPECTATIONS, RESPONSES] if data.expectations is not None else [RESPONSES]


def fit_responses(task: Task, values: Part, worldviews: Part) -> Part:
    """Fit what people expect and accept, given their values and worldviews.

    Parameters
    ----------
    task
        The fit under way.
    values, worldviews
        The earlier parts. Where what this builds on failed its checks nothing is computed; the
        tables then rest on the failed steps. Where the survey asks about no values, they are a
        cause that was not measured; where it asks about no beliefs, everybody has the one
        worldview.
    """
    people, chosen = _people(task, values), worldviews.basis
    known = isinstance(chosen, ChosenWorldviews) or task.data.beliefs is None
    if task.data.responses is None or people is None or not known:
        return _nothing(_missing(task, people, worldviews))
    sizes = np.bincount(task.data.group[people.who], minlength=len(task.data.groups))
    if sizes.max() <= task.questionnaire.floor:
        return Part(tables=tuple(Table(name, pl.DataFrame()) for name in TABLES), notes=(TOO_FEW,))
    held = chosen if isinstance(chosen, ChosenWorldviews) else None
    earlier = tuple(filter(None, (people.step, None if held is None else held.step)))
    measured, steps = measure_people(task, people, held)
    # Said of failed steps too: it may be why they failed.
    notes = tuple(separated_notes(task.data, task.questionnaire.floor))
    if measured is None:
        return _nothing((*earlier, *(step.name for step in steps)), steps, notes)
    judged_responses = _fit_responses(task, measured)
    steps.append(judged_responses.step)
    rests_on = (*earlier, *(step.name for step in steps))
    if judged_responses.made is None:
        return _nothing(rests_on, steps, notes)
    found, unused, searched = judged_responses.made.found
    tables = {**response_tables(found, measured, task.questionnaire, unused), **searched}
    return Part(
        steps=tuple(steps),
        tables=tuple(Table(name, frame, rests_on) for name, frame in tables.items()),
        notes=(*response_notes(task, people, measured), *notes),
        basis=found if judged_responses.step.gate.shown else None,
    )


def _missing(task: Task, people: PeopleDraws | None, worldviews: Part) -> tuple[str, ...]:
    """Return the failed steps for which nothing of responses is computed; none if not asked."""
    if task.data.responses is None:
        return ()
    values = built_on(task.data) if people is None else None
    return (
        *([] if values is None else [values]),
        *(worldviews.failed if worldviews.basis is None else ()),
    )


def _nothing(
    rests_on: Sequence[str], steps: Sequence[Step] = (), notes: tuple[str, ...] = ()
) -> Part:
    """Return empty tables that are refused because of steps that failed, if any are named."""
    tables = tuple(Table(name, pl.DataFrame(), rests_on) for name in TABLES)
    return Part(tuple(steps), tables, notes=notes)


def measure_people(
    task: Task, people: PeopleDraws, held: ChosenWorldviews | None
) -> tuple[Measured | None, list[Step]]:
    """Return what is known of everybody before a look at responses, and the steps that it took.

    None is known where the fit of what people expect ended without results.

    Parameters
    ----------
    task
        The fit under way; the survey has responses.
    people
        Everybody's values.
    held
        The worldviews; None where the survey asks about no beliefs.
    """
    # Each draw has memberships of its own, as it has values: doubts about worldviews count.
    log_membership: Floats = np.zeros((len(people.v), len(task.data.respondents), 1))
    if held is not None:
        few = thinned(held.matched, task.settings)
        log_membership = belief_log_memberships(few, task.data)
    data = replace(task.data, log_membership=mean_of_log(log_membership))
    if data.expectations is None:
        return _measured(task, data, people, log_membership, None), []
    judged = _fit_expectations(task, data)
    if judged.made is None:
        return None, [judged.step]
    expected = Expected.of(judged.made.found, data.expectations, data.group, log_membership)
    return _measured(task, data, people, log_membership, expected), [judged.step]


def _people(task: Task, values: Part) -> PeopleDraws | None:
    """Return whose responses are analysed; None where their values failed their checks."""
    if isinstance(values.basis, PeopleDraws):
        return values.basis
    if built_on(task.data) is not None:
        return None
    settings = task.settings
    return PeopleDraws.without_values(task.data, settings.chains * min(DRAWS, settings.draws))


def _fit_expectations(task: Task, data: ModelData) -> Judged[xr.Dataset]:
    def display(posterior: xr.Dataset) -> Displayed[xr.Dataset]:
        assert data.log_membership is not None
        membership = np.exp(data.log_membership)
        shares = [membership[data.group == g].mean(axis=0) for g in range(len(data.groups))]
        weights = xr.DataArray(np.stack(shares), dims=("groups", "classes"))
        # Judged by the draws that responses will rest on: sampling those again mends nothing here.
        few = thinned(posterior, task.settings)
        means = (few["expectation"] * weights).sum("classes").rename("expectation")
        return Displayed(few, means.to_dataset())

    return task.fit(EXPECTATIONS, EXPECTATIONS, data, display)


def _measured(
    task: Task,
    data: ModelData,
    people: PeopleDraws,
    log_membership: Floats,
    expected: Expected | None,
) -> Measured:
    """Keep the people whose responses are analysed."""
    assert data.responses is not None and data.log_membership is not None
    everyone = len(people.who) == len(data.respondents)
    if expected is not None:
        expected = expected if everyone else expected.only(people.who)
        log_membership = expected.log_membership  # large: held once
    elif not everyone:
        log_membership = log_membership[:, people.who]
    answers = data.responses.answers[people.who]
    supposed = data.responses.stipulated
    kept = replace(
        data,
        respondents=tuple(data.respondents[i] for i in people.who),
        group=data.group[people.who],
        weight=None if data.weight is None else data.weight[people.who],
        responses=replace(
            data.responses,
            answers=answers,
            stipulated=None if supposed is None else supposed[people.who],
        ),
        log_membership=data.log_membership[people.who],
    )
    return Measured(
        data=kept,
        v=people.v,
        log_membership=log_membership,
        expected=expected,
        layout=IndexLayout.of(
            data.responses.interventions, data.expectations, has_values=people.step is not None
        ),
        moments=ImportanceMoments.of(people.v),
        seed=task.settings.seed,
        asked=Asked.of(task.data),
    )


#: Draws of what is displayed, of expectations left unused, and the tables of the search.
type _Found = tuple[ResponseDraws, Floats | None, Mapping[str, pl.DataFrame]]


def _fit_responses(task: Task, measured: Measured) -> Judged[_Found]:
    data = replace(measured.data, index=mean_index(measured))
    assert data.responses is not None
    slots, accept = response_slots(data.responses), data.responses.accept
    shown = np.flatnonzero(data.group_sizes > task.questionnaire.floor)

    def measurements() -> Iterator[Mapping[str, Floats]]:
        for s in range(measured.draws):
            yield slots.moments(index_at(measured, s))

    def display(posterior: xr.Dataset) -> Displayed[_Found]:
        model = task.models[RESPONSES].build(data, priors=task.priors.get(RESPONSES))
        conditioned = condition_draws(model, thinned(posterior, task.settings), measurements())
        given, weightings = parameters(conditioned, accept), measured.data.weightings
        left_out = left_out_parameters(
            measured, given, _residual_sd(conditioned), scale_use(conditioned, accept)
        )
        found = draw_responses(measured, given, shown, weightings, left_out)
        searched = kept_for_search(
            task.questionnaire, measured, given, shown, weightings, found.raised
        )
        rows = ResponseRows(found, measured, task.questionnaire.floor)
        unused = unused_means(found, measured)
        shown_draws = displayed_draws(found, rows, task.settings.chains, unused)
        constants = tuple(name for name in CONSTANT if name in shown_draws.data_vars)
        return Displayed((found, unused, searched), shown_draws, constants)

    kept = measured.draws // task.settings.chains
    draws, tune = round(SAMPLED * kept), min(TUNE, task.settings.tune)
    brief = replace(task, settings=replace(task.settings, draws=draws, tune=tune))
    return brief.fit(RESPONSES, RESPONSES, data, display)


def _residual_sd(posterior: xr.Dataset) -> Floats:
    """Return the sd of group residuals, (S,); 0 of one group, which has none."""
    if "log_residual_sd" not in posterior:
        return np.zeros(posterior["person_sd"].size)
    return np.asarray(np.exp(posterior["log_residual_sd"].values.ravel()))


def index_at(measured: Measured, draw: int) -> Index:
    """Return the index under one draw of what was measured."""
    return index_of(measured.people(draw), measured.moments, measured.layout)


def mean_index(measured: Measured) -> Index:
    """Return the index, averaged over draws of what was measured."""
    at = np.linspace(0, measured.draws - 1, AVERAGED).astype(np.int64)
    found = [index_at(measured, int(s)) for s in at]

    def mean(arrays: Iterable[Floats]) -> Floats:
        return np.asarray(np.mean(list(arrays), axis=0))

    return replace(
        found[0],
        log_membership=np.log(mean(np.exp(one.log_membership) for one in found)),
        expected=mean(one.expected for one in found),
        expected_variance=mean(one.expected_variance for one in found),
        signal=mean(one.signal for one in found),
        signal_variance=mean(one.signal_variance for one in found),
    )
