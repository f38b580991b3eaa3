"""What ``mfp show`` prints and its JSON holds: the same numbers as the app's pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.project import Project
from mfp_stats.quantities.causal_map.tables import LINKS
from mfp_stats.quantities.causal_map.what_if import TRANSMISSION
from mfp_stats.quantities.experience import TABLES as EXPERIENCE_TABLES
from mfp_stats.workflow.conjoint_search import conjoint_search
from mfp_stats.workflow.coordination import TABLES, THRESHOLD, coordination
from mfp_stats.workflow.forecasts.told import forecast_records, forecast_tables, scored_by
from mfp_stats.workflow.results import FitResults, fit_of
from mfp_stats.workflow.search import search
from mfp_stats.workflow.topics import TOPICS, Topic
from mfp_stats.workflow.what_if import what_if

#: Distinctive beliefs named in one record of a worldview.
BELIEFS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """One topic of one fit: its tables by name and flat records for print and JSON."""

    title: str
    results: FitResults
    tables: Mapping[str, pl.DataFrame]
    records: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader asked of a topic that can be asked; None where it was left open."""

    threshold: float | None = None
    coalition: Sequence[str] | None = None
    #: Attribute to the levels that designs may have, as text.
    levels: Mapping[str, Sequence[str]] | None = None
    #: Share of a move that the strongest possible link of a causal map passes on.
    transmission: float | None = None


#: Topics that a threshold and a coalition can be chosen for.
_CHOSEN: Final = (Topic.SURFACE, Topic.SEARCH, Topic.CONJOINT)
#: Topics that search among levels of attributes.
_SEARCHED: Final = (Topic.SEARCH, Topic.CONJOINT)


def show(
    project: Project,
    survey: str,
    topic: Topic,
    *,
    fit_id: str | None = None,
    asked: Asked | None = None,
) -> Shown:
    """Return one topic of a survey's fit.

    Raises
    ------
    ProjectError
        There is no such survey or fit.
    FitRefused
        The step that it needs failed its checks; topic ``fit`` is always shown.
    ForecastRefused
        A forecast was changed after it was frozen.
    ChoiceError
        There is no such group, a threshold or transmission is no share, or the topic has none.
    """
    asked = asked or Asked()
    _require(topic, asked)
    results = fit_of(project, survey, fit_id)
    tables = topic_tables(results, topic, asked)
    _, make = _MAKERS[topic]
    simulated = " (simulated survey)" if results.simulated else ""
    by, only = compared_by(results)
    who = "".join(f", {part}" for part in (by, only) if part)
    title = f"{survey}{simulated}{who}, fit {results.fit_id}: {TOPICS[topic]}"
    return Shown(title, results, tables, make(results, tables))


def compared_by(results: FitResults) -> tuple[str, str]:
    """Return by what a fit compares people and of whom alone; "" where that is as usual."""
    group = results.manifest.get("group")
    only = f"only “{results.within}”" if results.within else ""
    return f"by {group}" if group else "", only


def topic_tables(
    results: FitResults, topic: Topic, asked: Asked | None = None
) -> dict[str, pl.DataFrame]:
    """Return the tables that a topic is told from; some are made of stored draws.

    Raises
    ------
    FitRefused, ChoiceError
        As :func:`show`.
    """
    names, _ = _MAKERS[topic]
    tables = {name: results.table(name) for name in names}
    asked = asked or Asked()
    threshold = THRESHOLD if asked.threshold is None else asked.threshold
    if topic is Topic.SURFACE:
        coalitions = None if asked.coalition is None else [asked.coalition]
        tables["surface"] = coordination(results, threshold=threshold, coalitions=coalitions)
    if topic is Topic.FORECAST:
        tables |= forecast_tables(results)
    if topic is Topic.MAP:
        given = TRANSMISSION if asked.transmission is None else asked.transmission
        tables |= what_if(results, transmission=given)
    if topic is Topic.SEARCH:
        tables |= search(
            results, threshold=threshold, coalition=asked.coalition, levels=asked.levels
        )
    if topic is Topic.CONJOINT:
        tables |= conjoint_search(
            results, threshold=threshold, coalition=asked.coalition, levels=asked.levels
        )
    return tables


def _require(topic: Topic, asked: Asked) -> None:
    faults = []
    if topic not in _CHOSEN and (asked.threshold, asked.coalition) != (None, None):
        what = "has no threshold and no coalition"
        faults.append(Fault(topic, what, fix=f"{_listed(_CHOSEN)} have them."))
    if topic not in _SEARCHED and asked.levels is not None:
        fix = f"{_listed(_SEARCHED)} have them."
        faults.append(Fault(topic, "has no levels of attributes", fix=fix))
    if topic is not Topic.MAP and asked.transmission is not None:
        faults.append(Fault(topic, "has no transmission", fix="Only the map has one."))
    if faults:
        raise ChoiceError(faults)


def _listed(topics: Sequence[Topic]) -> str:
    return f"Only {', '.join(topics[:-1])} and {topics[-1]}"


type _Tables = Mapping[str, pl.DataFrame]
type _Maker = Callable[[FitResults, _Tables], list[dict[str, Any]]]


def _rows(name: str) -> _Maker:
    return lambda _, tables: tables[name].to_dicts()


def _divergence(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record an outcome; what a swap of expectations would do no wave has tested."""
    return [{**row, "tested": False} for row in tables["divergence"].to_dicts()]


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


def _surface(results: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record an intervention, coalition and weighting, with who accepts by group.

    ``tested`` says whether a later wave has scored what the fit predicts of the acceptance of every
    group of the coalition; null where its forecast cannot be read, which the findings say.
    """
    if tables["surface"].is_empty():
        return []
    scored = scored_by(results)
    cell, ends = ("weighting", "intervention", "group"), ("mean", "q05", "q95")
    accepts = {
        tuple(row[name] for name in cell): [row[f"accepts_{end}"] for end in ends]
        for row in tables["acceptance"].to_dicts()
    }
    records = []
    for row in tables["surface"].to_dicts():
        groups = row["coalition"].split(" + ")
        record = row | {"tested": scored(row["intervention"], groups)}
        for group in groups:
            numbers = accepts.get((row["weighting"], row["intervention"], group), [None] * 3)
            names = [f"accepts_{group}_{end}" for end in ends]
            record |= dict(zip(names, numbers, strict=True))
        records.append(record)
    return records


def _signals(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record a proposal, signal and group, with how likely each other reads opposite.

    Then one a worldview, with its number and name in the place of a group.
    """
    opposite: dict[tuple[Any, ...], dict[str, float]] = {}
    for row in tables["signal_pairs"].to_dicts():
        for one, other in (("group_a", "group_b"), ("group_b", "group_a")):
            found = opposite.setdefault((*_reading(row), row[one]), {})
            found[f"opposite_{row[other]}_probability"] = row["probability_opposite"]
    named = {row["worldview"]: row["name"] for row in tables["worldviews"].to_dicts()}
    within = [
        {**row, "group": None, "group_label": None, "name": named.get(row["worldview"])}
        for row in tables["signal_worldviews"].to_dicts()
    ]
    return [
        *(
            {**row, **opposite.get((*_reading(row), row["group"]), {})}
            for row in tables["signals"].to_dicts()
        ),
        *within,
    ]


def _experience(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record an answer and worldview, then one a comparison of two ends."""
    return [
        *tables["experience"].to_dicts(),
        *(
            {**row, "compared": f"{row['high_label']} − {row['low_label']}"}
            for row in tables["experience_contrasts"].to_dicts()
        ),
    ]


def _causal_map(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return a record a link, then a group's, a pair of worldviews, and what follows of pushes.

    What would follow no wave has ``tested``; of what people believe the column says nothing.
    """
    parts = {
        "link": ("map_links", "cause", "effect"),
        "group": ("map_groups", "cause", "effect"),
        "pair": ("map_pairs", "cause", "effect"),
        "what_if": ("map_effects", "cause", "effect"),
        "proposal": ("map_proposals", "intervention", "concept"),
    }
    return [
        *(
            {
                "kind": kind,
                "of": f"{row[f'{cause}_label']} → {row[f'{effect}_label']}",
                **row,
                "tested": False if kind in ("what_if", "proposal") else None,
            }
            for kind, (name, cause, effect) in parts.items()
            for row in tables[name].to_dicts()
        ),
        *({"kind": "worldview", **row} for row in tables["map_worldviews"].to_dicts()),
    ]


def _search(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record a design, with what is to be known of the search as a whole."""
    designs, about = tables["search"], tables["search_summary"]
    if designs.is_empty():
        return []
    names = [name for name in about.columns if name not in designs.columns]
    whole = about.select("weighting", *(pl.col(name).alias(f"search_{name}") for name in names))
    return designs.join(whole, on="weighting", how="left", maintain_order="left").to_dicts()


def _conjoint(_: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return a record a level and group, then by worldview, pairs of groups, and designs."""
    kinds = {
        "group": "conjoint",
        "worldview": "conjoint_worldviews",
        "pair": "conjoint_pairs",
        "proposal": "conjoint_search",
    }
    return [
        {"kind": kind, **row} for kind, name in kinds.items() for row in tables[name].to_dicts()
    ]


def _reading(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row.get("weighting"), row["intervention"], row["signal"])


def _checks(results: FitResults, tables: _Tables) -> list[dict[str, Any]]:
    """Return one record per step × check; ``shown``: whether what rests on the step may be."""
    shown = {step["name"]: step["shown"] for step in results.manifest["steps"]}
    return [{**row, "shown": shown[row["step"]]} for row in tables["diagnostics"].to_dicts()]


_MAKERS: Mapping[Topic, tuple[Sequence[str], _Maker]] = {
    Topic.OVERLAP: (("overlap",), _rows("overlap")),
    Topic.VALUES: (("values",), _rows("values")),
    Topic.WORLDVIEWS: (
        ("worldviews", "worldview_beliefs", "worldview_models", "worldview_cautions"),
        _worldviews,
    ),
    Topic.EXPERIENCE: (EXPERIENCE_TABLES, _experience),
    Topic.MAP: (LINKS, _causal_map),
    Topic.UPDATING: (("updating",), _rows("updating")),
    Topic.GAP: (("gap", "overlap", "divergence"), _rows("gap")),
    Topic.SURFACE: (TABLES, _surface),
    Topic.SIGNALS: (("signals", "signal_pairs", "signal_worldviews", "worldviews"), _signals),
    Topic.DIVERGENCE: (("divergence",), _divergence),
    Topic.SEARCH: (("worldviews",), _search),
    Topic.CONJOINT: (("conjoint", "conjoint_worldviews", "conjoint_pairs"), _conjoint),
    Topic.FORECAST: ((), lambda _, tables: forecast_records(tables)),
    Topic.PERCEPTION: (("perception",), _rows("perception")),
    Topic.FIT: (("diagnostics", "weights"), _checks),
}
