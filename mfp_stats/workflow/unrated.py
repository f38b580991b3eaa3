"""The note of a fit on proposals whose consequences were not asked: no proposal's then count."""

from collections.abc import Sequence
from typing import Final

_WHY: Final = " would do was not asked, or everybody expects the same, so that "


def unrated_note(proposals: Sequence[str]) -> str:
    """Return the note on proposals, by their labels in quotation marks."""
    return (
        f"What {', '.join(proposals)}{_WHY}the models of all proposals are taken to be what "
        "distinct worldviews add to support, and by how much it would move support if people "
        "expected something else is told of none."
    )


def unrated_notes(notes: Sequence[str]) -> list[str]:
    """Return those notes of a fit that are such a one."""
    return [note for note in notes if _WHY in note]
