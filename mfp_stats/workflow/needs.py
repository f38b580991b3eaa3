"""Why a fit has nothing on a topic, and what would allow it."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from mfp_stats.design.information import ABOUT
from mfp_stats.quantities.worldview_names import NOT_DIVIDED
from mfp_stats.workflow.coordination import NO_COALITIONS
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.search import NO_DIFFERENCE, NO_ESTIMATE, search_space
from mfp_stats.workflow.topics import Topic
from mfp_stats.workflow.unrated import unrated_notes

#: What :mod:`mfp_stats.design.unavailable` calls the quantities of each topic.
QUANTITIES: Final[Mapping[Topic, tuple[str, ...]]] = {
    Topic.OVERLAP: ("revealed priorities and overlap", "claimed priorities and overlap"),
    Topic.VALUES: ("revealed priorities and overlap", "claimed priorities and overlap"),
    Topic.WORLDVIEWS: ("worldviews",),
    Topic.EXPERIENCE: ("how experience goes with worldviews",),
    Topic.MAP: ("causal map",),
    Topic.UPDATING: ("response to information",),
    Topic.GAP: ("values, models or signals as the cause of a gap",),
    Topic.SURFACE: ("coordination surface",),
    Topic.SIGNALS: ("signal profile",),
    Topic.DIVERGENCE: ("divergence of expected consequences",),
    Topic.SEARCH: ("search for better interventions",),
    Topic.CONJOINT: ("worth of attributes",),
    Topic.FORECAST: ("coordination surface",),
    Topic.PERCEPTION: ("perceived overlap",),
    Topic.FIT: (),
}
#: Said where no predictions of a survey were frozen; the command follows.
NOT_FROZEN: Final = (
    "No forecast of this survey has been frozen, so that its predictions are untested. Freeze one "
    "before the next wave is fielded"
)
#: Said where no proposal is predicted from the others.
NOT_ALONE: Final = (
    "No proposal is predicted from the others: that needs a fit of three proposals or more, none "
    "of them an option of one question, each with questions on what it would do for what people "
    "value."
)
#: The table that each newer topic is made from: older fits lack it.
MADE_FROM: Final[Mapping[Topic, str]] = {
    Topic.EXPERIENCE: "experience",
    Topic.MAP: "map_links",
    Topic.UPDATING: "updating",
    Topic.GAP: "gap",
    Topic.SURFACE: "acceptance",
    Topic.SIGNALS: "signals",
    Topic.DIVERGENCE: "divergence",
    Topic.SEARCH: "search_links",
    Topic.CONJOINT: "conjoint",
    Topic.FORECAST: "acceptance_draws",
    Topic.PERCEPTION: "perception",
}
#: Said of a fit that compares waves.
NO_FORECAST: Final = "compares waves, each of which is over: it predicts nothing of a coming one"
#: What is not told of waves, and why.
_OF_GROUPS: Final[Mapping[Topic, str]] = {
    Topic.SEARCH: f"{NO_COALITIONS} or accept a design",
    Topic.PERCEPTION: "Guesses are about the stakeholder groups, and this fit compares waves",
    Topic.FORECAST: f"This fit {NO_FORECAST}",
    Topic.UPDATING: "How people took information is not told where waves are compared",
}
#: Topics that compare groups with one another.
_COMPARES: Final = (Topic.OVERLAP, Topic.GAP, Topic.DIVERGENCE, Topic.PERCEPTION)


def why_nothing(results: FitResults, topic: Topic) -> list[str]:
    """Return sentences on why a topic has no result, and on what would allow it."""
    if results.by_wave and topic in _OF_GROUPS:
        return _of_groups(results, topic)
    return _why(results, topic)


def _why(results: FitResults, topic: Topic) -> list[str]:
    if topic is Topic.FORECAST and len(results.table("acceptance")):
        freeze = f"mfp forecast freeze {results.manifest['survey']}"
        return [f"{NOT_FROZEN}: {freeze}", *([] if len(results.table("left_out")) else [NOT_ALONE])]
    needed = results.table("unavailable").filter(pl.col("quantity").is_in(QUANTITIES[topic]))
    if len(needed):
        return [_need(*row) for row in needed.select("quantity", "why", "add").rows()]
    if topic in MADE_FROM and not results.has(MADE_FROM[topic]):
        return [f"This fit was made before it could be worked out. Run: {results.command}"]
    if topic is Topic.SEARCH and (space := search_space(results)).proposals:
        return [*space.notes, NO_ESTIMATE if space.size else NO_DIFFERENCE]
    if topic in _COMPARES and len(results.groups_shown) < 2:
        many = "waves" if results.by_wave else "groups"
        return [f"Fewer than two {many} are large enough to be shown, so none can be compared."]
    return _too_few(results, topic)


def _too_few(results: FitResults, topic: Topic) -> list[str]:
    """Return what is said where the questions are there and too few answered them."""
    if topic is Topic.UPDATING:
        notes = [note for note in results.manifest["notes"] if note.startswith(ABOUT)]
        return notes or ["Nobody is known to have been told anything, or not to have been."]
    if topic is Topic.EXPERIENCE and NOT_DIVIDED in results.manifest["notes"]:
        cautions = results.table("worldview_cautions")
        return [NOT_DIVIDED, *([] if cautions.is_empty() else cautions["caution"].to_list())]
    unrated = unrated_notes(results.manifest["notes"])
    if topic is Topic.DIVERGENCE and unrated:
        return [f"{note} Ask what each proposal would do." for note in unrated]
    others = results.table("unavailable").select("quantity", "why", "add").rows()
    return [
        "Too few people of the groups answered the questions that it needs.",
        *(_need(*row) for row in others),
    ]


def _of_groups(results: FitResults, topic: Topic) -> list[str]:
    """Return why there is nothing on a topic where waves are compared."""
    groups = f"For a fit that compares groups run: mfp fit {results.manifest['survey']}"
    alone = topic is Topic.FORECAST and results.table("left_out").is_empty()
    return [f"{_OF_GROUPS[topic]}. {groups}", *([NOT_ALONE] if alone else [])]


def _need(quantity: str, why: str, add: str) -> str:
    return f"{quantity}: {why}. Add {add}."
