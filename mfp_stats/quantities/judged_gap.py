"""What carries one gap, given its split, its randomised check, and what is known of all proposals.

Two things speak against a split. Stipulating consequences should close as much of a gap as the
split foretells (:mod:`mfp_stats.quantities.stipulated`): where it closes less, people may have
stated what fits their support, and where it closes more, they may have kept expectations to
themselves. And where the model's gap is not the one among those who were asked, the model does not
fit: no cause is named then.

Models need more than that nothing speaks against them: where some were told what to suppose, they
have to lead by this check too (:func:`~mfp_stats.quantities.verdicts.lead_by_the_check`). What a
check says of all proposals together, for or against, holds for each: fewer people answered about
one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

from mfp_stats.quantities.gap_draws import (
    MISFIT,
    RATIONALISED,
    UNDERSTATED,
    GapDraws,
    RandomisedCheck,
)
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.verdicts import SURE, Verdict, judge

#: Verdicts that do not stand beside a warning: where stated consequences may follow support, or
#: others may be behind it. Of a gap that the model misses nothing is known at all.
_DOUBTED: Final[Mapping[str, Sequence[str]]] = {
    RATIONALISED: ("models",),
    UNDERSTATED: ("values", "signals", "residual"),
    MISFIT: (*CAUSES, "no_gap"),
}
#: The check of one proposal leans against models that lead by it with a smaller probability.
_LEANS_AGAINST: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class JudgedGap:
    """A gap with its check and verdict."""

    split: GapDraws
    check: RandomisedCheck | None
    causes: tuple[str, ...]  #: that were asked about
    verdict: Verdict
    contradiction: str  #: what its own check says against the split

    @classmethod
    def of(
        cls,
        split: GapDraws,
        check: RandomisedCheck | None,
        causes: tuple[str, ...],
        together: Self | None,
        *,
        needed: bool,
    ) -> Self:
        """Say what carries a gap, unless something that is known of it doubts that.

        ``needed`` says whether models have to lead by a check: where too few were told to check
        anything, they do not.
        """
        own = None if check is None else check.lead
        checked = _with_all(own, together) if needed else None
        complete = len(causes) == len(CAUSES)
        verdict = judge(split.gap, split.parts, complete=complete, checked=checked)
        contradiction = "" if check is None else check.contradiction
        warnings = [contradiction, MISFIT if split.misfit else ""]
        warnings += [] if together is None else [together.contradiction]
        if verdict.verdict in {name for warning in warnings for name in _DOUBTED.get(warning, ())}:
            verdict = replace(verdict, verdict="cannot_tell")
        return cls(split, check, causes, verdict, contradiction)

    @property
    def warning(self) -> str:
        """What speaks against the split; empty where nothing does."""
        return MISFIT if self.split.misfit else self.contradiction


def _with_all(own: float | None, together: JudgedGap | None) -> float:
    """Return how probably models lead by the check, in the light of all proposals together.

    Where they lead all together by the split, what the check says of all counts: of one it knows
    little, and of several the luckiest would be named. Its own check may still lean against it.
    """
    if together is None or not _led_by_models(together.verdict):
        return own or 0.0
    of_all = (together.check and together.check.lead) or 0.0
    return min(of_all, own) if own is not None and own < _LEANS_AGAINST else of_all


def _led_by_models(verdict: Verdict) -> bool:
    return verdict.leading == "models" and verdict.credible and verdict.probability > SURE
