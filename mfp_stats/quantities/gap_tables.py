"""The table of gaps in acceptance between groups: how wide, what carries them, what speaks against.

Two things speak against a split. Stipulating consequences should close as much of a gap as the
split foretells (:mod:`mfp_stats.quantities.stipulated`): where it closes less, people may have
stated what fits their support, and where it closes more, they may have kept expectations to
themselves. And where the model's gap is not the one among those who were asked, the model does not
fit: no cause is named then. What a check says of all proposals together holds for each of them, be
it for or against: fewer people answered about one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gap_draws import MISFIT, RATIONALISED, UNDERSTATED, GapDraws
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.observed_acceptance import ObservedAcceptance
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.response_rows import ResponseRows, estimate, frame_of
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.verdicts import EPSILON, Verdict, judge

#: The row of a pair that takes all interventions together.
POOLED: Final = "pooled"
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
    observed = ObservedAcceptance.of(measured.data, found.weightings, found.groups)
    form = {"split_form": "reduced" if measured.layout.reduced else "full"}
    rows = []
    for w, weighting in enumerate(found.weightings):
        for p, (a, b) in enumerate(layout.pairs):
            head = {"weighting": weighting, **layout.pair(a, b), **form}
            pair = _Pair(found, layout, measured, w, p, observed.gap(w, (a, b)))
            rows += [head | row for row in pair.rows()]
    return frame_of(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Two groups under one weighting, whose gaps are to be told."""

    found: ResponseDraws
    layout: ResponseRows
    measured: Measured
    weighting: int
    number: int  #: of the pair
    observed: tuple[Floats, Floats]  #: gap of each intervention among those asked, standard error

    @property
    def groups(self) -> tuple[int, int]:
        """The indices of both among the groups shown."""
        return self.layout.pairs[self.number]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each intervention, then the one of all together, where there are more."""
        a, b = self.groups
        shown = np.flatnonzero(self.layout.shown((a, b)))
        both = (int(self.found.groups[a]), int(self.found.groups[b]))
        lacking = [self.measured.not_compared(both, int(x)) for x in shown]
        together, last = _Together(), []
        if len(shown) > 1:
            one, causes = self._drawn(shown, frozenset[str]().union(*lacking))
            verdict = _judge(one, causes, together)
            together = _Together.of(one, verdict)
            name = {"intervention": POOLED, "intervention_label": "All proposals together"}
            last.append(name | _gap_row(one, None, causes, verdict, together))
        for x, unasked in zip(shown, lacking, strict=True):
            support = (
                self.found.acceptance[:, self.weighting, a, x],
                self.found.acceptance[:, self.weighting, b, x],
            )
            one, causes = self._drawn(np.array([x]), unasked)
            verdict = _judge(one, causes, together)
            row = _gap_row(one, support, causes, verdict, together)
            yield self.layout.intervention(int(x)) | row
        yield from last

    def _drawn(self, which: Ints, unasked: frozenset[str]) -> tuple[GapDraws, tuple[str, ...]]:
        """Return the draws of some interventions' gap, and the causes that were asked about."""
        drawn = GapDraws.of(
            self.found,
            self.weighting,
            self.number,
            which,
            self.layout,
            self.groups,
            self.observed,
        )
        causes = tuple(cause for cause in self.measured.causes if cause not in unasked)
        return drawn.without(unasked), causes


@dataclass(frozen=True, slots=True)
class _Together:
    """What holds of each proposal because it holds of all of them together."""

    contradiction: str = ""  #: what the randomised check says against the split
    borne_out: bool = False  #: whether models are named, and it says so too

    @classmethod
    def of(cls, pooled: GapDraws, verdict: Verdict) -> Self:
        named = verdict.verdict == "models" and verdict.checked is not None
        return cls(pooled.contradiction, named)


def _judge(one: GapDraws, causes: tuple[str, ...], together: _Together) -> Verdict:
    """Say what carries a gap, unless something that is known of it doubts that."""
    complete = len(causes) == len(CAUSES)
    checked = judge(one.gap, one.parts, complete=complete, unclosed=one.unclosed)
    verdict = checked
    if together.borne_out:
        verdict = replace(judge(one.gap, one.parts, complete=complete), checked=checked.checked)
    warnings = (one.warning, together.contradiction)
    if verdict.verdict in {name for warning in warnings for name in _DOUBTED.get(warning, ())}:
        return replace(verdict, verdict="cannot_tell")
    return verdict


def _gap_row(
    one: GapDraws,
    support: tuple[Floats, Floats] | None,
    causes: tuple[str, ...],
    verdict: Verdict,
    together: _Together,
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    row |= estimate("support_a", None if support is None else support[0])
    row |= estimate("support_b", None if support is None else support[1])
    row |= estimate("gap", one.gap)
    row |= {"observed_gap": one.observed, "observed_gap_se": one.error}
    for c, cause in enumerate(PARTS):
        there = cause in causes or cause not in CAUSES
        row |= _cause(one, c, cause, verdict) if there else _not_measured(cause)
    row |= _verdict(verdict, misfit=one.misfit) | _randomised(one)
    return row | {"pooled_warning": together.contradiction}


def _cause(one: GapDraws, c: int, cause: str, verdict: Verdict) -> dict[str, Any]:
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


def _share(one: GapDraws, c: int) -> Floats:
    """Return a part as a share of the gap; a credible gap keeps away from 0."""
    size = np.where(np.abs(one.gap) < EPSILON, np.copysign(EPSILON, one.gap), one.gap)
    return np.asarray(one.parts[:, c] / size)


def _verdict(verdict: Verdict, *, misfit: bool) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "verdict_probability": None if misfit else verdict.probability,
        "leading": None if misfit else verdict.leading,
        "checked_probability": None if misfit else verdict.checked,
    }


def _randomised(one: GapDraws) -> dict[str, Any]:
    """Compare what stipulating consequences closes with what it should by the split."""
    row: dict[str, Any] = estimate("randomised", one.randomised) | estimate("implied", one.implied)
    both = one.disagreement
    probability = None if both is None else max(both)
    return row | {"disagreement_probability": probability, "warning": one.warning}
