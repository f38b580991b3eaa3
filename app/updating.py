"""Updating: whether information reached beliefs, in whom it backfired, and what came of it."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.markup import bullets, heading
from mfp_stats.views.updating_charts import updating_chart
from mfp_stats.views.updating_findings import MEANING, describe_updating
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Updating", anchor=False)
results = page.latest_fit(context, survey)
try:
    updating = results.table("updating")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if updating.is_empty():
    page.nothing(results, Topic.UPDATING)
    st.stop()
shown = updating.filter(choices.choose_weighting(updating))
page.findings(describe_updating(shown))
page.reservations(results, Topic.UPDATING)
held = shown.filter(shown["worldview"] > 0).select("worldview", "name").unique(maintain_order=True)
for part in shown.partition_by("information", maintain_order=True):
    heading(part["information_label"][0], level=2)
    if len(held):
        bullets(f"Worldview {number}: {name}" for number, name in held.rows())
    for kind in part.partition_by("kind", maintain_order=True):
        heading("Beliefs" if kind["kind"][0] == "belief" else "Support", level=3)
        page.figure(updating_chart(kind))
st.caption(MEANING)
tables.behind(shown, tables.UPDATING, name="Estimates as a table")
