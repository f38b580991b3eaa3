"""Values and overlap: what each group puts first, and how far pairs of groups agree."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import page
from mfp_stats.views.charts import overlap_chart, values_chart
from mfp_stats.views.findings import describe_overlap, describe_values
from mfp_stats.workflow import page_context

context = page_context(st.query_params.get("survey"))
survey = page.choose_survey(context)
st.title("Values and overlap")
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
if values.is_empty():
    st.info("This survey asked for no priorities, so there is nothing to compare here.")
    page.unavailable(results.table("unavailable").to_dicts())
    st.stop()
chosen = page.choose_version(values)
page.findings(describe_overlap(overlap.filter(chosen)))
st.subheader("Overlap between groups", anchor=False)
st.caption(
    "How much of their priorities two people from different groups share, relative to two people "
    "of one group. Points are posterior means, lines 90 % intervals."
)
pairs = overlap.filter(chosen)
if len(pairs):
    page.figure(overlap_chart(pairs))
    page.estimates(pairs, page.OVERLAP_COLUMNS, label="Overlap as a table")
st.subheader("What each group puts first", anchor=False)
shown = values.filter(chosen)
page.figure(values_chart(shown))
st.markdown("\n".join(f"- {page.plain(s)}" for s in describe_values(shown)))
page.estimates(shown, page.VALUES_COLUMNS, label="Importance shares as a table")
differences = results.table("overlap_differences")
if len(differences):
    st.subheader("Do ratings tell the same story as trade-offs?", anchor=False)
    st.caption("Claimed minus revealed overlap; above zero means that ratings look more alike.")
    labelled = differences.with_columns(pl.col("mean", "q05", "q95").round(3))
    st.dataframe(labelled, hide_index=True, alt="Claimed minus revealed overlap by pair of groups")
