"""From attributes to what proposals are expected to do: ``Y_x = b₀ + b·a_x + ε_x`` in every draw.

Fewer proposals are fielded than there are attribute levels, as a rule, so the prior has to carry
what the proposals cannot tell: effects ``b ~ N(0, τ²)``, what attributes do not explain
``ε ~ N(0, σ²)`` with ``σ = ρ τ`` (Bayesian ridge regression, Lindley & Smith 1972). How large τ and
ρ are is inferred from all columns of a kind together, on a grid; where proposals are too few to
tell it, the prior of ρ stays, and designs that nobody saw keep wide intervals.

The draws of Y carry errors of measurement, which must not pass for lack of fit: τ and ρ are
inferred from the means of Y, whose variance is known; b is then drawn given each draw of Y, so that
the errors of Y reach b by themselves (a cut, as between the other steps of a fit).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints

#: Prior of log τ around the log of a kind's median, and of log ρ around that of ``LACK``.
EFFECT_LOG_SD: Final = 0.8
LACK: Final = 0.3
LACK_LOG_SD: Final = 0.8
#: Sd of the intercept b₀, in logits: wide.
INTERCEPT: Final = 2.0
#: Grid of τ in units of its prior median, and of ρ.
_TAU: Final = np.geomspace(0.15, 6.0, 12)
_RHO: Final = np.geomspace(0.05, 1.6, 10)
#: Fewest proposals with a rating from which anything is inferred of attributes.
LEAST: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Draws of one kind's links. S draws, P columns of the code, X proposals, n columns of Y."""

    effect: Floats  #: (S, P, n) b₀ and b
    own: Floats  #: (S, X, n) ε of the proposals fielded; 0 where there is no Y
    #: (S, n) a draw of ε for what was not fielded: enough for what is said of one such design.
    new: Floats
    lack: Floats  #: (S, n) σ, the sd of ε; 0 where there is no Y

    @property
    def coefficients(self) -> Floats:
        """Everything under the code of :func:`design_code`, (S, P + X + 1, n)."""
        return np.concatenate([self.effect, self.own, self.new[:, None]], axis=1)


def design_code(code: Floats, proposal: Ints, proposals: int) -> Floats:
    """Return what designs are multiplied with :attr:`Link.coefficients` by, (N, P + X + 1).

    Parameters
    ----------
    code
        (N, P) attributes, the intercept first.
    proposal
        (N,) which proposal a design is; −1: it was not fielded.
    proposals
        Number of proposals fielded, X.
    """
    own = np.zeros((len(code), proposals + 1))
    own[np.arange(len(code)), np.where(proposal < 0, proposals, proposal)] = 1.0
    return np.concatenate([code, own], axis=1)


def fit_links(
    y: Floats, there: Bools, code: Floats, *, scale: float, rng: np.random.Generator
) -> Link:
    """Draw the links of one kind.

    Parameters
    ----------
    y
        (S, X, n) what each proposal has, in every draw.
    there
        (X, n) whether it has it: not every outcome is asked of every proposal. A column that fewer
        than ``LEAST`` proposals have is 0 everywhere.
    code
        (X, P − 1) of the proposals, without the intercept.
    scale
        Prior median of τ.
    rng
        Source of randomness.
    """
    draws, proposals, columns = y.shape
    x = np.column_stack([np.ones(proposals), code])
    effect, own = np.zeros((draws, x.shape[1], columns)), np.zeros(y.shape)
    lack = np.zeros((draws, columns))
    usable = there.sum(axis=0) >= LEAST
    if not usable.any():
        return Link(effect, own, lack, lack)
    tau, rho = _scales(y, there & usable, x, scale, rng)
    for pattern in np.unique(there[:, usable].T, axis=0):
        which = np.flatnonzero(usable & (there == pattern[:, None]).all(axis=0))
        part = x[pattern]
        found = _effects(y[:, pattern][:, :, which], part, tau, rho, rng)
        effect[:, :, which] = found
        rest = y[:, pattern][:, :, which] - np.einsum("xp,spn->sxn", part, found)
        own[np.ix_(range(draws), np.flatnonzero(pattern), which)] = rest
        lack[:, which] = (tau * rho)[:, None]
    return Link(effect, own, lack * rng.standard_normal(lack.shape), lack)


def _prior(x: Floats, tau: float) -> Floats:
    """Return the prior variances of b₀ and b, (P,)."""
    return np.array([INTERCEPT**2] + [tau**2] * (x.shape[1] - 1))


def _scales(
    y: Floats, there: Bools, x: Floats, scale: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw τ and ρ from their posterior on the grid, (S,) each."""
    mean, error = y.mean(axis=0), y.var(axis=0)
    tau, rho = (grid.ravel() for grid in np.meshgrid(scale * _TAU, _RHO))
    log = -0.5 * (np.log(tau / scale) / EFFECT_LOG_SD) ** 2
    log -= 0.5 * (np.log(rho / LACK) / LACK_LOG_SD) ** 2
    for column in range(y.shape[2]):
        rows = there[:, column]
        if rows.any():
            part, noise = x[rows], np.diag(error[rows, column])
            for k, (t, r) in enumerate(zip(tau, rho, strict=True)):
                lack = (t * r) ** 2 * np.eye(len(part))
                covariance = (part * _prior(x, t)) @ part.T + lack + noise
                log[k] += _log_normal(mean[rows, column], covariance)
    weight = np.exp(log - log.max())
    chosen = rng.choice(len(tau), size=len(y), p=weight / weight.sum())
    return tau[chosen], rho[chosen]


def _log_normal(y: Floats, covariance: Floats) -> float:
    root = np.linalg.cholesky(covariance)
    return float(-0.5 * (np.linalg.solve(root, y) ** 2).sum() - np.log(np.diag(root)).sum())


def _effects(y: Floats, x: Floats, tau: Floats, rho: Floats, rng: np.random.Generator) -> Floats:
    """Draw b₀ and b given each draw of y, (S, P, n): by Matheron's rule, from a prior draw."""
    found = np.empty((len(y), x.shape[1], y.shape[2]))
    for t, r in {(float(t), float(r)) for t, r in zip(tau, rho, strict=True)}:
        rows = (tau == t) & (rho == r)
        shape = (int(rows.sum()), x.shape[1], y.shape[2])
        prior = _prior(x, t)
        b = np.sqrt(prior)[:, None] * rng.standard_normal(shape)
        noise = t * r * rng.standard_normal((shape[0], len(x), shape[2]))
        covariance = (x * prior) @ x.T + (t * r) ** 2 * np.eye(len(x))
        gain = np.linalg.solve(covariance, x * prior).T  # (P, X)
        off = y[rows] - np.einsum("xp,spn->sxn", x, b) - noise
        found[rows] = b + np.einsum("px,sxn->spn", gain, off)
    return found
