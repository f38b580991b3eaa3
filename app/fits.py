"""Fits and diagnostics: start, watch and cancel fits; read their checks."""

import streamlit as st

from mfp_stats.views import jobs, page
from mfp_stats.workflow import page_context

context = page_context(st.query_params.get("survey"))
survey = page.choose_survey(context)
st.title("Fits and diagnostics")
jobs.panel(context, survey)
results = context.latest(survey)
if results is None:
    st.info("No fit of this survey has ended yet.")
    st.stop()
page.simulated_banner(simulated=results.simulated)
st.subheader("Checks of the newest fit", anchor=False)
checks = results.diagnostics
if results.all_shown:
    st.success("Every check passed: results may be shown.", icon=":material/check_circle:")
else:
    st.error("Some checks failed: the results they concern are not shown.", icon=":material/block:")
st.dataframe(checks, hide_index=True, alt="Diagnostics of the newest fit by step and check")
with st.expander("How this fit was made"):
    st.json(results.provenance)
