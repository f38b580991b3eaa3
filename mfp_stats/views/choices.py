"""What the reader chooses: the survey, how priorities were asked, and the weighting."""

from collections.abc import Mapping
from typing import Final

import polars as pl
import streamlit as st

from mfp_stats.errors import MfpError
from mfp_stats.questionnaire.model import say
from mfp_stats.workflow.context import PageContext

#: Also its name in the address, so that a page can be sent as a link.
SURVEY: Final = "survey"
VERSIONS: Final = {"revealed": "Trade-offs", "claimed": "Ratings", "perceived": "As others see it"}
WEIGHTINGS: Final = {
    "weighted": "Weighted",
    "raked": "Weighted to margins",
    "unweighted": "Unweighted",
}


def offer_surveys(context: PageContext) -> None:
    """Let the reader choose a survey for all pages.

    The address decides, so that a page can be sent as a link and the browser's way back works.
    """
    names = context.surveys()
    asked = st.query_params.get(SURVEY)
    st.session_state[SURVEY] = asked if asked in names else names[0]
    st.sidebar.selectbox(
        "Survey",
        names,
        key=SURVEY,
        format_func=lambda name: survey_title(context, name),
        filter_mode=None,
        on_change=_into_address,
    )


def _into_address() -> None:
    st.query_params[SURVEY] = st.session_state[SURVEY]


def chosen_survey() -> str:
    """Return the survey that the reader chose."""
    return str(st.session_state[SURVEY])


def survey_title(context: PageContext, survey: str) -> str:
    """Return a survey's title; its name where the questionnaire has faults."""
    try:
        return say(context.questionnaire(survey).title) or survey
    except MfpError:
        return survey


def choose_version(table: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Let the reader choose how priorities were asked, and the weighting; return both filters."""
    with st.container(horizontal=True, gap="large"):
        version = pl.col("version") == _one_of(table, "version", "Priorities from", VERSIONS)
        return version, choose_weighting(table)


def choose_weighting(table: pl.DataFrame) -> pl.Expr:
    """Let the reader choose between weighted and unweighted estimates; return the filter."""
    return pl.col("weighting") == _one_of(table, "weighting", "Sample", WEIGHTINGS)


def _one_of(table: pl.DataFrame, column: str, label: str, words: Mapping[str, str]) -> pl.Expr:
    """Let the reader choose one of a column's values; where there is only one, say which."""
    there = set(table[column])
    names = [name for name in words if name in there]
    if len(names) == 1:
        st.caption(f"{label}: {words[names[0]].lower()}.")
        return pl.lit(names[0])
    chosen = st.segmented_control(
        label,
        names,
        default=names[0],
        required=True,
        format_func=lambda name: words[name],
        key=column,
        bind="query-params",
    )
    return pl.lit(chosen)
