"""Simple predictions that the model has to beat, and the next one of a few like it."""

from typing import Final

import numpy as np
from scipy.special import betaincinv

from mfp_stats.design.data import Floats

#: What the posterior of a share begins with: half a person who accepts and half one who does not.
PRIOR: Final = 0.5
#: Draws that stand for a posterior known in closed form, at evenly spaced probabilities.
DRAWS: Final = 1000
#: Of what a few interventions have in common, in logits: sd of their mean around 0, and the scale
#: of the half-normal sd around that mean.
MEAN_SD: Final = 1.5
SPREAD_SCALE: Final = 1.0
#: Sds that are looked at, as multiples of that scale.
_GRID: Final = np.linspace(0.025, 3.5, 60)


def beta_of(share: float, n: float) -> tuple[float, float]:
    """Return both parameters of the Beta posterior of a share, after n people."""
    return PRIOR + share * n, PRIOR + (1 - share) * n


def beta_draws(a: float, b: float, draws: int = DRAWS) -> Floats:
    """Return evenly spaced quantiles of a Beta distribution, (draws,)."""
    middle = (np.arange(draws) + 0.5) / draws
    return np.asarray(betaincinv(a, b, middle), dtype=np.float64)


def next_like(others: Floats, rng: np.random.Generator) -> Floats:
    """Draw one more number like a few others, once a draw, (S,).

    The others are taken as a sample from a normal distribution whose mean is Normal(0, 1.5²) and
    whose sd is half-normal of scale 1, both in logits; neither is taken as known.

    Parameters
    ----------
    others
        (S, M), M at least 1, in logits.
    rng
        Source of randomness.
    """
    draws, m = others.shape
    sd = SPREAD_SCALE * _GRID  # (T,)
    mean = others.mean(axis=1)
    squares = ((others - mean[:, None]) ** 2).sum(axis=1)
    of_mean = sd**2 / m + MEAN_SD**2
    log_density = (
        -(m - 1) * np.log(sd)
        - squares[:, None] / (2 * sd**2)
        - 0.5 * np.log(of_mean)
        - mean[:, None] ** 2 / (2 * of_mean)
        - _GRID**2 / 2
    )
    weight = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    line = np.cumsum(weight, axis=1)
    at = (rng.random((draws, 1)) * line[:, -1:] > line).sum(axis=1)
    chosen = np.take(sd, np.minimum(at, len(sd) - 1))
    precision = m / chosen**2 + 1 / MEAN_SD**2
    centre = (m / chosen**2 * mean) / precision
    spread = np.sqrt(1 / precision + chosen**2)
    return np.asarray(centre + spread * rng.standard_normal(draws))
