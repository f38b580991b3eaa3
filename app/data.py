"""Data: what is stored, what is missing and why, and a way to bring more in."""

import streamlit as st

from mfp_stats.views import choices, page, tables, upload
from mfp_stats.workflow.context import page_context

context = page_context()
survey = choices.chosen_survey()
st.title("Data", anchor=False)
stored = context.stored(survey)
page.simulated_banner(simulated=stored.simulated)
page.facts(
    [
        ("People", f"{stored.people:,}"),
        ("Imports", str(len(stored.imports))),
        ("Answered on the web", f"{stored.submissions:,}"),
    ]
)
if not stored.people:
    st.info("Nobody has answered yet. Import a file below.")
page.form_link(context, survey)
if len(stored.missing):
    st.header("Answers that are not there, and why", anchor=False)
    tables.show_table(stored.missing, tables.MISSING, name="Missing answers by item and reason")
    page.small_numbers(stored.missing)
if len(stored.imports):
    st.header("Imports", anchor=False)
    tables.show_table(stored.imports, tables.IMPORTS, name="Files imported into this survey")
st.header("Import a file", anchor=False)
upload.panel(context, survey)
