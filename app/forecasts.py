"""Forecasts: what was predicted before a wave was fielded, and how it came out."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, forecast_panel, page, tables
from mfp_stats.views.forecast_charts import forecast_chart
from mfp_stats.views.forecast_findings import COUNTS, describe_left_out, describe_one
from mfp_stats.views.markup import bullets, paragraph
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.forecasts.told import predicted
from mfp_stats.workflow.needs import NOT_ALONE, NOT_FROZEN, why_nothing
from mfp_stats.workflow.show import topic_tables
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Forecasts", anchor=False)
results = page.latest_fit(context, survey)
try:
    found = topic_tables(results, Topic.FORECAST)
    acceptance = results.table("acceptance")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if acceptance.is_empty() and found["forecasts"].is_empty():
    page.nothing(results, Topic.FORECAST)
    st.stop()
page.prediction_badge(results)
if found["forecasts"].is_empty() and results.by_wave:
    bullets(why_nothing(results, Topic.FORECAST)[:1])  # the rest is said below
elif found["forecasts"].is_empty():
    paragraph(f"{NOT_FROZEN}: mfp forecast freeze {survey}")
    forecast_panel.freeze_button(context, survey, results.fit_id)
else:
    head = choices.choose_forecast(found["forecasts"])
    page.findings(describe_one(head, found))
    page.forecast_facts(head)
    mine = pl.col("forecast").eq(head["forecast"]) & pl.col("of").eq_missing(pl.lit(head["of"]))
    cells = found["forecast_cells"].filter(mine)
    cells = cells.filter(choices.choose_weighting(cells))
    st.header("Predicted and observed", anchor=False)
    page.figure(forecast_chart(cells))
    tables.behind(cells, tables.FORECAST_CELLS, name="Predictions and their scores as a table")
    if head["of"] is not None:
        summary = found["forecast_summary"].filter(mine)
        tables.behind(summary, tables.FORECAST_SUMMARY, name="Scores beside simple predictions")
    forecast_panel.score_form(context, survey, head)
    if not results.by_wave and results.fit_id not in set(found["forecasts"]["fit"]):
        forecast_panel.freeze_button(context, survey, results.fit_id)
if len(found["left_out"]):
    st.header("Each proposal with its own terms left out", anchor=False)
    left_out = predicted(found["left_out"])
    page.findings(describe_left_out(found["left_out"], found["left_out_summary"]))
    st.caption(
        "From what people expect of it and are told by it, and from how support of the other "
        "proposals lies. This needs no new wave, and is a weaker check than one."
    )
    shown = left_out.filter(choices.preferred_weighting(left_out))
    page.figure(forecast_chart(shown))
    tables.behind(shown, tables.FORECAST_CELLS, name="Proposals left out as a table")
else:
    paragraph(NOT_ALONE)
with st.expander("What is counted"):
    bullets(COUNTS)
