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
from mfp_stats.quantities.verdicts import EPSILON, SURE

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
    turn = np.sign(gap.mean(axis=0)) if gap.shape[1] > 1 else np.ones(1)
    return np.where(turn == 0, 1.0, turn)


def under_stipulation(
    found: ResponseDraws, weighting: int, groups: tuple[int, int], which: Ints
) -> tuple[Floats | None, Floats | None]:
    """Return the gap under stipulated consequences, and as the split foretells it.

    Each (S, x), acceptance of the second of ``groups`` minus that of the first, of the
    interventions ``which``; None where nothing was stipulated, or nothing is foretold.
    """
    if found.stipulated is None:
        return None, None
    seen_a, seen_b = (found.stipulated[:, weighting, g][:, which] for g in groups)
    if found.foretold is None:
        return seen_b - seen_a, None
    a, b = (found.foretold[:, weighting, g][:, which] for g in groups)
    return seen_b - seen_a, on_common_level((a, b), (seen_a, seen_b))


@dataclass(frozen=True, slots=True, eq=False)
class GapDraws:
    """Draws of one pair's gap, of one intervention or of several together."""

    gap: Floats  #: (S,)
    causes: Mapping[str, Floats]  #: other splits, each (S, 4)
    parts: Floats  #: (S, 5)
    randomised: Floats | None  #: (S,) how much of the gap stipulated consequences close
    implied: Floats | None  #: (S,) how much of it they should, by the split
    observed: float  #: gap among those asked
    error: float  #: its standard error

    @classmethod
    def of(
        cls,
        found: ResponseDraws,
        w: int,
        p: int,
        which: Ints,
        layout: ResponseRows,
        pair: tuple[int, int],
        seen: tuple[Floats, Floats],
    ) -> Self:
        """Average over interventions, each turned so that its mean gap is positive."""
        gap = found.gap[:, w, p][:, which]  # (S, x)
        turn = turns(gap)

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
        both = (layout.both_arms[pair[0]] & layout.both_arms[pair[1]])[which].all()
        left, foretold = under_stipulation(found, w, pair, which) if both else (None, None)

        def closed(gap_left: Floats | None) -> Floats | None:
            return None if gap_left is None else ((gap - gap_left) * turn).mean(axis=1)

        observed, error = (array[which] for array in seen)
        return cls(
            gap=(gap * turn).mean(axis=1),
            causes=causes,
            parts=mean(found.parts),
            randomised=closed(left),
            implied=closed(foretold),
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

    @property
    def unclosed(self) -> Floats | None:
        """How much less stipulating closes than the split foretells, (S,), signed as the gap is."""
        if self.randomised is None or self.implied is None:
            return None
        return self.implied - self.randomised

    @property
    def disagreement(self) -> tuple[float, float] | None:
        """Probabilities that stipulating closes less, and more, than the split foretells."""
        if self.unclosed is None:
            return None
        less = self.unclosed * np.sign(self.gap.mean())
        return float((less > EPSILON).mean()), float((less < -EPSILON).mean())

    @property
    def contradiction(self) -> str:
        """What the randomised check says against the split; empty where it says nothing."""
        less, more = self.disagreement or (0.0, 0.0)
        return RATIONALISED if less > SURE else UNDERSTATED if more > SURE else ""

    @property
    def warning(self) -> str:
        """What speaks against the split; empty where nothing does."""
        return MISFIT if self.misfit else self.contradiction
