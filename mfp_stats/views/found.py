"""All findings of a fit, by topic: for the demo, the JSON and the Overview page."""

from collections.abc import Callable, Mapping
from itertools import takewhile
from typing import Final

import polars as pl

from mfp_stats.errors import FitRefused, ForecastRefused
from mfp_stats.views.causal_map_findings import describe_map
from mfp_stats.views.conjoint_findings import describe_conjoint
from mfp_stats.views.divergence_findings import describe_divergence
from mfp_stats.views.experience_findings import describe_experience
from mfp_stats.views.findings import (
    GUESSED_OVERLAP,
    describe_overlap,
    describe_values,
    describe_worldviews,
    preferred,
)
from mfp_stats.views.forecast_findings import badge, describe_forecasts
from mfp_stats.views.gap_findings import describe_gap
from mfp_stats.views.gap_warnings import WARNING
from mfp_stats.views.perception_findings import describe_perception
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.signal_findings import describe_signals
from mfp_stats.views.surface_findings import describe_surface
from mfp_stats.views.updating_findings import describe_updating
from mfp_stats.views.weighting import weighting_cost, weighting_note, weighting_notes
from mfp_stats.views.words import GROUPS, WAVES, Compared, inside
from mfp_stats.workflow.conjoint_search import too_few_chose
from mfp_stats.workflow.forecasts.told import tested
from mfp_stats.workflow.needs import MADE_FROM
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.show import topic_tables
from mfp_stats.workflow.topics import Topic

type Tables = Mapping[str, pl.DataFrame]


def _overlap(overlap: pl.DataFrame, compared: Compared) -> list[str]:
    """Return the sentences on overlap, with what guesses of it do not tell."""
    told = describe_overlap(overlap, compared)
    guessed = "version" in overlap.columns and "perceived" in set(overlap["version"])
    if not guessed or compared is not GROUPS:
        return told
    return [*told[:-1], GUESSED_OVERLAP, told[-1]]


#: The sentences of each topic from its tables.
_DESCRIBE: Final[Mapping[Topic, Callable[[Tables, Compared], list[str]]]] = {
    Topic.OVERLAP: lambda t, who: _overlap(t["overlap"], who),
    Topic.VALUES: lambda t, _: describe_values(t["values"]),
    Topic.WORLDVIEWS: lambda t, who: describe_worldviews(
        t["worldviews"], t["worldview_models"], t["worldview_cautions"], who
    ),
    Topic.EXPERIENCE: lambda t, _: describe_experience(t["experience"], t["experience_contrasts"]),
    Topic.MAP: lambda t, _: describe_map(t),
    Topic.UPDATING: lambda t, _: describe_updating(t["updating"]),
    Topic.GAP: lambda t, who: describe_gap(t["gap"], t["overlap"], t["divergence"], who),
    Topic.SURFACE: lambda t, who: describe_surface(t["surface"], who),
    Topic.SIGNALS: lambda t, who: describe_signals(t["signals"], t["signal_pairs"], who),
    Topic.DIVERGENCE: lambda t, who: describe_divergence(t["divergence"], t["gap"], who),
    Topic.SEARCH: lambda t, _: describe_search(t["search"], t["search_summary"], t["worldviews"]),
    Topic.CONJOINT: describe_conjoint,
    Topic.FORECAST: describe_forecasts,
    Topic.PERCEPTION: lambda t, _: describe_perception(t["perception"]),
}
#: What each topic is called above its findings.
TITLES: Final[Mapping[Topic, str]] = {
    Topic.OVERLAP: "Overlap",
    Topic.VALUES: "Values",
    Topic.WORLDVIEWS: "Worldviews",
    Topic.EXPERIENCE: "Experience",
    Topic.MAP: "Causal map",
    Topic.UPDATING: "Updating",
    Topic.GAP: "Values or models",
    Topic.SURFACE: "Coordination surface",
    Topic.SIGNALS: "Signals",
    Topic.DIVERGENCE: "What groups expect",
    Topic.SEARCH: "Design search",
    Topic.CONJOINT: "Worth of attributes",
    Topic.FORECAST: "Forecasts",
    Topic.PERCEPTION: "What groups think that others want",
}
#: Topics that many surveys do not ask about: without a result they have no heading.
_IF_THERE: Final[Mapping[Topic, tuple[str, ...]]] = {
    Topic.EXPERIENCE: ("experience",),
    Topic.MAP: ("map_links",),
    Topic.UPDATING: ("updating",),
    Topic.GAP: ("gap",),
    Topic.SURFACE: ("surface",),
    Topic.SIGNALS: ("signals",),
    Topic.DIVERGENCE: ("divergence",),
    Topic.SEARCH: ("search",),
    Topic.CONJOINT: ("conjoint",),
    Topic.FORECAST: ("left_out", "forecasts"),
    Topic.PERCEPTION: ("perception",),
}


#: Topics whose table is kept in parts, each with the checks of its own fit.
_IN_PARTS: Final[Mapping[Topic, str]] = {
    Topic.UPDATING: "updating",
    Topic.CONJOINT: "conjoint",
    Topic.OVERLAP: "overlap",
    Topic.VALUES: "values",
    Topic.PERCEPTION: "perception",
}
#: Topics beside which stands how many people their weighted estimates are worth.
_WEIGHTED: Final = (Topic.GAP, Topic.SURFACE)
#: Topics that tell what values carry or change.
_ON_VALUES: Final = (Topic.GAP,)
FROM_RATINGS: Final = (
    "What people value is taken from importance ratings here, not from trade-offs. Ratings make "
    "people look more alike than choices do, so that values may carry more than this says."
)


def reservations(results: FitResults, topic: Topic) -> list[str]:
    """Return what a reader has to know beside a topic that is shown: what is not in it, and why."""
    told = []
    if topic in _IN_PARTS:
        told = [f"Left out here: {fault}" for fault in results.left_out(_IN_PARTS[topic])]
    if topic is Topic.CONJOINT:
        told += [f"Left out here: {reason}" for reason in too_few_chose(results)]
    if topic in _WEIGHTED:
        told += weighting_cost(results.table("weights"))
    if topic in _ON_VALUES and results.values_from_ratings:
        told.append(FROM_RATINGS)
    return told


def compared_in(results: FitResults) -> Compared:
    """Return what a fit compares, in words."""
    return WAVES if results.by_wave else GROUPS


def who_is_compared(results: FitResults) -> str:
    """Return the sentences on who is compared and of whom alone; "" where that is as usual."""
    told = []
    if results.by_wave:
        told.append("Waves are compared here, not groups: every answer counts in its own wave.")
    elif group := results.manifest.get("group"):
        told.append(f"People are compared by “{group}” here.")
    if results.within:
        told.append(f"Only people of “{results.within}” are in this fit.")
    return " ".join(told)


def weighting_told(results: FitResults) -> list[str]:
    """Return the sentence on how the estimates that findings tell are weighted, for their top.

    Nothing of a fit that does not say; its findings do.
    """
    weights = results.table("weights")
    return [] if weights.is_empty() else [weighting_note(preferred(weights)["weighting"][0])]


def describe(results: FitResults, topic: Topic, tables: Tables) -> list[str]:
    """Return the sentences of a topic of a fit from its tables."""
    if topic is Topic.DIVERGENCE:
        tables = {**tables, "gap": gaps_beside(results)}
    told = _DESCRIBE[topic](tables, compared_in(results))
    predicts = topic is Topic.SURFACE and _is_there(tables, topic) and not results.by_wave
    return [*told, tested_note(results)] if predicts else told


def gaps_beside(results: FitResults) -> pl.DataFrame:
    """Return the gaps that expectations stand beside; none where they may not be shown."""
    try:
        return results.table("gap")
    except FitRefused:
        return pl.DataFrame()


def tested_note(results: FitResults) -> str:
    """Return the sentence on whether anything has scored what a fit predicts of acceptance."""
    try:
        found = tested(results)
    except ForecastRefused as error:
        return f"Whether this has been tested cannot be read: {'; '.join(map(str, error.faults))}"
    if found is None:
        return f"Untested: {inside(badge(found).meaning)}"
    return f"{badge(found).label} within their 90 % intervals."


def brief_findings(results: FitResults, topic: Topic) -> list[str]:
    """Return the main finding on a topic, after what warns of it, and how it is weighted.

    Nothing where the survey has nothing on it.

    Raises
    ------
    FitRefused
        It may not be shown.
    """
    if topic in MADE_FROM and results.table(MADE_FROM[topic]).is_empty():
        return []
    tables = topic_tables(results, topic)
    if not _is_there(tables, topic):
        return []
    told = describe(results, topic, tables)
    warned = list(takewhile(lambda sentence: sentence.startswith(WARNING), told))
    return [*told[: len(warned) + 1], *weighting_notes(told[len(warned) + 1 :])]


def findings_of(results: FitResults) -> dict[str, list[str]]:
    """Return the sentences of each topic; where a step failed its checks, why it is not shown."""
    found: dict[str, list[str]] = {}
    for topic in _DESCRIBE:
        try:
            tables = topic_tables(results, topic)
        except (FitRefused, ForecastRefused) as refusal:
            found[TITLES[topic]] = [f"Not shown: {fault}" for fault in refusal.faults]
            continue
        if topic not in _IF_THERE or _is_there(tables, topic):
            found[TITLES[topic]] = [
                *describe(results, topic, tables),
                *reservations(results, topic),
            ]
    return found


def _is_there(tables: Tables, topic: Topic) -> bool:
    return any(len(tables[name]) for name in _IF_THERE[topic])
