"""What goes with holding a worldview: shares at each answer about people's record, all else alike.

In every draw everybody's share of each worldview is worked out as if all had given the same answer
about one part of their record, their groups and the rest of their records as they are, and averaged
(standardisation; Robins 1986). That compares like with like as far as group and record go. It is no
experiment: people who had one experience differ from others in what nobody asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import softmax

from mfp_stats.design.data import Experience, Floats, ModelData
from mfp_stats.likelihoods.predictors import ExperienceCode
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.summaries import summarise

#: People over whom shares are averaged; of more, evenly spaced ones.
PEOPLE: Final = 512
#: The tables, there even where nothing is in them.
TABLES: Final = ("experience", "experience_contrasts")


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Which answers are told, and of which predictors two ends are compared."""

    cells: list[tuple[int, int]]  #: predictor and level
    n: list[int]  #: people who gave it; of a number, who gave any
    contrasts: list[tuple[int, int]]  #: two cells: the lowest level told, and the highest

    @classmethod
    def of(cls, found: Experience, floor: int) -> "_Layout":
        """Leave out answers that ``floor`` or fewer people gave."""
        cells: list[tuple[int, int]] = []
        n: list[int] = []
        contrasts: list[tuple[int, int]] = []
        for j, predictor in enumerate(found.predictors):
            answers = found.answers[:, j]
            first = len(cells)
            for level, place in enumerate(predictor.places):
                alike = answers == place if predictor.kind != "number" else ~np.isnan(answers)
                if alike.sum() > floor:
                    cells.append((j, level))
                    n.append(int(alike.sum()))
            if predictor.kind != "nominal" and len(cells) - first > 1:
                contrasts.append((first, len(cells) - 1))
        return cls(cells, n, contrasts)


def experience_quantities(
    posterior: xr.Dataset, data: ModelData, *, names: Sequence[str], floor: int
) -> tuple[Mapping[str, pl.DataFrame], xr.Dataset]:
    """Return the tables, and the draws of all that they show, dims (chain, draw, ...).

    Parameters
    ----------
    posterior
        Draws of ``models/experience.py``.
    data
        What was fitted.
    names
        Of the worldviews, in order.
    floor
        Answers that so many people or fewer gave are not shown.

    Returns
    -------
    tables
        ``experience``: one row a weighting, answer and worldview; ``mean`` … of the share were all
        to give that answer, ``apart_mean`` … of its distance from the share as things are, both
        from 0 to 1, and ``probability_more`` that it is above. ``experience_contrasts``: the same
        of the highest answer told minus the lowest, where answers have an order.
    """
    assert data.experience is not None
    layout = _Layout.of(data.experience, floor)
    weightings = data.weightings
    shares, overall = _shares(posterior, data, layout, list(weightings.values()))
    chains = posterior.sizes["chain"]

    def labelled(array: Floats, dim: str) -> xr.DataArray:
        by_chain = array.reshape(chains, -1, *array.shape[1:])
        dims = ("chain", "draw", "weighting", dim, "worldview")
        return xr.DataArray(by_chain, dims=dims, coords={"weighting": list(weightings)})

    low, high = (np.array([c[k] for c in layout.contrasts], dtype=np.int64) for k in (0, 1))
    draws = xr.Dataset(
        {
            "share": labelled(shares, "answer"),
            "apart": labelled(shares - overall[:, :, None], "answer"),
            "contrast": labelled(shares[:, :, high] - shares[:, :, low], "predictor"),
        }
    )
    tables = {
        "experience": _answer_rows(draws, data.experience, layout, names),
        "experience_contrasts": _contrast_rows(draws, data.experience, layout, names),
    }
    kept = draws if layout.contrasts else draws.drop_vars("contrast")
    return tables, kept


def _shares(
    posterior: xr.Dataset, data: ModelData, layout: _Layout, weights: list[Floats | None]
) -> tuple[Floats, Floats]:
    """Return shares (S, W, cells, C) were all to answer alike, and (S, W, C) as things are."""
    assert data.experience is not None
    code = ExperienceCode.of(data.experience)
    n = len(data.group)
    who = np.linspace(0, n - 1, min(PEOPLE, n)).round().astype(np.int64)
    counts = np.stack([np.ones(len(who)) if w is None else w[who] for w in weights])
    counts = counts / counts.sum(axis=1, keepdims=True)  # (W, n)
    rows = np.arange(posterior.sizes["chain"] * posterior.sizes["draw"])
    share, group, effect = (flat_draws(posterior[k], rows) for k in ("share", "group", "effect"))
    placed = np.zeros((len(layout.cells), len(code.predictor)))
    for k, (j, level) in enumerate(layout.cells):
        own_code = code.codes[j]
        placed[k, code.predictor == j] = own_code(own_code.predictor.places[[level]])
    columns, member = code.columns[who], data.group[who]
    asked = {j for j, _ in layout.cells}
    found = np.empty((len(rows), len(weights), len(layout.cells), share.shape[1]))
    overall = np.empty((len(rows), len(weights), share.shape[1]))
    for s in rows:
        log_odds = share[s] + group[s][member] + columns @ effect[s]
        overall[s] = counts @ softmax(log_odds, axis=1)
        at_place = placed @ effect[s]  # (cells, C)
        own = {j: columns[:, code.predictor == j] @ effect[s][code.predictor == j] for j in asked}
        for k, (j, _) in enumerate(layout.cells):
            found[s, :, k] = counts @ softmax(log_odds - own[j] + at_place[k], axis=1)
    return found, overall


def _answer_rows(
    draws: xr.Dataset, found: Experience, layout: _Layout, names: Sequence[str]
) -> pl.DataFrame:
    keys = [
        {
            "item": found.predictors[j].name,
            "item_label": found.predictors[j].label,
            "kind": found.predictors[j].kind,
            "level": found.predictors[j].levels[level],
            "level_label": found.predictors[j].level_labels[level],
            "n": n,
        }
        for (j, level), n in zip(layout.cells, layout.n, strict=True)
    ]
    columns = _estimates(draws["share"]) | _estimates(draws["apart"], "apart_")
    columns["probability_more"] = _above(draws["apart"])
    return _table(draws["share"], keys, names, columns)


def _contrast_rows(
    draws: xr.Dataset, found: Experience, layout: _Layout, names: Sequence[str]
) -> pl.DataFrame:
    keys = []
    for low, high in layout.contrasts:
        (j, bottom), (_, top) = layout.cells[low], layout.cells[high]
        predictor = found.predictors[j]
        keys.append(
            {
                "item": predictor.name,
                "item_label": predictor.label,
                "low_label": predictor.level_labels[bottom],
                "high_label": predictor.level_labels[top],
            }
        )
    contrast = draws["contrast"]
    columns = _estimates(contrast) | {"probability_more": _above(contrast)}
    return _table(contrast, keys, names, columns)


def _estimates(draws: xr.DataArray, head: str = "") -> dict[str, Floats]:
    found = summarise(draws)
    return {f"{head}{end}": found[end].values for end in ("mean", "q05", "q95")}


def _above(draws: xr.DataArray) -> Floats:
    return np.asarray((draws > 0).mean(("chain", "draw")).values)


def _table(
    draws: xr.DataArray,
    keys: Sequence[Mapping[str, object]],
    names: Sequence[str],
    columns: Mapping[str, Floats],
) -> pl.DataFrame:
    """Lay out arrays (weighting, key, worldview) as rows."""
    rows = [
        {"weighting": str(weighting), **key, "worldview": c + 1, "name": name}
        | {column: float(array[w, k, c]) for column, array in columns.items()}
        for w, weighting in enumerate(draws["weighting"].values)
        for k, key in enumerate(keys)
        for c, name in enumerate(names)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
