"""Causal map: what each worldview believes to lead to what, and what would follow from a push."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.quantities.causal_map.what_if import TRANSMISSION
from mfp_stats.views import choices, page, tables
from mfp_stats.views.causal_map_charts import (
    effects_chart,
    links_chart,
    map_chart,
    proposals_chart,
)
from mfp_stats.views.causal_map_findings import MEANING, describe_map
from mfp_stats.views.findings import SURE
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import bullets, heading
from mfp_stats.views.words import capital
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.show import Asked, topic_tables
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Causal map", anchor=False)
results = page.latest_fit(context, survey)
try:
    found = topic_tables(results, Topic.MAP)
except FitRefused as error:
    page.refusal(error)
    st.stop()
if found["map_links"].is_empty():
    page.nothing(results, Topic.MAP)
    st.stop()
told = st.container()
st.header("What leads to what", anchor=False)
for part in found["map_links"].partition_by("worldview", maintain_order=True):
    number, name = part.select("worldview", "name").row(0)
    heading(f"Worldview {number}: {name}", level=3)
    page.figure(map_chart(part, SURE))
st.caption(
    "A line ends with its mark near what it acts on; the wider, the stronger. A triangle that "
    "points up: more of the one raises the other; down: lowers it; a dot on a dashed line: the "
    "survey cannot tell."
)
st.header("How strong each link is", anchor=False)
page.figure(links_chart(found["map_links"]))
st.caption(MEANING)
tables.behind(found["map_links"], tables.MAP_LINKS, name="Links as a table")
if len(found["map_pairs"]):
    tables.behind(found["map_pairs"], tables.MAP_PAIRS, name="Worldviews compared as a table")
who = compared_in(results)
st.header(f"By {who.one}", anchor=False)
groups = found["map_groups"].filter(choices.choose_weighting(found["map_groups"]))
page.figure(links_chart(groups))
st.caption(f"The average over the worldviews that people of a {who.one} hold.")
tables.behind(groups, tables.MAP_GROUPS, name=f"{capital(who.many)} as a table")
st.header("What would follow", anchor=False)
transmission = choices.choose_transmission(TRANSMISSION)
found = topic_tables(results, Topic.MAP, Asked(transmission=transmission))
with told:
    page.findings(describe_map(found))
effects, proposals = found["map_effects"], found["map_proposals"]
if len(effects):
    page.untested()
    page.figure(effects_chart(effects.filter(choices.choose_concept(effects))))
    tables.behind(effects, tables.MAP_EFFECTS, name="Effects of a push as a table")
else:
    bullets(["Of no worldview can it be told what would follow from a push: see above."])
if len(proposals):
    st.header("What maps imply of proposals, and what people say", anchor=False)
    page.untested()
    shown = proposals.filter(choices.choose_proposal(proposals))
    heading(shown["intervention_label"][0], level=3)
    page.figure(proposals_chart(shown))
    tables.behind(proposals, tables.MAP_PROPOSALS, name="Proposals as a table")
