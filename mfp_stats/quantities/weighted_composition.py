"""Shares of worldviews in groups whose people count differently.

Who holds which worldview is known the less, the less answers tell, and the more it is taken from
the group's unweighted shares. The weighted mean of such memberships moves only by the part that
answers tell (with three questions on beliefs a share of 0.28 came out as 0.40, unweighted it was
0.51). So the shares are found under which weighted answers are likeliest: EM (Dempster, Laird &
Rubin 1977) with the worldviews' answers as they are in the draw, and with people weighted by their
design weight times a standard exponential, which says what a sample leaves open (the weighted
likelihood bootstrap, Newton & Raftery 1994).
"""

from typing import Final

import numpy as np

from mfp_stats.design.data import Floats, Ints

#: As many people more, of worldviews as the model has them in the group, keep shares off 0 and 1.
_PRIOR: Final = 1.0
#: Steps end where no share moves farther than this in one, or with so many.
_NEAR: Final = 1e-4
_STEPS: Final = 500
#: A share of the model's is taken for no smaller than this.
_LEAST: Final = 1e-12


def weighted_composition(
    member: Floats, composition: Floats, weight: Floats, bootstrap: Floats, group: Ints
) -> Floats:
    """Return the weighted share of each worldview in each group, (draw, G, C).

    Parameters
    ----------
    member
        (draw, N, C) membership probabilities given group and answers.
    composition
        (draw, G, C) the model's shares of the groups, which those probabilities rest on.
    weight
        (N,) design weights. A group in which nobody counts keeps the model's shares.
    bootstrap
        (draw, N) standard exponentials.
    group
        (N,) index into the G groups.
    """
    inside = np.equal.outer(np.arange(composition.shape[1]), group).astype(np.float64)  # (G, N)
    part = (bootstrap * weight)[:, None] * inside
    total = part.sum(axis=2, keepdims=True)
    part = part / np.where(total > 0, total, 1.0)
    people = _effective(inside, weight)[:, None]
    evidence = member / np.maximum(composition, _LEAST)[:, group]
    share = composition
    for _ in range(_STEPS):
        held = evidence * share[:, group]
        held /= held.sum(axis=2, keepdims=True)
        moved = (people * (part @ held) + _PRIOR * composition) / (people + _PRIOR)
        far = np.abs(moved - share).max()
        share = moved
        if far < _NEAR:
            break
    return np.asarray(share)


def _effective(inside: Floats, weight: Floats) -> Floats:
    """Return Kish's effective number of people in each group, (G,); 0 where nobody counts."""
    squares = inside @ weight**2
    return np.asarray((inside @ weight) ** 2 / np.where(squares > 0, squares, 1.0))
