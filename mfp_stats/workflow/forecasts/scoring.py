"""Hold a frozen forecast against the answers of a wave, or of one import, that was not fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.acceptance import acceptance
from mfp_stats.design.data import Floats, Responses
from mfp_stats.design.report import people
from mfp_stats.errors import ChoiceError, Fault, ForecastRefused
from mfp_stats.fitting.tables import MANIFEST_FILE
from mfp_stats.project import Project
from mfp_stats.quantities.forecast.peers import beta_draws
from mfp_stats.quantities.forecast.tables import (
    DEMOGRAPHIC,
    GROUP_MEAN,
    MODEL,
    Cell,
    score_cells,
    summarise_scores,
)
from mfp_stats.store import Store
from mfp_stats.weights import Margins
from mfp_stats.workflow.forecasts.changes import again, changes
from mfp_stats.workflow.forecasts.designs import fielded_since, told_of_designs, with_designs
from mfp_stats.workflow.forecasts.files import Forecast, Scores, forecasts_of, write_scores
from mfp_stats.workflow.forecasts.hindsight import in_hindsight
from mfp_stats.workflow.forecasts.observed import observed_cells
from mfp_stats.workflow.forecasts.withdrawn import note_withdrawals
from mfp_stats.workflow.results import FITS_FOLDER

_NEW: Final = "Score it on a wave that was fielded after it was frozen."
_REFREEZE: Final = "Fit the survey again and freeze that fit."


@dataclass(frozen=True, slots=True)
class Against:
    """The answers that a forecast is held against: a wave, or the people of one import."""

    wave: str | None = None
    number: int | None = None

    @classmethod
    def one_of(cls, wave: str | None, number: int | None) -> "Against":
        """Return the one that was named.

        Raises
        ------
        ChoiceError
            Both were, or neither.
        """
        if (wave is None) == (number is None):
            fix = "Name one: --wave 2, or --import 3."
            raise ChoiceError(Fault("answers", "a forecast is held against one thing", fix=fix))
        return cls(wave, number)

    @property
    def words(self) -> str:
        """What they are called."""
        return f"wave {self.wave}" if self.number is None else f"import {self.number}"


def forecast_named(project: Project, survey: str, forecast: str | None = None) -> Forecast:
    """Return a survey's forecast of that id, or its newest.

    Raises
    ------
    ForecastRefused
        There is none, or a file was changed.
    ProjectError
        There is no such survey.
    """
    project.survey_folder(survey)
    held = forecasts_of(project.data, survey)
    for one in held:
        if forecast in (None, one.id):
            return one
    what = f"has no forecast {forecast!r}" if forecast else "has no forecast yet"
    fix = f"Freeze one before the wave is fielded: mfp forecast freeze {survey}"
    raise ForecastRefused(Fault(survey, what, known=tuple(one.id for one in held), fix=fix))


def other_waves(store: Store, forecast: Forecast) -> dict[str, bool]:
    """Return the stored waves that were not fitted, and whether each is scored in hindsight."""
    stored = store.respondents(forecast.survey).select("respondent", "wave")
    parts = stored.filter(~pl.col("wave").is_in(forecast.waves)).partition_by("wave", as_dict=True)
    return {str(wave): bool(in_hindsight(store, forecast, part)) for (wave,), part in parts.items()}


def score_forecast(project: Project, store: Store, forecast: Forecast, against: Against) -> Scores:
    """Score a forecast and keep the scores; the same answers again add nothing.

    Acceptance is that of the people asked, by group and intervention, with weights where both the
    forecast and these answers have them. Cells of so few people that they may not be shown are
    left out, and what could not be scored is named in the scores' notes. Designs that were marked
    for this wave are scored where a proposal with just their attributes was put to people. Answers
    that it cannot have been made before are scored in hindsight
    (:func:`mfp_stats.workflow.forecasts.hindsight.in_hindsight`).

    Parameters
    ----------
    project, store
        The project and its open store.
    forecast
        See :func:`forecast_named`.
    against
        What it is held against.

    Raises
    ------
    ForecastRefused
        The answers were fitted themselves, there are none, none that may be scored, or the
        forecast rests on answers that do not stand or is not the one that was noted.
    DesignError
        Nobody is in a known group, or weights cannot be used.
    """
    notes = _require_sound(project, store, forecast)
    questionnaire = project.questionnaire(forecast.survey)
    answers = _keys(store, forecast, against)
    keys = answers.drop("source")
    sheet = store.sheet(questionnaire).join(keys, on=["respondent", "wave"], how="semi")
    since = fielded_since(forecast, questionnaire)
    frozen, forecast = forecast, with_designs(forecast, questionnaire, since)
    content = forecast.content
    margins = Margins(content["margins"]) if content["margins"] else None
    found = acceptance(
        sheet,
        questionnaire,
        _scale(forecast),
        group=content["group"],
        within=content.get("within"),
        margins=margins,
    )
    observed, left_out = observed_cells(forecast, found)
    if not observed:
        raise ForecastRefused(
            [Fault(against.words, why) for why in left_out],
            about=f"nothing of it can be scored by the answers of {people(len(found.respondents))}",
        )
    cells = score_cells(_predictions(forecast), observed, seed=_seed(forecast))
    notes += [*changes(forecast, questionnaire, found, sheet), *left_out]
    notes += told_of_designs(frozen, since, found.interventions)
    notes += again(store, forecast, found)
    return write_scores(
        forecast,
        {
            "forecast": forecast.sha256,
            "of": against.words,
            "hindsight": in_hindsight(store, forecast, keys),
            "scored": datetime.now(UTC).isoformat(timespec="seconds"),
            "people": len(found.respondents),
            "sources": answers["source"].unique(maintain_order=True).to_list(),
            "cells": _labelled(cells, forecast).to_dicts(),
            "summary": summarise_scores(cells).to_dicts(),
            "notes": [*notes, *found.notes],
        },
    )


def _require_sound(project: Project, store: Store, forecast: Forecast) -> list[str]:
    """Return what casts no doubt but should be known of a forecast; refuse what does."""
    faults, notes = [], []
    if store.noted_forecasts().get(forecast.id, forecast.sha256) != forecast.sha256:
        what = "is not the forecast that was noted in the store's audit when it was frozen"
        faults.append(Fault(f"forecast {forecast.id}", what))
    if (line := store.audit_break()) is not None:
        faults.append(Fault("the store's audit", f"was changed at line {line}"))
    gone = note_withdrawals(project.data, store).get(forecast.survey, {})
    for source in forecast.sources:
        if source in gone:
            what = f"was fitted to {source}, which was withdrawn since: {gone[source]}"
            faults.append(Fault(f"forecast {forecast.id}", what, fix=_REFREEZE))
    if faults:
        raise ForecastRefused(faults)
    if not (project.data / FITS_FOLDER / forecast.content["fit"] / MANIFEST_FILE).is_file():
        notes.append(
            "The fit that it was made from is no longer there; the forecast holds all that is "
            "needed."
        )
    return notes


def _keys(store: Store, forecast: Forecast, against: Against) -> pl.DataFrame:
    """Return ``respondent``, ``wave`` and ``source`` of the answers that it is held against."""
    survey = forecast.survey
    stored = store.respondents(survey)
    if stored.is_empty():
        what = "no answers are stored (any more), so that nothing can be scored"
        fix = f"Import or field the wave first: mfp import {survey} FILE --wave NAME"
        raise ForecastRefused(Fault(f"survey {survey}", what, fix=fix))
    by = "wave" if against.number is None else "source"
    wanted = against.wave if against.number is None else against.words
    _require_other(stored, forecast, by, str(wanted))
    return stored.filter(pl.col(by) == wanted).select("respondent", "wave", "source")


def _require_other(stored: pl.DataFrame, forecast: Forecast, by: str, wanted: str) -> None:
    """Refuse answers that are not there, or that the forecast was fitted to."""
    used = {str(source[by]) for source in forecast.content["fitted"]}
    known = stored[by].unique(maintain_order=True).to_list()
    fresh = tuple(one for one in known if one not in used)
    name = f"wave {wanted}" if by == "wave" else wanted
    if wanted in used:
        what = "was fitted itself: a forecast is no forecast of what it has seen"
        raise ForecastRefused(Fault(name, what, known=fresh, fix=_NEW))
    if wanted not in known:
        what = "nobody's answers are stored under it"
        fix = (
            f"Import or field it first: mfp import {forecast.survey} FILE --wave NAME"
            if by == "wave"
            else "Imports are numbered on the Data page; one that was withdrawn counts no more."
        )
        raise ForecastRefused(Fault(name, what, known=fresh, fix=fix))


def _scale(forecast: Forecast) -> Responses:
    """Return on what acceptance was read, without any answers."""
    content = forecast.content
    names = tuple(content["interventions"])
    return Responses(
        interventions=names,
        intervention_labels=tuple(content["interventions"].values()),
        levels=tuple(content["levels"]),
        accept=int(content["accept"]),
        answers=np.zeros((0, len(names)), dtype=np.int64),
        exclusive=bool(content["exclusive"]),
        questions=tuple(content.get("questions", ())),  # not in the first form
    )


def _predictions(forecast: Forecast) -> dict[Cell, dict[str, Floats]]:
    """Return the draws of every prediction by cell."""
    found = {}
    for cell, row in forecast.cells().items():
        found[cell] = {MODEL: np.array(row[MODEL])}
        if row.get(GROUP_MEAN) is not None:  # a design that nobody had been asked about has no peer
            found[cell][GROUP_MEAN] = beta_draws(*row[GROUP_MEAN])
        if row.get(DEMOGRAPHIC) is not None:
            found[cell][DEMOGRAPHIC] = np.array(row[DEMOGRAPHIC])
    return found


def _seed(forecast: Forecast) -> Sequence[int]:
    """Return the seed of the randomised PITs, fixed when the forecast was."""
    return [int(forecast.content["seed"]), int(forecast.sha256[:8], 16)]


def _labelled(cells: pl.DataFrame, forecast: Forecast) -> pl.DataFrame:
    content = forecast.content
    labels = {"intervention": content["interventions"], "group": content["groups"]}
    return cells.with_columns(
        pl.col(name).replace_strict(dict(by_name)).alias(f"{name}_label")
        for name, by_name in labels.items()
    )
