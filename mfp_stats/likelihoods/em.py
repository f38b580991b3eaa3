"""Maximum likelihood for the worldview mixture, and where its good modes lie. numpy only.

Expectation–maximisation (Dempster, Laird & Rubin 1977) for latent class analysis with missing
answers (Linzer & Lewis 2011), from several starts at once. Starts are drawn from a seed that the
data themselves determine, and people enter as sorted, counted answer patterns: the same answers
give the same classes in the same order, whatever seed a fit uses and however rows are ordered.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from mfp_stats.design.data import Floats, Ints
from mfp_stats.errors import DesignError, Fault
from mfp_stats.likelihoods.categories import Categories, Index

#: Every start climbs until an iteration gains less than this many log units ...
ROUGH: Final = 1e-3
#: ... those that may still matter until it gains less than this ...
FINE: Final = 1e-4
#: ... and the best one until it gains less than this.
EXACT: Final = 1e-8
#: Starts within this many log units of the best, and looking like it, reached the same maximum.
SAME: Final = 0.1
#: Modes up to this many log units below the best are reported as good (with smoothing, log units
#: of the smoothed likelihood, which is what is climbed).
MARGIN: Final = 3.0
#: Stands in for a probability of zero where its logarithm is taken.
TINY: Final = 1e-300
#: Two solutions differ visibly where a share or an answer's probability differs by more.
VISIBLE: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """One maximum of the likelihood. C = classes, T = categories."""

    log_likelihood: float
    shares: Floats  #: (C,) largest first
    profile: Floats  #: (T, C) probability of each answer in each class
    reached: int  #: how many starts ended here


@dataclass(frozen=True, slots=True, eq=False)
class ClassSolution:
    """The best mixture of C classes and what rivals it."""

    best: Mode
    #: Good modes that look different: within ``MARGIN`` log units, ``VISIBLE`` apart.
    others: tuple[Mode, ...]
    starts: Floats  #: (S,) log-likelihood that each start reached
    responsibilities: Floats  #: (N, C) membership probabilities under ``best``

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.best.shares)


@dataclass(frozen=True, slots=True, eq=False)
class _Patterns:
    """Distinct rows of answers, sorted, with how often each occurs."""

    chosen: Floats  # (U, T)
    count: Floats  # (U,)
    row: Ints  # (N,) pattern of each person


def fit_classes(
    categories: Categories,
    classes: int,
    *,
    starts: int = 10,
    smoothing: float = 0.0,
    iterations: int = 10_000,
) -> ClassSolution:
    """Fit a mixture of ``classes`` classes by EM from ``starts`` starts.

    Parameters
    ----------
    categories
        The answers; missing ones contribute nothing.
    classes
        Number of classes C >= 1; may not exceed the distinct answer patterns.
    starts
        Random starts S.
    smoothing
        Persons added to each class and indicator who answer as everyone does (a Dirichlet
        prior); 0 gives the maximum-likelihood estimate.
    iterations
        Upper limit for one start.

    Returns
    -------
    ClassSolution
        Classes ordered by share, largest first.

    Raises
    ------
    DesignError
        More classes than distinct answer patterns.
    """
    patterns = _patterns(categories.chosen)
    if not 1 <= classes <= len(patterns.count):
        fault = Fault(
            "classes",
            f"{classes} classes cannot be told apart in {len(patterns.count)} different "
            "patterns of answers",
            fix="Ask for fewer classes or add belief items.",
        )
        raise DesignError(fault, about="worldviews")
    run = _Run(categories, patterns, smoothing)
    found = run.climb(run.random_starts(classes, 1 if classes == 1 else starts), ROUGH, iterations)
    near = np.flatnonzero(found.height >= found.height.max() - 2 * MARGIN)
    found.put(near, run.climb(found.take(near), FINE, iterations))
    top = np.array([found.height.argmax()])
    found.put(top, run.climb(found.take(top), EXACT, iterations))
    best, *others = _modes(found)
    member, _ = run.expect(best.shares[:, None], best.profile[:, :, None])
    return ClassSolution(
        best=best,
        others=tuple(o for o in others if _differ(o, best)),
        starts=found.reached,
        responsibilities=member[patterns.row, :, 0],
    )


def match_profiles(profile: Floats, reference: Floats) -> Ints:
    """Return which class of ``profile`` plays each class of ``reference``.

    Parameters
    ----------
    profile, reference
        Answer probabilities, shape (T, C).

    Returns
    -------
    order
        Shape (C,): ``profile[:, order]`` lines up with ``reference``, minimising the summed
        squared differences (Hungarian algorithm).
    """
    cost = ((reference[:, :, None] - profile[:, None, :]) ** 2).sum(axis=0)
    return np.asarray(linear_sum_assignment(cost)[1], dtype=np.int64)


@dataclass(slots=True, eq=False)
class _Climbers:
    """The starts on their way up, along the last axis: S = starts."""

    shares: Floats  # (C, S)
    profile: Floats  # (T, C, S)
    reached: Floats  # (S,) log-likelihood
    height: Floats  # (S,) the same plus the log prior of smoothing: what is climbed

    def take(self, which: Index) -> "_Climbers":
        return _Climbers(
            self.shares[:, which],
            self.profile[:, :, which],
            self.reached[which],
            self.height[which],
        )

    def put(self, which: Index, other: "_Climbers") -> None:
        self.shares[:, which] = other.shares
        self.profile[:, :, which] = other.profile
        self.reached[which] = other.reached
        self.height[which] = other.height


class _Run:
    """EM over all starts at once."""

    def __init__(self, categories: Categories, patterns: _Patterns, smoothing: float) -> None:
        # Sparse, because one answer an indicator is chosen and threaded dense products stall
        # where several processes share the cores.
        self.chosen = csr_array(patterns.chosen)
        self.chosen_by_category = csr_array(patterns.chosen.T)
        self.count = patterns.count
        self.starts: Index = categories.starts
        self.indicator: Index = categories.indicator
        self.marginal = categories.marginal
        self.smoothing = smoothing
        self.rng = np.random.default_rng(_seed(patterns))

    def random_starts(self, classes: int, starts: int) -> _Climbers:
        """Put each class half way between everyone's answers and one random pattern's."""
        picked = [self.rng.choice(len(self.count), classes, replace=False) for _ in range(starts)]
        given = self.chosen[np.concatenate(picked)].toarray().T
        answered = np.add.reduceat(given, self.starts, axis=0)[self.indicator]
        base = self.marginal[:, None]
        profile = np.where(answered > 0, 0.5 * base + 0.5 * given, base)
        return _Climbers(
            shares=np.full((classes, starts), 1.0 / classes),
            profile=profile.reshape(-1, starts, classes).transpose(0, 2, 1),
            reached=np.full(starts, -np.inf),
            height=np.full(starts, -np.inf),
        )

    def climb(self, begin: _Climbers, tolerance: float, iterations: int) -> _Climbers:
        """Iterate every start until it gains less than ``tolerance`` (smoothing counted in)."""
        found = begin.take(np.arange(len(begin.reached)))
        found.height[:] = -np.inf
        active = np.arange(len(found.height))
        for _ in range(iterations):
            here = found.take(active)
            member, here.reached = self.expect(here.shares, here.profile)
            before, here.height = here.height, here.reached + self.log_prior(here)
            found.put(active, here)
            moving = here.height - before > tolerance
            active = active[moving]
            if not len(active):
                break
            here = here.take(np.flatnonzero(moving))
            here.shares, here.profile = self.maximise(member[:, :, moving])
            found.put(active, here)
        return found

    def log_prior(self, here: _Climbers) -> Floats:
        """Return what smoothing adds to the height of each start, shape (S,)."""
        if self.smoothing == 0.0:
            return np.zeros(len(here.reached))
        answers = np.einsum("t,tcs->s", self.marginal, np.log(np.maximum(here.profile, TINY)))
        shares = np.log(np.maximum(here.shares, TINY)).sum(axis=0)
        return np.asarray(self.smoothing * (answers + shares))

    def expect(self, shares: Floats, profile: Floats) -> tuple[Floats, Floats]:
        """Return responsibilities (U, C, S) and log-likelihoods (S,)."""
        # A probability of zero belongs to an answer that nobody in the class gave.
        table = np.log(np.maximum(profile, TINY))
        joint = (self.chosen @ table.reshape(len(table), -1)).reshape(-1, *shares.shape)
        joint += np.log(np.maximum(shares, TINY))
        highest = joint.max(axis=1, keepdims=True)
        member = np.exp(np.subtract(joint, highest, out=joint), out=joint)
        total = member.sum(axis=1, keepdims=True)
        member /= total
        return member, self.count @ (highest + np.log(total))[:, 0, :]

    def maximise(self, member: Floats) -> tuple[Floats, Floats]:
        """Return shares (C, S) and profiles (T, C, S) that these responsibilities imply."""
        _, *shape = member.shape
        weighted = (member * self.count[:, None, None]).reshape(len(self.count), -1)
        given = self.chosen_by_category @ weighted + self.smoothing * self.marginal[:, None]
        answered = np.add.reduceat(given, self.starts, axis=0)[self.indicator]
        base = np.broadcast_to(self.marginal[:, None], given.shape)
        profile = np.divide(given, answered, out=base.copy(), where=answered > 0)
        shares = weighted.sum(axis=0).reshape(shape) + self.smoothing
        return shares / shares.sum(axis=0), profile.reshape(-1, *shape)


def _patterns(chosen: Floats) -> _Patterns:
    distinct, row, count = np.unique(chosen, axis=0, return_inverse=True, return_counts=True)
    return _Patterns(distinct, count.astype(float), row.ravel().astype(np.int64))


def _seed(patterns: _Patterns) -> int:
    """Return a seed that depends on the answers alone."""
    content = patterns.chosen.astype(np.uint8).tobytes() + patterns.count.tobytes()
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "little")


def _modes(found: _Climbers) -> Iterator[Mode]:
    """Yield the distinct maxima within ``MARGIN`` of the best, best first."""
    height = found.height
    order = np.argsort(-height, kind="stable")
    left = [int(s) for s in order if height[s] >= height[order[0]] - MARGIN]
    while left:
        top = _ordered(found, left[0], 1)
        alike = [s for s in left if height[left[0]] - height[s] <= SAME]
        alike = [s for s in alike if s == left[0] or not _differ(_ordered(found, s, 1), top)]
        yield _ordered(found, left[0], len(alike))
        left = [s for s in left if s not in alike]


def _ordered(found: _Climbers, start: int, reached: int) -> Mode:
    """Put the largest class first; equal shares by the profile itself."""
    shares, profile = found.shares[:, start], found.profile[:, :, start]
    order = np.lexsort([*profile[::-1], -np.round(shares, 6)])
    return Mode(float(found.reached[start]), shares[order], profile[:, order], reached)


def _differ(mode: Mode, other: Mode) -> bool:
    order = match_profiles(mode.profile, other.profile)
    apart = np.abs(mode.profile[:, order] - other.profile).max()
    return bool(max(apart, np.abs(mode.shares[order] - other.shares).max()) > VISIBLE)
