"""The search for better designs in a stored fit, for any coalition, threshold and levels."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.search.exchange import exchange_designs
from mfp_stats.quantities.search.front import front_of
from mfp_stats.quantities.search.rows import Cells, design_rows, summary_row
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import ENUMERATED, enumerate_designs
from mfp_stats.quantities.search.tables import SIGNAL, TABLES, design_model, design_space
from mfp_stats.quantities.surface import coalitions_of
from mfp_stats.workflow.coordination import THRESHOLD
from mfp_stats.workflow.results import FitResults

#: Said where no design can be told from another.
NO_DIFFERENCE: Final = (
    "No attribute differs between the proposals that people were asked about, so that nothing is "
    "known of other designs."
)


def search_space(results: FitResults) -> DesignSpace:
    """Return the designs that a fit's proposals allow; of size 0 where there are none.

    Raises
    ------
    FitRefused
        A step that the search rests on failed its checks.
    """
    proposals = results.table("search_proposals")
    return design_space(proposals) if len(proposals) else DesignSpace.of({}, {})


def search(
    results: FitResults,
    *,
    threshold: float = THRESHOLD,
    coalition: Sequence[str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, pl.DataFrame]:
    """Search for designs that a coalition accepts together, for every weighting of the fit.

    Parameters
    ----------
    results
        The fit.
    threshold
        Share, 0 to 1, that has to accept in each group.
    coalition
        Names of groups; None: all of them.
    levels
        Attribute to the levels that designs may have; None: every level that was fielded.

    Returns
    -------
    dict of polars.DataFrame
        ``search``: a row a design on the front and a proposal fielded, best first
        (:func:`mfp_stats.quantities.search.rows.design_rows`), and ``search_summary``: a row a
        weighting. Both empty where there is nothing to choose from.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The threshold is no share, or there is no such group, attribute or level.
    """
    tables = {name: results.table(name) for name in TABLES}
    acceptance, drawn = results.table("acceptance"), results.table("acceptance_draws")
    space = search_space(results)
    if acceptance.is_empty() or tables["search_links"].is_empty() or not space.size:
        return {"search": pl.DataFrame(), "search_summary": pl.DataFrame()}
    _require_share(threshold)
    labels = dict(acceptance.select("group", "group_label").unique(maintain_order=True).rows())
    groups = coalitions_of(list(labels), [coalition or list(labels)])[0]
    if levels:
        space = space.restricted(levels)
    cells = _cells(tables["search_cells"])
    head: dict[str, Any] = {
        "coalition": " + ".join(groups),
        "coalition_label": " + ".join(labels[g] for g in groups),
        "size": len(groups),
        "threshold": threshold,
    }
    found, about = [], []
    for weighting in acceptance["weighting"].unique(maintain_order=True):
        model = design_model(tables, space, drawn, labels, weighting).only(groups)
        look = enumerate_designs if space.size <= ENUMERATED else exchange_designs
        front = front_of(look(model, space, threshold))
        columns = [pl.lit(value).alias(name) for name, value in (head | _of(weighting)).items()]
        found.append(design_rows(front, cells).with_columns(columns))
        about.append(head | _of(weighting) | summary_row(front) | {"notes": list(space.notes)})
    return {
        "search": pl.concat(found, how="diagonal_relaxed"),
        "search_summary": pl.DataFrame(about, infer_schema_length=None),
    }


def _of(weighting: str) -> dict[str, Any]:
    """Return what every row says; nothing has scored a prediction of this search yet."""
    return {"weighting": weighting, "tested": False}


def _cells(table: pl.DataFrame) -> Cells:
    rows = table.rows()
    return Cells(
        [(name, label) for kind, name, label in rows if kind != SIGNAL],
        [(name, label) for kind, name, label in rows if kind == SIGNAL],
    )


def _require_share(threshold: float) -> None:
    if not 0 <= threshold <= 1:
        what = f"{threshold:g} is no share of a group"
        fix = "Give a number from 0 to 1, as 0.5."
        raise ChoiceError(Fault("threshold", what, fix=fix))
