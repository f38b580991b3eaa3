"""Text from questionnaires, files and errors into pages, where it stays text.

Streamlit's Markdown turns stars, links, sums of dollars and ``:emoji:`` of a label into markup.
What is escaped as HTML is shown as it was written; choices and banners take Markdown alone.
"""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

import streamlit as st

_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
#: What Streamlit looks for in text that was escaped before: emoji, addresses, arrows.
_JOINED: Final = frozenset(":@.<>=-")
#: Takes no room, and keeps a line from breaking.
_WORD_JOINER: Final = "\u2060"


def element(tag: str, text: str) -> str:
    """Return an HTML element that holds a text and nothing else."""
    return f"<{tag}>{escape(text)}</{tag}>"


def plain(text: str, *, but: str = "") -> str:
    """Return Markdown that shows a text on one line as it was written.

    Parameters
    ----------
    text
        As it comes from data.
    but
        Punctuation that is escaped already by what the Markdown is handed to.
    """

    def escaped(found: re.Match[str]) -> str:
        mark = found[0]
        return mark if mark in but else f"{_WORD_JOINER if mark in _JOINED else ''}\\{mark}"

    return _PUNCTUATION.sub(escaped, " ".join(text.split()))


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
