"""Freeze and score forecasts from the page: while a server runs, no command can open the store."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from mfp_stats.errors import MfpError
from mfp_stats.views import page
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.forecasts.scoring import (
    Against,
    forecast_named,
    other_waves,
    score_forecast,
)

_NO_WAVE: Final = "No other wave has been answered yet that it could be held against."
_NO_ANSWERS: Final = (
    "No answers to this survey are stored (any more): nothing can be held against it."
)


def freeze_button(context: PageContext, survey: str, fit_id: str) -> None:
    """Offer to freeze what a fit predicts of a coming wave."""
    st.caption(
        "Freeze predictions before the next wave is fielded: they are kept with their hash and "
        "the time, and cannot be changed afterwards."
    )
    if not st.button("Freeze the predictions of the newest fit", icon=":material/lock:"):
        return
    try:
        freeze(context.project, context.store, survey, fit_id)
    except MfpError as error:
        page.faults(error)
        return
    st.rerun()


def score_form(context: PageContext, survey: str, head: Mapping[str, Any]) -> None:
    """Offer the waves that a forecast was not fitted to, to hold it against one of them."""
    forecast = forecast_named(context.project, survey, head["forecast"])
    waves = other_waves(context.store, forecast)
    if not waves:
        gone = context.store.respondents(survey).is_empty()
        st.caption(_NO_ANSWERS if gone else _NO_WAVE)
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wave = st.selectbox(
            "Wave",
            list(waves),
            key="score_wave",
            format_func=lambda name: f"{name} (in hindsight)" if waves[name] else name,
            filter_mode=None,
            width=240,
        )
        asked = st.button("Hold it against this wave", icon=":material/fact_check:")
    if not asked:
        return
    try:
        score_forecast(context.project, context.store, forecast, Against(wave=wave))
    except MfpError as error:
        page.faults(error)
        return
    st.rerun()
