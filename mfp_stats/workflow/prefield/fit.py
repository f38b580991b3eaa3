"""Fit one simulated survey as the product does, and keep what power and widths are made of."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design import ModelData
from mfp_stats.design.data import Floats, Ints, Responses
from mfp_stats.errors import FitCancelled, MfpError
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.gaps import pairs_of
from mfp_stats.quantities.power import pooled_split, pooled_unclosed
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.weights import effective_n
from mfp_stats.workflow.prefield.plan import DesignPlan, SurveyTask
from mfp_stats.workflow.prefield.rows import CLASSES, DRAWS, PROPOSAL, TUNE
from mfp_stats.workflow.prefield.survey import simulated_survey
from mfp_stats.workflow.responses import fit_responses
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.values import fit_values
from mfp_stats.workflow.worldviews import fit_worldviews

#: Columns of the table ``gap`` whose intervals are displayed.
_INTERVALS: Final = ("gap", *CAUSES)


@dataclass(frozen=True, slots=True, eq=False)
class FittedSurvey:
    """What fits of one survey left."""

    data: ModelData
    values: Part
    worldviews: Part
    responses: Part

    @property
    def failed(self) -> list[str]:
        """Steps that failed their checks."""
        return [name for part in self._parts for name in part.failed]

    @property
    def _parts(self) -> tuple[Part, Part, Part]:
        return (self.values, self.worldviews, self.responses)

    @property
    def weighting(self) -> str:
        """The weighting that is told of."""
        return self.data.best_weighting

    def table(self, name: str) -> pl.DataFrame:
        """Return a table; empty where there is none."""
        tables = (t.frame for part in self._parts for t in part.tables if t.name == name)
        return next(tables, pl.DataFrame())

    def told_of(self, name: str) -> pl.DataFrame:
        """Return a table's rows of the weighting that is told of; empty where there is none."""
        frame = self.table(name)
        return frame if frame.is_empty() else frame.filter(weighting=self.weighting)


def fit_survey(
    data: ModelData,
    questionnaire: Questionnaire,
    models: Mapping[str, LoadedModel],
    settings: FitSettings,
    report: WorkerReport,
    *,
    classes: int | None = CLASSES,
) -> FittedSurvey:
    """Fit values, worldviews, expectations and responses.

    Parameters
    ----------
    data, questionnaire, models, settings, report
        What is fitted, and how.
    classes
        Number of worldviews, taken as known; None: found out, as a fit does.
    """
    task = Task(
        data=data,
        questionnaire=questionnaire,
        settings=settings,
        models=models,
        priors={},
        report=report,
    )
    values = fit_values(task)
    if data.responses is None:  # then nothing that is told of rests on worldviews
        return FittedSurvey(data, values, Part(), Part())
    worldviews = fit_worldviews(task, only=classes)
    return FittedSurvey(data, values, worldviews, fit_responses(task, values, worldviews))


def survey_row(
    questionnaire: Questionnaire,
    plan: DesignPlan,
    task: SurveyTask,
    models: Mapping[str, LoadedModel],
    report: WorkerReport,
    *,
    cores: int,
) -> dict[str, Any]:
    """Simulate and fit one survey and return its row, plain values.

    Returns
    -------
    dict
        ``seconds``, and one of ``failure`` (why it could not be simulated or fitted), ``refused``
        (steps that failed their checks) and ``result``: ``split`` (5 true φ) between the
        groups ``widest``, ``causes`` that were measured, ``pairs``, ``widths`` and ``weights``.

    Raises
    ------
    FitCancelled
        The worker is to stop.
    """
    begun = time.monotonic()
    settings = FitSettings(draws=DRAWS, tune=TUNE, seed=task.seed(plan.seed), cores=cores)
    try:
        survey = simulated_survey(questionnaire, plan, task)
        found = fit_survey(survey.data, questionnaire, models, settings, report)
    except FitCancelled:
        raise
    except MfpError as error:
        outcome: dict[str, Any] = {"failure": [str(fault) for fault in error.faults]}
    else:
        outcome = {"refused": found.failed}
        if not found.failed:
            split = [float(part) for part in survey.split]
            true = {"split": split, "widest": list(survey.widest)}
            outcome = {"result": {**true, **told(found)}}
    return {"seconds": round(time.monotonic() - begun, 1), **outcome}


def told(found: FittedSurvey) -> dict[str, Any]:
    """Return what power and widths are made of: the causes measured, pairs, widths, weights."""
    gap = found.told_of("gap")
    causes = [c for c in CAUSES if not gap.is_empty() and gap[f"{c}_mean"].is_not_null().any()]
    return {
        "causes": causes,
        "pairs": list(_pairs(found, gap)),
        "widths": list(_widths(found)),
        "weights": _weights(found),
    }


def _weights(found: FittedSurvey) -> dict[str, Any]:
    """Return by what people are weighted, and how many who count alike they are worth."""
    n, weight = len(found.data.respondents), found.data.weight
    effective = float(n) if weight is None else effective_n(weight)
    return {"weighting": found.weighting, "n": n, "effective_n": effective}


def _pairs(found: FittedSurvey, gap: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield each pair's verdict and the posterior of its split, all proposals together."""
    drawn, given = found.responses.basis, found.data.responses
    if gap.is_empty() or not isinstance(drawn, ResponseDraws) or given is None:
        return
    names = [found.data.groups[g] for g in drawn.groups]
    w = drawn.weightings.index(found.weighting)
    for p, (a, b) in enumerate(pairs_of(len(names))):
        rows = gap.filter(group_a=names[a], group_b=names[b])
        if rows.is_empty():
            continue
        single = rows.filter(pl.col("intervention") != POOLED)
        which = _numbers(single, given)
        split = pooled_split(drawn, w, p, which)
        last = rows.row(-1, named=True)  # all proposals together, or the only one
        checked = _numbers(single.drop_nulls("implied_mean"), given)
        yield {
            "group_a": names[a],
            "group_b": names[b],
            "verdict": last["verdict"],
            "warning": last["warning"],
            "mean": [float(x) for x in split.mean(axis=0)],
            "covariance": np.cov(split, rowvar=False).tolist(),
            "check": _check(drawn, (w, p), (a, b), checked, split),
        }


def _numbers(rows: pl.DataFrame, given: Responses) -> Ints:
    """Return the numbers of the interventions that rows are about."""
    return np.array([given.interventions.index(name) for name in rows["intervention"]], np.int64)


def _check(
    drawn: ResponseDraws, at: tuple[int, int], groups: tuple[int, int], told: Ints, split: Floats
) -> list[float] | None:
    """Return how what a check leaves unclosed goes with the split, and its variance, (6,).

    None without a check; empty where one was fielded that too few people were told anything in.
    """
    if drawn.arm is None or drawn.foretold is None:
        return None
    if not len(told):
        return []
    both = np.column_stack([split, pooled_unclosed(drawn, at, groups, told)])
    return [float(x) for x in np.cov(both, rowvar=False)[-1]]


def _widths(found: FittedSurvey) -> Iterator[dict[str, Any]]:
    """Yield the mean width of the intervals of each kind, one a pair or group."""
    gap = found.told_of("gap")
    single = gap if gap.is_empty() else gap.filter(pl.col("intervention") != POOLED)
    pair = ("group_a", "group_b")
    for frame, what in ((single, PROPOSAL), (_pooled(gap), POOLED)):
        yield from (w for name in _INTERVALS for w in _mean_widths(frame, name, name, pair, what))
    yield from _mean_widths(found.told_of("acceptance"), "accepts", "acceptance", ("group",), "")
    for version in ("revealed", "claimed"):
        overlap = found.told_of(f"overlap_{version}")
        yield from _mean_widths(overlap, "normalised", "overlap", pair, version)


def _pooled(gap: pl.DataFrame) -> pl.DataFrame:
    return gap if gap.is_empty() else gap.filter(intervention=POOLED)


def _mean_widths(
    frame: pl.DataFrame, column: str, quantity: str, of: tuple[str, ...], what: str
) -> Iterator[dict[str, Any]]:
    if frame.is_empty():
        return
    width = pl.col(f"{column}_q95") - pl.col(f"{column}_q05")
    for row in frame.group_by(of, maintain_order=True).agg(width=width.mean()).to_dicts():
        if row["width"] is not None:
            yield {"quantity": quantity, "what": what, **row}
