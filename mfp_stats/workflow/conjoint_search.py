"""Designs that groups would prefer, searched in the part-worths of a stored fit."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.search.conjoint import conjoint_model, conjoint_space
from mfp_stats.quantities.search.results import searched
from mfp_stats.quantities.search.rows import Cells
from mfp_stats.workflow.coordination import THRESHOLD
from mfp_stats.workflow.results import FitResults

#: What a search makes, by block of choices.
SEARCHED: Final = ("conjoint_search", "conjoint_search_summary")


def conjoint_search(
    results: FitResults,
    *,
    threshold: float = THRESHOLD,
    coalition: Sequence[str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, pl.DataFrame]:
    """Search for designs that a coalition prefers to a proposal taken at random, block by block.

    Parameters
    ----------
    results
        The fit.
    threshold
        Share, 0 to 1, that has to prefer the design in each group.
    coalition
        Names of groups; None: all of them.
    levels
        Text of an attribute to the texts of the levels that designs may have; None: all. Blocks
        without such an attribute are searched in full.

    Returns
    -------
    dict of polars.DataFrame
        ``conjoint_search``: a row a block and design on the front, best first, with the columns of
        :func:`mfp_stats.workflow.search.search`; accepting is preferring. ``attribute_…`` differ
        between blocks, null elsewhere. ``conjoint_search_summary``: a row a block. Both empty
        where nobody chose, and where waves are compared.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The threshold is no share, or there is no such group, attribute or level.
    """
    worths = results.table("conjoint")
    if worths.is_empty() or results.by_wave:
        return dict.fromkeys(SEARCHED, pl.DataFrame())
    draws, shown = results.table("conjoint_draws"), results.table("conjoint_profiles")
    _refuse_unknown(worths, levels or {})
    found, about = [], []
    for (name, label), rows in worths.group_by("conjoint", "conjoint_label", maintain_order=True):
        own = {"draws": draws.filter(conjoint=name), "profiles": shown.filter(conjoint=name)}
        parts = _searched(rows, **own, threshold=threshold, coalition=coalition, levels=levels)
        head = {"conjoint": name, "conjoint_label": label, "weighting": "unweighted"}
        # Nothing has scored a prediction of this search yet.
        columns = [pl.lit(v).alias(k) for k, v in (head | {"tested": False}).items()]
        found.append(parts[0].with_columns(columns))
        about.append(parts[1].with_columns(columns))
    return dict(
        zip(SEARCHED, (pl.concat(p, how="diagonal_relaxed") for p in (found, about)), strict=True)
    )


def _searched(
    worths: pl.DataFrame,
    *,
    draws: pl.DataFrame,
    profiles: pl.DataFrame,
    threshold: float,
    coalition: Sequence[str] | None,
    levels: Mapping[str, Sequence[str]] | None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Search the designs of one block."""
    groups = draws["group"].unique(maintain_order=True).to_list()
    experiment = _experiment(worths, profiles, groups)
    shape = (draws["draw"].n_unique(), len(groups), draws["worldview"].n_unique())
    utility = np.array(draws["utility"].to_list()).reshape(*shape, -1)
    share = draws["share"].to_numpy().reshape(shape)
    space = conjoint_space(experiment)
    model = conjoint_model(utility, np.zeros(shape[:2]), experiment, space, share)
    labels = dict(draws.select("group", "group_label").unique().rows())
    model = model.labelled([labels[g] for g in groups])
    wanted = {k: v for k, v in (levels or {}).items() if k in experiment.attributes}
    narrowed = space.restricted(wanted) if wanted else space
    asked = groups if coalition is None else coalition
    designs, summary = searched(model, narrowed, asked, threshold, Cells([], []))
    notes = pl.Series([list(space.notes)], dtype=pl.List(pl.String()))
    return designs, summary.with_columns(notes=notes)


def _experiment(
    worths: pl.DataFrame, profiles: pl.DataFrame, groups: Sequence[str]
) -> ConjointProfiles:
    """Return the proposals as they were shown; who chose which is not needed any more."""
    texts = worths.filter(pl.col("group") == groups[0])
    attributes = {
        str(attribute): tuple(part["level_label"])
        for (attribute,), part in texts.group_by("attribute_label", maintain_order=True)
    }
    times = profiles["times"].to_numpy()
    level = np.repeat(np.array(profiles["levels"].to_list()), times, axis=0)
    rows = np.arange(len(level))
    nothing = np.zeros(len(level))
    return ConjointProfiles(
        attributes=attributes,
        level=level,
        chosen=nothing,
        respondent=nothing.astype(np.int64),
        weight=np.ones(len(level)),
        groups=tuple(groups),
        rival=rows,
    )


def _refuse_unknown(worths: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> None:
    known = tuple(worths["attribute_label"].unique(maintain_order=True))
    faults = [
        Fault("levels", f"no attribute {name!r} differs between the proposals", known=known)
        for name in levels
        if name not in known
    ]
    if faults:
        raise ChoiceError(faults)
