"""Design search: which combination of attributes groups would accept, and what it would need."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.markup import bullets
from mfp_stats.views.search_belief_findings import describe_needs
from mfp_stats.views.search_charts import (
    designs_chart,
    effect_numbers,
    effects_chart,
    front_chart,
    shown_designs,
)
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.search_words import COUNTS, worldview_names
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.search import search, search_space
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Design search", anchor=False)
results = page.latest_fit(context, survey)
try:
    acceptance, worldviews = results.table("acceptance"), results.table("worldviews")
    space = search_space(results)
except FitRefused as error:
    page.refusal(error)
    st.stop()
if acceptance.is_empty() or not space.size:
    page.nothing(results, Topic.SEARCH)
    st.stop()
if results.by_wave:
    page.nothing(results, Topic.SEARCH)
    st.stop()
page.untested()
threshold = choices.choose_threshold()
coalition = choices.choose_coalition(acceptance)
weighting = choices.choose_weighting(acceptance)
levels = choices.choose_levels(space)
if not coalition:
    st.info("Choose at least one group.")
    st.stop()
try:
    found = search(results, threshold=threshold, coalition=coalition, levels=levels)
except FitRefused as error:
    page.refusal(error)
    st.stop()
designs = found["search"].filter(weighting)
if designs.is_empty():
    page.nothing(results, Topic.SEARCH)
    st.stop()
names = worldview_names(worldviews)
about = found["search_summary"].filter(weighting)
page.findings(describe_search(designs, about, worldviews))
page.too_small(results.table("group_sizes"))
labels = dict(acceptance.select("group", "group_label").unique(maintain_order=True).rows())
chosen = {name: label for name, label in labels.items() if name in coalition}
st.header("Who accepts the first designs", anchor=False)
st.caption(
    "Shares that accept with 90 % intervals; after the arrow, the probability that every group "
    "reaches the threshold at once."
)
page.figure(designs_chart(designs, chosen, threshold))
st.header("What they would need", anchor=False)
bullets(describe_needs(shown_designs(designs).to_dicts(), about.row(0, named=True)))
if effect_numbers(designs):
    st.header("What each worldview expects of them", anchor=False)
    bullets(f"Worldview {number}: {name}" for number, name in names.items())
    page.figure(effects_chart(designs))
st.header("The best trade-offs, and what was fielded", anchor=False)
st.caption(
    "What does better than a best trade-off on one count does worse on another; designs that may "
    "turn out to be the best are shown too."
)
page.figure(front_chart(designs))
with st.expander("What is counted"):
    bullets(COUNTS)
shown = designs.with_columns(fielded=pl.col("intervention").is_not_null())
tables.behind(shown, tables.SEARCH, name="Designs as a table")
