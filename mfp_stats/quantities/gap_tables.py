"""The table of gaps in acceptance between groups: how wide, what carries them, what speaks against.

Two things speak against a split. Where stipulating consequences closes less of a gap than stated
ones seem to carry, people may have stated what fits their support. And where the model's gap is
not the one among those who were asked, the model does not fit: no cause is named then.
"""

from collections.abc import Mapping
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
from mfp_stats.quantities.verdicts import EPSILON, SURE, Verdict, judge

#: The row of a pair that takes all interventions together.
POOLED: Final = "pooled"
#: Said where stipulated consequences close less of a gap than stated ones seem to carry.
RATIONALISED: Final = "rationalised"
#: Said where the model's gap is more than ``FAR`` standard errors from the observed one.
MISFIT: Final = "misfit"


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
            for x, unasked in zip(shown, lacking, strict=True):
                support = (found.acceptance[:, w, a, x], found.acceptance[:, w, b, x])
                one = _GapDraws.of(found, w, p, np.array([x]), layout, (a, b), seen)
                row = _gap_row(one.without(unasked), support, _without(measured.causes, unasked))
                rows.append(head | layout.intervention(int(x)) | row)
            if len(shown) > 1:
                one = _GapDraws.of(found, w, p, shown, layout, (a, b), seen)
                name = {"intervention": POOLED, "intervention_label": "All proposals together"}
                unasked = frozenset[str]().union(*lacking)
                row = _gap_row(one.without(unasked), None, _without(measured.causes, unasked))
                rows.append(head | name | row)
    return frame_of(rows)


def _without(causes: tuple[str, ...], unasked: frozenset[str]) -> tuple[str, ...]:
    return tuple(cause for cause in causes if cause not in unasked)


@dataclass(frozen=True, slots=True, eq=False)
class _GapDraws:
    """Draws of one pair's gap, of one intervention or of several together."""

    gap: Floats
    causes: Mapping[str, Floats]
    parts: Floats
    randomised: Floats | None
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
        turn = np.sign(gap.mean(axis=0)) if len(which) > 1 else np.ones(1)
        turn = np.where(turn == 0, 1.0, turn)

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
        randomised = None
        a, b = pair
        if (
            found.stipulated is not None
            and (layout.both_arms[a] & layout.both_arms[b])[which].all()
        ):
            supposed = found.stipulated[:, w, b][:, which] - found.stipulated[:, w, a][:, which]
            randomised = ((gap - supposed) * turn).mean(axis=1)
        observed, error = (array[which] for array in seen)
        return cls(
            gap=(gap * turn).mean(axis=1),
            causes=causes,
            parts=mean(found.parts),
            randomised=randomised,
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


def _gap_row(
    one: _GapDraws, support: tuple[Floats, Floats] | None, causes: tuple[str, ...]
) -> dict[str, Any]:
    verdict = judge(one.gap, one.parts, complete=len(causes) == len(CAUSES))
    if one.misfit:  # nor is any cause the likeliest one, or known to carry a share
        verdict = replace(verdict, verdict="cannot_tell")
    row: dict[str, Any] = {}
    row |= estimate("support_a", None if support is None else support[0])
    row |= estimate("support_b", None if support is None else support[1])
    row |= estimate("gap", one.gap)
    row |= {"observed_gap": one.observed, "observed_gap_se": one.error}
    for c, cause in enumerate(PARTS):
        there = cause in causes or cause not in CAUSES
        row |= _cause(one, c, cause, verdict) if there else _not_measured(cause)
    return row | _verdict(verdict, misfit=one.misfit) | _randomised(one)


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
    """Compare what stated models carry with what stipulating consequences closes."""
    row: dict[str, Any] = dict(estimate("randomised", one.randomised))
    if one.randomised is None:
        return row | {"disagreement_probability": None, "warning": MISFIT if one.misfit else ""}
    excess = one.parts[:, PARTS.index("models")] * np.sign(one.gap.mean())
    closed = one.randomised * np.sign(one.gap.mean())
    probability = float((excess - closed > EPSILON).mean())
    warning = RATIONALISED if probability > SURE else ""
    warning = MISFIT if one.misfit else warning
    return row | {"disagreement_probability": probability, "warning": warning}
