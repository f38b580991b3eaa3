"""``mfp show``: findings in plain words, then the table; or JSON of the same numbers."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

import polars as pl

from mfp_stats.cli import output
from mfp_stats.errors import ChoiceError, Fault, FitRefused, ForecastRefused
from mfp_stats.fitting.checks import CHECKS_FAILED, failures
from mfp_stats.project import Project
from mfp_stats.views.findings import preferred
from mfp_stats.views.found import describe, findings_of, reservations
from mfp_stats.views.search_words import AS_USUAL
from mfp_stats.views.weighting import describe_weights
from mfp_stats.workflow.needs import why_nothing
from mfp_stats.workflow.results import fit_of
from mfp_stats.workflow.show import Asked, Shown, show
from mfp_stats.workflow.since import looked_up
from mfp_stats.workflow.topics import Topic

#: Designs that a terminal has room for.
DESIGNS: Final = 12
#: What is said of coalitions, which waves form none of.
OF_COALITIONS: Final = ("coalition", "worst_group", "zone")
#: Above the reasons why a topic has no result.
NOTHING: Final = "Nothing to show. What this survey cannot tell, and what would allow it:"
#: Columns that a terminal has room for; JSON holds all of them.
PRINTED: Mapping[Topic, tuple[str, ...]] = {
    Topic.OVERLAP: (
        *("group_a_label", "group_b_label", "version", "weighting"),
        *("normalised", "raw"),
    ),
    Topic.VALUES: (
        *("group_label", "value_label", "version", "weighting", "share", "top_probability"),
    ),
    Topic.WORLDVIEWS: ("worldview", "name", "group_label", "weighting", "share"),
    Topic.EXPERIENCE: (
        *("item_label", "level_label", "compared", "worldview", "weighting"),
        *("share", "apart", "probability_more"),
    ),
    Topic.MAP: (
        *("kind", "of", "worldview", "group_label", "weighting", "strength", "total"),
        *("implied", "said", "probability_positive", "probability_opposite"),
    ),
    Topic.UPDATING: (
        *("information_label", "kind", "occasion", "trust", "worldview", "weighting"),
        *("shift", "verdict", "carried", "lasted"),
    ),
    Topic.GAP: (
        *("group_a_label", "group_b_label", "intervention_label", "weighting", "gap"),
        *("values", "models", "signals", "residual", "dependence"),
        *("verdict", "leading", "verdict_probability", "checked_probability"),
    ),
    Topic.SURFACE: (
        *("intervention_label", "coalition", "threshold", "weighting", "joint_probability"),
        *("worst_group", "zone"),
    ),
    Topic.SIGNALS: (
        *("intervention_label", "signal_label", "group_label", "worldview", "weighting"),
        *("tells", "probability_positive"),
    ),
    Topic.DIVERGENCE: (
        *("group_a_label", "group_b_label", "intervention_label", "value_label", "weighting"),
        *("difference", "swap", "rank"),
    ),
    Topic.SEARCH: (
        *("rank", "design_brief", "intervention", "weighting", "joint_probability", "worst"),
        *("best_probability", "regret", "distance", "confirm"),
    ),
    Topic.CONJOINT: (
        *("conjoint_label", "attribute_label", "level_label", "group_label", "weighting"),
        *("prefers", "effect", "best_probability"),
    ),
    Topic.FORECAST: (
        *("kind", "of", "intervention_label", "group_label", "weighting", "predicted"),
        *("observed", "model_log_score", "group_mean_log_score", "demographic_log_score"),
    ),
    Topic.PERCEPTION: (
        *("guesser_label", "guessed_label", "value_label", "intervention_label", "weighting"),
        *("guess", "actual", "overrated_probability", "underrated_probability"),
    ),
    Topic.FIT: ("step", "check", "value", "threshold", "passed", "worst"),
}


def _verdict(shown: Shown) -> list[str]:
    """Return whether results may be shown, how people count, and what was noted of answers."""
    failed = [str(fault) for fault in failures(shown.records)]
    verdict = [CHECKS_FAILED, *failed] if failed else ["Every check passed: results may be shown."]
    notes: list[str] = shown.results.manifest["notes"]
    weights = describe_weights(shown.tables["weights"])
    return [*verdict, *weights, *notes]


def run_show(
    survey: str,
    topic: Topic,
    *,
    fit_id: str | None,
    as_json: bool,
    threshold: float | None = None,
    coalition: str | None = None,
    levels: Sequence[str] | None = None,
    transmission: float | None = None,
) -> None:
    """Print one topic of a fit.

    ``coalition`` holds names of groups with commas between them, ``levels`` attributes each with
    its levels, as ``fund=0,2``.
    """
    groups = None if coalition is None else [name.strip() for name in coalition.split(",")]
    asked = Asked(threshold, groups, parse_levels(levels or ()) or None, transmission)
    project = Project.open()
    shown = show(project, survey, topic, fit_id=fit_id, asked=asked)
    if changed := looked_up(project, shown.results):
        output.warn([changed])
    told = reservations(shown.results, topic)
    if as_json:
        # A bare [] does not say whether there is nothing to tell or nothing that can be told.
        why = [] if shown.records else [NOTHING, *why_nothing(shown.results, topic)]
        output.warn([*told, *why])
        output.as_json(shown.records)
        return
    output.say(shown.title)
    if not shown.records:
        output.say(NOTHING)
        output.findings(why_nothing(shown.results, topic))
        return
    found = _verdict(shown) if topic is Topic.FIT else describe(shown.results, topic, shown.tables)
    output.findings([*found, *told])
    columns = PRINTED[topic]
    if shown.results.by_wave:
        columns = tuple(name for name in columns if name not in OF_COALITIONS)
    output.table(
        [{name: output.estimate(record, name) for name in columns} for record in _printed(shown)]
    )


def parse_levels(texts: Sequence[str]) -> dict[str, list[str]]:
    """Read ``attribute=level,level`` of several attributes, each in one piece or in several."""
    found: dict[str, list[str]] = {}
    wrong = []
    for text in texts:
        name, equals, levels = text.partition("=")
        if not equals:
            wrong.append(Fault(text, "is no attribute with its levels", fix="As fund=0,2."))
        given = [level.strip() for level in levels.split(",") if level.strip()]
        found.setdefault(name.strip(), []).extend(given)
    if wrong:
        raise ChoiceError(wrong)
    return found


def _printed(shown: Shown) -> Sequence[Mapping[str, Any]]:
    """Return the records that a terminal has room for: of many coalitions the largest."""
    if "conjoint" in shown.tables:
        return [record for record in shown.records if record["kind"] == "group"]
    if shown.records and "design" in shown.records[0]:
        # As findings tell it: of one weighting, and a design with nothing unusual has a name too.
        told = preferred(pl.DataFrame(shown.records, infer_schema_length=None)).head(DESIGNS)
        return told.with_columns(pl.col("design_brief").replace("", AS_USUAL)).to_dicts()
    sizes = [record["size"] for record in shown.records if "coalition" in record]
    if not sizes:
        return shown.records
    return [record for record in shown.records if record["size"] == max(sizes)]


def everything_found(project: Project, survey: str, fit_id: str) -> dict[str, Any]:
    """Return the findings of a fit and the records of every topic that may be shown."""
    results = fit_of(project, survey, fit_id)
    records: dict[str, Any] = {}
    for topic in Topic:
        with suppress(FitRefused, ForecastRefused):  # the findings say why a topic is not shown
            records[topic.value] = show(project, survey, topic, fit_id=fit_id).records
    return {
        "survey": survey,
        "fit": fit_id,
        "simulated": results.simulated,
        "group": results.manifest["group"],
        "within": results.manifest.get("within"),
        "findings": findings_of(results),
        **records,
    }
