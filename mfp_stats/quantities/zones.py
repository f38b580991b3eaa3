"""In which zone an intervention lies for a coalition: whether to act, or what stands in the way.

An intervention that all groups very probably accept can be acted on, and one that very probably
none accepts lies below the threshold, whatever parts them. Otherwise the group that accepts least
is held against the one that accepts most, and the verdict on the gap between the two names what
blocks. Where that verdict is "cannot tell", or all rather reach the threshold than not, so is the
zone. A threshold of 0 is reached by every group, also by one in which nobody accepts, and one of 1
by none, also not by one in which everybody who was asked accepts: these two put an intervention in
no other zone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import Final

from mfp_stats.quantities.in_words import chance, number, span
from mfp_stats.quantities.verdicts import EPSILON

#: Posterior probability from which all, or none, of the groups are said to reach the threshold.
SURE: Final = 0.9
#: Probability of all groups reaching the threshold from which nothing is said to block.
EVEN: Final = 0.5
#: The verdict that two groups hardly differ, and what stands in the place of a verdict where it is
#: not known whether they do.
NO_GAP: Final = "no_gap"
NOT_APART: Final = "not_apart"
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


#: What stands in the place of a verdict where models lead by what people said, but not by the
#: randomised check.
NOT_BORNE_OUT: Final = "not_borne_out"

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
    NOT_BORNE_OUT: "the randomised check does not bear out that models carry",
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
        which none was given, or ``NOT_APART``.
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
    if len(standing.coalition) == 1:
        return _alone(standing)
    return _between(standing, worst, best)


def _alone(standing: Standing) -> tuple[Zone, str]:
    """Return the zone for a group by itself, which has no gap to look at."""
    if standing.none >= SURE:
        sure = f"with probability {chance(standing.none)}"
        return Zone.BELOW_THRESHOLD, f"the group stays below the threshold {sure}"
    near = "its share that accepts is too near the threshold"
    return Zone.CANNOT_TELL, f"{near} (probability of reaching it {chance(standing.joint)})"


def _between(standing: Standing, worst: str, best: str) -> tuple[Zone, str]:
    """Return the zone that the gap between the least and the most accepting group tells.

    A gap blocks only where the group that accepts least rather misses the threshold than not, and
    not where even the other one stays below: then more than the gap is in the way.
    """
    zone, gap = _of_gap(standing, worst, best)
    if standing.none >= SURE:
        sure = f"with probability {chance(standing.none)}"
        return Zone.BELOW_THRESHOLD, f"all groups stay below the threshold {sure}; {gap}"
    as_it_is = f"all may reach the threshold as it is (probability {chance(standing.joint)})"
    if _verdict(standing, worst, best) == NO_GAP:
        near = "the groups hardly differ, and their shares are too near the threshold"
        return Zone.CANNOT_TELL, f"{near} (probability of reaching it {chance(standing.joint)})"
    if standing.joint >= EVEN:
        return Zone.CANNOT_TELL, f"{as_it_is}; {gap}"
    found = [gap, *_others(standing, worst, best)]
    return zone, "; ".join([*found, as_it_is] if standing.joint > 1 - SURE else found)


def _verdict(standing: Standing, one: str, other: str) -> str | None:
    return standing.verdicts.get(frozenset((one, other)))


def _of_gap(standing: Standing, worst: str, best: str) -> tuple[Zone, str]:
    """Return what the verdict on the gap between two groups means, if it is the gap that blocks."""
    verdict = _verdict(standing, worst, best)
    pair = f"{_said(standing, worst)} and {_said(standing, best)}"
    if verdict is not None and verdict in _BLOCKED_BY:
        zone, carries = _BLOCKED_BY[verdict]
        return zone, f"{carries} the gap between {pair}"
    if verdict == NO_GAP:
        return Zone.CANNOT_TELL, "there is no gap to close"
    if verdict == NOT_APART:
        far = f"{number(100 * EPSILON)} points"
        told = f"the survey cannot tell whether {pair} differ by more than {far}"
    elif verdict is None:
        told = f"the survey cannot say what carries the gap between {pair}"
    elif verdict in _WITHHELD:
        told = f"{_WITHHELD[verdict]} the gap between {pair}"
    else:
        told = f"no cause of the gap between {pair} stands out"
    return Zone.CANNOT_TELL, told


def _others(standing: Standing, worst: str, best: str) -> Iterator[str]:
    """Yield what is in the way of other groups that lie below the threshold."""
    blocks = _verdict(standing, worst, best)
    for group in standing.coalition:
        if group in (worst, best) or standing.shares[group][0] >= standing.threshold:
            continue
        verdict = _verdict(standing, group, best)
        if verdict == blocks and verdict in _BLOCKED_BY:
            yield f"the same holds for {_said(standing, group)}"
        elif verdict is not None and verdict in _BLOCKED_BY:
            yield f"{_BLOCKED_BY[verdict][1]} that of {_said(standing, group)}"
        else:
            yield f"what keeps {_said(standing, group)} below it, the survey cannot tell"


def _quoted(standing: Standing, group: str) -> str:
    return f"“{standing.labels[group]}”"


def _said(standing: Standing, group: str) -> str:
    """Return a group with its share and both ends of the interval, which bound how far it is."""
    mean, low, high = standing.shares[group]
    share = f"{number(100 * mean)} % accept, {span(100 * low, 100 * high)}"
    return f"{_quoted(standing, group)} ({share})"
