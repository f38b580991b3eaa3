"""The search for better designs in a stored fit, for any coalition, threshold and levels."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.design.data import MIDDLE
from mfp_stats.quantities.gap_draws import RATIONALISED
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.search.results import headed, searched
from mfp_stats.quantities.search.rows import Cells
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.tables import SIGNAL, TABLES, design_model, design_space
from mfp_stats.quantities.surface import LED_AS_SAID
from mfp_stats.workflow.coordination import THRESHOLD
from mfp_stats.workflow.forecasts.told import scored_by
from mfp_stats.workflow.results import FitResults

#: Said where no design can be told from another.
NO_DIFFERENCE: Final = (
    "No attribute differs between the proposals that people were asked about, so that nothing is "
    "known of other designs."
)
#: Said where designs are searched of which none has a number.
NO_ESTIMATE: Final = (
    "None of the designs searched has an estimate: too few people of a group were asked about them."
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
        (:func:`mfp_stats.quantities.search.rows.design_rows`), ``tested`` where a later wave has
        scored what every group of the coalition makes of it, and ``search_summary``: a row a
        weighting, whose ``rationalised`` names the proposals on which stated beliefs may have been
        bent to support, by any pair of groups. Both empty where there is nothing to choose from,
        and where waves are compared.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The threshold is no share, or there is no such group, attribute or level.
    """
    if results.by_wave:
        return {"search": pl.DataFrame(), "search_summary": pl.DataFrame()}
    tables = {name: results.table(name) for name in TABLES}
    acceptance, drawn = results.table("acceptance"), results.table("acceptance_draws")
    space = search_space(results)
    if acceptance.is_empty() or tables["search_links"].is_empty() or not space.size:
        return {"search": pl.DataFrame(), "search_summary": pl.DataFrame()}
    labels = dict(acceptance.select("group", "group_label").unique(maintain_order=True).rows())
    wanted = space.restricted(levels) if levels else space
    groups = list(labels) if coalition is None else coalition
    cells, scored = _cells(tables["search_cells"]), scored_by(results)
    found, about = [], []
    for weighting in acceptance["weighting"].unique(maintain_order=True):
        model = design_model(tables, space, drawn, labels, weighting)
        parts = searched(model, wanted, groups, threshold, cells)
        designs, summary = headed(parts, {"weighting": weighting}, space.notes, scored)
        warned = pl.Series("rationalised", [rationalised(results.table("gap"), weighting)])
        summary = summary.with_columns(warned.cast(pl.List(pl.String())))
        found.append(designs)
        about.append(summary)
    return {
        "search": pl.concat(found, how="diagonal_relaxed"),
        "search_summary": pl.concat(about, how="diagonal_relaxed"),
    }


def rationalised(gap: pl.DataFrame, weighting: str) -> list[str]:
    """Return the labels of proposals on which beliefs may have been bent to support.

    By any pair of groups, under one weighting of the table ``gap``, which may be empty. The
    randomised check contradicts the split there, or does not bear out that models lead, which they
    do by what people said.
    """
    if gap.is_empty():
        return []
    checked = pl.col("checked_probability").is_not_null()
    bent = LED_AS_SAID & checked & (pl.col("verdict") == "cannot_tell")
    for warning in ("warning", "pooled_warning"):
        bent |= pl.col(warning) == RATIONALISED
    single = pl.col("intervention") != POOLED
    rows = gap.filter(single, bent, weighting=weighting)
    return rows["intervention_label"].unique(maintain_order=True).to_list()


def _cells(table: pl.DataFrame) -> Cells:
    rows = table.select("kind", "name", "label").rows()
    middle = table.filter(zero=MIDDLE)
    return Cells(
        [(name, label) for kind, name, label in rows if kind != SIGNAL],
        [(name, label) for kind, name, label in rows if kind == SIGNAL],
        frozenset(middle.select("kind", "name").rows()),
    )
