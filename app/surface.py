"""Coordination surface: what groups accept together, and what stands in the way of the rest."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.quantities.zones import at_an_end
from mfp_stats.views import choices, page, tables
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import bullets
from mfp_stats.views.surface_charts import acceptance_chart, group_letters, zone_matrix
from mfp_stats.views.surface_findings import ZONES, ZONES_MEAN, describe_surface
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.coordination import coordination
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Coordination surface", anchor=False)
results = page.latest_fit(context, survey)
try:
    acceptance = results.table("acceptance")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if acceptance.is_empty():
    page.nothing(results, Topic.SURFACE)
    st.stop()
page.prediction_badge(results)
compared = compared_in(results)
threshold = choices.choose_threshold(compared)
# Waves cannot act together: of each there is what it accepts by itself.
coalition = None if results.by_wave else choices.choose_coalition(acceptance)
weighting = choices.choose_weighting(acceptance)
if coalition == []:
    st.info("Choose at least one group.")
    st.stop()
try:
    found = coordination(
        results, threshold=threshold, coalitions=None if coalition is None else [coalition]
    )
except FitRefused as error:
    page.refusal(error)
    st.stop()
surface = found.filter(weighting)
groups = acceptance.filter(weighting)
if coalition is not None:
    groups = groups.filter(pl.col("group").is_in(coalition))
page.findings(describe_surface(surface, compared))
page.reservations(results, Topic.SURFACE)
page.too_small(results.table("group_sizes"))
# A threshold of nothing, or of everybody, puts no proposal in a zone.
zoned = coalition is not None and at_an_end(threshold) is None
if zoned:
    st.header("Who accepts what", anchor=False)
    bullets(f"{letter}: {label}" for label, letter in group_letters(groups).items())
    st.caption(
        "Shares that accept with 90 % intervals. Under “All” stands the probability that every "
        "group reaches the threshold at once; the arrow names the zone."
    )
    page.figure(zone_matrix(groups, surface))
    with st.expander("What the zones mean"):
        bullets(f"{name}: {ZONES_MEAN[zone]}." for zone, name in ZONES.items())
st.header("How near the threshold", anchor=False)
page.figure(acceptance_chart(groups, threshold))
if zoned:
    tables.behind(surface, tables.SURFACE, name="Zones as a table")
tables.behind(groups, tables.ACCEPTANCE, name="Acceptance as a table")
