"""Fits and diagnostics: start, watch and cancel fits; read their checks."""

import streamlit as st

from mfp_stats.views import choices, diagnostics, jobs, page
from mfp_stats.workflow.context import page_context

context = page_context()
survey = choices.chosen_survey()
st.title("Fits and diagnostics", anchor=False)
jobs.panel(context, survey)
results = context.latest(survey)
if results is None:
    st.info("No fit of this survey has ended yet.")
    st.stop()
page.fit_banners(context, results)
st.header("Checks of the newest fit", anchor=False)
diagnostics.panel(results)
