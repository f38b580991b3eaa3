"""Which answers a forecast cannot have been made before: held against them it is no test.

A prediction is tested by what was not known when it was made. What a store holds is known, also
where the fit left it out, and so is a wave that is earlier than one that was fitted, whenever it is
imported. Surveys that ended long ago can still be scored, which tells how the model would have
done; that is said to be in hindsight, and never counts as a test.
"""

import re
from typing import Final

import polars as pl

from mfp_stats.design.compared import wave_order
from mfp_stats.design.report import people
from mfp_stats.store import Store
from mfp_stats.workflow.forecasts.files import Forecast

_NOT_NOTED: Final = (
    "An earlier release froze it, which did not note what answers were stored already."
)
_NO_LINE: Final = (
    "The store's audit holds no line on this forecast, so that nothing but its own hash vouches "
    "for when it was frozen."
)
_KEYS: Final = ["respondent", "wave"]


def in_hindsight(store: Store, forecast: Forecast, against: pl.DataFrame) -> list[str]:
    """Return why answers are no test of a forecast, in sentences; none where they are one.

    Parameters
    ----------
    store
        The open store.
    forecast
        A forecast whose line in the store's audit, if there is one, is known to be whole.
    against
        ``respondent`` and ``wave`` of the answers that it is held against.
    """
    reasons = [] if forecast.id in store.noted_forecasts() else [_NO_LINE]
    held = forecast.stored
    if held is None:
        reasons.append(_NOT_NOTED)
    else:
        before = store.stored_among(forecast.survey, held)
        known = len(against.join(before, on=_KEYS, how="semi"))
        if known:
            reasons.append(
                f"When it was frozen, the answers of {known:,} of the {people(len(against))} were "
                "stored already."
            )
    waves = against["wave"].unique(maintain_order=True).to_list()
    reasons += [
        f"Wave {wave} is earlier than wave {fitted}, which was fitted."
        for wave in waves
        for fitted in [_later(wave, forecast.waves)]
        if fitted is not None
    ]
    return reasons


def _later(wave: str, fitted: list[str]) -> str | None:
    """Return a fitted wave that is later than a wave; names tell that by their numbers alone."""
    for other in fitted:
        if _words(wave) == _words(other) and wave_order(wave) < wave_order(other):
            return other
    return None


def _words(wave: str) -> list[str]:
    return re.split(r"\d+", wave)
