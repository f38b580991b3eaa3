"""Made-up scores of proposals predicted from the others, in the form that a fit keeps them."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from mfp_stats.quantities.forecast.tables import Cell, Observed, score_cells, summarise_scores

WEIGHTINGS = ("unweighted", "weighted")


def left_out_frames(
    groups: Sequence[tuple[str, str, int]],
    proposals: Sequence[tuple[str, str]],
    share: Mapping[tuple[str, str], float],
) -> dict[str, pl.DataFrame]:
    """Return both tables; empty ones where nothing was proposed."""
    rng = np.random.default_rng(9)
    predictions, observed = {}, {}
    for weighting in WEIGHTINGS:
        for name, _ in proposals:
            for group, _, n in groups:
                true = share[name, group]
                cell = Cell(weighting, name, group)
                predictions[cell] = {
                    "model": rng.beta(12 * true, 12 * (1 - true), 200),
                    "group_mean": rng.beta(3, 3, 200),
                }
                observed[cell] = Observed(true, n // 2, n // 2, round(true * (n // 2)))
    cells = score_cells(predictions, observed, seed=[1])
    if cells.is_empty():
        return {"left_out": cells, "left_out_summary": cells}
    labels = {name: label for name, label, _ in groups}
    cells = cells.with_columns(
        intervention_label=pl.col("intervention").replace_strict(dict(proposals)),
        group_label=pl.col("group").replace_strict(labels),
    )
    return {"left_out": cells, "left_out_summary": summarise_scores(cells)}
