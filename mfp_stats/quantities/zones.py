"""In which zone an intervention lies for a coalition: whether to act, or what stands in the way.

An intervention that all groups very probably accept can be acted on. Otherwise the group that
accepts least is held against the one that accepts most, and the verdict on the gap between the two
names what blocks. Where that verdict is "cannot tell", so is the zone. A threshold of 0 is reached
by every group, also by one in which nobody accepts, and one of 1 by none, also not by one in which
everybody who was asked accepts: these two put an intervention in no other zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import Final

from mfp_stats.quantities.in_words import chance, number, span

#: Posterior probability from which all, or none, of the groups are said to reach the threshold.
SURE: Final = 0.9
#: Said of a threshold of 0, as a fragment of a sentence.
MET_BY_ALL: Final = "a threshold of 0 % is met by everything: choose a higher one"
#: Likewise of a threshold of 1: an estimated share always leaves some who may not accept.
MET_BY_NONE: Final = "a threshold of 100 % is reached by no estimated share: choose a lower one"


class Zone(StrEnum):
    """What to do with an intervention."""

    ACT_NOW = "act_now"
    FIX_SIGNAL = "fix_signal"
    MODELS_BLOCK = "models_block"
    VALUES_BLOCK = "values_block"
    OTHER_BLOCKS = "other_blocks"
    BELOW_THRESHOLD = "below_threshold"
    CANNOT_TELL = "cannot_tell"


_BLOCKED_BY: Final[Mapping[str, tuple[Zone, str]]] = {
    "values": (Zone.VALUES_BLOCK, "values carry"),
    "models": (Zone.MODELS_BLOCK, "models of what it would do carry"),
    "signals": (Zone.FIX_SIGNAL, "what it signals carries"),
    "residual": (Zone.OTHER_BLOCKS, "something that the survey did not measure carries"),
}


#: What is said of a gap on which no verdict was given because of a warning.
_WITHHELD: Final[Mapping[str, str]] = {
    "rationalised": "the randomised check contradicts what is said to carry",
    "understated": "the randomised check contradicts what is said to carry",
    "misfit": "the model does not reproduce",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one coalition stands to one intervention.

    Parameters
    ----------
    coalition
        Names of its groups.
    labels
        Group name to label.
    threshold
        Share that has to accept in each group.
    shares
        Share that accepts, as posterior mean and both ends of its 90 % interval, of the groups
        that have an estimate.
    joint, none
        Posterior probability that every group, and that no group, reaches the threshold.
    verdicts
        Verdicts on the gap between pairs of groups about this intervention, or the warning for
        which none was given.
    """

    coalition: tuple[str, ...]
    labels: Mapping[str, str]
    threshold: float
    shares: Mapping[str, tuple[float, float, float]]
    joint: float
    none: float
    verdicts: Mapping[frozenset[str], str]

    @property
    def unasked(self) -> list[str]:
        """Groups without an estimate: they, or all but a few of them, were never asked."""
        if isnan(self.joint):
            without = [g for g in self.coalition if g not in self.shares]
            return without or list(self.coalition)
        return []

    @property
    def worst(self) -> str | None:
        """The group that accepts least; None where a group has no estimate."""
        return None if self.unasked else min(self.coalition, key=lambda g: self.shares[g][0])

    @property
    def best(self) -> str | None:
        """The group that accepts most; None where a group has no estimate."""
        return None if self.unasked else max(self.coalition, key=lambda g: self.shares[g][0])


def at_an_end(threshold: float) -> str | None:
    """Return why a threshold tells nothing, as a fragment of a sentence; None where it may."""
    if threshold <= 0:
        return MET_BY_ALL
    return MET_BY_NONE if threshold >= 1 else None


def zone_of(standing: Standing) -> tuple[Zone, str]:
    """Return the zone and why, as a fragment of a sentence."""
    if tells_nothing := at_an_end(standing.threshold):
        return Zone.CANNOT_TELL, tells_nothing
    worst, best = standing.worst, standing.best
    if worst is None or best is None:
        names = " and ".join(_quoted(standing, g) for g in standing.unasked)
        return Zone.CANNOT_TELL, f"too few of {names} were asked about it"
    if standing.joint >= SURE:
        who = "all groups reach" if len(standing.coalition) > 1 else "the group reaches"
        return Zone.ACT_NOW, f"{who} the threshold with probability {chance(standing.joint)}"
    if worst == best:
        return _without_a_pair(standing)
    return _between(standing, worst, best)


def _between(standing: Standing, worst: str, best: str) -> tuple[Zone, str]:
    """Return the zone that the gap between the least and the most accepting group tells."""
    verdict = standing.verdicts.get(frozenset((worst, best)))
    pair = f"{_said(standing, worst)} and {_said(standing, best)}"
    if verdict is not None and verdict in _BLOCKED_BY:
        zone, carries = _BLOCKED_BY[verdict]
        return zone, f"{carries} the gap between {pair}{_beside(standing)}"
    if verdict == "no_gap":
        return _without_a_pair(standing)
    if verdict is None:
        return Zone.CANNOT_TELL, f"the survey cannot say what carries the gap between {pair}"
    if verdict in _WITHHELD:
        return Zone.CANNOT_TELL, f"{_WITHHELD[verdict]} the gap between {pair}"
    return Zone.CANNOT_TELL, f"no cause of the gap between {pair} stands out"


def _without_a_pair(standing: Standing) -> tuple[Zone, str]:
    """Return the zone where no two groups of the coalition lie apart."""
    alone = len(standing.coalition) == 1
    if standing.none >= SURE:
        who = "the group stays" if alone else "all groups stay"
        sure = f"with probability {chance(standing.none)}"
        return Zone.BELOW_THRESHOLD, f"{who} below the threshold {sure}; there is no gap to close"
    who = "its share that accepts is" if alone else "the groups hardly differ, and their shares are"
    return (
        Zone.CANNOT_TELL,
        f"{who} too near the threshold (probability of reaching it {chance(standing.joint)})",
    )


def _beside(standing: Standing) -> str:
    """Return what tempers a zone that names a cause."""
    if standing.none >= SURE:
        below = f"stays below the threshold (probability {chance(standing.none)})"
        return f"; even the group that accepts most {below}"
    if standing.joint > 1 - SURE:
        return f"; all may reach the threshold as it is (probability {chance(standing.joint)})"
    return ""


def _quoted(standing: Standing, group: str) -> str:
    return f"“{standing.labels[group]}”"


def _said(standing: Standing, group: str) -> str:
    """Return a group with its share and both ends of the interval, which bound how far it is."""
    mean, low, high = standing.shares[group]
    share = f"{number(100 * mean)} % accept, {span(100 * low, 100 * high)}"
    return f"{_quoted(standing, group)} ({share})"
