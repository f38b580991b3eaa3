"""Values and overlap: what each group puts first, and how far pairs of groups agree."""

from contextlib import suppress

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views import choices, page, tables
from mfp_stats.views.charts import differences_chart, overlap_chart, values_chart
from mfp_stats.views.findings import (
    OVERLAP_LINES,
    OVERLAP_MEANING,
    describe_differences,
    describe_overlap,
    describe_values,
)
from mfp_stats.views.found import compared_in
from mfp_stats.views.markup import bullets, paragraph
from mfp_stats.views.model_charts import perception_chart
from mfp_stats.views.overlap_matrix import MATRIX_FROM, overlap_matrix
from mfp_stats.views.perception_findings import describe_perception
from mfp_stats.views.words import unsaid
from mfp_stats.workflow.context import page_context

context = page_context()
survey = choices.chosen_survey()
st.title("Values and overlap", anchor=False)
results = page.latest_fit(context, survey)
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
asked = [table.select("version", "weighting") for table in (values, overlap) if len(table)]
version, weighting = choices.choose_version(pl.concat(asked))
pairs, shares = overlap.filter(version, weighting), values.filter(version, weighting)
compared = compared_in(results)
said: set[str] = set()
page.findings(unsaid(describe_overlap(pairs, compared), said))
page.too_small(results.table("group_sizes"))
if len(pairs):
    st.header(f"Overlap between {compared.many}", anchor=False)
    st.caption(f"{OVERLAP_MEANING} {OVERLAP_LINES}")
    page.figure(overlap_chart(pairs))
    if len(results.groups_shown) >= MATRIX_FROM:
        page.figure(overlap_matrix(pairs))
    tables.behind(pairs, tables.OVERLAP, name="Overlap as a table")
if len(shares):
    st.header(f"What each {compared.one} puts first", anchor=False)
    bullets(unsaid(describe_values(shares), said))
    st.caption(
        "Points are posterior means, lines 90 % intervals; the shares of "
        f"a {compared.one} add up to 100 %."
    )
    page.figure(values_chart(shares))
    tables.behind(shares, tables.VALUES, name="Importance shares as a table")
with suppress(FitRefused):  # said above
    for kind, title, differences in choices.kinds_of(results.table("overlap_differences")):
        apart = differences.filter(weighting)
        if len(apart):
            st.header(title, anchor=False)
            for sentence in unsaid(describe_differences(apart, kind, compared), said):
                paragraph(sentence)
            st.caption(f"Right of 0, two {compared.many} look more alike than in trade-offs.")
            page.figure(differences_chart(apart, kind))
            guessed = kind == "perceived_revealed"
            columns = tables.GUESSED_DIFFERENCES if guessed else tables.DIFFERENCES
            tables.behind(apart, columns, name=f"As a table: {title.lower()}")
with suppress(FitRefused):
    perception = results.table("perception")
    guesses = perception.filter(weighting) if len(perception) else perception
    if len(guesses):
        st.header("What groups think that others want", anchor=False)
        bullets(unsaid(describe_perception(guesses), said))
        chosen = guesses.filter(choices.choose_guess(guesses))
        for kind in ("value", "intervention"):
            part = chosen.filter(pl.col(kind).is_not_null())
            if len(part):
                page.figure(perception_chart(part, kind))
        tables.behind(guesses, tables.PERCEPTION, name="Guesses as a table")
