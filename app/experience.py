"""Experience: which parts of people's record go with the worldview they hold."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.experience_charts import experience_chart
from mfp_stats.views.experience_findings import describe_experience
from mfp_stats.views.markup import bullets, heading
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Experience", anchor=False)
results = page.latest_fit(context, survey)
try:
    experience, contrasts = results.table("experience"), results.table("experience_contrasts")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if experience.is_empty():
    page.nothing(results, Topic.EXPERIENCE)
    st.stop()
weighting = choices.choose_weighting(experience)
shown = experience.filter(weighting)
compared = contrasts.filter(weighting) if len(contrasts) else contrasts
page.findings(describe_experience(shown, compared))
held = shown.select("worldview", "name").unique("worldview", maintain_order=True).rows()
st.header("Who holds what, by answer", anchor=False)
bullets(f"Worldview {number}: {name}" for number, name in held)
for (_item,), part in shown.group_by("item", maintain_order=True):
    heading(part["item_label"][0], level=3)
    page.figure(experience_chart(part))
st.caption(
    "Share of each worldview were all to give this answer, in groups and with other experience as "
    "they are. Points are posterior means, lines 90 % intervals."
)
tables.behind(shown, tables.EXPERIENCE, name="Answers as a table")
if len(compared):
    tables.behind(compared, tables.EXPERIENCE_CONTRASTS, name="Lowest against highest as a table")
