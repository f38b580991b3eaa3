"""The dashboard: pages on stored results. Run by Streamlit, never imported."""

from pathlib import Path

import streamlit as st

from mfp_stats.errors import MfpError
from mfp_stats.views import choices, page
from mfp_stats.workflow.context import page_context

PAGES = Path(__file__).resolve().parent

st.set_page_config(page_title="Model-First Policy", page_icon=PAGES / "icon.png", layout="centered")
pages = [
    st.Page(PAGES / "overview.py", title="Overview", icon=":material/home:", default=True),
    st.Page(
        PAGES / "values_and_overlap.py",
        title="Values and overlap",
        icon=":material/join_inner:",
        url_path="values",
    ),
    st.Page(
        PAGES / "worldviews.py",
        title="Worldviews",
        icon=":material/visibility:",
        url_path="worldviews",
    ),
    st.Page(
        PAGES / "experience.py",
        title="Experience",
        icon=":material/history_edu:",
        url_path="experience",
    ),
    st.Page(
        PAGES / "causal_map.py",
        title="Causal map",
        icon=":material/account_tree:",
        url_path="map",
    ),
    st.Page(
        PAGES / "updating.py",
        title="Updating",
        icon=":material/lightbulb:",
        url_path="updating",
    ),
    st.Page(
        PAGES / "gap.py", title="Values or models", icon=":material/call_split:", url_path="gap"
    ),
    st.Page(
        PAGES / "surface.py",
        title="Coordination surface",
        icon=":material/grid_on:",
        url_path="surface",
    ),
    st.Page(PAGES / "signals.py", title="Signals", icon=":material/campaign:", url_path="signals"),
    st.Page(
        PAGES / "predictions.py",
        title="What groups expect",
        icon=":material/query_stats:",
        url_path="predictions",
    ),
    st.Page(PAGES / "search.py", title="Design search", icon=":material/tune:", url_path="search"),
    st.Page(
        PAGES / "conjoint.py",
        title="Worth of attributes",
        icon=":material/balance:",
        url_path="conjoint",
    ),
    st.Page(
        PAGES / "forecasts.py",
        title="Forecasts",
        icon=":material/fact_check:",
        url_path="forecasts",
    ),
    st.Page(PAGES / "data.py", title="Data", icon=":material/table:", url_path="data"),
    st.Page(
        PAGES / "fits.py",
        title="Fits and diagnostics",
        icon=":material/monitor_heart:",
        url_path="fits",
    ),
]
chosen = st.navigation(pages, position="hidden")
try:
    choices.offer_surveys(page_context())
    page.navigation(pages)
    chosen.run()
except MfpError as error:
    page.faults(error)
