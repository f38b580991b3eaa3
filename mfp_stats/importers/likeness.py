"""How alike short texts are, for suggestions."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mfp_stats.responses import Status

_WORD: Final = re.compile(r"[^\W_]+")

#: What people and programs write where there is no answer; compared as plain words.
_MISSING_WORDS: Final = {
    Status.DONT_KNOW: ("not sure", "don t know", "dont know", "dk", "unsure", "no opinion"),
    Status.REFUSED: (
        *("refused", "refusal", "prefer not to say", "prefer not to answer", "no answer", "refuse"),
    ),
    Status.NOT_APPLICABLE: ("not applicable", "does not apply", "doesn t apply"),
    Status.NOT_ASKED: ("na", "n a", "nan", "null", "not asked", "inapplicable"),
    Status.SKIPPED: ("skipped", "seen but not answered", "missing"),
}


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Return a text's words: lower case, without accents and signs, one space between."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(_WORD.findall(letters))


def likeness(one: str, other: str) -> float:
    """Return the share of two texts' words that they have in common, 0 to 1 (Jaccard)."""
    a, b = frozenset(plain(one).split()), frozenset(plain(other).split())
    return len(a & b) / len(a | b) if a and b else 0.0


def missing_status(text: str) -> Status | None:
    """Return the kind of missing answer that a text seems to stand for."""
    words = plain(text)
    for status, known in _MISSING_WORDS.items():
        if words in known or (status is Status.DONT_KNOW and words.startswith("not sure")):
            return status
    return None


def same(text: str, others: Iterable[str]) -> bool:
    """Return whether a text has the same words as one of the others."""
    words = plain(text)
    return bool(words) and any(words == plain(other) for other in others)
