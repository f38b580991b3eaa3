"""Made-up tables for the search: what attributes do, through what two worldviews expect."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from scipy.special import logit

from mfp_stats.quantities.search.draws import SearchDraws
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.tables import TABLES, proposal_table, search_tables
from mfp_stats.questionnaire.model import Questionnaire, say

#: Every tenth of the 400 draws of acceptance.
DRAWS = np.arange(0, 400, 10)
WEIGHTINGS = ("unweighted", "weighted")


def search_frames(
    questionnaire: Questionnaire,
    groups: Sequence[tuple[str, str, int]],
    share: Mapping[tuple[str, str], float],
) -> dict[str, pl.DataFrame]:
    """Return the tables of the search; empty ones where proposals do not differ in attributes."""
    proposals = questionnaire.interventions
    labels = {name: say(x.label) for name, x in proposals.items()}
    described = {name: x.attributes for name, x in proposals.items()}
    space = DesignSpace.of(described, labels)
    empty = {name: pl.DataFrame() for name in TABLES}
    if not space.size or not groups:
        return empty
    found = _draws(space, len(groups), len(questionnaire.values), len(questionnaire.signals))
    level = [np.mean([share[name, g] for name in proposals]) for g, *_ in groups]
    found.rest[..., 0] += logit(np.array(level))[:, None]
    tables = search_tables(
        found,
        groups=[name for name, *_ in groups],
        weightings=list(WEIGHTINGS),
        values=[(name, say(v.label)) for name, v in questionnaire.values.items()],
        signals=[(name, say(s.label)) for name, s in questionnaire.signals.items()],
    )
    cells = tables["search_cells"].with_columns(zero=pl.lit("neutral"))
    return {"search_proposals": proposal_table(described, labels), **tables, "search_cells": cells}


def _draws(space: DesignSpace, groups: int, values: int, signals: int) -> SearchDraws:
    rng = np.random.default_rng(7)
    columns = space.fielded_code.shape[1] + len(space.proposals) + 2
    head = (len(DRAWS), groups, 2)
    people = (len(DRAWS), len(WEIGHTINGS), groups, 2)

    def linked(size: int, scale: float) -> np.ndarray:
        true = rng.normal(0, scale, (1, 1, 2, size, columns))
        return true + rng.normal(0, 0.2 * scale, (*head, size, columns))

    importance = rng.dirichlet(np.full(values, 4.0), (len(DRAWS), len(WEIGHTINGS), groups))
    weight = np.repeat(0.6 * values * importance[:, :, :, None], 2, axis=3)
    return SearchDraws(
        draws=DRAWS,
        share=np.full(people, 0.5),
        variance=np.full(people, 1.0),
        weight=weight,
        covariance=np.zeros((*people, values, values)),
        importance=importance,
        outcome=linked(values, 0.5),
        signal=linked(signals, 0.3),
        rest=np.zeros((*people, columns)),
        signal_weight=np.full((len(DRAWS), signals), 0.3),
        lack=np.full((len(DRAWS), values + signals + 1, 3), 0.05),
        told_effect=True,
    )
