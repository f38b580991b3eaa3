"""Overview: what was asked of whom, the main findings, and what cannot be told."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.questionnaire import say
from mfp_stats.views import page
from mfp_stats.views.findings import describe_overlap, describe_worldviews
from mfp_stats.workflow import page_context

context = page_context(st.query_params.get("survey"))
survey = page.choose_survey(context)
questionnaire = context.questionnaire(survey)
st.title(say(questionnaire.title))
results = context.latest(survey)
if results is None:
    page.no_fit_yet(context, survey)
    st.stop()
page.simulated_banner(simulated=results.simulated)
page.facts(
    [
        ("Respondents", f"{results.people:,}"),
        ("Groups compared", str(len(results.groups_shown))),
        ("Last fit", results.finished[:10]),
    ]
)
st.subheader("Do the groups want the same things?", anchor=False)
try:
    page.findings(describe_overlap(results.table("overlap")))
except FitRefused as error:
    page.refusal(error)
st.subheader("Do they see the world the same way?", anchor=False)
try:
    models = results.table("worldview_models")
    page.findings(describe_worldviews(results.table("worldviews"), models))
except FitRefused as error:
    page.refusal(error)
page.group_sizes(results.table("group_sizes"))
page.unavailable(results.table("unavailable").to_dicts())
