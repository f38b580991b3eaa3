"""Pieces that every dashboard page is put together from. Streamlit only; nothing is computed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from mfp_stats.errors import FitRefused
from mfp_stats.views.figure import Figure


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
