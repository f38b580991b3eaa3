"""Coordinates in which partially pooled groups are sampled."""

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor import TensorVariable

from mfp_stats.design.data import Ints


def partly_centred(scale: TensorVariable, noise: float) -> tuple[TensorVariable, TensorVariable]:
    """Return the sd of a group's sampled coordinate, and what turns it into its deviation.

    A deviation d ~ Normal(0, scale) that the data tell to within ``noise`` is sampled as
    ``z = d / factor`` with ``z ~ Normal(0, sd)``. Given scale and data the sd of z is then about
    1 whatever the scale: where groups are small it is the non-centred coordinate, where they are
    large the centred one, and in between neither leaves a funnel (Papaspiliopoulos, Roberts &
    Sköld 2007). The deviation's distribution is the same for any ``noise`` > 0.

    Parameters
    ----------
    scale
        The sd of deviations.
    noise
        About how far the data alone leave a deviation open, as an sd.

    Returns
    -------
    sd, factor
        ``sd × factor = scale``.
    """
    sd = pt.sqrt(1 + (scale / noise) ** 2)
    return sd, scale / sd


def typical_size(sizes: Ints) -> float:
    """Return the harmonic mean of group sizes: their means have a mean variance of 1 / it."""
    return float(1 / np.mean(1 / np.maximum(sizes, 1)))
