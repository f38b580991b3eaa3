"""Imports that were withdrawn, noted beside the forecasts: pages open no store.

``data/forecasts/withdrawn.json`` holds, by survey, each withdrawn import (``import 2``) and why. It
is written anew from the store whenever an import is withdrawn, or a forecast is frozen or scored.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.errors import Fault, ForecastRefused
from mfp_stats.fitting.files import read_json, write_json
from mfp_stats.store import Store
from mfp_stats.workflow.forecasts.files import FORECASTS_FOLDER, Forecast, Scores

WITHDRAWN_FILE: Final = "withdrawn.json"


def _withdrawals(store: Store, survey: str) -> dict[str, str]:
    """Return the withdrawn imports of a survey, as ``import 2``, and why each was."""
    found = store.imports(survey).filter(pl.col("withdrawn_because").is_not_null())
    return dict(found.select(pl.format("import {}", "number"), "withdrawn_because").rows())


def note_withdrawals(data: Path, store: Store) -> dict[str, dict[str, str]]:
    """Write down, and return by survey, which imports are withdrawn; nothing where none ever was.

    Whatever was noted before, readable or not: the store knows.
    """
    found = {survey: gone for survey in store.surveys() if (gone := _withdrawals(store, survey))}
    if found:
        folder = data / FORECASTS_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / WITHDRAWN_FILE, found)
    return found


def withdrawn(forecast: Forecast, scores: Scores | None) -> list[str]:
    """Return in sentences which answers of a forecast, or of its scores, were withdrawn.

    Raises
    ------
    ForecastRefused
        What is noted cannot be read.
    """
    noted = _noted(forecast.folder.parent / WITHDRAWN_FILE).get(forecast.survey, {})
    told = [
        f"It was made from {source}, which was withdrawn since: {noted[source]}."
        for source in forecast.sources
        if source in noted
    ]
    return told + [
        f"It was held against {source}, which was withdrawn since: {noted[source]}."
        for source in (scores.sources if scores is not None else [])
        if source in noted
    ]


def _noted(file: Path) -> Mapping[str, Mapping[str, str]]:
    if not file.exists():
        return {}
    fix = "Score or freeze any forecast: it is written anew from the store."
    try:
        noted = read_json(file)
    except (ValueError, OSError) as error:
        raise ForecastRefused(Fault(str(file), f"cannot be read: {error}", fix=fix)) from error
    if not isinstance(noted, dict) or not all(isinstance(part, dict) for part in noted.values()):
        raise ForecastRefused(Fault(str(file), "holds no withdrawals by survey", fix=fix))
    return noted
