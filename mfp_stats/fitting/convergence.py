"""R-hat and effective sample sizes of many quantities at once.

Rank-normalised split R-hat and bulk and tail effective sample sizes after Vehtari, Gelman,
Simpson, Carpenter and Bürkner (2021), Bayesian Analysis 16(2). ArviZ has the same figures one
quantity at a time, which takes seconds for a page of them; the tests hold these to ArviZ's.

Every function takes draws of shape (chain, draw, quantity), finite, and returns shape (quantity,).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special, stats

type Floats = NDArray[np.float64]

#: Fewest draws of a chain from which anything can be said.
MIN_DRAWS: Final = 4
#: Numbers worked on at a time: few enough to stay in the processor's cache.
_BLOCK: Final = 50_000


def split_rhat(draws: Floats) -> Floats:
    """Return rank-normalised split R-hat, the larger of the bulk's and the tails' (eq. 14).

    NaN where every draw is the same, and where a chain has fewer than 4 draws.
    """
    return _in_blocks(_split_rhat, draws)


def bulk_ess(draws: Floats) -> Floats:
    """Return the effective sample size of rank-normalised split chains (section 3.4)."""
    return _in_blocks(lambda block: _ess(_normal_scores(_split(block))), draws)


def tail_ess(draws: Floats, *, tail: float = 0.05) -> Floats:
    """Return the smaller effective sample size of the two tail probabilities (section 4.2).

    Parameters
    ----------
    draws
        Shape (chain, draw, quantity).
    tail
        Probability of each tail; 0.05 where 90 % intervals are shown.
    """
    return _in_blocks(lambda block: _tail_ess(block, tail), draws)


def e_bfmi(energy: Floats) -> Floats:
    """Return the energy fraction of missing information of each chain, shape (chain,).

    Betancourt (2016), arXiv:1604.00695; ``energy`` has shape (chain, draw). NaN for a chain whose
    energy never changes.
    """
    spread = np.square(energy - energy.mean(axis=1, keepdims=True)).sum(axis=1)
    steps = np.square(np.diff(energy, axis=1)).sum(axis=1)
    nothing = np.full(len(energy), np.nan)
    fraction: Floats = np.divide(steps, spread, out=nothing, where=spread > 0)
    return fraction


def separation(draws: Floats) -> Floats:
    """Return how far the outlying chain is from the others, in sds within a chain.

    The largest distance between a chain's mean and the mean of all other chains' draws, over the
    root mean variance within chains. Chains in one mode stay below a third even with few
    effective draws; a chain in another mode of its own reaches one. 0 for a single chain and for
    a constant; infinite where no chain moves but they differ, or a draw is not a number.
    """
    chains = len(draws)
    if chains < 2:
        return np.zeros(draws.shape[2])
    means = draws.mean(axis=1)
    others = (means.sum(axis=0) - means) / (chains - 1)
    distance = np.abs(means - others).max(axis=0)
    within = np.sqrt(draws.var(axis=1).mean(axis=0))
    apart = np.where(distance == 0, 0.0, np.inf)
    ratio: Floats = np.divide(distance, within, out=apart, where=within > 0)
    return ratio


def _in_blocks(function: Callable[[Floats], Floats], draws: Floats) -> Floats:
    """Apply a function of draws (quantity, chain, draw), which lie together in memory."""
    chains, length, quantities = draws.shape
    if length < MIN_DRAWS:
        return np.full(quantities, np.nan)
    turned = np.moveaxis(draws, 2, 0)
    width = max(1, _BLOCK // (chains * length))
    starts = range(0, quantities, width)
    blocks = [function(np.ascontiguousarray(turned[at : at + width])) for at in starts]
    return np.concatenate(blocks) if blocks else np.empty(0)


def _split(draws: Floats) -> Floats:
    """Cut each chain into halves, dropping the middle draw of an odd number."""
    half = draws.shape[2] // 2
    return np.concatenate([draws[:, :, :half], draws[:, :, -half:]], axis=1)


def _normal_scores(draws: Floats) -> Floats:
    """Replace draws by normal quantiles of their ranks over all chains (eq. 13)."""
    flat = draws.reshape(len(draws), -1)
    ranks = stats.rankdata(flat, axis=1)
    scores: Floats = special.ndtri((ranks - 0.375) / (flat.shape[1] + 0.25))
    return scores.reshape(draws.shape)


def _split_rhat(draws: Floats) -> Floats:
    halves = _split(draws)
    folded = np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True))
    # fmax: folding may leave a constant (a fair coin), whose R-hat is NaN and says nothing.
    return np.fmax(_rhat(_normal_scores(halves)), _rhat(_normal_scores(folded)))


def _rhat(draws: Floats) -> Floats:
    """R-hat of chains as they are (eqs 1 to 4)."""
    length = draws.shape[2]
    between = length * draws.mean(axis=2).var(axis=1, ddof=1)
    within = draws.var(axis=2, ddof=1).mean(axis=1)
    undefined = np.where(between > 0, np.inf, np.nan)
    ratio = np.divide(between, within, out=undefined, where=within > 0)
    rhat: Floats = np.sqrt((ratio + length - 1) / length)
    return rhat


def _tail_ess(draws: Floats, tail: float) -> Floats:
    cuts = np.quantile(draws, [tail, 1 - tail], axis=(1, 2), keepdims=True)
    low, high = (_ess(_split((draws <= cut).astype(float))) for cut in cuts)
    return np.minimum(low, high)


def _ess(draws: Floats) -> Floats:
    """Effective sample size by Geyer's initial monotone sequence (eqs 10 to 12)."""
    _, chains, length = draws.shape
    covariance = _autocovariance(draws)
    within = covariance[:, :1] * length / (length - 1)
    total = covariance[:, :1] + draws.mean(axis=2).var(axis=1, ddof=1)[:, None]
    constant = np.ptp(draws, axis=(1, 2)) < np.finfo(float).resolution
    correlation = 1 - (within - covariance) / np.where(constant[:, None], 1, total)
    correlation[:, 0] = 1
    tau = np.maximum(_autocorrelation_time(correlation), 1 / np.log10(chains * length))
    sizes: Floats = np.where(constant, 1, 1 / tau) * chains * length
    return sizes


def _autocovariance(draws: Floats) -> Floats:
    """Autocovariance by lag, mean over chains; shape (quantity, lag)."""
    length = draws.shape[2]
    size = fft.next_fast_len(2 * length, real=True)
    spectrum = fft.rfft(draws - draws.mean(axis=2, keepdims=True), size, axis=2)
    # The transform is linear, so that the chains' mean may be taken before going back.
    power = (np.square(spectrum.real) + np.square(spectrum.imag)).mean(axis=1)
    lags: Floats = fft.irfft(power, size, axis=1)[:, :length] / length
    return lags


def _autocorrelation_time(correlation: Floats) -> Floats:
    """Sum the autocorrelations (quantity, lag) up to where their noise begins.

    Sums of neighbouring lags (0 and 1, 2 and 3, ...) are positive and fall; the first that is
    not positive ends the sum, and one that rises is cut to the one before it.
    """
    last = max(0, (correlation.shape[1] - 3) // 2)
    pairs = correlation[:, 0 : 2 * last + 1 : 2] + correlation[:, 1 : 2 * last + 2 : 2]
    ends = pairs <= 0
    end = np.where(ends.any(axis=1), ends.argmax(axis=1), last)
    rows = np.arange(len(pairs))
    sums = np.cumsum(np.minimum.accumulate(pairs, axis=1), axis=1)
    before = np.where(end > 0, sums[rows, end - 1], 0)
    even = correlation[rows, 2 * end]
    counted = (even > 0) | (pairs[rows, end] >= 0)
    time: Floats = -1 + 2 * before + np.where(counted, even, 0)
    return time
