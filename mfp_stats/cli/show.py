"""``mfp show``: findings in plain words, then the table; or JSON of the same numbers."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from mfp_stats.cli import output
from mfp_stats.errors import FitRefused
from mfp_stats.project import Project
from mfp_stats.views.findings import describe_overlap, describe_values, describe_worldviews
from mfp_stats.views.found import findings_of
from mfp_stats.workflow.results import FitResults, fit_of
from mfp_stats.workflow.show import Shown, Topic, show

#: Columns that a terminal has room for; JSON holds all of them.
PRINTED: Mapping[Topic, tuple[str, ...]] = {
    Topic.OVERLAP: (
        *("group_a_label", "group_b_label", "version", "weighting"),
        *("normalised_mean", "normalised_q05", "normalised_q95", "raw_mean"),
    ),
    Topic.VALUES: (
        *("group_label", "value_label", "version", "weighting"),
        *("mean", "q05", "q95", "top_probability"),
    ),
    Topic.WORLDVIEWS: ("worldview", "name", "group_label", "weighting", "mean", "q05", "q95"),
    Topic.FIT: ("step", "check", "value", "threshold", "passed", "worst"),
}


def _verdict(shown: Shown) -> list[str]:
    """Return whether results may be shown, and what the fit noted about the answers."""
    failed = [
        f"{row['step']}: the check {row['check']} failed ({row['worst'] or 'whole fit'}), so what "
        f"rests on it is not shown. {row['advice']}"
        for row in shown.records
        if not row["passed"]
    ]
    notes: list[str] = shown.results.manifest["notes"]
    return [*(failed or ["Every check passed: results may be shown."]), *notes]


FINDINGS: Mapping[Topic, Callable[[Shown], list[str]]] = {
    Topic.OVERLAP: lambda shown: describe_overlap(shown.tables["overlap"]),
    Topic.VALUES: lambda shown: describe_values(shown.tables["values"]),
    Topic.WORLDVIEWS: lambda shown: describe_worldviews(
        shown.tables["worldviews"], shown.tables["worldview_models"]
    ),
    Topic.FIT: _verdict,
}


def run_show(survey: str, topic: Topic, *, fit_id: str | None, as_json: bool) -> None:
    """Print one topic of a fit."""
    shown = show(Project.open(), survey, topic, fit_id=fit_id)
    if as_json:
        output.as_json(shown.records)
        return
    output.say(shown.title)
    if not shown.records:
        output.say("Nothing to show. What this survey cannot tell, and what would allow it:")
        output.findings(_unavailable(shown.results))
        return
    output.findings(FINDINGS[topic](shown))
    columns = PRINTED[topic]
    output.table([{name: record[name] for name in columns} for record in shown.records])


def everything_found(project: Project, survey: str, fit_id: str) -> dict[str, Any]:
    """Return the findings of a fit and the records of every topic that may be shown."""
    results = fit_of(project, survey, fit_id)
    records: dict[str, Any] = {}
    for topic in Topic:
        with suppress(FitRefused):  # the findings say why a topic is not shown
            records[topic.value] = show(project, survey, topic, fit_id=fit_id).records
    return {
        "survey": survey,
        "fit": fit_id,
        "simulated": results.simulated,
        "findings": findings_of(results),
        **records,
    }


def _unavailable(results: FitResults) -> list[str]:
    rows = results.table("unavailable").to_dicts()
    return [f"{row['quantity']}: {row['why']}. Add {row['add']}." for row in rows]
