"""What a fit keeps for the search, as tables; and back from tables to designs and their model."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.quantities.search.acceptance import DesignModel, Singles
from mfp_stats.quantities.search.attributes import Level
from mfp_stats.quantities.search.draws import SearchDraws
from mfp_stats.quantities.search.own import KINDS, drawn_own
from mfp_stats.quantities.search.space import DesignSpace

#: Tables of a fit that the search is made from, beside ``acceptance_draws`` and ``acceptance``.
TABLES: Final = ("search_proposals", "search_cells", "search_people", "search_links")
#: Kinds of what people believe of a design.
OUTCOME, SIGNAL, VALUE_EFFECT = "outcome", "signal", "value_effect"

_PROPOSALS: Final = {
    "intervention": pl.String(),
    "intervention_label": pl.String(),
    "attribute": pl.String(),
    "kind": pl.String(),
    "number": pl.Float64(),
    "text": pl.String(),
}


def proposal_table(
    described: Mapping[str, Mapping[str, Level]], labels: Mapping[str, str]
) -> pl.DataFrame:
    """Return a row a proposal and attribute; of a proposal without attributes one with a null."""
    rows: list[dict[str, Any]] = []
    for name, levels in described.items():
        head = {"intervention": name, "intervention_label": labels[name]}
        rows += [head | {"attribute": a, **_kept(level)} for a, level in levels.items()]
        if not levels:
            rows.append(head)
    return pl.DataFrame(rows, schema=_PROPOSALS)


def _kept(level: Level) -> dict[str, Any]:
    if isinstance(level, str):
        return {"kind": "text", "text": level}
    return {"kind": "yes_no" if isinstance(level, bool) else "number", "number": float(level)}


def design_space(proposals: pl.DataFrame) -> DesignSpace:
    """Return the designs that the table of :func:`proposal_table` allows."""
    described: dict[str, dict[str, Level]] = {}
    labels: dict[str, str] = {}
    for row in proposals.to_dicts():
        levels = described.setdefault(row["intervention"], {})
        labels[row["intervention"]] = row["intervention_label"]
        if row["attribute"] is not None:
            levels[row["attribute"]] = _level(row)
    return DesignSpace.of(described, labels)


def _level(row: Mapping[str, Any]) -> Level:
    if row["kind"] == "text":
        return str(row["text"])
    return bool(row["number"]) if row["kind"] == "yes_no" else float(row["number"])


def search_tables(
    found: SearchDraws,
    *,
    groups: Sequence[str],
    weightings: Sequence[str],
    values: Sequence[tuple[str, str]],
    signals: Sequence[tuple[str, str]],
) -> dict[str, pl.DataFrame]:
    """Lay draws out as tables.

    Parameters
    ----------
    found
        The draws.
    groups, weightings
        Their names, in order.
    values, signals
        Name and label of each, in order.
    """
    outcome = OUTCOME if found.told_effect else VALUE_EFFECT
    cells = [(outcome, *value) for value in values] + [(SIGNAL, *signal) for signal in signals]
    s, w, g, c = found.share.shape
    importance = np.repeat(found.importance[:, :, :, None], c, axis=3)
    people = pl.DataFrame(
        {
            "weighting": np.tile(np.repeat(weightings, g * c), s),
            "draw": np.repeat(found.draws, w * g * c),
            **_names(groups, c, s * w),
            "share": _single(found.share).ravel(),
            "variance": _single(found.variance).ravel(),
            "weight": _lists(found.weight, 4),
            "factor": _lists(_roots(found.covariance), 4),
            "importance": _lists(importance, 4),
            "rest": _lists(found.rest, 4),
        }
    )
    signal_weight = np.broadcast_to(
        found.signal_weight[:, None, None], (s, g, c, found.signal_weight.shape[1])
    )
    lack = np.broadcast_to(found.lack[:, None, None], (s, g, c, *found.lack.shape[1:]))
    links = pl.DataFrame(
        {
            "draw": np.repeat(found.draws, g * c),
            **_names(groups, c, s),
            "outcome": _lists(found.outcome, 3),
            "signal": _lists(found.signal, 3),
            "signal_weight": _lists(signal_weight, 3),
            "lack": _lists(lack, 3),
        }
    )
    schema = {"kind": pl.String(), "name": pl.String(), "label": pl.String()}
    return {
        "search_cells": pl.DataFrame(cells, schema=schema, orient="row"),
        "search_people": people,
        "search_links": links,
    }


def _names(groups: Sequence[str], classes: int, times: int) -> dict[str, Any]:
    return {
        "group": np.tile(np.repeat(groups, classes), times),
        "worldview": np.tile(np.arange(1, classes + 1), times * len(groups)),
    }


def _single(array: Floats) -> Singles:
    return np.ascontiguousarray(array, dtype=np.float32)


def _lists(array: Floats, head: int) -> pl.Series:
    """Return a list column, a row for each cell of the first ``head`` axes."""
    rows = int(np.prod(array.shape[:head]))
    width = int(np.prod(array.shape[head:]))
    if width == 0:
        return pl.Series([[]] * rows, dtype=pl.List(pl.Float32()))
    return pl.Series(_single(array).reshape(rows, width)).cast(pl.List(pl.Float32()))


def _roots(covariance: Floats) -> Floats:
    """Return factors whose square is the covariance, (…, K, R).

    R is K − 1 where it can be: importance sums to one, and values to zero.
    """
    k = covariance.shape[-1]
    size, turned = np.linalg.eigh(covariance)
    root = turned * np.sqrt(np.maximum(size, 0.0))[..., None, :]
    return root[..., 1:] if k > 1 else root


def design_model(
    tables: Mapping[str, pl.DataFrame],
    space: DesignSpace,
    acceptance_draws: pl.DataFrame,
    labels: Mapping[str, str],
    weighting: str,
) -> DesignModel:
    """Return the model of designs from a fit's tables.

    Parameters
    ----------
    tables
        ``TABLES``, the proposals aside.
    space
        Of the proposals.
    acceptance_draws
        Of the fit: a group that too few were asked in has none for a proposal.
    labels
        Name of each group that has any to its label, in order.
    weighting
        As in the tables.
    """
    cells = tables["search_cells"]
    k = len(cells.filter(pl.col("kind") != SIGNAL))
    q = len(cells) - k
    people = tables["search_people"].filter(weighting=weighting)
    people = people.filter(pl.col("group").is_in(list(labels)))
    links = tables["search_links"].filter(pl.col("group").is_in(list(labels)))
    draws = links["draw"].unique().sort()
    head = (len(draws), len(labels), links["worldview"].n_unique())
    columns = space.fielded_code.shape[1] + len(space.proposals) + 2
    order = pl.col("group").cast(pl.Enum(list(labels)))
    people, links = (t.sort("draw", order, "worldview") for t in (people, links))
    weight = _array(people["weight"], (*head, k))
    signal_weight = _array(links["signal_weight"], (*head, q))
    lack = _array(links["lack"], (*head, k + q + 1, KINDS))[:, 0, 0]
    every = np.concatenate([weight, signal_weight, np.ones((*head, 1), np.float32)], axis=3)
    told = not cells.filter(kind=VALUE_EFFECT).height and k > 0
    return DesignModel(
        groups=tuple(labels),
        labels=tuple(labels.values()),
        share=people["share"].to_numpy().reshape(head),
        variance=people["variance"].to_numpy().reshape(head),
        weight=weight,
        factor=_array(people["factor"], (*head, k, max(1, k - 1) if k else 0)),
        outcome=_array(links["outcome"], (*head, k, columns)),
        signal=_array(links["signal"], (*head, q, columns)),
        rest=_array(people["rest"], (*head, columns)),
        signal_weight=signal_weight[:, 0, 0],
        own=drawn_own(lack, every),
        fielded=_fielded(acceptance_draws.filter(weighting=weighting), space, labels, draws),
        importance=_array(people["importance"], (*head, k))[:, :, 0] if told else None,
    )


def _array(column: pl.Series, shape: tuple[int, ...]) -> Singles:
    if 0 in shape:
        return np.zeros(shape, dtype=np.float32)
    return column.explode().to_numpy().astype(np.float32, copy=False).reshape(shape)


def _fielded(
    drawn: pl.DataFrame, space: DesignSpace, labels: Mapping[str, str], draws: pl.Series
) -> Singles:
    """Return who accepts the proposals fielded, (S, G, X), NaN where a group has no estimate."""
    found = np.full((len(draws), len(labels), len(space.proposals)), np.nan, dtype=np.float32)
    wanted = drawn.filter(pl.col("draw").is_in(draws.implode()))
    for (name, group), part in wanted.group_by(["intervention", "group"]):
        if name in space.proposals and group in labels:
            shares = part.sort("draw")["accepts"].to_numpy()
            found[:, list(labels).index(str(group)), space.proposals.index(str(name))] = shares
    return found
