"""Data: what is stored, what is missing and why, and a way to bring more in."""

import streamlit as st

from mfp_stats.views import page, upload
from mfp_stats.workflow import page_context

context = page_context(st.query_params.get("survey"))
survey = page.choose_survey(context)
st.title("Data")
stored = context.stored(survey)
page.simulated_banner(simulated=stored.simulated)
page.facts(
    [
        ("Respondents", f"{stored.people:,}"),
        ("Imports", str(len(stored.imports))),
        ("Web submissions", f"{stored.submissions:,}"),
    ]
)
if context.form_path(survey):
    st.markdown(f"Respondents answer this questionnaire at **[{context.form_path(survey)}]"
                f"({context.form_path(survey)})**.")
if len(stored.missing):
    st.subheader("Answers that are not there, and why", anchor=False)
    st.dataframe(stored.missing, hide_index=True, alt="Missing answers by item and reason")
if len(stored.imports):
    st.subheader("Imports", anchor=False)
    st.dataframe(stored.imports, hide_index=True, alt="Files imported into this survey")
st.subheader("Import a file", anchor=False)
upload.panel(context, survey)
