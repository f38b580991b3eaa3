"""One search from a model of designs to its tables, for one coalition and threshold."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.search.acceptance import DesignModel
from mfp_stats.quantities.search.exchange import exchange_designs
from mfp_stats.quantities.search.front import front_of
from mfp_stats.quantities.search.rows import Cells, design_rows, summary_row
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import ENUMERATED, enumerate_designs
from mfp_stats.quantities.surface import coalitions_of


def searched(
    model: DesignModel,
    space: DesignSpace,
    coalition: Sequence[str],
    threshold: float,
    cells: Cells,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Search, and return a row a design and a row about the search.

    Parameters
    ----------
    model
        Of all groups.
    space
        What designs are made of. All are looked at where they are at most ``ENUMERATED`` or it is
        known which of them can be; of more, exchange looks at the promising ones.
    coalition
        Names of the groups that have to accept.
    threshold
        Share, 0 to 1, that has to accept in each of them.
    cells
        What beliefs are about.

    Raises
    ------
    ChoiceError
        The threshold is no share, there is no such group, or no design can be.
    """
    if not 0 <= threshold <= 1:
        what = f"{threshold:g} is no share of a group"
        fix = "Give a number from 0 to 1, as 0.5."
        raise ChoiceError(Fault("threshold", what, fix=fix))
    if not space.count:
        raise ChoiceError(Fault("levels", "no design can be made of these levels"))
    groups = coalitions_of(list(model.groups), [coalition])[0]
    chosen = model.only(groups)
    every = space.size <= ENUMERATED or space.possible is not None
    look = enumerate_designs if every else exchange_designs
    front = front_of(look(chosen, space, threshold))
    head: dict[str, Any] = {
        "coalition": " + ".join(groups),
        "coalition_label": " + ".join(chosen.labels),
        "size": len(groups),
        "threshold": threshold,
    }
    columns = [pl.lit(value).alias(name) for name, value in head.items()]
    about = pl.DataFrame([head | summary_row(front)], infer_schema_length=None)
    rows = design_rows(front, cells)
    return rows.with_columns(columns) if len(rows) else rows, about


#: Tells whether what some groups make of a proposal fielded was scored; None: that is not known.
type Scored = Callable[[str, Sequence[str]], bool | None]


def headed(
    found: tuple[pl.DataFrame, pl.DataFrame],
    head: Mapping[str, str],
    notes: Sequence[str],
    scored: Scored | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Say in every row what a search was of, and beside the search what is to be known of it.

    A design that nobody was asked about is ``tested`` by nothing; a proposal fielded where a later
    wave has scored what every group of the coalition makes of it. None: nothing has.
    """
    designs, summary = found
    columns = [pl.lit(value).alias(name) for name, value in head.items()]
    told = pl.Series([list(notes)], dtype=pl.List(pl.String()))
    about = summary.with_columns(*columns, pl.lit(value=False).alias("tested"), notes=told)
    if designs.is_empty():
        return designs, about
    return designs.with_columns(*columns, _tested(designs, scored)), about


def _tested(designs: pl.DataFrame, scored: Scored | None) -> pl.Series:
    found = [
        scored(name, coalition.split(" + ")) if scored is not None and name is not None else False
        for name, coalition in designs.select("intervention", "coalition").rows()
    ]
    return pl.Series("tested", found, dtype=pl.Boolean())
