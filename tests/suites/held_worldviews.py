"""What is displayed of worldviews, beside what is true of the simulated ones.

Which fitted worldview is which true one is told by what they believe, not by what is displayed.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl

from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.questionnaire.model import Role
from mfp_stats.simulate import Truth
from mfp_stats.simulate.truth import Floats, Profile
from mfp_stats.workflow.prefield.fit import FittedSurvey

type Row = Mapping[str, Any]


def shares_held(
    found: FittedSurvey, truth: Truth, true: Sequence[int]
) -> Iterator[tuple[Row, str, float]]:
    """Yield every worldview's share in every group, with the truth.

    ``true`` is of :func:`true_worldviews`.
    """
    for row in found.told_of("worldviews").filter(pl.col("group") != "").iter_rows(named=True):
        told = {f"share_{end}": row[end] for end in ("mean", "q05", "q95")}
        share = truth.class_shares[truth.groups.index(row["group"]), true[row["worldview"] - 1]]
        yield told, "share", float(share)


def told_within(
    found: FittedSurvey, truth: Truth, true: Sequence[int]
) -> Iterator[tuple[Row, str, float]]:
    """Yield what every proposal tells those of each worldview, with the truth.

    In logits of one answer, of whose noise a person's own deviation is part; ``true`` as of
    :func:`shares_held`.
    """
    held = truth.group_shares[:, None] * truth.class_shares  # (G, C)
    of_groups = np.tensordot((held / held.sum(axis=0)).T, truth.signal_deviations, axes=1)
    told = (truth.signal_means + of_groups) / np.sqrt(1 + truth.signal_sd**2 / NOISE)  # (C, X, Q)
    for row in found.told_of("signal_worldviews").iter_rows(named=True):
        x = truth.interventions.index(row["intervention"])
        q = truth.signals.index(row["signal"])
        yield row, "tells", float(told[true[row["worldview"] - 1], x, q])


def true_worldviews(
    beliefs: pl.DataFrame, questionnaire: Questionnaire, truth: Truth
) -> tuple[int, ...]:
    """Return the index of the true worldview that each fitted one is.

    Parameters
    ----------
    beliefs
        Columns ``worldview`` (from 1), ``indicator``, ``category`` and ``mean``, how likely its
        holders are to give this answer; as many worldviews as there are in truth.
    questionnaire, truth
        What was simulated.
    """
    options = {item.name: item.option_names for item in questionnaire.with_role(Role.BELIEF)}
    # Not knowing an answer is an indicator of its own.
    substance = beliefs.filter(pl.col("indicator").is_in(list(options)))
    ordered = substance.sort("worldview", "indicator", "category")
    answers = ordered.filter(worldview=1).select("indicator", "category").rows()
    fitted = ordered["mean"].to_numpy().reshape(-1, len(answers))
    true = np.stack([_profile(truth, name)[:, options[name].index(o)] for name, o in answers], 1)
    kinds = range(len(truth.classes))
    apart = {which: np.square(fitted - true[list(which)]).sum() for which in permutations(kinds)}
    return min(apart, key=apart.__getitem__)


def _profile(truth: Truth, name: str) -> Floats:
    profile = truth.class_profiles[name]
    assert isinstance(profile, Profile)
    return profile.probabilities
