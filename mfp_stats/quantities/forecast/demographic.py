"""Who accepts what by who people are alone: a ridge logistic model of an intervention's acceptance.

Coefficients are Normal(0, σ²) around an intercept that is nearly free; one σ for all interventions
is taken where the Laplace approximation of the evidence is highest (MacKay 1992). A group accepts
as its people do, weighted and drawn by a Bayesian bootstrap; coefficients are drawn from their
Laplace approximation.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.special import expit

from mfp_stats.design.data import Floats, Ints

#: Sd of an intercept, in logits.
INTERCEPT_SD: Final = 2.5
#: Sds of coefficients that are tried, for columns of sd 1.
SPREADS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
DRAWS: Final = 500
_STEPS: Final = 50
_ENOUGH: Final = 1e-9


def demographic_draws(
    columns: Floats,
    accepts: Ints,
    group: Ints,
    weightings: Mapping[str, Floats | None],
    groups: int,
    *,
    seed: int,
) -> Floats:
    """Return draws of the share of each group that accepts, (S, W, G, X); NaN where nobody is.

    Parameters
    ----------
    columns
        (N, F) what is known of people, F at least 1.
    accepts
        (N, X) 1 where a person accepts, 0 where not, −1 where they were not asked.
    group
        (N,) indices of groups.
    weightings
        Name to the weights of the people, None for everyone alike.
    groups
        G.
    seed
        Of the draws.
    """
    rng = np.random.default_rng((seed, 5))
    x = np.column_stack([np.ones(len(columns)), _scaled(columns)])
    asked = [accepts[:, k] >= 0 for k in range(accepts.shape[1])]
    found = [(x[rows], accepts[rows, k]) for k, rows in enumerate(asked)]
    spread = max(SPREADS, key=lambda sd: sum(_laplace(*one, sd)[2] for one in found))
    bootstrap = rng.standard_exponential((DRAWS, len(x)))
    share = np.full((DRAWS, len(weightings), groups, accepts.shape[1]), np.nan)
    for k, one in enumerate(found):
        mode, factor, _ = _laplace(*one, spread)
        noise = rng.standard_normal((DRAWS, len(mode)))
        accepting = expit((mode + np.linalg.solve(factor.T, noise.T).T) @ x.T)  # (S, N)
        for w, weight in enumerate(weightings.values()):
            of = bootstrap if weight is None else bootstrap * weight
            for g in range(groups):
                rows = group == g
                total = of[:, rows].sum(axis=1)
                if rows.any() and (total > 0).all():
                    share[:, w, g, k] = (of[:, rows] * accepting[:, rows]).sum(axis=1) / total
    return share


def _scaled(columns: Floats) -> Floats:
    """Return columns of mean 0 and sd 1; those that do not vary become 0."""
    centred = columns - columns.mean(axis=0)
    sd = centred.std(axis=0)
    return np.asarray(centred / np.where(sd > 0, sd, 1.0))


def _laplace(x: Floats, y: Ints, sd: float) -> tuple[Floats, Floats, float]:
    """Return the mode, a Cholesky factor of its precision, and the log of the evidence."""
    variance = np.full(x.shape[1], sd**2)
    variance[0] = INTERCEPT_SD**2
    b = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = expit(x @ b)
        slope = x.T @ (y - p) - b / variance
        step = np.linalg.solve(_precision(x, p, variance), slope)
        # A step of more than two logits would overshoot where answers are nearly all alike.
        b += step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < _ENOUGH:
            break
    eta = x @ b
    factor = np.linalg.cholesky(_precision(x, expit(eta), variance))
    likelihood = float((y * eta - np.logaddexp(0, eta)).sum())
    prior = -0.5 * float((b**2 / variance + np.log(variance)).sum())
    return b, factor, likelihood + prior - float(np.log(np.diag(factor)).sum())


def _precision(x: Floats, p: Floats, variance: Floats) -> Floats:
    return np.asarray((x * (p * (1 - p))[:, None]).T @ x + np.diag(1 / variance))
