"""Designs that groups would prefer, searched in the part-worths of a stored fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.search.conjoint import conjoint_model, conjoint_space
from mfp_stats.quantities.search.results import headed, searched
from mfp_stats.quantities.search.rows import Cells
from mfp_stats.quantities.surface import coalitions_of
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
        Names of groups; None: all of them. Of a block in which only some of them are shown, these
        have to prefer the design; a block in which none is has no rows.
    levels
        Attribute to the levels that designs may have, by name or by text; None: all. Blocks
        without such an attribute are searched in full.

    Returns
    -------
    dict of polars.DataFrame
        ``conjoint_search``: a row a block, weighting and design on the front, best first, with the
        columns of :func:`mfp_stats.workflow.search.search`; accepting is preferring.
        ``attribute_…`` differ between blocks, null elsewhere. ``conjoint_search_summary``: a row a
        block and weighting. Both empty where nobody chose, and where waves are compared.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The threshold is no share, or there is no such group, attribute or level.
    """
    worths = results.table("conjoint")
    if worths.is_empty():
        return dict.fromkeys(SEARCHED, pl.DataFrame())
    if results.by_wave:
        if coalition is not None or levels is not None:
            what = "waves form no coalitions and prefer no designs together"
            raise ChoiceError(Fault("conjoint", what, fix="Fit without --group wave."))
        return dict.fromkeys(SEARCHED, pl.DataFrame())
    draws, shown = results.table("conjoint_draws"), results.table("conjoint_profiles")
    _refuse_unknown(worths, levels or {})
    if coalition is not None:
        coalitions_of(worths["group"].unique(maintain_order=True).to_list(), [coalition])
    found, about = [], []
    which = ("conjoint", "conjoint_label", "weighting")
    for (name, label, weighting), rows in worths.group_by(which, maintain_order=True):
        groups = rows["group"].unique(maintain_order=True).to_list()
        asked = [g for g in groups if coalition is None or g in coalition]
        if not asked:
            continue
        head = {"conjoint": name, "conjoint_label": label, "weighting": weighting}
        designs, summary = _searched(
            rows,
            draws=draws.filter(conjoint=name, weighting=weighting),
            profiles=shown.filter(conjoint=name),
            threshold=threshold,
            coalition=asked,
            levels=_texts(rows, levels or {}),
            head=head,
        )
        found.append(designs)
        about.append(summary)
    if not found:
        return dict.fromkeys(SEARCHED, pl.DataFrame())
    return dict(
        zip(SEARCHED, (pl.concat(p, how="diagonal_relaxed") for p in (found, about)), strict=True)
    )


def _searched(
    worths: pl.DataFrame,
    *,
    draws: pl.DataFrame,
    profiles: pl.DataFrame,
    threshold: float,
    coalition: Sequence[str],
    levels: Mapping[str, Sequence[str]],
    head: Mapping[str, str],
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
    model = replace(model, labels=tuple(labels[g] for g in groups))
    narrowed = space.restricted(levels) if levels else space
    found = searched(model, narrowed, coalition, threshold, Cells([], []))
    return headed(found, head, space.notes)


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


def too_few_chose(results: FitResults) -> Iterator[str]:
    """Yield for each block the groups that the fit shows elsewhere and not in it, and why."""
    worths = results.table("conjoint")
    if worths.is_empty():
        return
    for (label,), rows in worths.group_by("conjoint_label", maintain_order=True):
        there = set(rows["group_label"])
        absent = [f"“{group}”" for group in results.groups_shown if group not in there]
        if absent:
            yield f"{', '.join(absent)}, of whom too few chose in “{label}”."


def _texts(rows: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what is wanted of a block's attributes by their texts, whichever way it was named."""
    attribute = dict(rows.select("attribute", "attribute_label").unique().rows())
    level = {
        (a, name): text
        for a, name, text in rows.select("attribute_label", "level", "level_label").unique().rows()
    }
    known = {attribute.get(name, name): texts for name, texts in levels.items()}
    return {
        name: [level.get((name, text), text) for text in texts]
        for name, texts in known.items()
        if name in attribute.values()
    }


def _refuse_unknown(worths: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> None:
    attributes = tuple(worths["attribute"].unique(maintain_order=True))
    texts = tuple(worths["attribute_label"].unique(maintain_order=True))
    faults = [
        Fault("levels", f"no attribute {name!r} differs between the proposals", known=attributes)
        for name in levels
        if name not in (*attributes, *texts)
    ]
    if faults:
        raise ChoiceError(faults)
