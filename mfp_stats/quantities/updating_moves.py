"""How far information moved people's answers, draw by draw, by group of people and worldview.

A move is how much farther up their scale, in the direction of the information, answers of people
who were told lie than those of people of the same worldview who were not, were all of these of one
group after the other in their shares; for support, how many more of a hundred accept what it speaks
for.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from scipy.special import expit

from mfp_stats.design.data import Bools, Floats, ModelData, Told
from mfp_stats.likelihoods.ordinal import standard_normal_nodes
from mfp_stats.quantities.drawn import flat_draws

#: Quadrature nodes for a person's own part.
_NODES: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Draws of one piece of information. S draws; everybody, then C worldviews."""

    response: Floats  #: (S, W, kinds, occasions, strata, 1 + C, of one class 1) κ
    shift: Floats  #: likewise, −1 to 1 in the direction of the information
    #: (S, W, kinds, strata, 1 + C) the move at once of what was asked again later; NaN without any
    asked_again: Floats
    weightings: tuple[str, ...]  #: W
    counted: Bools  #: (W, strata) whether anybody in it has a weight above zero


def members_given_trust(posterior: xr.Dataset, told: Told, membership: Floats) -> Floats:
    """Return memberships (P, C) with what trust in the source tells of them."""
    apart = posterior["share_apart"].mean(("chain", "draw")).values  # (strata, C)
    held = membership * np.exp(apart[told.stratum])
    return np.asarray(held / held.sum(axis=1, keepdims=True))


def moves(posterior: xr.Dataset, data: ModelData, told: Told, membership: Floats) -> Moved:
    """Return the moves of one piece of information.

    Parameters
    ----------
    posterior
        Draws of ``models/updating.py``.
    data, told
        What was fitted.
    membership
        (P, C) as of :func:`members_given_trust`.
    """
    weightings = data.weightings
    rows = np.arange(posterior.sizes["chain"] * posterior.sizes["draw"])
    response = flat_draws(posterior["response"], rows)  # (S, kinds, O, strata, C)
    steps = np.stack([_steps(posterior, told, j, rows) for j in range(len(told.cells))], axis=1)
    asked = np.array(
        [[told.asked(o, t) for t in range(len(told.strata))] for o in range(len(told.occasions))]
    )  # (O, strata, J)
    # What was not asked on both occasions would make moves of different questions look like one.
    again = asked[:1] & asked[-1:]
    asked[1:] = again
    kinds = [told.kind == k for k in range(len(told.kinds))]
    shift, first = (
        np.stack([_mean_of_asked(steps[:, :, : len(a)], a & kind) for kind in kinds], axis=1)
        for a in (asked, again)
    )  # (S, kinds, O, strata, G, C)
    found, counted = [], []
    for weight in weightings.values():
        people = _people(data, told, membership, weight)  # (strata, G, C)
        own = people / np.maximum(people.sum(axis=1, keepdims=True), 1e-300)
        by_class, by_class_again = (
            np.einsum("skotgc,tgc->skotc", moves, own) for moves in (shift, first)
        )
        totals = np.maximum(people.sum(axis=(1, 2)), 1e-300)
        share = people.sum(axis=1) / totals[:, None]  # (strata, C)
        found.append(
            [_with_everybody(values, share) for values in (response, by_class, by_class_again)]
        )
        counted.append(people.sum(axis=(1, 2)) > 0)
    responses, shifts, firsts = (np.stack([each[k] for each in found], axis=1) for k in range(3))
    return Moved(responses, shifts, firsts[:, :, :, 0], tuple(weightings), np.array(counted))


def _mean_of_asked(steps: Floats, asked: Bools) -> Floats:
    """Average moves (S, J, O, strata, G, C) over answers (O, strata, J) that were given.

    NaN where none was.
    """
    counts = asked.transpose(2, 0, 1)[None, :, :, :, None, None].astype(np.float64)
    total = counts.sum(axis=1)
    mean = (steps * counts).sum(axis=1) / np.maximum(total, 1)
    return np.asarray(np.where(total > 0, mean, np.nan))


def _steps(posterior: xr.Dataset, told: Told, j: int, rows: np.ndarray) -> Floats:
    """Return the move of one question's answers (S, O, strata, G, C) in its direction."""
    cell, kind = told.cells[j], int(told.kind[j])
    levels = [len(c.levels) - 1 for c in told.cells]
    first = sum(levels[:j])
    cuts = flat_draws(posterior["cutpoints"], rows)[:, first : first + levels[j]]
    place = flat_draws(posterior["place"], rows)[:, j]  # (S, O, strata, G, C)
    response = flat_draws(posterior["response"], rows)[:, kind]  # (S, O, strata, C)
    apart = flat_draws(posterior["apart"], rows)[:, j]
    added = cell.direction * (response + apart[:, None, None, None])
    if cell.support:
        cuts = cuts[:, [cell.accept - 1]]
    nodes, log_weights = standard_normal_nodes(_NODES)
    own = flat_draws(posterior["person_sd"], rows)[:, kind]
    found = np.zeros_like(place)
    for node, weight in zip(nodes, np.exp(log_weights), strict=True):
        at = place + (own * node)[:, None, None, None, None]
        for cut in cuts.T:
            low = at - cut[:, None, None, None, None]
            found += weight * (expit(low + added[:, :, :, None]) - expit(low))
    return np.asarray(cell.direction * found / cuts.shape[1])


def _people(data: ModelData, told: Told, membership: Floats, weight: Floats | None) -> Floats:
    """Return how many people are of each stratum, group and worldview, (strata, G, C)."""
    counted = membership if weight is None else membership * weight[told.person][:, None]
    found = np.zeros((len(told.strata), len(data.groups), membership.shape[1]))
    np.add.at(found, (told.stratum, data.group[told.person]), counted)
    return found


def _with_everybody(values: Floats, share: Floats) -> Floats:
    """Put the mean over worldviews, (strata, C) their shares, before them on the last axis.

    A single class is everybody.
    """
    if values.shape[-1] == 1:
        return values
    everybody = (values * share).sum(axis=-1, keepdims=True)
    return np.concatenate([everybody, values], axis=-1)
