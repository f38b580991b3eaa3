"""Freeze what a fit predicts of acceptance in a coming wave, with two simple predictions beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.acceptance import Acceptance
from mfp_stats.design.data import Floats
from mfp_stats.design.report import people
from mfp_stats.errors import Fault, FitRefused, ForecastRefused
from mfp_stats.project import Project
from mfp_stats.quantities.forecast.demographic import demographic_draws
from mfp_stats.quantities.forecast.peers import beta_of
from mfp_stats.quantities.forecast.tables import DEMOGRAPHIC, GROUP_MEAN, MODEL, Cell
from mfp_stats.quantities.observed_acceptance import FAR
from mfp_stats.store import Store
from mfp_stats.store.clock import program
from mfp_stats.workflow.forecasts.designs import marked_designs
from mfp_stats.workflow.forecasts.files import (
    DECIMALS,
    FORMAT,
    Forecast,
    forecast_of_fit,
    write_forecast,
)
from mfp_stats.workflow.forecasts.fitted import Fitted, fitted_answers, sources
from mfp_stats.workflow.forecasts.observed import observed_share
from mfp_stats.workflow.forecasts.withdrawn import note_withdrawals
from mfp_stats.workflow.needs import NO_FORECAST
from mfp_stats.workflow.results import FitResults, fit_of, fits_of

NO_COVARIATES: Final = (
    "The survey has no covariates that differ between people, so that there is no demographic "
    "model beside it."
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A forecast, and whether it was added or had been frozen before."""

    forecast: Forecast
    added: bool


def freeze(project: Project, store: Store, survey: str, fit_id: str | None = None) -> Frozen:
    """Freeze the predictions of a survey's fit; the same fit twice adds nothing.

    Parameters
    ----------
    project, store
        The project and its open store.
    survey
        Name of the survey.
    fit_id
        The fit; None: the newest one that passed its checks.

    Raises
    ------
    FitRefused
        The fit, or every fit, failed the checks that acceptance rests on.
    ForecastRefused
        It compares waves, it predicts no acceptance, or the answers that it was made of are gone or
        do not stand. A forecast that was frozen before is returned all the same; what became of its
        answers is :mod:`mfp_stats.workflow.forecasts.withdrawn`'s to say.
    ProjectError
        There is no such survey or fit.
    """
    results = _fit_to_freeze(project, survey, fit_id)
    if results.by_wave:
        others = tuple(fit.fit_id for fit in fits_of(project, survey) if not fit.by_wave)
        fix = f"Freeze a fit that compares groups, with --fit; to make one: mfp fit {survey}"
        fault = Fault(f"fit {results.fit_id}", NO_FORECAST, known=others, fix=fix)
        raise ForecastRefused(fault)
    note_withdrawals(project.data, store)
    drawn = results.table("acceptance_draws")
    held = forecast_of_fit(project.data, results.fit_id)
    if held is not None:
        # A crash may have come between the file and its line in the audit.
        store.note_forecast(held.id, held.sha256)
        return Frozen(held, added=False)
    if drawn.is_empty():
        what = "predicts no acceptance: too few people were asked about proposals, or none"
        raise ForecastRefused(Fault(f"fit {results.fit_id}", what))
    fitted = fitted_answers(project, results)
    came_from = sources(store, survey, fitted.accepted)
    content = _content(results, fitted, drawn)
    content["notes"] += _other_waves(store, survey, fitted.accepted.waves)
    content |= {"fitted": came_from, "stored": store.people_stored()}
    forecast = write_forecast(project.data, content)
    store.note_forecast(forecast.id, forecast.sha256)
    return Frozen(forecast, added=True)


def _fit_to_freeze(project: Project, survey: str, fit_id: str | None) -> FitResults:
    """Return the fit asked for, or the newest that passed; the newest's refusal if none did."""
    newest = fit_of(project, survey, fit_id)
    fits = [newest] if fit_id is not None else fits_of(project, survey)
    refusals = []
    for results in fits:
        try:
            results.table("acceptance_draws")
        except FitRefused as refusal:
            refusals.append(refusal)
        else:
            return results
    raise refusals[0]


def _content(results: FitResults, fitted: Fitted, drawn: pl.DataFrame) -> dict[str, Any]:
    """Return everything that is needed to score the predictions later."""
    data, accepted = fitted.data, fitted.accepted
    assert data.responses is not None
    acceptance = results.table("acceptance")
    names = (("intervention", "intervention_label"), ("group", "group_label"))
    interventions, groups = (
        dict(acceptance.select(pair).unique(maintain_order=True).rows()) for pair in names
    )
    seed = int(results.manifest["seed"])
    known = accepted.covariates
    floor = fitted.questionnaire.floor
    cells = _cells(acceptance, drawn, accepted, _demographic(accepted, seed), floor)
    return {
        "format": FORMAT,
        "program": program(),
        "id": results.fit_id,
        "fit": results.fit_id,
        "survey": results.manifest["survey"],
        "simulated": results.simulated,
        "frozen": datetime.now(UTC).isoformat(timespec="seconds"),
        "questionnaire": fitted.questionnaire.hash,
        "answers": results.manifest["data"],
        "group": results.manifest["group"] or fitted.questionnaire.group,
        "within": results.manifest.get("within"),
        "floor": floor,
        "levels": list(data.responses.levels),
        "accept": data.responses.accept,
        "exclusive": data.responses.exclusive,
        "questions": list(data.responses.questions),
        "seed": seed,
        "margins": results.manifest.get("margins", {}),
        "interventions": interventions,
        "groups": groups,
        "covariates": [] if known is None else list(known.items),
        "notes": [
            *([f"Only people of “{results.within}” are in it."] if results.within else []),
            *([NO_COVARIATES] if known is None else []),
            *_misfits(acceptance, accepted, floor),
        ],
        "cells": cells,
        "designs": marked_designs(results, fitted.questionnaire),
    }


def _other_waves(store: Store, survey: str, fitted: Sequence[str]) -> list[str]:
    """Say which waves are stored already, and so are no test."""
    stored = store.respondents(survey).filter(~pl.col("wave").is_in(list(fitted)))
    if stored.is_empty():
        return []
    counted = stored.group_by("wave", maintain_order=True).len().rows()
    told = "; ".join(f"wave {wave} ({people(n)})" for wave, n in counted)
    return [
        f"Stored already when this was frozen, though not fitted: {told}. Held against that, it "
        "is scored in hindsight, which is no test."
    ]


def _misfits(acceptance: pl.DataFrame, accepted: Acceptance, floor: int) -> list[str]:
    """Say where the model misses what it was fitted to: a forecast will miss it by as much."""
    missed: dict[str, str] = {}
    for row in acceptance.to_dicts():
        seen = observed_share(Cell(*(row[name] for name in Cell._fields)), accepted, floor)
        if seen is not None and abs(row["accepts_mean"] - seen.share) > FAR * seen.error:
            name = f"“{row['intervention_label']}” in “{row['group_label']}”"
            missed[name] = f"{name} ({row['accepts_mean']:.0%} for {seen.share:.0%})"
    if not missed:
        return []
    told = "; ".join(missed.values())
    return [
        f"The model misses what was observed in the very answers that it was fitted to: {told}."
    ]


def _demographic(accepted: Acceptance, seed: int) -> Mapping[Cell, Floats]:
    """Return the draws of the demographic model by cell; none without covariates."""
    if accepted.covariates is None:
        return {}
    ways = accepted.weightings
    groups = accepted.groups
    draws = demographic_draws(
        accepted.covariates.columns,
        accepted.accepts,
        accepted.group,
        ways,
        len(groups),
        seed=seed,
    )
    return {
        Cell(weighting, intervention, group): draws[:, w, g, x]
        for w, weighting in enumerate(ways)
        for g, group in enumerate(groups)
        for x, intervention in enumerate(accepted.interventions)
        if np.isfinite(draws[:, w, g, x]).all()
    }


def _cells(
    acceptance: pl.DataFrame,
    drawn: pl.DataFrame,
    accepted: Acceptance,
    demographic: Mapping[Cell, Floats],
    floor: int,
) -> list[dict[str, Any]]:
    """Return the predictions of every cell; draws rounded, the group's mean by its posterior."""
    ends = acceptance.select(*Cell._fields, "accepts_mean", "accepts_q05", "accepts_q95", "n")
    by_cell = drawn.sort("draw").group_by(Cell._fields).agg("accepts")
    rows = ends.join(by_cell, on=Cell._fields, how="inner", maintain_order="left")
    found = []
    for row in rows.to_dicts():
        cell = Cell(*(row[name] for name in Cell._fields))
        shares = demographic.get(cell)
        found.append(
            {
                **cell._asdict(),
                "n": row["n"],
                **{name: row[f"accepts_{name}"] for name in ("mean", "q05", "q95")},
                MODEL: [round(share, DECIMALS) for share in row["accepts"]],
                GROUP_MEAN: _group_mean(cell, accepted, floor),
                DEMOGRAPHIC: None if shares is None else shares.round(DECIMALS).tolist(),
            }
        )
    return found


def _group_mean(cell: Cell, accepted: Acceptance, floor: int) -> list[float]:
    """Return both parameters of the Beta posterior of what the group accepted."""
    seen = observed_share(cell, accepted, floor)
    return list(beta_of(0.5, 0.0) if seen is None else beta_of(seen.share, seen.n))
