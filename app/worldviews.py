"""Worldviews: which clusters of beliefs there are, and who holds them."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import page
from mfp_stats.views.charts import composition_chart, profile_chart
from mfp_stats.views.findings import describe_worldviews, preferred
from mfp_stats.workflow import page_context

context = page_context(st.query_params.get("survey"))
survey = page.choose_survey(context)
st.title("Worldviews")
results = context.latest(survey)
if results is None:
    page.no_fit_yet(context, survey)
    st.stop()
page.simulated_banner(simulated=results.simulated)
try:
    shares = preferred(results.table("worldviews"))
    beliefs, models = results.table("worldview_beliefs"), results.table("worldview_models")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if models.is_empty():
    st.info("This survey asked for no beliefs, so there are no worldviews to compare.")
    page.unavailable(results.table("unavailable").to_dicts())
    st.stop()
page.findings(describe_worldviews(shares, models))
for (number,), part in shares.group_by("worldview", maintain_order=True):
    with st.container(border=True):
        st.subheader(page.plain(f"{number}. {part['name'][0]}"), anchor=False)
        page.figure(composition_chart(part))
        st.markdown("**What sets it apart**")
        page.figure(profile_chart(beliefs.filter(pl.col("worldview") == number)))
page.estimates(shares, page.WORLDVIEW_COLUMNS, label="Shares as a table")
page.estimates(models, page.MODEL_COLUMNS, label="How the number of worldviews was chosen")
