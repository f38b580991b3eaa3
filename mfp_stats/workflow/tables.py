"""Tables that every fit has, whatever its models: who was compared, and what cannot be told."""

from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design import ModelData, unavailable
from mfp_stats.fitting.saved import Table
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.weights import design_effect, effective_n


def standard_tables(
    data: ModelData, questionnaire: Questionnaire, sheet: pl.DataFrame
) -> list[Table]:
    """Return ``group_sizes``, ``weights`` and ``unavailable``."""
    floor = questionnaire.floor
    return [
        group_sizes(data, floor),
        weights(data, floor),
        not_available(questionnaire, sheet, weighted=data.weight is not None),
    ]


def group_sizes(data: ModelData, floor: int) -> Table:
    """Return how many people each group has; groups of ``floor`` or fewer are suppressed.

    The number of a suppressed group is null, so that the file does not hold what is hidden.
    """
    sizes = data.group_sizes
    frame = pl.DataFrame(
        {
            "group": data.groups,
            "group_label": data.group_labels,
            "n": [int(n) if n > floor else None for n in sizes],
            "suppressed": [bool(n <= floor) for n in sizes],
        },
        schema_overrides={"n": pl.Int64},
    )
    return Table("group_sizes", frame)


def weights(data: ModelData, floor: int) -> Table:
    """Return what weighting costs: one row a weighting and group of more than ``floor`` people.

    ``n`` people tell as much as ``effective_n`` who count alike; ``design_effect`` is how many
    times that makes the variance of a mean. Group "" is everyone in these groups. ``weighting``
    is "unweighted" (nothing is lost) and, where there are weights, "weighted" or "raked". People
    of weight zero are nobody of a weighted sample.
    """
    rows = []
    for kind, weight in data.weightings.items():
        counts = np.ones(len(data.group)) if weight is None else weight
        sizes = np.bincount(data.group[counts > 0], minlength=len(data.groups))
        shown = np.flatnonzero(sizes > floor)
        people = [("", "Everyone", np.isin(data.group, shown))] if len(shown) else []
        people += [(data.groups[g], data.group_labels[g], data.group == g) for g in shown]
        for name, label, inside in people:
            own = counts[inside & (counts > 0)]
            rows.append((kind, name, label, len(own), effective_n(own), design_effect(own)))
    return Table("weights", pl.DataFrame(rows, schema=_WEIGHTS, orient="row"))


_WEIGHTS: Final = {
    "weighting": pl.String(),
    "group": pl.String(),
    "group_label": pl.String(),
    "n": pl.Int64(),
    "effective_n": pl.Float64(),
    "design_effect": pl.Float64(),
}


def not_available(
    questionnaire: Questionnaire, sheet: pl.DataFrame, *, weighted: bool = False
) -> Table:
    """Return what this survey cannot tell, why, and which question would allow it."""
    schema = {"quantity": pl.String, "why": pl.String, "add": pl.String}
    rows = [
        (u.quantity, u.why, u.add) for u in unavailable(questionnaire, sheet, weighted=weighted)
    ]
    return Table("unavailable", pl.DataFrame(rows, schema=schema, orient="row"))
