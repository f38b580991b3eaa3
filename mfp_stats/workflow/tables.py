"""Tables that every fit has, whatever its models: who was compared, and what cannot be told."""

import polars as pl

from mfp_stats.design import ModelData, unavailable
from mfp_stats.fitting.saved import Table
from mfp_stats.questionnaire.model import Questionnaire


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


def not_available(questionnaire: Questionnaire, sheet: pl.DataFrame) -> Table:
    """Return what this survey cannot tell, why, and which question would allow it."""
    schema = {"quantity": pl.String, "why": pl.String, "add": pl.String}
    rows = [(u.quantity, u.why, u.add) for u in unavailable(questionnaire, sheet)]
    return Table("unavailable", pl.DataFrame(rows, schema=schema, orient="row"))
