"""The table of gaps in acceptance between groups: how wide, what carries them, what speaks against.

Two things speak against a split. Stipulating consequences should close as much of a gap as the
split foretells (:mod:`mfp_stats.quantities.stipulated`): where it closes less, people may have
stated what fits their support, and where it closes more, they may have kept expectations to
themselves. And where the model's gap is not the one among those who were asked, the model does not
fit: no cause is named then. What a check says of all proposals together holds for each of them:
fewer people answered about one, so that by itself it may raise no doubt where there is some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.observed_acceptance import FAR, ObservedAcceptance
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.response_rows import ResponseRows, estimate, frame_of
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.stipulated import on_common_level
from mfp_stats.quantities.verdicts import EPSILON, SURE, Verdict, judge

#: The row of a pair that takes all interventions together.
POOLED: Final = "pooled"
#: Said where stipulated consequences close less of a gap than the split foretells, or more.
RATIONALISED: Final = "rationalised"
UNDERSTATED: Final = "understated"
#: Said where the model's gap is more than ``FAR`` standard errors from the observed one.
MISFIT: Final = "misfit"
#: Verdicts that do not stand beside a warning: where stated consequences may follow support, or
#: others may be behind it. Of a gap that the model misses nothing is known at all.
_DOUBTED: Final[Mapping[str, Sequence[str]]] = {
    RATIONALISED: ("models",),
    UNDERSTATED: ("values", "signals", "residual"),
    MISFIT: (*CAUSES, "no_gap"),
}


def gap_table(found: ResponseDraws, layout: ResponseRows, measured: Measured) -> pl.DataFrame:
    """Lay out gaps, one row a weighting, pair and intervention, and a pooled one.

    ``observed_gap`` is the plain difference among those asked, with its standard error. A cause
    that one of the two groups was not asked about has no numbers: what it may carry is part of the
    residual, which is then no verdict.
    """
    rows = []
    form = {"split_form": "reduced" if measured.layout.reduced else "full"}
    observed = ObservedAcceptance.of(measured.data, found.weightings, found.groups)
    for w, weighting in enumerate(found.weightings):
        for p, (a, b) in enumerate(layout.pairs):
            shown = np.flatnonzero(layout.shown((a, b)))
            head = {"weighting": weighting, **layout.pair(a, b), **form}
            seen = observed.gap(w, (a, b))
            both = (int(found.groups[a]), int(found.groups[b]))
            lacking = [measured.not_compared(both, int(x)) for x in shown]
            pooled = None
            if len(shown) > 1:
                pooled = _GapDraws.of(found, w, p, shown, layout, (a, b), seen)
            of_all = "" if pooled is None else pooled.contradiction
            for x, unasked in zip(shown, lacking, strict=True):
                support = (found.acceptance[:, w, a, x], found.acceptance[:, w, b, x])
                one = _GapDraws.of(found, w, p, np.array([x]), layout, (a, b), seen)
                causes = _without(measured.causes, unasked)
                row = _gap_row(one.without(unasked), support, causes, of_all)
                rows.append(head | layout.intervention(int(x)) | row)
            if pooled is not None:
                name = {"intervention": POOLED, "intervention_label": "All proposals together"}
                unasked = frozenset[str]().union(*lacking)
                causes = _without(measured.causes, unasked)
                row = _gap_row(pooled.without(unasked), None, causes, of_all)
                rows.append(head | name | row)
    return frame_of(rows)


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
            turn = _turn(each)
            gap[:, w, p] = (each * turn).mean(axis=1)
            parts[:, w, p] = (found.parts[:, w, p][:, which] * turn[:, None]).mean(axis=1)
    return gap, parts


def _turn(gap: Floats) -> Floats:
    """Return the signs (x,) that make the mean gaps of several interventions (S, x) positive."""
    turn = np.sign(gap.mean(axis=0)) if gap.shape[1] > 1 else np.ones(1)
    return np.where(turn == 0, 1.0, turn)


def _without(causes: tuple[str, ...], unasked: frozenset[str]) -> tuple[str, ...]:
    return tuple(cause for cause in causes if cause not in unasked)


@dataclass(frozen=True, slots=True, eq=False)
class _GapDraws:
    """Draws of one pair's gap, of one intervention or of several together."""

    gap: Floats
    causes: Mapping[str, Floats]
    parts: Floats
    randomised: Floats | None  #: how much of the gap stipulated consequences close
    implied: Floats | None  #: how much of it they should, by the split
    observed: float  #: gap among those asked
    error: float  #: its standard error

    @classmethod
    def of(
        cls,
        found: ResponseDraws,
        w: int,
        p: int,
        which: np.ndarray,
        layout: ResponseRows,
        pair: tuple[int, int],
        seen: tuple[Floats, Floats],
    ) -> "_GapDraws":
        """Average over interventions, each turned so that its mean gap is positive."""
        gap = found.gap[:, w, p][:, which]  # (S, x)
        turn = _turn(gap)

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
        left, foretold = _under_stipulation(found, w, pair, which) if both else (None, None)

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

    def without(self, unasked: frozenset[str]) -> "_GapDraws":
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
    def disagreement(self) -> tuple[float, float] | None:
        """Probabilities that stipulating closes less, and more, than the split foretells."""
        if self.randomised is None or self.implied is None:
            return None
        less = (self.implied - self.randomised) * np.sign(self.gap.mean())
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


def _under_stipulation(
    found: ResponseDraws, w: int, pair: tuple[int, int], which: np.ndarray
) -> tuple[Floats | None, Floats | None]:
    """Return the gap under stipulated consequences, and as the split foretells it, (S, x)."""
    if found.stipulated is None:
        return None, None
    seen_a, seen_b = (found.stipulated[:, w, g][:, which] for g in pair)
    if found.foretold is None:
        return seen_b - seen_a, None
    a, b = (found.foretold[:, w, g][:, which] for g in pair)
    return seen_b - seen_a, on_common_level((a, b), (seen_a, seen_b))


def _gap_row(
    one: _GapDraws,
    support: tuple[Floats, Floats] | None,
    causes: tuple[str, ...],
    of_all: str,
) -> dict[str, Any]:
    """Return one row; ``of_all`` is what the check says against all proposals together."""
    verdict = judge(one.gap, one.parts, complete=len(causes) == len(CAUSES))
    doubted = {name for warning in (one.warning, of_all) for name in _DOUBTED.get(warning, ())}
    if verdict.verdict in doubted:
        verdict = replace(verdict, verdict="cannot_tell")
    row: dict[str, Any] = {}
    row |= estimate("support_a", None if support is None else support[0])
    row |= estimate("support_b", None if support is None else support[1])
    row |= estimate("gap", one.gap)
    row |= {"observed_gap": one.observed, "observed_gap_se": one.error}
    for c, cause in enumerate(PARTS):
        there = cause in causes or cause not in CAUSES
        row |= _cause(one, c, cause, verdict) if there else _not_measured(cause)
    row |= _verdict(verdict, misfit=one.misfit) | _randomised(one)
    return row | {"pooled_warning": of_all}


def _cause(one: _GapDraws, c: int, cause: str, verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = dict(estimate(cause, one.parts[:, c]))
    is_player = c < one.causes["from_a"].shape[1]
    for end in ("low", "high"):
        mean = float(one.causes[f"order_{end}"][:, c].mean()) if is_player else None
        row[f"{cause}_order_{end}"] = mean
    for side in ("a", "b"):
        row |= estimate(
            f"{cause}_from_{side}", one.causes[f"from_{side}"][:, c] if is_player else None
        )
    told = verdict.credible and not one.misfit
    return row | estimate(f"{cause}_share", _share(one, c) if told else None)


def _not_measured(cause: str) -> dict[str, None]:
    """Return no numbers at all for a cause that the survey did not ask about."""
    kinds = (cause, f"{cause}_from_a", f"{cause}_from_b", f"{cause}_share")
    columns = [f"{kind}_{end}" for kind in kinds for end in ("mean", "q05", "q95")]
    return dict.fromkeys((*columns, f"{cause}_order_low", f"{cause}_order_high"))


def _share(one: _GapDraws, c: int) -> Floats:
    """Return a part as a share of the gap; a credible gap keeps away from 0."""
    size = np.where(np.abs(one.gap) < EPSILON, np.copysign(EPSILON, one.gap), one.gap)
    return np.asarray(one.parts[:, c] / size)


def _verdict(verdict: Verdict, *, misfit: bool) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "verdict_probability": None if misfit else verdict.probability,
        "leading": None if misfit else verdict.leading,
    }


def _randomised(one: _GapDraws) -> dict[str, Any]:
    """Compare what stipulating consequences closes with what it should by the split."""
    row: dict[str, Any] = estimate("randomised", one.randomised) | estimate("implied", one.implied)
    both = one.disagreement
    probability = None if both is None else max(both)
    return row | {"disagreement_probability": probability, "warning": one.warning}
