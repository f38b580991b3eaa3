"""Frozen forecasts and their scores on disk: whole or not at all, and never changed.

A forecast's folder, ``data/forecasts/<id>``::

    forecast.json           {"sha256": ..., "content": {...}}
    scores/<what>.json      the same form, one a wave or import and state of its answers

``withdrawn.json`` beside these folders: see :mod:`mfp_stats.workflow.forecasts.withdrawn`.

``sha256`` is that of the canonical JSON of ``content``. A forecast's hash is also a line of the
store's audit, so that a file that was changed together with its hash is known for one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.errors import Fault, ForecastRefused
from mfp_stats.fitting.files import new_folder, read_json, write_json
from mfp_stats.quantities.forecast.tables import Cell
from mfp_stats.store.journal import canonical

FORECASTS_FOLDER: Final = "forecasts"
FORECAST_FILE: Final = "forecast.json"
SCORES_FOLDER: Final = "scores"
#: The form in which forecasts are written; later releases read it too. Form 1 did not hold what
#: was stored, form 2 no designs.
FORMAT: Final = 3
#: Decimals that draws of a share are kept with.
DECIMALS: Final = 6
#: Said of scores of before it was looked at.
NOT_LOOKED_AT: Final = (
    "An earlier release made these scores, which did not look at whether the answers were stored "
    "when the forecast was frozen. Score it again."
)


@dataclass(frozen=True, slots=True)
class Scores:
    """What came of a forecast in one wave or import."""

    sha256: str
    content: Mapping[str, Any] = field(repr=False)

    @property
    def of(self) -> str:
        """What it was held against: ``wave 2``."""
        return str(self.content["of"])

    @property
    def hindsight(self) -> list[str]:
        """Why the answers are no test of the forecast, in sentences; none where they are one."""
        return list(self.content.get("hindsight", [NOT_LOOKED_AT]))

    @property
    def scored(self) -> str:
        """When, ISO 8601 in UTC."""
        return str(self.content["scored"])

    @property
    def sources(self) -> list[str]:
        """Imports, or ``web``, of the answers; of a wave earlier releases noted none."""
        of_import = [self.of] if self.of.startswith("import ") else []
        return list(self.content.get("sources", of_import))

    @property
    def cells(self) -> pl.DataFrame:
        """A row a weighting, intervention and group."""
        return pl.DataFrame(self.content["cells"], infer_schema_length=None)

    @property
    def summary(self) -> pl.DataFrame:
        """A row a weighting and prediction."""
        return pl.DataFrame(self.content["summary"], infer_schema_length=None)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A frozen forecast; its id is that of the fit that it was made from."""

    folder: Path
    sha256: str
    content: Mapping[str, Any] = field(repr=False)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.content["id"])

    @property
    def survey(self) -> str:
        """Name of the survey."""
        return str(self.content["survey"])

    @property
    def frozen(self) -> str:
        """When it was frozen, ISO 8601 in UTC."""
        return str(self.content["frozen"])

    @property
    def waves(self) -> list[str]:
        """The waves of the people who were fitted."""
        return list(dict.fromkeys(source["wave"] for source in self.content["fitted"]))

    @property
    def sources(self) -> list[str]:
        """Imports, or ``web``, that the answers of the people who were fitted came from."""
        return list(dict.fromkeys(str(source["source"]) for source in self.content["fitted"]))

    @property
    def stored(self) -> int | None:
        """How many people × waves the store had ever held then; None: that was not noted."""
        held: int | None = self.content.get("stored")
        return held

    @property
    def designs(self) -> list[Mapping[str, Any]]:
        """Designs that nobody had been asked about (``marked_designs``); none in early forms."""
        return list(self.content.get("designs", []))

    def cells(self) -> dict[Cell, Mapping[str, Any]]:
        """Return what is predicted of each cell, as it was written."""
        names = ("weighting", "intervention", "group")
        return {Cell(*(row[n] for n in names)): row for row in self.content["cells"]}

    def scores(self) -> list[Scores]:
        """Return its scores, the newest first.

        Raises
        ------
        ForecastRefused
            A file of scores is damaged, was changed, or is of another forecast.
        """
        found = scores_in(self.folder)
        for one in found:
            if one.content["forecast"] != self.sha256:
                what = f"has scores of another forecast ({one.of})"
                raise ForecastRefused(_changed(self.folder, what))
        return found

    def latest_scores(self) -> list[Scores]:
        """Return the newest scores of each wave or import that it was held against."""
        newest: dict[str, Scores] = {}
        for one in self.scores():
            newest.setdefault(one.of, one)
        return list(newest.values())


def canonical_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a content, hexadecimal."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def forecasts_of(data: Path, survey: str) -> list[Forecast]:
    """Return the forecasts of a survey in a project's ``data``, the newest first.

    Raises
    ------
    ForecastRefused
        A forecast, of any survey, is damaged or was changed: it may be the one asked for.
    """
    folders = (data / FORECASTS_FOLDER).glob("[!.]*")
    found = [read_forecast(folder) for folder in folders if (folder / FORECAST_FILE).is_file()]
    ours = [forecast for forecast in found if forecast.survey == survey]
    return sorted(ours, key=lambda one: one.frozen, reverse=True)


def scores_in(folder: Path) -> list[Scores]:
    """Return the scores in a forecast's folder, the newest first, without a look at the forecast.

    Raises
    ------
    ForecastRefused
        A file of scores is damaged or was changed.
    """
    found = [Scores(*_read(file)) for file in (folder / SCORES_FOLDER).glob("[!.]*.json")]
    return sorted(found, key=lambda one: one.scored, reverse=True)


def forecast_folder(data: Path, fit_id: str) -> Path:
    """Return the folder of the forecast of a fit, whether or not there is one."""
    return data / FORECASTS_FOLDER / fit_id


def forecast_of_fit(data: Path, fit_id: str) -> Forecast | None:
    """Return the forecast that was frozen from a fit; None where there is none."""
    folder = forecast_folder(data, fit_id)
    return read_forecast(folder) if (folder / FORECAST_FILE).is_file() else None


def read_forecast(folder: Path) -> Forecast:
    """Read a forecast and make sure that it is the one that was frozen.

    Raises
    ------
    ForecastRefused
        It is damaged or was changed.
    """
    return Forecast(folder, *_read(folder / FORECAST_FILE))


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        written = read_json(file)
    except (ValueError, OSError) as error:
        raise ForecastRefused(_changed(file, f"cannot be read: {error}")) from error
    if not isinstance(written, dict) or written.keys() != {"sha256", "content"}:
        raise ForecastRefused(_changed(file, "is no forecast and no scores"))
    if canonical_hash(written["content"]) != written["sha256"]:
        raise ForecastRefused(_changed(file, "was changed after it was written"))
    return written["sha256"], written["content"]


def _changed(file: Path, why: str) -> Fault:
    fix = "Restore it from a backup, or move its folder away; nothing of it is shown."
    return Fault(str(file), why, fix=fix)


def write_forecast(data: Path, content: Mapping[str, Any]) -> Forecast:
    """Write a new forecast; it is there whole or not at all."""
    folder = forecast_folder(data, str(content["id"]))
    with new_folder(folder) as beside:
        write_json(beside / FORECAST_FILE, _signed(content))
    return read_forecast(folder)


def write_scores(forecast: Forecast, content: Mapping[str, Any]) -> Scores:
    """Write scores; the same ones of the same answers again add nothing and keep their time."""
    fresh = {name: part for name, part in content.items() if name != "scored"}
    for held in forecast.scores():
        if {name: part for name, part in held.content.items() if name != "scored"} == fresh:
            return held
    folder = forecast.folder / SCORES_FOLDER
    folder.mkdir(exist_ok=True)
    signed = _signed(content)
    file = folder / f"{signed['sha256'][:16]}.json"
    write_json(file, signed)
    return Scores(*_read(file))


def _signed(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"sha256": canonical_hash(content), "content": dict(content)}
