"""Overview: what was asked of whom, the main findings, and what cannot be told."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page
from mfp_stats.views.findings import OVERLAP_MEANING, describe_overlap_briefly, describe_worldviews
from mfp_stats.views.found import brief_findings, compared_in, reservations, weighting_told
from mfp_stats.views.markup import heading, paragraph
from mfp_stats.views.words import capital, unsaid
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
heading(choices.survey_title(context, survey))
results = page.latest_fit(context, survey)
compared = compared_in(results)
people = results.people
page.facts(
    [
        (
            "Answer sheets" if results.by_wave else "People",
            "not shown" if people is None else f"{people:,}",
        ),
        (f"{capital(compared.many)} compared", str(len(results.groups_shown))),
        ("Fitted", results.finished[:10]),
    ]
)
said: set[str] = set()
for sentence in unsaid(weighting_told(results), said):
    st.caption(sentence)
sizes = results.table("group_sizes")
page.too_small(sizes)
st.header(f"Do the {compared.many} want the same things?", anchor=False)
try:
    overlap = results.table("overlap")
    page.findings(unsaid(describe_overlap_briefly(overlap, compared), said))
    if len(overlap):
        st.caption(OVERLAP_MEANING)
    page.partly_refused(results, "values")
    page.link("values_and_overlap.py", "Values and overlap", ":material/join_inner:")
except FitRefused as error:
    page.refusal(error)
st.header("Do they see the world the same way?", anchor=False)
try:
    worldviews, models = results.table("worldviews"), results.table("worldview_models")
    cautions = results.table("worldview_cautions")
    page.findings(unsaid(describe_worldviews(worldviews, models, cautions, compared), said))
    page.link("worldviews.py", "Worldviews", ":material/visibility:")
except FitRefused as error:
    page.refusal(error)
for topic, title, file, name, icon in (
    (Topic.GAP, "What carries the gaps in support?", "gap.py", "Values or models", "call_split"),
    (Topic.SURFACE, "On what can they act?", "surface.py", "Coordination surface", "grid_on"),
):
    if results.by_wave and topic is Topic.SURFACE:  # waves cannot act together
        continue
    try:
        found = brief_findings(results, topic)
    except FitRefused as error:
        st.header(title, anchor=False)
        page.refusal(error)
        continue
    if found:
        st.header(title, anchor=False)
        if topic is Topic.SURFACE:
            page.prediction_badge(results)
        page.findings(unsaid(found, said))
        for sentence in unsaid(reservations(results, topic), said):
            paragraph(sentence)
        page.link(file, name, f":material/{icon}:")
page.group_sizes(sizes, compared)
page.unavailable(results.table("unavailable").to_dicts())
