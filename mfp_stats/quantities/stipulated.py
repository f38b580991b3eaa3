"""What stipulated consequences should do to acceptance, if the split of a gap is right.

People who are told what a proposal would do, all the same, suppose m* instead of what they expect.
Models carry nothing between them any more; values carry what they make of m*, and signals, the
group's own residual and the person's own part stay. The split foretells in this way how far groups
would lie apart, which the arm then shows. Its mean level is left to the arm: how far people go
along with a supposition at all, no split says.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import expit, logit

from mfp_stats.design.data import Expectations, Floats
from mfp_stats.quantities.index import IndexLayout

#: Shares are kept off 0 and 1 by this much on the way to logits.
_EDGE = 1e-4


def level_position(cuts: Floats, level: float) -> float:
    """Return the latent position that a level of an answer scale stands for.

    Parameters
    ----------
    cuts
        (L − 1,) cut points, ascending.
    level
        From 0; halves lie between two levels.

    Notes
    -----
    "Slightly better" stands for the middle of what is answered by "slightly better"; the levels at
    both ends are taken to be as wide as their neighbours.
    """
    widths = np.diff(cuts) if len(cuts) > 1 else np.ones(1)
    edges = np.concatenate([[cuts[0] - widths[0]], cuts, [cuts[-1] + widths[-1]]])
    centres = (edges[:-1] + edges[1:]) / 2
    return float(np.interp(level, np.arange(len(centres)), centres))


def stipulated_outcomes(
    steps: Mapping[str, float],
    values: Sequence[str],
    rated: Expectations,
    layout: IndexLayout,
    cuts: Sequence[Floats],
) -> Floats:
    """Return what everybody is told to suppose, m* (X, K), in the units of ratings' logits.

    Parameters
    ----------
    steps
        Value to levels above "no difference" on its scale; others make no difference.
    values
        Names of the K values.
    rated
        The questions on outcomes.
    layout
        Which of its cells belongs where; in the full form.
    cuts
        Cut points of each answer scale, under one draw.
    """
    found = np.zeros((layout.interventions, len(values)))
    known: dict[tuple[int, float], float] = {}
    for x, (cells, which) in enumerate(layout.outcomes):
        for cell, k in zip(cells, which, strict=True):
            scale = int(rated.scale[cell])
            level = float(rated.neutral[scale]) + steps.get(values[int(k)], 0.0)
            if (scale, level) not in known:
                known[scale, level] = level_position(cuts[scale], level)
            found[x, k] = known[scale, level]
    return found


def on_common_level(foretold: tuple[Floats, Floats], seen: tuple[Floats, Floats]) -> Floats:
    """Return the gap that is foretold between two groups, at the mean level that was seen.

    Parameters
    ----------
    foretold, seen
        Shares that accept in the first and in the second group, any shape; levels are matched in
        logits.
    """
    a, b, seen_a, seen_b = (logit(np.clip(share, _EDGE, 1 - _EDGE)) for share in (*foretold, *seen))
    shift = (seen_a + seen_b - a - b) / 2
    return np.asarray(expit(b + shift) - expit(a + shift))
