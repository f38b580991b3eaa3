"""Made-up worths of two attributes to the groups of a survey, as tables of a fit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from mfp_stats.design.conjoint_choices import Conjoint
from mfp_stats.design.data import ModelData
from mfp_stats.quantities.part_worths import HeldWorths, PartWorths, part_worth_quantities
from tests.conjoint.experiment import WORTH, survey

BLOCK = "Two plans"


def conjoint_tables(
    groups: Sequence[tuple[str, str, int]], names: Sequence[str], *, draws: int = 60
) -> dict[str, pl.DataFrame]:
    """Return the tables of one block; groups in turn are of one mind and of the other.

    Parameters
    ----------
    groups
        Name, label and people of each.
    names
        Of the worldviews, of which the first two are told.
    """
    rng = np.random.default_rng(5)
    worth = np.stack([WORTH[g % 2] for g in range(len(groups))])
    utility = worth + 0.05 * rng.standard_normal((draws, *worth.shape))
    held = {
        name: HeldWorths(utility, np.broadcast_to(share, (draws, len(groups), 2)))
        for name, share in (("unweighted", [0.5, 0.5]), ("weighted", [0.4, 0.6]))
    }
    data = _asked(groups)
    tables, _ = part_worth_quantities(
        PartWorths(held, chains=4), data, names=tuple(names)[:2], floor=0
    )
    return tables


def _asked(groups: Sequence[tuple[str, str, int]]) -> ModelData:
    """Return who chose, without their choices: only who they are and what was shown count."""
    shown = survey()
    one = shown.conjoint
    assert isinstance(one, Conjoint)
    group = np.repeat(np.arange(len(groups)), [n for _, _, n in groups])
    asked = replace(one, label=BLOCK, person=np.arange(len(group)))
    return replace(
        shown,
        conjoint=asked,
        groups=tuple(name for name, _, _ in groups),
        group_labels=tuple(label for _, label, _ in groups),
        group=group,
    )
