"""What would happen to gaps if one expectation were exchanged, in truth."""

from itertools import combinations

import numpy as np
import xarray as xr
from scipy.special import expit

from mfp_stats.quantities.shapley import rank_transport
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import Truth
from mfp_stats.simulate.acceptance import accept_cuts, draw_group
from mfp_stats.simulate.people import People
from mfp_stats.simulate.truth import Floats


def true_swaps(
    questionnaire: Questionnaire, truth: Truth, *, people: int, seed: int = 0
) -> xr.DataArray:
    """Return what it does to a gap if one group expects of one outcome what the other does.

    Parameters
    ----------
    questionnaire, truth
        A survey and its parameters.
    people
        People drawn of each group; all groups get the same random numbers.
    seed
        The same seed gives the same numbers.

    Returns
    -------
    xarray.DataArray
        (group_a, group_b, intervention, value): the mean of a moved to b and of b moved to a,
        person by person at the same rank; NaN for pairs that are not in the order of groups.
    """
    cuts = accept_cuts(questionnaire, truth)
    drawn = [draw_group(truth, g, people=people, seed=seed) for g in range(len(truth.groups))]
    groups = len(truth.groups)
    found = np.full((groups, groups, len(truth.interventions), len(truth.values)), np.nan)
    for a, b in combinations(range(groups), 2):
        moved_b = _moved(truth, drawn[b], drawn[a], cuts)
        found[a, b] = (moved_b - _moved(truth, drawn[a], drawn[b], cuts)) / 2
    return xr.DataArray(
        found,
        coords={
            "group_a": list(truth.groups),
            "group_b": list(truth.groups),
            "intervention": list(truth.interventions),
            "value": list(truth.values),
        },
        dims=("group_a", "group_b", "intervention", "value"),
    )


def _moved(truth: Truth, own: People, other: People, cuts: Floats) -> Floats:
    """Return by how much more of a group accept once one outcome is the other's, (X, K)."""
    found = np.empty((len(cuts), len(truth.values)))
    for x, cut in enumerate(cuts):
        moved = rank_transport(own.consequences[:, x], other.consequences[:, x])
        weight = truth.consequence_weight * len(truth.values) * own.importance
        support = own.support[:, x] - cut
        after = support[:, None] + weight * (moved - own.consequences[:, x])
        found[x] = expit(after).mean(axis=0) - expit(support).mean()
    return found
