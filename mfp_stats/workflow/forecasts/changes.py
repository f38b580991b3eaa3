"""What is not the same as when a forecast was frozen."""

from collections.abc import Iterator

import polars as pl

from mfp_stats.design.acceptance import Acceptance
from mfp_stats.design.response_questions import question_of
from mfp_stats.questionnaire.model import Questionnaire, Role
from mfp_stats.store import Store
from mfp_stats.workflow.forecasts.files import Forecast


def changes(
    forecast: Forecast, questionnaire: Questionnaire, found: Acceptance, sheet: pl.DataFrame
) -> list[str]:
    """Say what is not the same as when the forecast was frozen."""
    notes = []
    if questionnaire.hash != forecast.content["questionnaire"]:
        notes.append(
            "The questionnaire was changed since the forecast was frozen: what both versions ask "
            "is scored."
        )
    asked = [*found.interventions, *_asked_about(forecast, questionnaire, sheet)]
    new = [name for name in dict.fromkeys(asked) if name not in forecast.content["interventions"]]
    if new:
        notes.append(f"Asked about now and not forecast: {', '.join(new)}.")
    fresh = [name for name in found.groups if name not in forecast.content["groups"]]
    if fresh:
        notes.append(f"Groups that were not forecast: {', '.join(fresh)}.")
    return notes


def _asked_about(
    forecast: Forecast, questionnaire: Questionnaire, sheet: pl.DataFrame
) -> Iterator[str]:
    """Yield the proposals that somebody said yes or no to, in questions that were not frozen too.

    The options of one question are proposals by themselves.
    """
    if forecast.content["exclusive"]:
        return
    for item in questionnaire.with_role(Role.RESPONSE):
        if item.intervention is None or item.stipulated or question_of(item) is None:
            continue
        if (sheet[item.name] >= 0).any():
            yield item.intervention


def again(store: Store, forecast: Forecast, found: Acceptance) -> list[str]:
    """Say how many of the people were fitted too: their answers vary less than fresh people's."""
    stored = store.respondents(forecast.survey)
    before = set(stored.filter(pl.col("wave").is_in(forecast.waves))["respondent"])
    same = sum(name in before for name in found.respondents)
    if not same:
        return []
    return [
        f"{same:,} of the {len(found.respondents):,} people were asked in the wave that was fitted "
        "too. Their answers vary less from wave to wave than those of people drawn anew, which is "
        "what intervals allow for, so that intervals may hold more often than they say."
    ]
