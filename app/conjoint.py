"""Worth of attributes: what they are worth to groups, and designs that all would prefer."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.conjoint_charts import levels_chart
from mfp_stats.views.conjoint_findings import MEANING, describe_conjoint
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import bullets, heading
from mfp_stats.views.search_charts import designs_chart
from mfp_stats.views.search_words import PREFERRING
from mfp_stats.workflow.conjoint_search import conjoint_search
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.coordination import THRESHOLD
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Worth of attributes", anchor=False)
results = page.latest_fit(context, survey)
try:
    levels, pairs = results.table("conjoint"), results.table("conjoint_pairs")
    worldviews = results.table("conjoint_worldviews")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if levels.is_empty():
    page.nothing(results, Topic.CONJOINT)
    st.stop()
threshold, coalition = THRESHOLD, None
if not results.by_wave:
    page.untested()
    threshold = choices.choose_threshold(has_to=PREFERRING.has_to)
    coalition = choices.choose_coalition(levels, has_to=PREFERRING.has_to)
    if not coalition:
        st.info("Choose at least one group.")
        st.stop()
weighting = choices.choose_weighting(levels)
found = conjoint_search(results, threshold=threshold, coalition=coalition)
shown = {"conjoint": levels, "conjoint_pairs": pairs} | found
shown = {name: frame.filter(weighting) if len(frame) else frame for name, frame in shown.items()}
levels, pairs, designs = (shown[n] for n in ("conjoint", "conjoint_pairs", "conjoint_search"))
shown["conjoint_worldviews"] = worldviews
compared = compared_in(results)
page.findings(describe_conjoint(shown, compared))
page.reservations(results, Topic.CONJOINT)
page.too_small(results.table("group_sizes"))
for part in levels.partition_by("conjoint", maintain_order=True):
    name = part["conjoint"][0]
    heading(part["conjoint_label"][0], level=2)
    for attribute in part.partition_by("attribute", maintain_order=True):
        heading(attribute["attribute_label"][0], level=3)
        page.figure(levels_chart(attribute, part))
    st.caption(MEANING)
    own = designs.filter(conjoint=name) if len(designs) else designs
    if len(own):
        heading("Designs that most would prefer", level=3)
        labels = part.select("group", "group_label").unique(maintain_order=True).rows()
        chosen = {group: label for group, label in labels if group in (coalition or ())}
        page.figure(designs_chart(own, chosen, threshold, PREFERRING))
    held = worldviews.filter(conjoint=name) if len(worldviews) else worldviews
    if len(held):
        heading("By worldview", level=3)
        known = held.select("worldview", "name").unique(maintain_order=True).rows()
        bullets(f"Worldview {number}: {text}" for number, text in known)
        for attribute in held.partition_by("attribute", maintain_order=True):
            heading(attribute["attribute_label"][0], level=4)
            page.figure(levels_chart(attribute, held))
tables.behind(levels, tables.CONJOINT, name="Levels by group as a table")
if len(worldviews):
    tables.behind(worldviews, tables.CONJOINT_WORLDVIEWS, name="Levels by worldview as a table")
if len(pairs):
    tables.behind(pairs, tables.CONJOINT_PAIRS, name="Pairs of groups as a table")
if len(designs):
    rows = designs.with_columns(fielded=designs["intervention"].is_not_null())
    tables.behind(rows, tables.CONJOINT_SEARCH, name="Designs as a table")
