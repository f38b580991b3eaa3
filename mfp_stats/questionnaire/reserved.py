"""Names that have another meaning in results and answer sheets, and are refused as one's own."""

from collections.abc import Iterable
from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.model import Item, Role
from mfp_stats.responses import SHEET_HEAD

#: In the place of an intervention's name: all of them together, in the table ``gap``.
POOLED: Final = "pooled"
#: In the place of a group's name: a belief that nothing is gained or lost, in the design search.
NEUTRAL: Final = "neutral"
#: In the place of an arm's name: people are told something between waves.
WAVE: Final = "wave"
_IN_RESULTS: Final = "stands for {meaning} in results, so that the two could not be told apart"
_ALL: Final = "all interventions together"
_RENAME: Final = "Choose another name; labels may be as they like."


def check_reserved(context: Context, group: str) -> None:
    """Add a fault for each name that has another meaning; ``group`` is the item of the groups."""
    for name in context.file.interventions:
        _refuse(context, ("interventions", name), [name], POOLED, _ALL)
    _refuse(context, ("arms",), context.file.arms, WAVE, "waves in what people are told")
    for item, path in context.items:
        if item.name in SHEET_HEAD:
            what = f"the name {item.name!r} is taken by a column that every answer sheet has"
            where = (*path, "name") if len(path) > 3 else path
            context.faults.add(where, what, fix="Rename the item.")
        if item.name == group:
            _refuse(context, (*path, "options"), item.option_names, NEUTRAL, "no group at all")
        if _has_proposals(item):
            _refuse(context, (*path, "options"), item.option_names, POOLED, _ALL)


def _has_proposals(item: Item) -> bool:
    """Whether the item's options may be analysed as interventions of their own."""
    return item.role is Role.RESPONSE and item.level != "ordinal"


def _refuse(context: Context, path: Path, names: Iterable[str], word: str, meaning: str) -> None:
    if word in names:
        what = f"{word!r} {_IN_RESULTS.format(meaning=meaning)}"
        context.faults.add(path, what, fix=_RENAME)
