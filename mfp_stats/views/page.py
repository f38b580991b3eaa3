"""Pieces that every dashboard page is put together from. Streamlit only; nothing is computed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.questionnaire.model import say
from mfp_stats.views.figure import Figure
from mfp_stats.workflow.context import PageContext

#: Columns of the tables behind the charts, and what they are called there.
OVERLAP_COLUMNS: Final = {
    "group_a_label": "Group",
    "group_b_label": "Other group",
    "normalised_mean": "Overlap",
    "normalised_q05": "5 %",
    "normalised_q95": "95 %",
    "raw_mean": "Raw overlap",
    "raw_q05": "Raw 5 %",
    "raw_q95": "Raw 95 %",
}
VALUES_COLUMNS: Final = {
    "group_label": "Group",
    "value_label": "Value",
    "mean": "Share",
    "q05": "5 %",
    "q95": "95 %",
    "top_probability": "Probability of being first",
}
WORLDVIEW_COLUMNS: Final = {
    "name": "Worldview",
    "group_label": "Group",
    "mean": "Share",
    "q05": "5 %",
    "q95": "95 %",
}
MODEL_COLUMNS: Final = {
    "model": "Model",
    "elpd": "Expected log predictive density",
    "elpd_difference": "Behind the best",
    "difference_se": "Standard error",
    "high_pareto_k": "Unreliable points",
    "chosen": "Chosen",
}
VERSIONS: Final = {"revealed": "Trade-offs", "claimed": "Ratings", "perceived": "As others see it"}
WEIGHTINGS: Final = {"weighted": "Weighted", "unweighted": "Unweighted"}


def choose_survey(context: PageContext) -> str:
    """Let the reader choose a survey; the choice stays in the address, so that it can be sent."""
    names = context.surveys()
    asked = st.query_params.get("survey")
    chosen: str = st.sidebar.selectbox(
        "Survey",
        names,
        index=names.index(asked) if asked in names else 0,
        format_func=lambda name: say(context.questionnaire(name).title) or name,
    )
    if chosen != asked:
        st.query_params["survey"] = chosen
    return chosen


def no_fit_yet(context: PageContext, survey: str) -> None:
    """Say what to do next where a survey has not been fitted."""
    people = len(context.store.respondents(survey))
    if people:
        st.info(f"{people:,} people have answered; the survey has not been fitted yet.")
        st.page_link("fits.py", label="Start a fit", icon=":material/monitor_heart:")
    else:
        st.info("Nobody has answered this survey yet.")
        st.page_link("data.py", label="Import answers", icon=":material/table:")


def choose_version(values: pl.DataFrame) -> pl.Expr:
    """Let the reader choose how priorities were asked, and the weighting; return the filter."""
    versions = values["version"].unique(maintain_order=True).to_list()
    weightings = values["weighting"].unique().sort(descending=True).to_list()
    version, weighting = versions[0], weightings[0]
    if len(versions) > 1:
        version = st.segmented_control(
            "Asked as",
            versions,
            default=version,
            format_func=lambda name: VERSIONS[name],
            required=True,
        )
    if len(weightings) > 1:
        weighting = st.segmented_control(
            "Sample",
            weightings,
            default=weighting,
            format_func=lambda name: WEIGHTINGS[name],
            required=True,
        )
    else:
        st.caption("Unweighted: these people stand for themselves only.")
    return pl.all_horizontal(
        pl.col("version") == pl.lit(version), pl.col("weighting") == pl.lit(weighting)
    )


def group_sizes(sizes: pl.DataFrame) -> None:
    """Show how many people each group has; small groups are named without their number."""
    with st.expander("Groups and their sizes"):
        shown = sizes.select(
            Group="group_label",
            People=pl.when("suppressed")
            .then(pl.lit("too few to show"))
            .otherwise(pl.col("n").cast(pl.String)),
        )
        st.dataframe(shown, hide_index=True, alt="Groups and their sizes")


def simulated_banner(*, simulated: bool) -> None:
    """Say on top of a page that its numbers are of simulated people."""
    if simulated:
        st.warning("**Simulated survey.** No real person gave these answers.", icon="🧪")


def figure(drawn: Figure) -> None:
    """Show a chart over the full width, with its text alternative."""
    st.altair_chart(drawn.chart, width="stretch", alt=drawn.alt, theme=None)


def findings(sentences: Sequence[str]) -> None:
    """Show findings: the first one large, the others as a list."""
    if not sentences:
        return
    st.markdown(f"#### {plain(sentences[0])}")
    if sentences[1:]:
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences[1:]))


def refusal(error: FitRefused) -> None:
    """Show why no numbers are shown, instead of the numbers."""
    with st.container(border=True):
        st.subheader("No numbers are shown here")
        st.write("This fit did not pass its checks, so its results could mislead.")
        st.markdown("\n".join(f"- {plain(str(fault))}" for fault in error.faults))


def estimates(frame: pl.DataFrame, columns: Mapping[str, str], *, label: str) -> None:
    """Show a table of estimates behind a fold, with the names given to its columns."""
    with st.expander(label):
        st.dataframe(
            frame.select(pl.col(k).alias(v) for k, v in columns.items()),
            hide_index=True,
            alt=label,
        )


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Show a row of short facts; on a phone they stand below each other."""
    shown = list(pairs)
    for column, (label, value) in zip(st.columns(len(shown)), shown, strict=True):
        column.metric(label, value)


def plain(text: str) -> str:
    """Escape what Streamlit would read as markup, so that data is shown as text."""
    for mark in "\\`*_{}[]<>#$|~:":
        text = text.replace(mark, f"\\{mark}")
    return text


def unavailable(rows: Sequence[Mapping[str, Any]]) -> None:
    """List what this survey cannot tell, and the question that would allow it."""
    if not rows:
        return
    with st.expander(f"What this survey cannot tell ({len(rows)})"):
        for row in rows:
            st.markdown(f"**{plain(row['quantity'])}** – {plain(row['why'])} {plain(row['add'])}")
