"""Acceptance of any design by every group, in every draw, through the models that people hold.

People of one group and worldview have an index ``ω_i · z(a) + r(a) + noise``, normal to a good
approximation: ``ω_i`` is how much each outcome weighs with them, ``z(a)`` what their worldview
expects of a design ``a``, ``r(a)`` what it signals and all else. Its mean is linear in the code of
the design, its variance a sum of squares of terms that are, so that a design costs a few additions
a draw; a logistic answer to a normal index is one to its mean, shrunk (MacKay 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.likelihoods.logistic import SHRINKAGE

type Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DesignModel:
    """What decides on acceptance, in S draws. G groups, C worldviews, K outcomes, Q signals.

    P columns: the intercept and the attributes, then one for each of X proposals fielded, then one
    for whatever else a design has that nobody saw (:func:`mfp_stats.quantities.search.links`): one
    draw of it, which says all of each design by itself. ``own`` tells designs from one another.
    """

    groups: tuple[str, ...]
    labels: tuple[str, ...]
    share: Singles  #: (S, G, C) of the group that holds the worldview
    variance: Singles  #: (S, G, C) of the index, whatever the design
    weight: Singles  #: (S, G, C, K) mean of ω
    factor: Singles  #: (S, G, C, K, R) whose square is the covariance of ω
    outcome: Singles  #: (S, G, C, K, P)
    signal: Singles  #: (S, G, C, Q, P)
    rest: Singles  #: (S, G, C, P)
    signal_weight: Singles  #: (S, Q)
    #: (S, G, C, signs) what independent draws of the same do to the index
    #: (:mod:`mfp_stats.quantities.search.own`); none where designs have nothing of their own.
    own: Singles
    fielded: Singles  #: (S, G, X) acceptance of the proposals fielded; NaN: too few were asked
    #: (S, G, K) mean importance of outcomes; None where consequences were not asked about.
    importance: Singles | None = None

    @property
    def draws(self) -> int:
        """Number of draws S."""
        return len(self.share)

    @property
    def proposals(self) -> int:
        """Number of proposals fielded, X."""
        return int(self.fielded.shape[2])

    @property
    def outcomes(self) -> int:
        """Number of outcomes that people were asked about; effects of values are none."""
        return 0 if self.importance is None else int(self.outcome.shape[3])

    @property
    def beliefs(self) -> int:
        """Number of outcomes and signals that there are beliefs about."""
        return self.outcomes + int(self.signal.shape[3])

    @property
    def estimated(self) -> Bools:
        """Whether enough people of every group were asked about each proposal fielded, (X,)."""
        return np.asarray(~np.isnan(self.fielded).any(axis=(0, 1)))

    def thinned(self, most: int) -> Self:
        """Return the model with at most so many draws, evenly spaced."""
        if self.draws <= most:
            return self
        return self.of_draws(np.linspace(0, self.draws - 1, most).round().astype(np.int64))

    def of_draws(self, kept: Ints) -> Self:
        """Return the model with some of the draws."""
        arrays = {name: getattr(self, name)[kept] for name in _BY_DRAW}
        held = None if self.importance is None else self.importance[kept]
        return replace(self, **arrays, importance=held)

    def only(self, groups: Sequence[str]) -> Self:
        """Return the model of some of the groups, in the order of the model."""
        kept = [g for g, name in enumerate(self.groups) if name in groups]
        arrays = {name: getattr(self, name)[:, kept] for name in _BY_GROUP}
        held = None if self.importance is None else self.importance[:, kept]
        return replace(
            self,
            groups=tuple(self.groups[g] for g in kept),
            labels=tuple(self.labels[g] for g in kept),
            importance=held,
            **arrays,
        )

    @cached_property
    def mean(self) -> Singles:
        """Mean of the index, (S, G, C, P)."""
        found = self.rest + np.einsum("sgck,sgckp->sgcp", self.weight, self.outcome)
        if self.signal.shape[3]:
            found = found + np.einsum("sq,sgcqp->sgcp", self.signal_weight, self.signal)
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def spread(self) -> Singles:
        """Terms whose squares add to the variance, (S, G, C, R, P)."""
        found = np.einsum("sgckr,sgckp->sgcrp", self.factor, self.outcome, optimize=True)
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def effect(self) -> Singles:
        """Expected effect as each worldview sees it, (S, C, P); C = 0 where nobody was asked.

        Outcomes weigh as much as they do with the groups on average, in logits of one answer about
        a consequence; 0: no difference.
        """
        if self.importance is None:
            return np.zeros((self.draws, 0, self.mean.shape[-1]), dtype=np.float32)
        importance = self.importance.mean(axis=1)
        found = np.einsum("sk,sgckp->scp", importance, self.outcome) / len(self.groups)
        return np.asarray(found, dtype=np.float32)

    def accepts(self, code: Floats) -> Singles:
        """Return the share of each group that accepts designs by their code (N, P), (N, S, G)."""
        return _accepts(code, self.mean, self.spread, self.share, self.variance)

    @cached_property
    def unseen(self) -> "UnseenDesigns":
        """The model of designs that nobody saw, with few columns."""
        return UnseenDesigns(
            _narrow(self.mean, self.proposals),
            _narrow(self.spread, self.proposals),
            self.share,
            self.variance,
            _instead(self.own, self.mean[..., -1:]),
        )

    @cached_property
    def unseen_effect(self) -> Singles:
        """The same of expected effects' means, (C, 1 + attributes' columns)."""
        return np.asarray(_narrow(self.effect, self.proposals).mean(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class UnseenDesigns:
    """Acceptance of designs that nobody saw.

    What they have of their own is one draw for all of them, in the intercept: no chance of drawing
    sets the shares of one apart from another's. Where designs are held against each other, each
    has its own.
    """

    mean: Singles  #: (S, G, C, 1 + attributes' columns)
    spread: Singles  #: (S, G, C, R, …)
    share: Singles
    variance: Singles
    own: Singles  #: (S, G, C, signs + 1) of the index; the last takes away what all have

    def accepts(self, code: Floats) -> Singles:
        """Return the share of each group that accepts designs (N, …), (N, S, G)."""
        return _accepts(code, self.mean, self.spread, self.share, self.variance)

    def accepts_twice(self, code: Floats, signs: Singles) -> tuple[Singles, Singles]:
        """Return what :meth:`accepts` does, and the same where each design has its own ε.

        Parameters
        ----------
        code
            Of the designs, (N, …).
        signs
            (N, signs) of :func:`mfp_stats.quantities.search.own.signs_of`.
        """
        index, root = _index(code, self.mean, self.spread, self.variance)
        if not self.own.shape[-1]:
            accepts = _shares(index / root, self.share)
            return accepts, accepts
        # What ε does to the variance is little: there all designs keep the same.
        apart = index + self.added(signs)
        return _shares(index / root, self.share), _shares(apart / root, self.share)

    def added(self, signs: Singles) -> Singles:
        """Return what designs' own ε add to the index in the place of the one for all, (N, …)."""
        rows = np.column_stack([signs, np.ones(len(signs), dtype=np.float32)])
        head = (len(rows), *self.share.shape)
        return np.asarray((rows @ self.own.reshape(-1, self.own.shape[-1]).T).reshape(head))


_BY_GROUP: Final = (
    *("share", "variance", "weight", "factor", "outcome", "signal", "rest"),
    *("own", "fielded"),
)
_BY_DRAW: Final = (*_BY_GROUP, "signal_weight")


def _narrow(columns: Singles, proposals: int) -> Singles:
    """Take the proposals' own columns away and put the unseen designs' into the intercept."""
    attributes = columns.shape[-1] - proposals - 1
    found = columns[..., :attributes].copy()
    found[..., 0] += columns[..., -1]
    return found


def _instead(own: Singles, everyones: Singles) -> Singles:
    """Put what takes away everyone's ε beside designs' own; nothing where they have none."""
    return np.concatenate([own, -everyones], axis=-1) if own.shape[-1] else own


def _accepts(
    code: Floats, mean: Singles, spread: Singles, share: Singles, variance: Singles
) -> Singles:
    """Return Σ_c share · σ(mean · a / √(1 + κ² (variance + Σ_r (spread_r · a)²)))."""
    index, root = _index(code, mean, spread, variance)
    return _shares(np.divide(index, root, out=index), share)


def _index(
    code: Floats, mean: Singles, spread: Singles, variance: Singles
) -> tuple[Singles, Singles]:
    """Return the mean of the index, and what it is divided by, (N, S, G, C) each."""
    rows = np.ascontiguousarray(code, dtype=np.float32)
    head = (len(rows), *variance.shape)
    index = (rows @ mean.reshape(-1, mean.shape[-1]).T).reshape(head)
    total = np.broadcast_to(np.float32(1) + np.float32(SHRINKAGE) * variance, head).copy()
    for r in range(spread.shape[-2]):
        part = rows @ spread[..., r, :].reshape(-1, spread.shape[-1]).T
        np.multiply(part, part, out=part)
        part *= np.float32(SHRINKAGE)
        total += part.reshape(head)
    return index, np.sqrt(total, out=total)


def _shares(index: Singles, share: Singles) -> Singles:
    """Return Σ_c share · σ(index), (N, S, G); the index is overwritten."""
    np.negative(index, out=index)
    np.exp(index, out=index)
    index += np.float32(1)
    np.divide(share, index, out=index)
    # One worldview after another: numpy is slow to reduce an axis of two or three.
    return np.asarray(reduce(np.add, np.moveaxis(index, 3, 0)), dtype=np.float32)


def worst_group(accepts: Singles) -> Singles:
    """Return the share of the group that accepts least, (N, S), of (N, S, G)."""
    return np.asarray(reduce(np.minimum, np.moveaxis(accepts, 2, 0)))


def joint(accepts: Singles, threshold: float) -> tuple[Floats, Singles]:
    """Return how probably all groups reach the threshold (N,), and the worst group's share (N, S).

    Parameters
    ----------
    accepts
        (N, S, G) of the groups of a coalition.
    threshold
        A share equal to it reaches it.
    """
    worst = worst_group(accepts)
    return (worst >= np.float32(threshold)).mean(axis=1), worst


def proposal_of(levels: Ints, known: Ints, estimated: Bools) -> Ints:
    """Return which proposal fielded (X, A) a design (N, A) is; −1: none.

    Of several it is the first that has an estimate (X,), or the first where none of them has one.
    """
    found = np.full(len(levels), -1, dtype=np.int64)
    for x in np.concatenate([np.flatnonzero(~estimated)[::-1], np.flatnonzero(estimated)[::-1]]):
        found[(levels == known[x]).all(axis=1)] = x
    return found
