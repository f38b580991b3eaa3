"""All findings of a fit, by topic: for the demo, the JSON and the Overview page."""

from collections.abc import Callable, Mapping

from mfp_stats.errors import FitRefused
from mfp_stats.views.findings import describe_overlap, describe_values, describe_worldviews
from mfp_stats.workflow.results import FitResults


def findings_of(results: FitResults) -> dict[str, list[str]]:
    """Return the sentences of each topic; where a step failed its checks, why it is not shown."""
    topics: Mapping[str, Callable[[], list[str]]] = {
        "Overlap": lambda: describe_overlap(results.table("overlap")),
        "Values": lambda: describe_values(results.table("values")),
        "Worldviews": lambda: describe_worldviews(
            results.table("worldviews"), results.table("worldview_models")
        ),
    }
    found: dict[str, list[str]] = {}
    for topic, describe in topics.items():
        try:
            found[topic] = describe()
        except FitRefused as refusal:
            found[topic] = [f"Not shown: {fault}" for fault in refusal.faults]
    return found
