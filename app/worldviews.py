"""Worldviews: which clusters of beliefs there are, and who holds them."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.charts import composition_chart, profile_chart
from mfp_stats.views.findings import describe_worldviews
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import heading
from mfp_stats.workflow.context import page_context

context = page_context()
survey = choices.chosen_survey()
st.title("Worldviews", anchor=False)
results = page.latest_fit(context, survey)
try:
    worldviews, models = results.table("worldviews"), results.table("worldview_models")
    beliefs = results.table("worldview_beliefs")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if models.is_empty():
    st.info("This survey asked for no beliefs, so there are no worldviews to compare.")
    page.unavailable(results.table("unavailable").to_dicts())
    st.stop()
shares = worldviews.filter(choices.choose_weighting(worldviews))
cautions = results.table("worldview_cautions")
page.findings(describe_worldviews(shares, models, cautions, compared_in(results)))
page.too_small(results.table("group_sizes"))
for (number,), part in shares.group_by("worldview", maintain_order=True):
    with st.container(border=True):
        heading(f"{number}. {part['name'][0]}", level=2)
        st.markdown("**Who holds it**")
        page.figure(composition_chart(part))
        st.markdown("**What sets it apart**")
        page.figure(profile_chart(beliefs.filter(pl.col("worldview") == number)))
st.caption("Points are posterior means, lines 90 % intervals.")
tables.behind(shares, tables.WORLDVIEWS, name="Shares as a table")
tables.behind(beliefs, tables.BELIEFS, name="Beliefs as a table")
tables.behind(models, tables.MODELS, name="How the number of worldviews was chosen")
