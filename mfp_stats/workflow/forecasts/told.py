"""What is told of a survey's forecasts, and whether a fit's predictions have been tested."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.errors import ForecastRefused
from mfp_stats.quantities.forecast.tables import MODEL
from mfp_stats.workflow.forecasts.files import (
    Forecast,
    Scores,
    forecast_folder,
    forecasts_of,
    read_forecast,
    scores_in,
)
from mfp_stats.workflow.forecasts.withdrawn import withdrawn
from mfp_stats.workflow.results import FitResults

#: State of a forecast that nothing has scored yet.
UNTESTED: Final = "untested"
SCORED: Final = "scored"
#: Scored on answers that it cannot have been made before, which is no test.
HINDSIGHT: Final = "in hindsight"
#: Scored, but on answers, or made from answers, that were withdrawn since: no test either.
WITHDRAWN: Final = "withdrawn"
#: Before the attributes of a design that nobody had been asked about.
NEW_DESIGN: Final = "Not fielded: "
_ENDS: Final = ("mean", "q05", "q95")


@dataclass(frozen=True, slots=True)
class Tested:
    """How the predictions of a fit did in the wave that scored them last.

    ``covered_90`` of ``cells`` observed shares lay within their 90 % intervals; ``predicted`` were
    frozen.
    """

    of: str
    covered_90: int
    cells: int
    predicted: int
    scored: frozenset[tuple[str, str]]  #: name of an intervention and of a group

    def reaches(self, intervention: str, groups: Iterable[str]) -> bool:
        """Return whether what all of some groups make of an intervention was scored."""
        return all((intervention, group) in self.scored for group in groups)


def data_of(results: FitResults) -> Path:
    """Return the project's data folder that a fit lies in."""
    return results.folder.parent.parent


def tested(results: FitResults) -> Tested | None:
    """Return how a fit's forecast did; None where nothing that was new to it has scored it.

    Raises
    ------
    ForecastRefused
        The forecast or its scores are damaged or were changed, or are not of one another.
    """
    folder = forecast_folder(data_of(results), results.fit_id)
    if not scores_in(folder):  # as a rule; a forecast is read by many pages, and large
        return None
    forecast = read_forecast(folder)
    tests = [
        scores
        for scores in forecast.scores()
        if not scores.hindsight and not withdrawn(forecast, scores)
    ]
    if not tests:
        return None
    cells = preferred_rows(tests[0].cells)
    return Tested(
        of=tests[0].of,
        covered_90=int(cells[f"{MODEL}_covered_90"].sum()),
        cells=len(cells),
        predicted=len({(cell.intervention, cell.group) for cell in forecast.cells()}),
        scored=frozenset(cells.select("intervention", "group").iter_rows()),
    )


def scored_by(results: FitResults) -> Callable[[str, Sequence[str]], bool | None]:
    """Return what tells whether an intervention's acceptance in some groups has been scored.

    None of everything where the forecast cannot be read.
    """
    try:
        found, known = tested(results), True
    except ForecastRefused:
        found, known = None, False

    def scored(intervention: str, groups: Sequence[str]) -> bool | None:
        if not known:
            return None
        return found is not None and found.reaches(intervention, groups)

    return scored


def preferred_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the weighting that uses weights, where there is one."""
    ways = rows["weighting"].unique(maintain_order=True).to_list()
    way = next((way for way in ways if way != "unweighted"), "unweighted")
    return rows.filter(pl.col("weighting") == way)


def forecast_tables(results: FitResults) -> dict[str, pl.DataFrame]:
    """Return the tables that forecasts are told from.

    Returns
    -------
    dict of polars.DataFrame
        ``forecasts``: a row a forecast and what scored it, newest first (one row where nothing
        did). ``forecast_cells``: for each of these a row a weighting, intervention and group, with
        ``predicted_…`` (of the share observed where it was scored, else of the group's share) and
        scores. ``forecast_summary``: mean scores. ``left_out`` and ``left_out_summary``: the same
        of interventions predicted from the others, of this fit.

    Raises
    ------
    FitRefused
        The steps of this fit that acceptance rests on failed their checks.
    ForecastRefused
        A forecast was changed after it was frozen.
    """
    left_out = {name: results.table(name) for name in ("left_out", "left_out_summary")}
    heads, cells, summaries = [], [], []
    for forecast in forecasts_of(data_of(results), str(results.manifest["survey"])):
        for scores in newest_of(forecast):
            heads.append(head_of(forecast, scores))
            cells.append(cells_of(forecast, scores))
            if scores is not None:
                summaries.append(summary_of(forecast, scores))
    return left_out | {
        "forecasts": pl.DataFrame(heads, schema=_HEADS),
        "forecast_cells": _joined(cells),
        "forecast_summary": _joined(summaries),
    }


#: Columns of the head that every row of cells and of summaries has.
_NAMED: Final = ("forecast", "state", "of", "scored", "frozen", "sha256")
_HEADS: Final = {
    "forecast": pl.String(),
    "fit": pl.String(),
    "frozen": pl.String(),
    "sha256": pl.String(),
    "waves": pl.String(),
    "state": pl.String(),
    "of": pl.String(),
    "scored": pl.String(),
    "simulated": pl.Boolean(),
    "notes": pl.List(pl.String()),
}


def newest_of(forecast: Forecast) -> list[Scores | None]:
    """Return what scored a forecast last, one a wave or import; None alone where nothing did."""
    return [*forecast.latest_scores()] or [None]


def cells_of(forecast: Forecast, scores: Scores | None) -> pl.DataFrame:
    """Return the rows of ``forecast_cells`` of one forecast, as scored or as predicted."""
    return _named(_predicted_cells(forecast, scores), head_of(forecast, scores))


def summary_of(forecast: Forecast, scores: Scores) -> pl.DataFrame:
    """Return the rows of ``forecast_summary`` of one forecast's scores."""
    return _named(scores.summary, head_of(forecast, scores))


def _named(rows: pl.DataFrame, head: Mapping[str, Any]) -> pl.DataFrame:
    text = pl.String()
    named = [pl.lit(head[name], dtype=text).alias(name) for name in _NAMED]
    return rows.select(*named, pl.all())


def head_of(forecast: Forecast, scores: Scores | None) -> dict[str, Any]:
    """Return the row of ``forecasts`` of one forecast and what scored it."""
    gone = withdrawn(forecast, scores)
    notes = [*gone, *forecast.content["notes"]]
    if scores is not None:
        notes += [*scores.hindsight, *scores.content["notes"]]
    return {
        "forecast": forecast.id,
        "fit": forecast.content["fit"],
        "frozen": forecast.frozen,
        "sha256": forecast.sha256,
        "waves": ", ".join(forecast.waves),
        "state": _state(scores, gone),
        "of": None if scores is None else scores.of,
        "scored": None if scores is None else scores.scored,
        "simulated": forecast.content["simulated"],
        "notes": notes,
    }


def _state(scores: Scores | None, gone: list[str]) -> str:
    if scores is None:
        return UNTESTED
    if gone:
        return WITHDRAWN
    return HINDSIGHT if scores.hindsight else SCORED


def _predicted_cells(forecast: Forecast, scores: Scores | None) -> pl.DataFrame:
    """Return what was predicted, with scores where there are any."""
    if scores is not None:
        return predicted(scores.cells)
    labels: Mapping[str, Mapping[str, str]] = forecast.content
    rows = [
        {
            **cell._asdict(),
            "intervention_label": labels["interventions"][cell.intervention],
            "group_label": labels["groups"][cell.group],
            **{f"predicted_{end}": row[end] for end in _ENDS},
        }
        for cell, row in forecast.cells().items()
    ]
    rows += [
        {
            "weighting": cell["weighting"],
            "intervention": None,  # no proposal yet
            "group": cell["group"],
            "intervention_label": f"{NEW_DESIGN}{design['label']}",
            "group_label": labels["groups"][cell["group"]],
            **{f"predicted_{end}": cell[end] for end in _ENDS},
        }
        for design in forecast.designs
        for cell in design["cells"]
    ]
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        observed=pl.lit(None, dtype=pl.Float64)
    )


def predicted(cells: pl.DataFrame) -> pl.DataFrame:
    """Return scored cells with what the model predicted under the names ``predicted_…``."""
    return cells.rename({f"{MODEL}_{end}": f"predicted_{end}" for end in _ENDS})


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()


def forecast_records(tables: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Return flat records: a row a cell of each forecast, then of interventions left out."""
    parts = []
    if len(cells := tables["forecast_cells"]):
        parts.append(cells.select(pl.lit("forecast").alias("kind"), pl.all()))
    if len(left_out := tables["left_out"]):
        renamed = predicted(left_out)
        parts.append(renamed.select(pl.lit("left_out").alias("kind"), pl.all()))
    return _joined(parts).to_dicts()
