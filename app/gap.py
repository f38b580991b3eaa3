"""Values or models: how wide the gaps in support are, and what carries them."""

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.found import compared_in
from mfp_stats.views.gap_charts import causes_chart, check_chart, parts_mean, split_chart
from mfp_stats.views.gap_findings import describe_gap
from mfp_stats.views.gap_matrix import (
    has_matrix,
    matrix_heading,
    matrix_letters,
    matrix_note,
    verdict_matrix,
)
from mfp_stats.views.gap_pair_findings import POOLED, describe_pair, direction_note
from mfp_stats.views.markup import bullets, paragraph
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("Values or models?", anchor=False)
results = page.latest_fit(context, survey)
try:
    gap, overlap, divergence = map(results.table, ("gap", "overlap", "divergence"))
except FitRefused as error:
    page.refusal(error)
    st.stop()
if gap.is_empty():
    page.nothing(results, Topic.GAP)
    st.stop()
page.prediction_badge(results)
weighted = gap.filter(choices.choose_weighting(gap))
compared = compared_in(results)
at_once = has_matrix(weighted)
page.findings(describe_gap(weighted, overlap, divergence, compared, singly=not at_once))
page.reservations(results, Topic.GAP)
page.too_small(results.table("group_sizes"))
if at_once:
    st.header(matrix_heading(compared), anchor=False)
    bullets(matrix_letters(weighted))
    st.caption(matrix_note(weighted, compared))
    page.figure(verdict_matrix(weighted))
pair = weighted
if weighted.select("group_a", "group_b").n_unique() > 1:
    st.header(f"Two {compared.many} at a time", anchor=False)
    pair = weighted.filter(choices.choose_pair(weighted, compared))
    page.findings(describe_pair(pair, overlap, divergence, compared))
st.header("What carries the gap", anchor=False)
one = pair.filter(choices.choose_proposal(pair))
chosen = one.row(0, named=True)
paragraph(direction_note(chosen, compared))
page.figure(split_chart(chosen))
st.caption(
    f"{parts_mean(chosen)} Points are posterior means, lines 90 % intervals; the pale bar is the "
    "range over the orders in which causes can be moved. All parts add up to the gap."
)
single = pair.filter(pl.col("intervention") != POOLED)
if len(single) > 1:
    st.header("Proposal by proposal", anchor=False)
    paragraph(direction_note(single.row(0, named=True), compared))
    page.figure(causes_chart(single))
checked = single.filter(pl.col("randomised_mean").is_not_null())
if len(checked):
    st.header("Beside an experiment", anchor=False)
    st.caption(
        "Some people, drawn at random, were told what the proposal would do, all the same. If the "
        "split is right, this closes as much of the gap as the split says: what models carry, and "
        "what values carry through consequences that are not the same any more. Models are named "
        "as the cause only where they lead by the answers of these people too."
    )
    page.figure(check_chart(checked))
tables.behind(pair, tables.GAP, name="Gaps and their causes as a table")
