"""Values and overlap: what each group puts first, and how far pairs of groups agree."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.charts import differences_chart, overlap_chart, values_chart
from mfp_stats.views.findings import (
    OVERLAP_MEANING,
    describe_differences,
    describe_overlap,
    describe_values,
)
from mfp_stats.views.markup import bullets, paragraph
from mfp_stats.views.matrix import MATRIX_FROM, overlap_matrix
from mfp_stats.workflow.context import page_context

context = page_context()
survey = choices.chosen_survey()
st.title("Values and overlap", anchor=False)
results = context.latest(survey)
if results is None:
    page.no_fit_yet(context, survey)
    st.stop()
page.simulated_banner(simulated=results.simulated)
try:
    overlap, values = results.table("overlap"), results.table("values")
except FitRefused as error:
    page.refusal(error)
    st.stop()
page.partly_refused(results, "values")
if values.is_empty():
    st.info("This survey asked for no priorities, so there is nothing to compare here.")
    page.unavailable(results.table("unavailable").to_dicts())
    st.stop()
version, weighting = choices.choose_version(values)
pairs, shares = overlap.filter(version, weighting), values.filter(version, weighting)
page.findings(describe_overlap(pairs))
page.too_small(results.table("group_sizes"))
if len(pairs):
    st.header("Overlap between groups", anchor=False)
    st.caption(OVERLAP_MEANING)
    page.figure(overlap_chart(pairs))
    if len(results.groups_shown) >= MATRIX_FROM:
        page.figure(overlap_matrix(pairs))
    tables.behind(pairs, tables.OVERLAP, name="Overlap as a table")
st.header("What each group puts first", anchor=False)
bullets(describe_values(shares))
st.caption("Points are posterior means, lines 90 % intervals; a group's shares add up to 100 %.")
page.figure(values_chart(shares))
tables.behind(shares, tables.VALUES, name="Importance shares as a table")
try:
    differences = results.table("overlap_differences")
except FitRefused:
    st.stop()  # said above
if len(differences):
    differences = differences.filter(weighting)
    st.header("Do ratings tell the same story as trade-offs?", anchor=False)
    paragraph(describe_differences(differences))
    st.caption("Right of 0, two groups look more alike in ratings than in trade-offs.")
    page.figure(differences_chart(differences))
    tables.behind(differences, tables.DIFFERENCES, name="Differences as a table")
