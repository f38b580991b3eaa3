"""What groups expect: where they expect different things of a proposal, and where that matters."""

import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.divergence_findings import describe_divergence_of_pair, has_swaps, swap_note
from mfp_stats.views.found import compared_in, gaps_beside
from mfp_stats.views.markup import paragraph
from mfp_stats.views.model_charts import CELLS_SHOWN, expectations_chart, swaps_chart
from mfp_stats.views.zero import zero_sentence, zeros_in
from mfp_stats.workflow.context import page_context
from mfp_stats.workflow.topics import Topic

context = page_context()
survey = choices.chosen_survey()
st.title("What groups expect", anchor=False)
results = page.latest_fit(context, survey)
try:
    divergence = results.table("divergence")
except FitRefused as error:
    page.refusal(error)
    st.stop()
if divergence.is_empty():
    page.nothing(results, Topic.DIVERGENCE)
    st.stop()
weighted = divergence.filter(choices.choose_weighting(divergence))
pair = weighted.filter(choices.choose_pair(weighted, compared_in(results)))
page.findings(describe_divergence_of_pair(pair, gaps_beside(results)))
page.too_small(results.table("group_sizes"))
st.header("What the two expect", anchor=False)
drawn = pair.sort("rank").head(CELLS_SHOWN)
moves = has_swaps(pair)
first = "that would move the gap in support most" if moves else "on which the two differ most"
st.caption(
    f"The {min(CELLS_SHOWN, len(pair))} predictions {first}, on the scale of the "
    f"model. {zero_sentence(zeros_in(drawn))} Points are posterior means, lines "
    "90 % intervals."
)
page.figure(expectations_chart(pair))
if moves:
    st.header("Where it matters", anchor=False)
    page.untested()
    paragraph(swap_note(pair.row(0, named=True)))
    page.figure(swaps_chart(pair))
tables.behind(pair, tables.DIVERGENCE, name="All predictions as a table")
