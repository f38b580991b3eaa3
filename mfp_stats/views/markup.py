"""Text from questionnaires, files and errors into HTML, where it stays text.

Streamlit's Markdown turns stars, links and ``:emoji:`` of a label into markup, and no way of
escaping undoes all of it; what is escaped as HTML is shown as it was written.
"""

from collections.abc import Iterable
from html import escape

import streamlit as st


def element(tag: str, text: str) -> str:
    """Return an HTML element that holds a text and nothing else."""
    return f"<{tag}>{escape(text)}</{tag}>"


def listing(texts: Iterable[str]) -> str:
    """Return an HTML list with one text an entry."""
    return f"<ul>{''.join(element('li', text) for text in texts)}</ul>"


def heading(text: str, *, level: int = 1) -> None:
    """Show a heading that comes from data."""
    st.html(element(f"h{level}", text))


def paragraph(text: str) -> None:
    """Show a paragraph that comes from data."""
    st.html(element("p", text))


def bullets(texts: Iterable[str]) -> None:
    """Show a list that comes from data; nothing where it is empty."""
    shown = list(texts)
    if shown:
        st.html(listing(shown))
