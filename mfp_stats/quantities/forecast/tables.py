"""Scores of many cells beside those of simpler predictions, as tidy tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.quantities.forecast.scores import Score, paired, score
from mfp_stats.quantities.observed_acceptance import ObservedShare

#: The prediction that is held against its peers.
MODEL: Final = "model"
#: The observed acceptance of the group, as a posterior.
GROUP_MEAN: Final = "group_mean"
#: Acceptance by what is known of people alone.
DEMOGRAPHIC: Final = "demographic"


class Cell(NamedTuple):
    """What one prediction is about."""

    weighting: str
    intervention: str
    group: str


@dataclass(frozen=True, slots=True)
class Observed:
    """Acceptance among those asked.

    With unequal weights ``n`` is Kish's effective number of people, rounded, and ``count`` the
    weighted share of it, rounded.
    """

    share: float
    asked: int
    n: int
    count: int

    @classmethod
    def of(cls, seen: ObservedShare) -> "Observed":
        """Return it in whole people."""
        n = max(1, round(seen.n))
        return cls(seen.share, seen.asked, n, round(seen.share * n))


def score_cells(
    predictions: Mapping[Cell, Mapping[str, Floats]],
    observed: Mapping[Cell, Observed],
    *,
    seed: Sequence[int],
) -> pl.DataFrame:
    """Score every cell that was observed, one row each.

    Parameters
    ----------
    predictions
        Cell to draws of the share by each prediction: ``model`` and its peers.
    observed
        Cell to what was observed; those that were not predicted are left out.
    seed
        Of the randomised PITs; each cell has one draw for all predictions.

    Returns
    -------
    polars.DataFrame
        ``weighting``, ``intervention``, ``group``, ``asked``, ``effective_n``, ``observed`` and
        for each prediction ``PREDICTION_…``: ``mean``, ``q05``, ``q95`` (of the observed share),
        ``log_score``, ``crps``, ``pit``, ``covered_50``, ``covered_90``.
    """
    rows: list[dict[str, Any]] = []
    uniforms = np.random.default_rng(seed).random(len(predictions))
    for (cell, by_name), uniform in zip(predictions.items(), uniforms, strict=True):
        if (seen := observed.get(cell)) is None:
            continue
        row = {**cell._asdict(), "asked": seen.asked, "effective_n": seen.n, "observed": seen.share}
        for name, shares in by_name.items():
            row |= _columns(name, score(shares, seen.n, seen.count, float(uniform)))
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _columns(name: str, one: Score) -> dict[str, float | bool]:
    return {
        f"{name}_mean": one.mean,
        f"{name}_q05": one.low,
        f"{name}_q95": one.high,
        f"{name}_log_score": one.log_score,
        f"{name}_crps": one.crps,
        f"{name}_pit": one.pit,
        f"{name}_covered_50": one.covered_50,
        f"{name}_covered_90": one.covered_90,
    }


def summarise_scores(cells: pl.DataFrame) -> pl.DataFrame:
    """Return mean scores, one row a weighting and prediction, and how the model compares.

    Returns
    -------
    polars.DataFrame
        ``weighting``, ``prediction``, ``cells``, ``log_score``, ``crps``, ``covered_50`` and
        ``covered_90`` (means and shares over cells), and for a peer ``log_score_difference`` and
        ``crps_difference`` (the model's minus the peer's, over the cells that both predicted) with
        ``…_se``, and ``better_probability`` that the model's log score is the better one; these
        two are null where there are no two interventions
        (:func:`mfp_stats.quantities.forecast.scores.paired`).
    """
    rows = []
    names = [c.removesuffix("_log_score") for c in cells.columns if c.endswith("_log_score")]
    for weighting in cells["weighting"].unique(maintain_order=True) if len(cells) else ():
        part = cells.filter(weighting=weighting)
        for name in names:
            there = part.filter(pl.col(f"{name}_log_score").is_not_null())
            if len(there):
                row = {"weighting": weighting, "prediction": name, "cells": len(there)}
                rows.append(row | _means(there, name) | _against(there, name))
    return pl.DataFrame(rows, infer_schema_length=None)


def _means(cells: pl.DataFrame, name: str) -> dict[str, float]:
    kinds = ("log_score", "crps", "covered_50", "covered_90")
    return {k: float(cells[f"{name}_{k}"].cast(pl.Float64).to_numpy().mean()) for k in kinds}


def _against(cells: pl.DataFrame, peer: str) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for kind in ("log_score", "crps"):
        apart = cells[f"{MODEL}_{kind}"] - cells[f"{peer}_{kind}"]
        one = paired(apart.to_numpy(), cells["intervention"].to_list())
        ours = peer == MODEL
        found |= {
            f"{kind}_difference": None if ours else one.mean,
            f"{kind}_difference_se": None if ours else one.error,
        }
        if kind == "log_score":
            found["better_probability"] = None if ours else one.above
    return found
