"""``mfp forecast``: freeze predictions before a wave is fielded, and score them afterwards."""

from typing import Annotated

import typer

from mfp_stats.cli import output
from mfp_stats.cli.options import Json, Survey
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.views.forecast_findings import describe_one
from mfp_stats.workflow.forecasts.files import Forecast, Scores
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import Against, forecast_named, score_forecast
from mfp_stats.workflow.forecasts.told import cells_of, head_of, newest_of, summary_of
from mfp_stats.workflow.forecasts.withdrawn import withdrawn

#: Columns that a terminal has room for; JSON holds all of them.
_PRINTED = (
    *("intervention_label", "group_label", "weighting", "asked", "predicted", "observed"),
    *("model_log_score", "model_crps", "model_pit", "model_covered_90"),
)

app = typer.Typer(
    help="Freeze what a fit predicts of a coming wave, and score it when that wave is in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command("freeze")
def freeze_(
    survey: Survey,
    fit: Annotated[
        str | None,
        typer.Option("--fit", help="A fit's id; default: the newest that passed its checks."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Freeze predictions of who accepts what in a coming wave, with their hash and time.

    Two simple predictions are frozen beside them: each group's own mean, and a demographic model
    where the survey has covariates. The same fit again adds nothing.
    """
    project = Project.open()
    with Store.open(project.data) as store:
        frozen = freeze(project, store, survey, fit)
    forecast = frozen.forecast
    # One that was frozen before may have been scored since, by several waves.
    newest = newest_of(forecast)
    if as_json:
        output.as_json([row for one in newest for row in cells_of(forecast, one).to_dicts()])
        return
    done = "Frozen" if frozen.added else "This fit was frozen before; nothing was added. Frozen"
    output.say(f"{done}: forecast {forecast.id}, {forecast.frozen}, SHA-256 {forecast.sha256}")
    gone = withdrawn(forecast, None)
    for note in (*gone, *forecast.content["notes"]):
        output.say(f"note: {note}")
    for scores in newest:
        _say_state(forecast, scores, stands=not gone)
    if not gone:
        which = "" if fit is None else f" {forecast.id}"
        output.say(f"Then: mfp forecast score {survey}{which} --wave NAME")


def _say_state(forecast: Forecast, scores: Scores | None, *, stands: bool) -> None:
    """Say whether a forecast is untested, or how it did when it was scored last."""
    cells = cells_of(forecast, scores)
    if scores is None:
        until = " until a later wave has scored them" if stands else ""
        output.say(f"{len(cells)} predictions, untested{until}.")
        return
    tables = {"forecast_summary": summary_of(forecast, scores), "forecast_cells": cells}
    output.say(describe_one(head_of(forecast, scores), tables)[0])


@app.command("score")
def score_(
    survey: Survey,
    forecast: Annotated[
        str | None, typer.Argument(help="A forecast's id; default: the newest.")
    ] = None,
    wave: Annotated[
        str | None, typer.Option(help="Name of the wave that it is held against.")
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--import", help="Hold it against the people of this import instead."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold a frozen forecast against a wave that was not fitted, beside two simple predictions.

    Log score, CRPS, PIT and the coverage of intervals, for every proposal and group. The scores
    are kept, and shown wherever these predictions are. Answers that were stored already when it
    was frozen, and waves earlier than one that was fitted, are scored in hindsight, which is no
    test.
    """
    against = Against.one_of(wave, number)
    project = Project.open()
    found = forecast_named(project, survey, forecast)
    with Store.open(project.data) as store:
        scores = score_forecast(project, store, found, against)
    cells = cells_of(found, scores)
    if as_json:
        output.as_json(cells.to_dicts())
        return
    output.say(f"{survey}: forecast {found.id} held against {scores.of}")
    head, summary = head_of(found, scores), summary_of(found, scores)
    output.findings(describe_one(head, {"forecast_summary": summary, "forecast_cells": cells}))
    output.table(summary.drop("forecast", "state", "of", "scored", "frozen", "sha256").to_dicts())
    output.table(cells.rename({"predicted_mean": "predicted"}).select(_PRINTED).to_dicts())
