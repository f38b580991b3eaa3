"""What is true of a simulated population: acceptance, and which cause carries each gap."""

from itertools import permutations
from typing import Final

import numpy as np
import xarray as xr

from mfp_stats.quantities.shapley import CAUSES, Latents, acceptance_of_subsets, shapley
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate.acceptance import accept_cuts, acceptance, draw_group
from mfp_stats.simulate.expected import expected_overlap
from mfp_stats.simulate.people import People
from mfp_stats.simulate.truth import Floats, Truth

#: The players, and what they leave: how values, models and signals go together within a group.
PARTS: Final = (*CAUSES, "dependence")


def true_decomposition(
    questionnaire: Questionnaire, truth: Truth, *, people: int = 40_000, seed: int = 0
) -> xr.Dataset:
    """Return the split of every gap that an analyst with endless data would find.

    Parameters
    ----------
    questionnaire, truth
        A survey and its parameters.
    people
        People drawn of each group; all groups get the same random numbers.
    seed
        The same seed gives the same numbers in every process.

    Returns
    -------
    xarray.Dataset
        ``acceptance`` (group, intervention): A_gx. ``gap`` (reference, other, intervention):
        acceptance of the other group minus that of the reference. ``phi`` (reference, other,
        intervention, part): the Shapley value of each cause and the dependence remainder; they
        sum to the gap. ``order_low`` and ``order_high`` (…, cause): the range over orders.
        ``overlap`` (reference, other): normalised overlap of values. NaN where an intervention is
        not asked about on the first response scale, and for phi of a group beside itself.
    """
    cuts = accept_cuts(questionnaire, truth)
    drawn = [draw_group(truth, g, people=people, seed=seed) for g in range(len(truth.groups))]
    shares = np.array([acceptance(group, cuts) for group in drawn])
    groups, x = len(drawn), len(cuts)
    phi = np.full((groups, groups, x, len(PARTS)), np.nan)
    low = np.full((groups, groups, x, len(CAUSES)), np.nan)
    high = low.copy()
    for a, b in permutations(range(groups), 2):
        for k in np.flatnonzero(~np.isnan(cuts)):
            f = _subsets(truth, (drawn[a], drawn[b]), (a, b), int(k), cuts)
            phi[a, b, k, :-1], low[a, b, k], high[a, b, k] = shapley(f)
            phi[a, b, k, -1] = shares[b, k] - f[-1]
    pair = ("reference", "other")
    return xr.Dataset(
        {
            "acceptance": (("group", "intervention"), shares),
            "gap": ((*pair, "intervention"), shares[None] - shares[:, None]),
            "phi": ((*pair, "intervention", "part"), phi),
            "order_low": ((*pair, "intervention", "cause"), low),
            "order_high": ((*pair, "intervention", "cause"), high),
            "overlap": (pair, expected_overlap(truth).normalised.values),
        },
        coords={
            "group": list(truth.groups),
            "reference": list(truth.groups),
            "other": list(truth.groups),
            "intervention": list(truth.interventions),
            "part": list(PARTS),
            "cause": list(CAUSES),
        },
    )


def _subsets(
    truth: Truth, people: tuple[People, People], groups: tuple[int, int], x: int, cuts: Floats
) -> Floats:
    """Return F (16,) of one intervention, the first group's people moved to the second."""
    own, other = (Latents(p.values, p.consequences[:, x], p.signals[:, x]) for p in people)
    return acceptance_of_subsets(
        own,
        other,
        consequence_weight=truth.consequence_weight,
        signal_weights=truth.signal_weights,
        residuals=(truth.residuals[groups[0], x], truth.residuals[groups[1], x]),
        rest=truth.intercepts[x] + people[0].own - cuts[x],
    )
