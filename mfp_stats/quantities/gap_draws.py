"""Draws of one pair's gap, of one proposal or of several together, and what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.observed_acceptance import FAR
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.quantities.response_rows import ResponseRows
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.stipulated import on_common_level
from mfp_stats.quantities.verdicts import EPSILON, SURE, lead_by_the_check

#: Said where stipulated consequences close less of a gap than the split foretells, or more.
RATIONALISED: Final = "rationalised"
UNDERSTATED: Final = "understated"
#: Said where the model's gap is more than ``FAR`` standard errors from the observed one.
MISFIT: Final = "misfit"


def pooled_draws(found: ResponseDraws, layout: ResponseRows) -> tuple[Floats, Floats]:
    """Return draws of the pooled rows: gap (S, W, P) and parts (S, W, P, 5); 0 without such a row.

    Averages over interventions, each turned so that its mean gap is positive.
    """
    gap, parts = np.zeros(found.gap.shape[:3]), np.zeros((*found.gap.shape[:3], len(PARTS)))
    for p, pair in enumerate(layout.pairs):
        which = np.flatnonzero(layout.shown(pair))
        if len(which) < 2:
            continue
        for w in range(len(found.weightings)):
            each = found.gap[:, w, p][:, which]
            turn = turns(each)
            gap[:, w, p] = (each * turn).mean(axis=1)
            parts[:, w, p] = (found.parts[:, w, p][:, which] * turn[:, None]).mean(axis=1)
    return gap, parts


def turns(gap: Floats) -> Floats:
    """Return the signs (x,) that make the mean gaps of several interventions (S, x) positive."""
    turn = np.sign(gap.mean(axis=0))
    return np.where(turn == 0, 1.0, turn)


def unclosed(
    found: ResponseDraws, weighting: int, groups: tuple[int, int], which: Ints
) -> Floats | None:
    """Return how much less stipulating closes of gaps than the split foretells, (S, x).

    Of the interventions ``which``, acceptance of the second of ``groups`` minus that of the first.
    By the plain shares among those who were told: with so few of them, the model's own estimate of
    the arm would lean on its prior, by which all is closed that the split foretells. None where
    nothing was stipulated, or nothing is foretold.
    """
    if found.arm is None or found.foretold is None:
        return None
    seen, foretold = (
        [array[:, weighting, g][:, which] for g in groups] for array in (found.arm, found.foretold)
    )
    left = seen[1] - seen[0]
    return left - on_common_level((foretold[0], foretold[1]), (seen[0], seen[1]))


@dataclass(frozen=True, slots=True, eq=False)
class GapDraws:
    """Draws of one pair's gap, of one intervention or the mean of several."""

    which: Ints  #: the interventions
    turn: Floats  #: the sign with which each counts
    gap: Floats  #: (S,)
    causes: Mapping[str, Floats]  #: other splits, each (S, 4)
    parts: Floats  #: (S, 5)
    observed: float  #: gap among those asked
    error: float  #: its standard error

    @classmethod
    def of(
        cls,
        found: ResponseDraws,
        at: tuple[int, int],
        which: Ints,
        seen: tuple[Floats, Floats],
        *,
        turned: bool,
    ) -> Self:
        """Average over interventions, if asked for each turned so that its mean gap is positive.

        Parameters
        ----------
        found
            Draws of what is displayed.
        at
            Numbers of the weighting and of the pair.
        which
            Numbers of the interventions, at least one.
        seen
            Gap of each intervention among those asked, and its standard error, (X,).
        turned
            Whether to turn.
        """
        w, p = at
        gap = found.gap[:, w, p][:, which]  # (S, x)
        turn = turns(gap) if turned else np.ones(len(which))

        def mean(array: Floats) -> Floats:
            turned = array[:, w, p][:, which] * turn[:, None]
            return np.asarray(turned.mean(axis=1))

        low, high = found.order_low[:, w, p][:, which], found.order_high[:, w, p][:, which]
        turned_low = np.where(turn[:, None] > 0, low, -high).mean(axis=1)
        turned_high = np.where(turn[:, None] > 0, high, -low).mean(axis=1)
        causes = {
            "from_a": mean(found.from_a),
            "from_b": mean(found.from_b),
            "order_low": turned_low,
            "order_high": turned_high,
        }
        observed, error = (array[which] for array in seen)
        return cls(
            which=which,
            turn=turn,
            gap=(gap * turn).mean(axis=1),
            causes=causes,
            parts=mean(found.parts),
            observed=float((observed * turn).mean()),
            # Answers of the same people: no less certain than one of them.
            error=float(error.mean()),
        )

    def without(self, unasked: frozenset[str]) -> Self:
        """Return the same with what causes carry that were not asked about left to the residual."""
        if not unasked:
            return self
        moved = [CAUSES.index(cause) for cause in unasked]

        def left(array: Floats) -> Floats:
            kept = array.copy()
            kept[:, CAUSES.index("residual")] += array[:, moved].sum(axis=1)
            kept[:, moved] = 0
            return kept

        causes = {name: left(array) for name, array in self.causes.items()}
        return replace(self, parts=left(self.parts), causes=causes)

    @property
    def misfit(self) -> bool:
        """Whether the model's gap is not the observed one."""
        return bool(abs(self.gap.mean() - self.observed) > FAR * self.error)


@dataclass(frozen=True, slots=True, eq=False)
class RandomisedCheck:
    """Draws of what supposing the same consequences closes of a gap, (S,), turned as the gap is."""

    split: GapDraws  #: of the interventions that were checked
    closed: Floats
    foretold: Floats | None  #: how much it should close, by the split
    unclosed: Floats | None  #: how much less it does, by the plain shares of those who were told

    @classmethod
    def of(
        cls,
        found: ResponseDraws,
        w: int,
        groups: tuple[int, int],
        split: GapDraws,
        *,
        models: bool,
    ) -> Self | None:
        """Average over the interventions of a split, as it does; None where nothing was stipulated.

        ``models`` says whether both groups were asked what interventions would do: else nothing is
        foretold.
        """
        if found.stipulated is None:
            return None
        seen = [found.stipulated[:, w, g][:, split.which] for g in groups]

        def closed(left: Floats) -> Floats:
            return np.asarray(split.gap - (left * split.turn).mean(axis=1))

        less = unclosed(found, w, groups, split.which) if models else None
        if less is None or found.foretold is None:
            return cls(split, closed(seen[1] - seen[0]), None, None)
        told = [found.foretold[:, w, g][:, split.which] for g in groups]
        foretold = on_common_level((told[0], told[1]), (seen[0], seen[1]))
        return cls(
            split,
            closed=closed(seen[1] - seen[0]),
            foretold=closed(foretold),
            unclosed=(less * split.turn).mean(axis=1),
        )

    @property
    def disagreement(self) -> tuple[float, float] | None:
        """Probabilities that it closes less, and more, than the split foretells."""
        if self.foretold is None:
            return None
        less = (self.foretold - self.closed) * np.sign(self.split.gap.mean())
        return float((less > EPSILON).mean()), float((less < -EPSILON).mean())

    @property
    def contradiction(self) -> str:
        """What it says against the split; empty where it says nothing."""
        less, more = self.disagreement or (0.0, 0.0)
        return RATIONALISED if less > SURE else UNDERSTATED if more > SURE else ""

    @property
    def lead(self) -> float | None:
        """Probability that models lead by it; None where nothing is foretold."""
        if self.unclosed is None:
            return None
        gaps, parts = self.split.gap[None], self.split.parts[None]
        return float(lead_by_the_check(gaps, parts, self.unclosed[None])[0])
