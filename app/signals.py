"""Signals: what each proposal tells each group, and where two read the opposite."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import bullets
from mfp_stats.views.model_charts import signals_chart, within_worldviews
from mfp_stats.views.signal_findings import describe_signals, scale_note
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Signals", anchor=False)
results = page.latest_fit(context, survey)
try:
    signals, pairs = results.table("signals"), results.table("signal_pairs")
    within, worldviews = results.table("signal_worldviews"), results.table("worldviews")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if signals.is_empty():
    page.nothing(results, Topic.SIGNALS)
    st.stop()
weighting = choices.choose_weighting(signals)
shown, compared = signals.filter(weighting), pairs.filter(weighting) if len(pairs) else pairs
who = compared_in(results)
page.findings(describe_signals(shown, compared, who))
page.too_small(results.table("group_sizes"))
st.header(f"What a proposal tells each {who.one}", anchor=False)
one = shown.filter(choices.choose_proposal(shown))
page.figure(signals_chart(one))
st.caption(scale_note(one))
tables.behind(shown, tables.SIGNALS, name="Signals as a table")
if len(within):
    st.header("What it tells within each worldview", anchor=False)
    inside = within_worldviews(
        within.filter(weighting, intervention=one["intervention"][0]), worldviews
    )
    page.figure(signals_chart(inside))
    held = inside.select("group_label", "name").unique(maintain_order=True).rows()
    bullets(f"{label}: {name}" for label, name in held)
    tables.behind(inside, tables.SIGNAL_WORLDVIEWS, name="Worldviews as a table")
if len(compared):
    tables.behind(compared, tables.SIGNAL_PAIRS, name=f"Pairs of {who.many} as a table")
