"""The table of gaps in acceptance between groups: how wide they are and what carries them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gap_draws import GapDraws, RandomisedCheck
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.judged_gap import JudgedGap
from mfp_stats.quantities.observed_acceptance import ObservedAcceptance
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.response_rows import ResponseRows, estimate, frame_of
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.verdicts import EPSILON, Verdict

#: The row of a pair that takes all interventions together.
POOLED: Final = "pooled"


def gap_table(found: ResponseDraws, layout: ResponseRows, measured: Measured) -> pl.DataFrame:
    """Lay out gaps, one row a weighting, pair and intervention, and a pooled one.

    ``observed_gap`` is the plain difference among those asked, with its standard error. A cause
    that one of the two groups was not asked about has no numbers: what it may carry is part of the
    residual, which is then no verdict.
    """
    observed = ObservedAcceptance.of(measured.data, found.weightings, found.groups, layout.floor)
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
        together, last = None, []
        if len(shown) > 1:
            together = self._judged(shown, frozenset[str]().union(*lacking), None)
            name = {"intervention": POOLED, "intervention_label": "All proposals together"}
            last.append(name | _gap_row(together, None, together))
        for x, unasked in zip(shown, lacking, strict=True):
            accepts = self.found.acceptance[:, self.weighting]
            one = self._judged(np.array([x]), unasked, together)
            support = (accepts[:, a, x], accepts[:, b, x])
            yield self.layout.intervention(int(x)) | _gap_row(one, support, together)
        yield from last

    def _judged(
        self, which: Ints, unasked: frozenset[str], together: JudgedGap | None
    ) -> JudgedGap:
        """Judge the gap of some interventions; ``together`` is what is known of all."""
        a, b = self.groups
        split, check = self._split(which, unasked, turned=len(which) > 1), None
        told = which[(self.layout.both_arms[a] & self.layout.both_arms[b])[which]]
        if len(told):
            of_told = split
            if len(told) < len(which):
                of_told = self._split(told, unasked, turned=len(which) > 1)
            models = "models" not in unasked
            check = RandomisedCheck.of(
                self.found, self.weighting, self.groups, of_told, models=models
            )
        causes = tuple(cause for cause in self.measured.causes if cause not in unasked)
        return JudgedGap.of(split, check, causes, together, needed=self._foretold)

    def _split(self, which: Ints, unasked: frozenset[str], *, turned: bool) -> GapDraws:
        at = (self.weighting, self.number)
        drawn = GapDraws.of(self.found, at, which, self.observed, turned=turned)
        return drawn.without(unasked)

    @property
    def _foretold(self) -> bool:
        """Whether some were told what to suppose, and the split says what that should do."""
        return self.found.arm is not None and self.found.foretold is not None


def _gap_row(
    one: JudgedGap, support: tuple[Floats, Floats] | None, together: JudgedGap | None
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    row |= estimate("support_a", None if support is None else support[0])
    row |= estimate("support_b", None if support is None else support[1])
    row |= estimate("gap", one.split.gap)
    row |= {"observed_gap": one.split.observed, "observed_gap_se": one.split.error}
    for c, cause in enumerate(PARTS):
        there = cause in one.causes or cause not in CAUSES
        row |= _cause(one.split, c, cause, one.verdict) if there else _not_measured(cause)
    row |= _verdict(one) | _randomised(one.check)
    row |= {"warning": one.warning}
    return row | {"pooled_warning": "" if together is None else together.contradiction}


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


def _verdict(one: JudgedGap) -> dict[str, Any]:
    misfit, verdict = one.split.misfit, one.verdict
    return {
        "verdict": verdict.verdict,
        "verdict_probability": None if misfit else verdict.probability,
        "leading": None if misfit else verdict.leading,
    }


def _randomised(check: RandomisedCheck | None) -> dict[str, Any]:
    """Compare what stipulating consequences closes with what it should by the split."""
    row: dict[str, Any] = estimate("randomised", None if check is None else check.closed)
    row |= estimate("implied", None if check is None else check.foretold)
    both = None if check is None else check.disagreement
    row |= {"disagreement_probability": None if both is None else max(both)}
    return row | {"checked_probability": None if check is None else check.lead}
