"""The worldview part of a fit: every number of worldviews and the continuum, then the choice."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.errors import DesignError, FitRefused
from mfp_stats.fitting.saved import Step, Table
from mfp_stats.likelihoods.starts import continuum_start, mixture_start
from mfp_stats.quantities.worldview_models import (
    Candidate,
    Comparison,
    compare,
    is_promising,
    model_name,
    predict_left_out,
)
from mfp_stats.quantities.worldviews import (
    Worldviews,
    reference_solution,
    summarise_worldviews,
)
from mfp_stats.workflow.basis import ChosenWorldviews
from mfp_stats.workflow.task import Displayed, Judged, Part, Task

MIXTURE: Final = "worldviews"
RIVAL: Final = "worldview_continuum"
#: Numbers of worldviews that are compared. Where the largest still predicts credibly better, the
#: result says so; more than four can hardly be told apart by a reader, or by a survey's usual n.
CLASSES: Final = (1, 2, 3, 4)
#: Draws a chain of the rival, and tuning ones: one sum of it is displayed, where a mixture shows
#: hundreds of cells.
RIVAL_DRAWS: Final = 300
RIVAL_TUNE: Final = 300
#: Draws a chain of one worldview for all: independent answers, of which every second draw counts.
ALONE_DRAWS: Final = 600
#: From so many worldviews on their sizes and what they are move together, and a short run comes
#: first, to find out how; its draws a chain.
MANY: Final = 3
PILOT: Final = 250
#: What a person's answers contribute to the comparison; too large to keep in a saved fit.
LEFT_OUT: Final = "person_log_likelihood"

#: The tables of this part, there even where nothing is in them.
TABLES: Final = (
    "worldviews",
    "worldview_beliefs",
    "worldview_certainty",
    "memberships",
    "worldview_models",
    "worldview_cautions",
)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """What is made of one candidate's draws."""

    log_likelihood: xr.DataArray  #: (chain, draw, respondents)
    views: Worldviews | None = None


@dataclass(slots=True)
class _Fitted:
    """What has been fitted so far."""

    steps: list[Step] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    views: dict[int, Worldviews] = field(default_factory=dict)


def step_name(classes: int) -> str:
    """Return ``worldviews_two_classes`` and so on; 0 stands for the continuum."""
    return f"worldviews_{model_name(classes)}"


def worldviews_steps(data: ModelData) -> list[str]:
    """Return the steps that a survey's answers allow."""
    return [] if data.beliefs is None else [step_name(c) for c in (*CLASSES, 0)]


def fit_worldviews(task: Task, *, only: int | None = None) -> Part:
    """Fit the mixtures and the continuum, choose, and make the tables of the chosen one.

    Parameters
    ----------
    task
        The fit under way.
    only
        Number of worldviews where it is known, as of a simulated survey; None: compare.
    """
    if task.data.beliefs is None:
        return Part(tables=tuple(Table(name, pl.DataFrame()) for name in TABLES))
    fitted = _Fitted()
    if only is not None:
        _fit_mixture(task, fitted, only)
    else:
        _fit_candidates(task, fitted)
    try:
        comparison = compare(fitted.candidates)
    except FitRefused as refusal:
        return _refused(fitted, refusal)
    return _chosen(fitted, comparison)


def _fit_candidates(task: Task, fitted: _Fitted) -> None:
    """Fit everything that is compared."""
    _fit_continuum(task, fitted)
    for classes in CLASSES:
        if not _fit_mixture(task, fitted, classes) or not is_promising(fitted.candidates):
            break


def _fit_mixture(task: Task, fitted: _Fitted, classes: int) -> bool:
    """Fit one number of worldviews; False where the answers are too few for so many."""
    data = task.data
    try:
        reference = reference_solution(data, classes)
    except DesignError:
        if classes == 1:
            raise
        return False

    def display(posterior: xr.Dataset) -> Displayed[_Fit]:
        views = summarise_worldviews(
            posterior, data, reference, floor=task.questionnaire.floor, seed=task.settings.seed
        )
        return Displayed(_Fit(posterior[LEFT_OUT], views), views.draws, views.constants)

    start = mixture_start(data, reference)
    name = step_name(classes)
    brief = task.at_most(ALONE_DRAWS) if classes == 1 else task
    _keep(
        fitted,
        classes,
        brief.fit(
            name,
            MIXTURE,
            data,
            display,
            initial=start,
            drop=(LEFT_OUT,),
            pilot=PILOT if classes >= MANY else 0,
            classes=classes,
        ),
    )
    return True


def _fit_continuum(task: Task, fitted: _Fitted) -> None:
    """Fit the rival; all that is displayed of it is how well it predicts."""

    def display(posterior: xr.Dataset) -> Displayed[_Fit]:
        total = posterior[LEFT_OUT].sum("respondents").rename("log_likelihood").to_dataset()
        return Displayed(_Fit(posterior[LEFT_OUT]), total)

    start = continuum_start(task.data)
    brief = task.at_most(RIVAL_DRAWS, RIVAL_TUNE)
    judged = brief.fit(step_name(0), RIVAL, task.data, display, initial=start, drop=(LEFT_OUT,))
    _keep(fitted, 0, judged)


def _keep(fitted: _Fitted, classes: int, judged: Judged[_Fit]) -> None:
    """Record a step and, where its draws may be used, how well it predicts."""
    usable = judged.usable
    prediction = None if usable is None else predict_left_out(usable.found.log_likelihood)
    fitted.candidates.append(Candidate(classes, prediction))
    fitted.steps.append(judged.step)
    if usable is not None and usable.found.views is not None:
        fitted.views[classes] = usable.found.views


def _chosen(fitted: _Fitted, comparison: Comparison) -> Part:
    views = fitted.views[comparison.chosen]
    rests_on = (step_name(comparison.chosen),)
    cautions = (*views.cautions, *comparison.cautions)
    tables = {
        **views.tables,
        "worldview_models": comparison.table(),
        "worldview_cautions": pl.DataFrame({"caution": cautions}, {"caution": pl.String}),
    }
    return Part(
        steps=tuple(fitted.steps),
        tables=tuple(Table(name, frame, rests_on) for name, frame in tables.items()),
        notes=cautions,
        basis=ChosenWorldviews(rests_on[0], views.names, views.matched, views.draws["share"]),
    )


def _refused(fitted: _Fitted, refusal: FitRefused) -> Part:
    """Keep what was fitted; every table rests on the failed steps, so that none is shown."""
    failed = tuple(step.name for step in fitted.steps if not step.gate.shown)
    return Part(
        steps=tuple(fitted.steps),
        tables=tuple(Table(name, pl.DataFrame(), failed) for name in TABLES),
        notes=tuple(str(fault) for fault in refusal.faults),
    )
