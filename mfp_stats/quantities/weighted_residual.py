"""What weights tell of acceptance beyond what people were measured to hold.

People of one group who count for more may accept more, or less, than their values, beliefs and
expectations say: age, say, may do so by itself. The model knows nothing of it, so that drawing
people by their weights alone would leave acceptance where it was. What the weighted mean of
"answer minus what the model says of the person" has more than the unweighted one is added to the
share that accepts (the difference estimator of survey sampling, Särndal, Swensson & Wretman 1992,
ch. 6), and is the group's residual like all else that no cause explains.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gaps import GroupDraw, ResponseParameters

#: Newton steps towards the residual under which the share is the wanted one.
_STEPS = 8
#: A residual is not moved farther than this in one step, and shares not nearer to 0 and 1.
_FARTHEST, _EDGE = 2.0, 1e-3


def weighting_shift(accepts: Ints, expected: Floats, alike: Floats, weighted: Floats) -> Floats:
    """Return by how much more the weighted than the unweighted share exceeds what is expected.

    Parameters
    ----------
    accepts
        (N, O) who accepts which offer, −1 where there is no answer, of the people of one group.
    expected
        (N, O) probabilities of accepting.
    alike, weighted
        (N,) how much people count without their weights and with them.

    Returns
    -------
    numpy.ndarray
        (O,) on the scale of shares; 0 where nobody who counts answered.
    """
    asked = accepts >= 0
    over = np.where(asked, accepts - expected, 0.0)
    total_alike, total = alike @ asked, weighted @ asked
    found = np.zeros(accepts.shape[1])
    known = (total_alike > 0) & (total > 0)
    found[known] = (weighted @ over)[known] / total[known]
    found[known] -= (alike @ over)[known] / total_alike[known]
    return found


def with_weighted_residual(drawn: GroupDraw, shift: Floats) -> ResponseParameters:
    """Return the parameters under which the group's shares lie higher by ``shift`` (O,)."""
    given, group = drawn.given, drawn.group
    rest = drawn.predictors()  # (O, M)
    target = np.clip(expit(rest).mean(axis=1) + shift, _EDGE, 1 - _EDGE)
    moved = np.zeros(len(target))
    for _ in range(_STEPS):
        p = expit(rest + moved[:, None])
        slope = np.maximum((p * (1 - p)).mean(axis=1), _EDGE)
        moved += np.clip((target - p.mean(axis=1)) / slope, -_FARTHEST, _FARTHEST)
    moved[shift == 0] = 0.0
    residual = given.residual.copy()
    residual[group] += moved
    return replace(given, residual=residual)
