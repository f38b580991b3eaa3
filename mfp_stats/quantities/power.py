"""How often a survey would reach each verdict: power, from the posteriors of a few simulated ones.

A fit is dear, and its verdict alone says little: from three of them nobody learns whether nine
surveys of ten would find a cause. Its posterior says more. Where intervals cover the truth as often
as they claim, what another survey of the same truth would estimate scatters about the truth as the
posterior does about its mean. So surveys are drawn, not fitted: an estimate from
Normal(κ truth, κ Σ), a posterior Normal(estimate, Σ) about it, and on its draws the very rule that
judges fits (:func:`~mfp_stats.quantities.verdicts.judge`). κ ≤ 1 is how much of the truth priors
leave in an estimate: where a normal prior meets a normal likelihood, the posterior's mean is κ of
the truth on average, and its variance over surveys κ times that of the posterior. It is taken to
be one for all causes. What a randomised check leaves unclosed is drawn with them, about none.
This is approximate: posteriors are not quite normal, and a fit of which no cause is named because
it does not reproduce the observed gap, or because the check contradicts it, is not foreseen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gap_draws import turns, unclosed
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.summaries import HIGH
from mfp_stats.quantities.verdicts import judge_each, lead_by_the_check

#: Everything that a verdict may be.
VERDICTS: Final = (*CAUSES, "no_gap", "cannot_tell")
#: Surveys drawn from each truth and posterior, and draws of each of their posteriors: a share of
#: surveys is known to about two points, which is less than what few fits leave open.
SURVEYS: Final = 400
DRAWS: Final = 400

#: How far power differs between surveys of one kind, sd on the probit scale, before any were
#: fitted, and how many fits that guess is worth. With two fits that happen to be alike the
#: interval would otherwise be much too narrow.
_SPREAD: Final = 0.4
_WORTH: Final = 2
#: What priors leave of the truth, before any were fitted: about this much, with this sd.
_LEFT: Final = 0.9
_LEFT_SD: Final = 0.15


@dataclass(frozen=True, slots=True)
class Share:
    """A share of surveys with its 90 % interval, all between 0 and 1."""

    mean: float
    low: float
    high: float


def pooled_split(found: ResponseDraws, weighting: int, pair: int, which: Ints) -> Floats:
    """Return draws of a pair's split over several interventions, as the pooled verdict takes it.

    Parameters
    ----------
    found
        Draws of what is displayed.
    weighting, pair
        Their numbers in it.
    which
        Numbers of the interventions; each is turned so that its mean gap is positive.

    Returns
    -------
    Floats
        (S, 5) draws of the four causes' φ and of dependence; they sum to the gap.
    """
    turn = turns(found.gap[:, weighting, pair][:, which])
    turned = found.parts[:, weighting, pair][:, which] * turn[:, None]
    return np.asarray(turned.mean(axis=1))


def pooled_unclosed(
    found: ResponseDraws, at: tuple[int, int], groups: tuple[int, int], which: Ints
) -> Floats:
    """Return draws (S,) of how much less stipulating closes of a gap than the split foretells.

    Parameters
    ----------
    found
        Draws of what is displayed, with an arm of which the split foretells something.
    at
        Numbers of the weighting and of the pair.
    groups
        Numbers of the pair's two groups.
    which
        Numbers of the interventions that were checked; each is turned so that its mean gap is
        positive.
    """
    weighting, pair = at
    left = unclosed(found, weighting, groups, which)
    assert left is not None
    turn = turns(found.gap[:, weighting, pair][:, which])
    return np.asarray((left * turn).mean(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class FittedSplit:
    """What is true of a gap between two groups, and what a fit made of it."""

    truth: Floats  #: (5,) true φ of the four causes and of dependence
    mean: Floats  #: (5,) posterior mean
    covariance: Floats  #: (5, 5) of the posterior, or (6, 6) as of :func:`verdict_shares`


def left_of_truth(fits: Sequence[FittedSplit]) -> float:
    """Return κ, how much of the truth priors leave in estimates, 0 to 1.

    The largest true part of each fit says how much of it was found, by least squares with each
    fit's posterior variance as the error; few or vague fits say little, and what is thought
    without any counts more. Fits of no gap say nothing.
    """
    weight, found = 1 / _LEFT_SD**2, _LEFT / _LEFT_SD**2
    for fit in fits:
        lead = int(np.abs(fit.truth).argmax())
        variance = fit.covariance[lead, lead]
        if fit.truth[lead] == 0 or variance <= 0:
            continue
        weight += fit.truth[lead] ** 2 / variance
        found += fit.truth[lead] * fit.mean[lead] / variance
    return float(np.clip(found / weight, 0, 1))


def verdict_shares(
    truth: Floats,
    covariance: Floats,
    *,
    left: float = 1.0,
    complete: bool = True,
    unchecked: bool = False,
    seed: int = 0,
    surveys: int = SURVEYS,
    draws: int = DRAWS,
) -> dict[str, float]:
    """Return the share of surveys that reach each verdict.

    Parameters
    ----------
    truth
        (5,) true φ of the four causes and of dependence; they sum to the true gap.
    covariance
        (5, 5) of the posterior of these; (6, 6) with what the randomised check leaves unclosed as
        the last.
    left
        How much of the truth priors leave in estimates, see :func:`left_of_truth`.
    complete
        Whether values, models and signals are all measured, see
        :func:`~mfp_stats.quantities.verdicts.judge`.
    unchecked
        Whether too few are told what to suppose in the survey's check, so that models never lead
        by it.
    seed
        The same seed gives the same shares.
    surveys, draws
        Surveys drawn, and draws of each one's posterior.

    Returns
    -------
    dict
        Verdict (``VERDICTS``) to share; they sum to 1.
    """
    rng = np.random.default_rng(seed)
    variances, axes = np.linalg.eigh(covariance)
    root = axes * np.sqrt(variances.clip(0))
    true = np.zeros(len(covariance))
    true[: len(truth)] = truth
    around = rng.standard_normal((draws, len(true))) @ root.T
    around -= around.mean(axis=0)
    scattered = rng.standard_normal((surveys, len(true))) @ root.T
    estimates = left * true + np.sqrt(left) * scattered
    drawn = estimates[:, None] + around
    parts, rest = np.split(drawn, [len(truth)], axis=-1)
    gaps = parts.sum(axis=-1)
    checked = [0.0] * surveys if unchecked else None
    if rest.size:
        checked = lead_by_the_check(gaps, parts, rest[..., 0]).tolist()
    found = judge_each(gaps, parts, complete=complete, checked=checked)
    counts = Counter(one.verdict for one in found)
    return {verdict: counts[verdict] / surveys for verdict in VERDICTS}


def pool_shares(shares: Mapping[str, Sequence[float]]) -> dict[str, Share]:
    """Return the mean share of each kind of survey with a 90 % interval for how few were fitted.

    Parameters
    ----------
    shares
        Kind, such as a truth, to the share that each of its fits gives, at least one.

    Returns
    -------
    dict
        The interval is a t interval on the probit scale. The variance between fits is taken to be
        the same for all kinds, and is drawn towards a guess that counts as ``_WORTH`` fits.
    """
    edge = 1 / (2 * SURVEYS)
    probits = {
        kind: stats.norm.ppf(np.clip(found, edge, 1 - edge)) for kind, found in shares.items()
    }
    squares = sum(float(((p - p.mean()) ** 2).sum()) for p in probits.values())
    freedom = _WORTH + sum(len(p) - 1 for p in probits.values())
    spread = np.sqrt((_WORTH * _SPREAD**2 + squares) / freedom)
    reach = float(stats.t.ppf(HIGH, freedom) * spread)
    pooled = {}
    for kind, found in probits.items():
        mean = float(np.mean(shares[kind]))
        ends = stats.norm.cdf(found.mean() + np.array([-1, 1]) * reach / np.sqrt(len(found)))
        pooled[kind] = Share(mean, min(mean, float(ends[0])), max(mean, float(ends[1])))
    return pooled
