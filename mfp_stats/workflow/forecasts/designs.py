"""Designs to confirm in the next wave: frozen by their attributes, and found again by them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from mfp_stats.design.data import Ints
from mfp_stats.design.response_questions import question_of
from mfp_stats.quantities.forecast.tables import MODEL
from mfp_stats.quantities.response_rows import estimate
from mfp_stats.quantities.search.attributes import Level, say_level
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import accepts_of
from mfp_stats.quantities.search.tables import TABLES, design_model
from mfp_stats.questionnaire.model import Questionnaire, Role, short_label
from mfp_stats.workflow.forecasts.files import DECIMALS, Forecast
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.search import search, search_space


def marked_designs(results: FitResults, questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Return the designs that the search marks for the next wave, with who accepts them.

    Parameters
    ----------
    results
        A fit whose acceptance may be shown.
    questionnaire
        The one that was fitted, whose proposals have attributes.

    Returns
    -------
    list of dict
        Plain values: ``label``, ``attributes`` (name to level, those that all proposals share
        too), ``left_out`` (attributes that the search left out, of any level) and ``cells``, as a
        forecast's own. The search is that of all groups at the threshold of half of each.
    """
    rows = search(results)["search"]
    if rows.is_empty():
        return []
    space = search_space(results)
    columns = [f"attribute_{a.name}" for a in space.attributes]
    marked = rows.filter("confirm").unique(columns, maintain_order=True)
    levels = _levels(space, marked.select(columns))
    cells = _cells(results, space, levels)
    described = [questionnaire.interventions[name].attributes for name in space.proposals]
    names = dict.fromkeys(name for levels_of in described for name in levels_of)
    shared = {name: described[0][name] for name in names if _all_same(described, name)}
    own = [
        {a.name: a.levels[k] for a, k in zip(space.attributes, row, strict=True)} for row in levels
    ]
    return [
        {
            "label": label,
            "attributes": shared | attributes,
            "left_out": [name for name in names if name not in shared | attributes],
            "cells": drawn,
        }
        for label, attributes, drawn in zip(marked["design"], own, cells, strict=True)
    ]


def _levels(space: DesignSpace, said: pl.DataFrame) -> Ints:
    """Return the places of levels that are given in words, (N, A)."""
    places = [[say_level(level) for level in a.levels] for a in space.attributes]
    rows = [[p.index(x) for p, x in zip(places, row, strict=True)] for row in said.rows()]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(places))


def _all_same(described: Sequence[Mapping[str, Level]], name: str) -> bool:
    return all(
        name in levels and same_level(levels[name], described[0][name]) for levels in described
    )


def same_level(a: Level, b: Level) -> bool:
    """Whether two levels are the same: ``yes`` is not 1."""
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def _cells(results: FitResults, space: DesignSpace, levels: Ints) -> list[list[dict[str, Any]]]:
    """Return what is predicted of each design, a row a weighting and group."""
    acceptance, drawn = results.table("acceptance"), results.table("acceptance_draws")
    tables = {name: results.table(name) for name in TABLES}
    labels = dict(acceptance.select("group", "group_label").unique(maintain_order=True).rows())
    found: list[list[dict[str, Any]]] = [[] for _ in levels]
    nobody = np.full(len(levels), -1)
    for weighting in acceptance["weighting"].unique(maintain_order=True):
        model = design_model(tables, space, drawn, labels, weighting)
        accepts = accepts_of(model, space, levels, nobody).astype(np.float64)  # (N, S, G)
        for n, shares in enumerate(accepts):
            for group, draws in zip(model.groups, shares.T, strict=True):
                ends = estimate("accepts", draws)
                found[n].append(
                    {
                        "weighting": weighting,
                        "group": group,
                        **{end: ends[f"accepts_{end}"] for end in ("mean", "q05", "q95")},
                        MODEL: draws.round(DECIMALS).tolist(),
                    }
                )
    return found


def fielded_since(forecast: Forecast, questionnaire: Questionnaire) -> dict[str, Mapping[str, Any]]:
    """Return the proposals of a later questionnaire that are designs which were frozen, by name."""
    known = forecast.content["interventions"]
    return {
        name: design
        for name, proposal in questionnaire.interventions.items()
        if name not in known
        for design in forecast.designs
        if _is_design(proposal.attributes, design)
    }


def _is_design(attributes: Mapping[str, Level], design: Mapping[str, Any]) -> bool:
    wanted = design["attributes"]
    if set(attributes) - set(design["left_out"]) != set(wanted):
        return False
    return all(same_level(attributes[name], level) for name, level in wanted.items())


def with_designs(
    forecast: Forecast, questionnaire: Questionnaire, since: Mapping[str, Mapping[str, Any]]
) -> Forecast:
    """Return the forecast with designs that were fielded since as proposals like the others.

    A prediction of a design has no peers: nothing of it had been observed.

    Parameters
    ----------
    forecast
        As it was frozen.
    questionnaire
        The later one.
    since
        See :func:`fielded_since`.
    """
    if not since:
        return forecast
    content = forecast.content
    proposals = questionnaire.interventions
    labels = {name: short_label(proposals[name]) for name in since}
    cells = [
        {**cell, "intervention": name} for name, design in since.items() for cell in design["cells"]
    ]
    questions = content.get("questions", [])
    return replace(
        forecast,
        content={
            **content,
            "interventions": content["interventions"] | labels,
            # The first form names no questions, and takes any on the same answer scale.
            "questions": questions and [*questions, *_questions(content, questionnaire, since)],
            "cells": [*content["cells"], *cells],
        },
    )


def _questions(
    content: Mapping[str, Any], questionnaire: Questionnaire, since: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the questions on proposals that are on the forecast's answer scale."""
    for item in questionnaire.with_role(Role.RESPONSE):
        question = question_of(item)
        if question is None or item.stipulated or item.intervention not in since:
            continue
        if question.is_like(tuple(content["levels"]), int(content["accept"])):
            yield item.name


def told_of_designs(
    forecast: Forecast, since: Mapping[str, Mapping[str, Any]], asked: Sequence[str]
) -> list[str]:
    """Say which designs were put to people since, and which were not.

    Parameters
    ----------
    forecast
        As it was frozen.
    since
        See :func:`fielded_since`.
    asked
        Proposals that somebody was asked about now.
    """
    notes = []
    for design in forecast.designs:
        label = design["label"]
        there = [name for name in asked if since.get(name) is design]
        if there:
            names = ", ".join(there)
            notes.append(f"Predicted before anybody was asked about it: {names} ({label}).")
        else:
            notes.append(f"Marked for the next wave and not asked about: {label}.")
    return notes
