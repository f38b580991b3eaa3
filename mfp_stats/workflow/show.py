"""What ``mfp show`` prints and its JSON holds: the same numbers as the app's pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from mfp_stats.project import Project
from mfp_stats.workflow.results import FitResults, fit_of

#: Distinctive beliefs named in one record of a worldview.
BELIEFS_NAMED = 5


class Topic(StrEnum):
    """What can be shown of a fit."""

    OVERLAP = "overlap"
    VALUES = "values"
    WORLDVIEWS = "worldviews"
    FIT = "fit"


TOPICS: Mapping[str, str] = {
    "overlap": "how far pairs of groups share priorities",
    "values": "what each group holds important",
    "worldviews": "clusters of beliefs and who holds them",
    "fit": "diagnostics, and whether results may be shown",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One topic of one fit: its tables by name and flat records for print and JSON."""

    title: str
    results: FitResults
    tables: Mapping[str, pl.DataFrame]
    records: Sequence[Mapping[str, Any]]


def show(project: Project, survey: str, topic: Topic, *, fit_id: str | None = None) -> Shown:
    """Return one topic of a survey's fit.

    Raises
    ------
    ProjectError
        There is no such survey or fit.
    FitRefused
        The step that it needs failed its checks; topic ``fit`` is always shown.
    """
    results = fit_of(project, survey, fit_id)
    names, make = _MAKERS[topic]
    tables = {name: results.table(name) for name in names}
    simulated = " (simulated survey)" if results.simulated else ""
    title = f"{survey}{simulated}, fit {results.fit_id}: {TOPICS[topic]}"
    return Shown(title, results, tables, make(results, tables))


type _Tables = Mapping[str, pl.DataFrame]
type _Maker = Callable[[FitResults, _Tables], list[dict[str, Any]]]


def _rows(name: str) -> _Maker:
    return lambda _, tables: tables[name].to_dicts()


def _worldviews(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record per worldview × group × weighting, with its distinctive beliefs."""
    if tables["worldviews"].is_empty():
        return []
    beliefs = (
        tables["worldview_beliefs"]
        .sort("worldview", "rank")
        .group_by("worldview", maintain_order=True)
        .agg(distinctive_beliefs=pl.format("{}: {}", "label", "category_label").head(BELIEFS_NAMED))
    )
    return tables["worldviews"].join(beliefs, on="worldview", how="left").to_dicts()


def _checks(results: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record per step × check; ``shown``: whether what rests on the step may be."""
    shown = {step["name"]: step["shown"] for step in results.manifest["steps"]}
    return [{**row, "shown": shown[row["step"]]} for row in tables["diagnostics"].to_dicts()]


_MAKERS: Mapping[Topic, tuple[Sequence[str], _Maker]] = {
    Topic.OVERLAP: (("overlap",), _rows("overlap")),
    Topic.VALUES: (("values",), _rows("values")),
    Topic.WORLDVIEWS: (("worldviews", "worldview_beliefs", "worldview_models"), _worldviews),
    Topic.FIT: (("diagnostics",), _checks),
}
